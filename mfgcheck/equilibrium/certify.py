"""From what T-BR was observed to do to what is proved of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from mfgcheck.equilibrium.order.bracket import bracket
from mfgcheck.equilibrium.order.level import order_preserving
from mfgcheck.equilibrium.order.verdict import PRESERVING, THEOREMS, OrderVerdict
from mfgcheck.equilibrium.solve import Solution
from mfgcheck.errors import BadInput
from mfgcheck.game.arguments import need_seconds
from mfgcheck.verify.check import Report
from mfgcheck.verify.verdict import Status

_STEPS = 10_000


def certify(
    found: Solution, report: Report | None = None, time_limit: float | None = None
) -> Solution:
    """Prove, if possible, where T-BR leads: from every start, whichever runs were made.

    Where Definition 1 holds, or the next law is proved to rise with the mean field, T-BR from the
    least law rises, and from the greatest it falls. If the states form a chain, two paths are
    computed with outward rounding: every T-MFE, and T-BR from every start with any choice among
    ties, lie between them (lemma O6). Of modified T-BR nothing is proved.

    Args:
        found: what `solve` returned; if it was interrupted, it is returned as it is.
        report: the verdicts on Definition 1, if known.
        time_limit: seconds for each of the two parts; none by default.

    Raises:
        BadInput: it is no solution, or the time limit is not positive.

    >>> from mfgcheck import solve
    >>> from mfgcheck.gallery import make
    >>> certify(solve(make("audit-f"), "least")).bracket.k0
    1
    """
    if not isinstance(found, Solution):
        raise BadInput("certify takes what solve returned: certify(solve(game))")
    need_seconds(time_limit)
    game = found.game
    if found.interrupted:
        return found
    try:
        order = order_preserving(game, report, time_limit)
    except (BadInput, MemoryError) as error:  # what was observed is not lost
        memory = "it needs more memory than there is"
        reason = memory if isinstance(error, MemoryError) else str(error)
        return not_asked(found, reason)
    if order.status is not Status.PROVED or not game.states.is_chain:
        return replace(found, order=order)
    accuracy = Fraction(str(found.runs[0].accuracy))
    # With the sandwich it is known how far the paths are of interest.
    steps = _STEPS if found.sandwich is None else len(found.sandwich.widths) + 10
    proved = bracket(game, accuracy, order.method, steps, time_limit)
    return replace(found, order=order, bracket=proved)


def not_asked(found: Solution, reason: str) -> Solution:
    """Return a solution of which nothing was proved, and why."""
    order = OrderVerdict(PRESERVING, Status.UNDECIDED, "", THEOREMS[PRESERVING], reason=reason)
    return replace(found, order=order)
