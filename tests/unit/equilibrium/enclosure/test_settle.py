"""From a place to a T-MFE: what is not proved is not claimed, and what is there is not lost."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Max, Piecewise
from sympy import Rational as R

from mfgcheck import Game, equilibria
from mfgcheck.equilibrium.enclosure.isolate import Answer, Fixed, Place
from mfgcheck.equilibrium.enclosure.search import Rest, Spot
from mfgcheck.equilibrium.enclosure.settle import (
    Settled,
    at_point,
    consistent_stage,
    from_zero,
    same,
    settle,
)
from mfgcheck.equilibrium.exact.algebra import settle_exactly
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.equilibrium.ranges.pieces import pieces
from mfgcheck.equilibrium.ranges.tables import Tables

F = Fraction
RADIUS = F(1, 10**10)


def two_states(
    up: Callable[[Any, Any], Any],
    gain: Callable[[Any], Any] | None = None,
    scale: int = 1,
) -> Game:
    """P(1) = up(a, m) in both states, r = a gain(m), where m = z[1] / scale."""

    def seen(z: Any) -> Any:
        return z.mean(lambda x: R(x, scale))

    def transition(s: Any, a: Any, z: Any) -> Any:
        p = up(a, seen(z))
        return {1: p, 0: 1 - p}

    def reward(s: Any, a: Any, z: Any) -> Any:
        return a * gain(seen(z)) if gain else 0

    return Game(2, 2 if gain else 1, reward, transition, "1/2", 0)


def fixed_of(game: Game, *strategy: int, piece: int = 0) -> Fixed:
    return Fixed(pieces(Tables.of(game))[piece], np.array(strategy, dtype=np.int64))


def model_of(fixed: Fixed) -> ExactModel:
    return ExactModel(fixed.piece.tables)


def logistic(a: Any, m: Any) -> Any:
    """Fixed points 0 and 3/5."""
    return R(5, 2) * m * (1 - m)


def test_a_place_that_is_not_certain_is_no_proof() -> None:
    # P(1) - m falls from 0.251 at 1/4 to 0.001 at 3/4: no zero, but a bend in the middle that
    # keeps Newton's method from seeing it.
    def up(a: Any, m: Any) -> Any:
        return R(2029, 4000) + (m - R(1, 2)) / 40 + R(19, 20) * Max(m - R(1, 2), 0)

    fixed = fixed_of(two_states(up), 0, 0)
    spot = Spot(fixed, Place(((F(1, 4), F(3, 4)),), certain=False))
    assert settle(spot, model_of(fixed), F(1)) is None


def test_a_rational_point_counts_only_if_its_law_has_its_aggregates() -> None:
    fixed = fixed_of(two_states(logistic), 0, 0)
    model = model_of(fixed)
    assert consistent_stage(fixed, [F(1, 2)], model) is None  # P(1) = 5/8 there
    assert at_point(fixed, [F(1, 2)], model) is Answer.OPEN
    found = consistent_stage(fixed, [F(3, 5)], model)
    assert found is not None
    assert found[1] == (F(2, 5), F(3, 5))


def test_a_rational_fixed_point_of_a_worse_action_is_none() -> None:
    # Action 1 pays more by m - 1/2, and the fixed point is 3/5.
    fixed = fixed_of(two_states(logistic, lambda m: m - R(1, 2)), 0, 0)
    assert at_point(fixed, [F(3, 5)], model_of(fixed)) is Answer.NONE
    other = fixed_of(two_states(logistic, lambda m: m - R(1, 2)), 1, 1)
    assert isinstance(at_point(other, [F(3, 5)], model_of(other)), Settled)


def at_half(value: Any, elsewhere: Any) -> Callable[[Any, Any], Any]:
    """The value at m = 1/2, and another one elsewhere."""
    return lambda a, m: Piecewise((elsewhere, m < R(1, 2)), (elsewhere, m > R(1, 2)), (value, True))


def test_a_worse_action_at_a_jump_is_none() -> None:
    # m = 1/2 is a fixed point under both actions, and action 1 pays more by 1/10.
    found = equilibria(two_states(at_half(R(1, 2), R(1, 4)), lambda m: R(1, 10)))
    assert [one.strategy for one in found.equilibria] == [(1, 1), (1, 1)]
    assert found.complete
    (one,) = [x for x in found.equilibria if x.mean_field[1] == (F(1, 2), F(1, 2))]
    assert one.gap == (F(1, 10), F(1, 10))


@pytest.mark.parametrize("value", [R(0), R(1, 3), R(1, 2), R(1)])
def test_what_a_jump_sends_to_itself_is_found(value: R) -> None:
    def up(a: Any, m: Any) -> Any:
        return Piecewise((R(3, 4), m < value), (R(3, 4), m > value), (value, True))

    found = equilibria(two_states(up))
    at = F(int(value.p), int(value.q))
    assert found.count == 2
    assert (at, at) in {one.mean_field[1] for one in found.equilibria}


def narrow_miss(miss: Any) -> Game:
    """P(2) meets z[2] at 1/sqrt 8, where P(1) is 1/4 + miss if z[1] is 1/4, and 1/8 if not."""

    def transition(s: Any, a: Any, z: Any) -> Any:
        x, y = z[1], z[2]
        at_jump = R(1, 4) + (y**2 - R(1, 8)) / 8 + miss
        one = Piecewise((R(1, 8), x < R(1, 4)), (R(1, 8), x > R(1, 4)), (at_jump, True))
        two = y - (y**2 - R(1, 8)) / 2
        return {0: 1 - one - two, 1: one, 2: two}

    return Game(3, 1, lambda s, a, z: s, transition, "1/2", 0)


@pytest.mark.parametrize("digits", [15, 40, 70])
def test_a_fixed_point_that_misses_the_pinned_value_narrowly_is_none(digits: int) -> None:
    found = equilibria(narrow_miss(R(1, 10**digits)))
    assert found.count == 1
    low, high = found.equilibria[0].mean_field[1]
    assert low <= F(1, 8) <= high


def test_a_fixed_point_that_misses_by_less_than_can_be_told_is_not_claimed() -> None:
    found = equilibria(narrow_miss(R(1, 10**400)))
    assert len(found.equilibria) == 1
    assert found.undecided


def spot_at(fixed: Fixed, low: str, high: str) -> Spot:
    return Spot(fixed, Place(((F(low), F(high)),), certain=True))


def test_two_zeros_in_boxes_that_overlap_are_not_taken_for_one() -> None:
    fixed = fixed_of(two_states(logistic), 0, 0)
    zero, other = spot_at(fixed, "0", "7/20"), spot_at(fixed, "3/10", "13/20")
    assert same(zero, other) is None
    assert same(zero, spot_at(fixed, "2/5", "13/20")) is False
    assert same(spot_at(fixed, "29/50", "61/100"), spot_at(fixed, "3/5", "31/50")) is True


def test_zeros_of_two_strategies_or_of_two_pieces_are_not_one() -> None:
    game = two_states(logistic, lambda m: m)
    first, second = fixed_of(game, 0, 0), fixed_of(game, 1, 1)
    other = Fixed(first.piece, second.strategy)
    assert same(spot_at(first, "59/100", "61/100"), spot_at(other, "59/100", "61/100")) is False
    assert same(spot_at(first, "59/100", "61/100"), spot_at(second, "59/100", "61/100")) is False


@pytest.mark.parametrize("radius", [F(1, 1000), F(1, 10**10), F(1, 10**25)])
def test_the_radius_is_that_of_the_masses(radius: Fraction) -> None:
    # The game sees m = z[1] / 1024: an error of m is 1024 times as large in z[1].
    fixed = fixed_of(two_states(lambda a, m: R(1, 3) + 256 * m, scale=1024), 0, 0)
    zero = F(4, 9) / 1024
    spot = Spot(fixed, Place(((zero - radius / 200, zero + radius / 300),), certain=True))
    found = settle(spot, model_of(fixed), radius)
    assert isinstance(found, Settled)
    low, high = found.equilibrium.mean_field[1]
    assert low <= F(4, 9) <= high
    assert found.equilibrium.radius <= radius


@pytest.mark.parametrize("radius", [F(1, 1000), F(1, 10**10), F(1, 10**25)])
def test_the_radius_of_what_algebra_found_is_that_of_the_masses(radius: Fraction) -> None:
    # z[1] = 1/sqrt 2, and the game sees z[1] / 2^14.
    scale = 2**14
    game = two_states(
        lambda a, m: m * scale - ((m * scale) ** 2 - R(1, 2)) / 4, lambda m: m - 1, scale
    )
    fixed = fixed_of(game, 0, 0)
    settled = settle_exactly(model_of(fixed), (0, 0), F(0), F(1, scale))
    assert settled is not None
    (zero,) = settled.zeros
    found = from_zero(fixed, zero, model_of(fixed), radius)
    assert isinstance(found, Settled)
    low, high = found.equilibrium.mean_field[1]
    assert low**2 <= F(1, 2) <= high**2
    assert found.equilibrium.radius <= radius


def test_the_end_of_a_family_is_not_taken_for_nothing() -> None:
    # Every m is consistent, and action 0 is the better one below 1/sqrt 2: a place around that tie
    # holds infinitely many T-MFE, so neither "none" nor "one" is true.
    fixed = fixed_of(two_states(lambda a, m: m, lambda m: m**2 - R(1, 2)), 0, 0)
    root = F(70710678118654752440084436210485, 10**32)
    place = Place(((root - F(1, 10**28), root + F(1, 10**28)),), certain=False)
    assert isinstance(settle(Spot(fixed, place), model_of(fixed), RADIUS), Rest)
