"""Counterexamples: the right place, the right value, replayed from the game alone."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import pytest
from sympy import Rational as R
from sympy import exp, sqrt

from mfgcheck.game.game import Game
from mfgcheck.game.laws import point
from mfgcheck.game.orders import product
from mfgcheck.verify.check import check
from mfgcheck.verify.refutation import make_witness
from mfgcheck.verify.witness import Witness, enclosed, signed_corners


def game(**changes: Any) -> Game:
    given: dict[str, Any] = {
        "states": 3,
        "actions": 2,
        "reward": lambda s, a, z: 0,
        "transition": lambda s, a, z: point(s),
        "discount": "1/2",
        "tremble": 0,
    }
    return Game(**{**given, **changes})


def witness(made: Game, clause: str) -> Witness:
    found = check(made, [clause]).clauses[clause].witness
    assert found is not None
    return found


def test_a_falling_reward() -> None:
    made = game(reward=lambda s, a, z: (1 - s) * z.mean() * R(a, 3))
    found = witness(made, "reward.monotone_s")
    assert found.corners == ((0, 1), (1, 1))
    assert found.z == {1: 1}  # the first vertex with a positive mean
    assert found.z2 is None
    assert found.upper_set is None
    assert found.value == R(-1, 3)
    assert found.replay(made) == R(-1, 3)


def test_a_square_of_rewards() -> None:
    made = game(reward=lambda s, a, z: -(s**2) * a)
    found = witness(made, "reward.supermodular")
    assert found.corners == ((0, 0), (1, 1))
    assert found.value == -1
    assert sorted(signed_corners(made, found)) == [
        (-1, (0, 1)),
        (-1, (1, 0)),
        (1, (0, 0)),
        (1, (1, 1)),
    ]


def test_a_falling_row_of_the_kernel() -> None:
    made = game(transition=lambda s, a, z: [(z[0], s), (1 - z[0], 0)] if s == 2 else point(s))
    found = witness(made, "kernel.monotone_z")
    assert found.corners == ((2, 0),)
    assert found.upper_set == (2,)  # the smallest upper set that tells
    assert found.z == {0: 1}
    assert found.z2 == {1: F(1)}  # the first pair with the largest fall, 1
    assert found.value == -1


def test_increasing_differences_of_the_kernel() -> None:
    def transition(s: Any, a: Any, z: Any) -> object:
        up = (1 - z.mean() / 2) * a / 3
        return [(up, (point(s) + 1).min(2)), (1 - up, s)]

    found = witness(game(transition=transition), "kernel.increasing_differences")
    assert found.corners == ((0, 0), (0, 1))
    assert found.upper_set == (1, 2)
    assert found.z == {0: 1}
    assert found.z2 == {2: F(1)}
    assert found.value == R(-1, 3)


def test_an_upper_set_of_a_product_with_two_minimal_states() -> None:
    """From (0,0) with a = 1: half (0,1), half (1,0) instead of surely one of the two top states."""
    states = product(2, 2)

    def transition(s: Any, a: Any, z: Any) -> object:
        return {(0, 1): "1/2", (1, 0): "1/2"} if a == 0 else {(0, 0): "1/2", (1, 1): "1/2"}

    made = game(states=states, transition=transition)
    found = witness(made, "kernel.monotone_a")
    assert found.minimal == ((0, 1), (1, 0))
    assert found.upper_set == ((0, 1), (1, 0), (1, 1))
    assert found.value == R(-1, 2)


def test_a_second_witness_away_from_the_clip() -> None:
    def transition(s: Any, a: Any, z: Any) -> object:
        return (point(s) - a).clip(0, 3)  # falls in a; at s = 0 it is clipped and stays

    made = game(states=4, transition=transition)
    found = witness(made, "kernel.monotone_a")
    assert found.corners == ((1, 0), (1, 1))
    assert found.unclipped is None  # the first is no effect of a clip
    made = game(states=4, transition=lambda s, a, z: (point(s) + 1 - 2 * a).clip(0, 3))
    found = witness(made, "kernel.monotone_a")
    assert found.corners == ((0, 0), (0, 1))
    assert found.unclipped is not None
    assert found.unclipped.corners == ((1, 0), (1, 1))
    assert found.unclipped.replay(made) == -1


def test_irrational_values_are_enclosed() -> None:
    made = game(reward=lambda s, a, z: -s * exp(z.mean()) / 100)
    found = witness(made, "reward.monotone_s")
    assert found.value == R(-1, 100)
    made = game(reward=lambda s, a, z: -s * exp(z.mean() + 1))
    found = witness(made, "reward.monotone_s")
    assert found.lower < found.upper < 0
    assert float(found.lower) == pytest.approx(-2.718281828459045)


def test_values_too_small_for_floats() -> None:
    found = witness(game(reward=lambda s, a, z: -s * R(1, 10**400)), "reward.monotone_s")
    assert found.value == R(-1, 10**400)
    assert found.upper == F(-1, 10**400)
    json.dumps(found.to_dict(), allow_nan=False)


def test_values_too_large_for_floats() -> None:
    made = game(reward=lambda s, a, z: (s - 1) * R(10**400) * (1 - 2 * z.mean()))
    found = witness(made, "reward.monotone_s")
    assert found.value == -(10**400)
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize("digits", [150, 400])
def test_the_sign_of_nearly_cancelling_numbers(digits: int) -> None:
    """s (e - approximation from above) falls, by less than 10^-digits."""
    near = R(int(exp(1).evalf(digits + 20) * 10**digits) + 1, 10**digits)
    found = witness(game(reward=lambda s, a, z: s * (exp(1) - near)), "reward.monotone_s")
    assert -F(1, 10**digits) < found.lower <= found.upper < 0


def test_the_best_reward_among_nearly_equal_ones() -> None:
    near = R(int(exp(1).evalf(170) * 10**150) + 1, 10**150)
    made = game(reward=lambda s, a, z: [exp(1) - 1, near, exp(1)][int(s)] + 0 * a)
    assert witness(made, "reward.max_monotone_s").replay(made) == exp(1) - near


def test_enclosed() -> None:
    assert enclosed(R(-1, 3)) == (F(-1, 3), F(-1, 3))
    low, high = enclosed(sqrt(2) - R(3, 2))
    assert low < high < 0
    assert (low + F(3, 2)) ** 2 < 2 < (high + F(3, 2)) ** 2


def test_a_place_where_nothing_fails_is_no_witness() -> None:
    with pytest.raises(AssertionError, match="does not replay"):
        make_witness(game(), "reward.monotone_s", (0, 2), None, {0: F(1)}, None)


def test_replay_reads_the_game_and_not_the_witness() -> None:
    made = game(reward=lambda s, a, z: -s)
    found = witness(made, "reward.monotone_s")
    assert replace(found, value=R(7)).replay(made) == -1
    assert found.replay(game(reward=lambda s, a, z: 2 * s)) == 2


def test_json_of_a_witness() -> None:
    made = game(states=product(2, 2), reward=lambda s, a, z: -s[0] * z[(0, 1)])
    shown = witness(made, "reward.monotone_s").to_dict()
    assert shown["corners"] == [[[0, 0], 0], [[1, 0], 0]]
    assert shown["z"] == {"(0, 1)": "1"}
    assert shown["value"] == {"exact": "-1", "lower": -1.0, "upper": -1.0}
    assert json.loads(json.dumps(shown)) == shown
