"""Decimals of exact numbers: bounds stay bounds, however small, large or close they are."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfgcheck.report import schema
from mfgcheck.report.decimals import above, below, enclosing, readable

SCALES = st.integers(-60, 60).map(lambda e: Fraction(10) ** e)
NUMBERS = st.builds(
    lambda numerator, denominator, scale: Fraction(numerator, denominator) * scale,
    st.integers(-(10**30), 10**30),
    st.integers(1, 10**30),
    SCALES,
)
WIDTHS = st.one_of(st.just(Fraction(0)), NUMBERS.map(abs))
BOUND = schema("equilibria")["$defs"]["bound"]["pattern"]


def digits(text: str) -> int:
    return len(re.sub(r"[-.]|e.*", "", text).strip("0"))


@given(NUMBERS, st.integers(1, 40))
def test_below_and_above_are_the_nearest_decimals_on_their_side(x: Fraction, n: int) -> None:
    low, high = below(x, n), above(x, n)
    assert Fraction(low) <= x <= Fraction(high)
    assert digits(low) <= n
    assert digits(high) <= n
    # At n digits the spacing is at most 10^(1-n) of the number.
    assert Fraction(high) - Fraction(low) <= abs(x) * Fraction(10) ** (1 - n)
    assert re.match(BOUND, low)
    assert re.match(BOUND, high)


@given(NUMBERS)
def test_a_decimal_that_is_short_enough_is_kept(x: Fraction) -> None:
    text = below(x, 8)
    assert Fraction(below(Fraction(text), 8)) == Fraction(text)
    assert Fraction(above(Fraction(text), 8)) == Fraction(text)


@given(NUMBERS, WIDTHS)
def test_a_range_is_enclosed_and_hardly_grows(low: Fraction, width: Fraction) -> None:
    texts = enclosing(low, low + width)
    first, last = map(Fraction, texts)
    assert first <= low <= low + width <= last
    assert all(re.match(BOUND, text) for text in texts)
    if width:
        size = max(abs(low), abs(low + width))
        assert (last - first) - width <= max(width / 100, size / 10**15)
        assert (last - first) - width <= width / 50


@given(st.fractions(max_denominator=10**6, min_value=-(10**5), max_value=10**5))
def test_a_short_exact_number_is_printed_as_it_is(x: Fraction) -> None:
    assert enclosing(x, x) == (str(x), str(x))


@given(NUMBERS.filter(lambda x: abs(x) < 10**9), WIDTHS.filter(lambda x: x < 10**9))
def test_a_readable_number_says_no_more_than_is_known(low: Fraction, width: Fraction) -> None:
    text = readable(low, low + width)
    if "±" not in text:
        assert width == 0
        assert Fraction(text.split(" ")[0]) == low
        return
    middle, radius = map(Fraction, text.split(" ± "))
    assert middle - radius <= low <= low + width <= middle + radius
    assert radius <= width * Fraction(12, 10) + Fraction(1, 10**11)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (Fraction(0), Fraction(0), "0"),
        (Fraction(-1, 2), Fraction(-1, 2), "-1/2 (-0.5)"),
        (Fraction(0), Fraction(1), "0.500000 ± 0.5"),
        (Fraction("20.2061214531"), Fraction("20.2061214532"), "20.20612145315 ± 5e-11"),
        (Fraction(-1, 10**40), Fraction(1, 10**40), "0.000000000000 ± 1e-40"),
    ],
)
def test_how_numbers_look(low: Fraction, high: Fraction, text: str) -> None:
    assert readable(low, high) == text


def test_as_many_digits_are_shown_as_the_radius_asks_for() -> None:
    third, tiny = Fraction(1, 3), Fraction(1, 10**22)
    fine = readable(third, third + tiny, Fraction(1, 10**20))
    assert fine == "0.333333333333333333333 ± 4.4e-22"
    assert readable(third, third + tiny) == "0.333333333333 ± 3.4e-13"
