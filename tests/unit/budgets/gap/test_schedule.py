"""Schedules: what is proposed in floats is accepted exactly, and is cheap."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from mfgcheck.budgets.gap.identify import Logs, identifies, noise
from mfgcheck.budgets.gap.schedule import Guess, fewest, to_floats
from mfgcheck.budgets.gap.stage import SCALE, Flags, Stage
from tests.unit.budgets.gap.games import Exactly, law, plain_game, stage_at

LOGS = Logs(F(9, 2), F(15, 2), F(1))


def stages(seed: int, count: int) -> list[tuple[Stage, Flags]]:
    """Stages of greedy strategies on small balls, with pairs to tolerate: twins, and often more."""
    rng = random.Random(seed)
    found: list[tuple[Stage, Flags]] = []
    while len(found) < count:
        game = plain_game(
            rng,
            states=rng.choice((1, 2, 3)),
            actions=rng.choice((1, 2, 3)),
            tremble=rng.choice((F(0), F(1, 10), F(1, 5))),
            discount=rng.choice((F(1, 2), F(3, 4), F(9, 10))),
            twins=rng.random() < 0.2,
        )
        n, k = game.states.size, game.actions.size
        centre = law(rng, n)
        for strategy in itertools.product(range(k), repeat=n):
            true = Exactly.of(game, centre, strategy)
            if all(true.gap(s, b) >= 0 for s in range(n) for b in range(k)):
                break
        stage = stage_at(game, centre, rng.choice((F(0), F(1, 1000))), strategy)
        if stage is None:
            continue
        some = np.array([rng.random() < 0.15 for _ in stage.pairs], dtype=bool)
        found.append((stage, stage.alike | some))
    return found


def needed(stage: Stage, tolerated: Flags) -> list[F]:
    return [g for g, free in zip(stage.gaps, tolerated, strict=True) if not free]


def test_what_is_accepted_identifies_exactly() -> None:
    accepted = 0
    for stage, tolerated in stages(1, 60):
        schedule = fewest(stage, LOGS, tolerated)
        gaps = needed(stage, tolerated)
        if gaps and min(gaps) <= 0:
            assert schedule is None
            continue
        if schedule is None:
            continue  # what is tolerated may cost too much elsewhere
        if not len(stage.pairs):  # nothing rests on the model
            assert schedule.total == stage.variance.size
            continue
        accepted += bool(gaps)
        assert min(schedule.samples.ravel().tolist()) >= 1
        assert schedule.total == sum(schedule.samples.ravel().tolist())
        found = noise(stage, schedule.samples, LOGS)
        assert found is not None
        assert identifies(stage, found, tolerated)
        assert found.pairs == schedule.noise.pairs
        assert np.all(found.rows == schedule.noise.rows)
        even = np.full(stage.variance.shape, schedule.uniform, dtype=object)
        again = noise(stage, even, LOGS)
        assert again is not None
        assert identifies(stage, again, tolerated)
    assert accepted > 30


def test_it_never_costs_more_than_even_numbers_and_often_less() -> None:
    ratios = []
    for stage, tolerated in stages(2, 60):
        schedule = fewest(stage, LOGS, tolerated)
        if schedule is None or not needed(stage, tolerated):
            continue
        even = schedule.uniform * stage.variance.size
        assert schedule.total <= even
        ratios.append(schedule.total / even)
    assert min(ratios) < 0.7
    assert len(ratios) > 30


def test_nearly_the_fewest_of_its_shape() -> None:
    checked = 0
    for stage, tolerated in stages(3, 30):
        schedule = fewest(stage, LOGS, tolerated)
        if schedule is None or not needed(stage, tolerated) or schedule.total < 600:
            continue
        fewer = np.maximum(schedule.samples * 9 // 10, 1)
        found = noise(stage, fewer, LOGS)
        assert found is None or not identifies(stage, found, tolerated)
        checked += 1
    assert checked > 3


def test_floats_agree_with_exact_arithmetic_but_for_a_band() -> None:
    rng, yes, no = random.Random(4), 0, 0
    for stage, tolerated in stages(5, 60):
        if not len(stage.pairs):
            assert Guess(stage, LOGS, tolerated).holds(np.ones(stage.variance.shape))
            continue
        guess = Guess(stage, LOGS, tolerated)
        size = 10 ** rng.randint(1, 5)
        n = np.array(
            [rng.randint(size, 5 * size) for _ in range(stage.variance.size)], dtype=object
        )
        n = n.reshape(stage.variance.shape)
        found = noise(stage, n, LOGS)
        exact = found is not None and identifies(stage, found, tolerated)
        if found is not None and needed(stage, tolerated):
            # Close to equality floats may err; so the condition is moved by a little both ways.
            more, fewer = (np.asarray(n * f, dtype=float) for f in (1 + 1e-6, 1 - 1e-6))
            if guess.holds(fewer):
                assert exact
            if exact:
                assert guess.holds(more)
            yes, no = yes + exact, no + (not exact)
    assert yes > 10
    assert no > 3


def test_a_scale_is_within_a_percent() -> None:
    for stage, tolerated in stages(6, 25):
        gaps = needed(stage, tolerated)
        if not gaps:
            continue
        guess = Guess(stage, LOGS, tolerated)
        shape = np.ones(stage.variance.shape)
        factor = guess.scale(shape)
        if min(gaps) <= 0:
            assert not np.isfinite(factor)
        elif np.isfinite(factor):
            assert guess.holds(np.maximum(shape * factor, 1.0))
            assert not guess.holds(np.maximum(shape * factor / 1.02, 1.0))


def test_needs_of_single_pairs_to_first_order() -> None:
    compared = 0
    for stage, _ in stages(7, 20):
        if not len(stage.pairs):
            continue
        found = Guess(stage, LOGS, stage.alike).needs()
        variance, reach = to_floats(stage.variance, SCALE), to_floats(stage.reach, SCALE)
        played, unit = stage.played
        mu, gamma = to_floats(played, unit), float(stage.tables.game.discount)
        for i, (s, b) in enumerate(stage.pairs.tolist()):
            if stage.gaps[i] <= 0:
                assert np.isinf(found[i])
                continue
            x = gamma**2 * reach[i][:, None] * mu
            for a in (stage.strategy[s], b):
                x[s, a] += gamma
            expected = 2 * float(LOGS.first) * (x**2 * variance).sum() / float(stage.gaps[i]) ** 2
            assert found[i] == pytest.approx(expected, rel=1e-9)
            compared += 1
    assert compared > 30


def test_nothing_to_tell_apart_needs_one_sample() -> None:
    rng = random.Random(8)
    for shape in ({"actions": 1}, {"actions": 2, "tremble": F(1, 2)}):
        game = plain_game(rng, states=3, **shape)
        stage = stage_at(game, law(rng, 3), F(1, 10), (0, 0, 0))
        assert stage is not None
        schedule = fewest(stage, LOGS, stage.alike)
        assert schedule is not None
        assert schedule.samples.tolist() == np.ones(stage.variance.shape).tolist()


def test_twins_have_samples_enough() -> None:
    """An action's twin flatters itself by chance: with few samples it draws the learner away."""
    game = plain_game(random.Random(9), states=2, actions=3, twins=True, tremble=F(0))
    for strategy in itertools.product(range(3), repeat=2):
        true = Exactly.of(game, (F(1, 2), F(1, 2)), strategy)
        if all(true.gap(s, b) >= 0 for s in range(2) for b in range(3)):
            break
    stage = stage_at(game, (F(1, 2), F(1, 2)), F(0), strategy)
    assert stage is not None
    assert stage.alike.any()
    schedule = fewest(stage, LOGS, stage.alike)
    assert schedule is not None
    for s, b in stage.pairs[stage.alike].tolist():
        poor = schedule.samples.copy()
        poor[s, b] = 1
        found = noise(stage, poor, LOGS)
        assert found is None or not identifies(stage, found, stage.alike)


def test_gaps_that_are_as_good_as_none() -> None:
    ((stage, _),) = [
        pair for pair in stages(10, 10) if len(pair[0].pairs) and not pair[0].alike.all()
    ][:1]
    tiny = replace(stage, gaps=tuple(F(1, 10**30) for _ in stage.gaps))
    none = np.zeros(len(stage.pairs), dtype=bool)
    assert fewest(tiny, LOGS, none) is None
    tied = replace(stage, gaps=tuple(F(0) for _ in stage.gaps))
    assert fewest(tied, LOGS, none) is None
    assert fewest(tied, LOGS, ~none) is not None
