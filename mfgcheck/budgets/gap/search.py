"""Sample budgets from action gaps: explicit constants, and no Lipschitz constant of strategies.

A learner that starts where the reference path starts plays the path's strategies as long as it
identifies them; its mean field then stays near the path (`drift`), where the gaps that have to be
identified are known (`stage`). So one goes along the path: from the radius e_k around y_k the ball
of mean fields, from it the gaps and what it takes to identify them (`identify`, `tq_learning`), and
from the number of draws the radius e_(k+1). All failures together have the probability asked for.

*Tolerated pairs.* Where an action b is nearly as good as a* and it hardly matters (few agents are
in state s, or the rows are alike), telling them apart may cost more than all the rest. The learner
may then play either; Phi(z, mu') and Phi(z, mu) differ by at most

    kappa sum over s of z(s) max over tolerated b of ||P(s, b) - P(s, a*)||_1,

which is added to the defect of the step. So a tie of two actions on the path need not end the
story. Which of them the learner plays depends on its samples. So where GMBL takes the next mean
field from the same samples, the rows in this bound are the empirical ones; or it draws N others for
it, and the true rows count. The same goes for actions that do exactly what a* does: they can only
be tolerated.

Source: own; replaces Theorems 4, 5 and 6 of Lee et al. (2021), whose Assumption 1(iii) hardly any
game fulfils.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from mfgcheck.budgets.gap.budgets import GapBudget, Scheme, Shares, StepBudget
from mfgcheck.budgets.gap.drift import Walk, fewest_samples
from mfgcheck.budgets.gap.identify import Logs
from mfgcheck.budgets.gap.path import UNIT, ReferencePath
from mfgcheck.budgets.gap.plan import Plan, logs_of, smallest_gap
from mfgcheck.budgets.gap.population import population
from mfgcheck.budgets.gap.schedule import Guess
from mfgcheck.budgets.gap.stage import SCALE, Flags, Stage
from mfgcheck.errors import BadInput
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.sparse import Exact

_LATER = 8  # steps beyond the fewest that are tried at most
# Multiples of the fewest draws, and parts of the accuracy that tolerated pairs may use up.
_VARIATIONS = tuple(
    (more, Fraction(part, 10))
    for more, part in ((1, 3), (4, 0), (4, 3), (64, 0), (64, 3), (4096, 3))
)


def gap_budget(plan: Plan, scheme: Scheme, deadline: Deadline | None = None) -> GapBudget | str:
    """Return the cheapest budget found for a scheme, or why there is none.

    Args:
        plan: game and path.
        scheme: the algorithm.
        deadline: when to stop looking for cheaper ones.
    """
    algorithm = "modified" if scheme is Scheme.O_TMFQ else "t-br"
    if plan.path.algorithm != algorithm:
        raise BadInput(
            f"{scheme} follows {algorithm}, but the path is that of {plan.path.algorithm}"
        )
    target = 2 * plan.accuracy
    steps = next((k for k, d in enumerate(plan.distances) if d < target * 9 / 10), None)
    if steps is None:
        return (
            f"the path does not come within {target} of a T-MFE in {len(plan.distances) - 1} steps"
        )
    steps = max(1, steps)  # even where the first mean field is near enough, something is played
    if scheme is Scheme.O_TMFQ:
        return population(plan, steps)
    best: GapBudget | str = "nothing was tried"
    for later in range(min(_LATER, len(plan.distances) - steps)):
        found = _attempt(plan, scheme, steps + later, 1, Fraction(0))
        if not isinstance(best, str) and _cost(found) >= _cost(best):
            break
        best = found
        if deadline is not None and deadline.passed and not isinstance(best, str):
            break
    chosen = steps if isinstance(best, str) else len(best.steps)
    for more, allowance in _VARIATIONS:
        if deadline is not None and deadline.passed and not isinstance(best, str):
            break
        found = _attempt(plan, scheme, chosen, more, allowance)
        if isinstance(best, str) or _cost(found) < _cost(best):
            best = found
    return best


def _cost(found: GapBudget | str) -> float:
    return math.inf if isinstance(found, str) else found.calls


def _attempt(
    plan: Plan, scheme: Scheme, steps: int, more: int, allowance: Fraction
) -> GapBudget | str:
    """Go along the path with a number of draws and an allowance for tolerated pairs."""
    room = 2 * plan.accuracy - plan.distances[steps]
    if room <= 0:
        return f"after {steps} steps the path is too far from the T-MFE"
    shares = Shares.of(plan.failure, steps)
    base = fewest_samples(plan.path, steps, shares.drift, room * (1 - allowance))
    if base is None:
        return "the game may jump near the path, so that small errors grow beyond all bounds"
    draws = base.samples * more
    walk = Walk(plan.path, steps, draws, shares.drift)
    bias = _each(plan.path, steps, allowance * room / 2)
    made = []
    for k in range(steps):
        found = _best_step(plan, scheme, walk, k, draws, shares, bias)
        if isinstance(found, str):
            return found
        made.append(found)
    if walk.radius > room:
        return "tolerated actions move the mean field too far"
    return GapBudget(
        scheme=scheme,
        accuracy=plan.accuracy,
        failure=plan.failure,
        steps=tuple(made),
        draws=draws,
        distance=plan.distances[steps],
        radius=walk.radius,
    )


def _best_step(
    plan: Plan,
    scheme: Scheme,
    walk: Walk,
    k: int,
    draws: int,
    shares: Shares,
    bias: Fraction,
) -> StepBudget | str:
    """Return the cheapest way to make step k, and make it on the walk; or why there is none."""
    around, step = plan.path.ball(k, walk.radius), plan.path.steps[k]
    if around is None or step.learned is None:
        return "the game may jump near the path"
    stage = plan.stage(k, around, step.learned)
    if stage is None:
        return "the game changes too much near the path"
    far = plan.apart(around, step.learned)
    logs = logs_of(stage, shares)
    options: list[tuple[int, int, StepBudget, Fraction]] = []
    for tolerated in _choices(stage, logs, step.law, walk.radius, far, bias):
        # Without a choice for the learner, fresh draws would only cost more.
        for fresh in (False, True) if tolerated.any() and scheme is Scheme.GMBL else (False,):
            made = _step(plan, scheme, stage, logs, tolerated, draws, k, walk.radius, fresh=fresh)
            if made is None:
                break
            budget, rows = made
            shift = _bias(stage, tolerated, step.law, walk.radius, far, rows)
            if shift <= bias:
                options.append((budget.calls, len(options), budget, shift))
    if not options:
        gap = smallest_gap(stage, stage.alike) or 0
        return (
            f"at step {k} the best two actions {'are too close' if gap > 0 else 'may tie'} in a "
            "state that matters, at some mean field that the learner may have"
        )
    _, _, best, shift = min(options)
    if not walk.advance(around, shift):
        return "the game may jump near the path"
    return best


def _step(
    plan: Plan,
    scheme: Scheme,
    stage: Stage,
    logs: Logs,
    tolerated: Flags,
    draws: int,
    k: int,
    radius: Fraction,
    *,
    fresh: bool,
) -> tuple[StepBudget, Exact | None] | None:
    """Return what a step needs, and how far the rows are off with which it is made (if they are).

    With `fresh` the next mean field of GMBL has draws of its own.
    """
    least_gap = smallest_gap(stage, tolerated)
    gap = None if least_gap is None else least_gap / plan.unit
    count = int((tolerated & ~stage.alike).sum())
    if scheme is Scheme.GMBL:
        schedule = plan.schedule(stage, logs, tolerated)
        if schedule is None:
            return None
        samples, alike = schedule.samples, schedule.uniform
        for s, b in stage.pairs[tolerated].tolist():  # their rows are no farther off then
            alike = max(alike, int(samples[s, stage.strategy[s]]), int(samples[s, b]))
        if fresh:
            return StepBudget(k, radius, gap, count, samples, draws, alike, None), None
        weights, unit = stage.played
        # n(p) >= N z(s) mu(a | s), so that the next mean field is as good as from N draws.
        masses = [Fraction(int(p), UNIT) + radius / 2 for p in plan.path.law(k)]
        least = np.array(
            [
                [math.ceil(min(m, Fraction(1)) * draws * int(w) / unit) for w in line]
                for m, line in zip(masses, weights, strict=True)
            ],
            dtype=object,
        )
        alike = max(alike, int(least.max()))
        made = StepBudget(k, radius, gap, count, np.maximum(samples, least), 0, alike, None)
        return made, schedule.noise.rows
    learning = plan.learning(stage, logs, tolerated)
    if learning is None:
        return None
    samples = np.full(stage.variance.shape, learning.updates, dtype=object)
    return StepBudget(k, radius, gap, count, samples, draws, learning.updates, learning), None


def _choices(
    stage: Stage, logs: Logs, law: Exact, radius: Fraction, far: Exact, bias: Fraction
) -> list[Flags]:
    """Propose which pairs to tolerate: none but alike ones, and as many as the bias allows."""
    none = stage.alike
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
    return [none, free] if (free & ~none).any() else [none]


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
        steep = path.steps[k].rows.steepness(around)
        total = 1.0 + total * float(path.taus[k] + (steep or 0))
    return allowed / Fraction(total) if total else Fraction(0)
