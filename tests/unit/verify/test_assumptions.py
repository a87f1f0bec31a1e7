"""What the theorems assume besides: bounds of the reward, the tremble, chains, continuity."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import pytest
from sympy import Abs, Max, Piecewise, exp, log, sqrt
from sympy import Rational as R

from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.laws import point
from mfgcheck.game.orders import Order, chain, product
from mfgcheck.verify.assumptions import ASSUMPTIONS, decide_assumption, reward_range
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status

Function = Callable[[Any, Any, Any], object]


def game(
    reward: Function = lambda s, a, z: 0,
    transition: Function = lambda s, a, z: point(s),
    states: int | Order = 2,
    actions: int = 2,
    tremble: object = 0,
) -> Game:
    return Game(states, actions, reward, transition, discount="1/2", tremble=tremble)


def status(made: Game, name: str, seconds: float | None = None) -> Status:
    return decide_assumption(made, f"assumption.{name}", Deadline(seconds)).status


@pytest.mark.parametrize(
    ("reward", "low", "high"),
    [
        (lambda s, a, z: s - 2 * a, F(-2), F(1)),
        (lambda s, a, z: R(1, 3), F(1, 3), F(1, 3)),
        (lambda s, a, z: 0, F(0), F(0)),
        (lambda s, a, z: s * z.mean() - a, F(-1), F(1)),
        (lambda s, a, z: 8 * z[0] * z[1], F(0), F(2)),  # not attained at a vertex
        (lambda s, a, z: Abs(z.mean() - R(1, 2)) - R(1, 4), F(-1, 4), F(1, 4)),
        (lambda s, a, z: R(10**30) * s, F(0), F(10**30)),
    ],
)
def test_the_range_of_the_reward(reward: Function, low: F, high: F) -> None:
    found = reward_range(game(reward), Deadline())
    assert found.low is not None
    assert found.high is not None
    assert found.low <= low <= found.attained_low <= low + F(1, 10**5)
    assert high - F(1, 10**5) * (1 + high) <= found.attained_high <= high <= found.high


def test_an_irrational_range_is_enclosed() -> None:
    found = reward_range(game(lambda s, a, z: exp(z.mean())), Deadline())
    assert found.attained_high is not None
    assert found.high is not None
    e = F(2718281828459045235360287471352, 10**30)
    assert found.attained_high <= e + F(1, 10**29) <= found.high + F(1, 10**9)
    assert found.high - found.attained_high < F(1, 10**6)


@pytest.mark.parametrize(
    ("reward", "expected"),
    [
        (lambda s, a, z: s, Status.PROVED),  # 1 is allowed
        (lambda s, a, z: -s, Status.PROVED),
        (lambda s, a, z: s * (1 + R(1, 10**20)), Status.REFUTED),
        (lambda s, a, z: -s * (1 + R(1, 10**20)), Status.REFUTED),
        (lambda s, a, z: 4 * z[0] * z[1], Status.PROVED),  # 1 inside
        (lambda s, a, z: 5 * z[0] * z[1], Status.REFUTED),
        (lambda s, a, z: -5 * z[0] * z[1], Status.REFUTED),
        (lambda s, a, z: exp(-z.mean()), Status.PROVED),
        (lambda s, a, z: 1 - exp(z.mean()) / exp(1), Status.PROVED),
        (lambda s, a, z: sqrt(2) * s, Status.REFUTED),
        (lambda s, a, z: Piecewise((2, z.mean() > 1), (1, True)), Status.PROVED),
        (lambda s, a, z: Piecewise((2, z.mean() >= 1), (1, True)), Status.REFUTED),
    ],
)
def test_bounded_reward(reward: Function, expected: Status) -> None:
    assert status(game(reward), "bounded_reward") == expected


def test_a_bound_that_was_not_proved_in_time_is_none() -> None:
    """The vertices give 0, the middle 2: in no time that may be undecided or refuted."""
    made = game(lambda s, a, z: 8 * z[0] * z[1])
    assert status(made, "bounded_reward", seconds=0) != Status.PROVED
    bound = reward_range(made, Deadline(0)).high
    assert bound is None or bound >= 2


def test_many_states_with_coprime_denominators() -> None:
    made = game(lambda s, a, z: 1 - 1 / (1 + s / 20), states=1000, actions=1)
    assert status(made, "bounded_reward") == Status.PROVED


def test_a_range_beyond_all_floats_is_told() -> None:
    made = game(lambda s, a, z: exp(exp(10 * z.mean())))
    found = decide_assumption(made, "assumption.bounded_reward", Deadline())
    assert found.status == Status.REFUTED


@pytest.mark.parametrize(
    ("actions", "tremble", "expected"),
    [
        (2, "1/2", Status.PROVED),
        (2, "0.51", Status.REFUTED),
        (4, "3/4", Status.PROVED),
        (4, 1, Status.REFUTED),
        (1, 0, Status.PROVED),
    ],
)
def test_tremble(actions: int, tremble: object, expected: Status) -> None:
    assert status(game(actions=actions, tremble=tremble), "tremble") == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (chain(3), Status.PROVED),
        (product(1, 3), Status.PROVED),
        (product(2, 2), Status.REFUTED),
        (product(2, 1, 3), Status.REFUTED),
    ],
)
def test_chain(states: Order, expected: Status) -> None:
    assert status(game(states=states), "chain") == expected


CONTINUOUS: list[Function] = [
    lambda s, a, z: exp(z.mean()) + Max(z[0], z[1]),
    lambda s, a, z: Piecewise((z.mean(), z.mean() < R(1, 2)), (1 - z.mean(), True)),  # a kink
    lambda s, a, z: Piecewise((5, z.mean() > 1), (0, True)),  # beyond the range
    lambda s, a, z: Piecewise((0, z.mean() >= 0), (5, True)),
    lambda s, a, z: s * Piecewise((1, z[0] > R(1, 2)), (0, True)) * 0,
]


@pytest.mark.parametrize("case", range(len(CONTINUOUS)))
def test_continuous(case: int) -> None:
    assert status(game(CONTINUOUS[case]), "continuous") == Status.PROVED


JUMPS: list[Function] = [
    lambda s, a, z: Piecewise((1, z.mean() >= R(1, 2)), (0, True)),
    lambda s, a, z: Piecewise((1, z.mean() > 0), (0, True)),  # at the lower end
    lambda s, a, z: Piecewise((1, z.mean() >= 1), (0, True)),  # at the upper end
    lambda s, a, z: s * a * Piecewise((z.mean(), z.mean() < R(1, 2)), (R(51, 100), True)),
]


@pytest.mark.parametrize("case", range(len(JUMPS)))
def test_jumps(case: int) -> None:
    assert status(game(JUMPS[case]), "continuous") == Status.REFUTED


def test_a_kernel_may_jump() -> None:
    def transition(s: Any, a: Any, z: Any) -> object:
        up = Piecewise((R(1, 3), z.mean() >= R(1, 2)), (R(1, 2), True))
        return [(up, 1), (1 - up, 0)]

    assert status(game(transition=transition), "continuous") == Status.REFUTED


NO_JUMPS: list[Function] = [
    # 1 + sqrt(2) is sqrt(3 + 2 sqrt(2)), and log 4 is 2 log 2
    lambda s, a, z: Piecewise((sqrt(3 + 2 * sqrt(2)), z[1] >= R(1, 2)), (1 + sqrt(2), True)),
    lambda s, a, z: Piecewise((log(4), z[1] >= R(1, 2)), (2 * log(2), True)),
    # x log x, which is continuous at 0
    lambda s, a, z: Piecewise((z[1] * log(z[1]), z[1] > 0), (0, True)),
    # as z[0] = 1 - z[1], this is 1 everywhere
    lambda s, a, z: (
        Piecewise((1, z[1] >= R(1, 2)), (0, True)) + Piecewise((1, z[0] > R(1, 2)), (0, True))
    ),
]


@pytest.mark.parametrize("case", range(len(NO_JUMPS)))
def test_what_does_not_jump_is_not_said_to(case: int) -> None:
    assert status(game(NO_JUMPS[case]), "continuous") != Status.REFUTED


def test_assumptions_do_not_change_the_status() -> None:
    report = check(game(lambda s, a, z: 7 * s, tremble=1))
    assert set(report.assumptions) == set(ASSUMPTIONS)
    assert report.assumptions["assumption.bounded_reward"].status == Status.REFUTED
    assert report.status == Status.PROVED
