"""Budgets drawn against the accuracy: one figure a learner, with the three kinds of bound."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from mfgcheck.budgets.gap.budgets import GapBudget, Scheme
from mfgcheck.budgets.gap.plan import Plan
from mfgcheck.budgets.inverse import budgets
from mfgcheck.budgets.paper_bounds import of_the_paper
from mfgcheck.budgets.target import Target
from mfgcheck.report.figures import Curves, Figure, Series

if TYPE_CHECKING:
    from mfgcheck.budgets.budget import Budget

ACCURACIES = tuple(Fraction(n, 1000) for n in (500, 300, 200, 100, 50, 30, 20, 10))
"""The accuracies that are drawn."""

_TITLES = {"4": "TMFQ (Theorem 4)", "5": "O-TMFQ (Theorem 5)", "6": "GMBL (Theorem 6)"}


def budget_figures(found: Budget) -> list[Figure]:
    """Return a figure for each learner that was asked for; none without a T-MFE to aim at.

    The gap-based budgets are certified, but not always the cheapest. The others are drawn in units
    of the constant of O(.), and, where no finite C3 exists, in the limit C3 -> 0, for which they
    promise nothing.
    """
    from mfgcheck.budgets.budget import SCHEMES

    names = [name for name in ("4", "5", "6") if SCHEMES[name] in found.gap_based]
    return [figure for name in names if (figure := _figure(found, name, SCHEMES[name])) is not None]


def _figure(found: Budget, name: str, scheme: Scheme) -> Curves | None:
    target, span = found.targets.get(scheme), found.constants.reward_span.upper
    if not isinstance(target, Target) or span is None:
        return None
    plan = Plan(target.path, target.distances, found.accuracy, found.failure, span)
    gaps: list[float] = []
    fewest: int | None = None
    # From the finest on: what is enough for an accuracy is enough for a coarser one.
    drawn_at = zip(ACCURACIES, budgets(plan, scheme, ACCURACIES), strict=True)
    for accuracy, quick in reversed(list(drawn_at)):
        for one in (quick, found.gap_based[scheme]):
            if isinstance(one, GapBudget) and one.accuracy <= accuracy:
                fewest = one.calls if fewest is None else min(fewest, one.calls)
        gaps.insert(0, math.nan if fewest is None else math.log10(fewest))
    printed, repaired = [], []
    for accuracy in ACCURACIES:
        values = _of_the_paper(found, name, accuracy)
        printed.append(values[0])
        repaired.append(values[1])
    x = [float(accuracy) for accuracy in ACCURACIES]
    series = [
        Series("gap-based, certified", x, gaps, "points"),
        Series("as printed, over its constant", x, printed),
        Series("corrected", x, repaired),
    ]
    drawn = [one for one in series if not all(math.isnan(y) for y in one.y)]
    if not drawn:
        return None
    applies = name in found.printed and found.printed[name].applies
    note = "" if applies else "the printed and the corrected theorem do not apply to this game"
    return Curves(
        title=f"{found.game.name}: budget of {_TITLES[name]}",
        x_label="accuracy: half of ||z_k0 - z*||_1",
        y_label="simulator calls (log10)",
        series=drawn,
        note=note,
    )


def _of_the_paper(found: Budget, name: str, accuracy: Fraction) -> tuple[float, float]:
    """Return log10 of all calls by the printed and by the corrected bound; nan for no number."""
    from mfgcheck.budgets.words import all_calls

    target = found.target
    steps = None if isinstance(target, str) else target.first_within(accuracy)
    if steps is None:
        return math.nan, math.nan
    bounds, repaired = of_the_paper(
        found.game, found.constants, steps, accuracy, found.failure, (name,), found.assumed
    )
    amount, mended = bounds[name].amount, repaired[name]
    total = None if isinstance(mended, str) else mended.total
    return (
        math.nan if amount is None else all_calls(amount, found, name, steps).log10,
        math.nan if total is None else total.log10,
    )
