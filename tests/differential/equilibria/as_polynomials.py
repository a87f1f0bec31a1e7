"""From the plain data to polynomials on cells; knows nothing of the package."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from tests.differential.spec import LawNode, Node, Spec
from tests.oracle.equilibria import AggregateGame, Cell, Coefficients

ZERO = Fraction(0)


def aggregate_game(spec: Spec) -> AggregateGame:
    """Return a game with one aggregate as polynomials on cells."""
    (aggregate,) = spec.aggregates
    low, high = min(aggregate.values), max(aggregate.values)
    inner = {cut for node in spec.scalars for cut in cuts(node) if low < cut < high}
    points = [low, *sorted(inner), high]
    cells = [_cell(spec, low, low)]
    for left, right in itertools.pairwise(points):
        cells += [_cell(spec, left, right), _cell(spec, right, right)]
    return AggregateGame(aggregate.values, spec.discount, spec.tremble, tuple(cells))


def cuts(node: Node) -> Iterator[Fraction]:
    """Yield where an expression may change its polynomial: at steps and kinks."""
    if node[0] == "step":
        yield node[2]
    if node[0] in ("max", "min"):
        for one, other in itertools.combinations(node[1:], 2):
            # At a point inside no cell matters here: only affine functions are compared.
            p = _plus(_polynomial(one, ZERO), _times((Fraction(-1),), _polynomial(other, ZERO)))
            assert len(p) <= 2, "only affine functions may be compared"
            if len(p) == 2 and p[1]:
                yield -p[0] / p[1]
    for child in node[1:]:
        if isinstance(child, tuple):
            yield from cuts(child)


def _cell(spec: Spec, low: Fraction, high: Fraction) -> Cell:
    inside = (low + high) / 2
    scalars = [_polynomial(node, inside) for node in spec.scalars]
    n = spec.states.size

    def combination(coefficients: tuple[Fraction, ...]) -> Coefficients:
        total: Coefficients = ()
        for c, p in zip(coefficients, scalars, strict=True):
            total = _plus(total, _times((c,), p))
        return total

    kernel = []
    for rows in spec.kernel:
        laws = []
        for terms in rows:
            law: list[Coefficients] = [()] * n
            for term in terms:
                weight = combination(term.coefficients)
                for x, mass in _masses(term.law):
                    law[x] = _plus(law[x], _times((mass,), weight))
            laws.append(tuple(law))
        kernel.append(tuple(laws))
    reward = tuple(
        tuple(
            _plus(combination(c), _polynomial(own, inside))
            for c, own in zip(coefficients, owns, strict=True)
        )
        for coefficients, owns in zip(spec.reward, spec.own, strict=True)
    )
    return Cell(low, high, tuple(kernel), reward)


def _masses(law: LawNode) -> list[tuple[int, Fraction]]:
    if law[0] == "point":
        return [(law[1], Fraction(1))]
    if law[0] == "uniform":
        return [(x, Fraction(1, len(law[1]))) for x in law[1]]
    assert law[0] == "mix"
    return [(x, share * mass) for share, part in law[1] for x, mass in _masses(part)]


def _polynomial(node: Node, inside: Fraction) -> Coefficients:
    """Return the polynomial that an expression is near `inside`."""
    kind = node[0]
    if kind == "num":
        return (node[1],)
    if kind == "agg":
        return (ZERO, Fraction(1))
    if kind == "step":
        _, _, cut, relation, yes, no = node
        holds = {
            ">=": inside >= cut,
            ">": inside > cut,
            "<=": inside <= cut,
            "<": inside < cut,
        }[relation]
        return _polynomial(yes if holds else no, inside)
    parts = [_polynomial(child, inside) for child in node[1:]]
    if kind in ("max", "min"):
        sign = 1 if kind == "max" else -1
        return max(parts, key=lambda p: sign * sum(c * inside**k for k, c in enumerate(p)))
    assert kind in ("add", "mul"), kind
    total = parts[0]
    for part in parts[1:]:
        total = _plus(total, part) if kind == "add" else _times(total, part)
    return total


def _plus(p: Coefficients, q: Coefficients) -> Coefficients:
    total = [x + y for x, y in itertools.zip_longest(p, q, fillvalue=ZERO)]
    while total and not total[-1]:
        total.pop()
    return tuple(total)


def _times(p: Coefficients, q: Coefficients) -> Coefficients:
    if not p or not q:
        return ()
    result = [ZERO] * (len(p) + len(q) - 1)
    for i, x in enumerate(p):
        for j, y in enumerate(q):
            result[i + j] += x * y
    return tuple(result)
