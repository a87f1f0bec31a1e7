"""Which accuracy a number of samples buys, and budgets over a range of accuracies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mfgcheck.budgets.gap.budgets import GapBudget, Scheme
from mfgcheck.budgets.gap.plan import Plan
from mfgcheck.budgets.gap.search import gap_budget
from mfgcheck.budgets.target import Target
from mfgcheck.game.inequalities import Deadline

FINEST = Fraction(1, 1000)
"""No smaller accuracy is looked for."""

_COARSEST = Fraction(99, 100)
_NEAR = Fraction(102, 100)


@dataclass(frozen=True, eq=False)
class Bought:
    """The smallest accuracy found that a number of samples is sure to be enough for.

    Attributes:
        samples: the number of calls that were given.
        scheme: the learner that makes the best of them.
        budget: what it does with them, with its accuracy; or why they are not enough for any.
    """

    samples: int
    scheme: Scheme
    budget: GapBudget | str


def bought(
    samples: int,
    targets: Mapping[Scheme, Target | str],
    failure: Fraction,
    reward_span: Fraction,
    known: Mapping[Scheme, GapBudget | str] | None = None,
) -> Bought:
    """Return the smallest accuracy that so many calls of the simulator are enough for.

    Args:
        samples: calls in all (for O-TMFQ transitions of agents).
        targets: for each scheme that is to be tried the path and its T-MFE.
        failure: the probability with which the accuracy may be missed.
        reward_span: the largest less the smallest reward at one mean field, at most.
        known: budgets that were found before, with the same failure probability; what is bought is
            no worse than one of them that is cheap enough.

    The search is by bisection, in which a budget need not be the cheapest: a better accuracy may be
    possible.
    """
    best: Bought | None = None
    for scheme, target in targets.items():
        if isinstance(target, str):
            found: GapBudget | str = target
        else:
            plan = Plan(target.path, target.distances, _COARSEST, failure, reward_span)
            found = _bisect(plan, scheme, samples, (known or {}).get(scheme))
        one = Bought(samples, scheme, found)
        if best is None or _accuracy(one) < _accuracy(best):
            best = one
    if best is None:
        raise AssertionError("no scheme was given")
    return best


def budgets(plan: Plan, scheme: Scheme, accuracies: Sequence[Fraction]) -> list[GapBudget | str]:
    """Return a gap-based budget for each accuracy; not always the cheapest."""
    return [gap_budget(plan.at(accuracy), scheme, Deadline(0.0)) for accuracy in accuracies]


def _accuracy(one: Bought) -> Fraction:
    return Fraction(1) if isinstance(one.budget, str) else one.budget.accuracy


def _bisect(
    plan: Plan, scheme: Scheme, samples: int, known: GapBudget | str | None
) -> GapBudget | str:
    def enough(accuracy: Fraction) -> GapBudget | None:
        (found,) = budgets(plan, scheme, [accuracy])
        return found if isinstance(found, GapBudget) and found.calls <= samples else None

    if isinstance(known, GapBudget) and known.calls <= samples:
        best: GapBudget | None = known
    else:
        best = enough(_COARSEST)
    if best is None:
        return f"{samples:,} calls are not enough for any accuracy below 1"
    low, high = FINEST, best.accuracy
    if high <= low:
        return best
    finest = enough(FINEST)
    if finest is not None:
        return finest
    while high / low > _NEAR:
        # The middle of the logarithms, roughly: steps of equal factors.
        middle = Fraction(round(float(low * high) ** 0.5 * 10**6), 10**6)
        found = enough(middle)
        if found is None:
            low = middle
        else:
            best, high = found, middle
    return best
