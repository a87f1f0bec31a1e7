"""Plain numbers of games, made without the engine's tables."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from mfgcheck import Game

Floats = npt.NDArray[np.float64]


def plain(game: Game, z: Mapping[Any, Fraction]) -> tuple[Floats, Floats]:
    """Reward (S, A) and kernel (S, A, S) at a mean field, from the user's own functions."""
    states, actions = game.states.labels, game.actions.labels
    index = {x: i for i, x in enumerate(states)}
    reward = np.zeros((len(states), len(actions)))
    kernel = np.zeros((len(states), len(actions), len(states)))
    for i, s in enumerate(states):
        for k, a in enumerate(actions):
            reward[i, k] = float(sympy.N(game.reward_at(s, a, z), 30))
            for x, p in game.kernel_at(s, a, z).items():
                kernel[i, k, index[x]] = float(sympy.N(p, 30))
    return reward, kernel


def values(game: Game, reward: Floats, kernel: Floats) -> Floats:
    """Q* by value iteration, written out afresh."""
    gamma, eps = float(game.discount), float(game.tremble)
    count = reward.shape[1]
    other = eps / (count - 1) if count > 1 else 0.0
    q = np.zeros_like(reward)
    for _ in range(3000):
        worth = (1 - eps - other) * q.max(axis=1) + other * q.sum(axis=1)
        q = reward + gamma * kernel @ worth
    return q


def trembling(game: Game, kernel: Floats, strategy: npt.NDArray[np.int64]) -> Floats:
    """The kernel of a trembling strategy."""
    count = kernel.shape[1]
    eps = float(game.tremble)
    weights = np.full(kernel.shape[:2], eps / (count - 1) if count > 1 else 0.0)
    weights[np.arange(len(strategy)), strategy] = 1 - eps
    return np.einsum("sa,sat->st", weights, kernel)


def law_of(kernel: Floats) -> Floats:
    """The stationary law, by a long power."""
    power = np.linalg.matrix_power(0.5 * kernel + 0.5 * np.eye(len(kernel)), 2**20)
    return np.asarray(power[0] / power[0].sum())
