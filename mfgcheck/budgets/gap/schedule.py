"""The fewest samples n(s, a) that identify a best response: proposed in floats, accepted exactly.

To first order the problem is convex: the least sum of n(p) such that, for each pair i that has to
be told apart, sum over p of C(i, p) / n(p) <= 1, where C(i, p) = 2 L x_i(p)^2 var(p) / (gap_i -
R_i)^2. At the optimum n(p) = sqrt(sum over i of lambda_i C(i, p)) for multipliers lambda >= 0; they
are raised where the constraint is violated and lowered where it is slack. What comes out is scaled
until the true condition (`identifies`) holds, so that nothing rests on how well this converged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mfgcheck.budgets.gap.identify import Logs, Noise, identifies, noise
from mfgcheck.budgets.gap.stage import SCALE, Flags, Stage
from mfgcheck.game.floats import Floats
from mfgcheck.game.sparse import Exact

_ROUNDS, _AGAIN = 80, 2
_MOST = 1 << 120  # samples of one pair: beyond, the gap is as good as none
_FLOORS = (0.0, 0.1, 0.3, 0.5)  # least n(p), in parts of the mean
_TRIES = 100


@dataclass(frozen=True, eq=False)
class Schedule:
    """Samples of each pair at one mean field.

    Attributes:
        samples: array (S, A) of whole numbers n(s, a).
        uniform: the same number for every pair that would do as well (Algorithm 5 as printed).
        noise: what `samples` leave uncertain.
    """

    samples: Exact
    uniform: int
    noise: Noise

    @property
    def total(self) -> int:
        """How many calls of the simulator that are in all."""
        return int(self.samples.sum())


def fewest(stage: Stage, logs: Logs, tolerated: Flags) -> Schedule | None:
    """Return samples of each pair that identify the best response but for tolerated pairs.

    Args:
        stage: bounds on a ball of mean fields.
        logs: the logarithms for single events.
        tolerated: array (pairs,), the pairs that need not be told apart.

    Returns None if 2^120 of each pair would not do.
    """
    if not len(stage.pairs):  # nothing has to be told apart, and nothing rests on the model
        nothing = np.zeros(stage.variance.shape, dtype=object)
        return Schedule(nothing + 1, 1, Noise((), nothing))
    guess = Guess(stage, logs, tolerated)
    ones = np.ones(stage.variance.shape)
    alike = _accepted(stage, logs, tolerated, ones * guess.scale(ones))
    if alike is None:
        return None
    uniform = int(alike[0].max())
    shapes = [ones] if tolerated.all() else [ones, *guess.shapes(ones * uniform)]
    proposals = [shape * guess.scale(shape) for shape in shapes]
    best = min(proposals, key=lambda n: float(np.maximum(n, 1.0).sum()))
    found = _accepted(stage, logs, tolerated, best)
    return None if found is None else Schedule(found[0], uniform, found[1])


def _accepted(
    stage: Stage, logs: Logs, tolerated: Flags, proposal: Floats
) -> tuple[Exact, Noise] | None:
    """Return the proposal, raised until exact arithmetic accepts it, and its noise."""
    if not np.all(np.isfinite(proposal)) or proposal.max() > _MOST:
        return None
    samples = np.array([math.ceil(x) for x in proposal.ravel()], dtype=object)
    samples = np.maximum(samples.reshape(proposal.shape), 1)
    for _ in range(_TRIES):
        found = noise(stage, samples, logs)
        if found is not None and identifies(stage, found, tolerated):
            return samples, found
        samples = samples + samples // 64 + 1
    return None


class Guess:
    """The conditions of `identify` in floating point: proposals only."""

    def __init__(self, stage: Stage, logs: Logs, tolerated: Flags) -> None:
        weights, unit = stage.played
        self._stage, self._tolerated = stage, tolerated
        self._gamma = gamma = float(stage.tables.game.discount)
        self._first, self._second = float(logs.first), float(logs.second)
        self._mu = to_floats(weights, unit)
        self._variance = to_floats(stage.variance, SCALE)
        self._reach = to_floats(stage.reach, SCALE)
        self._values = to_floats(stage.values, SCALE)
        self._squares = self._values**2
        self._scatter = to_floats(stage.scatter, SCALE)
        self._span = float(stage.span)
        self._tau = float(stage.dobrushin)
        self._gaps = np.array([float(x) for x in stage.gaps])
        self._s, self._b = stage.pairs[:, 0], stage.pairs[:, 1]
        self._star = np.array(stage.strategy)[self._s]
        states = sorted({int(s) for s in self._s[tolerated]})
        self._entering = to_floats(stage.entering(states), SCALE)
        self._share = gamma * float(stage.tables.kappa) / (1 - gamma)
        self._own = [
            gamma + gamma**2 * self._reach[np.arange(len(self._s)), self._s] * self._mu[self._s, a]
            for a in (self._star, self._b)
        ]

    def _bernstein(self, variance: Floats, largest: Floats, log: float) -> Floats:
        half = log * largest * self._span / 3
        found: Floats = half + np.sqrt(half**2 + 2 * log * variance)
        return found

    def _first_order(self, n: Floats) -> tuple[Floats, Floats]:
        """Return variance and largest coefficient of each pair's N(s, b)."""
        gamma, each = self._gamma, self._variance / n
        variance = gamma**4 * self._reach**2 @ (self._mu**2 * each).sum(axis=1)
        largest = gamma**2 * (self._reach * (self._mu / n).max(axis=1)).max(axis=1)
        for own, a in zip(self._own, (self._star, self._b), strict=True):
            variance = variance + (own**2 - (own - gamma) ** 2) * each[self._s, a]
            largest = np.maximum(largest, own / n[self._s, a])
        return variance, largest

    def holds(self, n: Floats) -> bool:
        """Whether n(p) samples seem to be enough."""
        if not len(self._gaps):
            return True
        found = self._noise(n)
        if found is None:
            return False
        noise, _, rows = found
        margins, free = self._gaps - noise, self._tolerated
        if free.all():
            return True
        excess = max(0.0, float(-margins[free].min())) if free.any() else 0.0
        chance = min(1.0, float((self._entering + rows).max())) if free.any() else 0.0
        return bool(margins[~free].min() > self._share * excess * chance * (1 + 1e-9))

    def _noise(self, n: Floats) -> tuple[Floats, Floats, Floats] | None:
        """Return the noise of each pair, the part of it that is no variance, and ell."""
        gamma = self._gamma
        rows = self._scatter / (2 * np.sqrt(n)) + np.sqrt(self._second / (2 * n))
        mixed = (self._mu * self._scatter / (2 * np.sqrt(n))).sum(axis=1) + np.sqrt(
            (self._mu**2 / n).sum(axis=1) * self._second / 2
        )
        rest = 1 - 2 * gamma * mixed.max() / (1 - gamma * self._tau)
        if rest <= 0:
            return None
        squares = (self._mu**2 * self._variance / n).sum(axis=1)
        heavy = (self._mu / n).max(axis=1)
        worst = self._bernstein(
            gamma**2 * self._squares @ squares,
            gamma * (self._values * heavy).max(axis=1),
            self._second,
        ).max(initial=0.0)
        beyond = rows[self._s, self._star] + rows[self._s, self._b] + gamma * self._reach @ mixed
        variance, largest = self._first_order(n)
        noise = self._bernstein(variance, largest, self._first) + gamma * worst / rest * beyond
        return noise, noise - np.sqrt(2 * self._first * variance), rows

    def scale(self, shape: Floats) -> float:
        """Return the least factor (within 1 percent) with which a shape seems enough, or inf."""

        def holds(factor: float) -> bool:
            return self.holds(np.maximum(shape * factor, 1.0))

        high = 1.0
        while high <= _MOST and not holds(high):
            high *= 4
        if high > _MOST:
            return math.inf
        while high > 1e-20 and holds(high / 4):
            high /= 4
        low = high / 4
        while high / low > 1.01:
            middle = math.sqrt(low * high)
            low, high = (low, middle) if holds(middle) else (middle, high)
        return high * 1.0001

    def needs(self) -> Floats:
        """Return for each pair the samples of every pair that its own gap needs, to first order."""
        variance, _ = self._first_order(np.ones_like(self._variance))
        gaps = np.maximum(self._gaps, 0.0)
        found: Floats = np.full(len(gaps), np.inf)
        np.divide(2 * self._first * variance, gaps**2, out=found, where=gaps > 0)
        return found

    def shapes(self, alike: Floats) -> Iterator[Floats]:
        """Propose n(p), up to a factor: the optimum for what the gaps leave to the variance.

        What else there is to the noise depends on n, so this is done again with the n that it gave.
        """
        n = alike
        for _ in range(_AGAIN):
            found = self._noise(n)
            room = self._gaps if found is None else self._gaps - found[1]
            shape = self._optimal(np.maximum(room, self._gaps / 4))
            shapes = [np.maximum(shape, floor * shape.mean()) for floor in _FLOORS]
            proposals = [np.maximum(one * self.scale(one), 1.0) for one in shapes]
            n = min(proposals, key=lambda one: float(one.sum()))
            yield n

    def _optimal(self, room: Floats) -> Floats:
        """Return n(p) with the least sum for which 2 L variance <= room^2, up to a factor."""
        states, actions = self._variance.shape
        needed = np.flatnonzero(~self._tolerated)
        x = self._gamma**2 * self._reach[needed][:, :, None] * self._mu[None]
        number = np.arange(len(needed))
        for a in (self._star, self._b):
            x[number, self._s[needed], a[needed]] += self._gamma
        c = (x**2 * self._variance).reshape(len(needed), states * actions)
        c /= np.maximum(room[needed], 1e-300)[:, None] ** 2
        most = c.sum(axis=1).max()
        if most <= 0:  # V is the same wherever one comes to: any samples do
            return np.ones((states, actions))
        c /= most
        multipliers = np.ones(len(needed))
        for _ in range(_ROUNDS):
            n = np.sqrt(multipliers @ c) + 1e-12
            multipliers = multipliers * (c / n).sum(axis=1)
            multipliers = np.maximum(multipliers, 1e-15 * multipliers.max())
        found: Floats = (np.sqrt(multipliers @ c) + 1e-9).reshape(states, actions)
        return found


def to_floats(values: Exact, unit: int) -> Floats:
    """Return integers over a unit as floats near them."""
    return np.asarray(values / unit, dtype=np.float64)
