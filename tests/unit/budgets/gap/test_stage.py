"""Stages: every bound against values computed afresh at laws inside the ball."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest

from mfgcheck.budgets.gap.ball import ball_around
from mfgcheck.budgets.gap.stage import SCALE, Model, Stage
from mfgcheck.equilibrium.exact.stage import ExactModel
from tests.unit.budgets.gap.games import (
    SLACK,
    Exactly,
    assorted,
    balls,
    far,
    law,
    mixed,
    parts_of,
    plain_game,
    stage_at,
    weights,
    within,
)

TIGHT = F(1, 10**10)


def scatter(row: list[F]) -> F:
    """sum of sqrt(p (1 - p)), to 30 digits."""
    with mpmath.workdps(30):
        total = sum(
            (
                mpmath.sqrt(mpmath.mpf((p * (1 - p)).numerator) / (p * (1 - p)).denominator)
                for p in row
            ),
            mpmath.mpf(0),
        )
        return F(str(total))


def holds(stage: Stage, true: Exactly, slack: F) -> None:
    """Assert that what is true at one law is within the bounds."""
    states, actions, _ = stage.tables.shape
    kernel = true.numbers.kernel
    for (s, b), gap, reach in zip(stage.pairs.tolist(), stage.gaps, stage.reach, strict=True):
        assert gap <= true.gap(s, b) + slack
        for bound, x in zip(reach, true.reach(s, b), strict=True):
            assert abs(x) <= F(int(bound), SCALE) + slack
    assert max(true.values) - min(true.values) <= stage.span + slack
    for s, a in itertools.product(range(states), range(actions)):
        assert true.variance(s, a) <= F(int(stage.variance[s, a]), SCALE) + slack
        for y, p in enumerate(kernel[s][a]):
            assert p <= F(int(stage.rows[s, a, y]), SCALE) + slack
        assert scatter(kernel[s][a]) <= F(int(stage.scatter[s, a]), SCALE) + SLACK
    two = list(itertools.combinations(range(states), 2))
    for line, (x, y) in zip(stage.values, two, strict=True):
        for t in range(states):
            assert abs(true.m[x][t] - true.m[y][t]) <= F(int(line[t]), SCALE) + slack
    chain = mixed(true.mu, kernel)
    assert max(far(p, q) / 2 for p in chain for q in chain) <= stage.dobrushin + slack


def test_all_bounds_hold_all_over_the_ball() -> None:
    rng, made, none = random.Random(1), 0, 0
    for game, centre, radius, _ in balls(1, 18):
        states, actions = game.states.size, game.actions.size
        strategy = tuple(rng.randrange(actions) for _ in range(states))
        stage = stage_at(game, centre, radius, strategy)
        if stage is None:
            none += 1
            continue
        made += 1
        for z in [centre, within(rng, centre, radius), within(rng, centre, radius)]:
            true = Exactly.of(game, z, strategy)
            holds(stage, true, true.numbers.slack)
    assert made > 30
    assert none < made / 5


def test_at_one_law_the_bounds_are_tight() -> None:
    rng, checked = random.Random(2), 0
    for game, centre, _, _ in balls(2, 15):
        states, actions = game.states.size, game.actions.size
        strategy = tuple(rng.randrange(actions) for _ in range(states))
        stage = stage_at(game, centre, F(0), strategy)
        if stage is None:
            continue
        true = Exactly.of(game, centre, strategy)
        checked += 1
        for (s, b), gap, reach in zip(stage.pairs.tolist(), stage.gaps, stage.reach, strict=True):
            assert true.gap(s, b) - gap < TIGHT
            for bound, x in zip(reach, true.reach(s, b), strict=True):
                assert F(int(bound), SCALE) - abs(x) < TIGHT
        assert stage.span - (max(true.values) - min(true.values)) < TIGHT
        for s, a in itertools.product(range(states), range(actions)):
            row = true.numbers.kernel[s][a]
            assert F(int(stage.variance[s, a]), SCALE) - true.variance(s, a) < TIGHT
            assert F(int(stage.scatter[s, a]), SCALE) - scatter(row) < TIGHT
            for y, p in enumerate(row):
                assert F(int(stage.rows[s, a, y]), SCALE) - p < TIGHT
        two = list(itertools.combinations(range(states), 2))
        for line, (x, y) in zip(stage.values, two, strict=True):
            for t in range(states):
                assert F(int(line[t]), SCALE) - abs(true.m[x][t] - true.m[y][t]) < TIGHT
    assert checked > 20


def test_gaps_are_positive_where_the_strategy_is_the_one_greedy_one() -> None:
    rng, greedy, others = random.Random(3), 0, 0
    for game in assorted(12):
        tables, parts = parts_of(game)
        centre = law(rng, game.states.size)
        around = ball_around(parts, centre, F(0))
        exact = ExactModel(tables).at(centre)
        states, actions = game.states.size, game.actions.size
        if around is None or exact is None or actions**states > 30 or not tables.kappa:
            continue
        optimal = exact.best_response().optimal
        model = Model(tables)
        for strategy in itertools.product(range(actions), repeat=states):
            stage = model.stage(around, around, strategy)
            assert stage is not None
            alike = {tuple(p) for p in stage.pairs[stage.alike].tolist()}
            best = all(
                strategy[s] in optimal[s]
                and all(b == strategy[s] or (s, b) in alike for b in optimal[s])
                for s in range(states)
            )
            gaps = [g for g, twin in zip(stage.gaps, stage.alike, strict=True) if not twin]
            assert all(g > 0 for g in gaps) == best
            greedy, others = greedy + best, others + (not best)
    assert greedy > 12
    assert others > 60


def test_pairs_are_all_other_actions_and_twins_are_marked() -> None:
    rng, twins = random.Random(4), 0
    for game in assorted(10):
        states, actions = game.states.size, game.actions.size
        centre, strategy = law(rng, states), (rng.randrange(actions),) * states
        stage = stage_at(game, centre, F(0), strategy)
        if stage is None:
            continue
        if not stage.tables.kappa:
            assert len(stage.pairs) == len(stage.gaps) == len(stage.reach) == 0
            continue
        expected = [(s, b) for s in range(states) for b in range(actions) if b != strategy[s]]
        assert [tuple(p) for p in stage.pairs.tolist()] == expected
        true = Exactly.of(game, centre, strategy)
        for (s, b), alike, gap in zip(stage.pairs.tolist(), stage.alike, stage.gaps, strict=True):
            if alike:
                twins += 1
                assert true.numbers.kernel[s][b] == true.numbers.kernel[s][strategy[s]]
                assert true.numbers.reward[s][b] == true.numbers.reward[s][strategy[s]]
                assert abs(gap) < TIGHT
    assert twins > 2
    game = plain_game(rng, states=2, actions=3, twins=True)
    stage = stage_at(game, (F(1, 2), F(1, 2)), F(1, 100), (0, 1))
    assert stage is not None
    assert stage.pairs[stage.alike].tolist() == [[0, 2]]


def test_the_trembling_strategy() -> None:
    rng = random.Random(5)
    for game in assorted(6):
        strategy = tuple(rng.randrange(game.actions.size) for _ in range(game.states.size))
        stage = stage_at(game, law(rng, game.states.size), F(0), strategy)
        if stage is None:
            continue
        played, unit = stage.played
        found = [[F(int(w), unit) for w in line] for line in played]
        assert found == weights(game, strategy)


def test_apart_minorant_and_entering() -> None:
    rng, checked = random.Random(6), 0
    for game, centre, radius, around in balls(5, 12):
        tables, _ = parts_of(game)
        model = Model(tables)
        states, actions = game.states.size, game.actions.size
        strategy = tuple(rng.randrange(actions) for _ in range(states))
        stage = stage_at(game, centre, radius, strategy)
        if stage is None:
            continue
        apart, least = model.apart(around, strategy), model.minorant(around)
        assert model.pairs(strategy).tolist() == stage.pairs.tolist()
        some = sorted(rng.sample(range(states), rng.randint(0, states)))
        for z in (centre, within(rng, centre, radius)):
            true = Exactly.of(game, z, strategy)
            slack = true.numbers.slack
            rows = [row for line in true.numbers.kernel for row in line]
            for (s, b), bound in zip(stage.pairs.tolist(), apart, strict=True):
                gone = sum(abs(x) for x in true.moved(s, b))
                assert gone <= F(int(bound), SCALE) + slack
                assert radius or F(int(bound), SCALE) - gone < TIGHT
            for x in range(states):
                lowest = min(row[x] for row in rows)
                assert 0 <= F(int(least[x]), SCALE) <= lowest + slack
                assert radius or lowest - F(int(least[x]), SCALE) < TIGHT
            entering = stage.entering(some)
            for s, a in itertools.product(range(states), range(actions)):
                chance = sum((true.numbers.kernel[s][a][x] for x in some), F(0))
                assert chance <= F(int(entering[s, a]), SCALE) + slack
            checked += 1
    assert checked > 30


@pytest.mark.parametrize("discount", [F(1, 100), F(1, 2), F(99, 100), F(9999, 10000)])
def test_discounts_from_short_to_long_sight(discount: F) -> None:
    rng = random.Random(7)
    game = plain_game(rng, states=3, actions=2, discount=discount)
    centre = law(rng, 3)
    stage = stage_at(game, centre, F(1, 10**6), (0, 1, 0))
    assert stage is not None
    for _ in range(5):
        holds(stage, Exactly.of(game, within(rng, centre, F(1, 10**6)), (0, 1, 0)), F(0))


def test_the_ball_matters_little_where_it_is_small() -> None:
    # Large parts cancel before ranges are taken: the gap's error is of the order of the radius.
    rng = random.Random(8)
    game = plain_game(rng, states=3, actions=2, aggregates=2)
    centre = law(rng, 3)
    true = Exactly.of(game, centre, (0, 1, 0))
    losses = []
    for exponent in (2, 4, 6):
        stage = stage_at(game, centre, F(1, 10**exponent), (0, 1, 0))
        assert stage is not None
        losses.append(
            max(
                true.gap(s, b) - g
                for (s, b), g in zip(stage.pairs.tolist(), stage.gaps, strict=True)
            )
        )
    assert losses[1] < losses[0] / 50
    assert losses[2] < losses[1] / 50
    assert losses[0] < F(1, 2)


def test_integers_are_integers() -> None:
    for game, centre, radius, _ in balls(9, 4):
        stage = stage_at(game, centre, radius, (0,) * game.states.size)
        if stage is None:
            continue
        for array in (stage.variance, stage.reach, stage.values, stage.rows, stage.scatter):
            assert all(isinstance(x, int) and x >= 0 for x in np.ravel(array).tolist())
