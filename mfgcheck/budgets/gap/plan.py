"""What the search for a budget computes once: stages along a path, schedules, logarithms."""

from __future__ import annotations

import copy
import math
from fractions import Fraction

import numpy as np

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.budgets.gap.ball import Ball
from mfgcheck.budgets.gap.budgets import Shares
from mfgcheck.budgets.gap.identify import Logs, events, regret
from mfgcheck.budgets.gap.path import ReferencePath
from mfgcheck.budgets.gap.schedule import Schedule, fewest
from mfgcheck.budgets.gap.stage import SCALE, Flags, Model, Stage, reward_unit
from mfgcheck.budgets.gap.tq_learning import Learning, learn_within
from mfgcheck.equilibrium.exact.stage import Strategy
from mfgcheck.game.sparse import Exact
from mfgcheck.rigor.interval import upper_fraction
from mfgcheck.rigor.tape import precision


class Plan:
    """A game, a path and what was computed along it: shared by all attempts to find a budget."""

    def __init__(
        self,
        path: ReferencePath,
        distances: tuple[Fraction, ...],
        accuracy: Fraction,
        failure: Fraction,
        reward_span: Fraction,
    ) -> None:
        """Prepare a search.

        Args:
            path: the reference path.
            distances: bounds of ||y_k - z*||_1 for k = 0, 1, ..
            accuracy: a learner is to end within twice this of z*.
            failure: the probability with which that may go wrong.
            reward_span: the largest less the smallest reward at one mean field, at most.
        """
        self.path, self.distances = path, distances
        self.accuracy, self.failure = accuracy, failure
        self.reward_span = reward_span
        self.model = Model(path.tables)
        self.unit = reward_unit(path.tables)
        self._stages: dict[object, Stage | None] = {}
        self._schedules: dict[object, Schedule | None] = {}
        self._apart: dict[object, Exact] = {}

    def at(self, accuracy: Fraction) -> Plan:
        """Return the same plan for another accuracy; what was computed is shared."""
        other = copy.copy(self)
        other.accuracy = accuracy
        return other

    def stage(self, k: int, around: Ball, strategy: Strategy) -> Stage | None:
        """Return the bounds around y_k for the strategy that is to be learned there."""
        centre = self.path.ball(k, Fraction(0))
        if centre is None:
            return None
        key = (strategy, tuple(around.terms), tuple(centre.terms))
        if key not in self._stages:
            self._stages[key] = self.model.stage(centre, around, strategy)
        return self._stages[key]

    def apart(self, around: Ball, strategy: Strategy) -> Exact:
        """Return array (pairs,), bounds of ||P(s, a*) - P(s, b)||_1 on a ball."""
        key = (strategy, tuple(around.terms))
        if key not in self._apart:
            self._apart[key] = self.model.apart(around, strategy)
        return self._apart[key]

    def schedule(self, stage: Stage, logs: Logs, tolerated: Flags) -> Schedule | None:
        """Return the fewest samples that identify the best response but for tolerated pairs."""
        key = (id(stage), logs, tolerated.tobytes())
        if key not in self._schedules:
            self._schedules[key] = fewest(stage, logs, tolerated)
        return self._schedules[key]

    def learning(self, stage: Stage, logs: Logs, tolerated: Flags) -> Learning | None:
        """Return TQ-learning that leaves every needed gap positive; None if a gap is not.

        Theorem: `tq_learning` with an error of less than half the smallest gap of Q*. Where mu is
        not optimal, in tolerated pairs, V* exceeds the V of the stage by at most kappa X / (1 -
        gamma), X being the largest of their negative gaps.
        """
        gamma = stage.tables.game.discount
        gap = smallest_gap(stage, tolerated)
        if gap is None:
            return Learning(Fraction(1), 0, Fraction(0))
        lost = regret(stage, list(stage.gaps), tolerated, np.zeros_like(stage.variance))
        error = (gap - lost) / 2
        if error <= 0:
            return None
        most = max(Fraction(0), -min(stage.gaps))
        more = stage.tables.kappa * most / (1 - gamma)
        deviation = Fraction(math.isqrt(int(stage.variance.max()) * SCALE) + 1, SCALE)
        return learn_within(
            error * (1 - Fraction(1, 10**6)),  # strictly less than half a gap
            gamma,
            self.reward_span * self.unit / (2 * (1 - gamma)),
            (deviation + more / 2) ** 2,
            stage.span + more,
            logs.updates,
        )


def smallest_gap(stage: Stage, tolerated: Flags) -> Fraction | None:
    """Return the smallest gap that has to be identified; None if there is none."""
    needed = (g for g, free in zip(stage.gaps, tolerated, strict=True) if not free)
    return min(needed, default=None)


def logs_of(stage: Stage, shares: Shares) -> Logs:
    """Return the logarithms with which the shares are split among the events of a step."""
    first, second = events(stage)
    # TQ-learning has 2 |S||A| events, which take the place of both orders.
    updates = 2 * stage.variance.size / (shares.first + shares.second)
    return Logs(
        logarithm(max(1, first) / shares.first),
        logarithm(second / shares.second),
        logarithm(updates),
    )


def logarithm(x: Fraction) -> Fraction:
    """Return an upper bound of ln x."""
    with precision(BITS):
        found = upper_fraction(real(x).log().upper())
    if found is None:
        raise AssertionError("a logarithm without an upper bound")
    return found
