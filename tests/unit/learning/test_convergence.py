"""Learners reach the enclosed T-MFE, and do not if one line of them is broken.

Each learner runs with 20 seeds. What it ends with must be right on average: the mean over seeds of
each mass and of each TQ-value within 9 of its standard errors (Student's t with 19 degrees of
freedom: 3e-8 each, below 4e-6 for the 32 numbers of the largest game). That alone would let a
learner pass that scatters widely, so the mean distance may not exceed one and a half times what
sampling explains (it was at most 0.6 times that limit over many seeds), and all runs must have
learned the T-MFE's strategy. The games are such that an action gap is at least 5 standard
deviations of what is learned of it, which is asserted: for normal errors, 3e-7 for each of the at
most 160 states of all runs, below 5e-5.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest
from sympy import Rational

from mfgcheck import Game, check, equilibria
from mfgcheck.gallery import make
from mfgcheck.learning import loops, model_based
from mfgcheck.learning.learned import Learned
from mfgcheck.learning.model_based import gmbl
from mfgcheck.learning.model_free import Fixed, tmfq
from mfgcheck.learning.population import iql, mfq, o_tmfq
from mfgcheck.learning.rates import Rate
from tests.oracle.operators import dense, play
from tests.unit.learning.sampling import Floats, off_the_mean, optimal

SEEDS = 20
APART = 5
MOST_ERRORS = 9
SAMPLES = 2000
FALLING = Rate(0.2, 0.002)

GAMES: dict[str, Callable[[], Game]] = {
    "coordination": lambda: make("coordination"),
    "audit-f": lambda: make("audit-f"),
    "capped-health": lambda: make(
        "capped-health", states=8, actions=3, reach=3, delta3=Rational(1, 50)
    ),
}

LEARNERS: dict[str, Callable[[Game, int], Learned]] = {
    "tmfq": lambda game, seed: tmfq(game, 60, Fixed(2000, SAMPLES), FALLING, seed=seed),
    "synchronous": lambda game, seed: tmfq(
        game, 60, Fixed(200, SAMPLES), FALLING, synchronous=True, seed=seed
    ),
    "gmbl": lambda game, seed: gmbl(game, 25, SAMPLES, seed=seed),
    "o-tmfq": lambda game, seed: o_tmfq(game, 250, SAMPLES, FALLING, seed=seed),
}


@dataclass(frozen=True, eq=False)
class Known:
    """The least T-MFE of a game.

    Attributes:
        z, q, strategy: mean field, TQ-values, the likeliest actions' numbers.
        scatter: a bound of the mean distance from z of a law that is sampled, `SAMPLES` times a
            step: the sum of the standard deviations of its masses, noise of steps before included.
    """

    game: Game
    z: Floats
    q: Floats
    strategy: list[int]
    scatter: float


@cache
def known(name: str) -> Known:
    game = GAMES[name]()
    found = equilibria(game)
    assert found.complete
    low = min(
        found.equilibria, key=lambda one: sum(i * low for i, (low, _) in enumerate(one.mean_field))
    )
    middle = [Fraction(a + b) / 2 for a, b in low.mean_field]
    law = dict(zip(game.states.labels, (p / sum(middle) for p in middle), strict=True))
    z = np.array([float(p) for p in law.values()])
    reward, kernel = dense(game, law)
    q = optimal(reward, kernel, float(game.discount), float(game.tremble))
    strategy = q.argmax(axis=1)
    mu = np.array(play(strategy, game.actions.size, float(game.tremble)))
    chain = np.einsum("sa,sax->sx", mu, kernel)
    assert z @ chain == pytest.approx(z, abs=1e-7)  # it is a T-MFE by the oracle, too
    noise = total = (np.diag(z) - np.outer(z, z)) / SAMPLES
    for _ in range(300):
        noise = chain.T @ noise @ chain
        total = total + noise
    return Known(game, z, q, strategy.tolist(), float(np.sqrt(np.diag(total)).sum()))


def complaints(learner: str, name: str) -> list[str]:
    """What is wrong with the results of a learner."""
    truth = known(name)
    runs = [LEARNERS[learner](truth.game, seed) for seed in range(SEEDS)]
    ends = np.array([run.mean_fields[-1] for run in runs])
    values = np.array([run.q for run in runs])
    found = []
    # In mean fields, the game being curved, chance leaves a mean error of its variance's size.
    if off_the_mean(ends, truth.z, 1 / SAMPLES).max() > MOST_ERRORS:
        found.append("mean field")
    if off_the_mean(values, truth.q, 1 / SAMPLES).max() > MOST_ERRORS:
        found.append("TQ-values")
    if np.abs(ends - truth.z).sum(axis=1).mean() > 1.5 * truth.scatter:
        found.append("distance")
    if any(run.strategies[-1].tolist() != truth.strategy for run in runs):
        found.append("strategy")
    return found


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("learner", LEARNERS)
def test_learners_reach_the_t_mfe(learner: str, name: str) -> None:
    assert complaints(learner, name) == []


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("learner", LEARNERS)
def test_action_gaps_stand_out_of_the_scatter(learner: str, name: str) -> None:
    # That all runs have the right strategy is asked for above; here, that this is no luck.
    truth = known(name)
    values = np.array([LEARNERS[learner](truth.game, seed).q for seed in range(SEEDS)])
    ranked = np.sort(truth.q, axis=1)
    gaps = ranked[:, -1] - ranked[:, -2]
    of_best = values[:, np.arange(len(truth.strategy)), truth.strategy]
    scatter = (of_best[:, :, None] - values).std(axis=0, ddof=1).max(axis=1)
    assert (gaps >= APART * scatter).all()


@pytest.mark.parametrize("name", GAMES)
def test_the_games_satisfy_definition_1(name: str) -> None:
    assert {str(v.status) for v in check(known(name).game).clauses.values()} == {"PROVED"}


# Where, what is replaced, and by what.
Mutant = tuple[str, ModuleType, str, str, str]
MUTANTS: dict[str, Mutant] = {
    f"{learner}: {label}": (learner, module, function, old, new)
    for learner, label, module, function, old, new in (
        ("tmfq", "discount", loops, "trajectory", "discount * worth", "0.9 * discount * worth"),
        ("tmfq", "no tremble", loops, "trajectory",
         "played(rng, meant(q, s), q.shape[1], tremble)", "meant(q, s)"),
        ("tmfq", "wrong row", loops, "trajectory",
         "draw(rng, s, a, rows)", "draw(rng, s, 0, rows)"),
        ("tmfq", "wrong reward", loops, "trajectory", "reward[s, a]", "reward[s, 0]"),
        ("tmfq", "no update", loops, "trajectory", "q[s, a] += change", "q[s, a] += 0.0"),
        ("tmfq", "maximum for G", loops, "trajectory",
         "worth(q, following, tremble)", "worth(q, following, 0.0)"),
        ("tmfq", "value of the state before", loops, "trajectory",
         "worth(q, following, tremble)", "worth(q, s, tremble)"),
        ("tmfq", "Next-MF without tremble", loops, "next_law",
         "played(rng, strategy[s], actions, tremble)", "strategy[s]"),
        ("tmfq", "Next-MF, wrong row", loops, "next_law",
         "draw(rng, s, a, rows)", "draw(rng, s, 0 * a, rows)"),
        ("tmfq", "Next-MF from the bottom", loops, "next_law",
         "place(law, 0, law.size, rng.random() * TICKETS)", "0"),
        ("synchronous", "printed (18)", loops, "synchronous",
         "discount * values[following]", "discount * values[s]"),
        ("synchronous", "wrong row", loops, "synchronous",
         "draw(rng, s, a, rows)", "draw(rng, s, 0, rows)"),
        ("synchronous", "wrong reward", loops, "synchronous", "reward[s, a]", "reward[s, 0]"),
        ("gmbl", "wrong row", loops, "sample_model",
         "draw(rng, s, a, rows)", "draw(rng, s, 0, rows)"),
        ("gmbl", "discount", model_based, "solve_model",
         "reward + discount *", "reward + 0.9 * discount *"),
        ("gmbl", "maximum for G", model_based, "smoothed", "(1 - tremble) * best", "best"),
        ("gmbl", "no tremble", model_based, "trembling", "= 1 - tremble", "= 1.0"),
        ("o-tmfq", "no tremble", loops, "act",
         "played(rng, strategy[agents[i]], actions, tremble)", "strategy[agents[i]]"),
        ("o-tmfq", "wrong row", loops, "act",
         "draw(rng, agents[i], chosen[i], rows)", "draw(rng, agents[i], 0, rows)"),
        ("o-tmfq", "discount", loops, "replay", "discount * worth", "0.9 * discount * worth"),
        ("o-tmfq", "wrong reward", loops, "replay", "reward[s, a]", "reward[s, 0]"),
        ("o-tmfq", "no update", loops, "replay", "q[s, a] += step", "q[s, a] += 0.0"),
        ("o-tmfq", "value of the state before", loops, "replay",
         "worth(q, following[i], tremble)", "worth(q, agents[i], tremble)"),
        ("o-tmfq", "maximum for G", loops, "replay",
         "worth(q, following[i], tremble)", "worth(q, following[i], 0.0)"),
    )
}  # fmt: skip


def broken(module: ModuleType, name: str, old: str, new: str) -> Any:
    """Return a function of a module with one piece of its text replaced, compiled if it was."""
    function = getattr(module, name)
    is_compiled = hasattr(function, "py_func")
    source = textwrap.dedent(inspect.getsource(function.py_func if is_compiled else function))
    source = source[source.index("def ") :]
    assert source.count(old) == 1, f"{name} has not one {old}"
    there = dict(vars(module))
    exec(compile(source.replace(old, new), f"<broken {name}>", "exec"), there)
    return numba.njit(nogil=True)(there[name]) if is_compiled else there[name]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_with_one_line_broken_they_do_not(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    learner, module, name, old, new = MUTANTS[mutant]
    monkeypatch.setattr(module, name, broken(module, name, old, new))
    assert complaints(learner, "coordination")


def bandit() -> Game:
    """One state, three actions: Q*(a) = r(a) + gamma V, with V = G(r)/(1 - gamma)."""
    return Game(
        states=1, actions=3, reward=lambda s, a, z: a * (3 - a), transition=lambda s, a, z: {0: 1},
        discount="1/2", tremble="1/4", name="bandit",
    )  # fmt: skip


BASELINES: dict[str, Callable[..., Learned]] = {
    "iql": iql,
    "mfq": lambda *given, **named: mfq(*given, seen=8, **named),
}


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_learn_a_bandit(name: str) -> None:
    # r = (0, 2, 2), G(r) = 3/4 * 2 + 1/8 * (0 + 2) = 7/4, V = 7/2. Nothing is random but the
    # actions; each is played by all agents about 1/8 of 2000 times, or more.
    learned = BASELINES[name](bandit(), 2000, 40, Rate(0.5), seed=1)
    assert learned.q == pytest.approx(np.array([[0, 2, 2]]) + 7 / 4, abs=1e-9)
    assert learned.strategies[-1].tolist() in ([1], [2])
    assert learned.samples.tolist() == [40] * 2000


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_learn_where_the_crowd_does_not_matter(name: str) -> None:
    # Audit game E with a free action: no mean field in it, so agents that learn alone learn Q*.
    game = Game(
        states=2, actions=2, reward=lambda s, a, z: s, discount="1/2", tremble="1/4",
        transition=lambda s, a, z: {0: "3/4", 1: "1/4"} if a == 0 else {0: "1/4", 1: "3/4"},
    )  # fmt: skip
    reward, kernel = dense(game, {0: Fraction(1, 2), 1: Fraction(1, 2)})
    truth = optimal(reward, kernel, 0.5, 0.25)
    runs = [BASELINES[name](game, 1500, 20, Rate(0.2, 0.01), seed=seed) for seed in range(SEEDS)]
    values = np.array([run.q for run in runs])
    assert off_the_mean(values, truth, 1e-3).max() < MOST_ERRORS
    assert values.std(axis=0).max() < 0.02
    assert all(run.strategies[-1].tolist() == [1, 1] for run in runs)
    assert all(np.all(run.strategies[:-1] == -1) for run in runs)
