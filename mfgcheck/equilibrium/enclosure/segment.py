"""Segments of T-MFE: the proof that a game has infinitely many, where it sees several aggregates.

Along a segment of aggregates m(t) without kinks and jumps, let the terms be polynomials of degree
<= g in t. By Cramer's rule the stationary law of a strategy is c(t)/D(t), where
F(t) = c(t)(phi) - m(t) D(t) has a degree <= (S - 1) g + 1 (lemma E5). So if F vanishes at more
points than that, with D not 0, it vanishes everywhere, and all points of the segment at which the
strategy is optimal (an open set, as soon as it is strictly optimal at one) are T-MFE.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from mfgcheck import rigor
from mfgcheck.equilibrium.enclosure.isolate import Fixed
from mfgcheck.equilibrium.enclosure.settle import consistent_stage, exact_gap
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.equilibrium.ranges.optimal import middle_terms
from mfgcheck.equilibrium.ranges.pieces import Box, term_span
from mfgcheck.game.floats import Floats, to_float
from mfgcheck.rigor import balls
from mfgcheck.rigor.breakpoints import Strip, breakpoints, smooth
from mfgcheck.rigor.polynomial import as_rational_function

Point = tuple[Fraction, ...]

_SHARES = (Fraction(3, 8), Fraction(5, 8), Fraction(1, 4), Fraction(3, 4), Fraction(1, 2))
_DENOMINATOR = 1000
_NEWTON = 30
_BITS = 128


def find_segment(fixed: Fixed, exact: ExactModel, box: Box) -> tuple[Point, Point] | None:
    """Look in a box for two ends of a segment of T-MFE with this strategy, and prove that it is."""
    points: list[Point] = []
    for i in range(len(box)):
        for share in _SHARES:
            low, high = box[i]
            value = (low + share * (high - low)).limit_denominator(64)
            point = _solve(fixed, box, i, value)
            if point is not None and point not in points and is_strict(fixed, exact, point):
                points.append(point)
    for p in points:
        for q in points:
            if p < q and is_segment(fixed, exact, p, q):
                return _longer(fixed, exact, p, q)
    return None


def _longer(fixed: Fixed, exact: ExactModel, p: Point, q: Point) -> tuple[Point, Point]:
    """Return the segment as far as it goes on to the edges of the piece's box, if it does."""
    steps = [
        sorted((end - x) / (y - x) for end in side)
        for x, y, side in zip(p, q, fixed.piece.box, strict=True)
        if x != y
    ]
    first, last = max(low for low, _ in steps), min(high for _, high in steps)

    def at(t: Fraction) -> Point:
        return tuple(x + t * (y - x) for x, y in zip(p, q, strict=True))

    for ends in ((at(first), at(last)), (at(first), q), (p, at(last))):
        if all(is_strict(fixed, exact, end) for end in ends) and is_segment(fixed, exact, *ends):
            return ends
    return p, q


def is_optimal_between(fixed: Fixed, p: Point, q: Point, parts: int = 64) -> bool:
    """Whether the strategy is shown to be optimal at all points of a segment, part by part."""
    points = [
        tuple(x + Fraction(k, parts) * (y - x) for x, y in zip(p, q, strict=True))
        for k in range(parts + 1)
    ]
    return all(_is_optimal(fixed, x, y) for x, y in pairwise(points))


def _is_optimal(fixed: Fixed, p: Point, q: Point) -> bool:
    box = tuple((min(x, y), max(x, y)) for x, y in zip(p, q, strict=True))
    with balls.precision(_BITS):
        gaps = fixed.gaps(box, _BITS)
    others = fixed.piece.tables.distinct
    return gaps is not None and all(
        gap >= 0
        for s, line in enumerate(gaps)
        for a, gap in enumerate(line)
        if others[s, a] and a != fixed.strategy[s]
    )


