"""A constant's value in words: what is shown is proved."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfgcheck.budgets.constants.constant import Constant, Proof

F = Fraction


def constant(
    lower: Fraction | int, upper: Fraction | int | None, proof: Proof = Proof.BOUNDED
) -> Constant:
    top = None if upper is None else F(upper)
    return Constant("C1", "meaning", F(lower), top, proof, "method", "where", "source")


@pytest.mark.parametrize(
    ("lower", "upper", "proof", "text"),
    [
        (0, None, Proof.NONE, "none is finite"),
        (3, 4, Proof.NONE, "none is finite"),
        (0, None, Proof.OPEN, "not known"),
        (0, 0, Proof.EXACT, "0"),
        (3, 3, Proof.EXACT, "3"),
        (F(2, 3), F(2, 3), Proof.EXACT, "2/3 (0.666667)"),
        (F(1, 3), F(1, 3), Proof.EXACT, "1/3 (0.333334)"),
        (10**30, 10**30, Proof.EXACT, "1e30"),
        (0, F(1, 3), Proof.BOUNDED, "at most 0.333334"),
        (F(1, 4), F(1, 3), Proof.BOUNDED, "at most 0.333334"),
        (F(1, 3), F(33334, 10**5), Proof.BOUNDED, "0.333333 to 0.33334"),
        (0, F(1, 3 * 10**40), Proof.BOUNDED, "at most 3.33334e-41"),
    ],
)
def test_by_hand(
    lower: Fraction | int, upper: Fraction | int | None, proof: Proof, text: str
) -> None:
    shown = constant(lower, upper, proof).text
    assert shown.replace("e+", "e") == text


@given(
    st.fractions(0, 10**6, max_denominator=10**12),
    st.fractions(0, 10**3, max_denominator=10**12),
)
def test_what_is_shown_encloses_what_is_proved(lower: Fraction, width: Fraction) -> None:
    made = constant(lower, lower + width)
    data = made.to_dict()
    assert F(str(data["lower"])) <= lower
    assert F(str(data["upper"])) >= lower + width
    slack = (2 * lower + width) / 10**15  # 17 digits at either end
    assert F(str(data["upper"])) - F(str(data["lower"])) <= width + slack
    numbers = [F(x) for x in re.findall(r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?", made.text)]
    assert numbers[-1] >= lower + width
    if " to " in made.text:
        assert numbers[0] <= lower
