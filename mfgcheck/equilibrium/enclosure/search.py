"""Branch and bound over the aggregates: every T-MFE of one piece, or a box that stayed open.

A box of aggregates is dropped when no mean field in it is consistent with a strategy that may be
optimal there. What is left is looked at strategy by strategy: a strategy whose fixed point is shown
to be the only one in the box needs no further cutting, and whether it is optimal is asked at the
fixed point alone. Other boxes are cut in two, off centre, so that a symmetric fixed point does not
lie on a cut.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.equilibrium.enclosure.continuum import filled
from mfgcheck.equilibrium.enclosure.isolate import Answer, Fixed, Place, locate, width
from mfgcheck.equilibrium.exact.algebra import Settlement, settle_exactly
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.equilibrium.ranges.consistent import Extent, hull_extents, strategy_extents
from mfgcheck.equilibrium.ranges.optimal import (
    Mask,
    Rivals,
    may_be_optimal,
    middle_terms,
    propose,
)
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, term_span
from mfgcheck.game.floats import to_float
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.sparse import Ints
from mfgcheck.rigor import balls

Key = tuple[int, ...]
"""A strategy, by the numbers of its actions."""

BITS = 128
_CUT = Fraction(499, 1024)
_DEEPEST = Fraction(1, 1 << 44)
_SMALL = Fraction(1, 1 << 8)  # boxes small enough to try exact arithmetic
_FEW = 100  # states up to which a fixed point is finished though the time is over
MOST_EXACT = 200  # states up to which linear systems are solved in rationals
_AT_ONCE = 16  # strategies that are located in one box; with more, it is cut first


@dataclass(frozen=True)
class Limits:
    """What the search may spend.

    `strategies`: how many are looked at one by one in a box; `boxes`: how many boxes; `deadline`.
    """

    strategies: int
    boxes: int
    deadline: Deadline

    def patience(self, states: int) -> Deadline:
        """Return when work on one fixed point ends: only with many states can it take long."""
        return self.deadline if states > _FEW else Deadline()


@dataclass(frozen=True, eq=False)
class Node:
    """A box, the actions that may be optimal in it, and the strategies left (None: all of them)."""

    box: Box
    candidates: Mask
    strategies: Ints | None
    guess: Ints | None


@dataclass(frozen=True, eq=False)
class Spot:
    """A strategy, and a place with the only zero that it can have near there."""

    fixed: Fixed
    place: Place


@dataclass(frozen=True, eq=False)
class Rest:
    """A box that stayed open, with the strategies that may have T-MFE in it (None: too many)."""

    piece: Piece
    box: Box
    strategies: Ints | None
    count: int
    reason: str


@dataclass(frozen=True, eq=False)
class Filled:
    """A box all of whose points are aggregates of mean fields consistent with a strategy."""

    fixed: Fixed
    box: Box


@dataclass(frozen=True, eq=False)
class Exact:
    """Everything about one strategy on the whole piece, by exact arithmetic."""

    fixed: Fixed
    settlement: Settlement


@dataclass(frozen=True, eq=False)
class Found:
    """The zeros of all strategies in a piece, boxes full of them, and what stayed open."""

    spots: list[Spot]
    filled: list[Filled]
    exact: list[Exact]
    rests: list[Rest]
    boxes: int
    interrupted: bool = False


Progress = Callable[[int, int], None]
"""Called as (boxes looked at, boxes waiting)."""


def search(
    piece: Piece, radius: Fraction, limits: Limits, on_progress: Progress | None = None
) -> Found:
    """Find every T-MFE's strategy and place in a piece; whether it is optimal is left open."""
    tables = piece.tables
    rivals = Rivals(piece)
    everything = tables.distinct
    whole = width(piece.box)
    order = itertools.count()
    waiting = [(0.0, next(order), Node(piece.box, everything, None, None))]
    spots: list[Spot] = []
    full: list[Filled] = []
    exact: dict[Key, Exact] = {}
    rests: list[Rest] = []
    boxes = 0
    why = None
    interrupted = False
    while waiting:
        node = waiting[0][2]
        if boxes >= limits.boxes:
            why = "all boxes allowed are used"
            break
        if limits.deadline.passed:
            why = "the time is over"
            break
        try:
            if on_progress is not None:
                on_progress(boxes, len(waiting))
            results = list(_examine(rivals, node, radius, whole, limits, exact))
        except KeyboardInterrupt:  # what is found is kept
            why, interrupted = "interrupted", True
            break
        boxes += 1
        heapq.heappop(waiting)
        for result in results:
            if isinstance(result, Node):
                heapq.heappush(waiting, (-to_float(width(result.box)), next(order), result))
            elif isinstance(result, Spot):
                spots.append(result)
            elif isinstance(result, Filled):
                full.append(result)
            elif isinstance(result, Exact):
                exact[key_of(result.fixed.strategy)] = result
            else:
                rests.append(result)
    rests.extend(_rest(piece, left, why or "") for _, _, left in waiting)
    # What exact arithmetic settled on the whole piece needs nothing else.
    spots = [spot for spot in spots if key_of(spot.fixed.strategy) not in exact]
    return Found(spots, full, list(exact.values()), rests, boxes, interrupted)


