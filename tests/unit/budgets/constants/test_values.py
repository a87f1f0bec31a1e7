"""Reward ranges and D: the audit's counterexample, and TQ-values of random games."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sympy import Piecewise
from sympy import Rational as R

from mfgcheck import point
from mfgcheck.budgets.constants.constant import Proof
from mfgcheck.budgets.constants.family import weights_of, whole_tables
from mfgcheck.budgets.constants.known import Constants, constants
from mfgcheck.budgets.constants.values import reward_span
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from tests.differential.as_game import game_of as random_game
from tests.differential.generate import random_spec
from tests.oracle.operators import dense
from tests.unit.budgets.constants.brute import Floats, distance, game_of, laws, still

F = Fraction
ETA = F(1, 10)


def counterexample() -> Game:
    """r = (-1, 1), P(1 | 0) = 0, P(1 | 1, m) = 1 - eta + eta m."""
    return game_of(
        lambda s, a, z: 2 * s - 1,
        lambda s, a, z: [(R(9, 10) + z[1] / 10, point(s)), (R(1, 10) - z[1] / 10, point(0))],
        discount="3/4",
    )


def q_values(game: Game, reward: Floats, kernel: Floats) -> Floats:
    """Q* by value iteration."""
    kappa, spread = map(float, weights_of(game))
    q = np.zeros_like(reward)
    for _ in range(400):
        q = reward + float(game.discount) * kernel @ (
            kappa * q.max(axis=1) + spread * q.sum(axis=1)
        )
    return q


def test_the_theorems_d_is_refuted_and_ours_is_tight() -> None:
    game, gamma = counterexample(), F(3, 4)
    found = constants(game)
    assert found.c1.upper == 0
    assert found.c2.upper == ETA
    assert found.d_theorems.upper == gamma * ETA / (1 - gamma) == F(3, 10)
    assert found.d_lemma4.upper == found.d_proof.upper == F(6, 5)
    low, high = (q_values(game, *dense(game, {x: F(1)})) for x in (0, 1))
    moved = float(np.abs(low - high).max())
    assert moved == pytest.approx(24 / 13)
    assert moved > 2 * float(found.d_theorems.upper or 0)
    assert moved <= 2 * float(found.d.upper or 0)
    assert found.d.upper == F(6, 5)
    assert "not known to be a bound" in found.d_theorems.note
    assert found.d_lemma4.note == found.d_proof.note == "a valid bound, since |r| <= 1"
    # The slope at m = 1 is gamma C2/(1 - gamma)^2.
    near = q_values(game, *dense(game, {0: F(1, 10**5), 1: 1 - F(1, 10**5)}))
    assert float(np.abs(high - near).max()) / 2e-5 == pytest.approx(1.2, rel=1e-3)


@pytest.mark.parametrize("seed", range(10))
def test_q_values_move_no_faster_than_d(seed: int) -> None:
    game = random_game(random_spec(seed))
    found = constants(game, 20)
    known = [(z, dense(game, z)) for z in laws(game, seed, 1)]
    solved = [(z, q_values(game, *numbers)) for z, numbers in known]
    kappa, spread = map(float, weights_of(game))
    for _, (reward, _) in known:
        if found.reward_span.upper is not None:
            assert np.ptp(reward) <= float(found.reward_span.upper) + 1e-9
        if found.v_max.upper is not None:
            top = np.abs(reward).max() / (1 - float(game.discount))
            assert top <= float(found.v_max.upper) + 1e-9
    for z, q in solved:
        worth = kappa * q.max(axis=1) + spread * q.sum(axis=1)
        if found.value_span.upper is not None:
            assert np.ptp(worth) <= float(found.value_span.upper) + 1e-9
        for y, q2 in solved:
            far = distance(z, y)
            valid = [
                d
                for d in (found.d, found.d_theorems, found.d_lemma4, found.d_proof)
                if d.upper is not None and d.note.startswith("a valid bound")
            ]
            for d in valid:
                assert np.abs(q - q2).max() <= float(d.upper or 0) * far + 1e-9


def test_what_all_rewards_share_does_not_count() -> None:
    game = still(lambda s, a, z: s + 100 * z[1] ** 2 + a * z[1], actions=2)
    span = reward_span(whole_tables(game), Deadline())
    assert span.proof is Proof.EXACT
    assert span.upper == 2
    assert span.where == "(s = 1, a = 1) against (s = 0, a = 0); all mass at 1"


def test_the_span_is_taken_at_one_mean_field() -> None:
    # From -1 to 2 over all mean fields, but at each no more than 2 apart: 2 s - m.
    game = still(lambda s, a, z: 2 * s - z[1])
    assert constants(game).reward_span.upper == 2
    assert constants(game).v_max.upper == 4


def test_a_value_at_a_jump_counts() -> None:
    game = still(
        lambda s, a, z: s * Piecewise((7, (z[1] >= R(1, 2)) & (z[1] <= R(1, 2))), (1, True))
    )
    span = reward_span(whole_tables(game), Deadline())
    assert span.upper == 7


def test_without_lipschitz_rewards_no_d() -> None:
    game = still(lambda s, a, z: s * Piecewise((1, z[1] >= R(1, 2)), (0, True)))
    found = constants(game)
    assert found.d.proof is Proof.OPEN
    assert "C1" in found.d.note
    assert found.d_theorems.proof is Proof.NONE
    assert "does not apply" in found.d_theorems.note


def test_mturk_has_its_own_range() -> None:
    found: Constants = constants(make("mturk", states=10))
    assert found.v_max_printed.upper == 4
    assert found.v_max.upper == (F(9, 2) + F(9, 5)) * 4
    assert found.reward_span.upper == F(49, 10)
    assert found.value_span.upper == F(49, 10) / (1 - F(3, 4) * F(9, 10))
    assert found.d.upper == 4 * F(9, 10)
    assert found.d_lemma4.note == "a valid bound, since C2 = 0"
