"""From what T-BR was observed to do to what is proved of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from mfgcheck.equilibrium.order.bracket import bracket
from mfgcheck.equilibrium.order.level import order_preserving
from mfgcheck.equilibrium.solve import Solution
from mfgcheck.verify.check import Report


def certify(
    found: Solution, report: Report | None = None, time_limit: float | None = None
) -> Solution:
    """Prove, if possible, what the paths from both ends were observed to do.

    Where Definition 1 holds, or the next law is proved to rise with the mean field, the paths are
    computed again with outward rounding: they then bracket every T-MFE, and T-BR from every start.

    Args:
        found: what `solve` returned for both ends; anything else is returned as it is.
        report: the verdicts on Definition 1, if known.
        time_limit: seconds for each of the two parts; none by default.

    >>> from mfgcheck import solve
    >>> from mfgcheck.gallery import make
    >>> certify(solve(make("audit-f"))).bracket.k0
    1
    """
    game = found.game
    if found.sandwich is None or found.interrupted or not game.states.is_chain:
        return found
    order = order_preserving(game, report, time_limit)
    if not order.brackets:
        return replace(found, order=order)
    accuracy = Fraction(str(found.sandwich.accuracy))
    steps = max(1, len(found.sandwich.widths) + 10)
    proved = bracket(game, accuracy, order.method, steps, time_limit)
    return replace(found, order=order, bracket=proved)
