"""Ranges and directions against values at many points."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import Abs, Max, Min, exp, log, tanh
from sympy import Rational as R

from mfgcheck.game.unknown import Unknown, decreasing
from mfgcheck.verify.all_sizes.abstract import MEAN, A, Mass, MeanOf, S, Tail, X
from mfgcheck.verify.all_sizes.claims import Fails, nondecreasing, nonnegative
from mfgcheck.verify.all_sizes.directions import MEAN_FIELD
from mfgcheck.verify.all_sizes.signs import Range, added, multiplied, range_of
from mfgcheck.verify.all_sizes.sums import direction_of, expand, sign_of

C, D = sympy.symbols("c d", positive=True)
p = decreasing("p", 0, 1)
q = decreasing("q", "-1/2", 2)
M = MEAN


def random_formula(r: random.Random, depth: int) -> sympy.Expr:
    """A formula of a label, the mean, a parameter and an unknown function."""
    if depth == 0:
        return r.choice([S, A, M, C, p(S), p(M), q(A + 1), R(r.randint(-3, 3), 2), S])
    u, v = random_formula(r, depth - 1), random_formula(r, depth - 1)
    return r.choice(
        [
            u + v,
            u - v,
            u * v,
            u * v,
            exp(-S / 9) * u,
            1 / (1 + S + M) * u,
            Max(u, v),
            Min(u, v),
            tanh(u),
            u**2,
            u**3,
            Abs(u),
            (1 + S) ** R(1, 2) * u,
            (2 + M) ** -2 * u,
            log(1 + S + A) * u,
        ]
    )


def value(e: sympy.Expr, numbers: dict[sympy.Symbol, Any], jump: Fraction) -> float:
    """A formula at numbers; p and q are steps that fall at `jump`."""
    low_high = {f: (f.high if f.args[0].subs(numbers) < jump else f.low) for f in e.atoms(Unknown)}
    found = {f: R(x.numerator, x.denominator) for f, x in low_high.items()}
    return float(e.xreplace(found).subs(numbers))


def numbers_at(r: random.Random) -> dict[sympy.Symbol, Any]:
    """Numbers that the symbols may stand for."""
    return {
        S: r.randint(0, 9),
        A: r.randint(0, 6),
        M: R(r.randint(0, 40), 5),
        C: R(r.randint(1, 50), 10),
    }


@pytest.mark.parametrize("seed", range(80))
def test_values_lie_in_the_range_and_go_the_way_told(seed: int) -> None:
    r = random.Random(seed)
    e = random_formula(r, r.choice([1, 2, 2, 3]))
    found, sign, ways = range_of(e), sign_of(e), {x: direction_of(e, x) for x in (S, A)}
    along_z = direction_of(e, MEAN_FIELD)
    for _ in range(12):
        numbers, jump = numbers_at(r), Fraction(r.randint(0, 12), 2)
        here = value(e, numbers, jump)
        slack = 1e-9 * (1 + abs(here))
        assert found.low is None or here >= found.low - slack
        assert found.high is None or here <= found.high + slack
        assert not sign.nonnegative or here >= -slack
        assert not sign.positive or here > 0
        for x, way in ways.items():
            step = value(e, {**numbers, x: numbers[x] + 1}, jump) - here
            assert not way.up or step >= -slack
            assert not way.down or step <= slack
        step = value(e, {**numbers, M: numbers[M] + R(r.randint(1, 9), 3)}, jump) - here
        assert not along_z.up or step >= -slack
        assert not along_z.down or step <= slack


@pytest.mark.parametrize("seed", range(40))
def test_sums_and_products_of_ranges(seed: int) -> None:
    r = random.Random(seed)

    def some() -> tuple[Range, list[Fraction]]:
        low, high = sorted(Fraction(r.randint(-4, 4), 2) for _ in range(2))
        members = [low, high, (low + high) / 2]
        left, right = r.random() < 0.3, r.random() < 0.3
        members += [low - 50] * left + [high + 50] * right
        return Range(None if left else low, None if right else high), members

    (x, some_x), (y, some_y) = some(), some()
    for u in some_x:
        for v in some_y:
            for whole, one in ((added(x, y), u + v), (multiplied(x, y), u * v)):
                assert whole.low is None or whole.low <= one
                assert whole.high is None or one <= whole.high
                assert not whole.above or one > 0
                assert not whole.below or one < 0


@pytest.mark.parametrize(
    ("e", "nonnegative_", "positive", "strictly_positive"),
    [
        (p(S) - p(S + 1), True, False, True),
        (p(S + 1) - p(S), False, False, False),
        (p(S) - 2 * p(S + 1) + p(S + 2), False, False, False),
        (p(S) - p(S + 2) + p(S + 1) - p(S + 3), True, False, True),
        (C * p(S) - C * p(S + 1), True, False, True),
        ((C - D) * (p(S) - p(S + 1)), False, False, False),
        (p(0) - p(1) + S, True, False, True),
        (2 - p(S), True, True, True),
        (1 - p(S) ** 2, True, False, False),
        (q(S), False, False, False),
        (exp(-S / 20) - exp(-(S + 1) / R(20)), True, True, True),
        (R(-1, 10) * exp(-M / 20) + R(3, 10) * exp(-M / 20), True, True, True),
        (C * S, True, False, False),
        (C + S, True, True, True),
        (C - D, False, False, False),
        (1 / (3 * M + 3) - 1 / (2 * M + 2) + 1 / (6 * M + 6), True, False, False),
        (MeanOf(p(X)) + Mass(S), True, False, False),
        (1 - Tail(S), True, False, False),
    ],
)
def test_signs(e: sympy.Expr, nonnegative_: bool, positive: bool, strictly_positive: bool) -> None:
    assert sign_of(e).nonnegative is nonnegative_
    assert sign_of(e).positive is positive
    assert sign_of(e, strictly=True).positive is strictly_positive


@pytest.mark.parametrize(
    ("e", "along", "up", "down"),
    [
        (MeanOf(1 - p(X)), MEAN_FIELD, True, False),
        (MeanOf(p(X)), MEAN_FIELD, False, True),
        (MeanOf(Abs(X - S)), S, False, False),
        (MeanOf(X * S), S, True, False),
        (Mass(sympy.Integer(1)), MEAN_FIELD, False, False),
        (Tail(S), S, False, True),
        (Tail(S), MEAN_FIELD, True, False),
        (S * exp(-M), MEAN_FIELD, False, True),
        ((S - 3) * M, MEAN_FIELD, False, False),
        ((p(S + 1) - p(S)) * M, MEAN_FIELD, False, True),
        (Max(0, 1 - M / 20), MEAN_FIELD, False, True),
        (S**2 - S, S, True, False),
        (2**S, S, True, False),
        (R(1, 2) ** S, S, False, True),
        (M - M, MEAN_FIELD, True, True),
    ],
)
def test_directions(e: sympy.Expr, along: sympy.Symbol, up: bool, down: bool) -> None:
    found = direction_of(e, along)
    assert (found.up, found.down) == (up, down)


def test_claims_about_polynomials_of_one_formula() -> None:
    u = exp(-M / 20)
    assert nonnegative((2 * u - 1) ** 2 + u).holds
    assert nonnegative(u - u**2).holds
    assert not nonnegative(u - 2 * u**2).holds
    assert nonnegative(u - 2 * u**2).fails is Fails.ALWAYS
    assert nondecreasing(u**2 - 2 * u).holds
    assert not nondecreasing(u - u**2).holds
    assert nondecreasing(M**2 + M).holds
    assert nondecreasing(1 - p(M) ** 2).holds
    assert nondecreasing(p(M) ** 2 - 2 * p(M)).holds
    assert not nondecreasing(p(M) - p(M) ** 2).holds


def test_claims_about_unknown_functions() -> None:
    assert nondecreasing(p(M)).fails is Fails.STRICT
    assert nondecreasing(-p(M)).holds
    assert nondecreasing(p(M) - p(M)).holds
    assert nonnegative(p(M) - R(1, 2)).fails is Fails.SOME
    assert nonnegative(p(M) - 2).fails is Fails.ALWAYS
    assert nondecreasing(-M - p(M)).fails is None
    assert nondecreasing(M - M**2).fails is None


def test_inverses_are_brought_to_one_form() -> None:
    assert expand(2 / (2 * M + 2) - 3 / (3 * M + 3)) == 0
    assert expand(1 / (1 - M) + 1 / (M - 1)) == 0
