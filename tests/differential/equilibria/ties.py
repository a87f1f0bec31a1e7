"""Make a T-MFE of a random game lie exactly on a tie, at a rational or a quadratic aggregate."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy

from tests.differential.equilibria.as_polynomials import aggregate_game
from tests.differential.spec import Spec
from tests.oracle.equilibria import (
    AggregateGame,
    SeveralLaws,
    Solution,
    Table,
    Trial,
    distinct,
    solve,
)
from tests.oracle.roots import Polynomial

M = sympy.Symbol("m")


def with_tie(spec: Spec) -> Spec:
    """Return the game with other rewards such that one of its T-MFE is on a tie, if that works.

    Adding (1 - eps) t to the reward of another action b and taking c t from that of the action
    played leaves what the strategy earns, hence its values, and lessens the gap by
    (1 - eps + c) t. With t the gap over that, as a polynomial that has this value at the T-MFE's
    m, the gap is 0 there. In a state where b is the second best, no other gap becomes negative.
    """
    plain = aggregate_game(spec)
    try:
        solutions = solve(plain).solutions
    except SeveralLaws:
        return spec
    for x in solutions:
        if x.gap is None or x.tie:
            continue
        found = _smallest_gap(plain, x)
        if found is not None:
            return _shifted(spec, x, *found)
    return spec


def _smallest_gap(plain: AggregateGame, x: Solution) -> tuple[int, int, sympy.Poly] | None:
    """Return a state, its second best action and the gap as a polynomial of degree at most 1."""
    m = sum(x.aggregate, Fraction(0)) / 2
    (cell,) = [c for c in plain.cells if c.low < m < c.high or c.low == m == c.high]
    choices = distinct(plain)
    trial = Trial(Table.of(plain, cell), choices, x.strategy)
    g = _poly(trial.consistency)
    if not 1 <= g.degree() <= 2:
        return None
    pairs = [(s, b) for s, row in enumerate(choices) for b in row if b != x.strategy[s]]
    scale = _poly(trial.scale)
    if sympy.gcd(scale, g).degree() > 0:
        return None
    gaps = [(_poly(p) * sympy.invert(scale, g)).rem(g) for p in trial.gaps]
    at = sympy.Rational(m.numerator, m.denominator)
    values = [gap.eval(at) for gap in gaps]
    k = min(range(len(gaps)), key=lambda i: values[i])
    assert len(pairs) == len(gaps)
    return *pairs[k], gaps[k]


def _poly(p: Polynomial) -> sympy.Poly:
    return sympy.Poly(list(reversed(p)) or [0], M, domain="QQ")


def _shifted(spec: Spec, x: Solution, s: int, b: int, gap: sympy.Poly) -> Spec:
    spread = spec.tremble / (spec.actions.size - 1)
    total = 1 - spec.tremble + spread
    constant, slope = (Fraction(int(c.p), int(c.q)) for c in (gap.nth(0), gap.nth(1)))
    reward = [[[*c, Fraction(0)] for c in row] for row in spec.reward]
    for action, share in ((b, (1 - spec.tremble) / total), (x.strategy[s], -spread / total)):
        reward[s][action][0] += share * constant
        reward[s][action][-1] += share * slope
    kernel = tuple(
        tuple(
            tuple(replace(t, coefficients=(*t.coefficients, Fraction(0))) for t in terms)
            for terms in row
        )
        for row in spec.kernel
    )
    return replace(
        spec,
        family=f"{spec.family}, tie",
        scalars=(*spec.scalars, ("agg", 0)),
        kernel=kernel,
        reward=tuple(tuple(tuple(c) for c in row) for row in reward),
    )
