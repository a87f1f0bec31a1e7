"""C3 and C5: none is finite where actions matter, and the family of TQ-values that shows it."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Rational as R
from sympy import exp

from mfgcheck import mixture, point, uniform
from mfgcheck.budgets.constants.constant import Proof
from mfgcheck.budgets.constants.family import weights_of, whole_tables
from mfgcheck.budgets.constants.policy_lipschitz import bound_c3, bound_c5
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from tests.differential.as_game import game_of as random_game
from tests.differential.generate import random_spec
from tests.oracle.operators import dense
from tests.unit.budgets.constants.brute import Floats, game_of

F = Fraction


def both(game: Game) -> tuple[Any, Any]:
    tables = whole_tables(game)
    return bound_c3(tables, Deadline(5)), bound_c5(tables, Deadline(5))


def test_the_audits_rows() -> None:
    # P_a = (3/4, 1/4), P_b = (1/4, 3/4), eps = 3/10: kappa = 2/5, and ||P_a - P_b||_1 = 1.
    game = game_of(
        lambda s, a, z: 0,
        lambda s, a, z: mixture({point(0): R(3 - 2 * a, 4), point(1): R(1 + 2 * a, 4)}),
        actions=2,
        tremble="3/10",
    )
    for constant in both(game):
        assert constant.proof is Proof.NONE
        assert constant.upper is None
        assert "s = 0, actions 0 and 1" in constant.where
        assert "Q_1 = h at (0, 0) and Q_2 = h at (0, 1)" in constant.where
        assert "is 2/5 for every h" in constant.where


def test_the_largest_pair_is_told() -> None:
    # Actions matter in state 1 only, and 0 against 2 most; P moves by 2/2 there, kappa = 1 - 3/8.
    game = game_of(
        lambda s, a, z: 0,
        lambda s, a, z: mixture({point(0): 1 - R(s * a, 4), point(1): R(s * a, 4)}),
        actions=3,
    )
    assert "s = 1, actions 0 and 2" in both(game)[0].where
    assert "is 5/8 for" in both(game)[0].where


def test_without_effect_any_constant_does() -> None:
    for game in (
        game_of(lambda s, a, z: a, lambda s, a, z: uniform([0, 1]), actions=3),
        game_of(lambda s, a, z: a, lambda s, a, z: point(a), actions=2, tremble="1/2"),
        game_of(lambda s, a, z: 0, lambda s, a, z: point(s)),
    ):
        for constant in both(game):
            assert constant.proof is Proof.EXACT
            assert constant.upper == constant.lower == 0


def test_only_in_a_crowd() -> None:
    # In state 0 actions matter only if somebody is in state 1.
    game = game_of(
        lambda s, a, z: 0,
        lambda s, a, z: [
            (z[1] * a * (1 - s), point(1)),
            (1 - z[1] * a * (1 - s), point(0)),
        ],
        actions=2,
    )
    c3, c5 = both(game)
    assert "all mass at 1" in c3.where
    assert "is 1 for" in c3.where  # kappa = 1/2, ||.||_1 = 2
    assert c5.proof is Proof.NONE
    assert "1/2 at 0, 1/2 at 1" in c5.where
    assert "is 1/4 for" in c5.where  # z(0) kappa 2 z(1)


def test_irrational_distances_are_enclosed() -> None:
    game = game_of(
        lambda s, a, z: 0,
        lambda s, a, z: [(a * exp(-1), point(1)), (1 - a * exp(-1), point(0))],
        actions=2,
    )
    low, high = re.findall(r"between ([\d.]+) and ([\d.]+)", both(game)[0].where)[0]
    assert float(low) <= np.exp(-1) <= float(high) <= float(low) + 1e-5


def strategy_rows(game: Game, kernel: Floats, q: Floats) -> Floats:
    """The kernel of the trembling strategy of Q, the lowest of several best actions."""
    kappa, spread = map(float, weights_of(game))
    meant = q.argmax(axis=1)
    return np.asarray(kappa * kernel[np.arange(len(q)), meant] + spread * kernel.sum(axis=1))


@pytest.mark.parametrize("name", ["infection-spread", "two-lotteries", "audit-b", "audit-e"])
def test_the_family_of_q_values_replayed(name: str) -> None:
    game = make(name)
    for constant, own in zip(both(game), (False, True), strict=True):
        match = re.match(r"s = (\S+), actions (\S+) and (\S+); all mass at (\S+):", constant.where)
        assert match is not None
        s, a, b, x = (int(text) for text in match.groups())
        kernel = dense(game, {x: F(1)})[1]
        said = float(F(re.findall(r"(?:is|and) ([\d./]+) for every h", constant.where)[0]))
        for h in (1.0, 1e-6):
            q1, q2 = (np.zeros(kernel.shape[:2]) for _ in range(2))
            q1[s, a], q2[s, b] = h, h
            moved = np.abs(strategy_rows(game, kernel, q1) - strategy_rows(game, kernel, q2))
            left = moved.sum(axis=1).max() if not own else moved[x].sum()
            assert np.abs(q1 - q2).max() == h
            assert left == pytest.approx(said, rel=1e-5)


@pytest.mark.parametrize("seed", range(12))
def test_random_games(seed: int) -> None:
    game = random_game(random_spec(seed))
    worst = 0.0
    for x in game.states.labels:
        kernel = dense(game, {x: F(1)})[1]
        worst = max(worst, float(np.abs(kernel[:, :, None] - kernel[:, None]).sum(axis=3).max()))
    for constant in both(game):
        if worst > 1e-9 and weights_of(game)[0] != 0:
            assert constant.proof is Proof.NONE
        elif constant.proof is Proof.EXACT:
            assert worst < 1e-9
