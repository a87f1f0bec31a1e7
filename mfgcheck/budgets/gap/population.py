"""O-TMFQ: how many agents a population needs.

At step k >= 1 the agents play the strategy learned at step k - 1, and the transitions that they
make at z_k are what TQ-learning uses. An agent is in s with a chance of at least psi(s), the least
P(s | x, b) near y_(k-1), and then tries a with at least `spread`. So the number of visits of a pair
dominates a binomial one with q = psi(s) spread; by Chernoff's bound it is at least T, but for a
probability e^-L, if I q >= T + L + sqrt(L^2 + 2 T L). The agents' next states are independent given
where they are, so their empirical law is an average of I draws (`drift`).

In more detail: the strategy mu_(k-1) depends on the states s_k, as these are part of what it was
learned from. But whatever it is, an agent tries a if an independent uniform number is below
`spread`, for each a with numbers of its own; so visits are independent of the strategy in this
bound. Given all states and actions of step k the next states are independent draws, and those of
the first T visits of each pair are the T updates (with a constant step; later ones are left out).

Source: own; replaces Theorem 5 of Lee et al. (2021), which leaves out the population's own noise.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.budgets.gap.budgets import GapBudget, Scheme, Shares, StepBudget
from mfgcheck.budgets.gap.drift import Walk, fewest_samples
from mfgcheck.budgets.gap.plan import Plan, logarithm, logs_of, smallest_gap
from mfgcheck.budgets.gap.stage import SCALE
from mfgcheck.game.sparse import Exact
from mfgcheck.rigor.interval import upper_fraction
from mfgcheck.rigor.tape import precision

_TRIES = 12  # numbers of agents


def population(plan: Plan, steps: int) -> GapBudget | str:
    """Find agents enough for O-TMFQ: a number for which all that follows from it holds.

    Args:
        plan: game and path (that of modified T-BR).
        steps: k0.
    """
    shares = Shares.of(plan.failure, steps)
    room = 2 * plan.accuracy - plan.distances[steps]
    if room <= 0:
        return f"after {steps} steps the path is too far from the T-MFE"
    fewest = fewest_samples(plan.path, steps, shares.drift, room)
    if fewest is None:
        return "the game may jump near the path"
    agents = 1 << 62
    for _ in range(_TRIES):
        found = _with_agents(plan, steps, shares, agents)
        if isinstance(found, str):
            return found
        budget, needed = found
        enough = max(needed, fewest.samples)
        if enough <= agents <= enough + enough // 10 and budget.radius <= room:
            return budget
        # With fewer agents the radii grow, and so do the needs, by a little.
        agents = enough + enough // 20
    return "no number of agents was found that its own mean-field error allows"


def _with_agents(
    plan: Plan, steps: int, shares: Shares, agents: int
) -> tuple[GapBudget, int] | str:
    """Return the budget with so many agents, and how many the visits need."""
    walk = Walk(plan.path, steps, agents, shares.drift)
    tables = plan.path.tables
    spread = tables.spread if tables.shape[1] > 1 else Fraction(1)
    found, needed = [], 1
    lowest: Exact | None = None
    for k in range(steps):
        step, around = plan.path.steps[k], plan.path.ball(k, walk.radius)
        if around is None:
            return "the game may jump near the path"
        learned = step.learned
        if learned is None or lowest is None:
            empty = np.zeros(tables.shape[:2], dtype=object)
            found.append(StepBudget(k, walk.radius, None, 0, empty, 0, 0, None))
        else:
            stage = plan.stage(k, around, learned)
            if stage is None:
                return "the game changes too much near the path"
            # Coverage takes the second share, TQ-learning the first.
            updates = logarithm(2 * stage.variance.size / shares.first)
            logs = replace(logs_of(stage, shares), updates=updates)
            learning = plan.learning(stage, logs, stage.alike)
            if learning is None:
                return f"at step {k} two actions are too close to be told apart"
            chance = Fraction(int(lowest.min()), SCALE) * spread
            if not chance:
                state = tables.game.states.text(int(lowest.argmin()))
                return (
                    f"nothing ensures that agents try every action everywhere: state {state} may "
                    "have no visitors, or no action there be chosen by mistake (the scheme relies "
                    "on regeneration and on a tremble)"
                )
            log = logarithm(stage.variance.size / shares.second)
            needed = max(needed, _agents(learning.updates, chance, log))
            samples = np.full(stage.variance.shape, learning.updates, dtype=object)
            gap = smallest_gap(stage, stage.alike)
            found.append(StepBudget(k, walk.radius, gap, 0, samples, 0, learning.updates, learning))
        lowest = plan.model.minorant(around)
        if not walk.advance(around):
            return "the game may jump near the path"
    budget = GapBudget(
        scheme=Scheme.O_TMFQ,
        accuracy=plan.accuracy,
        failure=plan.failure,
        steps=tuple(found),
        draws=agents,
        distance=plan.distances[steps],
        radius=walk.radius,
        agents=agents,
    )
    return budget, needed


def _agents(visits: int, chance: Fraction, log: Fraction) -> int:
    """Return I with I q >= T + L + sqrt(L^2 + 2 T L)."""
    with precision(BITS):
        size = real(visits) + real(log) + (real(log) ** 2 + 2 * real(visits) * real(log)).sqrt()
        found = upper_fraction((size / real(chance)).upper())
    if found is None:
        raise AssertionError("a number of agents without a bound")
    return math.ceil(found)
