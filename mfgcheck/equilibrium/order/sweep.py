"""All cells of a game: whether the next law moves one way with the mean field, for every selection.

With one coordinate the range of the aggregate is cut into cells until each is proved
(`cells`). With several, or where the game jumps, the only case that is proved is that of one
strategy which is best at all mean fields: then the rows of one kernel are compared by the engine
that decides Definition 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.equilibrium.enclosure.isolate import width
from mfgcheck.equilibrium.order.cells import Cell, Proof, Prover
from mfgcheck.equilibrium.order.rows import Rows, direction_of, strict
from mfgcheck.equilibrium.ranges.optimal import Mask
from mfgcheck.equilibrium.ranges.pieces import Box, Piece
from mfgcheck.game.inequalities import Claim, Deadline, Holds, Open
from mfgcheck.game.numbers import short
from mfgcheck.game.screen import Vectors, in_order, proved_together
from mfgcheck.game.sparse import Ints

_SMALLEST = Fraction(1, 1 << 30)
_CROWDED = 2  # candidates per state, on average, above which a cell is cut without trying


@dataclass(frozen=True)
class Swept:
    """What was proved of all cells.

    Attributes:
        strategies: the strategies found alone in a cell, in the order of the aggregate, without
            repetition of one that goes on.
        boxes: how many cells were looked at.
        every: whether every choice among ties is covered; else the inf and the sup selection are.
        agree: whether, where actions tie, higher rows belong to actions of higher numbers.
        tied: whether several actions may be best in some state somewhere.
        rows: whether rows rise with the state and the mean field, each by itself.
    """

    strategies: tuple[tuple[int, ...], ...]
    boxes: int
    every: bool
    agree: bool
    tied: bool = False
    rows: bool = True


Also = Callable[[Cell], str | None]
"""A further demand on each cell; the text says what is not shown."""


def sweep(
    parts: list[Piece],
    rows: Rows,
    claim_sign: int,
    max_boxes: int,
    deadline: Deadline,
    also: Also | None = None,
) -> Swept | str:
    """Prove that the next law moves with the mean field (against it, if the sign is -1).

    Returns what was proved, or why nothing was.
    """
    dimension = max(part.dimension for part in parts)
    if len(parts) == 1 and dimension <= 1:
        sign = direction_of(parts[0]) if dimension else 0
        if sign or not dimension:
            return _cells(parts[0], rows, sign, claim_sign, max_boxes, deadline, also)
    if claim_sign < 0:
        return "the game does not see the mean field through one monotone aggregate, or it jumps"
    return _constant(parts, rows, max_boxes, deadline)


def _cells(
    piece: Piece,
    rows: Rows,
    sign: int,
    claim_sign: int,
    max_boxes: int,
    deadline: Deadline,
    also: Also | None,
) -> Swept | str:
    prover = Prover.of(piece, rows, sign * claim_sign, claim_sign, deadline)
    whole = width(piece.box)
    waiting: list[tuple[Box, Mask, Ints | None]] = [(piece.box, rows.tables.distinct, None)]
    found: list[tuple[int, ...]] = []
    several, agree, by_rows, boxes = False, True, True, 0
    while waiting:
        if boxes >= max_boxes:
            return f"all {max_boxes} boxes allowed are used"
        if deadline.passed:
            return "the time is over"
        boxes += 1
        box, among, guess = waiting.pop()
        cell = prover.cell(box, among, guess)
        proof: Proof | str = "a term is not finite"
        if cell is not None:
            among, guess = cell.candidates, cell.proposal.strategy
            proof = "too many strategies may be best"
            if among.sum() <= _CROWDED * len(among) or not box:
                proof = prover.prove(cell)
            if isinstance(proof, Proof) and also is not None:
                wrong = also(cell)
                proof = proof if wrong is None else wrong
        if isinstance(proof, str):
            if not box or width(box) <= whole * _SMALLEST:
                return proof + _where(piece, box)
            low, high = _cut(box)
            waiting += [(high, among, guess), (low, among, guess)]
            continue
        several |= proof.several
        agree &= proof.agree
        by_rows &= proof.rows
        if cell is not None and cell.strategy is not None and found[-1:] != [cell.strategy]:
            found.append(cell.strategy)
    every = not several or (piece.dimension == 1 and strict(piece))
    return Swept(tuple(found), boxes, every, agree, several, by_rows)


def _where(piece: Piece, box: Box) -> str:
    if not box:
        return ""
    (j,) = piece.region.frame.pivots
    low, high = box[0]
    return f", where {piece.setting.aggregates[j].name} is near {short((low + high) / 2)}"


def _cut(box: Box) -> tuple[Box, Box]:
    """Cut a box in two, off centre, at a number with few digits (which is a free choice)."""
    ((low, high),) = box
    at = low + (high - low) * Fraction(499, 1024)
    unit = 1 << 8
    while (high - low) * unit < 64:
        unit *= 2
    at = Fraction(round(at * unit), unit)
    return ((low, at),), ((at, high),)


def _constant(parts: list[Piece], rows: Rows, max_boxes: int, deadline: Deadline) -> Swept | str:
    """Prove it if one strategy is best everywhere, or say what was not proved."""
    found = one_strategy(parts, rows, max_boxes, deadline)
    if isinstance(found, str):
        return found
    strategy, boxes = found
    smooth = rows.smooth[np.arange(len(strategy)), list(strategy)]  # (S, L, U)
    lower, upper = rows.covers
    families = (
        (smooth[upper] - smooth[lower], Claim.NONNEGATIVE, "rises with the state"),
        (smooth, Claim.NONDECREASING, "rises with the mean field"),
    )
    scalars = rows.tables.game.scalars
    for family, claim, what in families:
        flat = np.moveaxis(family, 1, 2).reshape(-1, family.shape[1])
        flat = np.array(list(dict.fromkeys(map(tuple, flat.tolist()))), dtype=flat.dtype)
        flat = flat.reshape(-1, family.shape[1])
        terms = np.tile(np.array(rows.tables.terms[: flat.shape[1]]), (len(flat), 1))
        vectors = Vectors(terms, flat)
        proved = proved_together(scalars, vectors, claim, deadline)
        order = range(len(vectors))
        for _, outcome in in_order(scalars, vectors, order, proved, claim, deadline, {}):
            if not isinstance(outcome, Holds):
                more = f" ({outcome.reason})" if isinstance(outcome, Open) else ""
                return f"that the next law of its one strategy {what} was not shown{more}"
    return Swept((strategy,), boxes, every=True, agree=True)


def one_strategy(
    parts: list[Piece], rows: Rows, max_boxes: int, deadline: Deadline
) -> tuple[tuple[int, ...], int] | str:
    """Return the strategy that alone is best at all mean fields, and the boxes it took; or why not.

    Actions that do exactly the same count as one.
    """
    known: tuple[int, ...] | None = None
    boxes = 0
    for piece in parts:
        prover = Prover.of(piece, rows, 0, 1, deadline)
        whole = width(piece.box)
        waiting: list[tuple[Box, Mask, Ints | None]] = [(piece.box, rows.tables.distinct, None)]
        while waiting:
            if boxes >= max_boxes:
                return f"all {max_boxes} boxes allowed are used"
            if deadline.passed:
                return "the time is over"
            box, among, guess = waiting.pop()
            if not piece.meets(box):
                continue
            boxes += 1
            cell = prover.cell(box, among, guess)
            strategy = None
            if cell is not None:
                among, guess, strategy = cell.candidates, cell.proposal.strategy, cell.strategy
            if strategy is None:
                if not box or width(box) <= whole / (1 << 12):
                    return "the best strategy is not the same at all mean fields"
                waiting += [(part, among, guess) for part in _halves(box, piece.box)]
            elif known is not None and strategy != known:
                return "the best strategy is not the same at all mean fields"
            known = strategy or known
    return "no mean field was looked at" if known is None else (known, boxes)


def _halves(box: Box, around: Box) -> tuple[Box, Box]:
    """Cut a box across the side that is longest for the size of the whole."""
    shares = [
        (high - low) / (top - bottom) if top > bottom else Fraction(0)
        for (low, high), (bottom, top) in zip(box, around, strict=True)
    ]
    i = shares.index(max(shares))
    low, high = box[i]
    at = (low + high) / 2
    return (*box[:i], (low, at), *box[i + 1 :]), (*box[:i], (at, high), *box[i + 1 :])
