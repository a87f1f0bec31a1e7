"""For which functions a number is negative: against many functions, exactly."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Max, exp
from sympy import Rational as R

from mfgcheck import decreasing
from mfgcheck.game.instance import Scope, Steps, weigh

F = Fraction
p, q = decreasing("p", 0, 1), decreasing("q", "1/2", 2)


@pytest.mark.parametrize(
    ("e", "scope", "strict"),
    [
        (sympy.Integer(-1), Scope.EVERY, ()),
        (p(0) - 2, Scope.EVERY, ()),
        (-q(3), Scope.EVERY, ()),
        (-p(3), Scope.ONE, ()),
        (p(1) - p(0), Scope.STRICT, ("p",)),
        (p(2) - p(0), Scope.STRICT, ("p",)),
        (p(0) - 1, Scope.ONE, ()),  # a strictly decreasing p may well be 1 at 0
        (p(0) + p(1) - 2, Scope.STRICT, ("p",)),
        (-p(0) - p(1), Scope.STRICT, ("p",)),
        (2 * p(1) - p(0), Scope.ONE, ()),
        ((p(1) - p(0)) * q(5), Scope.STRICT, ("p",)),
        ((p(1) - p(0)) * p(5), Scope.ONE, ()),
        ((p(1) - p(0)) * (q(1) - q(2)), Scope.STRICT, ("p", "q")),
        (-((p(0) - p(1)) ** 2), Scope.STRICT, ("p",)),
        (p(1) - p(0) + q(1) - 3, Scope.EVERY, ()),
        ((p(1) - p(0)) * exp(-1), Scope.STRICT, ("p",)),
        (exp(p(1)) - exp(p(0)), Scope.ONE, ()),
        (Max(p(0), R(1, 2)) - 2, Scope.ONE, ()),
    ],
)
def test_scope(e: sympy.Expr, scope: Scope, strict: tuple[str, ...]) -> None:
    found = weigh(e)
    assert found is not None
    assert (found.scope, found.strict) == (scope, strict)
    settled = found.settle(e)
    assert not settled.has(p, q)
    assert settled < 0


def test_one_strictly_decreasing_function_is_enough() -> None:
    found = weigh(p(1) - p(0) + q(2) - q(1))
    assert found is not None
    assert found.scope is Scope.STRICT
    assert found.strict in (("p",), ("q",))


@pytest.mark.parametrize(
    "e", [sympy.Integer(0), p(0), p(0) - p(1), 1 - p(3), q(1) - R(1, 2), (p(0) - p(1)) ** 2]
)
def test_never_negative(e: sympy.Expr) -> None:
    assert weigh(e) is None


def test_a_positive_coefficient_forbids_a_claim_on_many() -> None:
    # Not positive at step functions or halfway between two, but with three drops of 1/3.
    drops = [p(x) - p(x + 1) for x in range(3)]
    e = 30 * drops[0] * drops[1] * drops[2] - drops[0]
    found = weigh(e)
    assert found is not None
    assert found.scope is Scope.ONE
    assert e.xreplace({p(x): 1 - R(x, 3) for x in range(4)}) > 0


def test_an_interior_value_is_found_where_no_step_function_helps() -> None:
    found = weigh(p(0) * (p(0) - 1))
    assert found is not None
    assert found.settle(p(0)) == R(1, 2)


def test_a_fixed_function_is_no_family() -> None:
    fixed = decreasing("p", "1/3", "1/3")
    found = weigh(fixed(1) - fixed(0) - R(1, 5))
    assert found is not None
    assert found.scope is Scope.EVERY
    assert weigh(fixed(1) - fixed(0)) is None


def test_steps_in_words() -> None:
    two = Steps("p", ((F(0), F(1)), (F(1, 2), F(1, 3))), F(0))
    assert two.text == "p(x) = 1 for x <= 0, 1/3 for x <= 1/2 and 0 for x > 1/2"
    assert [two(x) for x in (F(-1), F(0), F(1, 4), F(1, 2), F(1))] == [1, 1, F(1, 3), F(1, 3), 0]
    assert Steps("p", (), F(1, 2)).text == "p(x) = 1/2 for all x"


def test_names_of_all_functions_in_a_claim() -> None:
    found = weigh((p(1) - p(0)) * q(5))
    assert found is not None
    assert found.claim == "for every strictly decreasing p and every q"
    assert found.text.count("(x) =") == 2


POINTS = (0, 1, 3)
MONOMIALS: list[Any] = [
    sympy.S.One, *map(p, POINTS), q(1), q(2),
    *(p(x) * p(y) for x, y in itertools.combinations_with_replacement(POINTS, 2)),
    *(p(x) * q(y) for x in POINTS for y in (1, 2)),
]  # fmt: skip
HEIGHTS = [
    (F(1), F(1), F(1)), (F(0), F(0), F(0)), (F(1), F(0), F(0)), (F(1), F(1), F(0)),
    (F(1), F(1, 2), F(0)), (F(1, 2), F(1, 3), F(1, 4)), (F(1), F(999, 1000), F(998, 1000)),
    (F(1, 100), F(1, 200), F(0)), (F(1), F(1, 2), F(499, 1000)), (F(1), F(9, 10), F(1, 10)),
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(-3, 3), min_size=len(MONOMIALS), max_size=len(MONOMIALS)),
    st.integers(0, 9),
)
def test_what_is_said_of_many_functions_is_true(numbers: list[int], keep: int) -> None:
    e = sympy.Add(*(c * m for c, m in zip(numbers, MONOMIALS[: 3 + keep], strict=False)))
    found = weigh(e)
    if found is None:
        return
    assert found.settle(e) < 0
    for heights, (high, low) in itertools.product(
        HEIGHTS, [(2, F(1, 2)), (1, 1), (2, 2), (F(3, 2), 1)]
    ):
        at = {p(x): R(h.numerator, h.denominator) for x, h in zip(POINTS, heights, strict=True)}
        at |= {q(1): R(str(high)), q(2): R(str(low))}
        strictly = {"p": len(set(heights)) == len(heights), "q": high > low}
        if found.scope is Scope.EVERY or (
            found.scope is Scope.STRICT and all(strictly[name] for name in found.strict)
        ):
            assert e.xreplace(at) < 0
