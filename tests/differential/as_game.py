"""From the plain data to a game through the public API, as a user would write it."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from typing import Any

import sympy

from mfgcheck import Game, mixture, point, product, uniform
from tests.differential.spec import AggregateSpec, LawNode, Node, Space, Spec

Z = Any
"""The mean field as user functions see it: they use z.mean(phi), z[x] and z.tail(x)."""


def game_of(spec: Spec) -> Game:
    """Return the game."""
    state_numbers, action_numbers = _numbers(spec.states), _numbers(spec.actions)

    def scalars(z: Z) -> list[Any]:
        aggregates = [_aggregate(g, spec.states, state_numbers, z) for g in spec.aggregates]
        return [_expression(node, aggregates) for node in spec.scalars]

    def combination(coefficients: tuple[Fraction, ...], values: list[Any]) -> Any:
        return sum(
            (_rational(c) * v for c, v in zip(coefficients, values, strict=True) if c),
            sympy.Integer(0),
        )

    def reward(s: Hashable, a: Hashable, z: Z) -> Any:
        i, j = state_numbers[label_key(s)], action_numbers[label_key(a)]
        return combination(spec.reward[i][j], scalars(z)) + _expression(spec.own[i][j], [])

    def transition(s: Hashable, a: Hashable, z: Z) -> Any:
        i, j = state_numbers[label_key(s)], action_numbers[label_key(a)]
        values = scalars(z)
        branches = [(combination(t.coefficients, values), t.law) for t in spec.kernel[i][j]]
        if not spec.as_dict:
            return [(weight, _law(law, spec.states)) for weight, law in branches]
        weights: dict[Any, Any] = {}
        for weight, law in branches:
            for x, p in _masses(law, spec.states.size).items():
                label = spec.states.labels[x]
                weights[label] = weights.get(label, 0) + weight * _rational(p)
        return weights

    return Game(
        states=_space(spec.states),
        actions=_space(spec.actions),
        reward=reward,
        transition=transition,
        discount=spec.discount,
        tremble=spec.tremble,
    )


def _space(space: Space) -> Any:
    """Return the shortest of the three ways to name a space."""
    sizes = [len(f) if f == tuple(range(len(f))) else [_label(x) for x in f] for f in space.factors]
    return sizes[0] if len(sizes) == 1 else product(*sizes)


def _label(label: Any) -> Any:
    return _rational(label) if isinstance(label, Fraction) else label


def _numbers(space: Space) -> dict[Hashable, int]:
    return {label_key(label): i for i, label in enumerate(space.labels)}


def label_key(label: Any) -> Hashable:
    """Return a label in one form, whether it comes as a sympy number, an int or a Fraction."""
    if isinstance(label, tuple):
        return tuple(label_key(part) for part in label)
    if isinstance(label, sympy.Rational):
        return Fraction(int(label.p), int(label.q))
    return label if isinstance(label, str) else Fraction(label)


def _rational(value: Fraction | int) -> sympy.Rational:
    value = Fraction(value)
    return sympy.Rational(value.numerator, value.denominator)


def _aggregate(g: AggregateSpec, states: Space, numbers: dict[Hashable, int], z: Z) -> Any:
    if g.kind == "mean":
        return z.mean()
    if g.kind == "phi":
        return z.mean(lambda x: _rational(g.values[numbers[label_key(x)]]))
    assert g.state is not None
    label = states.labels[g.state]
    return z.tail(label) if g.kind == "tail" else z[label]


def _expression(node: Node, aggregates: list[Any]) -> Any:
    kind = node[0]
    if kind == "num":
        return _rational(node[1])
    if kind == "agg":
        return aggregates[node[1]]
    if kind == "step":
        _, i, cut, relation, yes, no = node
        m, c = aggregates[i], _rational(cut)
        condition = {">=": m >= c, ">": m > c, "<=": m <= c, "<": m < c}[relation]
        return sympy.Piecewise(
            (_expression(yes, aggregates), condition), (_expression(no, aggregates), True)
        )
    parts = [_expression(child, aggregates) for child in node[1:]]
    if kind == "add":
        return sum(parts, sympy.Integer(0))
    if kind == "mul":
        return sympy.prod(parts)
    if kind == "div":
        return parts[0] / parts[1]
    functions = {
        "min": sympy.Min,
        "max": sympy.Max,
        "abs": sympy.Abs,
        "exp": sympy.exp,
        "tanh": sympy.tanh,
        "log": sympy.log,
        "sqrt": sympy.sqrt,
    }
    return functions[kind](*parts)


def _law(law: LawNode, states: Space) -> Any:
    labels = states.labels
    if law[0] == "point":
        return point(labels[law[1]])
    if law[0] == "uniform":
        return uniform([labels[x] for x in law[1]])
    if law[0] == "mix":
        return mixture({_law(part, states): _rational(share) for share, part in law[1]})
    # Only spaces labelled 0..n-1 are given losses, so there labels are numbers of states.
    loss = mixture({w: _rational(share) for share, w in law[2]})
    return (law[1] - loss).clip(0, states.size - 1)


def _masses(law: LawNode, n: int) -> dict[int, Fraction]:
    if law[0] == "point":
        return {law[1]: Fraction(1)}
    if law[0] == "uniform":
        return {x: Fraction(1, len(law[1])) for x in law[1]}
    result: dict[int, Fraction] = {}
    if law[0] == "less":
        for p, w in law[2]:
            x = min(max(law[1] - w, 0), n - 1)
            result[x] = result.get(x, Fraction(0)) + p
        return result
    for share, part in law[1]:
        for x, p in _masses(part, n).items():
            result[x] = result.get(x, Fraction(0)) + share * p
    return result
