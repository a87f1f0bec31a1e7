"""Exact convex hulls: vertices in the plane, and covers by simplices in more dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import lcm

Point = tuple[Fraction, ...]
Whole = tuple[int, ...]


def monotone_chain(points: Sequence[Point]) -> list[Point]:
    """Vertices of the hull of sorted distinct points in the plane, counter-clockwise.

    >>> square = [(Fraction(x), Fraction(y)) for x in (0, 1, 2) for y in (0, 1, 2)]
    >>> len(monotone_chain(square))
    4
    """

    def half(sequence: Sequence[Point]) -> list[Point]:
        chain: list[Point] = []
        for p in sequence:
            while len(chain) >= 2 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    return half(points) + half(points[::-1])


def _turn(a: Point, b: Point, c: Point) -> Fraction:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def star(points: Sequence[Point]) -> list[tuple[int, ...]]:
    """Simplices (indices) through point 0 whose union is the hull of points of full rank d >= 2.

    The ray from v_0 through a point x of the hull leaves it in a facet that misses v_0 (one whose
    inequality the ray crosses), and by Caratheodory the place where it does lies in the hull of
    d affinely independent points of that facet. So v_0 with every such d-subset will do; a
    subset spans a facet iff all points lie on one side of its hyperplane.

    >>> zero, one = Fraction(0), Fraction(1)
    >>> cube = [(x, y, z) for x in (zero, one) for y in (zero, one) for z in (zero, one)]
    >>> len(star(cube))  # three faces of four points, each covered by all its triangles
    12
    """
    rank = len(points[0])
    scale = lcm(*(x.denominator for p in points for x in p))
    whole = [tuple(int(x * scale) for x in p) for p in points]
    found = []
    for subset in combinations(range(1, len(points)), rank):
        base = whole[subset[0]]
        normal = _normal([_minus(whole[k], base) for k in subset[1:]])
        start = _dot(normal, _minus(whole[0], base))
        if start and all(start * _dot(normal, _minus(p, base)) >= 0 for p in whole):
            found.append((0, *subset))
    return found


def _minus(p: Whole, q: Whole) -> Whole:
    return tuple(x - y for x, y in zip(p, q, strict=True))


def _dot(p: Whole, q: Whole) -> int:
    return sum(x * y for x, y in zip(p, q, strict=True))


def _normal(edges: Sequence[Whole]) -> Whole:
    """A vector orthogonal to d - 1 vectors of length d, 0 if they are dependent (cofactors)."""
    size = len(edges) + 1
    return tuple(
        (-1) ** j * _determinant([row[:j] + row[j + 1 :] for row in edges]) for j in range(size)
    )


def _determinant(rows: Sequence[Whole]) -> int:
    if not rows:
        return 1
    first, rest = rows[0], rows[1:]
    return sum(
        (-1) ** j * x * _determinant([row[:j] + row[j + 1 :] for row in rest])
        for j, x in enumerate(first)
        if x
    )
