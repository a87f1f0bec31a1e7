"""Powers that are not written out, against powers that are."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfgcheck.rigor.powers import SMALLEST, first_power_within, power_above

SHARES = st.fractions(Fraction(1, 60), Fraction(59, 60), max_denominator=60)


@given(SHARES, st.fractions(Fraction(1, 10**9), Fraction(3, 2), max_denominator=10**9))
def test_the_first_power_within_a_bound_is_that_of_exact_powers(c: Fraction, x: Fraction) -> None:
    expected = next(k for k in range(3000) if c**k <= x)
    assert first_power_within(c, x) == expected


@given(SHARES, st.integers(0, 60), st.sampled_from([30, 400]))
def test_equality_and_its_neighbours_are_told_apart(c: Fraction, k: int, digits: int) -> None:
    x = c**k
    assert first_power_within(c, x) == k
    assert first_power_within(c, x + Fraction(1, 10**digits) * x) == k
    assert first_power_within(c, x - Fraction(1, 10**digits) * x) == k + 1


NEAR = [1 - Fraction(1, 10**d) for d in (5, 6, 17, 20, 400)]


@pytest.mark.parametrize("c", NEAR)
@pytest.mark.parametrize("x", [Fraction(1, 2), Fraction(1, 10**9), Fraction(1, 10**400)])
def test_numbers_near_to_1_take_no_time(c: Fraction, x: Fraction) -> None:
    started = time.perf_counter()
    k = first_power_within(c, x)
    # (1 - t)^k <= e^(-k t), and (1 - t)^k >= e^(-k t/(1 - t)): so k lies between these two.
    t, log = 1 - c, sum(Fraction(1, i * 2**i) for i in range(1, 200))  # log 2, nearly
    if x == Fraction(1, 2):
        assert (log - Fraction(1, 10**50)) * (1 - t) / t <= k <= (log + Fraction(1, 10**50)) / t + 1
    # From either side: the power is within the bound, and the one before it is not.
    assert power_above(c, k) <= x * (1 + Fraction(1, 2**60)) or x < SMALLEST
    assert power_above(c, k - 1) > x
    assert time.perf_counter() - started < 2


@given(SHARES, st.integers(0, 3000))
def test_a_power_above_is_above_and_near(c: Fraction, k: int) -> None:
    found, exact = power_above(c, k), c**k
    assert found >= exact
    assert found == max(exact, SMALLEST) or found <= exact * (1 + Fraction(1, 2**62))
    assert found.denominator <= 2**4200


@pytest.mark.parametrize("k", [10**9, 10**30, 10**400])
def test_huge_powers_are_short_numbers(k: int) -> None:
    assert power_above(Fraction(1, 3), k) == SMALLEST
    near = power_above(1 - Fraction(1, k), k)  # 1/e, a little less
    assert Fraction(36787944, 10**8) < near < Fraction(36787945, 10**8)
    assert near.denominator <= 2**70
    assert power_above(1 - Fraction(1, k**2), k) <= 1


def test_zero_and_one() -> None:
    assert [power_above(Fraction(0), k) for k in (0, 1, 10**9)] == [1, 0, 0]
    assert power_above(Fraction(1), 10**9) == 1
    assert first_power_within(Fraction(1, 2), Fraction(1)) == 0
