"""T-BR in floats with small dense arrays, written apart from the package's."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tests.oracle.equilibria import AggregateGame, Coefficients

Floats = npt.NDArray[np.float64]

DEGREE = 2
"""The largest degree of a polynomial of the aggregate."""

TIE = 1e-9
"""Actions whose TQ-values differ by less count as equally good.

On a game with complementarities the lowest action within TIE of the best one rises with the mean
field, just as the lowest best one: if b > a are these at z < z', some c beats a by more than TIE at
z; c > a, for else b would not be the lowest at z; so c beats a by more than TIE at z' as well.
"""


@dataclass(frozen=True)
class Path:
    """T-BR's mean fields, one more than strategies; each strategy gives action numbers by state."""

    mean_fields: list[Floats]
    strategies: list[tuple[int, ...]]

    @property
    def tails(self) -> Floats:
        """The mass of each proper tail along the path: array (steps + 1, S - 1)."""
        z = np.array(self.mean_fields)
        return np.asarray(np.cumsum(z[:, ::-1], axis=1)[:, -2::-1])


def t_br(plain: AggregateGame, *, top: bool, steps: int) -> Path:
    """Run T-BR from the greatest law with the highest best actions, or from the least, lowest."""
    n = len(plain.phi)
    z = np.zeros(n)
    z[-1 if top else 0] = 1.0
    phi = np.array([float(v) for v in plain.phi])
    path = Path([z], [])
    game = _Floats.of(plain)
    for _ in range(steps):
        kernel, reward = game.at(float(z @ phi))
        q = _tq_values(plain, kernel, reward)
        near = q >= q.max(axis=1, keepdims=True) - TIE
        last = near.shape[1] - 1
        chosen = last - near[:, ::-1].argmax(axis=1) if top else near.argmax(axis=1)
        z = z @ np.einsum("sa,sax->sx", _weights(plain, chosen, near.shape[1]), kernel)
        path.mean_fields.append(z)
        path.strategies.append(tuple(chosen.tolist()))
    return path


@dataclass(frozen=True)
class _Floats:
    """The cells with float coefficients: kernels (S, A, S, degree), rewards (S, A, degree)."""

    plain: AggregateGame
    kernels: list[Floats]
    rewards: list[Floats]

    @classmethod
    def of(cls, plain: AggregateGame) -> _Floats:
        kernels = [
            np.array([[[_padded(p) for p in law] for law in laws] for laws in cell.kernel])
            for cell in plain.cells
        ]
        rewards = [np.array([[_padded(p) for p in row] for row in c.reward]) for c in plain.cells]
        return cls(plain, kernels, rewards)

    def at(self, m: float) -> tuple[Floats, Floats]:
        """Return the kernel and the reward at an aggregate."""
        cells = self.plain.cells
        exact = min(max(Fraction(m), cells[0].low), cells[-1].high)
        k = next(
            k for k, c in enumerate(cells) if c.low < exact < c.high or c.low == exact == c.high
        )
        powers = m ** np.arange(DEGREE + 1)
        return self.kernels[k] @ powers, self.rewards[k] @ powers


def _padded(p: Coefficients) -> list[float]:
    assert len(p) <= DEGREE + 1
    return [*map(float, p), *(0.0,) * (DEGREE + 1 - len(p))]


def _tq_values(plain: AggregateGame, kernel: Floats, reward: Floats) -> Floats:
    """Return Q* by policy iteration."""
    gamma = float(plain.discount)
    n, actions = reward.shape
    chosen = reward.argmax(axis=1)
    for _ in range(100):
        weights = _weights(plain, chosen, actions)
        chain = np.einsum("sa,sax->sx", weights, kernel)
        v = np.linalg.solve(np.eye(n) - gamma * chain, (weights * reward).sum(axis=1))
        q = np.asarray(reward + gamma * kernel @ v)
        kept = q[np.arange(n), chosen] >= q.max(axis=1) - 1e-13
        if kept.all():
            return q
        chosen = np.where(kept, chosen, q.argmax(axis=1))
    raise AssertionError("policy iteration did not end")


def _weights(plain: AggregateGame, chosen: npt.NDArray[np.int64], actions: int) -> Floats:
    weights = np.full((len(chosen), actions), float(plain.tremble) / max(1, actions - 1))
    weights[np.arange(len(chosen)), chosen] = float(1 - plain.tremble)
    return weights