def is_strict(fixed: Fixed, exact: ExactModel, point: Point) -> bool:
    """Whether the strategy is strictly optimal and consistent at rational aggregates, exactly."""
    values = fixed.piece.region.frame.lift(point)
    if not fixed.piece.region.contains(values):
        return False
    if not all(strip.holds(values[j]) for j, strip in fixed.piece.choice.items()):
        return False
    found = consistent_stage(fixed, point, exact)
    if found is None:
        return False
    gap = exact_gap(fixed, found[0])
    return gap is None or gap > 0


def is_segment(fixed: Fixed, exact: ExactModel, p: Point, q: Point) -> bool:
    """Whether all but finitely many points between two T-MFE are consistent with the strategy."""
    degree = _degree(fixed, p, q)
    if degree is None:
        return False
    count = (len(fixed.strategy) - 1) * degree + 2
    for k in range(1, count + 1):
        t = Fraction(k, count + 1)
        between = tuple(x + t * (y - x) for x, y in zip(p, q, strict=True))
        if consistent_stage(fixed, between, exact) is None:
            return False
    return True


def _degree(fixed: Fixed, p: Point, q: Point) -> int | None:
    """Return the largest degree of a term along the segment; None if one is no polynomial there."""
    line = {
        i: rigor.add(rigor.const(x), rigor.scaled(rigor.var(0), y - x))
        for i, (x, y) in enumerate(zip(p, q, strict=True))
    }
    most = 0
    kernel = fixed.piece.functions[: fixed.piece.tables.kernel_terms]
    for f in kernel:
        g = rigor.substitute(f, line)
        if any(0 < cut < 1 for cut in breakpoints(g).get(0, [])):
            return None
        quotient = as_rational_function(smooth(g, {0: Strip(Fraction(0), Fraction(1))}), 1)
        if quotient is None or any(key[0] for key in quotient[1]):
            return None
        most = max([most, *(key[0] for key in quotient[0])])
    return most


@np.errstate(all="ignore")  # what overflows is a bad proposal, and no more
def _solve(fixed: Fixed, box: Box, i: int, value: Fraction) -> Point | None:
    """Propose a fixed point with coordinate i given, by Gauss and Newton in floating point."""
    x = np.array([to_float((low + high) / 2) for low, high in box])
    x[i] = to_float(value)
    free = [j for j in range(len(box)) if j != i]
    for _ in range(_NEWTON):
        now = _defect(fixed, x)
        if now is None:
            return None
        columns = []
        for j in free:
            shifted = x.copy()
            shifted[j] += 1e-6
            then = _defect(fixed, shifted)
            if then is None:
                return None
            columns.append((then - now) / 1e-6)
        step = np.linalg.lstsq(np.array(columns).T, -now, rcond=None)[0]
        x[free] += step
        if np.abs(step).max() < 1e-13:
            break
    if not np.all(np.isfinite(x)):
        return None
    point = [Fraction(float(y)).limit_denominator(_DENOMINATOR) for y in x]
    point[i] = value
    return tuple(point)


def _defect(fixed: Fixed, x: Floats) -> Floats | None:
    """Return pi(x)(phi) - x in floating point."""
    piece, tables = fixed.piece, fixed.piece.tables
    if not np.all(np.isfinite(x)) or np.abs(x).max() > 1e6:
        return None
    at: Sequence[Fraction] = [Fraction(float(y)) for y in x]
    span = term_span(piece, tuple((y, y) for y in at), 40)
    if span is None:
        return None
    kernel = np.einsum(
        "sakt,k->sat", tables.kernel_floats, middle_terms(span)[: tables.kernel_terms]
    )
    states = np.arange(len(kernel))
    played = float(tables.kappa) * kernel[states, fixed.strategy]
    mixed = played + float(tables.spread) * kernel.sum(axis=1)
    system = np.eye(len(states)) - mixed.T
    system[-1] = 1.0
    side = np.zeros(len(states))
    side[-1] = 1.0
    law = np.linalg.lstsq(system, side, rcond=None)[0]
    return np.asarray(piece.phi_floats @ law - x)
