"""Trembling-hand operators the slow way: dense arrays, loops and fractions.

Rewards and kernels come from running the game's own functions at one mean field. Nothing of the
separable form and nothing of `mfgcheck.equilibrium` is used.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from mfgcheck import Game

Floats = npt.NDArray[np.float64]
Table = list[list[Fraction]]


def law_of(game: Game, weights: list[int]) -> dict[Any, Fraction]:
    """Return the mean field with these weights, over their sum."""
    total = sum(weights)
    return {x: Fraction(w, total) for x, w in zip(game.states.labels, weights, strict=True)}


def vector(game: Game, z: Mapping[Any, Fraction]) -> Floats:
    """Return a mean field as an array (S,)."""
    return np.array([float(z.get(x, Fraction(0))) for x in game.states.labels])


def dense(game: Game, z: Mapping[Any, Fraction]) -> tuple[Floats, Floats]:
    """Return reward (S, A) and kernel (S, A, S) at a mean field."""
    states, actions = game.states.labels, game.actions.labels
    reward = np.array([[float(game.reward_at(s, a, z)) for a in actions] for s in states])
    kernel = np.zeros((len(states), len(actions), len(states)))
    for (i, s), (j, a) in itertools.product(enumerate(states), enumerate(actions)):
        for x, p in game.kernel_at(s, a, z).items():
            kernel[i, j, game.states.index[x]] = float(p)
    return reward, kernel


def trembling(q: Any, tremble: Any) -> list[Any]:
    """Return G(Q): the best action with 1 - eps, each other one with its share of eps."""
    values = []
    for row in q:
        row = sorted(row, reverse=True)
        others = row[1:]
        slip = tremble / len(others) if others else 0
        values.append((1 - tremble) * row[0] + sum(slip * x for x in others))
    return values


def backup(reward: Floats, kernel: Floats, q: Floats, discount: float, tremble: float) -> Floats:
    """Return F(Q)."""
    return reward + discount * kernel @ np.array(trembling(q, tremble), dtype=float)


def play(actions: Any, number: int, tremble: Any) -> list[list[Any]]:
    """Return the probabilities (S, A) of the trembling strategy with these likeliest actions."""
    slip = tremble / (number - 1) if number > 1 else 0 * tremble
    return [[1 - tremble if a == best else slip for a in range(number)] for best in actions]


def push(z: Floats, kernel: Floats, actions: Any, tremble: float) -> Floats:
    """Return Phi(z, mu)."""
    n, k, _ = kernel.shape
    image = np.zeros(n)
    mu = play(actions, k, tremble)
    for s, a in itertools.product(range(n), range(k)):
        image += z[s] * mu[s][a] * kernel[s, a]
    return image


def exact_arrays(game: Game, z: Mapping[Any, Fraction]) -> tuple[Table, list[list[list[Fraction]]]]:
    """Return reward and kernel as fractions, of a game whose numbers are rational there."""
    states, actions = game.states.labels, game.actions.labels

    def number(e: Any) -> Fraction:
        assert e.is_Rational
        return Fraction(int(e.p), int(e.q))

    reward = [[number(game.reward_at(s, a, z)) for a in actions] for s in states]
    kernel = []
    for s in states:
        rows = []
        for a in actions:
            law = game.kernel_at(s, a, z)
            rows.append([number(law[x]) if x in law else Fraction(0) for x in states])
        kernel.append(rows)
    return reward, kernel


def exact_q_values(game: Game, z: Mapping[Any, Fraction]) -> Table:
    """Return Q* exactly: the values of the strategy that is greedy for its own values."""
    reward, kernel = exact_arrays(game, z)
    n, k = len(reward), len(reward[0])
    gamma, eps = game.discount, game.tremble
    for actions in itertools.product(range(k), repeat=n):
        mu = play(actions, k, eps)
        system = [
            [
                Fraction(int(s == x)) - gamma * sum(mu[s][a] * kernel[s][a][x] for a in range(k))
                for x in range(n)
            ]
            for s in range(n)
        ]
        earned = [sum(mu[s][a] * reward[s][a] for a in range(k)) for s in range(n)]
        v = solve(system, earned)
        q = [
            [reward[s][a] + gamma * sum(kernel[s][a][x] * v[x] for x in range(n)) for a in range(k)]
            for s in range(n)
        ]
        if trembling(q, eps) == v:
            return q
    raise AssertionError("no strategy is greedy for its own values")


def solve(system: Table, right: list[Fraction]) -> list[Fraction]:
    """Return the solution of a linear system, by elimination."""
    n = len(right)
    rows = [[*row, b] for row, b in zip(system, right, strict=True)]
    for i in range(n):
        pivot = next(j for j in range(i, n) if rows[j][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for j in range(n):
            if j != i and rows[j][i]:
                rows[j] = [x - rows[j][i] * y for x, y in zip(rows[j], rows[i], strict=True)]
    return [row[n] for row in rows]
