"""Budgets of whole learners: consistent, and kept by learners that are run with them."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction as F
from functools import cache
from typing import Any

import numpy as np
import pytest
from sympy import Rational as R

from benchmarks.budgets import clopper_pearson, tail
from benchmarks.learners import Dense, learn
from mfgcheck import Game, equilibria
from mfgcheck.budgets.gap import search
from mfgcheck.budgets.gap.budgets import GapBudget, Scheme, Shares
from mfgcheck.budgets.gap.drift import drift
from mfgcheck.budgets.gap.path import masses_of, reference_path
from mfgcheck.budgets.gap.plan import Plan, logarithm, logs_of
from mfgcheck.budgets.gap.population import _agents
from mfgcheck.budgets.gap.search import _bias, gap_budget
from mfgcheck.budgets.gap.stage import SCALE
from mfgcheck.budgets.target import find_target
from mfgcheck.errors import BadInput
from mfgcheck.gallery import make
from tests.unit.budgets.gap.games import (
    Exactly,
    far,
    law,
    mixed,
    next_law,
    numbers,
    plain_game,
    weights,
    within,
)

STEPS = 40
RUNS = 200
ALARM = 1e-6
"""The probability of a false alarm of each Monte Carlo test, at the allowed failure rate."""


def plan_of(
    game: Game, scheme: Scheme, accuracy: F, failure: F, steps: int = STEPS
) -> tuple[Plan, np.ndarray]:
    path = reference_path(game, steps, "modified" if scheme is Scheme.O_TMFQ else "t-br")
    known = equilibria(game).equilibria
    there = min(known, key=lambda one: path.distance(steps, one))
    distances = tuple(path.distance(k, there) for k in range(steps + 1))
    centre = np.array([float((low + high) / 2) for low, high in there.mean_field])
    return Plan(path, distances, accuracy, failure, F(1)), centre


@cache
def budget(
    name: str, scheme: Scheme, accuracy: F = F(1, 10), failure: F = F(1, 20)
) -> tuple[GapBudget | str, Plan, Any]:
    plan, centre = plan_of(make(name), scheme, accuracy, failure)
    return gap_budget(plan, scheme), plan, centre


CASES = [
    *((name, scheme) for name in ("coordination", "audit-f", "audit-c") for scheme in Scheme),
    ("two-lotteries", Scheme.GMBL),
    ("two-lotteries", Scheme.O_TMFQ),
]


@pytest.mark.parametrize(("name", "scheme"), CASES)
def test_the_parts_of_a_budget_fit_together(name: str, scheme: Scheme) -> None:
    found, plan, _ = budget(name, scheme)
    assert isinstance(found, GapBudget)
    consistent(found, plan)
    assert found.scheme is scheme
    assert (found.accuracy, found.failure) == (plan.accuracy, plan.failure)


def consistent(found: GapBudget, plan: Plan) -> None:
    assert found.radius + found.distance <= 2 * found.accuracy
    steps = len(found.steps)
    assert [step.step for step in found.steps] == list(range(steps))
    assert found.distance == plan.distances[steps]
    assert found.steps[0].radius == 0
    # The radii are at least those of the drift alone, and gaps are those around them.
    shares = Shares.of(found.failure, steps)
    alone = drift(plan.path, steps, found.draws, shares.drift, F(2))
    assert alone is not None
    radii = [step.radius for step in found.steps] + [found.radius]
    assert all(x >= y for x, y in zip(radii, alone.radii, strict=True))
    if found.scheme is Scheme.O_TMFQ:
        assert found.agents == found.draws
        assert found.calls == found.agents * steps
        assert found.uniform_calls is None
        return
    assert found.agents is None
    assert found.calls == sum(int(step.samples.sum()) + step.draws for step in found.steps)
    assert found.uniform_calls is not None
    assert found.calls <= found.uniform_calls
    for step in found.steps:
        assert min(step.samples.ravel().tolist()) >= (0 if found.scheme is Scheme.TMFQ else 1)
        if found.scheme is Scheme.GMBL and not step.draws:
            # n(p) >= N z(s) mu(a | s), for every z in the ball.
            y = masses_of(plan.path.law(step.step))
            mu = weights(plan.path.tables.game, plan.path.steps[step.step].played)
            for s, p in enumerate(y):
                for a, w in enumerate(mu[s]):
                    most = min(F(1), p + step.radius / 2)
                    assert int(step.samples[s, a]) >= found.draws * most * w
        if found.scheme is Scheme.TMFQ:
            assert step.draws == found.draws
            assert step.learning is not None
            assert set(step.samples.ravel().tolist()) == {step.learning.updates}
            assert step.gap is None or step.learning.error * 2 < step.gap


@pytest.mark.slow
def test_the_parts_of_the_budget_of_a_larger_game() -> None:
    found, plan, centre = budget("capped-health", Scheme.GMBL, F(1, 2), F(1, 5))
    assert isinstance(found, GapBudget)
    consistent(found, plan)
    fails_no_more_often_than_allowed(make("capped-health"), found, centre, runs=100)


@pytest.mark.parametrize("steps", [1, 2, 9])
def test_shares_add_up_to_the_failure(steps: int) -> None:
    shares = Shares.of(F(1, 20), steps)
    assert shares.drift + steps * (shares.first + shares.second) <= F(1, 20)
    assert min(shares.drift, shares.first, shares.second) > 0


def test_single_events_use_up_no_more_than_their_shares() -> None:
    _, plan, _ = budget("two-lotteries", Scheme.GMBL)
    around, strategy = plan.path.ball(0, F(0)), plan.path.steps[0].learned
    assert around is not None
    assert strategy is not None
    stage = plan.stage(0, around, strategy)
    assert stage is not None
    shares = Shares.of(F(1, 20), 3)
    logs = logs_of(stage, shares)
    states, actions = stage.variance.shape
    # e^-L for each event, in floats (logarithms are rounded up).
    first = states * (actions - 1) * np.exp(-float(logs.first))
    second = (3 * states + states * actions) * np.exp(-float(logs.second))
    updates = 2 * states * actions * np.exp(-float(logs.updates))
    assert first <= float(shares.first) * (1 + 1e-9)
    assert second <= float(shares.second) * (1 + 1e-9)
    assert updates <= float(shares.first + shares.second) * (1 + 1e-9)
    assert float(logarithm(F(10))) == pytest.approx(2.302585092994046)


# Learners.


def fails_no_more_often_than_allowed(
    game: Game, found: GapBudget, centre: np.ndarray, runs: int = RUNS, seed: int = 1
) -> int:
    z, calls = learn(Dense.of(game), found, runs, np.random.default_rng(seed))
    assert calls == found.calls
    failures = int((np.abs(z - centre).sum(axis=1) > float(2 * found.accuracy)).sum())
    assert tail(failures, runs, float(found.failure)) >= ALARM
    return failures


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("coordination", Scheme.GMBL),
        ("audit-c", Scheme.GMBL),
        ("coordination", Scheme.TMFQ),
        ("audit-f", Scheme.TMFQ),
        ("audit-f", Scheme.O_TMFQ),
    ],
)
@pytest.mark.parametrize("failure", [F(1, 20), F(1, 2)])
def test_learners_end_near_the_equilibrium(name: str, scheme: Scheme, failure: F) -> None:
    found, _, centre = budget(name, scheme, F(1, 10), failure)
    assert isinstance(found, GapBudget)
    fails_no_more_often_than_allowed(make(name), found, centre)
    # And the test would see it if budgets were a hundred times too small.
    z, _ = learn(Dense.of(make(name)), found, RUNS, np.random.default_rng(2), part=0.01)
    failures = int((np.abs(z - centre).sum(axis=1) > 0.2).sum())
    assert name == "audit-c" or tail(failures, RUNS, 0.05) < ALARM


def test_learners_of_random_games() -> None:
    rng, learned = random.Random(3), 0
    for trial in range(12):
        game = plain_game(
            rng,
            states=rng.choice((2, 3)),
            actions=rng.choice((2, 3)),
            twins=trial % 3 == 0,
            tremble=rng.choice((F(0), F(1, 5))),
            regeneration=F(3, 5),
        )
        if not equilibria(game).equilibria:
            continue
        for scheme in Scheme:
            plan, centre = plan_of(game, scheme, F(1, 10), F(1, 4))
            found = gap_budget(plan, scheme)
            too_long = isinstance(found, GapBudget) and any(
                step.learning is not None and step.learning.updates > 20_000 for step in found.steps
            )
            if isinstance(found, str) or too_long:
                continue
            consistent(found, plan)
            fails_no_more_often_than_allowed(game, found, centre, seed=trial)
            learned += 1
    assert learned > 8


def test_a_twin_of_the_best_action_does_not_lead_astray() -> None:
    """The twin needs samples, though no sample could tell it from the best action.

    The budget that left them out (one sample) failed in three runs of four.
    """

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = R(1, 4) + (R(1, 2) if a >= 1 else R(0))
        return {0: 1 - up, 1: up}

    game = Game(
        states=2,
        actions=3,
        reward=lambda s, a, z: s / R(2),
        transition=transition,
        discount="1/2",
        tremble=0,
    )
    for scheme in (Scheme.GMBL, Scheme.TMFQ):
        plan, centre = plan_of(game, scheme, F(1, 10), F(1, 20))
        found = gap_budget(plan, scheme)
        assert isinstance(found, GapBudget)
        consistent(found, plan)
        assert fails_no_more_often_than_allowed(game, found, centre, runs=400) < 40
        assert min(found.steps[0].samples.ravel().tolist()) > 10


def test_dense_numbers_are_the_game_s() -> None:
    rng = random.Random(4)
    for name in ("coordination", "audit-c", "sis", "beach-bar", "adoption-birth-death"):
        game = make(name)
        dense = Dense.of(game)
        for _ in range(3):
            z = law(rng, game.states.size)
            reward, kernel = dense.at(np.array([[float(p) for p in z]]))
            true_reward, true_kernel = numbers(game, z).floats()
            assert np.abs(kernel[0] - true_kernel).max() < 1e-12
            moved = reward[0] - true_reward  # a number that is the same everywhere may be missing
            assert np.ptp(moved) < 1e-12
            strategy = dense.greedy(reward, kernel)[0]
            true = Exactly.of(game, z, tuple(strategy.tolist()))
            for s in range(game.states.size):
                assert all(true.gap(s, b) > -F(1, 10**9) for b in range(game.actions.size))


# Games without a budget, or with one in spite of something.


@pytest.mark.slow
def test_a_jump_near_the_path() -> None:
    # T-BR climbs towards 1/2 for ever, the T-MFE is beyond the jump there. Floating point gets to
    # 1/2 in the end, and across: but no learner can be sure to.
    plan, _ = plan_of(make("audit-d"), Scheme.TMFQ, F(1, 10), F(1, 20), steps=56)
    assert min(plan.distances) < F(1, 10)
    found: GapBudget | str = gap_budget(plan, Scheme.TMFQ)
    assert isinstance(found, str)
    assert "jump" in found
    found, _, _ = budget("audit-d", Scheme.GMBL)
    assert isinstance(found, str)
    assert "does not come within 1/5" in found


def test_without_an_equilibrium_there_is_nothing_to_learn() -> None:
    game = make("infection-spread", susceptibility="logistic", c_f=R(1))
    found = equilibria(game)
    assert not found.equilibria
    for algorithm in ("t-br", "modified"):
        target = find_target(game, found, F(1, 10), algorithm)
        assert isinstance(target, str)
        assert "no T-MFE to aim at" in target


def test_ties() -> None:
    # Both actions are as good as each other, and lead to different states.
    for scheme in (Scheme.GMBL, Scheme.TMFQ):
        found, _, _ = budget("audit-e", scheme)
        assert isinstance(found, str)
        assert "may tie" in found
    # What is played in the first step is fixed, and after it one is there.
    found, plan, centre = budget("audit-e", Scheme.O_TMFQ)
    assert isinstance(found, GapBudget)
    assert len(found.steps) == 1
    consistent(found, plan)
    fails_no_more_often_than_allowed(make("audit-e"), found, centre)


def test_a_tie_that_hardly_matters_is_tolerated() -> None:
    # As in audit-e, but actions move the chance by 1/500 only: either may be played.
    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = R(1, 2) + a / R(500)
        return {0: 1 - up, 1: up}

    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s / R(2) - a / R(2000),
        transition=transition,
        discount="1/2",
        tremble="1/4",
    )
    at = Exactly.of(game, (F(1), F(0)), (0, 0))
    assert at.gap(0, 1) == at.gap(1, 1) == 0
    for scheme in (Scheme.GMBL, Scheme.TMFQ):
        plan, centre = plan_of(game, scheme, F(1, 10), F(1, 20))
        found = gap_budget(plan, scheme)
        assert isinstance(found, GapBudget)
        assert sum(step.tolerated for step in found.steps) > 0
        consistent(found, plan)
        fails_no_more_often_than_allowed(game, found, centre)


def test_a_population_without_regeneration() -> None:
    # From state 1 one never comes back to 0: nothing ensures visits there.
    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        if s == 2:
            return {2: R(4, 5), 1: R(1, 5)}
        if s == 1:
            return {1: R(1, 2) - a * R(1, 4), 2: R(1, 2) + a * R(1, 4)}
        return {1: R(1)}

    game = Game(
        states=3,
        actions=2,
        reward=lambda s, a, z: s / R(2),
        transition=transition,
        discount="1/2",
        tremble="1/4",
    )
    plan, _ = plan_of(game, Scheme.O_TMFQ, F(1, 20), F(1, 20))
    found = gap_budget(plan, Scheme.O_TMFQ)
    assert isinstance(found, str)
    assert "state 0 may have no visitors" in found
    # A generative model has no need of visitors.
    plan, _ = plan_of(game, Scheme.GMBL, F(1, 20), F(1, 20))
    assert isinstance(gap_budget(plan, Scheme.GMBL), GapBudget)


def test_what_tolerated_actions_may_do_to_the_next_law() -> None:
    rng, checked = random.Random(6), 0
    for _ in range(40):
        game = plain_game(rng, states=3, actions=3, tremble=F(1, 5))
        plan = Plan(reference_path(game, 2), (F(1), F(1), F(1)), F(1, 10), F(1, 20), F(1))
        radius = rng.choice((F(0), F(1, 10)))
        around = plan.path.ball(1, radius)
        strategy = tuple(rng.randrange(3) for _ in range(3))
        assert around is not None
        stage = plan.stage(1, around, strategy)
        if stage is None:
            continue
        tolerated = np.array([rng.random() < 0.4 for _ in stage.pairs], dtype=bool)
        y = masses_of(plan.path.law(1))
        may = [[a] for a in strategy]
        for s, b in stage.pairs[tolerated].tolist():
            may[s].append(b)
        z = within(rng, y, radius)
        kernel = numbers(game, z).kernel
        seen = [
            [[(9 * p + q) / 10 for p, q in zip(row, law(rng, 3), strict=True)] for row in line]
            for line in kernel
        ]
        away = [
            [far(p, q) / 2 for p, q in zip(*rows, strict=True)]
            for rows in zip(kernel, seen, strict=True)
        ]
        rows = np.array([[math.ceil(x * SCALE) for x in line] for line in away], dtype=object)
        apart = plan.apart(around, strategy)
        for model, blur in ((kernel, None), (seen, rows)):
            bound = _bias(stage, tolerated, plan.path.law(1), radius, apart, blur)
            usual = next_law(z, mixed(weights(game, strategy), model))
            moved = [
                far(next_law(z, mixed(weights(game, other), model)), usual)
                for other in itertools.product(*may)
            ]
            assert max(moved) <= bound
            checked += max(moved) * 3 > bound > 0
    assert checked > 10


def test_what_is_tolerated_still_has_to_end_near_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    # Allowed any bias, every pair could be tolerated: but then the last radius is too large.
    monkeypatch.setattr(search, "_each", lambda path, steps, allowed: F(2))
    for scheme in (Scheme.GMBL, Scheme.TMFQ):
        plan, _ = plan_of(make("audit-e"), scheme, F(1, 10), F(1, 20))
        assert isinstance(gap_budget(plan, scheme), str)


def test_a_path_that_does_not_come_near() -> None:
    plan, _ = plan_of(make("coordination"), Scheme.GMBL, F(1, 10), F(1, 20))
    away = Plan(plan.path, tuple(F(1, 2) for _ in plan.distances), F(1, 10), F(1, 20), F(1))
    found = gap_budget(away, Scheme.GMBL)
    assert isinstance(found, str)
    assert "does not come within 1/5" in found


def test_the_path_has_to_be_the_scheme_s_own() -> None:
    plan, _ = plan_of(make("coordination"), Scheme.GMBL, F(1, 10), F(1, 20))
    with pytest.raises(BadInput, match="o-tmfq follows modified"):
        gap_budget(plan, Scheme.O_TMFQ)


def test_finer_accuracies_and_smaller_failures_cost_more() -> None:
    for scheme in Scheme:
        calls = []
        for accuracy, failure in ((F(1, 5), F(1, 10)), (F(1, 20), F(1, 10)), (F(1, 20), F(1, 100))):
            found, _, _ = budget("audit-f", scheme, accuracy, failure)
            assert isinstance(found, GapBudget)
            calls.append(found.calls)
        # (A population that is large enough for the visits may be so for either accuracy.)
        assert calls[0] <= calls[1] < calls[2]


@pytest.mark.parametrize("chance", [F(1, 10), F(1, 1000)])
@pytest.mark.parametrize("visits", [1, 50, 2000])
def test_agents_make_enough_visits(visits: int, chance: F) -> None:
    log = F(3)
    agents = _agents(visits, chance, log)
    # Chernoff's bound for the lower tail of a binomial law with mean m: exp(-d^2 / (2 m)).
    mean, fewer = float(agents * chance), float((agents - 2) * chance)
    assert mean - math.sqrt(2 * mean * 3) >= visits * (1 - 1e-12)
    assert fewer - math.sqrt(2 * fewer * 3) < visits
    short = 1 - tail(visits, agents, float(chance))
    assert short <= np.exp(-float(log)) * (1 + 1e-9)
    assert 1 - tail(visits, int(agents * 0.3), float(chance)) > np.exp(-float(log))


def test_intervals_against_their_definition() -> None:
    for failures, runs in ((0, 10), (3, 50), (20, 400), (400, 400)):
        low, high = clopper_pearson(failures, runs, 0.95)
        assert low <= failures / runs <= high
        if failures:
            assert tail(failures, runs, low) == pytest.approx(0.025, abs=1e-9)
        if failures < runs:
            assert 1 - tail(failures + 1, runs, high) == pytest.approx(0.025, abs=1e-9)
