"""Soft strategies: the lemma, the contraction and the budget, against dense numpy."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sympy import Rational as R

from mfgcheck import Game
from mfgcheck.budgets.budget import _soft
from mfgcheck.budgets.constants.known import constants
from mfgcheck.budgets.soft import Smooth, SoftBudget, soft_budget
from mfgcheck.gallery import make
from tests.oracle.operators import dense, law_of
from tests.unit.budgets.constants.brute import game_of, still

F = Fraction
Floats = npt.NDArray[np.float64]

SMALL = Smooth(
    states=2,
    actions=3,
    discount=F(1, 2),
    c1=F(1, 5),
    c2=F(1, 10),
    tau=F(1, 2),
    reward_span=F(1),
)


def softmax(q: Floats, temperature: float) -> Floats:
    weights = np.exp((q - q.max(axis=-1, keepdims=True)) / temperature)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def soft_values(reward: Floats, kernel: Floats, gamma: float, temperature: float) -> Floats:
    """Q of the entropy-regularised game, by iterating to the end."""
    q = np.zeros(reward.shape)
    for _ in range(2000):
        top = q.max(axis=1)
        v = top + temperature * np.log(np.exp((q - top[:, None]) / temperature).sum(axis=1))
        new = reward + gamma * kernel @ v
        if np.abs(new - q).max() < 1e-14:
            break
        q = new
    return q


def soft_step(game: Game, z: Floats, temperature: float) -> Floats:
    """The next mean field, if all play their soft best responses to z."""
    weights = [round(float(p) * 10**12) for p in z]
    law = law_of(game, weights)
    reward, kernel = dense(game, law)
    q = soft_values(reward, kernel, float(game.discount), temperature)
    return np.asarray(np.einsum("s,sa,sax->x", z, softmax(q, temperature), kernel))


def found_for(
    game: Game, accuracy: Fraction = F(1, 10), failure: Fraction = F(1, 20)
) -> SoftBudget:
    found = _soft(game, constants(game), accuracy, failure)
    assert isinstance(found, SoftBudget)
    return found


# ---- the lemma


def test_strategies_move_by_no_more_than_the_values_over_the_temperature() -> None:
    rng = np.random.default_rng(0)
    most = 0.0
    for _ in range(2000):
        actions, temperature = int(rng.integers(2, 7)), float(rng.uniform(0.01, 3))
        one = rng.normal(size=actions) * rng.choice([0.01, 1.0, 10.0])
        other = one + rng.normal(size=actions) * rng.choice([1e-3, 0.1, 1.0, 10.0])
        moved = np.abs(softmax(one, temperature) - softmax(other, temperature)).sum()
        allowed = np.abs(one - other).max() / temperature
        assert moved <= allowed * (1 + 1e-9)
        most = max(most, moved / allowed)
    assert most > 0.5
    # As good as attained: two actions that tie, and one a little better.
    pair = np.array([1.0, -1.0]) * 1e-4
    assert np.abs(softmax(pair, 2) - softmax(0 * pair, 2)).sum() == pytest.approx(
        1e-4 / 2, rel=1e-6
    )


# ---- the contraction


def test_constants_by_hand() -> None:
    # sp(V) = 2, D = (1/5)/(1/2) + (1/2)(1/10) 2 / (2 (1/2)) = 2/5 + 1/10
    assert SMALL.value_span == 2
    assert SMALL.d == F(1, 2)
    # rho = 1/2 + 1/10 + (1/2 / 2)(1/2) at the temperature 2
    given = soft_budget(SMALL, F(1, 10), F(1, 20), F(2))
    assert isinstance(given, SoftBudget)
    assert given.contraction == F(29, 40)
    # By default half way from 3/5 to 1: tau D / lambda = 1/5.
    free = soft_budget(SMALL, F(1, 10), F(1, 20))
    assert isinstance(free, SoftBudget)
    assert (free.temperature, free.contraction) == (F(5, 4), F(4, 5))
    # k0 is the first step with 2 rho^k0 <= accuracy.
    assert 2 * F(4, 5) ** free.steps <= F(1, 10) < 2 * F(4, 5) ** (free.steps - 1)


def crowded(pull: R = R(1, 2)) -> Game:
    """Two states: actions matter, and rewards and moves follow the crowd."""
    return game_of(
        lambda s, a, z: R(s, 2) + pull * a * z[1] - R(a, 8),
        lambda s, a, z: {1: R(1, 4) + R(a, 4) + z[1] / 8, 0: R(3, 4) - R(a, 4) - z[1] / 8},
        actions=2,
    )


def herd() -> Game:
    """Three states, of which the middle one is dear where many are."""

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up, stay = R(1, 5) + R(a, 5), R(1, 5) + R(s, 20) + z[2] / 20
        return {0: 1 - up - stay, 1: stay, 2: up}

    return game_of(lambda s, a, z: R(s, 4) - a * z[1] / 2, transition, states=3, actions=3)


@pytest.mark.parametrize("made", [crowded(), crowded(R(2)), herd(), make("coordination")], ids=str)
def test_soft_best_responses_contract(made: Game) -> None:
    found = found_for(made)
    rng = np.random.default_rng(1)
    size = made.states.size
    laws = [*np.eye(size), *rng.dirichlet(np.full(size, 0.7), 8)]
    images = [soft_step(made, z, float(found.temperature)) for z in laws]
    most = 0.0
    for (z, after), (y, next_y) in itertools.combinations(zip(laws, images, strict=True), 2):
        most = max(most, float(np.abs(after - next_y).sum() / np.abs(z - y).sum()))
    assert most <= float(found.contraction) + 1e-6
    assert most > float(found.contraction) / 10


def test_moves_of_the_kernel_alone_are_attained() -> None:
    # From state 0 to 1 with tau, and nothing else: rho is tau + C2 where rewards are free of z.
    made = game_of(
        lambda s, a, z: s,
        lambda s, a, z: {1: (R(s, 2) + z[1] / 4), 0: 1 - R(s, 2) - z[1] / 4},
        actions=2,
    )
    found = soft_budget(
        Smooth(2, 2, made.discount, F(0), F(1, 4), F(1, 2), F(1)), F(1, 10), F(1, 20), F(10**6)
    )
    assert isinstance(found, SoftBudget)
    ends = [soft_step(made, z, 10.0**6) for z in np.eye(2)]
    # At the corners: z(0) = 1 stays; z(1) = 1 moves to (1/4, 3/4). 3/2 over 2 is tau + C2.
    assert float(np.abs(ends[0] - ends[1]).sum()) / 2 == pytest.approx(3 / 4)
    assert found.contraction == pytest.approx(F(3, 4), abs=1e-5)


# ---- the budget


@pytest.mark.parametrize("failure", [F(1, 20), F(1, 10**9)])
@pytest.mark.parametrize("accuracy", [F(1, 2), F(1, 10), F(1, 1000)])
@pytest.mark.parametrize("states", [2, 40])
def test_the_samples_are_enough_and_hardly_more(
    accuracy: Fraction, failure: Fraction, states: int
) -> None:
    game = replace(SMALL, states=states)
    found = soft_budget(game, accuracy, failure)
    assert isinstance(found, SoftBudget)
    samples, draws = found.samples.count, found.draws.count
    assert samples is not None
    assert draws is not None
    assert found.calls.count == found.steps * (states * 3 * samples + draws)
    # Hoeffding for V of span 2, for each pair; Weissman et al. for the next law.
    gamma, span, k0 = 0.5, 2.0, found.steps
    values = math.log(4 * states * 3 * k0 / float(failure))
    laws = math.log(2) + math.log(2.0**states - 2) + math.log(k0 / float(failure))
    c3 = 0.5 / float(found.temperature)
    room = float((1 - found.contraction) * accuracy)

    def errors(n: float, many: float) -> float:
        eps3 = gamma * span / (1 - gamma) * math.sqrt(values / (2 * n))
        return c3 * eps3 + math.sqrt(2 * laws / many)

    assert errors(samples, draws) <= room * (1 + 1e-12)
    if samples > 1:
        assert errors(samples / 1.01 - 1, draws / 1.01 - 1) > room
    # No other way to split the room is cheaper by a hundredth.
    total = states * 3 * samples + draws
    for part in np.linspace(0.01, 0.99, 99):
        n = values / 2 * (c3 * gamma * span / (1 - gamma) / (part * room)) ** 2
        other = states * 3 * max(1.0, n) + 2 * laws / ((1 - part) * room) ** 2
        assert total <= other * 1.01 + states * 3 + 1


def test_finer_is_dearer() -> None:
    calls = [soft_budget(SMALL, F(1, n), F(1, 20)) for n in (2, 10, 100)]
    sizes = [one.calls.log10 for one in calls if isinstance(one, SoftBudget)]
    assert len(sizes) == 3
    assert sizes == sorted(sizes)
    assert sizes[2] - sizes[1] > 2  # at least as 1/accuracy^2


def test_whole_learners_end_near_the_soft_equilibrium() -> None:
    made, accuracy, failure = crowded(), F(2, 5), F(1, 5)
    found = found_for(made, accuracy, failure)
    temperature, gamma = float(found.temperature), float(made.discount)
    z = np.array([1.0, 0.0])
    for _ in range(60):
        z = soft_step(made, z, temperature)
    assert np.abs(soft_step(made, z, temperature) - z).sum() < 1e-8
    goal = float(2 * accuracy)

    def distance(rng: np.random.Generator, samples: int, draws: int) -> float:
        y = 0.0  # the share in state 1, which learners start without
        for _ in range(found.steps):
            up = np.array([[0.25 + a / 4 + y / 8 for a in (0, 1)] for _ in (0, 1)])
            reward = np.array([[s / 2 + a * y / 2 - a / 8 for a in (0, 1)] for s in (0, 1)])
            seen = rng.binomial(samples, up) / samples
            model = np.stack([1 - seen, seen], axis=2)
            mu = softmax(soft_values(reward, model, gamma, temperature), temperature)
            mass = np.array([1 - y, y])
            y = float(rng.binomial(draws, float((mass[:, None] * mu * up).sum())) / draws)
        return 2 * abs(y - float(z[1]))

    samples, draws = found.samples.count, found.draws.count
    assert samples is not None
    assert draws is not None
    rng = np.random.default_rng(2)
    runs = 100
    assert sum(distance(rng, samples, draws) > goal for _ in range(runs)) == 0
    # A handful of draws is not enough: what is promised is not true for free.
    few = sum(distance(rng, 1, 1) > goal for _ in range(runs))
    assert few > runs * failure


@pytest.mark.parametrize("c2", [F(1, 2), F(3, 5)])
def test_no_temperature_helps_where_kernels_do_not_contract(c2: Fraction) -> None:
    found = soft_budget(replace(SMALL, c2=c2), F(1, 10), F(1, 20))
    assert isinstance(found, str)
    assert f"tau + C2 is {float(SMALL.tau + c2):.4g} or less, not below 1" in found


def test_a_temperature_that_is_too_low_is_refused() -> None:
    # rho = 3/5 + (1/2)(1/2) / lambda is 1 at lambda = 5/8.
    for temperature in (F(5, 8), F(1, 100)):
        found = soft_budget(SMALL, F(1, 10), F(1, 20), temperature)
        assert isinstance(found, str)
        assert f"at the temperature {temperature} rho is" in found
        assert "a higher one is needed" in found
    assert isinstance(soft_budget(SMALL, F(1, 10), F(1, 20), F(626, 1000)), SoftBudget)


def test_where_nothing_has_to_be_learned() -> None:
    # tau = C2 = 0: the next law is the same whatever happens.
    found = soft_budget(replace(SMALL, tau=F(0), c2=F(0)), F(1, 10), F(1, 20))
    assert isinstance(found, SoftBudget)
    assert (found.contraction, found.steps, found.samples.count) == (F(0), 1, 1)


def test_why_a_game_has_none() -> None:
    def reason(game: Game) -> str:
        found = _soft(game, constants(game), F(1, 10), F(1, 20))
        assert isinstance(found, str)
        return found

    assert reason(make("audit-d")) == "no finite C2 is known"
    assert "one state" in reason(still(lambda s, a, z: a, states=1, actions=2))
    assert "tau + C2 is 1 or less" in reason(still(lambda s, a, z: s, actions=2))


def test_json() -> None:
    found = found_for(crowded())
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert F(data["temperature"]) == found.temperature
    assert data["calls"]["count"] == found.calls.count
