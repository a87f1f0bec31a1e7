"""Many inequalities at once: prove the easy ones together, decide the rest in order.

The screen bounds sum of c_k b_k(m) from below by sum over k of c_k [b_k], with [b_k] a rigorous
enclosure of the term over M, or over each of many cells that cover M (lemma L5), for all
inequalities in one exact integer matrix product. What it leaves open is decided one at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mfgcheck import rigor
from mfgcheck.game.inequalities import (
    Bounds,
    Claim,
    Deadline,
    Open,
    Outcome,
    Scalars,
    Vector,
    enclosed,
)
from mfgcheck.game.sparse import Exact, Ints, largest, widen

Flags: TypeAlias = npt.NDArray[np.bool_]

_CELLS = 64
_MANY = 64  # from so many open inequalities on, a finer screen pays
_BITS = 24, 112, 1024  # of the fractions that bounds are rounded to, outwards: ever finer


@dataclass(frozen=True, eq=False)
class Vectors:
    """Many inequalities: row i is the sum over j of coefficient[i, j] times term[i, j].

    Both arrays have shape (N, K); term number -1 pads.
    """

    term: Ints
    coefficient: Exact

    def __len__(self) -> int:
        return len(self.term)

    def vector(self, i: int) -> Vector:
        """Return row i."""
        pairs = zip(self.term[i].tolist(), self.coefficient[i].tolist(), strict=True)
        return tuple(sorted((int(t), int(c)) for t, c in pairs if t >= 0 and c))

    def take(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """Return some of the rows."""
        return Vectors(self.term[rows], self.coefficient[rows])


def proved_together(scalars: Scalars, vectors: Vectors, claim: Claim, deadline: Deadline) -> Flags:
    """Return which of the inequalities are proved by enclosures of the terms alone."""
    proved = np.zeros(len(vectors), dtype=bool)
    if not len(vectors) or not vectors.term.shape[1]:
        return np.ones(len(vectors), dtype=bool)
    used = np.unique(vectors.term[vectors.term >= 0])
    if claim is Claim.NONNEGATIVE:
        ranges = {t: scalars.bounds(t) for t in used.tolist()}
        proved |= _at_least_zero(vectors, ranges)
    else:
        proved |= _slopes_at_least_zero(scalars, vectors, used, deadline)
    rest = np.flatnonzero(~proved)
    if len(rest) >= _MANY and not deadline.passed:
        proved[rest] = _by_cells(scalars, vectors.take(rest), claim)
    return proved


def in_order(
    scalars: Scalars,
    vectors: Vectors,
    order: Iterable[int],
    proved: Flags,
    claim: Claim,
    deadline: Deadline,
    known: dict[int, Outcome],
) -> Iterator[tuple[int, Outcome]]:
    """Decide the inequalities that the screen left open, in the given order, one by one."""
    tried = False  # the first is decided in any case: at a vertex that takes no time
    for i in order:
        if proved[i]:
            continue
        if i not in known and deadline.passed and tried:
            yield i, Open("the time limit was reached")
            return
        tried = True
        if i not in known:
            known[i] = scalars.decide(vectors.vector(i), claim, deadline)
        yield i, known[i]


def _at_least_zero(vectors: Vectors, ranges: dict[int, Bounds]) -> Flags:
    """Return which rows have a non-negative lower bound, given bounds of the terms."""
    proved = np.zeros(len(vectors), dtype=bool)
    rest = np.arange(len(vectors))
    for bits in _BITS:
        if not len(rest):
            break
        part = vectors.take(rest)
        worst = _lower_bounds(part, ranges, bits)
        proved[rest] = worst >= 0
        # Rounding costs each coefficient less than one unit: below that, finer ones fail, too.
        rest = rest[(worst < 0) & (worst + np.abs(part.coefficient).sum(axis=1) >= 0)]
    return proved


def _lower_bounds(vectors: Vectors, ranges: dict[int, Bounds], bits: int) -> Exact:
    """Return lower bounds of the rows in units of 2^-bits; hopelessly low where none is known."""
    size = max(ranges) + 2  # the last entry serves the padding, term -1
    low, high = [0] * size, [0] * size
    known = np.zeros(size, dtype=bool)
    known[-1] = True
    for t, bounds in ranges.items():
        if bounds is not None:
            low[t] = math.floor(bounds[0] * 2**bits)
            high[t] = math.ceil(bounds[1] * 2**bits)
            known[t] = True
    most = largest(vectors.coefficient) * vectors.term.shape[1] * (2 + max(map(abs, low + high)))
    c = widen(vectors.coefficient, most)
    lows, highs = np.array(low, dtype=c.dtype), np.array(high, dtype=c.dtype)
    worst = np.where(c > 0, c * lows[vectors.term], c * highs[vectors.term]).sum(axis=1)
    none = -1 - 2 * np.abs(c).sum(axis=1)
    return np.asarray(np.where(known[vectors.term].all(axis=1), worst, none))


def _slopes_at_least_zero(
    scalars: Scalars, vectors: Vectors, used: Ints, deadline: Deadline
) -> Flags:
    """Return which rows rise in every coordinate in which the aggregates move.

    If the moves along coordinate j all have the sign s_j and s_j df/dm_j >= 0 for all j, then f
    rises along every move. A move of both signs leaves only f free of m_j, and a coordinate that
    does not move (the value of an unknown function at a number) may do as it likes. Terms with
    steps are left to the careful route: a step's slope says nothing about its jump.
    """
    smooth = np.zeros(int(used.max()) + 2, dtype=bool)
    smooth[-1] = True
    for t in used:
        smooth[t] = not rigor.has_step(scalars.expression(int(t)))
    proved = np.asarray(smooth[vectors.term].all(axis=1), dtype=bool)
    users: dict[int, list[int]] = {}
    for t in used.tolist():
        for j in scalars.aggregates_of[t]:
            users.setdefault(j, []).append(t)
    depends = np.zeros(len(smooth), dtype=bool)
    for j, terms in users.items():
        if deadline.passed:
            return np.zeros(len(vectors), dtype=bool)
        depends[terms] = True
        rows = np.flatnonzero(proved & depends[vectors.term].any(axis=1))
        depends[terms] = False
        if not len(rows):
            continue
        part = vectors.take(rows)
        there = np.unique(part.term[part.term >= 0]).tolist()
        slopes = {t: _slope_range(scalars, t, j) for t in there}
        proved[rows] = _at_least_zero(part, slopes)
    return proved


def _slope_range(scalars: Scalars, term: int, j: int) -> Bounds:
    numbers = scalars.aggregates_of[term]
    if j not in numbers:
        return Fraction(0), Fraction(0)
    setting = scalars.setting(numbers)
    return _signed_slope(scalars, term, j, setting.box)


def _signed_slope(
    scalars: Scalars, term: int, j: int, box: list[tuple[Fraction, Fraction]]
) -> Bounds:
    numbers = scalars.aggregates_of[term]
    signs = scalars.setting((j,)).signs[0]
    if not signs:
        return Fraction(0), Fraction(0)
    if len(signs) != 1:
        return None
    f, _ = scalars.function(((term, 1),))
    slope = enclosed(rigor.derivative(f, numbers.index(j)), box)
    if slope is None:
        return None
    return slope if signs == {1} else (-slope[1], -slope[0])


def _by_cells(scalars: Scalars, vectors: Vectors, claim: Claim) -> Flags:
    """Repeat the screen on each of many cells, for rows that see z through one aggregate."""
    proved = np.zeros(len(vectors), dtype=bool)
    of_row = _only_aggregate(scalars, vectors)
    for j in np.unique(of_row[of_row >= 0]).tolist():
        rows = np.flatnonzero(of_row == j)
        part = vectors.take(rows)
        used = np.unique(part.term[part.term >= 0]).tolist()
        if len(rows) < _MANY or len(used) > len(rows):
            continue
        if claim is Claim.NONDECREASING and any(
            rigor.has_step(scalars.expression(t)) for t in used
        ):
            continue
        ((low, high),) = scalars.setting((j,)).box
        ends = [low + (high - low) * Fraction(i, _CELLS) for i in range(_CELLS + 1)]
        for left, right in pairwise(ends):
            ranges = {t: _on_cell(scalars, t, j, claim, (left, right)) for t in used}
            rows = rows[_at_least_zero(vectors.take(rows), ranges)]
            if not len(rows):
                break
        proved[rows] = True
    return proved


def _on_cell(
    scalars: Scalars, term: int, j: int, claim: Claim, cell: tuple[Fraction, Fraction]
) -> Bounds:
    if claim is Claim.NONDECREASING:
        if not scalars.aggregates_of[term]:
            return Fraction(0), Fraction(0)
        return _signed_slope(scalars, term, j, [cell])
    box = [cell] if scalars.aggregates_of[term] else []
    return enclosed(scalars.function(((term, 1),))[0], box)


def _only_aggregate(scalars: Scalars, vectors: Vectors) -> Ints:
    """Return for each row its only coordinate, -1 if it has none or several."""
    lowest = np.full(len(scalars.terms) + 1, len(scalars.variables), dtype=np.int64)
    highest = np.full(len(scalars.terms) + 1, -1, dtype=np.int64)
    for t, numbers in enumerate(scalars.aggregates_of):
        if numbers:
            lowest[t], highest[t] = numbers[0], numbers[-1]
    first, last = lowest[vectors.term].min(axis=1), highest[vectors.term].max(axis=1)
    return np.where(first == last, first, -1)
