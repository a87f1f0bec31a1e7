"""The learners of the paper with dense arrays, many runs at once: for Monte Carlo of their budgets.

Written apart from the package: from a game come its terms as formulas and the tables of their
coefficients, nothing else. Arrays have the runs as their first axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from mfgcheck import Game
from mfgcheck.budgets.gap.budgets import GapBudget, Scheme, StepBudget
from mfgcheck.equilibrium.ranges.tables import Tables

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_ROUNDS = 1000  # of policy iteration
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Dense:
    """A game as dense arrays, for small games.

    Attributes:
        kernel: array (S, A, L, S), the kernel's coefficients by term.
        rewards: array (S, A, K), those of the reward (up to what is the same for all actions).
        phi: array (J, S), the aggregates' values.
        terms: the functions of the aggregates.
    """

    kernel: Floats
    rewards: Floats
    phi: Floats
    terms: tuple[Any, ...]
    discount: float
    likely: float
    slip: float

    @staticmethod
    def of(game: Game) -> Dense:
        """Read the numbers of a game."""
        tables = Tables.of(game)
        symbols = [aggregate.symbol for aggregate in game.form.aggregates]
        terms = [sympy.lambdify([symbols], game.form.terms[t], "numpy") for t in tables.terms]
        values = [[float(v) for v in aggregate.values] for aggregate in game.form.aggregates]
        slip = float(game.tremble) / max(1, game.actions.size - 1)
        return Dense(
            kernel=np.asarray(tables.kernel / tables.denominator, dtype=np.float64),
            rewards=np.asarray(tables.rewards / tables.reward_denominator, dtype=np.float64),
            phi=np.array(values).reshape(len(values), game.states.size),
            terms=tuple(terms),
            discount=float(game.discount),
            likely=1 - float(game.tremble) - (slip if game.actions.size > 1 else 0.0),
            slip=slip,
        )

    def at(self, z: Floats) -> tuple[Floats, Floats]:
        """Return reward (runs, S, A) and kernel (runs, S, A, S) at mean fields (runs, S)."""
        aggregates = self.phi @ z.T
        b = np.stack([np.broadcast_to(f(aggregates), len(z)) for f in self.terms], axis=1)
        count = self.kernel.shape[2]
        kernel = np.einsum("salx,rl->rsax", self.kernel, b[:, :count], optimize=True)
        kernel = np.clip(kernel, 0.0, None)
        kernel /= kernel.sum(axis=3, keepdims=True)
        return np.einsum("sak,rk->rsa", self.rewards, b), kernel

    def start(self, runs: int) -> Floats:
        """Return the mean field with all mass in the lowest state, for each run."""
        z = np.zeros((runs, self.kernel.shape[0]))
        z[:, 0] = 1.0
        return z

    def mix(self, strategy: Ints) -> Floats:
        """Return the trembling strategies (runs, S, A)."""
        mu = np.full((*strategy.shape, self.kernel.shape[1]), self.slip)
        np.put_along_axis(mu, strategy[..., None], self.likely + self.slip, axis=2)
        return mu

    def smoothed(self, q: Floats) -> Floats:
        """Return G(Q), array (runs, S)."""
        worth: Floats = self.likely * q.max(axis=2) + self.slip * q.sum(axis=2)
        return worth

    def greedy(self, reward: Floats, kernel: Floats) -> Ints:
        """Return the optimal strategies (runs, S), by policy iteration."""
        runs, states, _ = reward.shape
        strategy: Ints = reward.argmax(axis=2)
        for _ in range(_ROUNDS):
            mu = self.mix(strategy)
            chain = np.einsum("rsa,rsax->rsx", mu, kernel, optimize=True)
            earned = (mu * reward).sum(axis=2)
            system = np.eye(states) - self.discount * chain
            v = np.linalg.solve(system, earned[..., None])[..., 0]
            q = reward + self.discount * (kernel.reshape(runs, -1, states) @ v[..., None]).reshape(
                reward.shape
            )
            kept = np.take_along_axis(q, strategy[..., None], axis=2)[..., 0]
            better: Ints = np.where(kept >= q.max(axis=2) - _ROUNDING, strategy, q.argmax(axis=2))
            if np.array_equal(better, strategy):
                break
            strategy = better
        else:
            raise AssertionError("policy iteration did not end")
        return strategy


def learn(
    dense: Dense, budget: GapBudget, runs: int, chance: np.random.Generator, part: float = 1.0
) -> tuple[Floats, int]:
    """Return the mean fields (runs, S) at which learners end, and the calls each of them made.

    Args:
        dense: the game.
        budget: how many samples of what.
        runs: how many learners.
        chance: where chance comes from.
        part: a part of all sample numbers to work with (at least one sample each). The steps of
            TQ-learning are longer then in proportion, up to 1.
    """
    run = {Scheme.GMBL: _gmbl, Scheme.TMFQ: _tmfq, Scheme.O_TMFQ: _o_tmfq}[budget.scheme]
    return run(dense, budget, runs, chance, part)


def _fewer(count: int, part: float) -> int:
    return max(1, round(count * part))


def _drawn(law: Floats, draws: int, chance: np.random.Generator) -> Floats:
    """Return the empirical laws of so many draws."""
    return np.asarray(chance.multinomial(draws, law / law.sum(axis=-1, keepdims=True)) / draws)


def _gmbl(
    dense: Dense, budget: GapBudget, runs: int, chance: np.random.Generator, part: float
) -> tuple[Floats, int]:
    z, calls = dense.start(runs), 0
    for step in budget.steps:
        reward, kernel = dense.at(z)
        n = np.array([[_fewer(int(x), part) for x in line] for line in step.samples])
        seen = chance.multinomial(n, kernel) / n[..., None]
        mu = dense.mix(dense.greedy(reward, seen))
        calls += int(n.sum())
        if step.draws:
            draws = _fewer(step.draws, part)
            z = _drawn(np.einsum("rs,rsa,rsax->rx", z, mu, kernel), draws, chance)
            calls += draws
        else:
            z = np.einsum("rs,rsa,rsax->rx", z, mu, seen)
            z /= z.sum(axis=1, keepdims=True)
    return z, calls


def _tmfq(
    dense: Dense, budget: GapBudget, runs: int, chance: np.random.Generator, part: float
) -> tuple[Floats, int]:
    z, calls = dense.start(runs), 0
    for step in budget.steps:
        reward, kernel = dense.at(z)
        q, _ = _updates(dense, reward, kernel, step, chance, part)
        mu = dense.mix(q.argmax(axis=2))
        draws = _fewer(step.draws, part)
        z = _drawn(np.einsum("rs,rsa,rsax->rx", z, mu, kernel), draws, chance)
        calls += _count(step, part) * step.samples.size + draws
    return z, calls


def _count(step: StepBudget, part: float) -> int:
    if step.learning is None:
        return 0
    return _fewer(step.learning.updates, part) if step.learning.updates else 0


def _updates(
    dense: Dense,
    reward: Floats,
    kernel: Floats,
    step: StepBudget,
    chance: np.random.Generator,
    part: float,
) -> tuple[Floats, Ints]:
    """Return what synchronous TQ-learning learns, and how often which next state came up."""
    q, seen = np.zeros(reward.shape), np.zeros(kernel.shape, dtype=np.int64)
    if step.learning is None:
        return q, seen
    alpha = min(1.0, float(step.learning.step) / part)
    bounds = kernel.cumsum(axis=3)[..., :-1]
    run, s, a = np.ogrid[tuple(slice(n) for n in reward.shape)]
    for _ in range(_count(step, part)):
        following = (chance.random((*reward.shape, 1)) > bounds).sum(axis=3)
        seen[run, s, a, following] += 1
        target = reward + dense.discount * dense.smoothed(q)[run, following]
        q += alpha * (target - q)
    return q, seen


def _o_tmfq(
    dense: Dense, budget: GapBudget, runs: int, chance: np.random.Generator, part: float
) -> tuple[Floats, int]:
    if budget.agents is None:
        raise ValueError("a population needs agents")
    agents = _fewer(budget.agents, part)
    there = np.asarray(dense.start(runs) * agents, dtype=np.int64)
    strategy = np.zeros(there.shape, dtype=np.int64)
    failed = np.zeros(runs, dtype=bool)
    for step in budget.steps:
        reward, kernel = dense.at(there / agents)
        tried = chance.multinomial(there, dense.mix(strategy))
        q, seen = _updates(dense, reward, kernel, step, chance, part)
        # What was learned from are the first visits of each pair; a run without enough has failed.
        rest = tried - seen.sum(axis=3)
        short = (rest < 0).any(axis=(1, 2))
        failed |= short
        seen[short], rest[short] = 0, tried[short]
        there = (seen + chance.multinomial(rest, kernel)).sum(axis=(1, 2))
        if step.learning is not None:
            strategy = q.argmax(axis=2)
    z = there / agents
    z[failed] = np.inf
    return z, agents * len(budget.steps)
