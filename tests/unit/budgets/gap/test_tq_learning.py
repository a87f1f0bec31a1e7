"""Synchronous TQ-learning: the pathwise inequality exactly, the bound by Monte Carlo."""

from __future__ import annotations

import math
import random
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest

from mfgcheck.budgets.gap.tq_learning import error_after, learn_within
from tests.unit.budgets.gap.games import dot, law

Values = list[F]


def smoothed(q: list[Values], kappa: F, spread: F) -> Values:
    """G(Q)."""
    return [kappa * max(row) + spread * sum(row) for row in q]


@pytest.mark.parametrize("kind", ["random", "adversarial"])
def test_the_pathwise_inequality_for_any_samples(kind: str) -> None:
    """Rewards are made so that a given Q is the fixed point exactly: then no solver is needed."""
    rng, near = random.Random(kind), 0
    for _ in range(60):
        states, actions = rng.choice((1, 2, 3)), rng.choice((1, 2, 3))
        eps = F(rng.choice((0, 1, 2)), 8) if actions > 1 else F(0)
        spread = eps / (actions - 1) if actions > 1 else F(0)
        kappa = 1 - eps - spread
        gamma, alpha = F(rng.choice((1, 2, 3)), 4), F(rng.choice((1, 2, 4)), 4)
        pairs = [(s, a) for s in range(states) for a in range(actions)]
        best = [[F(rng.randint(-6, 6), 2) for _ in range(actions)] for _ in range(states)]
        kernel = {p: law(rng, states) for p in pairs}
        v = smoothed(best, kappa, spread)
        reward = {(s, a): best[s][a] - gamma * dot(kernel[s, a], v) for s, a in pairs}
        q = [[x + F(rng.randint(-4, 4), 2) for x in row] for row in best]
        w = dict.fromkeys(pairs, F(0))
        start = max(abs(q[s][a] - best[s][a]) for s, a in pairs)
        noises = []
        for _ in range(5):
            g = smoothed(q, kappa, spread)
            drawn = {}
            for p in pairs:
                chosen = rng.randrange(states)
                if kind == "adversarial":  # always what takes Q farther off, to one side
                    chosen = max(range(states), key=g.__getitem__)
                drawn[p] = chosen
            noises.append(max(abs(x) for x in w.values()))
            q = [
                [
                    (1 - alpha) * q[s][a] + alpha * (reward[s, a] + gamma * g[drawn[s, a]])
                    for a in range(actions)
                ]
                for s in range(states)
            ]
            for p in pairs:
                xi = v[drawn[p]] - dot(kernel[p], v)
                w[p] = (1 - alpha) * w[p] + alpha * gamma * xi
            steps = len(noises)
            rate = 1 - alpha * (1 - gamma)
            shares = [alpha * rate ** (steps - 1 - t) for t in range(steps)]
            z = max(abs(x) for x in w.values()) + gamma * dot(shares, noises)
            error = max(abs(q[s][a] - best[s][a]) for s, a in pairs)
            assert error <= rate**steps * start + z
            assert gamma * sum(shares) <= gamma / (1 - gamma)
            near += error * 2 > rate**steps * start + z
    assert near > 50


def formula(t: int, alpha: F, gamma: F, start: F, variance: F, span: F, log: F) -> mpmath.mpf:
    """The bound with 60 digits, written out afresh."""
    with mpmath.workdps(60):
        a, g, s, w, sp, ell = (
            mpmath.mpf(x.numerator) / x.denominator
            for x in (alpha, gamma, start, variance, span, log)
        )
        noise = mpmath.sqrt(2 * g**2 * a * w / (2 - a) * ell) + g * a * sp / 3 * ell
        return (1 - a * (1 - g)) ** t * s + noise / (1 - g)


CASES = [
    (F(1, 2), F(2), F(1), F(2), F(8)),
    (F(9, 10), F(5), F(1, 3), F(4), F(12)),
    (F(1, 100), F(1), F(1, 10), F(1), F(3)),
    (F(9999, 10000), F(5000), F(1), F(3), F(10)),
    (F(1, 2), F(1), F(0), F(0), F(5)),
]


@pytest.mark.parametrize("case", CASES)
def test_the_error_is_that_of_the_formula(case: tuple[F, F, F, F, F]) -> None:
    gamma, start, variance, span, log = case
    for t, alpha in ((0, F(1)), (1, F(1, 2)), (1000, F(1, 100)), (10**7, F(1, 10**6))):
        found = error_after(t, alpha, gamma, start, variance, span, log)
        exact = formula(t, alpha, gamma, start, variance, span, log)
        with mpmath.workdps(60):
            value = mpmath.mpf(found.numerator) / found.denominator
            assert (
                exact * (1 - mpmath.mpf(10) ** -50) <= value <= exact * (1 + mpmath.mpf(10) ** -30)
            )


