"""From the plain data to the oracle's functions; knows nothing of the package."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from tests.differential.spec import LawNode, Node, Space, Spec, is_transcendental
from tests.oracle import MeanField, PlainGame, Poset, chain, product
from tests.oracle.irrational import NOISE, approximate


def plain_game(spec: Spec) -> PlainGame:
    """Return the game as plain functions."""
    n = spec.states.size
    laws = {
        (s, a): [(t.coefficients, _law(t.law, n)) for t in row]
        for s, rows in enumerate(spec.kernel)
        for a, row in enumerate(rows)
    }
    own = [[_value(node, ()) for node in row] for row in spec.own]

    @cache
    def scalars(z: MeanField) -> tuple[Fraction, ...]:
        aggregates = tuple(
            sum((p * v for p, v in zip(z, g.values, strict=True)), Fraction(0))
            for g in spec.aggregates
        )
        return tuple(_value(node, aggregates) for node in spec.scalars)

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        g = scalars(z)
        masses = [Fraction(0)] * n
        for coefficients, law in laws[s, a]:
            weight = _dot(coefficients, g)
            for x, p in law:
                masses[x] += weight * p
        return masses

    def reward(s: int, a: int, z: MeanField) -> Fraction:
        return _dot(spec.reward[s][a], scalars(z)) + own[s][a]

    nodes = [*spec.scalars, *(node for row in spec.own for node in row)]
    noise = NOISE if any(map(is_transcendental, nodes)) else Fraction(0)
    return PlainGame(_poset(spec.states), _poset(spec.actions), kernel, reward, noise)


def _dot(coefficients: tuple[Fraction, ...], values: tuple[Fraction, ...]) -> Fraction:
    return sum((c * v for c, v in zip(coefficients, values, strict=True) if c), Fraction(0))


def _poset(space: Space) -> Poset:
    sizes = [len(factor) for factor in space.factors]
    return chain(sizes[0]) if len(sizes) == 1 else product(chain(sizes[0]), chain(sizes[1]))


def _law(law: LawNode, n: int) -> tuple[tuple[int, Fraction], ...]:
    masses: dict[int, Fraction] = {}

    def add(node: LawNode, weight: Fraction) -> None:
        if node[0] == "mix":
            for share, part in node[1]:
                add(part, weight * share)
            return
        if node[0] == "point":
            outcomes = [(Fraction(1), node[1])]
        elif node[0] == "uniform":
            outcomes = [(Fraction(1, len(node[1])), x) for x in node[1]]
        else:
            outcomes = [(share, min(max(node[1] - w, 0), n - 1)) for share, w in node[2]]
        for share, x in outcomes:
            masses[x] = masses.get(x, Fraction(0)) + weight * share

    add(law, Fraction(1))
    return tuple(sorted(masses.items()))


def _value(node: Node, aggregates: tuple[Fraction, ...]) -> Fraction:
    kind = node[0]
    if kind == "num":
        return Fraction(node[1])
    if kind == "agg":
        return aggregates[node[1]]
    if kind == "step":
        _, i, cut, relation, yes, no = node
        m = aggregates[i]
        holds = {">=": m >= cut, ">": m > cut, "<=": m <= cut, "<": m < cut}[relation]
        return _value(yes if holds else no, aggregates)
    values = [_value(child, aggregates) for child in node[1:]]
    if kind == "add":
        return sum(values, Fraction(0))
    if kind == "mul":
        result = Fraction(1)
        for value in values:
            result *= value
        return result
    if kind == "div":
        return values[0] / values[1]
    if kind == "min":
        return min(values)
    if kind == "max":
        return max(values)
    if kind == "abs":
        return abs(values[0])
    return approximate(kind, values[0])
