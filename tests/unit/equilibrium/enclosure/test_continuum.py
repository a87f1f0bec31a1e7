"""Which boxes are said to be full of consistent mean fields."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Max, Piecewise
from sympy import Rational as R

from mfgcheck import Game, point, uniform
from mfgcheck.equilibrium.enclosure.continuum import filled
from mfgcheck.equilibrium.enclosure.isolate import Fixed
from mfgcheck.equilibrium.ranges.pieces import Box, pieces
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.rigor import balls

F = Fraction


def moving(leave: Callable[[Any, Any], Any], piece: int = 0) -> Fixed:
    """Two states; s is left with the chance leave(s, z)."""
    game = Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: s,
        transition=lambda s, a, z: {s: 1 - leave(s, z), 1 - s: leave(s, z)},
        discount="1/2",
        tremble=0,
    )
    return Fixed(pieces(Tables.of(game))[piece], np.zeros(2, dtype=np.int64))


def says(fixed: Fixed, box: Box) -> bool:
    with balls.precision(128):
        return filled(fixed, box, 128)


@pytest.mark.parametrize(
    ("low", "high", "full"),
    [
        ("1/8", "3/8", True),  # nobody moves
        ("1/4", "3/4", False),  # above 1/2 both states are left, so 1/2 is the only law's mean
        ("3/8", "5/8", False),
        ("5/8", "3/4", False),
        ("1/4", "1/4", False),  # one point is no continuum
    ],
)
def test_states_that_are_left_in_a_part_of_the_box_are_not_closed(
    low: str, high: str, full: bool
) -> None:
    fixed = moving(lambda s, z: Max(z[1] - R(1, 2), 0))
    assert says(fixed, ((F(low), F(high)),)) is full


def test_without_aggregates_one_closed_class_has_one_law() -> None:
    assert says(moving(lambda s, z: R(1, 2)), ()) is False
    assert says(moving(lambda s, z: R(s, 2)), ()) is False  # 0 absorbs
    assert says(moving(lambda s, z: 0), ()) is True


def test_the_means_of_the_classes_must_enclose_the_box() -> None:
    # {0} and {1, 2} are closed: means from 0 to 3/2, and nothing beyond.
    game = Game(
        states=3,
        actions=1,
        reward=lambda s, a, z: s,
        transition=lambda s, a, z: [
            (z.mean() / 100, uniform([1, 2]) if s else point(0)),
            (1 - z.mean() / 100, 3 - s if s else 0),
        ],
        discount="1/2",
        tremble=0,
    )
    fixed = Fixed(pieces(Tables.of(game))[0], np.zeros(3, dtype=np.int64))
    assert says(fixed, ((F(1, 4), F(5, 4)),)) is True
    assert says(fixed, ((F(1, 4), F(7, 4)),)) is False


def test_a_pinned_value_is_one_point() -> None:
    # Nobody moves at z[1] = 1/2 only.
    def leave(s: Any, z: Any) -> Any:
        m = z[1]
        return Piecewise((R(1, 2), m < R(1, 2)), (R(1, 2), m > R(1, 2)), (0, True))

    for k in range(3):
        fixed = moving(leave, k)
        assert says(fixed, fixed.piece.box) is False