def test_more_updates_smaller_errors_and_harder_cases_larger_ones() -> None:
    base = (F(3, 4), F(2), F(1), F(2), F(8))
    alpha = F(1, 500)
    errors = [error_after(t, alpha, *base) for t in (0, 10, 100, 1000, 10_000)]
    assert errors == sorted(errors, reverse=True)
    for i in range(5):
        harder = list(base)
        harder[i] = (1 + base[0]) / 2 if i == 0 else base[i] * 2
        assert error_after(300, alpha, *harder) > error_after(300, alpha, *base)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("error", [F(1, 2), F(1, 50)])
def test_learning_reaches_its_error(case: tuple[F, F, F, F, F], error: F) -> None:
    found = learn_within(error, *case)
    assert 0 < found.step <= 1
    assert found.error <= error
    assert found.error == error_after(found.updates, found.step, *case)
    # The updates are (nearly) those that are needed with this step, and half would not do.
    assert error_after(found.updates // 2, found.step, *case) > error or found.updates <= 1


def test_harder_cases_need_more_updates() -> None:
    base = (F(3, 4), F(2), F(1), F(2), F(8))
    few = learn_within(F(1, 10), *base).updates
    assert learn_within(F(1, 20), *base).updates > few
    for i in range(5):
        harder = list(base)
        harder[i] = (1 + base[0]) / 2 if i == 0 else base[i] * 2
        assert learn_within(F(1, 10), *harder).updates > few


def test_edges() -> None:
    near = learn_within(F(2), F(1, 2), F(2), F(1), F(2), F(8))
    assert (near.updates, near.error) == (0, F(2))
    # Nothing is random: steps of (nearly) 1, and the start shrinks by gamma each time.
    sure = learn_within(F(1, 100), F(1, 2), F(1), F(0), F(0), F(8))
    assert 7 <= sure.updates <= 20
    assert sure.step > F(99, 100)
    # Close to discount 1 numbers get large and stay right.
    long = learn_within(F(1, 10), F(999, 1000), F(1000), F(1), F(2), F(10))
    assert long.updates > 10**7
    assert long.error <= F(1, 10)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_by_monte_carlo(seed: int) -> None:
    """400 runs with failure 1/5: Hoeffding gives a false alarm of e^-20 at 1/5 + 0.16."""
    runs, allowed = 400, 0.2
    alarm = runs * (allowed + 0.16)
    assert math.exp(-2 * runs * 0.16**2) < 2e-9
    chance = np.random.default_rng(seed)
    states, actions, gamma, eps = 3, 2, 0.6, 0.2
    kernel = chance.dirichlet(np.ones(states), size=(states, actions))
    reward = chance.random((states, actions))
    kappa, spread = 1 - 2 * eps, eps
    best = np.zeros((states, actions))
    for _ in range(200):
        best = reward + gamma * kernel @ (kappa * best.max(axis=1) + spread * best.sum(axis=1))
    v = kappa * best.max(axis=1) + spread * best.sum(axis=1)
    variance = float((kernel @ v**2 - (kernel @ v) ** 2).max())
    span = float(v.max() - v.min())
    middle = float(reward.max() + reward.min()) / 2 / (1 - gamma)
    start = float(reward.max() - reward.min()) / 2 / (1 - gamma)
    assert np.abs(best - middle).max() <= start
    log = F(math.log(2 * states * actions / allowed) + 1e-9)
    exact = (F(3, 5), F(start), F(variance) + F(1, 10**9), F(span), log)
    found = learn_within(F(1, 10), *exact)
    assert 100 < found.updates < 20_000
    cumulative = kernel.cumsum(axis=2)[..., :-1]
    q = np.full((runs, states, actions), middle)
    zero = np.zeros((runs, states, actions))
    alpha, rows = float(found.step), np.arange(runs)[:, None, None]
    for _ in range(found.updates):
        draw = chance.random((runs, states, actions, 1))
        following = (draw > cumulative).sum(axis=3)
        for table in (q, zero):
            worth = kappa * table.max(axis=2) + spread * table.sum(axis=2)
            table += alpha * (reward + gamma * worth[rows, following] - table)
    errors = np.abs(q - best).max(axis=(1, 2))
    assert (errors > float(found.error)).sum() < alarm
    assert np.quantile(errors, 0.8) > float(found.error) / 12  # not much too many updates
    # From any other constant the greedy strategy is the same: Q differs by a number all the time.
    shift = q - zero
    assert np.ptp(shift, axis=(1, 2)).max() < 1e-9
