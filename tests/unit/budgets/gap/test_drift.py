"""How far mean fields stray: every sequence of errors exactly, chance by Monte Carlo."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction as F
from math import comb

import mpmath
import numpy as np
import pytest

from mfgcheck import Game
from mfgcheck.budgets.gap.drift import Walk, drift, fewest_samples, log_signs
from mfgcheck.budgets.gap.path import ReferencePath, masses_of, reference_path
from mfgcheck.gallery import make
from tests.unit.budgets.gap.games import (
    Floats,
    Grid,
    Law,
    far,
    law,
    mixed,
    next_law,
    numbers,
    plain_game,
    size,
    weights,
)

FAILURE = F(1, 5)


def kernel(game: Game, z: Law, strategy: Sequence[int]) -> Grid:
    return mixed(weights(game, strategy), numbers(game, z).kernel)


def dobrushin(rows: Grid) -> F:
    return max(far(p, q) / 2 for p in rows for q in rows)


def straying(rng: random.Random, path: ReferencePath, steps: int, scale: F) -> list[Law]:
    """A sequence of laws near the path: to one side all the time, or to and fro."""
    n = len(path.last)
    side = law(rng, n)
    found = [masses_of(path.law(0))]
    for k in range(1, steps + 1):
        if rng.random() < 0.3:
            side = law(rng, n)
        y, t = masses_of(path.law(k)), scale * F(rng.randint(4, 8), 8)
        # Small denominators, so that numbers stay short.
        near = [F(round((p + t * (q - p)) * 4096), 4096) for p, q in zip(y, side, strict=True)]
        near[max(range(n), key=near.__getitem__)] += 1 - sum(near)
        found.append(tuple(near))
    return found


def first_sums(game: Game, path: ReferencePath, z: Sequence[Law], biases: Sequence[F]) -> list[F]:
    """||sum over j of noise_j Pi(j, k)||_1 for k = 1, 2, .. when the mean fields are z.

    A part of each error, of size at most `biases`, is taken as what is not noise.
    """
    n, total = len(path.last), (F(0),) * len(path.last)
    found = []
    for k in range(len(z) - 1):
        played = path.steps[k].played
        total = next_law(total, kernel(game, masses_of(path.law(k)), played))
        error = [
            p - q for p, q in zip(z[k + 1], next_law(z[k], kernel(game, z[k], played)), strict=True)
        ]
        share = min(F(1), biases[k] / size(error)) if size(error) else F(0)
        total = tuple(total[x] + (1 - share) * error[x] for x in range(n))
        found.append(size(total))
    return found


@pytest.mark.parametrize("biased", [False, True])
def test_no_sequence_of_errors_leaves_the_radii(biased: bool) -> None:
    rng, near, cases = random.Random(1), 0, 0
    steps = 4
    for _ in range(25):
        game = plain_game(
            rng, states=rng.choice((2, 3)), aggregates=rng.choice((1, 2)), tremble=F(1, 4)
        )
        path = reference_path(game, steps, rng.choice(("t-br", "modified")))
        z = straying(rng, path, steps, F(1, rng.choice((5, 50, 500))))
        biases = [F(rng.randint(0, 9), 1000) if biased else F(0) for _ in range(steps)]
        sums = first_sums(game, path, z, biases)
        # The largest N for which the first sums are within what the theorem allows them.
        squares, allowed, signs = F(0), [], log_signs(len(path.last), steps, FAILURE)
        for k in range(steps):
            tau = dobrushin(kernel(game, masses_of(path.law(k)), path.steps[k].played))
            squares = tau**2 * squares + 1
            allowed.append(2 * signs * squares / sums[k] ** 2 if sums[k] else F(10**12))
        samples = int(min(allowed))
        if samples < 1:
            continue
        walk = Walk(path, steps, samples, FAILURE)
        for k in range(steps):
            around = path.ball(k, walk.radius)
            assert around is not None  # nothing jumps in these games
            assert walk.advance(around, biases[k])
            away = far(z[k + 1], masses_of(path.law(k + 1)))
            assert away <= walk.radius
            near += away * 3 >= walk.radius * 2
            cases += 1
    assert cases > 80
    assert near > 10  # not because the radii were much too large


def test_radii_by_the_formula_of_the_theorem() -> None:
    # Without a mean field in the kernel e_k = t_k up to defects: 2^|S| - 2 signs, k0 steps.
    rng = random.Random(2)
    game = plain_game(rng, states=3, aggregates=0)
    path = reference_path(game, 5)
    found = drift(path, 5, 700, FAILURE, F(2))
    assert found is not None
    assert found.samples == 700
    squares = mpmath.mpf(0)
    for k in range(5):
        rows = kernel(game, masses_of(path.law(k)), path.steps[k].played)
        tau = dobrushin(rows)
        squares = (
            mpmath.mpf(tau.numerator) ** 2 / tau.denominator**2 * squares + mpmath.mpf(1) / 700
        )
        t = mpmath.sqrt(2 * squares * mpmath.log(6 * 5 / mpmath.mpf("0.2")))
        assert float(t) <= found.radii[k + 1] + F(1, 10**12)
        assert found.radii[k + 1] <= float(t) + 1e-10


def test_radii_as_the_double_sum_that_is_proved() -> None:
    rng, steps, samples = random.Random(12), 4, 3000
    for _ in range(5):
        game = plain_game(rng, states=3, aggregates=1, tremble=F(1, 4))
        path = reference_path(game, steps)
        biases = [F(rng.randint(0, 9), 1000) for _ in range(steps)]
        walk = Walk(path, steps, samples, FAILURE)
        taus: list[F] = []
        own: list[F] = []
        for k in range(steps):
            around = path.ball(k, walk.radius)
            assert around is not None
            steep = path.steps[k].rows.steepness(around)
            assert steep is not None
            taus.append(dobrushin(kernel(game, masses_of(path.law(k)), path.steps[k].played)))
            own.append(steep * walk.radius + path.steps[k].defect + biases[k])
            assert walk.advance(around, biases[k])
            shrunk = [math.prod(taus[i:], start=F(1)) for i in range(1, k + 2)]
            second = sum((tau * part for tau, part in zip(shrunk, own, strict=True)), F(0))
            squares = sum((tau**2 / samples for tau in shrunk), F(0))
            t = math.sqrt(2 * float(squares) * math.log(6 * steps / float(FAILURE)))
            assert float(walk.radius) == pytest.approx(t + float(second), abs=1e-9)


def affine(game: Game, path: ReferencePath, strategy: Sequence[int]) -> Floats:
    """Array (S, S, S): K(z) = sum over x of z(x) of its x-th part; for games affine in z."""
    n = len(path.last)
    points = [tuple(F(int(x == y)) for y in range(n)) for x in range(n)]
    return np.array([kernel(game, z, strategy) for z in points], dtype=float)


def least_failures(runs: int, chance: F, level: F) -> int:
    """The least c such that c failures or more in so many runs have a probability <= level."""
    tail, c = F(1), 0
    while tail > level:
        tail -= comb(runs, c) * chance**c * (1 - chance) ** (runs - c)
        c += 1
    return c


@pytest.mark.parametrize("samples", [20, 200, 5000])
def test_by_monte_carlo(samples: int) -> None:
    # 400 runs; the chance of a false alarm is below 10^-6 for each game.
    runs, steps = 400, 4
    alarm = least_failures(runs, FAILURE, F(1, 10**6))
    assert alarm < runs / 2
    rng, chance = random.Random(samples), np.random.default_rng(samples)
    ratios = []
    for states in (2, 2, 3):
        game = plain_game(rng, states=states, aggregates=1, tremble=F(1, 4))
        path = reference_path(game, steps)
        walk = Walk(path, steps, samples, FAILURE)
        z = np.zeros((runs, states))
        z[:, 0] = 1
        failed = np.zeros(runs, dtype=bool)
        for k in range(steps):
            around = path.ball(k, walk.radius)
            assert around is not None
            assert walk.advance(around)
            parts = affine(game, path, path.steps[k].played)
            law_after = np.einsum("rs,rx,xst->rt", z, z, parts)
            law_after = np.clip(law_after, 0, None)
            law_after /= law_after.sum(axis=1, keepdims=True)
            z = chance.multinomial(samples, law_after) / samples
            y = np.array([float(p) for p in masses_of(path.law(k + 1))])
            away = np.abs(z - y).sum(axis=1)
            failed |= away > float(walk.radius)
        assert failed.sum() < alarm
        ratios.append(float(walk.radius) / np.quantile(away, 0.8))
    # The last radius is also not much larger than what happens in 4 of 5 runs.
    assert min(ratios) < 6


def test_weighted_draws_are_as_good_as_many_even_ones() -> None:
    # n(p) >= N w(p) draws of each part p, weighted by w(p): squares of weights sum to <= 1/N.
    rng = random.Random(5)
    for _ in range(200):
        w, n = law(rng, 5), rng.randint(1, 50)
        counts = [-(-p.numerator * n // p.denominator) for p in w]
        squares = sum((p / c) ** 2 * c for p, c in zip(w, counts, strict=True) if c)
        assert squares <= F(1, n)


def test_signs() -> None:
    for states, steps, failure in ((2, 1, F(1, 20)), (3, 7, F(1, 3)), (40, 9, F(1, 10**30))):
        exact = mpmath.log(
            (2**states - 2) * steps / mpmath.mpf(failure.numerator) * failure.denominator
        )
        found = log_signs(states, steps, failure)
        assert abs(mpmath.mpf(found.numerator) / found.denominator - exact) < 1e-12
        with mpmath.workdps(60):
            again = mpmath.log(
                mpmath.mpf((2**states - 2) * steps * failure.denominator) / failure.numerator
            )
            assert mpmath.mpf(found.numerator) / found.denominator >= again


def test_norms_are_attained_by_signs_that_are_not_constant() -> None:
    rng = random.Random(6)
    for _ in range(100):
        y, z = law(rng, 4), law(rng, 4)
        v = [p - q for p, q in zip(y, z, strict=True)]
        signs = [[1 if i >> x & 1 else -1 for x in range(4)] for i in range(1, 15)]
        assert len(signs) == 2**4 - 2
        assert max(sum(s * p for s, p in zip(g, v, strict=True)) for g in signs) == size(v)


def test_one_state_has_nowhere_to_go() -> None:
    game = plain_game(random.Random(7), states=1, actions=2)
    found = drift(reference_path(game, 3), 3, 1, FAILURE, F(1, 100))
    assert found is not None
    assert max(found.radii) < F(1, 10**10)


@pytest.mark.parametrize("target", [F(1, 2), F(1, 20), F(1, 1000)])
def test_fewest_samples(target: F) -> None:
    for name in ("coordination", "audit-c", "sis"):
        path = reference_path(make(name), 3)
        found = fewest_samples(path, 3, FAILURE, target)
        assert found is not None
        assert found.radii[-1] <= target
        assert found == drift(path, 3, found.samples, FAILURE, F(1))
        fewer = drift(path, 3, found.samples * 98 // 100 - 2, FAILURE, F(1))
        assert fewer is None or fewer.radii[-1] > target


def test_more_samples_never_give_larger_radii() -> None:
    path = reference_path(make("audit-c"), 4)
    before: tuple[F, ...] | None = None
    for exponent in range(5, 20):
        found = drift(path, 4, 2**exponent, FAILURE, F(2))
        assert found is not None
        assert before is None or all(x <= y for x, y in zip(found.radii, before, strict=True))
        before = found.radii


def test_limits() -> None:
    path = reference_path(make("audit-c"), 4)
    assert drift(path, 4, 10, FAILURE, F(1, 10)) is None
    # T-BR climbs to the jump at 1/2 and comes arbitrarily close.
    jumpy = reference_path(make("audit-d"), 12)
    assert drift(jumpy, 12, 100, FAILURE, F(1)) is None
    assert drift(jumpy, 12, 10**12, FAILURE, F(1)) is not None
    assert fewest_samples(path, 3, FAILURE, F(1, 10**16)) is None  # finer than radii are
