"""The supremum of a non-negative function over the range of the aggregates, by branch and bound.

The function is told by two bounds: from above over a box of coordinates, and from below over a box
so small that it stands for one point of the range. Where the first is tight enough (the sequel is
up to the caller), the supremum is enclosed; where both agree, it is known, and so is a point at
which it is attained. Corners are probed first, as that is where most suprema are.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from mfgcheck.equilibrium.ranges.pieces import Box, Piece
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.setting import Masses, bounds

Bound: TypeAlias = Callable[[Piece, Box], Fraction | None]
"""A bound of a function over a box of a piece; None where none is known."""

NEAR = Fraction(1, 10**6)
_TINY = Fraction(1, 10**12)
_BOXES = 600


@dataclass(frozen=True, eq=False)
class Supremum:
    """The supremum of a non-negative function over a union of pieces.

    Attributes:
        lower: the function comes as near as one likes to `lower`, at the point below (0 if none).
        upper: it is nowhere larger; None if no finite bound was found.
        piece, point: where `lower` is attained, or approached: a box of coordinates of the piece
            that stands for one point (its ends agree unless an aggregate is irrational).
    """

    lower: Fraction
    upper: Fraction | None
    piece: Piece | None
    point: Box | None

    @property
    def exact(self) -> bool:
        """Whether the supremum is known exactly."""
        return self.lower == self.upper

    @property
    def mean_field(self) -> Masses | None:
        """A mean field with the aggregates of the point, by state number."""
        if self.piece is None or self.point is None:
            return None
        return mean_field_at(self.piece, self.point)


def supremum(
    parts: Sequence[Piece],
    upper: Bound,
    lower: Bound,
    *,
    near: Fraction = NEAR,
    most: int = _BOXES,
    deadline: Deadline | None = None,
) -> Supremum:
    """Enclose the supremum of a non-negative function over pieces of the range of aggregates.

    Args:
        parts: the pieces; their closures count.
        upper: an upper bound over a box of a piece, None if none is finite.
        lower: a lower bound over a box that stands for a point.
        near: when the bounds differ by no more than this share, it is enough.
        most: how many boxes are cut at most.
        deadline: when to stop.

    Source: own; the usual branch and bound.

    >>> from mfgcheck.equilibrium.ranges.pieces import pieces
    >>> from mfgcheck.equilibrium.ranges.tables import Tables
    >>> from mfgcheck.gallery import make
    >>> parts = pieces(Tables.of(make("audit-c")))  # one aggregate, the mean m in [0, 1]
    >>> found = supremum(parts, lambda piece, box: 1 - box[0][0], lambda piece, box: 1 - box[0][1])
    >>> found.lower, found.upper, found.mean_field
    (Fraction(1, 1), Fraction(1, 1), {0: Fraction(1, 1)})
    """
    best, place = Fraction(0), None
    number = itertools.count()
    heap: list[tuple[tuple[int, Fraction], int, Piece, Box, Fraction | None]] = []
    for piece in parts:
        for point in probes(piece):
            value = lower(piece, point)
            if value is not None and (place is None or value > best):
                best, place = max(best, value), (piece, point)
        bound = upper(piece, piece.box)
        heapq.heappush(heap, (_rank(bound), next(number), piece, piece.box, bound))
    for _ in range(most):
        if not heap or (deadline is not None and deadline.passed):
            break
        _, _, piece, box, bound = heap[0]
        if bound is not None and bound <= best + max(best * near, _TINY):
            break
        if all(low == high for low, high in box):
            break
        heapq.heappop(heap)
        for half in halves(box):
            if not piece.meets(half):
                continue
            for point in _inner(piece, half):
                value = lower(piece, point)
                if value is not None and value > best:
                    best, place = value, (piece, point)
            there = upper(piece, half)
            if there is None or (bound is not None and bound < there):
                there = bound
            if there is None or there > best:
                heapq.heappush(heap, (_rank(there), next(number), piece, half, there))
    tops = [heap[0][4]] if heap else [best]
    highest = None if tops[0] is None else max(best, tops[0])
    found, where = place if place is not None else (None, None)
    return Supremum(best, highest, found, where)


def probes(piece: Piece) -> Iterator[Box]:
    """Return small boxes, each of which contains the aggregates of a state: a corner of M.

    On a piece that jumps or kinks cut out, the corners of its closure as well.
    """
    pivots = piece.region.frame.pivots
    if piece.setting.rational:
        for k in piece.region.corners:
            yield tuple((x, x) for x in piece.region.reduced[k])
        return
    for values in piece.setting.distinct:
        ends = [bounds(value) for value in values]
        box = tuple((end[0], end[-1]) for end in ends)
        strips = piece.choice.items()
        if all(strip.holds(box[j][0]) and strip.holds(box[j][1]) for j, strip in strips):
            yield tuple(box[j] for j in pivots)


def halves(box: Box) -> tuple[Box, Box]:
    """Cut a box across its longest side.

    >>> halves(((Fraction(0), Fraction(2)),))[0]
    ((Fraction(0, 1), Fraction(1, 1)),)
    """
    widths = [high - low for low, high in box]
    j = widths.index(max(widths))
    low, high = box[j]
    middle = (low + high) / 2
    return (
        (*box[:j], (low, middle), *box[j + 1 :]),
        (*box[:j], (middle, high), *box[j + 1 :]),
    )


def mean_field_at(piece: Piece, point: Box) -> Masses | None:
    """Return a mean field whose aggregates are those of a point (or near, if irrational)."""
    if not piece.setting.aggregates:
        return {0: Fraction(1)}
    lifted = piece.region.frame.lift([(low + high) / 2 for low, high in point])
    if piece.setting.rational:
        return piece.setting.mean_field(lifted)
    # A point that stands for a state is not told from its neighbours by its middle.
    for values, state in piece.setting.distinct.items():
        ends = [bounds(values[j]) for j in piece.region.frame.pivots]
        if all((end[0], end[-1]) == pair for end, pair in zip(ends, point, strict=True)):
            return {state: Fraction(1)}
    return piece.setting.mean_field(lifted)


def _inner(piece: Piece, box: Box) -> Iterator[Box]:
    """Return the middle and the corners of a box, as far as they surely lie in M."""
    points = [tuple((low + high) / 2 for low, high in box)]
    if len(box) <= 2:
        points += itertools.product(*box)
    for point in points:
        if _holds(piece, point):
            yield tuple((x, x) for x in point)


def _holds(piece: Piece, point: tuple[Fraction, ...]) -> bool:
    if piece.setting.rational:
        return piece.region.contains(piece.region.frame.lift(point))
    if len(piece.setting.aggregates) > 1:
        return False  # the region is a little larger than M
    ends = [bounds(value) for (value,) in piece.setting.distinct]
    inside = min(end[-1] for end in ends) <= point[0] <= max(end[0] for end in ends)
    low, high = piece.box[0]
    return inside and low <= point[0] <= high


def _rank(bound: Fraction | None) -> tuple[int, Fraction]:
    """Order boxes by the largest bound, those without one first."""
    return (0, Fraction(0)) if bound is None else (1, -bound)
