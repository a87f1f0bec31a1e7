"""Segments of T-MFE: on games whose fixed points are known."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Max
from sympy import Rational as R

from mfgcheck import Game, check, equilibria
from mfgcheck.equilibrium.enclosure.isolate import Fixed
from mfgcheck.equilibrium.enclosure.segment import find_segment, is_segment, is_strict
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.equilibrium.levels import levels
from mfgcheck.equilibrium.ranges.pieces import pieces
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.gallery import make
from mfgcheck.report.blocks import Heading

F = Fraction


def three_states(one: Callable[[Any], Any]) -> tuple[Fixed, ExactModel]:
    """P(1) = one(x), P(2) = 1/8 + y/2, so that y = 1/4; action 0 is better by x - 1/4."""

    def transition(s: Any, a: Any, z: Any) -> Any:
        up, top = one(z[1]), R(1, 8) + z[2] / 2
        return {0: 1 - up - top, 1: up, 2: top}

    game = Game(3, 2, lambda s, a, z: a * (R(1, 4) - z[1]), transition, "1/2", 0)
    tables = Tables.of(game)
    (piece,) = pieces(tables)
    return Fixed(piece, np.zeros(3, dtype=np.int64)), ExactModel(tables)


def kept(x: Any) -> Any:
    """x, where x is at most 3/8; so the chances never sum to more than 1."""
    return x - Max(x - R(3, 8), 0)


def touching(x: Any) -> Any:
    """Fixed points 1/8, 1/4 and 3/8 and no others."""
    return x - x / 4 * (x - R(1, 8)) * (x - R(1, 4)) * (x - R(3, 8)) - Max(x - R(3, 8), 0)


P, Q = (F(1, 8), F(1, 4)), (F(3, 8), F(1, 4))


def test_a_segment_of_fixed_points_is_proved() -> None:
    fixed, model = three_states(kept)
    assert is_segment(fixed, model, P, Q)
    found = find_segment(fixed, model, ((F(1, 4), F(3, 8)), (F(1, 5), F(3, 10))))
    assert found is not None
    assert all(F(1, 4) < x <= F(3, 8) and y == F(1, 4) for x, y in found)


def test_points_between_which_the_equation_does_not_hold_are_no_segment() -> None:
    fixed, model = three_states(touching)
    for x in (F(1, 8), F(1, 4), F(3, 8)):
        assert is_strict(fixed, model, (x, F(1, 4))) is (x > F(1, 4))
    assert not is_segment(fixed, model, P, Q)
    assert not is_segment(fixed, model, (F(1, 4), F(1, 4)), Q)
    assert find_segment(fixed, model, ((F(1, 4), F(3, 8)), (F(1, 5), F(3, 10)))) is None


def test_a_segment_across_a_kink_is_not_claimed() -> None:
    fixed, model = three_states(kept)
    assert not is_segment(fixed, model, P, (F(1, 2), F(1, 4)))


@pytest.mark.parametrize(
    ("x", "y", "strict"),
    [
        ("3/8", "1/4", True),
        ("1/4", "1/4", False),  # a tie
        ("1/8", "1/4", False),  # action 1 is better
        ("3/8", "1/3", False),  # not consistent
        ("7/8", "1/4", False),  # no mean field
    ],
)
def test_strict_optimality_at_a_point(x: str, y: str, strict: bool) -> None:
    assert is_strict(*three_states(kept), (F(x), F(y))) is strict


def test_the_whole_segment_is_found_and_what_is_open_is_said() -> None:
    found = equilibria(make("audit-a"))
    (family,) = found.continua
    assert family.aggregates == {"tail(2)": (0, Fraction(1, 2)), "tail(1)": (Fraction(1, 2), 1)}
    assert "from (0, 0.5) to (0.5, 1) all values belong to T-MFE" in family.reason
    assert found.boxes < 1000
    assert not found.complete
    assert found.sentence.endswith("proved; whether there are others was not decided")
    said = " ".join(str(found).split())
    assert "Whether there are T-MFE beside the segment is open." in said
    assert "unless all data" not in said


def test_the_levels_show_continua_and_what_is_open() -> None:
    game = make("audit-a")
    titles = [
        block.text for block in levels(game, check(game)).blocks() if isinstance(block, Heading)
    ]
    assert titles == [
        "Beyond the definition",
        "Infinitely many T-MFE",
        "Where there may be more",
        "What else helps",
    ]
