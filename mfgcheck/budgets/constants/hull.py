"""Functions of the aggregates over a box, as affine functions and a remainder.

The functions b_k of a game's terms satisfy b(m) in a(m) + [-rho, rho] on a box, a being affine. So
for a convex h, h(b(m)) is at most the largest of h(a(v) + t) over vertices v of the box (or of its
part in M) and |t| <= rho. In one dimension a is the chord, and

    rho_k = (range of b_k') * width / 4,

for with slopes between l and u and the chord's slope c, b - a <= min((u - c)(t - x), (c - l)(y -
t)) on [x, y], which is at most (u - l)(y - x)/4. In more dimensions a goes through the value at
the middle with the middle slopes, and rho_k = sum over j of (half the range of d_j b_k) * (half
the width of side j). Without derivatives a is constant. Where all terms are affine, rho = 0, and
vertices tell all.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from mfgcheck import rigor
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, enclosures
from mfgcheck.equilibrium.ranges.supremum import halves

BITS = 96
_WIDE = Fraction(1, 1 << 40)
_MOST_WIDE = 4
_TANGENT = 4  # in more dimensions a box has too many corners
_CLIPPED = 2  # in more dimensions a box's own corners serve

Pairs: TypeAlias = tuple[tuple[Fraction, Fraction], ...]
"""Narrow ranges of all functions at one point."""

Slopes: TypeAlias = tuple[tuple[rigor.Expression, ...], ...]
"""For each coordinate the derivatives of all functions."""


@dataclass(frozen=True)
class Hull:
    """What contains the values of some functions over a box.

    Attributes:
        vertices: values (as narrow ranges) whose convex hull contains those of a.
        rest: rho; the functions are within rho of a.
    """

    vertices: tuple[Pairs, ...]
    rest: tuple[Fraction, ...]


def slopes_of(piece: Piece, functions: Sequence[rigor.Expression]) -> Slopes | None:
    """Return the derivatives along each coordinate; None if one has none."""
    try:
        return tuple(
            tuple(rigor.derivative(f, i) for f in functions) for i in range(piece.dimension)
        )
    except rigor.NotDifferentiable:
        return None


def point_values(functions: Sequence[rigor.Expression], point: Box) -> Pairs | None:
    """Return the functions' values at a point (or narrow box); None if one is not finite."""
    values = enclosures(functions, point, BITS)
    return None if values is None else tuple(values)


def hull(
    piece: Piece, box: Box, functions: Sequence[rigor.Expression], slopes: Slopes | None
) -> Hull | None:
    """Return the hull of the functions' values over a box; None if they are unbounded."""
    if all(low == high for low, high in box):
        values = point_values(functions, box)
        return None if values is None else Hull((values,), (Fraction(0),) * len(values))
    if slopes is not None and piece.dimension <= _TANGENT:
        rates = [enclosures(s, box, BITS) for s in slopes]
        known = [r for r in rates if r is not None]
        if len(known) == len(rates):
            make = _chord if piece.dimension == 1 else _tangent
            found = make(piece, box, functions, known)
            if found is not None:
                return found
    return range_hull(functions, box)


def range_hull(functions: Sequence[rigor.Expression], box: Box) -> Hull | None:
    """Return the hull of the box of the functions' ranges; None if they are unbounded."""
    values = point_values(functions, box)
    if values is None:
        return None
    wide = [k for k, (low, high) in enumerate(values) if high - low > _WIDE]
    if len(wide) <= _MOST_WIDE:  # all extreme points: slopes at a kink between 0 and 1, say
        return Hull(tuple(_extremes(values, wide)), (Fraction(0),) * len(values))
    middles = [short((low + high) / 2) for low, high in values]
    pairs = zip(middles, values, strict=True)
    rest = tuple(max(high - x, x - low) for x, (low, high) in pairs)
    return Hull((tuple((x, x) for x in middles),), rest)


