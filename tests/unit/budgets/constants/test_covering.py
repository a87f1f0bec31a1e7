"""Covering times against linear equations, over all strategies and over sets of pairs."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational as R

from mfgcheck import point, uniform
from mfgcheck.budgets.constants.constant import Proof
from mfgcheck.budgets.constants.covering import Covering, bound_covering
from mfgcheck.budgets.constants.family import whole_tables
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from tests.differential.as_game import game_of as random_game
from tests.differential.generate import random_spec
from tests.oracle.operators import dense
from tests.unit.budgets.constants.brute import covering_time, game_of, hitting_times, laws

F = Fraction


def covering(game: Game) -> Covering:
    return bound_covering(whole_tables(game), Deadline(10))


def line(chance: R, tremble: str = "1/4") -> Game:
    """Action 1 goes up with some chance, action 0 down."""
    return game_of(
        lambda s, a, z: 0,
        lambda s, a, z: [
            (1 - chance, point(s)),
            (chance, point(min(2, s + 1) if a else max(0, s - 1))),
        ],
        states=3,
        actions=2,
        tremble=tremble,
    )


@pytest.mark.parametrize("game", [line(R(1, 2)), line(R(1)), line(R(1, 3), "2/3")])
def test_the_worst_stationary_strategy(game: Game) -> None:
    kernel = dense(game, {0: F(1)})[1]
    worst = max(
        hitting_times(game, kernel, meant).max() for meant in itertools.product(range(2), repeat=3)
    )
    found = covering(game)
    assert found.hitting.upper is not None
    # For one pair stationary strategies are the worst (an optimal stopping problem).
    assert worst - 1e-9 <= float(found.hitting.upper) <= worst * 1.001


def test_expectation_of_the_covering_time() -> None:
    game = line(R(1, 2))
    kernel = dense(game, {0: F(1)})[1]
    worst = max(
        covering_time(game, kernel, meant) for meant in itertools.product(range(2), repeat=3)
    )
    found = covering(game)
    assert found.expected.upper is not None
    assert found.half.upper is not None
    assert worst - 1e-9 <= float(found.expected.upper) <= 5 * worst
    harmonic = sum(1 / k for k in range(1, 7))
    assert float(found.expected.upper / (found.hitting.upper or 1)) == pytest.approx(harmonic)
    assert abs(found.half.upper - 2 * found.expected.upper) < F(1, 10**6)


@pytest.mark.parametrize("seed", range(16))
def test_random_games(seed: int) -> None:
    game = random_game(random_spec(seed))
    found = covering(game)
    size, actions = game.states.size, game.actions.size
    if found.hitting.proof is not Proof.BOUNDED:
        return
    rng = np.random.default_rng(seed)
    for z in laws(game, seed, 2):
        kernel = dense(game, z)[1]
        for _ in range(6):
            meant = tuple(int(a) for a in rng.integers(0, actions, size))
            assert (
                hitting_times(game, kernel, meant).max() <= float(found.hitting.upper or 0) + 1e-6
            )
        if size * actions <= 6:
            assert covering_time(game, kernel, meant) <= float(found.expected.upper or 0) + 1e-6


def test_many_random_games_have_a_bound_or_a_reason() -> None:
    proofs = [covering(random_game(random_spec(seed))).half.proof for seed in range(16)]
    assert proofs.count(Proof.OPEN) <= 3
    assert Proof.BOUNDED in proofs


def test_one_pair() -> None:
    found = covering(game_of(lambda s, a, z: 0, lambda s, a, z: point(0), states=1))
    assert found.hitting.upper == found.expected.upper == 1


def test_without_tremble_other_actions_are_never_tried() -> None:
    game = game_of(lambda s, a, z: 0, lambda s, a, z: uniform([0, 1]), actions=2, tremble=0)
    found = covering(game).half
    assert found.proof is Proof.NONE
    assert "tremble 0" in found.where
    shy = game_of(lambda s, a, z: 0, lambda s, a, z: uniform([0, 1]), actions=2, tremble=1)
    assert covering(shy).half.proof is Proof.NONE


def test_a_chain_that_does_not_come_back() -> None:
    game = game_of(lambda s, a, z: 0, lambda s, a, z: point(min(2, s + 1)), states=3)
    found = covering(game)
    assert found.half.proof is Proof.NONE
    assert found.half.text == "none is finite"
    assert found.half.where == "{2} is never left"


def test_states_that_only_a_crowd_closes() -> None:
    # From 1 back to 0 with chance z(0)/2: with all mass at 1, nobody returns.
    game = game_of(
        lambda s, a, z: 0,
        lambda s, a, z: [(1 - s * z[0] / 2, point(1)), (s * z[0] / 2, point(0))],
    )
    found = covering(game)
    assert found.half.proof is Proof.NONE
    assert found.half.where == "{1} is never left where z is all mass at 1"


def test_small_chances_that_cancel_are_seen() -> None:
    # (z0 + z1) - 1 is 0 for all mean fields.
    game = game_of(
        lambda s, a, z: 0,
        lambda s, a, z: [((z[0] + z[1] + z[2] - 1) / 2, point(0)), (1, point(min(2, s + 1)))],
        states=3,
    )
    assert covering(game).half.proof is Proof.NONE


def test_mean_fields_that_change() -> None:
    # Up with 1/4 + z(1)/2, down with 1/4 + z(0)/2: worst at either end.
    game = game_of(
        lambda s, a, z: 0,
        lambda s, a, z: [
            (R(1, 4) + (z[0] if s else z[1]) / 2, point(1 - s)),
            (R(3, 4) - (z[0] if s else z[1]) / 2, point(s)),
        ],
    )
    found = covering(game)
    assert found.hitting.upper is not None
    assert 5 <= found.hitting.upper <= F(5001, 1000)


def test_regeneration_beats_nothing() -> None:
    small = covering(make("mturk", states=12))
    assert small.hitting.upper is not None
    # Minorant: 1 + 1/(9/120 * 3/40) at the worst.
    assert small.hitting.upper <= 1 + 1 / (F(9, 1200) * F(3, 40)) * 10
