"""Terms as quick functions."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
from sympy import Rational as R

from mfgcheck.equilibrium.tbr.scalar import compile_term, value_of
from mfgcheck.errors import BadInput
from mfgcheck.game.floats import approximate
from mfgcheck.game.terms import Above, AtLeast, PositivePart

X, Y = (sympy.Symbol(name, real=True) for name in "xy")
POSITION = {X: 0, Y: 1}
TERMS = [
    sympy.exp(-X / 20),
    X * Y**2,
    X ** R(3, 2) / (1 + Y),
    sympy.log(1 + X) * sympy.tanh(Y - X),
    PositivePart(X - Y) + X + Y / 3,
    AtLeast(X, R(1, 2)) * Y,
    Above(X, R(1, 2)) * Y,
    2 ** (X + Y),
    1 / (X + 1),
    sympy.sqrt(2) * X,
    sympy.E * X,
]


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_values_are_those_of_the_slow_evaluation(term: sympy.Expr) -> None:
    f = compile_term(term, POSITION)
    for x, y in [(0.5, 0.25), (0.0, 1.0), (0.75, 0.75), (1.0, 0.0)]:
        slow = approximate(term, {X: np.array([x]), Y: np.array([y])})
        assert value_of(f, term, [x, y], "xy") == pytest.approx(float(slow[0]), rel=1e-14)


def test_where_a_step_is_0_the_other_factor_needs_no_value() -> None:
    term = AtLeast(X, R(1, 2)) / X
    f = compile_term(term, POSITION)
    assert value_of(f, term, [0.0, 0.0], "xy") == 0.0
    assert value_of(f, term, [0.5, 0.0], "xy") == 2.0


@pytest.mark.parametrize(
    ("term", "word"),
    [
        (1 / X, "undefined"),
        (sympy.log(X), "undefined"),
        (X * sympy.log(X), "undefined"),  # not 0: no limit is taken
        (sympy.sqrt(X - 1), "undefined"),
        (sympy.exp(1000 + X), "too large"),
        (sympy.exp(500 + X) * sympy.exp(500 + Y), "too large"),
    ],
    ids=str,
)
def test_what_has_no_value_is_an_error_that_says_where(term: sympy.Expr, word: str) -> None:
    f = compile_term(term, POSITION)
    with pytest.raises(BadInput, match=rf"{word}.* at x = 0\.0, y = 0\.0"):
        value_of(f, term, [0.0, 0.0], "xy")


def test_a_root_of_what_rounding_made_negative_is_0() -> None:
    f = compile_term(sympy.sqrt(1 - X - Y), POSITION)
    assert 1 - 0.75 - math.nextafter(0.25, 1) < 0
    assert f([0.75, math.nextafter(0.25, 1)]) == 0.0
    with pytest.raises(ValueError, match="math"):
        f([0.7, 0.31])
