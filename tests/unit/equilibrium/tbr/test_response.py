"""Best responses: two ways to find them, error bounds that hold, and ties."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Rational as R

from mfgcheck import Game, point
from mfgcheck.equilibrium.tbr import response as response
from mfgcheck.equilibrium.tbr.model import Model, Stage
from mfgcheck.equilibrium.tbr.response import (
    backup,
    evaluate,
    next_law,
    policy_iteration,
    residual,
    respond,
    tq_value_iteration,
    trembling_values,
)
from mfgcheck.gallery import make
from tests.oracle import operators as slow


def stage_of(game: Game, weights: list[int] | None = None) -> Stage:
    z = slow.law_of(game, weights or [1] * game.states.size)
    return Model.of(game).at(slow.vector(game, z))


def tied() -> Game:
    """Actions 1 and 2 are the same; 0 is worse than both in state 0 and better elsewhere."""
    extra = {(0, 0): R(-1, 2), (1, 0): R(1, 2), (2, 0): R(1, 2)}

    def reward(s: Any, a: Any, z: Any) -> Any:
        return s + extra.get((int(s), int(a)), -(a // 3))

    return Game(3, 4, reward, lambda s, a, z: point(s), "3/4", "3/10")


@pytest.mark.parametrize("name", ["infection-spread", "mturk", "sis", "two-lotteries", "audit-b"])
def test_values_are_the_fixed_point_of_dense_sweeps(name: str) -> None:
    game = make(name, states=20) if name in ("infection-spread", "mturk") else make(name)
    z = slow.law_of(game, [1] * game.states.size)
    reward, kernel = slow.dense(game, z)
    gamma, eps = float(game.discount), float(game.tremble)
    q = np.zeros_like(reward)
    for _ in range(math.ceil(math.log(1e-16) / math.log(gamma))):
        q = slow.backup(reward, kernel, q, gamma, eps)
    stage = Model.of(game).at(slow.vector(game, z))
    np.testing.assert_allclose(backup(stage, q), q, atol=1e-11)
    for found in (tq_value_iteration(stage, accuracy=1e-11), policy_iteration(stage)):
        np.testing.assert_allclose(found.q_values, q, atol=1e-10)
        assert found.lowest.tolist() == q.argmax(axis=1).tolist()


@pytest.mark.parametrize("name", ["audit-a", "audit-b", "audit-c", "audit-e", "coordination"])
@pytest.mark.parametrize("accuracy", [math.inf, 1e-3, 1e-9, 1e-30])
def test_the_error_bound_bounds_the_error(name: str, accuracy: float) -> None:
    game = make(name)
    z = slow.law_of(game, [3, 1, 4][: game.states.size])
    exact = slow.exact_q_values(game, z)
    stage = Model.of(game).at(slow.vector(game, z))
    for found in (
        tq_value_iteration(stage, accuracy=accuracy),
        policy_iteration(stage, accuracy=accuracy),
        respond(stage, accuracy=accuracy),
    ):
        error = max(
            abs(Fraction(float(found.q_values[s, a])) - q)
            for s, row in enumerate(exact)
            for a, q in enumerate(row)
        )
        assert error <= Fraction(found.error)
        assert found.error <= max(accuracy, 1e-12)


def test_the_bound_of_a_first_sweep_is_attained() -> None:
    # Nobody moves, so Q* = 4 r with r = 0 or 1: F(0) + 3/2 is off by exactly 3/2 in both states.
    game = Game(2, 1, lambda s, a, z: s, lambda s, a, z: point(s), "3/4", 0)
    found = response._sweep(stage_of(game), np.zeros((2, 1)))
    assert found.q.tolist() == [[1.5], [2.5]]
    assert found.error == pytest.approx(1.5, abs=1e-13)
    assert found.error > 1.5  # an allowance for rounding is part of it


def test_an_action_counts_as_maximising_within_twice_the_error() -> None:
    # From Q = 0 one sweep puts action 1 ahead by 1/2 in state 0, with an error bound of 1/3; but
    # action 0 leads to the good state 1, and is better by 1/6.
    rewards = {(0, 0): R(-1, 4), (0, 1): R(1, 4), (1, 0): R(1), (1, 1): R(1)}
    game = Game(
        3,
        2,
        lambda s, a, z: rewards.get((int(s), int(a)), R(-1)),
        lambda s, a, z: point(s if s else 1 + a),
        "1/4",
        0,
    )
    found = response._sweep(stage_of(game), np.zeros((3, 2)))
    assert found.q[0, 1] - found.q[0, 0] == pytest.approx(1 / 2)
    assert found.error == pytest.approx(1 / 3)
    assert found.near[0].tolist() == [True, True]
    assert not found.sure
    settled = tq_value_iteration(stage_of(game))
    assert (settled.lowest[0], settled.highest[0]) == (0, 0)
    assert settled.gaps[0] == pytest.approx(1 / 6, abs=2 * settled.error)


def test_the_residual_gives_the_contraction_bound() -> None:
    stage = stage_of(make("audit-c"), [2, 1])
    exact = respond(stage, accuracy=1e-14).q_values
    q = exact + np.array([[0.5, -0.25], [0.0, 0.125]])
    assert residual(stage, q) == pytest.approx(np.abs(backup(stage, q) - q).max())
    assert np.abs(q - exact).max() <= residual(stage, q) / (1 - 0.5)
    assert residual(stage, exact) < 1e-14


def test_ties_are_kept_and_reported() -> None:
    stage = stage_of(tied())
    for found in (tq_value_iteration(stage), policy_iteration(stage), respond(stage)):
        assert found.lowest.tolist() == [1, 0, 0]
        assert found.highest.tolist() == [2, 0, 0]
        assert found.ties.tolist() == [0]
        assert found.gaps[0] <= 2 * found.error < found.gaps[1:].min()


def test_a_tiny_gap_is_no_tie_and_a_gap_below_rounding_is() -> None:
    def game(gap: R) -> Game:
        return Game(2, 2, lambda s, a, z: s + a * gap, lambda s, a, z: point(s), "1/2", "1/4")

    found = respond(stage_of(game(R(1, 10**12))))
    assert found.ties.tolist() == []
    assert found.lowest.tolist() == [1, 1]
    found = respond(stage_of(game(R(1, 10**16))))
    assert found.ties.tolist() == [0, 1]
    assert (found.lowest.tolist(), found.highest.tolist()) == ([0, 0], [1, 1])


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_policy_iteration_ends_on_ties_from_every_start(first: int) -> None:
    stage = stage_of(tied())
    found = policy_iteration(stage, np.full(3, first))
    assert found.error < 1e-13
    np.testing.assert_allclose(found.q_values, respond(stage, accuracy=1e-13).q_values, atol=1e-13)


def test_rounding_does_not_drive_policy_iteration_round_in_circles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # From state 0, actions 0 and 1 lead to states of the same value; what was computed of them
    # differs by rounding, now one way and now the other.
    game = Game(
        3, 2, lambda s, a, z: min(s, 1), lambda s, a, z: point(s if s else 1 + a), "1/2", "1/4"
    )
    calls = iter(range(10))

    def evaluated(stage: Stage, actions: Any) -> Any:
        return evaluate(stage, actions) + np.array([0, -1, 1]) * (-1) ** next(calls) * 1e-15

    monkeypatch.setattr(response, "evaluate", evaluated)
    assert policy_iteration(stage_of(game)).ties.tolist() == [0, 1, 2]


@pytest.mark.parametrize("dense", [0, 1000])
def test_a_strategy_is_evaluated_the_same_by_sweeps_and_by_a_linear_system(
    dense: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response, "DENSE", dense)
    game = make("two-lotteries")
    n, k = game.states.size, game.actions.size
    z = slow.law_of(game, [1] * n)
    reward, kernel = slow.dense(game, z)
    actions = np.arange(n) % k
    mu = np.array(slow.play(actions, k, float(game.tremble)))
    matrix = np.einsum("sa,sat->st", mu, kernel)
    gamma = float(game.discount)
    expected = np.linalg.solve(np.eye(n) - gamma * matrix, (mu * reward).sum(axis=1))
    np.testing.assert_allclose(evaluate(stage_of(game), actions), expected, atol=1e-11)
    found = respond(stage_of(game), accuracy=1e-10)
    np.testing.assert_allclose(found.q_values, policy_iteration(stage_of(game)).q_values, atol=1e-9)


def test_a_warm_start_saves_sweeps() -> None:
    stage = stage_of(make("mturk", states=40))
    cold = tq_value_iteration(stage, accuracy=1e-9)
    warm = tq_value_iteration(stage, cold.q_values + 3.0, accuracy=1e-9)
    assert cold.sweeps > 5
    assert warm.sweeps == 1  # a constant is no obstacle: the bound takes it out


def test_one_action_has_no_gap() -> None:
    game = Game(2, 1, lambda s, a, z: s, lambda s, a, z: point(1), "1/2", 0)
    found = respond(stage_of(game), accuracy=1e-12)
    assert np.isinf(found.gaps).all()
    np.testing.assert_allclose(found.q_values, [[1.0], [2.0]], atol=1e-12)


def test_trembling_values_at_the_largest_tremble_are_means() -> None:
    game = Game(1, 4, lambda s, a, z: a, lambda s, a, z: point(0), "1/2", "3/4")
    q = np.array([[4.0, 0.0, 1.0, 3.0]])
    assert trembling_values(Model.of(game), q).tolist() == [2.0]


def test_the_next_law_is_that_of_dense_arrays() -> None:
    game = make("sis")
    z = slow.law_of(game, [1, 3])
    at = slow.vector(game, z)
    _, kernel = slow.dense(game, z)
    for actions in ([0, 0], [2, 1]):
        expected = slow.push(at, kernel, actions, float(game.tremble))
        found = next_law(Model.of(game).at(at), np.array(actions))
        np.testing.assert_allclose(found, expected, atol=1e-15)