def _extremes(values: Pairs, wide: Sequence[int]) -> Iterator[Pairs]:
    """Return the ranges with each wide one replaced by one of its ends."""
    for chosen in itertools.product(*(values[k] for k in wide)):
        ends = dict(zip(wide, chosen, strict=True))
        yield tuple((ends[k], ends[k]) if k in ends else x for k, x in enumerate(values))


def _chord(
    piece: Piece,
    box: Box,
    functions: Sequence[rigor.Expression],
    rates: Sequence[Sequence[tuple[Fraction, Fraction]]],
) -> Hull | None:
    del piece
    ((low, high),) = box
    ends = [point_values(functions, ((x, x),)) for x in (low, high)]
    known = tuple(end for end in ends if end is not None)
    if len(known) < len(ends):
        return None
    return Hull(known, tuple((u - s) * (high - low) / 4 for s, u in rates[0]))


def _tangent(
    piece: Piece,
    box: Box,
    functions: Sequence[rigor.Expression],
    rates: Sequence[Sequence[tuple[Fraction, Fraction]]],
) -> Hull | None:
    centre = tuple((low + high) / 2 for low, high in box)
    values = point_values(functions, tuple((x, x) for x in centre))
    if values is None:
        return None
    rest = [Fraction(0)] * len(values)
    steep = []
    for (low, high), ranges in zip(box, rates, strict=True):
        middle = [short((first + last) / 2) for first, last in ranges]
        steep.append(middle)
        for k, (first, last) in enumerate(ranges):
            rest[k] += max(last - middle[k], middle[k] - first) * (high - low) / 2
    found = []
    for vertex in _vertices(piece, box):
        moves = [v - c for v, c in zip(vertex, centre, strict=True)]
        pairs = []
        for k, (low, high) in enumerate(values):
            moved = sum((x * s[k] for x, s in zip(moves, steep, strict=True)), Fraction(0))
            pairs.append((low + moved, high + moved))
        found.append(tuple(pairs))
    return Hull(tuple(found), tuple(rest))


def _vertices(piece: Piece, box: Box) -> list[tuple[Fraction, ...]]:
    """Return points whose hull contains the part of the box that lies in M."""
    if box == piece.box:
        return [piece.region.reduced[k] for k in piece.region.corners]
    if piece.dimension > _CLIPPED:
        return list(itertools.product(*box))
    clipped: rigor.Region | None = piece.region
    for j, (low, high) in zip(piece.region.frame.pivots, box, strict=True):
        clipped = None if clipped is None else clipped.clip(j, low, high)
    if clipped is None:
        return []
    return [piece.region.frame.reduce(clipped.points[k]) for k in clipped.corners]


def cover(parts: Sequence[Piece], count: int, near: Fraction) -> list[Hull] | None:
    """Return hulls that together contain all values of the pieces' functions.

    Args:
        parts: the pieces.
        count: at most so many (but one for each piece).
        near: boxes with remainders that sum to less are cut no further.

    None if the functions are not bounded by boxes as small as these.
    """
    number = itertools.count()
    heap: list[tuple[tuple[int, Fraction], int, Piece, Box, Slopes | None, Hull | None]] = []

    def push(piece: Piece, box: Box, slopes: Slopes | None) -> None:
        found = hull(piece, box, piece.functions, slopes)
        rank = (0, Fraction(0)) if found is None else (1, -sum(found.rest, Fraction(0)))
        heapq.heappush(heap, (rank, next(number), piece, box, slopes, found))

    for piece in parts:
        push(piece, piece.box, slopes_of(piece, piece.functions))
    while len(heap) < count:
        (known, rest), _, piece, box, slopes, _ = heap[0]
        if (known and -rest <= near) or all(low == high for low, high in box):
            break
        heapq.heappop(heap)
        for half in halves(box):
            if piece.meets(half):
                push(piece, half, slopes)
    hulls = [found for *_, found in heap if found is not None]
    return hulls if len(hulls) == len(heap) else None


def short(x: Fraction) -> Fraction:
    """Return a number near x that is not longer than need be.

    >>> short(Fraction(1, 3))
    Fraction(1, 3)
    """
    return x if x.denominator < 1 << 40 else Fraction(round(x * (1 << 64)), 1 << 64)
