"""Proofs that a simplex misses a convex hull: a hyperplane, found by floats, checked exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Point = tuple[Fraction, ...]


def separated(vertices: Sequence[Point], points: Sequence[Point]) -> bool:
    """Whether a hyperplane is found that strictly separates the two hulls.

    True is a proof (the inequality is checked in exact arithmetic for whatever normal); False
    proves nothing.

    >>> separated([(Fraction(2),)], [(Fraction(0),), (Fraction(1),)])
    True
    """
    normal = [Fraction(x) for x in _estimate_normal(vertices, points)]

    def height(point: Point) -> Fraction:
        return sum((a * x for a, x in zip(normal, point, strict=True)), Fraction(0))

    return min(height(v) for v in vertices) > max(height(p) for p in points)


def _estimate_normal(vertices: Sequence[Point], points: Sequence[Point]) -> list[float]:
    """The shortest vector from the points' hull to the simplex, by Gilbert's algorithm, roughly."""
    a = [[float(x) for x in v] for v in vertices]
    b = [[float(x) for x in p] for p in points]
    gap = [x - y for x, y in zip(a[0], b[0], strict=True)]
    for _ in range(30):

        def along(p: list[float], gap: list[float] = gap) -> float:
            return sum(x * y for x, y in zip(p, gap, strict=True))

        near, far = min(a, key=along), max(b, key=along)
        support = [x - y for x, y in zip(near, far, strict=True)]
        if along(support) > 0:
            break
        move = [x - y for x, y in zip(support, gap, strict=True)]
        size = sum(x * x for x in move)
        if size == 0:
            break
        t = min(1.0, max(0.0, -along(move) / size))
        gap = [x + t * y for x, y in zip(gap, move, strict=True)]
    return gap
