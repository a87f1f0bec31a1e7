"""One step of a population, and of Next-MF: their law, and how far chance takes them from it."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from mfgcheck import Game
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.gallery import make
from mfgcheck.learning import loops
from mfgcheck.learning.learned import chance
from mfgcheck.learning.model_free import Fixed, next_mean_field
from mfgcheck.learning.population import o_tmfq
from mfgcheck.learning.simulator import Simulator
from tests.oracle.operators import dense, play, push, vector
from tests.unit.learning.sampling import ALARM, Floats, masses, surprises

NAMES = ("infection-spread", "audit-b", "sis", "two-lotteries")


@cache
def setting(name: str) -> tuple[Game, Any, Any, Floats]:
    """A game, a mean field, a strategy that uses all actions, and Phi by the oracle."""
    game = make(name)
    z = masses(game, (1, 2, 3, 0))
    strategy = np.arange(game.states.size) % game.actions.size
    _, kernel = dense(game, z)
    image = push(vector(game, z), kernel, strategy, float(game.tremble))
    return game, vector(game, z), strategy, image


@pytest.mark.parametrize("name", NAMES)
def test_phi_of_the_oracle_is_that_of_the_package(name: str) -> None:
    game, z, strategy, image = setting(name)
    mu = np.array(play(strategy, game.actions.size, float(game.tremble)))
    assert Model.of(game).at(z).push(z[:, None] * mu) == pytest.approx(image, abs=1e-12)
    weights = masses(game, (1, 2, 3, 0))
    stage = ExactModel.of(game).at(tuple(weights[x] for x in game.states.labels))
    if stage is not None:
        exact = stage.distribution(tuple(weights.values()), tuple(strategy.tolist()))
        assert [float(x) for x in exact] == pytest.approx(image.tolist(), abs=1e-12)


@cache
def simulated(name: str) -> Simulator:
    return Simulator.of(setting(name)[0])


def stepped(name: str, agents: int, seed: int) -> tuple[list[int], Floats]:
    """How many of so many agents, drawn from z, are in each state after one step; and Phi."""
    game, z, strategy, image = setting(name)
    simulator = simulated(name)
    scene, rng = simulator.at(z), chance(seed, agents)
    where = rng.choice(z.size, size=agents, p=z).astype(np.int64)
    chosen, following = np.empty_like(where), np.empty_like(where)
    loops.act(
        rng, scene.draw, scene.rows, strategy, game.actions.size, simulator.tremble,
        where, chosen, following,
    )  # fmt: skip
    return np.bincount(following, minlength=z.size).tolist(), image


@pytest.mark.parametrize("name", NAMES)
def test_agents_step_by_the_law_phi(name: str) -> None:
    counts, image = stepped(name, 200_000, 1)
    assert not surprises(counts, image.tolist(), ALARM)
    low, high = int(np.argmin(image)), int(np.argmax(image))
    wrong = image.copy()  # and the test would see an error of 0.02
    wrong[high] -= 0.02
    wrong[low] += 0.02
    assert surprises(counts, wrong.tolist(), ALARM)


@pytest.mark.parametrize("name", NAMES)
def test_next_mf_samples_the_law_phi(name: str) -> None:
    game, z, strategy, image = setting(name)
    simulator = Simulator.of(game)
    found, drawn = next_mean_field(
        chance(2, 0), simulator, simulator.at(z), strategy, Fixed(1, 200_000)
    )
    assert drawn == 200_000
    assert not surprises(np.rint(found * drawn).astype(int).tolist(), image.tolist(), ALARM)


def test_a_step_is_off_by_one_over_the_root_of_the_number_of_agents() -> None:
    # With agents drawn from z, E N |z' - Phi|^2 = 1 - sum Phi^2 exactly. Over 1000 runs the mean is
    # compared by its standard error; beyond 7 of them counts as an alarm (about 1e-9 for each N,
    # as means of 1000 are nearly normal).
    for agents in (100, 1_000, 10_000):
        ratios = []
        for run in range(1000):
            counts, image = stepped("audit-b", agents, 100 + run)
            square = float(((np.array(counts) / agents - image) ** 2).sum())
            ratios.append(agents * square / (1 - float((image**2).sum())))
        error = np.std(ratios, ddof=1) / math.sqrt(len(ratios))
        assert error < 0.05  # so that N^-0.4 or N^-0.6 instead would be seen
        assert abs(np.mean(ratios) - 1) < 7 * error


def test_the_first_step_of_o_tmfq_follows_the_first_strategy() -> None:
    # In audit game F the next law depends on the strategy alone: P(1) = 1/4 + a/2, tremble 1/4.
    for action, up in ((0, 1 / 4 + 1 / 8), (1, 1 / 4 + 3 / 8)):
        learned = o_tmfq(make("audit-f"), 1, 100_000, first={0: action, 1: action}, seed=5)
        counts = np.rint(learned.mean_fields[1] * 100_000).astype(int).tolist()
        assert not surprises(counts, [1 - up, up], ALARM)
    with_none = o_tmfq(make("audit-f"), 1, 1_000, seed=6)
    lowest = o_tmfq(make("audit-f"), 1, 1_000, first={0: 0, 1: 0}, seed=6)
    assert with_none.mean_fields.tobytes() == lowest.mean_fields.tobytes()


def test_the_second_step_of_o_tmfq_follows_what_was_learned_in_the_first() -> None:
    # Algorithm 3: the strategy of step k comes from the samples of step k - 1. With a reward for
    # action 1 alone, and all actions seen, action 1 is what is learned.
    game = Game(
        states=2, actions=2, reward=lambda s, a, z: a,
        transition=lambda s, a, z: {0: 1 - a, 1: a}, discount="1/2", tremble="1/4",
    )  # fmt: skip
    learned = o_tmfq(game, 3, 100_000, seed=7)
    counts = [np.rint(z * 100_000).astype(int) for z in learned.mean_fields]
    assert counts[0].tolist() == [100_000, 0]  # the least law: state 1 is not seen in step 0
    third = (counts[1][0] * 3 / 4 + counts[1][1] * 1 / 4) / 100_000
    for count, up in zip(counts[1:], (1 / 4, third, 3 / 4), strict=True):
        assert not surprises(count.tolist(), [1 - up, up], ALARM / 3)
    assert learned.strategies.tolist() == [[1, 0], [1, 1], [1, 1]]


def test_agents_start_where_they_are_told_to() -> None:
    game = make("audit-f")
    learned = o_tmfq(game, 1, 100_000, start={0: "1/5", 1: "4/5"}, seed=8)
    count = round(float(learned.mean_fields[0][1]) * 100_000)
    assert not surprises([100_000 - count, count], [0.2, 0.8], ALARM)
