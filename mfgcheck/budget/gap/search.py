"""Sample budgets from action gaps: explicit constants, and no Lipschitz constant of strategies.

A learner that starts where the reference path starts plays the path's strategies as long as it
identifies them; its mean field then stays near the path (`drift`), where the gaps that have to be
identified are known (`stage`). So one goes along the path: from the radius e_k around y_k the ball of
mean fields, from it the gaps and what it takes to identify them (`identify`, `tq_learning`), and from
the number of draws the radius e_(k+1). All failures together have the probability asked for.

*Tolerated pairs.* Where an action b is nearly as good as a* and it hardly matters (few agents are in
state s, or the rows are alike), telling them apart may cost more than all the rest. The learner may
then play either; Phi(z, mu') and Phi(z, mu) differ by at most

    kappa sum over s of z(s) max over tolerated b of ||P(s, b) - P(s, a*)||_1,

which is added to the defect of the step. So a tie of two actions on the path need not end the story.

Source: own; replaces Theorems 4, 5 and 6 of Lee et al. (2021), whose Assumption 1(iii) hardly any
game fulfils.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from mfgcheck.budget.amount import BITS, real
from mfgcheck.budget.ball import Ball
from mfgcheck.budget.drift import Walk, fewest_samples
from mfgcheck.budget.identify import Flags, Logs, events, regret
from mfgcheck.budget.path import UNIT, ReferencePath
from mfgcheck.budget.schedule import Guess, Schedule, fewest
from mfgcheck.budget.stage import SCALE, Model, Stage
from mfgcheck.budget.tq_learning import Learning, learn_within
from mfgcheck.equilibrium.exact.stage import Strategy
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.sparse import Exact
from mfgcheck.rigor.interval import upper_fraction
from mfgcheck.rigor.tape import precision

_LATER = (0, 1, 2, 4, 8)  # steps beyond the fewest that are tried
_MORE = (4, 16, 64, 1024)  # multiples of the fewest draws that are tried
_ALLOWANCES = (0.03, 0.1, 0.3)  # parts of the accuracy that tolerated pairs may use up


class Scheme(StrEnum):
    """How one learns.

    GMBL: a model from samples of each pair, and the next mean field from the same samples.
    TMFQ: synchronous TQ-learning, and the next mean field from simulated transitions.
    O_TMFQ: a population that plays; its transitions are the samples of TQ-learning.
    """

    GMBL = "gmbl"
    TMFQ = "tmfq"
    O_TMFQ = "o-tmfq"


@dataclass(frozen=True)
class Shares:
    """How the failure probability is split: the events that cost most have the largest share.

    Attributes:
        drift: for the mean fields of all steps together.
        first, second: at one step, for the events of the first and of the second order.
    """

    drift: Fraction
    first: Fraction
    second: Fraction

    @staticmethod
    def of(failure: Fraction, steps: int) -> Shares:
        """Split it for a number of steps."""
        return Shares(failure / 10, failure * 17 / 20 / steps, failure / 20 / steps)


@dataclass(frozen=True, eq=False)
class StepBudget:
    """What one step of a learner needs.

    Attributes:
        step: k.
        radius: e_k: the learner's mean field is within it of y_k.
        gap: the smallest gap that has to be identified; None if there is none.
        tolerated: how many pairs need not be told apart.
        samples: array (S, A), samples n(s, a) of each pair for the best response.
        draws: samples for the next mean field besides these.
        uniform: the number of samples that would do if it has to be the same for all pairs.
        learning: step size and number of updates, where TQ-learning is used.
    """

    step: int
    radius: Fraction
    gap: Fraction | None
    tolerated: int
    samples: Exact
    draws: int
    uniform: int
    learning: Learning | None

    @property
    def calls(self) -> int:
        """All calls of the simulator in this step."""
        return int(self.samples.sum()) + self.draws


@dataclass(frozen=True, eq=False)
class GapBudget:
    """A budget with which a learner is sure to end near a T-MFE, but for the failure probability.

    Attributes:
        scheme: the algorithm.
        accuracy: the learner ends within twice this of z*, in ||.||_1.
        failure: the probability with which that may go wrong.
        steps: one entry for each step 0, .., k0 - 1.
        draws: N, draws (or agents) behind each next mean field.
        distance: a bound of ||y_k0 - z*||_1, between the path's end and the T-MFE.
        radius: e_k0, a bound of ||z_k0 - y_k0||_1.
        agents: how many agents, for O-TMFQ; None for the others.
    """

    scheme: Scheme
    accuracy: Fraction
    failure: Fraction
    steps: tuple[StepBudget, ...]
    draws: int
    distance: Fraction
    radius: Fraction
    agents: int | None = None

    @property
    def calls(self) -> int:
        """The certified total number of simulator calls (of transitions of agents, for O-TMFQ)."""
        if self.agents is not None:
            return self.agents * len(self.steps)
        return sum(step.calls for step in self.steps)

    @property
    def uniform_calls(self) -> int | None:
        """The total if all pairs of a step have equally many samples; None for O-TMFQ."""
        if self.agents is not None:
            return None
        return sum(step.uniform * step.samples.size + step.draws for step in self.steps)

    @property
    def gap(self) -> Fraction | None:
        """The smallest gap that has to be identified on the way."""
        return min((step.gap for step in self.steps if step.gap is not None), default=None)


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
        self._stages: dict[object, Stage | None] = {}
        self._schedules: dict[object, Schedule | None] = {}

    def stage(self, k: int, around: Ball, strategy: Strategy) -> Stage | None:
        """Return the bounds around y_k for the strategy that is to be learned there."""
        centre = self.path.ball(k, Fraction(0))
        if centre is None:
            return None
        key = (strategy, tuple(around.terms), tuple(centre.terms))
        if key not in self._stages:
            self._stages[key] = self.model.stage(centre, around, strategy)
        return self._stages[key]

    def schedule(self, stage: Stage, logs: Logs, tolerated: Flags) -> Schedule | None:
        """Return the fewest samples that identify the best response but for tolerated pairs."""
        key = (id(stage), logs, tolerated.tobytes())
        if key not in self._schedules:
            self._schedules[key] = fewest(stage, logs, tolerated)
        return self._schedules[key]


def gap_budget(plan: Plan, scheme: Scheme, deadline: Deadline | None = None) -> GapBudget | str:
    """Return the cheapest budget found for a scheme, or why there is none.

    Args:
        plan: game and path.
        scheme: the algorithm.
        deadline: when to stop looking for cheaper ones.
    """
    target = 2 * plan.accuracy
    steps = next((k for k, d in enumerate(plan.distances) if d < target * 9 / 10), None)
    if steps is None:
        return f"T-BR does not come within {target} of a T-MFE in {len(plan.distances) - 1} steps"
    if scheme is Scheme.O_TMFQ:
        return _population(plan, steps)
    best: GapBudget | None = None
    for later in _LATER:
        if steps + later < len(plan.distances):
            best = _cheaper(best, _attempt(plan, scheme, steps + later, 1, Fraction(0)))
    for attempt in _variations(steps if best is None else len(best.steps)):
        if deadline is not None and deadline.passed and best is not None:
            break
        best = _cheaper(best, _attempt(plan, scheme, *attempt))
    if best is None:
        return (
            "a gap on the path is so small, and the action so important, that no number of "
            "samples tried tells the actions apart"
        )
    return best


def _variations(steps: int) -> Iterator[tuple[int, int, Fraction]]:
    for more in (1, *_MORE):
        for allowance in (0.0, *_ALLOWANCES):
            if more > 1 or allowance:
                yield steps, more, Fraction(allowance)


def _cheaper(best: GapBudget | None, found: GapBudget | None) -> GapBudget | None:
    if found is None or (best is not None and best.calls <= found.calls):
        return best
    return found


def _attempt(
    plan: Plan, scheme: Scheme, steps: int, more: int, allowance: Fraction
) -> GapBudget | None:
    """Go along the path with a number of draws and an allowance for tolerated pairs."""
    room = 2 * plan.accuracy - plan.distances[steps]
    shares = Shares.of(plan.failure, steps)
    base = fewest_samples(plan.path, steps, shares.drift, room * (1 - allowance))
    if base is None:
        return None
    draws = base.samples * more
    walk = Walk(plan.path, steps, draws, shares.drift)
    bias = _each(plan.path, steps, allowance * room / 2)
    found = []
    for k in range(steps):
        around, step = plan.path.ball(k, walk.radius), plan.path.steps[k]
        if around is None or step.learned is None:
            return None
        stage = plan.stage(k, around, step.learned)
        if stage is None:
            return None
        far = plan.model.apart(around, step.learned)
        logs = _logs(stage, shares)
        options = []
        for tolerated in _choices(stage, logs, step.law, walk.radius, far, bias):
            made = _step(plan, scheme, stage, logs, tolerated, draws, k, walk.radius, step.law)
            if made is not None:
                options.append((made.calls, len(options), made, tolerated))
        if not options:
            return None
        _, _, made, tolerated = min(options)
        found.append(made)
        rows = None
        if scheme is Scheme.GMBL:
            schedule = plan.schedule(stage, logs, tolerated)
            rows = None if schedule is None else schedule.noise.rows
        if not walk.advance(
            around, _bias(stage, tolerated, step.law, walk.radius, far, rows)
        ):
            return None
    if walk.radius > room:
        return None
    return GapBudget(
        scheme=scheme,
        accuracy=plan.accuracy,
        failure=plan.failure,
        steps=tuple(found),
        draws=draws,
        distance=plan.distances[steps],
        radius=walk.radius,
    )


def _step(
    plan: Plan,
    scheme: Scheme,
    stage: Stage,
    logs: Logs,
    tolerated: Flags,
    draws: int,
    k: int,
    radius: Fraction,
    law: Exact,
) -> StepBudget | None:
    gap = min((g for g, free in zip(stage.gaps, tolerated, strict=True) if not free), default=None)
    count = int(tolerated.sum())
    if scheme is Scheme.GMBL:
        schedule = plan.schedule(stage, logs, tolerated)
        if schedule is None:
            return None
        weights, unit = stage.played
        # n(p) >= N z(s) mu(a | s), so that the next mean field is as good as from N draws.
        masses = [Fraction(int(p), UNIT) + radius / 2 for p in law]
        least = np.array(
            [
                [math.ceil(min(m, Fraction(1)) * draws * int(w) / unit) for w in line]
                for m, line in zip(masses, weights, strict=True)
            ],
            dtype=object,
        )
        samples = np.maximum(schedule.samples, least)
        alike = max(schedule.uniform, int(least.max()))
        return StepBudget(k, radius, gap, count, samples, 0, alike, None)
    learning = _learn(plan, stage, logs, tolerated)
    if learning is None:
        return None
    samples = np.full(stage.variance.shape, learning.updates, dtype=object)
    return StepBudget(k, radius, gap, count, samples, draws, learning.updates, learning)


def _learn(plan: Plan, stage: Stage, logs: Logs, tolerated: Flags) -> Learning | None:
    """Return TQ-learning that leaves every needed gap positive."""
    gamma = stage.tables.game.discount
    needed = [g for g, free in zip(stage.gaps, tolerated, strict=True) if not free]
    if not needed:
        return Learning(Fraction(1), 0, Fraction(0))
    lost = regret(stage, list(stage.gaps), tolerated, np.zeros_like(stage.variance))
    error = (min(needed) - lost) / 2
    if error <= 0:
        return None
    return learn_within(
        error * (1 - Fraction(1, 10**6)),  # strictly less than half a gap
        gamma,
        plan.reward_span / (2 * (1 - gamma)),
        Fraction(int(stage.variance.max()), SCALE),
        stage.span,
        logs.updates,
    )


def _choices(
    stage: Stage, logs: Logs, law: Exact, radius: Fraction, far: Exact, bias: Fraction
) -> list[Flags]:
    """Propose which pairs to tolerate: none, and as many costly ones as the bias allows."""
    none = np.zeros(len(stage.pairs), dtype=bool)
    if not len(none):
        return [none]
    needs = Guess(stage, logs, none).needs()
    masses = np.asarray(law / UNIT, dtype=np.float64)
    apart = np.asarray(far / SCALE, dtype=np.float64)
    kappa, half = float(stage.tables.kappa), float(radius) / 2
    worst = np.zeros(len(masses))
    free = none.copy()
    refused = 0.0
    for i in np.argsort(-needs):
        if needs[i] < refused / 100:
            break
        s = int(stage.pairs[i, 0])
        trial = worst.copy()
        trial[s] = max(trial[s], apart[i])
        if kappa * (masses @ trial + half * trial.max()) <= float(bias):
            worst, free[i] = trial, True
        else:
            refused = max(refused, float(needs[i]))
    return [none, free] if free.any() else [none]


def _bias(
    stage: Stage, tolerated: Flags, law: Exact, radius: Fraction, far: Exact, rows: Exact | None
) -> Fraction:
    """Bound ||Phi(z, mu') - Phi(z, mu)||_1, mu' playing tolerated actions: see the module.

    With `rows` the bound is of the same for the empirical kernel, whose rows are that far off.
    """
    worst = [0] * len(law)
    for (s, b), free, apart in zip(stage.pairs.tolist(), tolerated, far, strict=True):
        if free:
            star = stage.strategy[s]
            blur = 0 if rows is None else 2 * int(rows[s, star] + rows[s, b])
            worst[s] = max(worst[s], int(apart) + blur)
    most = Fraction(max(worst), SCALE)
    mean = sum((Fraction(int(p), UNIT) * w for p, w in zip(law, worst, strict=True)), Fraction(0))
    return stage.tables.kappa * (mean / SCALE + radius / 2 * most)


def _each(path: ReferencePath, steps: int, allowed: Fraction) -> Fraction:
    """Return the bias of every step that adds up to what is allowed at the end (a proposal)."""
    total = 0.0
    for k in range(steps):
        around = path.ball(k, Fraction(1, 100))
        if around is None:
            return Fraction(0)
        rows = path.steps[k].rows
        total = 1.0 + total * (float(rows.dobrushin(around)) + float(rows.steepness(around) or 0))
    return allowed / Fraction(total) if total else Fraction(0)


def _logs(stage: Stage, shares: Shares) -> Logs:
    first, second = events(stage)
    # TQ-learning has 2 |S||A| events, which take the place of both orders.
    updates = 2 * stage.variance.size / (shares.first + shares.second)
    return Logs(_log(max(1, first) / shares.first), _log(second / shares.second), _log(updates))


def _log(x: Fraction) -> Fraction:
    with precision(BITS):
        found = upper_fraction(real(x).log().upper())
    if found is None:
        raise AssertionError("a logarithm without an upper bound")
    return found


def _population(plan: Plan, steps: int) -> GapBudget | str:
    """Find agents enough for O-TMFQ: a number with which everything that it implies holds."""
    agents = 1 << 60
    for _ in range(6):
        found = _with_agents(plan, steps, agents)
        if isinstance(found, str):
            return found
        if found.agents == agents:
            return found
        if found.agents is None:
            raise AssertionError("a population without a number of agents")
        # What is needed with these radii is tried next, with a little to spare.
        agents = found.agents + found.agents // 50
    return "no number of agents was found that its own mean-field error allows"
