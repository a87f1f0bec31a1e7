"""Is it a game: rows that sum to one, weights that are not negative, finite rewards."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from sympy import Max, Min, Piecewise, exp, log, sqrt, tanh
from sympy import Rational as R

from mfgcheck import check
from mfgcheck.errors import InvalidGame
from mfgcheck.game.game import Game
from mfgcheck.game.laws import point, uniform

Function = Callable[[Any, Any, Any], object]


def game(
    transition: Function = lambda s, a, z: point(s), reward: Function = lambda s, a, z: 0
) -> Game:
    return Game(
        states=3, actions=1, reward=reward, transition=transition, discount="1/2", tremble=0
    )


def two(weight: Callable[[Any], Any]) -> Function:
    """A lottery between 0 and 2 with a weight that depends on z."""
    return lambda s, a, z: [(weight(z), 0), (1 - weight(z), 2)]


@pytest.mark.parametrize(
    "transition",
    [
        lambda s, a, z: [(z[0], 0), (z[1], 1), (z[2], 2)],
        lambda s, a, z: [(z[x], uniform(range(int(x) + 1))) for x in (0, 1, 2)],
        lambda s, a, z: [(z.mean() / 2, 0), (z[0] + z[1] / 2, 2)],  # the mean is z1 + 2 z2
        lambda s, a, z: [(1 / (1 + exp(z.mean())), 0), (1 / (1 + exp(-z.mean())), 1)],
        lambda s, a, z: [((1 + z[0]) ** 2 / 4, 0), ((3 - 2 * z[0] - z[0] ** 2) / 4, 1)],
        two(lambda z: Min(1, z.mean())),
        two(lambda z: Max(0, z.mean() - 1)),
        two(lambda z: Piecewise((0, z.mean() < 1), (1, True))),
        two(lambda z: Piecewise((0, z.mean() <= 2), (-1, True))),  # beyond the range of the mean
        two(lambda z: (z.mean() - 1) ** 2),
        two(lambda z: 4 * z[0] * z[2]),  # 1 at one mean field only
        two(lambda z: tanh(z.mean())),
        two(lambda z: sqrt(z.mean() / 2)),
        two(lambda z: exp(-z.mean(lambda x: sqrt(x)))),
        two(lambda z: sqrt(2) / 2),
    ],
)
def test_games_accepted_without_doubts(transition: Function) -> None:
    assert game(transition).doubts == ()


@pytest.mark.parametrize(
    ("transition", "message"),
    [
        (lambda s, a, z: {0: R(49, 50)}, r"\(s=0, a=0\) sums to 49/50.*add the missing 1/50"),
        (lambda s, a, z: {0: R(51, 50)}, r"sums to 51/50.*take 1/50"),
        (lambda s, a, z: {}, "sums to 0"),
        (lambda s, a, z: [(z[0], 0), (z[1], 1)], "sums to less than 1.*at 2"),
        (lambda s, a, z: [(z.mean(), 0), (1, 1)], "sums to more than 1.*at 1"),
        (lambda s, a, z: [(1 + z[0] * z[1], 0)], "sums to more than 1"),  # right at all vertices
        (lambda s, a, z: [(1 - z[0] * z[1] * z[2], 0)], "sums to less than 1"),
        (lambda s, a, z: [(sqrt(2), 0)], "sums to more than 1"),
        (two(lambda z: z.mean()), "1 - mean is negative.*at 2"),
        (two(lambda z: z[0] - R(1, 10)), "negative.*at 1"),
        (two(lambda z: R(1, 5) - z[0] * z[2]), "negative"),  # only inside
        (two(lambda z: (z.mean() - 1) ** 2 - R(1, 10**9)), "negative"),
        (two(lambda z: Piecewise((R(-1, 2), z.mean() >= 2), (0, True))), "negative.*at 2"),
        (two(lambda z: R(-1, 3)), "negative"),
        (lambda s, a, z: [(1 + z[0], 0), (-z[0], 1)], "negative"),
        (two(lambda z: log(z.mean())), "finite"),
        (two(lambda z: 1 / (1 + z.mean() - 1)), "finite"),
    ],
)
def test_games_refused(transition: Function, message: str) -> None:
    with pytest.raises(InvalidGame, match=message):
        game(transition)


def test_the_row_that_is_wrong_is_named() -> None:
    with pytest.raises(InvalidGame, match=r"\(s=2, a=0\)"):
        game(lambda s, a, z: {0: R(1, 2), 1: R(1, 2) if s < 2 else R(1, 3)})


def test_rewards_that_are_finite_at_all_vertices_but_not_inside_are_doubted() -> None:
    assert game(reward=lambda s, a, z: 1 / (z.mean() - R(1, 2))).doubts


@pytest.mark.parametrize(
    "reward",
    [
        lambda s, a, z: log(z[1]),
        lambda s, a, z: 1 / z.mean(),
        lambda s, a, z: sqrt(z[0] - R(1, 2)),
        lambda s, a, z: Piecewise((1 / z[1], z[1] <= 0), (0, True)),
    ],
)
def test_rewards_refused(reward: Function) -> None:
    with pytest.raises(InvalidGame, match="not a finite"):
        game(reward=reward)


def test_a_value_outside_its_case_need_not_be_finite() -> None:
    assert not game(reward=lambda s, a, z: Piecewise((1 / z[1], z[1] >= R(1, 2)), (2, True))).doubts


def test_a_reward_that_is_only_finite_after_cancelling_is_refused_or_replayed() -> None:
    """0/0 at z[1] = 0 must not end in an error later on."""

    def reward(s: Any, a: Any, z: Any) -> object:
        return s * (z[1] ** 2 - z[1]) / z[1]

    try:
        made = game(reward=reward)
    except InvalidGame:
        return
    check(made)


def test_an_identity_that_is_not_seen_is_doubted_within_seconds() -> None:
    """That e^(-m) / (e^m + e^(-m)) = (1 - tanh m) / 2 need not be seen, but has to end."""
    started = time.monotonic()
    made = game(
        lambda s, a, z: [
            ((1 + tanh(z.mean())) / 2, 1),
            (exp(-z.mean()) / (exp(z.mean()) + exp(-z.mean())), 0),
        ]
    )
    assert time.monotonic() - started < 30
    assert len(made.doubts) <= 3
