"""Verdicts for all sizes beside `check` at each of many sizes and parameter values.

Games are made at random from the forms that `all_sizes` reads, and others near them. `check` knows
nothing of formulas: it runs the same functions at every state and action.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sympy import Abs, Expr, Max, Min, exp, log
from sympy import Rational as R

from mfgcheck import Game, Status, all_sizes, check, decreasing, mixture, point, uniform
from mfgcheck.verify.all_sizes.found import SizeVerdict

KERNEL = [
    "kernel.monotone_s",
    "kernel.monotone_a",
    "kernel.monotone_z",
    "kernel.supermodular",
    "kernel.increasing_differences",
]
REWARD = [
    "reward.monotone_s",
    "reward.supermodular",
    "reward.increasing_differences",
    "reward.max_monotone_s",
]
SIZES = [(n, k) for n in (2, 3, 4, 6) for k in (2, 3, 5)]
Maker = Callable[..., Game]

WEIGHTS: list[Callable[[Expr], Expr]] = [
    lambda m: exp(-m / 20),
    lambda m: 1 / (1 + m / 20),
    lambda m: 2 / (1 + exp(m / 20)),
    lambda m: Max(0, 1 - m / 20),
    lambda m: 1 - exp(-m / 20),
    lambda m: decreasing("p", 0, 1)(m),
    lambda m: decreasing("p", "1/4", "3/4")(m),
    lambda m: 1 - decreasing("p", 0, 1)(m) ** 2,
    lambda m: R(1, 2),
]


def outcome(r: random.Random) -> Callable[[Any, Any], Any]:
    """A random law of s and a: shifts, caps, noise."""

    def linear() -> Callable[[Any, Any], Any]:
        alpha, beta, c = r.choice([0, 1, 1, 1, 2]), r.choice([0, 1, 1, 2, -1]), r.randint(-2, 2)
        return lambda s, a: alpha * s + beta * a + c

    noise = r.choice(
        [0, 0, uniform([0, 1]), uniform([0, 1, 2, 3]), mixture({0: R(1, 10), 2: R(9, 10)})]
    )
    first, second = linear(), linear()
    kind = r.choice(["one", "one", "min", "max", "abs"])

    def law(s: Any, a: Any) -> Any:
        if kind == "one":
            return point(first(s, a)) - noise
        if kind == "abs":
            return point(Abs(s - a)) + noise
        joined = point(first(s, a)).min(second(s, a))
        return (joined if kind == "min" else point(first(s, a)).max(second(s, a))) - noise

    return law


def kernel_maker(seed: int) -> Maker:
    """A game whose kernel mixes two or three random shifts, weighted in z."""
    r = random.Random(seed)
    laws = [outcome(r) for _ in range(r.choice([1, 2, 2, 3]))]
    weight = r.choice(WEIGHTS)
    share = R(r.randint(1, 9), 10)
    fresh = R(r.choice([0, 1, 3]), 10)
    fixed = r.choice([None, 0, "top"])

    def make(states: int = 6, actions: int = 4) -> Game:
        def transition(s: Any, a: Any, z: Any) -> Any:
            w = share * weight(z.mean())
            targets = [law(s, a).clip(0, states - 1) for law in laws]
            if fixed is not None:
                targets.insert(r_place, point(0 if fixed == 0 else states - 1))
            weights = {1: [1], 2: [w, 1 - w], 3: [w, (1 - w) / 2, (1 - w) / 2]}
            rest = [] if fresh == 0 else [(fresh, uniform(range(states)))]
            count = min(len(targets), 3)
            return [
                ((1 - fresh) * x, y) for x, y in zip(weights[count], targets[:3], strict=True)
            ] + rest

        return Game(states, actions, lambda s, a, z: 0, transition, "1/2", "1/5", "random")

    r_place = r.randint(0, 1)
    return make


TERMS: list[Callable[[Any, Any, Any, Any], Any]] = [
    lambda s, a, m, p: s,
    lambda s, a, m, p: -a,
    lambda s, a, m, p: 1 - exp(-s / 20),
    lambda s, a, m, p: -decreasing("p", 0, 1)(s),
    lambda s, a, m, p: decreasing("p", 0, 1)(s) * a,
    lambda s, a, m, p: s * a,
    lambda s, a, m, p: -s * a / 10,
    lambda s, a, m, p: s * m,
    lambda s, a, m, p: a * m,
    lambda s, a, m, p: -a * exp(-m / 20),
    lambda s, a, m, p: (1 - exp(-s / 20)) * (1 - exp(-m / 20)),
    lambda s, a, m, p: s * decreasing("p", 0, 1)(m),
    lambda s, a, m, p: s**2 - s,
    lambda s, a, m, p: 4 * s - s**2,
    lambda s, a, m, p: log(1 + s) * a,
    lambda s, a, m, p: Min(s, 3) * a,
    lambda s, a, m, p: Min(s, a),
    lambda s, a, m, p: m,
    lambda s, a, m, p: s / (1 + a),
]


def reward_maker(seed: int) -> Maker:
    """A game whose reward is a sum of random terms with parameters."""
    r = random.Random(seed)
    terms = r.sample(TERMS, r.choice([1, 2, 2, 3]))
    sign = r.choice([1, 1, 1, -1])

    def make(c1: R = R(1), c2: R = R(1, 5), states: int = 5, actions: int = 4) -> Game:
        def reward(s: Any, a: Any, z: Any) -> Any:
            m = z.mean()
            factors = [c1, c2, sign * c1]
            return sum(f * t(s, a, m, None) for f, t in zip(factors, terms, strict=False))

        return Game(states, actions, reward, lambda s, a, z: point(s), "1/2", "1/5", "random")

    return make


def compare(verdict: SizeVerdict, status: Status, size: tuple[int, int]) -> None:
    """What is said of all sizes is so at this one."""
    if verdict.holds_at(*size):
        assert status is not Status.REFUTED, (verdict, size)
    if verdict.fails_at(*size):
        assert status is not Status.PROVED, (verdict, size)


@pytest.mark.parametrize("seed", range(6))
def test_kernels(seed: int) -> None:
    maker = kernel_maker(seed)
    found = all_sizes(maker)
    # The comparison inside would hide a wrong verdict.
    assert not any("contradicts" in verdict.how for verdict in found.clauses.values())
    for n, k in SIZES:
        report = check(maker(states=n, actions=k), KERNEL)
        for clause in KERNEL:
            compare(found.clauses[clause], report.clauses[clause].status, (n, k))


@pytest.mark.parametrize("seed", range(6))
def test_rewards(seed: int) -> None:
    maker = reward_maker(seed)
    found = all_sizes(maker)
    # The comparison inside would hide a wrong verdict.
    assert not any("contradicts" in verdict.how for verdict in found.clauses.values())
    for n, k in SIZES[::2]:
        for c1, c2 in ((R(1), R(1, 5)), (R(1, 9), R(4)), (R(7), R(1, 30))):
            report = check(maker(c1=c1, c2=c2, states=n, actions=k), REWARD)
            for clause in REWARD:
                verdict = found.clauses[clause]
                if "only" in verdict.scope and (c1, c2) != (R(1), R(1, 5)):
                    continue
                compare(verdict, report.clauses[clause].status, (n, k))
