"""Numbers of samples of any size: counts, texts and logarithms against whole numbers."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction

import flint
import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfgcheck.budgets.amount import BITS, Amount, real
from mfgcheck.rigor.tape import precision

F = Fraction


def power(base: int, exponent: int) -> Amount:
    with precision(BITS):
        return Amount(real(base) ** exponent)


def read(text: str) -> int:
    """A text as the whole number that it writes."""
    found = re.fullmatch(r"(\d)\.(\d{3})e(\d+)", text)
    if found is None:
        return int(text.replace(",", ""))
    whole: int = int(found[1] + found[2]) * 10 ** (int(found[3]) - 3)
    return whole


@pytest.mark.parametrize(
    ("value", "count", "text"),
    [
        (F(1, 10**30), 1, "1"),
        (F(1, 2), 1, "1"),
        (1, 1, "1"),
        (F(3, 2), 2, "2"),
        (F(10, 3), 4, "4"),
        (999, 999, "999"),
        (F(9999, 10), 1000, "1,000"),
        (10**9 - 1, 10**9 - 1, "999,999,999"),
        (10**9, 10**9, "1.000e9"),
        (10**9 - F(1, 2), 10**9, "1.000e9"),
        (10**9 + 1, 10**9 + 1, "1.001e9"),
        (10**10 - 1, 10**10 - 1, "1.000e10"),
        (123_450_000_000, 123_450_000_000, "1.235e11"),
        (10**18 - 1, 10**18 - 1, "1.000e18"),
        (10**18, None, "1.000e18"),
        (10**412, None, "1.000e412"),
        (10**412 + 1, None, "1.001e412"),
        (10**412 - 1, None, "1.000e412"),
    ],
)
def test_by_hand(value: Fraction | int, count: int | None, text: str) -> None:
    with precision(2000):  # 10^412 + 1 has 1,369 bits
        ball = flint.arb(flint.fmpq(F(value).numerator, F(value).denominator))
    # 10^412 - 1 and 10^412 cannot be told apart with 256 bits; a ball of 2,000 bits can.
    amount = Amount(ball)
    assert amount.count == count
    if value == 10**412 + 1:
        assert amount.text in ("1.000e412", text)  # the text is made with 256 bits
    else:
        assert amount.text == text


def test_powers_beyond_any_float() -> None:
    # Leading digits of 3^100000 by division of whole numbers, not by logarithms.
    whole = 3**100_000
    exponent = math.floor(100_000 * mpmath.log10(3))
    lead = -(-whole // 10 ** (exponent - 3))
    assert 1000 <= lead < 10_000
    amount = power(3, 100_000)
    assert amount.count is None
    assert amount.text == f"{lead // 1000}.{lead % 1000:03d}e{exponent}"
    assert amount.log10 == pytest.approx(float(100_000 * mpmath.log10(3)), rel=1e-14)
    assert power(10, 412).text == "1.000e412"
    assert power(10, 412).log10 == 412


@given(st.integers(1, 10**60), st.integers(1, 10**6))
def test_nothing_is_rounded_down(numerator: int, denominator: int) -> None:
    value = F(numerator, denominator)
    amount = Amount(real(value))
    shown = read(amount.text)
    assert shown >= value
    assert shown < max(value * F(1001, 1000), value + 1) + F(1, 10**9)
    assert (amount.count is None) == (value >= 10**18)
    if amount.count is not None:
        assert amount.count == math.ceil(value)
    with mpmath.workdps(40):
        exact = mpmath.log10(mpmath.mpf(numerator) / denominator)
    assert amount.log10 == pytest.approx(float(exact), rel=1e-12, abs=1e-12)


def test_a_wide_ball_counts_by_its_upper_end() -> None:
    wide = flint.arb(10, 2)  # somewhere from 8 to 12
    assert Amount(wide).count in (12, 13)
    assert Amount(wide).log10 == pytest.approx(math.log10(12))


@pytest.mark.parametrize(
    "ball",
    [
        flint.arb(0),
        flint.arb(-1),
        flint.arb(1, 2),
        flint.arb("inf"),
        flint.arb("-inf"),
        flint.arb("nan"),
    ],
    ids=str,
)
def test_what_is_no_positive_number_is_refused(ball: flint.arb) -> None:
    with pytest.raises(ValueError, match="must be positive and finite"):
        Amount(ball)


def test_json() -> None:
    assert json.loads(json.dumps(power(10, 412).to_dict(), allow_nan=False)) == {
        "count": None,
        "log10": 412.0,
        "text": "1.000e412",
    }
    assert Amount(real(F(17, 2))).to_dict()["count"] == 9