def _examine(
    rivals: Rivals,
    node: Node,
    radius: Fraction,
    whole: Fraction,
    limits: Limits,
    done: Mapping[Key, Exact],
) -> Iterator[Node | Spot | Filled | Exact | Rest]:
    piece = rivals.piece
    box, mask, guess = node.box, node.candidates, node.guess
    if not piece.meets(box):
        return
    bits = _bits(box, whole)
    while True:
        terms = term_span(piece, box, bits)
        if terms is None:
            yield from _cut(piece, Node(box, mask, node.strategies, guess), whole, "not finite")
            return
        proposal = propose(piece.tables, middle_terms(terms), guess)
        guess = proposal.strategy
        if piece.tables.kappa:
            mask = may_be_optimal(rivals, terms, proposal, mask)
        smaller = _meet(box, hull_extents(piece, terms, proposal, mask))
        if smaller is None:
            return
        if not box or width(smaller) > width(box) / 2:
            break
        box = smaller
    box = smaller
    strategies = _strategies(mask, node.strategies, limits.strategies)
    if strategies is None:
        many = f"more than {limits.strategies} strategies may be optimal"
        yield from _cut(piece, Node(box, mask, None, guess), whole, many)
        return
    if not strategies.size:
        return
    open_ones = [c for c in range(strategies.shape[1]) if key_of(strategies[:, c]) not in done]
    strategies = strategies[:, open_ones]
    if not strategies.size:
        return
    extents = strategy_extents(piece, terms, proposal, strategies)
    alive = [(c, part) for c, e in enumerate(extents) if (part := _meet(box, e)) is not None]
    if not alive:
        return
    left = []
    patience = limits.patience(len(mask))
    for c, part in alive:
        if len(alive) > _AT_ONCE and box:
            left.append(c)
            continue
        fixed = Fixed(piece, strategies[:, c], patience)
        if patience.passed:
            left.append(c)
            continue
        with balls.precision(BITS):
            place = locate(fixed, part, radius, BITS)
            if place is Answer.OPEN and filled(fixed, part, BITS):
                gaps = fixed.gaps(part, BITS)
                if gaps is not None and all(gap >= 0 for line in gaps for gap in line):
                    yield Filled(fixed, part)
                    continue
        if place is Answer.OPEN:
            settled = _settle(fixed, box, whole)
            if settled is None:
                left.append(c)
            else:
                yield settled
        elif isinstance(place, Place):
            yield Spot(fixed, place)
    if left:
        rest = Node(box, mask, strategies[:, left], guess)
        yield from _cut(piece, rest, whole, "a fixed point was not isolated")


def _settle(fixed: Fixed, box: Box, whole: Fraction) -> Exact | None:
    """Settle a strategy whose zeros bisection does not isolate by exact arithmetic, if possible."""
    piece = fixed.piece
    if piece.dimension != 1 or width(box) > whole * _SMALL or len(fixed.strategy) > MOST_EXACT:
        return None
    model = ExactModel(piece.tables)
    if not same_line(model, piece):
        return None
    found = settle_exactly(model, key_of(fixed.strategy), *piece.box[0])
    return None if found is None else Exact(fixed, found)


def same_line(model: ExactModel, piece: Piece) -> bool:
    """Whether the exact algebra of one coordinate speaks of the coordinate of the piece."""
    if model.aggregates != piece.tables.aggregates or piece.pinned:
        return False
    return piece.setting.region.frame.pivots == piece.region.frame.pivots


def key_of(strategy: Ints) -> Key:
    """Return a strategy as something that can be looked up.

    >>> key_of(np.array([0, 2]))
    (0, 2)
    """
    return tuple(strategy.tolist())


def _bits(box: Box, whole: Fraction) -> int:
    """Return a working precision that suits the size of a box."""
    if not box or width(box) > whole / (1 << 10):
        return 24 if box else 48
    return 40 if width(box) > whole / (1 << 22) else 64


def _meet(box: Box, extents: list[Extent]) -> Box | None:
    ranges = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(box, extents, strict=True)]
    return None if any(low > high for low, high in ranges) else tuple(ranges)


def _strategies(mask: Mask, known: Ints | None, most: int) -> Ints | None:
    """Return the strategies (columns) made of candidates, None if there are too many."""
    if known is not None:
        states = np.arange(len(mask))
        return known[:, np.all(mask[states[:, None], known], axis=0)]
    count = math.prod(mask.sum(axis=1).tolist())
    if count == 0:  # no mean field has these aggregates
        return np.zeros((len(mask), 0), dtype=np.int64)
    if count > most:
        return None
    choices = [np.flatnonzero(row).tolist() for row in mask]
    return np.array(list(itertools.product(*choices)), dtype=np.int64).T


def _cut(piece: Piece, node: Node, whole: Fraction, reason: str) -> Iterator[Node | Rest]:
    """Cut a box across its longest side (for the size of the piece), unless it is too small."""
    box = node.box
    if not box or width(box) <= whole * _DEEPEST:
        yield _rest(piece, node, reason)
        return
    sizes = [high - low for low, high in piece.box]
    shares = [
        (high - low) / size if size else Fraction(0)
        for (low, high), size in zip(box, sizes, strict=True)
    ]
    i = shares.index(max(shares))
    low, high = box[i]
    # Few digits keep the arithmetic fast; the place of the cut is a free choice.
    at = low + (high - low) * _CUT
    unit = 1 << max(0, 8 - _magnitude(high - low))
    at = Fraction(round(at * unit), unit)
    for part in ((low, at), (at, high)):
        cut = (*box[:i], part, *box[i + 1 :])
        yield Node(cut, node.candidates, node.strategies, node.guess)


def _magnitude(x: Fraction) -> int:
    """Return the largest e with 2^e <= x, x being positive."""
    e = x.numerator.bit_length() - x.denominator.bit_length()
    return e if x >= Fraction(2) ** e else e - 1


def _rest(piece: Piece, node: Node, reason: str) -> Rest:
    count = math.prod(node.candidates.sum(axis=1).tolist())
    if node.strategies is not None:
        count = node.strategies.shape[1]
    return Rest(piece, node.box, node.strategies, count, reason)
