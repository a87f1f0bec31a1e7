"""The search loses no T-MFE, and claims no continuum that is none."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Rational as R
from sympy import exp

from mfgcheck import Game, equilibria, point


def test_strategies_that_live_apart_are_both_cut_further() -> None:
    # P(1) rises like an S from 1/16 to 7/16 under action 0, and from 9/16 to 15/16 under action 1.
    # Each meets m three times, in a half of its own; action 1 pays more by m - 15/32.
    def up(a: Any, m: Any) -> Any:
        middle, base = (R(3, 4), R(9, 16)) if a else (R(1, 4), R(1, 16))
        return base + R(3, 8) / (1 + exp(-40 * (m - middle)))

    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: a * (z[1] - R(15, 32)),
        transition=lambda s, a, z: {1: up(a, z[1]), 0: 1 - up(a, z[1])},
        discount="1/2",
        tremble=0,
    )
    found = equilibria(game)
    assert found.count == 6
    ranges = [one.mean_field[1] for one in found.equilibria]
    for i, m in ((1, Fraction(1, 4)), (4, Fraction(3, 4))):  # the S's middle, by symmetry
        assert ranges[i][0] <= m <= ranges[i][1]
    strategies = [one.strategy for one in found.equilibria]
    assert strategies == [(0, 0)] * 3 + [(1, 1)] * 3


def test_a_continuum_of_a_worse_strategy_is_none() -> None:
    # Nobody ever moves, so that every law is consistent with everything; but action 1 pays less,
    # by (m - 1/2)^2 + 1/100, which ranges of m^2 and m over a wide box do not show.
    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: a * (z[1] - z[1] ** 2 - R(26, 100)),
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble="1/4",
    )
    found = equilibria(game)
    assert found.complete
    assert not found.equilibria
    assert {one.strategy for one in found.continua} == {(0, 0)}
    assert [one.aggregates for one in found.continua] == [{"z[1]": (0, 1)}]
