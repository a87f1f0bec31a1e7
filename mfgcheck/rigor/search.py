"""Branch and bound on simplices for `f >= 0`, with exact decisions where f touches 0.

Three lower bounds on a cell: the direct enclosure; the mean value form f(c) + min over vertices
v of G.(v - c), G an enclosure of the (Clarke) gradient, by Lebourg's theorem; and the monotone
rule: if the derivative along v_i - v_j is >= 0 on the cell, moving weight from v_i to v_j never
increases f, so that the minimum lies on the face without v_i. Repeated, it ends at a vertex,
whose sign is decided exactly: this closes zeros at vertices. Whether the derivative is >= 0 is
asked by the same three bounds, a few levels deep (exp(u) - 1 - u at 0 needs two).

Both rules need f continuous on the cell, which the enclosure of f reports; its derivative may be
infinite at isolated points of a segment (sqrt at 0), since a continuous function whose
derivative is >= 0 save at finitely many points is non-decreasing. Functions built from exp, log,
tanh and powers are definable in an o-minimal structure: on a segment an argument of a root
vanishes at finitely many points or on intervals, where the root is constant and so its
derivative 0, which the enclosure 0 * [.., inf] contains.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import Any

from mfgcheck.rigor.calculus import NotDifferentiable, derivative, directional, rebuild, substitute
from mfgcheck.rigor.interval import lower_fraction, sign
from mfgcheck.rigor.nodes import Const, Expression, Log, Power, Slope, Step, children, variables
from mfgcheck.rigor.outcome import Limits, Point, Proved, Refuted, Undecided
from mfgcheck.rigor.tape import (
    CONTINUOUS,
    DEFINED,
    PARTIAL,
    arb,
    compile_tape,
    multiply_ranges,
    precision,
    rational,
)

_NEG_INF = arb.neg_inf()
_ZERO = arb(0)
_MOST_BRANCHES = 16

Vertices = tuple[tuple[Any, ...], ...]


def to_fraction(value: Any) -> Fraction:
    """An `fmpq` as a Fraction."""
    return Fraction(int(value.p), int(value.q))


def _longest_edge(points: Vertices) -> tuple[int, int]:
    best, chosen = None, (0, 1)
    for i, p in enumerate(points):
        for j in range(i):
            size = sum(((x - y) ** 2 for x, y in zip(p, points[j], strict=True)), 0)
            if best is None or size > best:
                best, chosen = size, (j, i)
    return chosen


def bisect(points: Vertices) -> tuple[Vertices, Vertices]:
    """The two halves of a simplex across its longest edge."""
    i, j = _longest_edge(points)
    middle = tuple((x + y) / 2 for x, y in zip(points[i], points[j], strict=True))
    return (
        (*points[:i], middle, *points[i + 1 :]),
        (*points[:j], middle, *points[j + 1 :]),
    )


def _centroid(points: Vertices) -> tuple[Any, ...]:
    return tuple(sum(column[1:], column[0]) / len(points) for column in zip(*points, strict=True))


def _primitive(direction: Sequence[Any]) -> tuple[int, ...]:
    common = lcm(*(int(x.q) for x in direction))
    whole = [int(x.p) * (common // int(x.q)) for x in direction]
    divisor = gcd(*whole)
    return tuple(x // divisor for x in whole)


def never_breaks(e: Expression) -> bool:
    """Whether the expression is continuous on all of space, by its form alone."""
    if isinstance(e, Log | Slope | Step):
        return False
    if isinstance(e, Power) and (e.exponent < 0 or e.exponent.denominator > 1):
        return False
    return all(never_breaks(child) for child in children(e))


def proved_continuous(e: Expression, cells: Sequence[Sequence[Point]], limits: Limits) -> bool:
    """Whether `e` is shown to be defined and continuous on closed simplices."""
    if never_breaks(e):
        return True
    tape = compile_tape(e, 64)
    stack = [_exact(cell) for cell in cells]
    budget = min(limits.max_cells, 500) + len(stack)
    with precision(64):
        while stack:
            points = stack.pop()
            budget -= 1
            if tape.over(points)[2] == CONTINUOUS:
                continue
            if budget < 0 or len(points) == 1 or limits.expired():
                return False
            stack.extend(bisect(points))
    return True


def _exact(cell: Sequence[Point]) -> Vertices:
    return tuple(tuple(rational(x) for x in point) for point in cell)


@lru_cache(maxsize=4096)
def slopes_in(e: Expression) -> tuple[Slope, ...]:
    """The slopes of kinks that occur in an expression, outer ones first.

    >>> from mfgcheck.rigor.algebra import positive_part, var
    >>> len(slopes_in(derivative(positive_part(var(0)), 0)))
    1
    """
    found: dict[Slope, None] = {}

    def visit(node: Expression) -> None:
        if isinstance(node, Slope):
            found.setdefault(node)
        for child in children(node):
            visit(child)

    visit(e)
    return tuple(found)


@lru_cache(maxsize=4096)
def _with_slope(e: Expression, kink: Slope, value: int) -> Expression:
    if e == kink:
        return Const(Fraction(value))
    parts = children(e)
    return rebuild(e, [_with_slope(part, kink, value) for part in parts]) if parts else e


@dataclass
class Search:
    """One search for `f >= 0` on the union of simplices; `holds_point` tells points of the region
    (the simplices may cover more), `outside` cells that certainly miss it.

    `partial`: f is the derivative of a continuous function, so that points where it is not
    defined do not matter (see the module's head).
    """

    f: Expression
    cells: Sequence[Sequence[Point]]
    limits: Limits
    partial: bool = False
    holds_point: Callable[[Point], bool] | None = None
    outside: Callable[[Sequence[Point]], bool] | None = None
    bits: int = 64
    _signs: dict[tuple[Expression, tuple[Any, ...]], int | None] = field(default_factory=dict)

    def exact_sign(self, e: Expression, point: tuple[Any, ...]) -> int | None:
        """The sign of e at a point, by any means."""
        key = (e, point)
        if key not in self._signs:
            values = {k: Const(to_fraction(x)) for k, x in enumerate(point)}
            self._signs[key] = sign(substitute(e, values))
        return self._signs[key]

    def bound(self, e: Expression, points: Vertices, nesting: int, *, top: bool = False) -> Any:
        """A proved lower bound (exact `arb`) of e on a simplex; 0 where the least value is >= 0."""
        kinks = slopes_in(e)
        if kinks:
            return self._least_branch(e, kinks, points, nesting, top=top)
        low, _, level = compile_tape(e, self.bits).over(points)
        if level < (PARTIAL if top and self.partial else DEFINED):
            return _NEG_INF
        if low >= 0:
            return low
        if len(points) == 1:
            known = self.exact_sign(e, points[0])
            return low if known is None or known < 0 else _ZERO
        if level < CONTINUOUS:
            return low
        slopes = self._gradient(e, points)
        if slopes is None:
            return low
        mean = self._mean_value(e, points, slopes)
        if mean >= low:
            low = mean
        if low >= 0:
            return low
        face = self._face(e, points, slopes, nesting)
        if face is not None:
            reduced = self.bound(e, face, nesting, top=top)
            if reduced >= low:
                low = reduced
        return low

    def _least_branch(
        self,
        e: Expression,
        kinks: Sequence[Slope],
        points: Vertices,
        nesting: int,
        *,
        top: bool,
    ) -> Any:
        """A lower bound of a generalised derivative, branch by branch.

        e is affine in the value in [0, 1] of each of its slopes (they come in by the chain and
        the product rule), so it is least where each is 0 or 1; and on a cell on which the argument
        of a kink has one sign its slope has one value. The branches are free of slopes, so that
        what they share with the kink's argument is not counted twice.
        """
        branches = [e]
        for kink in kinks:
            low, high, level = compile_tape(kink.argument, self.bits).over(points)
            known = level >= DEFINED
            values = [1] if known and low > 0 else [0] if known and high < 0 else [0, 1]
            branches = [_with_slope(b, kink, value) for b in branches for value in values]
            if len(branches) > _MOST_BRANCHES:
                return _NEG_INF
        worst = None
        for branch in dict.fromkeys(branches):
            low = self.bound(branch, points, nesting, top=top)
            if worst is None or low < worst:
                worst = low
        return worst

    def _gradient(self, e: Expression, points: Vertices) -> dict[int, tuple[Any, Any]] | None:
        slopes = {}
        try:
            for k in variables(e):
                low, high, level = compile_tape(derivative(e, k), self.bits).over(points)
                if level < PARTIAL:
                    low, high = _NEG_INF, -_NEG_INF
                slopes[k] = (low, high)
        except NotDifferentiable:
            return None
        return slopes

    def _along(
        self, slopes: dict[int, tuple[Any, Any]], start: tuple[Any, ...], end: tuple[Any, ...]
    ) -> Any:
        """A lower bound of G.(end - start)."""
        total = _ZERO
        for k, (low, high) in slopes.items():
            step = end[k] - start[k]
            if step:
                ball = arb(step)
                total = total + multiply_ranges(low, high, ball.lower(), ball.upper())[0]
        total = total.lower()
        return total if total > _NEG_INF else _NEG_INF

    def _mean_value(
        self, e: Expression, points: Vertices, slopes: dict[int, tuple[Any, Any]]
    ) -> Any:
        center = _centroid(points)
        value, _, level = compile_tape(e, self.bits).over([center])
        if level < DEFINED:
            return _NEG_INF
        worst = None
        for point in points:
            change = self._along(slopes, center, point)
            if worst is None or change < worst:
                worst = change
        return (value + worst).lower()

    def _face(
        self, e: Expression, points: Vertices, slopes: dict[int, tuple[Any, Any]], nesting: int
    ) -> Vertices | None:
        size = range(len(points))
        pairs = [(i, j) for i in size for j in size if i != j]
        for i, j in pairs:
            if self._along(slopes, points[j], points[i]) >= 0:
                return points[:i] + points[i + 1 :]
        if nesting == 0 or not self._touches(e, points):
            return None
        for i, j in pairs:
            move = _primitive([x - y for x, y in zip(points[i], points[j], strict=True)])
            try:
                slope = directional(e, move)
            except NotDifferentiable:
                return None
            if self.bound(slope, points, nesting - 1) >= 0:
                return points[:i] + points[i + 1 :]
        return None

    def _touches(self, e: Expression, points: Vertices) -> bool:
        """Whether e may be 0 at a vertex: only then is the costly rule worth its price."""
        tape = compile_tape(e, self.bits)
        return any(not tape.over([point])[0] > 0 for point in points)

    def _negative(self, point: tuple[Any, ...], *, exactly: bool) -> Point | None:
        _, high, level = compile_tape(self.f, self.bits).over([point])
        negative = level >= DEFINED and high < 0
        if not negative and (not exactly or high > 0 or self.exact_sign(self.f, point) != -1):
            return None
        found = tuple(to_fraction(x) for x in point)
        return found if self.holds_point is None or self.holds_point(found) else None

    def run(self) -> Proved | Refuted | Undecided:
        """Search until proved, refuted or out of means."""
        with precision(self.bits):
            return self._run()

    def _run(self) -> Proved | Refuted | Undecided:
        cells = [_exact(cell) for cell in self.cells]
        for point in dict.fromkeys(point for cell in cells for point in cell):
            found = self._negative(point, exactly=True)
            if found is not None:
                return Refuted(found, "negative at a vertex", 1)
        nesting = 3 if len(cells[0]) == 2 else 2
        heap: list[tuple[float, int, int, Any, Vertices]] = []
        stuck: list[tuple[Any, Vertices]] = []
        count = 0
        done = 0
        pending = [(cell, 0, _NEG_INF) for cell in cells]
        while True:
            for points, depth, inherited in pending:
                if done > 0 and self.limits.expired():
                    low = _NEG_INF
                else:
                    low = self.bound(self.f, points, nesting, top=True)
                done += 1
                if low >= 0:
                    continue
                low = low if low >= inherited else inherited
                count += 1
                heapq.heappush(heap, (float(low), count, depth, low, points))
            if not heap:
                break
            if done >= self.limits.max_cells or self.limits.expired():
                spent = "time" if self.limits.expired() else f"{done} cells"
                return self._undecided(f"{spent} spent", heap, stuck, done)
            _, _, depth, low, points = heapq.heappop(heap)
            pending = []
            if self.outside is not None and self.outside(
                [tuple(to_fraction(x) for x in point) for point in points]
            ):
                continue
            found = self._negative(_centroid(points), exactly=False)
            if found is not None:
                return Refuted(found, f"negative inside ({done} cells)", done)
            if depth >= self.limits.depth:
                stuck.append((low, points))
                continue
            pending = [(half, depth + 1, low) for half in bisect(points)]
        if stuck:
            return self._undecided("too close to 0 to tell", heap, stuck, done)
        plural = "" if done == 1 else "s"
        return Proved(f"interval subdivision ({done} cell{plural})", done)

    def _undecided(
        self,
        reason: str,
        heap: list[tuple[float, int, int, Any, Vertices]],
        stuck: list[tuple[Any, Vertices]],
        done: int,
    ) -> Undecided:
        left = [(low, points) for _, _, _, low, points in heap] + stuck
        worst, points = left[0]
        for low, cell in left:
            if low < worst:
                worst, points = low, cell
        point = tuple(to_fraction(x) for x in _centroid(points))
        return Undecided(reason, lower_fraction(worst), point, done)
