"""Order-preserving games: a higher mean field leads to a higher next law, with every best response.

If z <= z' in stochastic dominance implies Upsilon(z) <= Upsilon(z'), T-BR from the least and the
greatest law moves one way and converges, although Definition 1 may fail. The reverse, a next law
that falls while the aggregate rises, leaves room for one value of the aggregate at most.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from mfgcheck.equilibrium.order.cells import Cell
from mfgcheck.equilibrium.order.refute import find_fall
from mfgcheck.equilibrium.order.rows import Rows
from mfgcheck.equilibrium.order.sweep import Swept, sweep
from mfgcheck.equilibrium.order.verdict import (
    ENDS,
    EVERY,
    PRESERVING,
    THEOREMS,
    UNIQUE,
    OrderVerdict,
)
from mfgcheck.equilibrium.ranges.pieces import Piece, pieces, term_span
from mfgcheck.equilibrium.ranges.tables import Tables, tremble_weights
from mfgcheck.game.arguments import need_game, need_seconds
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.summary import count
from mfgcheck.verify.check import Report
from mfgcheck.verify.clauses import CLAUSES
from mfgcheck.verify.upper_sets import TooManyUpperSets
from mfgcheck.verify.verdict import Status

__all__ = ["OrderVerdict", "order_preserving", "unique_by_order"]


def order_preserving(
    game: Game,
    report: Report | None = None,
    time_limit: float | None = None,
    max_boxes: int = 4000,
) -> OrderVerdict:
    """Decide whether z <= z' (stochastic dominance) implies Upsilon(z) <= Upsilon(z').

    Args:
        game: the game.
        report: the verdicts on Definition 1, if known: with it proved there is nothing to compute.
        time_limit: seconds after which it is UNDECIDED; none by default.
        max_boxes: boxes of mean fields to look at.

    Raises:
        BadInput: the tremble is too large, or the kernel for memory.

    Source: enlarges Lee et al. (2021), proof of Theorem 1, to games that fail Definition 1.

    >>> from mfgcheck.gallery import make
    >>> order_preserving(make("infection-spread")).status.value
    'PROVED'
    """
    need_game(game)
    need_seconds(time_limit)
    started, deadline = time.perf_counter(), Deadline(time_limit)
    tremble_weights(game)
    verdict = _by_definition(game, report)
    if verdict is None:
        verdict = _preserving(game, max_boxes, deadline)
    return replace(verdict, seconds=time.perf_counter() - started)


def unique_by_order(
    game: Game, time_limit: float | None = None, max_boxes: int = 4000
) -> OrderVerdict:
    """Prove, if an order shows it, that T-MFE have one value of the aggregate at most.

    Asked for are: one aggregate m that never falls (or never rises) with the mean field; for every
    best response a next law that rises with the state and falls while m moves as it does with a
    rising mean field; and one stationary law of every kernel. With m1 < m2 the stationary laws then
    satisfy pi_2 <= pi_1, so that both cannot belong to T-MFE, whichever best responses they play.
    Where several actions tie at the one value, there may still be several T-MFE.

    The status is PROVED, or UNDECIDED where the test does not apply: it never refutes.

    Args:
        game: the game.
        time_limit: seconds after which it is UNDECIDED; none by default.
        max_boxes: boxes of mean fields to look at.

    Raises:
        BadInput: the tremble is too large, or the kernel for memory.

    Source: Light and Weintraub (arXiv 1903.02273), for finite games and pure selections.
    """
    need_game(game)
    need_seconds(time_limit)
    started, deadline = time.perf_counter(), Deadline(time_limit)
    verdict = _unique(game, max_boxes, deadline)
    return replace(verdict, seconds=time.perf_counter() - started)


def open_verdict(claim: str, reason: str, boxes: int = 0) -> OrderVerdict:
    """Return a verdict that leaves a claim open."""
    method = "branch and bound over the aggregate"
    return OrderVerdict(
        claim, Status.UNDECIDED, method, THEOREMS[claim], boxes=boxes, reason=reason
    )


def _by_definition(game: Game, report: Report | None) -> OrderVerdict | None:
    if report is None or report.game.digest != game.digest or not game.states.is_chain:
        return None
    if len(report.clauses) < len(CLAUSES) or report.status is not Status.PROVED:
        return None
    method = "Definition 1 is proved"
    return OrderVerdict(
        PRESERVING, Status.PROVED, method, THEOREMS[PRESERVING], ENDS, brackets=True
    )


def _preserving(game: Game, max_boxes: int, deadline: Deadline) -> OrderVerdict:
    if game.doubts:
        return open_verdict(PRESERVING, f"it is not sure that this is a game: {game.doubts[0]}")
    tables = Tables.of(game)
    try:
        rows = Rows.of(tables)
    except TooManyUpperSets as error:
        return open_verdict(PRESERVING, str(error))
    parts = pieces(tables)
    fall = find_fall(parts, rows, deadline)
    if fall is not None:
        return OrderVerdict(
            PRESERVING,
            Status.REFUTED,
            _two(tables),
            THEOREMS[PRESERVING],
            witness=fall,
        )
    found = sweep(parts, rows, 1, max_boxes, deadline)
    return open_verdict(PRESERVING, found) if isinstance(found, str) else _proved(PRESERVING, found)


def _two(tables: Tables) -> str:
    if tables.distinct.all():
        return "two mean fields with unique best responses"
    if np.all(tables.distinct.sum(axis=1) == 1):
        return "two mean fields; which action is played makes no difference"
    return "two mean fields with best responses that all do the same"


def _unique(game: Game, max_boxes: int, deadline: Deadline) -> OrderVerdict:
    if game.doubts:
        return open_verdict(UNIQUE, f"it is not sure that this is a game: {game.doubts[0]}")
    tables = Tables.of(game)
    try:
        rows = Rows.of(tables)
    except TooManyUpperSets as error:
        return open_verdict(UNIQUE, str(error))
    parts = pieces(tables)
    closed = _Closed(rows, parts)
    found = sweep(parts, rows, -1, max_boxes, deadline, closed)
    if isinstance(found, str):
        return open_verdict(UNIQUE, found)
    if found.tied and not parts[0].dimension:
        return open_verdict(
            UNIQUE, "actions tie at all mean fields, so that there may be several T-MFE"
        )
    # It speaks of T-MFE, with any best responses, and of no selection or path.
    return replace(_proved(UNIQUE, found), selections=None, brackets=False)


class _Closed:
    """The demand that all kernels of a cell have one closed class."""

    def __init__(self, rows: Rows, parts: list[Piece]) -> None:
        self._rows = rows
        terms = term_span(parts[0], parts[0].box, 64) if len(parts) == 1 else None
        everything = rows.tables.distinct
        self._always = terms is not None and rows.recurrent(terms, everything)

    def __call__(self, cell: Cell) -> str | None:
        """Return what is not shown, None if it is."""
        if self._always or self._rows.recurrent(cell.terms, cell.candidates):
            return None
        return "that there is one stationary law was not shown"


def _proved(claim: str, found: Swept) -> OrderVerdict:
    way = "rises" if claim == PRESERVING else "falls"
    alone = len(found.strategies)
    single = alone == 1 and not found.tied
    whose = "one strategy is best at all mean fields: its" if single else "the"
    cells = count(found.boxes, "box", "boxes")
    also = " and rises with the state" if found.rows else ""
    method = f"{whose} next law {way} with the mean field{also}, in {cells}"
    return OrderVerdict(
        claim,
        Status.PROVED,
        method,
        THEOREMS[claim],
        EVERY if found.every else ENDS,
        brackets=found.agree,
        strategies=alone or None,
        boxes=found.boxes,
    )
