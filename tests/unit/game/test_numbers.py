"""Exact numbers: what is read, as what, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as F

import numpy as np
import pytest
import sympy
from sympy import Rational as R

from mfgcheck.errors import InvalidGame
from mfgcheck.game.numbers import (
    exact,
    from_float,
    label_json,
    label_text,
    label_value,
    normal_label,
    rational,
)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (3, F(3)),
        (-2, F(-2)),
        (F(2, 6), F(1, 3)),
        (R(7, 24), F(7, 24)),
        (sympy.Integer(5), F(5)),
        ("0.05", F(1, 20)),
        ("3/4", F(3, 4)),
        (" 1 / 2 ", F(1, 2)),
        ("-0.5/0.25", F(-2)),
        ("1e-3", F(1, 1000)),
        (Decimal("0.125"), F(1, 8)),
        (0.1, F(1, 10)),
        (1e22, F(10**22)),
        (-0.0, F(0)),
        (sympy.Float(0.3), F(3, 10)),
    ],
)
def test_exact_reads(given: object, read: F) -> None:
    assert exact(given, "x") == read


def test_exact_reads_numpy_floats_as_floats() -> None:
    assert exact(np.float64(0.25), "x") == F(1, 4)


@pytest.mark.parametrize(
    "given",
    [
        True,
        None,
        1j,
        "",
        "x",
        "1/0",
        "1/2/3",
        "nan",
        "inf",
        "-Infinity/2",
        "1e999999999",
        Decimal("NaN"),
        float("nan"),
        float("inf"),
        [1],
        sympy.pi,
        sympy.Symbol("x"),
    ],
)
def test_exact_refuses(given: object) -> None:
    with pytest.raises(InvalidGame, match="the thing"):
        exact(given, "the thing")


def test_twelve_digits_are_a_literal_and_thirteen_are_not() -> None:
    assert from_float(0.123456789012, "x") == F(123456789012, 10**12)
    with pytest.raises(InvalidGame, match="rounded"):
        from_float(0.1234567890123, "x")


def test_no_fraction_is_suggested_for_what_is_none() -> None:
    with pytest.raises(InvalidGame, match="sympy's exp") as raised:
        from_float(0.36787944117144233, "reward")  # math.exp(-1)
    assert "R(" not in str(raised.value)


def test_a_rounded_float_is_refused_with_the_fraction_it_looks_like() -> None:
    with pytest.raises(InvalidGame, match=r"R\(7, 24\)"):
        from_float(7 / 24, "x")
    with pytest.raises(InvalidGame, match=r"R\(3, 20\)"):
        from_float(0.1 + 0.05, "x")


def test_rational_is_a_sympy_number() -> None:
    assert rational(F(6, 8)) == R(3, 4)
    assert isinstance(rational(2), sympy.Integer)


@pytest.mark.parametrize(
    ("given", "label"),
    [
        (sympy.Integer(1), 1),
        (F(4, 2), 2),
        (R(1, 2), F(1, 2)),
        (1.0, 1),
        ("1", "1"),
        (np.int64(7), 7),
        (Decimal("1.5"), F(3, 2)),
        ((sympy.Integer(1), ("x", 2.0)), (1, ("x", 2))),
    ],
)
def test_normal_label(given: object, label: object) -> None:
    found = normal_label(given)
    assert found == label
    assert type(found) is type(label)


@pytest.mark.parametrize(
    "given",
    [None, True, [1], object(), sympy.sqrt(2), sympy.pi, sympy.Symbol("x"), (1, None), {1}],
)
def test_normal_label_refuses(given: object) -> None:
    with pytest.raises(InvalidGame):
        normal_label(given)


def test_normal_label_refuses_arrays() -> None:
    with pytest.raises(InvalidGame):
        normal_label(np.array([1, 2]))


def test_label_value_is_exact_inside_tuples() -> None:
    value = label_value((7, F(1, 2), "high"))
    assert isinstance(value, tuple)
    assert value[0] / 24 == R(7, 24)
    assert value[1:] == (R(1, 2), "high")


def test_label_text_and_json() -> None:
    label = (1, ("high", F(1, 2)))
    assert label_text(label) == "(1, (high, 1/2))"
    assert label_json(label) == [1, ["high", "1/2"]]
    assert label_json(3) == 3
