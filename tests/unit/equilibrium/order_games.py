"""Random small games with one aggregate, and what dense floating point says of their next laws."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from sympy import Rational as R

from mfgcheck import Game

Floats = npt.NDArray[np.float64]
_PARTS = 24  # all tails are multiples of 1/24


@dataclass(frozen=True)
class Plain:
    """P = (1 - m) P0 + m P1 and r = r0 + m r1, where m = sum of phi(x) z(x) lies in [0, 1].

    Tails (S, A, S - 1) in 24ths, rewards (S, A) in 48ths, phi in 12ths.
    """

    tails: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
    rewards: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
    phi: npt.NDArray[np.int64]
    tremble: R

    def game(self) -> Game:
        """The game as a user would write it."""
        first, second = self.tails
        states, actions = first.shape[:2]
        phi = [R(int(v), 12) for v in self.phi]

        def law(tails: npt.NDArray[np.int64]) -> list[R]:
            ends = [_PARTS, *tails.tolist(), 0]
            return [R(a - b, _PARTS) for a, b in pairwise(ends)]

        def reward(s: Any, a: Any, z: Any) -> Any:
            m = z.mean(lambda x: phi[int(x)])
            return (int(self.rewards[0][s, a]) + m * int(self.rewards[1][s, a])) / R(48)

        def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
            m = z.mean(lambda x: phi[int(x)])
            rows = law(first[int(s), int(a)]), law(second[int(s), int(a)])
            return {x: (1 - m) * p + m * q for x, (p, q) in enumerate(zip(*rows, strict=True))}

        return Game(states, actions, reward, transition, "1/2", self.tremble, name="random")

    def tails_at(self, m: float) -> Floats:
        """Tails (S, A, S - 1) at m."""
        return np.asarray(((1 - m) * self.tails[0] + m * self.tails[1]) / _PARTS)

    def kernel_at(self, m: float) -> Floats:
        """Kernel (S, A, S) at m."""
        tails = self.tails_at(m)
        ones = np.ones((*tails.shape[:2], 1))
        return np.asarray(-np.diff(np.concatenate([ones, tails, 0 * ones], axis=2), axis=2))

    def q_values(self, m: float) -> Floats:
        """Q* at m by value iteration."""
        reward = (self.rewards[0] + m * self.rewards[1]) / 48
        kernel, eps, count = self.kernel_at(m), float(self.tremble), self.tails[0].shape[1]
        other = eps / (count - 1)
        q = np.zeros_like(reward)
        for _ in range(60):
            worth = (1 - eps - other) * q.max(axis=1) + other * q.sum(axis=1)
            q = reward + 0.5 * kernel @ worth
        return np.asarray(q)

    def next_tails(self, m: float, strategy: npt.NDArray[np.int64]) -> Floats:
        """Tails (S, S - 1) of the next state's law under a trembling strategy."""
        tails, eps = self.tails_at(m), float(self.tremble)
        count = tails.shape[1]
        weights = np.full(tails.shape[:2], eps / (count - 1))
        weights[np.arange(len(strategy)), strategy] = 1 - eps
        return np.einsum("sa,sau->su", weights, tails)


def random_plain(rng: np.random.Generator, *, falling: bool = False) -> Plain:
    """A random game; its kernel tends to rise with the state, and to rise (or fall) with m."""
    states, actions = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    shape = (states, actions, states - 1)

    def tails(low: int, high: int) -> npt.NDArray[np.int64]:
        found = rng.integers(low, high + 1, size=shape)
        found = -np.sort(-found, axis=2)
        if rng.random() < 0.8:
            found = np.sort(found, axis=0)
        if rng.random() < 0.6:
            found = np.sort(found, axis=1)
        return found

    first, second = tails(1, 16), tails(6, 23)
    if rng.random() < 0.6:
        second = np.maximum(first, second)
    if rng.random() < 0.3:
        second = first.copy()
    if falling:
        first, second = second, first
    scale = int(rng.choice([4, 12, 24]))
    rewards = (
        rng.integers(0, 25, size=(states, actions)),
        rng.integers(-scale, scale + 1, size=(states, actions)),
    )
    if rng.random() < 0.5:
        rewards = np.sort(rewards[0], axis=0), rewards[1]
    if rng.random() < 0.3:
        rewards = rewards[0], np.repeat(rewards[1][:1], states, axis=0)
    inner = np.sort(rng.integers(0, 13, size=max(states - 2, 0)))
    phi = np.array([0, *inner.tolist(), 12])
    if rng.random() < 0.2:
        phi = phi[::-1].copy()
    return Plain((first, second), rewards, phi, R(1, int(rng.choice([4, 5, 10]))))


def ordered_pairs(rng: np.random.Generator, states: int, count: int) -> list[tuple[Floats, Floats]]:
    """Random mean fields z <= z': some mass moves up, a little or much, in all or few states."""
    found = []
    for _ in range(count):
        z = rng.dirichlet(np.full(states, rng.choice([0.1, 1.0])))
        z2 = z.copy()
        for _ in range(int(rng.integers(1, 4))):
            x, y = np.sort(rng.integers(0, states, size=2))
            share = z2[x] * rng.choice([1.0, 0.3, 0.01])
            z2[x] -= share
            z2[y] += share
        found.append((z, z2))
    return found


def rational_pairs(
    rng: np.random.Generator, states: int, count: int
) -> list[tuple[list[Fraction], list[Fraction]]]:
    """Random rational mean fields z <= z': some of the mass moves up."""
    found = []
    for _ in range(count):
        z = rng.multinomial(12, rng.dirichlet(np.full(states, 0.3)))
        z2 = z.copy()
        for _ in range(int(rng.integers(1, 3))):
            x = int(rng.choice(np.flatnonzero(z2)))
            y = int(rng.integers(x, states))
            share = int(rng.integers(1, z2[x] + 1))
            z2[x] -= share
            z2[y] += share
        found.append(([Fraction(int(p), 12) for p in z], [Fraction(int(p), 12) for p in z2]))
    return found
