"""The two families of games that are timed, as a user writes them, and the same in dense numpy.

`shift` is Infection Spread with any number of states: rows are shifts of one another and share
most of their laws. In `heterogeneous` no two rows share a law: each mixes two random lotteries of
its own. The lotteries are close enough to uniform that both families are stochastically monotone
in s, a and z, so that every inequality of these clauses has to be proved, while supermodularity and
increasing differences fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sympy import Expr, Integer, exp
from sympy import Rational as R

from mfgcheck import Game, mixture, point, uniform

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Dense: TypeAlias = tuple[Floats, Floats, Floats]
"""Reward (S, A), kernel (S, A, S), and the kernel's derivative in the mean state (S, A, S)."""

ACTIONS = 5
SHARES = 10_000  # what the probabilities of a lottery are multiples of one part in


def shift(states: int) -> Game:
    """Infection Spread with `states` >= 25 states; newcomers start among the lowest 25."""
    top = states - 1
    damage = mixture({0: R(1, 10), uniform([1, 2, 3]): R(9, 10)})
    newcomer = mixture({0: R(1, 10), uniform(range(25)): R(9, 10)})

    def p(x: Expr) -> Expr:
        return exp(-x / 20)

    def immunity(x: Expr) -> Expr:
        return 1 - p(x)

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return immunity(s) + R(1, 5) * z.mean(immunity) - R(1, 100) * a

    def transition(s: Integer, a: Integer, z: Any) -> object:
        infected = R(1, 10) * p(z.mean())
        return [
            (R(9, 10) * infected, (s + a - damage).clip(0, top)),
            (R(9, 10) * (1 - infected), point(s + a).clip(0, top)),
            (R(1, 10), newcomer),
        ]

    return Game(
        states=states,
        actions=ACTIONS,
        reward=reward,
        transition=transition,
        discount="3/4",
        tremble="3/10",
        name=f"shift, {states} states",
    )


def shift_dense(states: int, mean: float) -> Dense:
    """Return `shift` as arrays, at a mean field with this mean."""
    s, a = np.ogrid[:states, :ACTIONS]
    target = np.clip(s + a, 0, states - 1)
    healthy = _scatter(states, [(1.0, target)])
    damages = [(0.1, 0), (0.3, 1), (0.3, 2), (0.3, 3)]
    hurt = _scatter(states, [(w, np.clip(s + a - d, 0, states - 1)) for w, d in damages])
    newcomer = np.zeros(states)
    newcomer[:25] = 0.9 / 25
    newcomer[0] += 0.1
    infected = 0.1 * np.exp(-mean / 20)
    kernel = 0.9 * (infected * hurt + (1 - infected) * healthy) + 0.1 * newcomer
    slope = -0.9 * infected / 20 * (hurt - healthy)
    return 1 - np.exp(-s / 20) - a / 100, kernel, slope


def heterogeneous(states: int) -> Game:
    """A kernel whose rows share no law: each row mixes two random lotteries of its own."""
    top = states - 1
    low, high = lotteries(states)

    def lottery(lowest: Integer, shares: list[int]) -> Any:
        return mixture({lowest + i: R(w, SHARES) for i, w in enumerate(shares)}).clip(0, top)

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s * z.mean() / top**2 - a / 100

    def transition(s: Integer, a: Integer, z: Any) -> object:
        w = exp(-z.mean() / top)
        return [
            (w, lottery(s + a - 3, low[s, a].tolist())),
            (1 - w, lottery(s + a - 2, high[s, a].tolist())),
        ]

    return Game(
        states=states,
        actions=ACTIONS,
        reward=reward,
        transition=transition,
        discount="3/4",
        tremble="3/10",
        name=f"heterogeneous, {states} states",
    )


def heterogeneous_dense(states: int, mean: float) -> Dense:
    """Return `heterogeneous` as arrays, at a mean field with this mean."""
    top = states - 1
    s, a = np.ogrid[:states, :ACTIONS]
    low, high = (
        _scatter(
            states,
            [
                (shares[:, :, i] / SHARES, np.clip(s + a + first + i, 0, top))
                for i in range(shares.shape[2])
            ],
        )
        for first, shares in zip((-3, -2), lotteries(states), strict=True)
    )
    w = np.exp(-mean / top)
    return s * mean / top**2 - a / 100, w * low + (1 - w) * high, -w / top * (low - high)


def lotteries(states: int) -> tuple[Ints, Ints]:
    """Return two arrays (S, A, 5) of shares, in parts of 10,000, from a fixed seed.

    Shares are 2000 +- 200 (the last one makes up the sum), so a tail deviates from the uniform
    lottery's by at most 800, and shifting any lottery up by one state raises it in dominance over
    any other by at least 2000 - 2 * 800.
    """
    random = np.random.default_rng(2021)
    spread, atoms = SHARES // 50, 5

    def draw() -> Ints:
        mean = SHARES // atoms
        free = mean + random.integers(-spread, spread + 1, size=(states, ACTIONS, atoms - 1))
        rest = SHARES - free.sum(axis=2, keepdims=True)
        return np.concatenate([free, rest], axis=2)

    return draw(), draw()


def _scatter(states: int, atoms: list[tuple[Floats | float, Ints]]) -> Floats:
    """Return the kernel (S, A, S) that puts each weight on its next state (S, A)."""
    s, a = np.ogrid[:states, :ACTIONS]
    kernel = np.zeros((states, ACTIONS, states))
    for weight, target in atoms:
        kernel[s, a, target] += weight
    return kernel


def check_dense(reward: Floats, kernel: Floats, slope: Floats) -> dict[str, bool]:
    """Check Definition 1 in floating point at a single mean field, on tail probabilities.

    This is what one would write with numpy, and what the checker's times are compared with. It
    proves nothing: one mean field, rounded numbers, and |S|^2 |A| numbers in memory.
    """

    def holds(differences: Floats) -> bool:
        return bool(differences.min() >= -1e-12)

    tails = kernel[:, :, ::-1].cumsum(axis=2)
    slopes = slope[:, :, ::-1].cumsum(axis=2)
    of_s, of_a = np.diff(tails, axis=0), np.diff(tails, axis=1)
    return {
        "reward.monotone_s": holds(np.diff(reward, axis=0)),
        "reward.supermodular": holds(np.diff(np.diff(reward, axis=0), axis=1)),
        "kernel.monotone_s": holds(of_s),
        "kernel.monotone_a": holds(of_a),
        "kernel.monotone_z": holds(slopes),
        "kernel.supermodular": holds(np.diff(of_s, axis=1)),
        "kernel.increasing_differences": holds(np.diff(slopes, axis=0))
        and holds(np.diff(slopes, axis=1)),
    }


MAKERS: dict[str, Callable[[int], Game]] = {"shift": shift, "heterogeneous": heterogeneous}
DENSE: dict[str, Callable[[int, float], Dense]] = {
    "shift": shift_dense,
    "heterogeneous": heterogeneous_dense,
}
