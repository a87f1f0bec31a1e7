"""The supremum over M: found at the ends, inside, beside jumps, and never below the truth."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from sympy import Piecewise, sqrt
from sympy import Rational as R

from mfgcheck import Game, point
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, enclosures, pieces
from mfgcheck.equilibrium.ranges.supremum import Supremum, halves, probes, supremum
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.game.inequalities import Deadline

F = Fraction


def parts_of(reward: Any, states: int = 2) -> list[Piece]:
    game = Game(
        states=states,
        actions=2,
        reward=lambda s, a, z: a * reward(z),
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble="1/4",
    )
    return pieces(Tables.of(game))


def largest(parts: list[Piece], **more: Any) -> Supremum:
    """The supremum of the last term, which is the reward's."""

    def bound(piece: Piece, box: Box, end: int) -> Fraction | None:
        found = enclosures(piece.functions[-1:], box, 80)
        return None if found is None else max(F(0), found[0][end])

    return supremum(parts, lambda p, b: bound(p, b, 1), lambda p, b: bound(p, b, 0), **more)


def hill(**more: Any) -> Supremum:
    """The supremum of m (1 - m) over [0, 1], which is at 1/2."""
    return supremum(
        parts_of(lambda z: z[1]),
        lambda p, b: b[0][1] * (1 - b[0][0]),
        lambda p, b: b[0][0] * (1 - b[0][1]),
        **more,
    )


def test_at_an_end_it_is_exact() -> None:
    found = largest(parts_of(lambda z: z[1] ** 2))
    assert found.exact
    assert found.upper == 1
    assert found.mean_field == {1: F(1)}


def test_inside() -> None:
    found = hill(near=F(1, 100))
    assert found.lower == F(1, 4)  # the middle is probed
    assert found.upper is not None
    assert F(1, 4) <= found.upper <= F(101, 400)
    assert found.mean_field == {0: F(1, 2), 1: F(1, 2)}


def test_few_boxes_leave_a_bound() -> None:
    rough, better = hill(most=3), hill(most=30)
    assert rough.upper is not None
    assert better.upper is not None
    assert F(1, 4) <= better.upper < rough.upper < 1


def test_on_a_triangle() -> None:
    found = largest(parts_of(lambda z: z[1] * z[2], states=3))
    assert found.lower <= F(1, 4) <= (found.upper or 0)
    assert F(1, 4) * F(99, 100) <= found.lower
    assert (found.upper or 1) <= F(26, 100)


def test_beside_a_jump_the_closure_counts() -> None:
    parts = parts_of(lambda z: Piecewise((3 - 2 * z[1], z[1] > R(1, 2)), (z[1], True)))

    def bound(piece: Piece, box: Box, end: int) -> Fraction:
        found = enclosures(piece.functions[1:], box, 80)
        assert found is not None
        return F(0) if not found else max(F(0), *(pair[end] for pair in found))

    found = supremum(parts, lambda p, b: bound(p, b, 1), lambda p, b: bound(p, b, 0))
    assert found.upper is not None
    assert found.upper >= found.lower >= F(1)
    assert found.piece is not None


def test_no_bound_is_no_answer() -> None:
    found = supremum(parts_of(lambda z: z[1]), lambda p, b: None, lambda p, b: F(1))
    assert found.upper is None
    assert found.lower == 1
    assert not found.exact


def test_a_deadline_leaves_a_bound() -> None:
    found = hill(deadline=Deadline(0))
    assert found.upper == 1
    assert found.lower == 0


def test_irrational_ends() -> None:
    parts = parts_of(lambda z: z.mean(lambda x: sqrt(2) * x))
    assert len(list(probes(parts[0]))) == 2
    found = largest(parts)
    assert found.upper is not None
    assert found.lower**2 <= 2 <= found.upper**2
    assert found.upper - found.lower < F(1, 10**9)
    assert found.mean_field == {1: F(1)}


@pytest.mark.parametrize("box", [((F(0), F(1)), (F(0), F(3)))])
def test_halves(box: Box) -> None:
    low, high = halves(box)
    assert low == ((F(0), F(1)), (F(0), F(3, 2)))
    assert high == ((F(0), F(1)), (F(3, 2), F(3)))
