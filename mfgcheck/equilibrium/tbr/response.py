"""Best responses to a mean field: the operators G and F, TQ-value iteration, policy iteration.

With c = eps/(|A| - 1) and kappa = 1 - eps - c >= 0,

    G(Q)(s) = kappa max_a Q(s, a) + c sum_a Q(s, a),        F(Q) = r + gamma P G(Q),

and Q* = F(Q*). If lo <= F(Q) - Q <= hi, then Q* - F(Q) lies in gamma/(1 - gamma) [lo, hi] (since
G is monotone and G(Q + t) = G(Q) + t): the middle of that range is added to F(Q), and half its
width, with an allowance d/(1 - gamma) for a rounding error d of F, is the error bound. So every
bound below is computed from the values themselves; the number of sweeps proves nothing.

*Ties.* Two TQ-values that differ by no more than twice the error bound cannot be told apart. All
actions that close to the best of a state count as maximisers there, and `lowest` and `highest`
choose among them by number; values are refined until this concerns no state, or rounding allows no
more. On a product order of actions the lowest number need not be a least element.

Source: Lee et al. (2021), section 3; the bound is MacQueen's (1966) and Porteus's (1971).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mfgcheck.equilibrium.tbr.model import Model, Stage
from mfgcheck.game.floats import Floats

Ints = npt.NDArray[np.int64]

DENSE = 150
"""Up to so many states a strategy is evaluated by solving a linear system, beyond by sweeps. From
nothing, sweeps cost less from 300 states on (`python -m benchmarks.solve --crossover`); from values
that are nearly right, as along a path, they do so earlier."""


def trembling_values(model: Model, q: Floats) -> Floats:
    """Return G(Q), array (S,), of TQ-values (S, A).

    It does not depend on which of several maximising actions is chosen.

    Source: Lee et al. (2021), section 3.
    """
    values: Floats = model.likely * q.max(axis=1) + model.slip * q.sum(axis=1)
    return values


def backup(stage: Stage, q: Floats) -> Floats:
    """Return F_z(Q) = r + gamma P_z G(Q), array (S, A).

    Source: Lee et al. (2021), section 3.
    """
    q_next: Floats = stage.reward + stage.model.discount * stage.expect(
        trembling_values(stage.model, q)
    )
    return q_next


def strategy_law(model: Model, actions: Ints) -> Floats:
    """Return the trembling strategy (S, A) with these likeliest actions (S,)."""
    mu: Floats = np.full((model.actions, model.states), model.slip).T
    mu[model.numbers, actions] += model.likely
    return mu


def next_law(stage: Stage, actions: Ints) -> Floats:
    """Return Phi(z, mu), array (S,), for the strategy with these likeliest actions."""
    model, z = stage.model, stage.mean_field
    joint = np.empty((model.actions, model.states))
    joint[:] = model.slip * z
    joint[actions, model.numbers] += model.likely * z
    return stage.push(joint.T)


@dataclass(frozen=True, eq=False)
class BestResponse:
    """TQ-values at a mean field, as far as they were determined.

    Attributes:
        q_values: array (S, A).
        error: bound on the largest entry of |q_values - Q*|, in reward units.
        lowest, highest: arrays (S,): the lowest and highest number of a maximising action, where
            actions within 2 * error of the best count as maximising.
        sweeps: how often F was applied.
    """

    q_values: Floats
    error: float
    lowest: Ints
    highest: Ints
    sweeps: int

    @property
    def gaps(self) -> Floats:
        """Array (S,): best minus second best TQ-value; infinite if there is one action."""
        if self.q_values.shape[1] == 1:
            return np.full(len(self.q_values), math.inf)
        ordered = np.sort(self.q_values, axis=1)
        found: Floats = ordered[:, -1] - ordered[:, -2]
        return found

    @property
    def ties(self) -> Ints:
        """The states in which more than one action counts as maximising."""
        return np.flatnonzero(self.lowest != self.highest)


def tq_value_iteration(
    stage: Stage, q: Floats | None = None, accuracy: float = math.inf
) -> BestResponse:
    """Apply F until the values are within `accuracy` and the maximising actions are determined.

    Args:
        stage: the game at a mean field.
        q: TQ-values to start from, for example those of a mean field near by; 0 by default.
        accuracy: the error bound to reach, if rounding allows.

    Source: Lee et al. (2021), section 3.
    """
    return _iterate(stage, _zeros(stage) if q is None else q, accuracy)


def policy_iteration(
    stage: Stage, actions: Ints | None = None, accuracy: float = math.inf
) -> BestResponse:
    """Evaluate the trembling strategy, improve it greedily, and so on; then bound the error.

    An action is changed only if another is better by more than what rounding explains, so that
    ties do not go round in circles.

    Args:
        stage: the game at a mean field.
        actions: array (S,), the likeliest actions to start from; the first everywhere by default.
        accuracy: the error bound to reach, if rounding allows.

    Source: Howard (1960); for trembling strategies Proposition 1 of Lee et al. (2021).
    """
    model = stage.model
    chosen = np.zeros(model.states, dtype=np.int64) if actions is None else actions
    while True:
        v = evaluate(stage, chosen)
        q = stage.reward + model.discount * stage.expect(v)
        allowance = 4 * stage.rounding(float(np.abs(v).max())) / (1 - model.discount)
        better = q.max(axis=1) > q[model.numbers, chosen] + allowance
        if not better.any():
            return _iterate(stage, q, accuracy)
        chosen = np.where(better, q.argmax(axis=1), chosen)


def evaluate(stage: Stage, actions: Ints) -> Floats:
    """Return the value (S,) of the trembling strategy with these likeliest actions."""
    model = stage.model
    mu = strategy_law(model, actions)
    earned = (mu * stage.reward).sum(axis=1)
    if model.states <= DENSE:
        system = np.eye(model.states) - model.discount * stage.matrix(mu)
        solved: Floats = np.linalg.solve(system, earned)
        return solved
    v, factor = earned, model.discount / (1 - model.discount)
    for _ in range(_most(model)):
        new = earned + model.discount * (mu * stage.expect(v)).sum(axis=1)
        change = new - v
        low, high = float(change.min()), float(change.max())
        v = new + factor * (low + high) / 2
        if factor * (high - low) <= 2 * stage.rounding(float(np.abs(v).max())):
            break
    evaluated: Floats = v
    return evaluated


def respond(stage: Stage, q: Floats | None = None, accuracy: float = math.inf) -> BestResponse:
    """Return the best response by the way that is fastest: one sweep if that settles it.

    Args:
        stage: the game at a mean field.
        q: TQ-values to start from.
        accuracy: the error bound to reach, if rounding allows.
    """
    model = stage.model
    if q is None:
        q = _zeros(stage)
    if model.states > DENSE:
        return _iterate(stage, q, accuracy)
    found = _sweep(stage, q)
    if _settled(found, accuracy):
        return found.response(1)
    return policy_iteration(stage, found.q.argmax(axis=1), accuracy)


class _Sweep(NamedTuple):
    """F applied once, and what it shows: Q* is within `error` of `q`, `rounding` included."""

    q: Floats
    error: float
    rounding: float
    near: npt.NDArray[np.bool_]
    sure: bool

    def response(self, sweeps: int) -> BestResponse:
        """Return the values, and the lowest and highest of the actions that may be best."""
        lowest = self.near.argmax(axis=1)
        highest = lowest
        if not self.sure:
            last = self.near.shape[1] - 1
            highest = last - self.near[:, ::-1].argmax(axis=1)
        return BestResponse(self.q, self.error, lowest, highest, sweeps)


def _sweep(stage: Stage, q: Floats) -> _Sweep:
    gamma = stage.model.discount
    new = backup(stage, q)
    change = new - q
    low, high = float(change.min()), float(change.max())
    factor = gamma / (1 - gamma)
    new += factor * (low + high) / 2
    # |Q*| is at most the largest reward, and |Q - Q*| the largest change, over 1 - gamma.
    largest = (stage.reward_size + max(abs(low), abs(high))) / (1 - gamma)
    rounding = stage.rounding(largest) / (1 - gamma)
    error = factor * (high - low) / 2 + rounding
    near = new >= (new.max(axis=1) - 2 * error)[:, None]
    return _Sweep(new, error, rounding, near, int(np.count_nonzero(near)) == len(near))


def _settled(found: _Sweep, accuracy: float) -> bool:
    """Whether more sweeps are of no use: all is as asked, or the rest is rounding."""
    return (found.sure and found.error <= accuracy) or found.error <= 2 * found.rounding


def _iterate(stage: Stage, q: Floats, accuracy: float) -> BestResponse:
    sweeps, most = 1, _most(stage.model)
    found = _sweep(stage, q)
    while sweeps < most and not _settled(found, accuracy):
        found = _sweep(stage, found.q)
        sweeps += 1
    return found.response(sweeps)


def _most(model: Model) -> int:
    """How many sweeps take any error in the range of floats below rounding, and some more."""
    return 64 + math.ceil(math.log(1e-320) / math.log(model.discount))


def _zeros(stage: Stage) -> Floats:
    return np.zeros((stage.model.actions, stage.model.states)).T


def residual(stage: Stage, q: Floats) -> float:
    """Return the largest entry of |F(Q) - Q|: divided by 1 - gamma it bounds |Q - Q*|."""
    return float(np.abs(backup(stage, q) - q).max())
