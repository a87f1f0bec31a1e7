"""Laws of formulas against laws of numbers: substituting commutes with the arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy

from mfgcheck import InvalidGame, mixture, point, uniform
from mfgcheck.game.formulas import FormulaLaw, is_formula, label_symbol, lift
from mfgcheck.game.game import Game, untraced

S, A = label_symbol("s"), label_symbol("a")
NOISE = mixture({0: "1/10", uniform([1, 2, 3]): "9/10"})

LAWS: list[Callable[[Any, Any], Any]] = [
    lambda s, a: point(s),
    lambda s, a: s + a - NOISE,
    lambda s, a: NOISE + s,
    lambda s, a: NOISE - s,
    lambda s, a: s - NOISE + NOISE,
    lambda s, a: (s + a - NOISE).clip(0, 4),
    lambda s, a: point(s + 1).min(6 * a).clip(0, 9),
    lambda s, a: NOISE.max(s).min(a + 2),
    lambda s, a: NOISE.clip(0, s),
    lambda s, a: -point(s + a),
    lambda s, a: uniform([s, a, 3]),
    lambda s, a: mixture({point(s): "1/3", a + 9: "1/3", NOISE: "1/3"}),
    lambda s, a: point(2 * s).map(lambda x: x + a),
]


@pytest.mark.parametrize("law", LAWS)
def test_numbers_put_into_a_law_of_formulas(law: Callable[[Any, Any], Any]) -> None:
    formulas = law(S, A)
    assert isinstance(formulas, FormulaLaw)
    for s in range(4):
        for a in range(3):
            if law is LAWS[8] and s == 0 == a:
                continue
            found: dict[sympy.Expr, sympy.Expr] = {}
            for weight, x in formulas.parts:
                place = x.subs({S: s, A: a})
                found[place] = found.get(place, sympy.S.Zero) + weight
            plain = law(sympy.Integer(s), sympy.Integer(a))
            assert found == {x: w for w, x in lift(plain).parts}


def test_symbolic_weights_of_blends_are_kept() -> None:
    m = sympy.Symbol("m")
    blend = mixture({0: m, 1: 1 - m})
    assert (blend + S).parts == ((m, S), (1 - m, S + 1))
    assert (S - blend).parts == ((m, S), (1 - m, S - 1))


def test_a_mean_field_is_no_outcome() -> None:
    m = sympy.Symbol("mean")
    assert not is_formula(m)
    with pytest.raises(InvalidGame, match="depends on the mean field"):
        NOISE + m
    with pytest.raises(InvalidGame, match="depends on the mean field"):
        point(S + m)


def test_untraced_games_are_not_looked_at() -> None:
    c = sympy.Symbol("c")

    def make() -> Game:
        return Game(3, 2, lambda s, a, z: c, lambda s, a, z: c, c, c)

    with untraced():
        assert make().reward(0, 0, None) == c
    with pytest.raises(InvalidGame):
        make()
