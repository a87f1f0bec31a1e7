"""Convex hulls of finitely many rational points: exact frame, simplices, weights, clipping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, permutations
from math import comb

from mfgcheck.rigor.hull import monotone_chain, star
from mfgcheck.rigor.linear import echelon, feasible_combination, solve

Point = tuple[Fraction, ...]
_MOST_SUBSETS = 20000


@dataclass(frozen=True)
class Frame:
    """Coordinates of an affine hull: x = origin + sum over i of (x[pivots[i]] - origin[..]) row i.

    `rows[i]` is 1 at `pivots[i]` and 0 at the other pivots, so the pivot coordinates of a point
    of the hull determine it.
    """

    origin: Point
    pivots: tuple[int, ...]
    rows: tuple[Point, ...]

    @property
    def rank(self) -> int:
        """The dimension of the affine hull."""
        return len(self.pivots)

    def reduce(self, point: Sequence[Fraction]) -> Point:
        """The pivot coordinates."""
        return tuple(point[j] for j in self.pivots)

    def coordinate(self, j: int) -> tuple[Fraction, tuple[Fraction, ...]]:
        """x_j = constant + sum over i of coefficient_i * (pivot coordinate i)."""
        coefficients = tuple(row[j] for row in self.rows)
        shift = (k * self.origin[p] for k, p in zip(coefficients, self.pivots, strict=True))
        return self.origin[j] - sum(shift, Fraction(0)), coefficients

    def lift(self, reduced: Sequence[Fraction]) -> Point:
        """The point of the hull with these pivot coordinates."""
        point = list(self.origin)
        for value, pivot, row in zip(reduced, self.pivots, self.rows, strict=True):
            step = value - self.origin[pivot]
            point = [x + step * k for x, k in zip(point, row, strict=True)]
        return tuple(point)

    def spans(self, direction: Sequence[Fraction]) -> bool:
        """Whether a direction is parallel to the hull."""
        rest = list(direction)
        for pivot, row in zip(self.pivots, self.rows, strict=True):
            k = direction[pivot]
            rest = [x - k * r for x, r in zip(rest, row, strict=True)]
        return not any(rest)


@dataclass(frozen=True)
class Region:
    """The convex hull of `points` (at least one; all of one dimension).

    >>> square = Region.of([(0, 0), (1, 0), (0, 1), (1, 1)])
    >>> square.barycentric((Fraction(1, 2), Fraction(1, 2)))
    {0: Fraction(1, 2), 3: Fraction(1, 2)}
    """

    points: tuple[Point, ...]

    @staticmethod
    def of(points: Sequence[Sequence[int | Fraction]]) -> Region:
        """A region from any rational numbers.

        >>> Region.of([(0,), (24,)]).dimension
        1
        """
        return Region(tuple(tuple(Fraction(x) for x in point) for point in points))

    def __post_init__(self) -> None:
        if not self.points:
            raise ValueError("a region needs at least one point")
        if len({len(point) for point in self.points}) != 1:
            raise ValueError("the points of a region must have one dimension")

    @property
    def dimension(self) -> int:
        """The number of coordinates."""
        return len(self.points[0])

    @cached_property
    def frame(self) -> Frame:
        """The affine hull."""
        origin = self.points[0]
        differences = [
            tuple(x - y for x, y in zip(point, origin, strict=True)) for point in self.points[1:]
        ]
        rows, pivots = echelon(differences, self.dimension)
        return Frame(origin, pivots, rows)

    @cached_property
    def reduced(self) -> tuple[Point, ...]:
        """The points in pivot coordinates."""
        return tuple(self.frame.reduce(point) for point in self.points)

    @cached_property
    def corners(self) -> tuple[int, ...]:
        """Indices of points whose hull is the region; its vertices exactly up to rank 2.

        In rank 2 they go round counter-clockwise (in pivot coordinates).
        """
        first: dict[Point, int] = {}
        for k, point in enumerate(self.reduced):
            first.setdefault(point, k)
        order = sorted(first)
        if self.frame.rank == 0:
            return (0,)
        if self.frame.rank == 1:
            return first[order[0]], first[order[-1]]
        if self.frame.rank == 2:
            return tuple(first[point] for point in monotone_chain(order))
        return tuple(sorted(first.values()))

    @cached_property
    def triangulation(self) -> tuple[tuple[int, ...], ...] | None:
        """Full-rank simplices (indices of points) whose union is the region, None if too many.

        A fan in the plane; beyond, simplices through one point (see `hull.star`), which may
        overlap.
        """
        rank, corners = self.frame.rank, self.corners
        if rank <= 1:
            return (corners,)
        if rank == 2:
            return tuple((corners[0], b, c) for b, c in pairwise(corners[1:]))
        if comb(len(corners) - 1, rank) > _MOST_SUBSETS:
            return None
        chosen = star([self.reduced[k] for k in corners])
        return tuple(tuple(corners[k] for k in simplex) for simplex in chosen)

    @property
    def exact(self) -> bool:
        """Whether `cells` cover the region and nothing more."""
        return self.triangulation is not None

    @cached_property
    def cells(self) -> tuple[tuple[Point, ...], ...]:
        """Simplices in pivot coordinates that cover the region (a larger set unless `exact`).

        Too many points for a triangulation: the bounding box, cut into one simplex for each
        order of the coordinates (Kuhn).
        """
        if self.triangulation is not None:
            return tuple(tuple(self.reduced[k] for k in s) for s in self.triangulation)
        rank = self.frame.rank
        low = [min(point[j] for point in self.reduced) for j in range(rank)]
        high = [max(point[j] for point in self.reduced) for j in range(rank)]
        cells = []
        for order in permutations(range(rank)):
            corner = list(low)
            vertices = [tuple(corner)]
            for j in order:
                corner[j] = high[j]
                vertices.append(tuple(corner))
            cells.append(tuple(vertices))
        return tuple(cells)

    @cached_property
    def middle(self) -> Point:
        """A point of the relative interior: the mean of the corners."""
        n = len(self.corners)
        chosen = [self.points[k] for k in self.corners]
        return tuple(sum(column, Fraction(0)) / n for column in zip(*chosen, strict=True))

    def barycentric(self, point: Sequence[Fraction]) -> dict[int, Fraction] | None:
        """Weights on the points, >= 0 and of sum 1, that give the point; None if outside."""
        reduced = self.frame.reduce(point)
        if self.frame.lift(reduced) != tuple(point):
            return None
        if self.frame.rank > 2 or self.triangulation is None:
            chosen = feasible_combination([self.reduced[k] for k in self.corners], reduced)
            if chosen is None:
                return None
            return {self.corners[k]: weight for k, weight in chosen.items() if weight}
        for simplex in self.triangulation:
            weights = self._weights(simplex, reduced)
            if min(weights) >= 0:
                return {k: w for k, w in zip(simplex, weights, strict=True) if w}
        return None

    def contains(self, point: Sequence[Fraction]) -> bool:
        """Whether the point lies in the region.

        >>> Region.of([(0,), (2,)]).contains((Fraction(3),))
        False
        """
        return self.barycentric(point) is not None

    def _weights(self, simplex: tuple[int, ...], reduced: Sequence[Fraction]) -> list[Fraction]:
        columns = [(*self.reduced[k], Fraction(1)) for k in simplex]
        weights = solve(columns, (*reduced, Fraction(1)))
        if weights is None:
            raise ValueError("a simplex of full rank has unique weights")
        return weights

    def reach(self, point: Sequence[Fraction], direction: Sequence[Fraction]) -> Fraction:
        """Some t >= 0 with [point, point + t direction] in the region, for a point of it.

        Up to rank 2 it is positive whenever any such t > 0 exists.

        >>> Region.of([(0,), (2,)]).reach((Fraction(1),), (Fraction(2),))
        Fraction(1, 2)
        """
        if not self.frame.spans(direction):
            return Fraction(0)
        best = Fraction(0)
        if self.frame.rank > 2 or self.triangulation is None:
            t = Fraction(1)
            for _ in range(40):
                end = [x + t * d for x, d in zip(point, direction, strict=True)]
                if self.contains(end):
                    return t
                t /= 2
            return best
        start = self.frame.reduce(point)
        move = self.frame.reduce(direction)
        for simplex in self.triangulation:
            weights = self._weights(simplex, start)
            if min(weights) < 0:
                continue
            ahead = self._weights(simplex, [x + d for x, d in zip(start, move, strict=True)])
            pairs = [(w, a - w) for w, a in zip(weights, ahead, strict=True)]
            limits = [w / -change for w, change in pairs if change < 0]
            if limits:
                best = max(best, min(limits))
        return best

    def clip(self, j: int, low: Fraction | None, high: Fraction | None) -> Region | None:
        """The part with low <= x_j <= high (None: no bound); None if that is empty.

        The cut of a hull by a half-space is the hull of the points inside and of the crossings
        of all segments from a point inside to one outside.

        >>> Region.of([(0,), (24,)]).clip(0, None, Fraction(5)).points
        ((Fraction(0, 1),), (Fraction(5, 1),))
        """
        points = [self.points[k] for k in self.corners]
        for bound, side in ((low, 1), (high, -1)):
            if bound is None:
                continue
            inside = [p for p in points if side * (p[j] - bound) >= 0]
            outside = [p for p in points if side * (p[j] - bound) < 0]
            if not outside:
                continue
            crossings = set()
            for p in inside:
                for q in outside:
                    t = (bound - p[j]) / (q[j] - p[j])
                    crossings.add(tuple(x + t * (y - x) for x, y in zip(p, q, strict=True)))
            points = inside + sorted(crossings.difference(inside))
            if not points:
                return None
        return Region(tuple(points))

    def extent(self, j: int) -> tuple[Fraction, Fraction]:
        """The range of coordinate j.

        >>> Region.of([(3,), (1,)]).extent(0)
        (Fraction(1, 1), Fraction(3, 1))
        """
        column = [point[j] for point in self.points]
        return min(column), max(column)
