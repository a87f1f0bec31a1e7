"""Identification: the identity and its bounds exactly, for any empirical kernel; and by chance."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from mfgcheck.budgets.gap.identify import Logs, Noise, events, identifies, noise, regret
from mfgcheck.budgets.gap.plan import logarithm
from mfgcheck.budgets.gap.schedule import fewest
from mfgcheck.budgets.gap.stage import SCALE, Flags, Stage
from tests.unit.budgets.gap.games import (
    Exactly,
    Grid,
    Numbers,
    apply,
    dot,
    far,
    law,
    mixed,
    plain_game,
    stage_at,
)

LOGS = Logs(F(3), F(5), F(1))


def model(rng: random.Random, states: int, actions: int, tremble: F | None = None) -> Exactly:
    """A random model at one mean field, with a random strategy."""
    kernel = [[list(law(rng, states)) for _ in range(actions)] for _ in range(states)]
    reward = [[F(rng.randint(-6, 6), 4) for _ in range(actions)] for _ in range(states)]
    strategy = tuple(rng.randrange(actions) for _ in range(states))
    limit = F(actions - 1, actions)
    eps = limit * rng.choice((F(0), F(1, 10), F(1, 2))) if tremble is None else tremble
    other = eps / (actions - 1) if actions > 1 else F(0)
    mu = [[1 - eps if a == b else other for b in range(actions)] for a in strategy]
    gamma = rng.choice((F(1, 3), F(3, 4), F(9, 10)))
    return Exactly.made(gamma, mu, strategy, Numbers(reward, kernel, exact=True))


def empirical(rng: random.Random, true: Exactly, how: str) -> Exactly:
    """The same strategy in a model with any other kernel, near or far."""
    n = len(true.values)
    share = {"far": F(1), "near": F(1, 30), "some": F(1, 4)}[how]
    kernel = [
        [
            [(1 - share) * p + share * q for p, q in zip(row, law(rng, n), strict=True)]
            for row in rows
        ]
        for rows in true.numbers.kernel
    ]
    return Exactly.made(
        true.gamma, true.mu, true.strategy, Numbers(true.numbers.reward, kernel, exact=True)
    )


def changed(true: Exactly, seen: Exactly, v: Sequence[F]) -> Grid:
    """((Ph - P) v)(p) for every pair."""
    return [
        [dot(new, v) - dot(old, v) for new, old in zip(news, olds, strict=True)]
        for news, olds in zip(seen.numbers.kernel, true.numbers.kernel, strict=True)
    ]


def average(true: Exactly, x: Grid) -> list[F]:
    """mu x."""
    return [dot(w, line) for w, line in zip(true.mu, x, strict=True)]


def orders(true: Exactly, seen: Exactly, s: int, b: int) -> tuple[F, F, list[F]]:
    """N(s, b), R(s, b) and h, from their definitions."""
    gamma, star = true.gamma, true.strategy[s]
    h = [new - old for new, old in zip(average(seen, seen.q), true.values, strict=True)]
    u, w = changed(true, seen, true.values), changed(true, seen, h)
    d = true.reach(s, b)
    first = gamma * (u[s][star] - u[s][b]) + gamma**2 * dot(d, average(true, u))
    second = gamma * (w[s][star] - w[s][b]) + gamma**2 * dot(d, average(true, w))
    return first, second, h


def others(true: Exactly) -> list[tuple[int, int]]:
    return [
        (s, b)
        for s in range(len(true.values))
        for b in range(len(true.mu[0]))
        if b != true.strategy[s]
    ]


@pytest.mark.parametrize("how", ["far", "near", "some"])
def test_the_identity_for_any_empirical_kernel(how: str) -> None:
    rng = random.Random(how)
    for _ in range(40):
        true = model(rng, rng.choice((2, 3)), rng.choice((2, 3)))
        seen = empirical(rng, true, how)
        for s, b in others(true):
            first, second, _ = orders(true, seen, s, b)
            assert seen.gap(s, b) == true.gap(s, b) + first + second


@pytest.mark.parametrize("how", ["far", "near", "some"])
def test_the_second_order_is_as_small_as_is_claimed(how: str) -> None:
    rng, useful = random.Random(how), 0
    for _ in range(60):
        true = model(rng, rng.choice((2, 3)), rng.choice((2, 3)))
        seen = empirical(rng, true, how)
        gamma, n = true.gamma, len(true.values)
        ell = [
            [far(p, q) / 2 for p, q in zip(*rows, strict=True)]
            for rows in zip(true.numbers.kernel, seen.numbers.kernel, strict=True)
        ]
        old, new = (mixed(x.mu, x.numbers.kernel) for x in (true, seen))
        rows = [far(p, q) / 2 for p, q in zip(old, new, strict=True)]
        tau = max(far(p, q) / 2 for p in old for q in old)
        rest = 1 - 2 * gamma * max(rows) / (1 - gamma * tau)
        ubar = average(true, changed(true, seen, true.values))
        moved = [gamma * x for x in apply(true.m, ubar)]
        for s, b in others(true):
            _, second, h = orders(true, seen, s, b)
            span = max(h) - min(h)
            star, d = true.strategy[s], true.reach(s, b)
            size = ell[s][star] + ell[s][b] + gamma * sum(abs(d[x]) * rows[x] for x in range(n))
            assert abs(second) <= gamma * span * size
            if rest > 0:
                useful += 1
                assert span * rest <= max(moved) - min(moved)
        # The span is at most twice the largest difference from any one state.
        for middle in range(n):
            assert max(moved) - min(moved) <= 2 * max(abs(x - moved[middle]) for x in moved)
    assert useful > 30 or how == "far"


def optimal(true: Exactly) -> list[set[int]]:
    """The optimal actions in each state of the model, by looking at all strategies."""
    n, k = len(true.values), len(true.mu[0])
    likely, other = max(true.mu[0]), min(true.mu[0])
    for strategy in itertools.product(range(k), repeat=n):
        mu = [[likely if a == b else other for b in range(k)] for a in strategy]
        found = Exactly.made(true.gamma, mu, strategy, true.numbers)
        if all(found.gap(s, b) >= 0 for s in range(n) for b in range(k)):
            return [{b for b in range(k) if found.q[s][b] == max(found.q[s])} for s in range(n)]
    raise AssertionError("no strategy is optimal")


def test_positive_differences_verify_the_strategy() -> None:
    # All empirical models of 3 samples of each pair: 4^4 of them for each game.
    rng, verified = random.Random(1), 0
    for _ in range(3):
        true = model(rng, 2, 2, F(1, 5))
        while optimal(true) != [{a} for a in true.strategy]:
            true = model(rng, 2, 2, F(1, 5))
        for ups in itertools.product(range(4), repeat=4):
            kernel = [
                [[1 - F(ups[2 * s + a], 3), F(ups[2 * s + a], 3)] for a in (0, 1)] for s in (0, 1)
            ]
            seen = Exactly.made(
                true.gamma, true.mu, true.strategy, Numbers(true.numbers.reward, kernel, exact=True)
            )
            best = optimal(seen)
            if all(seen.gap(s, b) > 0 for s, b in others(seen)):
                verified += 1
                assert best == [{a} for a in true.strategy]
            else:
                assert best != [{a} for a in true.strategy]
    assert verified > 20


def abstract(true: Exactly, seen: Exactly) -> tuple[Stage, Noise]:
    """A stage whose gaps and rows are those of a model, and noise that is what it was.

    `pairs` of the noise are gap - (empirical gap), so that margins are the empirical gaps.
    """
    game = plain_game(
        random.Random(0),
        states=len(true.values),
        actions=len(true.mu[0]),
        discount=true.gamma,
        tremble=(len(true.mu[0]) - 1) * min(true.mu[0]),
    )
    some = stage_at(game, tuple(F(1, len(true.values)) for _ in true.values), F(0), true.strategy)
    assert some is not None
    assert [tuple(p) for p in some.pairs.tolist()] == others(true)

    def whole(x: F) -> int:
        return math.ceil(x * SCALE)

    kernel = true.numbers.kernel
    stage = replace(
        some,
        gaps=tuple(true.gap(s, b) for s, b in others(true)),
        rows=np.array([[[whole(p) for p in row] for row in rows] for rows in kernel], dtype=object),
    )
    away = [
        [whole(far(p, q) / 2) for p, q in zip(*rows, strict=True)]
        for rows in zip(kernel, seen.numbers.kernel, strict=True)
    ]
    lost = tuple(true.gap(s, b) - seen.gap(s, b) for s, b in others(true))
    return stage, Noise(lost, np.array(away, dtype=object))


def flags(rng: random.Random, true: Exactly, seen: Exactly) -> Flags:
    """Which pairs to tolerate: those that the sample gets wrong, and some more."""
    return np.array([seen.gap(s, b) <= 0 or rng.random() < 0.2 for s, b in others(true)])


@pytest.mark.parametrize("actions", [2, 3])
def test_the_learner_plays_only_allowed_actions(actions: int) -> None:
    rng, changed_mind, refused = random.Random(actions), 0, 0
    for trial in range(500):
        true = model(rng, 2, actions, rng.choice((F(0), F(1, 5))))
        seen = empirical(rng, true, ("far", "near", "some")[trial % 3])
        tolerated = flags(rng, true, seen)
        stage, found = abstract(true, seen)
        best = optimal(seen)
        allowed = [{true.strategy[s]} for s in range(2)]
        for (s, b), free in zip(others(true), tolerated, strict=True):
            if free:
                allowed[s].add(b)
        inside = all(found <= may for found, may in zip(best, allowed, strict=True))
        if identifies(stage, found, tolerated):
            assert inside
            changed_mind += best != [{a} for a in true.strategy]
        else:
            refused += not inside
    assert changed_mind > 20
    assert refused > 3


def test_without_the_regret_the_condition_would_not_do() -> None:
    # Positive margins of the other pairs are not enough: what a tolerated action gains elsewhere
    # turns the learner's mind. So the term cannot be left out.
    rng, wrong = random.Random(7), 0
    for _ in range(3000):
        true = model(rng, 2, 2, F(0))
        seen = empirical(rng, true, "far")
        tolerated = np.array([True, False])
        s, b = others(true)[1]
        if seen.gap(s, b) > 0 and b in optimal(seen)[s]:
            wrong += 1
            stage, found = abstract(true, seen)
            assert not identifies(stage, found, tolerated)
            margins = [seen.gap(*pair) for pair in others(true)]
            assert regret(stage, margins, tolerated, found.rows) >= seen.gap(s, b)
    assert wrong > 3


def test_regret_by_its_definition() -> None:
    rng, positive = random.Random(15), 0
    for _ in range(100):
        true = model(rng, 2, 3, F(1, 5))
        seen = empirical(rng, true, "some")
        tolerated = flags(rng, true, seen)
        stage, found = abstract(true, seen)
        margins = [seen.gap(s, b) for s, b in others(true)]
        free = [i for i, flag in enumerate(tolerated) if flag]
        excess = max([F(0), *(-margins[i] for i in free)])
        states = {others(true)[i][0] for i in free}
        # The empirical chance of those states is at most the true one and the distance of the rows.
        chance = max(
            sum((p[x] for x in states), F(0)) + far(p, q) / 2
            for rows in zip(true.numbers.kernel, seen.numbers.kernel, strict=True)
            for p, q in zip(*rows, strict=True)
        )
        kappa = max(true.mu[0]) - min(true.mu[0])
        expected = true.gamma * kappa * excess * min(F(1), chance) / (1 - true.gamma)
        value = regret(stage, margins, tolerated, found.rows)
        assert expected <= value <= expected + F(1, 10**15)
        positive += expected > 0
    assert positive > 30


# What `noise` computes.


def stages(seed: int, count: int) -> list[tuple[Stage, Exactly]]:
    """Stages on balls of radius 0, with the exact numbers there."""
    rng = random.Random(seed)
    found: list[tuple[Stage, Exactly]] = []
    while len(found) < count:
        shape = {
            "states": rng.choice((2, 3)),
            "actions": rng.choice((2, 3)),
            "tremble": rng.choice((F(0), F(1, 5), F(1, 2))),
            "discount": rng.choice((F(1, 2), F(3, 4))),
            "twins": rng.random() < 0.2,
        }
        game = plain_game(rng, **shape)
        centre = law(rng, game.states.size)
        strategy = tuple(rng.randrange(game.actions.size) for _ in range(game.states.size))
        stage = stage_at(game, centre, F(0), strategy)
        if stage is not None and len(stage.pairs):
            found.append((stage, Exactly.of(game, centre, strategy)))
    return found


def expected_noise(stage: Stage, true: Exactly, n: np.ndarray, logs: Logs) -> list[float] | None:
    """The bounds of the theorem in floats, with the exact numbers of one law."""
    gamma = float(true.gamma)
    mu, counts = np.array(true.mu, dtype=float), np.array(n, dtype=float)
    p = np.array(true.numbers.kernel, dtype=float)
    v, m = np.array(true.values, dtype=float), np.array(true.m, dtype=float)
    span = v.max() - v.min()
    variance = p @ v**2 - (p @ v) ** 2
    spread = np.sqrt(p * (1 - p)).sum(axis=2)
    ell = spread / (2 * np.sqrt(counts)) + np.sqrt(float(logs.second) / (2 * counts))
    h = (mu * spread / (2 * np.sqrt(counts))).sum(axis=1) + np.sqrt(
        (mu**2 / counts).sum(axis=1) * float(logs.second) / 2
    )
    chain = np.einsum("sa,sax->sx", mu, p)
    tau = max(np.abs(x - y).sum() / 2 for x in chain for y in chain)
    rest = 1 - 2 * gamma * h.max() / (1 - gamma * tau)
    if rest <= 0:
        return None

    def bernstein(x: np.ndarray, log: float) -> float:
        """For the sum over pairs p of x(p) u(p)."""
        total = (x**2 * variance / counts).sum()
        half = log * (np.abs(x) / counts).max() * span / 3
        return float(half + np.sqrt(half**2 + 2 * log * total))

    two = [(x, y) for x in range(len(v)) for y in range(x)]
    ways = [gamma * (m[x] - m[y])[:, None] * mu for x, y in two]
    wide = max((bernstein(way, float(logs.second)) for way in ways), default=0.0)
    found = []
    for s, b in stage.pairs.tolist():
        star = true.strategy[s]
        d = np.array(true.reach(s, b), dtype=float)
        # Signs of the two parts may be such that they add up.
        x = gamma**2 * np.abs(d)[:, None] * mu
        x[s, star] += gamma
        x[s, b] += gamma
        size = ell[s, star] + ell[s, b] + gamma * np.abs(d) @ h
        found.append(bernstein(x, float(logs.first)) + gamma * wide / rest * size)
    return found


def test_noise_is_what_the_theorem_says() -> None:
    rng, compared = random.Random(2), 0
    for stage, true in stages(3, 40):
        shape = stage.variance.shape
        size = 10 ** rng.randint(3, 6)
        n = np.array([rng.randint(size, 4 * size) for _ in range(math.prod(shape))], dtype=object)
        n = n.reshape(shape)
        found, expected = noise(stage, n, LOGS), expected_noise(stage, true, n, LOGS)
        if expected is None:
            assert found is None
            continue
        assert found is not None
        for bound, least in zip(found.pairs, expected, strict=True):
            assert least * (1 - 1e-9) <= bound <= least * (1 + 1e-9)
            compared += 1
    assert compared > 100


def test_noise_falls_as_samples_are_added() -> None:
    rng = random.Random(4)
    for stage, _ in stages(5, 20):
        shape = stage.variance.shape
        n = np.array([rng.randint(200, 2000) for _ in range(math.prod(shape))], dtype=object)
        more = np.array([k + rng.choice((0, 1, 500)) for k in n], dtype=object).reshape(shape)
        one, other = noise(stage, n.reshape(shape), LOGS), noise(stage, more, LOGS)
        if one is None:
            continue
        assert other is not None
        assert all(x >= y for x, y in zip(one.pairs, other.pairs, strict=True))
        assert np.all(one.rows >= other.rows)


def test_noise_grows_with_confidence() -> None:
    for stage, _ in stages(6, 10):
        n = np.full(stage.variance.shape, 5000, dtype=object)
        before: Noise | None = None
        for scale in range(1, 6):
            found = noise(stage, n, Logs(F(scale), F(scale), F(1)))
            if found is None:
                break
            if before is not None:
                assert all(x < y for x, y in zip(before.pairs, found.pairs, strict=True))
            before = found


def test_few_samples_give_no_bound() -> None:
    for stage, _ in stages(7, 5):
        assert noise(stage, np.ones(stage.variance.shape, dtype=object), LOGS) is None


def test_how_many_events() -> None:
    for stage, _ in stages(8, 5):
        states, actions = stage.variance.shape
        first, second = events(stage)
        assert first == len(stage.pairs) == states * (actions - 1)
        # Both signs of all differences of values, S A distances of rows, S of mixed rows.
        assert second == states * (states - 1) + states * actions + states


def greedy(
    reward: np.ndarray, kernel: np.ndarray, gamma: float, kappa: float, spread: float
) -> np.ndarray:
    """Greedy strategies (runs, S) of models with kernels (runs, S, A, S), by value iteration."""
    q = np.zeros(kernel.shape[:3])
    for _ in range(math.ceil(math.log(1e-10) / math.log(gamma))):
        worth = kappa * q.max(axis=2) + spread * q.sum(axis=2)
        q = reward + gamma * np.einsum("rsax,rx->rsa", kernel, worth)
    return np.asarray(q.argmax(axis=2))


@pytest.mark.parametrize("allowed", [F(1, 2), F(1, 20)])
def test_certified_samples_by_monte_carlo(allowed: F) -> None:
    """Fails by chance with probability below 10^-6 a game: Chernoff for 400 runs."""
    runs, tried = 400, 0
    chance = np.random.default_rng(int(1 / allowed))
    for stage, true in stages(11, 60):
        gaps = [g for g, twin in zip(stage.gaps, stage.alike, strict=True) if not twin]
        if not gaps or min(gaps) < F(1, 50):
            continue
        first, second = events(stage)
        logs = Logs(logarithm(first / (allowed * F(4, 5))), logarithm(second / (allowed / 5)), F(1))
        schedule = fewest(stage, logs, stage.alike)
        assert schedule is not None
        tried += 1
        reward, kernel = true.numbers.floats()
        states, actions = reward.shape
        n = schedule.samples
        seen = np.empty((runs, states, actions, states))
        for s, a in itertools.product(range(states), range(actions)):
            drawn = chance.multinomial(int(n[s, a]), kernel[s, a], size=runs)
            seen[:, s, a] = drawn / int(n[s, a])
        kappa, spread = float(stage.tables.kappa), float(stage.tables.spread)
        found = greedy(reward, seen, float(true.gamma), kappa, spread)
        may = np.zeros((states, actions), dtype=bool)
        may[np.arange(states), list(true.strategy)] = True
        for s, b in stage.pairs[stage.alike]:
            may[s, b] = True
        failures = int((~may[np.arange(states), found].all(axis=1)).sum())
        # P(Bin(400, p) >= 400 p + t) <= exp(-t^2 / (2 (400 p + t / 3))).
        mean = runs * float(allowed)
        t = 14 + math.sqrt(196 + 28 * mean)
        assert math.exp(-(t**2) / (2 * (mean + t / 3))) < 1e-6
        assert failures < mean + t
    assert tried > 5


def test_single_events_by_monte_carlo() -> None:
    """Bounds of single events at low confidence: each may fail with probability e^-L at most.

    With L = 1 and 2000 runs, 2000/e + 200 failures have a probability below 10^-8 (Hoeffding).
    """
    runs, often = 2000, 0
    chance = np.random.default_rng(12)
    most = runs * math.exp(-1) + 200
    assert math.exp(-2 * 200**2 / runs) < 1e-8
    for stage, true in stages(13, 8):
        reward, kernel = true.numbers.floats()
        states, actions = reward.shape
        n = np.full((states, actions), 400, dtype=object)
        one = noise(stage, n, Logs(F(1), F(1), F(1)))
        if one is None:
            continue
        seen = chance.multinomial(400, kernel, size=(runs, states, actions)) / 400
        ell = np.abs(seen - kernel).sum(axis=3) / 2
        for s, a in itertools.product(range(states), range(actions)):
            failures = (ell[:, s, a] > float(F(int(one.rows[s, a]), SCALE))).sum()
            assert failures <= most
            often += failures > runs / 100
        # The first order by its definition, against the bound of the first order alone.
        gamma, v = float(true.gamma), np.array(true.values, dtype=float)
        u = (seen - kernel) @ v
        ubar = np.einsum("sa,rsa->rs", np.array(true.mu, dtype=float), u)
        without = replace(stage, values=np.zeros_like(stage.values))
        alone = noise(without, n, Logs(F(1), F(1), F(1)))
        assert alone is not None
        for (s, b), bound in zip(stage.pairs.tolist(), alone.pairs, strict=True):
            d = np.array(true.reach(s, b), dtype=float)
            first = gamma * (u[:, s, true.strategy[s]] - u[:, s, b]) + gamma**2 * ubar @ d
            failures = (-first > float(bound)).sum()
            assert failures <= most
            often += failures > runs / 100
    assert often > 10  # the bounds are not far from what happens
