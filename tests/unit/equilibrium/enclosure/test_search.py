"""The search loses no T-MFE, and claims no continuum that is none."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Rational as R
from sympy import exp

from mfgcheck import Game, equilibria, point
from mfgcheck.equilibrium.enclosure.isolate import Answer, Fixed, Place, locate
from mfgcheck.equilibrium.enclosure.search import Rest, Spot
from mfgcheck.equilibrium.enclosure.settle import settle
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.equilibrium.ranges.pieces import pieces
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.gallery import make
from mfgcheck.game.inequalities import Deadline


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


def drift(states: int) -> Game:
    """Agents move up by 1 with a chance that falls in the mean."""

    def transition(s: Any, a: Any, z: Any) -> list[tuple[Any, Any]]:
        up = (1 + a) / 4 + z.mean(lambda x: R(x, states)) / 4
        return [(up, point(s + 1).clip(0, states - 1)), (1 - up, point(s - 1).clip(0, states - 1))]

    return Game(states, 2, lambda s, a, z: R(s, states) - a, transition, "3/4", "1/4")


def test_the_time_limit_is_kept_with_many_states() -> None:
    started = time.monotonic()
    found = equilibria(drift(400), time_limit=1)
    assert not found.complete
    assert time.monotonic() - started < 15  # most of it before the search


def test_a_fixed_point_that_was_found_when_the_time_was_over_stays_open() -> None:
    piece = pieces(Tables.of(make("coordination")))[0]
    fixed = Fixed(piece, np.array([0, 0, 0]), Deadline(0))
    assert locate(fixed, piece.box, Fraction(1, 10**9), 128) is Answer.OPEN
    late = settle(
        Spot(fixed, Place(piece.box, certain=True)), ExactModel(piece.tables), Fraction(1, 100)
    )
    assert isinstance(late, Rest)
    assert late.reason == "the time is over"
