"""Seminorms of the terms of a game, and their suprema over all mean fields.

A seminorm h on R^K (h(b + c) <= h(b) + h(c), h(t b) = |t| h(b)) of functions b(m) of the
aggregates is bounded over a box by means of a hull of b there: h(b(m)) is at most the largest of
h(a(v)) over the hull's vertices, plus the sum of rho_k h(e_k), e_k being the unit vectors.
Seminorms are evaluated at integer vectors, exactly; an enclosure b in c + [0, e] gives |h(b) -
h(c)| <= sum of e_k h(e_k).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np

from mfgcheck import rigor
from mfgcheck.budgets.constants.hull import (
    BITS,
    Hull,
    Pairs,
    Slopes,
    hull,
    point_values,
    range_hull,
    slopes_of,
)
from mfgcheck.equilibrium.ranges.pieces import Box, Piece
from mfgcheck.equilibrium.ranges.supremum import NEAR, Supremum, supremum
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.sparse import Exact, largest, widen

_FEW = 4
_CHEAP = 2_000_000  # steps of arithmetic with Python integers

Place: TypeAlias = tuple[int, ...]
"""Where a seminorm attains its value: its own numbers of rows."""


class Seminorm(Protocol):
    """A seminorm on R^K that is evaluated in integers.

    Attributes:
        size: K.
        denominator: the value at b is `value(b)[0] / denominator`.
        work: how many multiplications an evaluation takes.
        heaviest: |value(b)|, and all that occurs on the way, is at most this times max |b_k|.
    """

    @property
    def size(self) -> int:
        """K."""
        ...

    @property
    def denominator(self) -> int:
        """What values have to be divided by."""
        ...

    @property
    def work(self) -> int:
        """Multiplications for one evaluation."""
        ...

    @property
    def heaviest(self) -> int:
        """The largest value, and number on the way to it, at vectors with entries up to 1."""
        ...

    def value(self, b: Sequence[int]) -> tuple[int, Place]:
        """Return the value at an integer vector, times the denominator, and where it is."""
        ...


@dataclass(frozen=True, eq=False)
class RowNorm:
    """max over rows of sum over x of |sum over k of b_k parts[row, x, k]|.

    With `directions` (array (P, d) of integers), b has K * d entries b_(k, j), and b_k stands for
    sum over j of b_(k, j) * directions[p, j], with the maximum over p as well.
    """

    parts: Exact
    denominator: int
    directions: tuple[tuple[int, ...], ...] = ((1,),)

    @property
    def size(self) -> int:
        """The number of entries of b."""
        return int(self.parts.shape[2]) * len(self.directions[0])

    @property
    def work(self) -> int:
        """Multiplications for one evaluation."""
        return int(self.parts.size) * len(self.directions)

    @cached_property
    def heaviest(self) -> int:
        """See `Seminorm`."""
        columns = max(1, int(self.parts.shape[1] * self.parts.shape[2]))
        steepest = max((sum(map(abs, d)) for d in self.directions), default=0)
        return max(1, largest(self.parts)) * columns * max(1, steepest)

    def value(self, b: Sequence[int]) -> tuple[int, Place]:
        """See `Seminorm`; the place is (row, direction)."""
        best, place = 0, (0, 0)
        d = len(self.directions[0])
        for p, direction in enumerate(self.directions):
            weights = [
                sum(b[k * d + j] * x for j, x in enumerate(direction))
                for k in range(self.parts.shape[2])
            ]
            sums = np.abs(combine(self.parts, weights)).sum(axis=1)
            row = int(np.argmax(sums)) if len(sums) else 0
            if len(sums) and int(sums[row]) > best:
                best, place = int(sums[row]), (row, p)
        return best, place


@dataclass(frozen=True, eq=False)
class RangeNorm:
    """The largest less the smallest over rows of sum over k of b_k parts[row, k]."""

    parts: Exact
    denominator: int

    @property
    def size(self) -> int:
        """The number of entries of b."""
        return int(self.parts.shape[1])

    @property
    def work(self) -> int:
        """Multiplications for one evaluation."""
        return int(self.parts.size)

    @cached_property
    def heaviest(self) -> int:
        """See `Seminorm`."""
        return 2 * max(1, largest(self.parts)) * max(1, self.size)

    def value(self, b: Sequence[int]) -> tuple[int, Place]:
        """See `Seminorm`; the place is (largest row, smallest row)."""
        values = combine(self.parts, b)
        high, low = int(np.argmax(values)), int(np.argmin(values))
        return int(values[high]) - int(values[low]), (high, low)


@dataclass(frozen=True, eq=False)
class PairNorm:
    """The largest total variation distance between two rows of different groups.

    Rows are sum over k of b_k parts[group, i, x, k]; `denominator` includes the 1/2 of the
    distance.
    """

    parts: Exact
    denominator: int

    @property
    def size(self) -> int:
        """The number of entries of b."""
        return int(self.parts.shape[3])

    @property
    def work(self) -> int:
        """Multiplications and subtractions for one evaluation."""
        groups, rows, columns, _ = self.parts.shape
        return int(self.parts.size + (groups * rows) ** 2 * columns // 2)

    @cached_property
    def heaviest(self) -> int:
        """See `Seminorm`."""
        _, _, columns, terms = self.parts.shape
        return 2 * max(1, largest(self.parts)) * max(1, int(columns * terms))

    def value(self, b: Sequence[int]) -> tuple[int, Place]:
        """See `Seminorm`; the place is the two rows, as group * rows + i."""
        rows = combine(self.parts, b)
        groups, each, columns = rows.shape
        flat = rows.reshape(groups * each, columns)
        best, place = 0, (0, 0)
        for i in range((groups - 1) * each):
            later = (i // each + 1) * each
            sizes = np.abs(flat[later:] - flat[i]).sum(axis=1)
            j = int(np.argmax(sizes))
            if int(sizes[j]) > best:
                best, place = int(sizes[j]), (i, later + j)
        return best, place


def combine(parts: Exact, b: Sequence[int]) -> Exact:
    """Return the sum over k of b_k parts[.., k], exactly.

    >>> combine(np.array([[1, 2], [3, 4]]), [10, 1]).tolist()
    [12, 34]
    """
    size = max([1, *map(abs, b)])
    columns = int(parts.shape[-1]) * (int(parts.shape[-2]) if parts.ndim > 2 else 1)
    big = widen(parts, 4 * max(1, largest(parts)) * size * max(1, columns))
    total = np.zeros(parts.shape[:-1], dtype=big.dtype)
    for k, weight in enumerate(b):
        if weight:
            total = total + big[..., k] * weight
    return total


FunctionsOf: TypeAlias = Callable[[Piece], tuple[rigor.Expression, ...]]


@dataclass(frozen=True, eq=False)
class Composite:
    """m -> h(b(m)), a seminorm of functions of the aggregates.

    Attributes:
        norm: h.
        functions_of: the functions b on a piece, in its coordinates.
    """

    norm: Seminorm
    functions_of: FunctionsOf
    _values: dict[Pairs, tuple[Fraction, Fraction]] = field(default_factory=dict)
    _functions: dict[Piece, tuple[tuple[rigor.Expression, ...], Slopes | None]] = field(
        default_factory=dict
    )

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """h of the unit vectors, times the denominator."""
        size = self.norm.size
        return tuple(self.norm.value([int(i == k) for i in range(size)])[0] for k in range(size))

    def functions(self, piece: Piece) -> tuple[rigor.Expression, ...]:
        """Return the functions on a piece."""
        return self._on(piece)[0]

    def _on(self, piece: Piece) -> tuple[tuple[rigor.Expression, ...], Slopes | None]:
        if piece not in self._functions:
            functions = self.functions_of(piece)
            self._functions[piece] = functions, slopes_of(piece, functions)
        return self._functions[piece]

    def at(self, values: Pairs) -> tuple[Fraction, Fraction]:
        """Return bounds of h that hold for all b in these (narrow) ranges."""
        if values not in self._values:
            centre, extra, unit = self._integers(values)
            found, _ = self.norm.value(centre)
            error = sum(e * w for e, w in zip(extra, self.weights, strict=True))
            scale = unit * self.norm.denominator
            low, high = max(0, found - error), found + error
            self._values[values] = Fraction(low, scale), Fraction(high, scale)
        return self._values[values]

    def place(self, piece: Piece, point: Box) -> Place | None:
        """Return where the seminorm attains its value at a point."""
        values = point_values(self.functions(piece), point)
        return None if values is None else self.norm.value(self._integers(values)[0])[1]

    def _integers(self, values: Pairs) -> tuple[list[int], list[int], int]:
        """Return b = (centre + [0, extra]) / unit; the unit is exact where that costs little."""
        size = max([Fraction(1), *(max(abs(low), abs(high)) for low, high in values)])
        room = (1 << 60) // max(1, math.ceil(size) * self.norm.heaviest)
        exact = math.lcm(1, *(x.denominator for pair in values for x in pair))
        cheap = self.norm.work < _CHEAP
        if exact <= room or (cheap and exact.bit_length() <= 2 * BITS):
            unit = exact
        else:
            unit = 1 << (BITS if cheap or room < 1 << 16 else room.bit_length() - 1)
        centre = [math.floor(low * unit) for low, _ in values]
        extra = [math.ceil(high * unit) - c for (_, high), c in zip(values, centre, strict=True)]
        return centre, extra, unit

    def lower(self, piece: Piece, point: Box) -> Fraction | None:
        """Return a lower bound at a point (a narrow box)."""
        values = point_values(self.functions(piece), point)
        return None if values is None else self.at(values)[0]

    def upper(self, piece: Piece, box: Box) -> Fraction | None:
        """Return an upper bound over a box; None if none is finite."""
        functions, slopes = self._on(piece)
        hulls = [hull(piece, box, functions, slopes)]
        if self.norm.work < _CHEAP and len(functions) <= _FEW:
            # Where a function is monotone, its range alone is tight at the ends.
            hulls.append(range_hull(functions, box))
        found = [self._over(h) for h in hulls if h is not None]
        return min(found, default=None)

    def _over(self, h: Hull) -> Fraction:
        pairs = zip(h.rest, self.weights, strict=True)
        rest = sum((r * w for r, w in pairs if w), Fraction(0)) / self.norm.denominator
        return max((self.at(v)[1] for v in h.vertices), default=Fraction(0)) + _up(rest)

    def supremum(
        self, parts: Sequence[Piece], deadline: Deadline | None = None, near: Fraction = NEAR
    ) -> Supremum:
        """Enclose the supremum over pieces of the range of the aggregates."""
        return supremum(parts, self.upper, self.lower, near=near, deadline=deadline)


def _up(x: Fraction) -> Fraction:
    """Round up a number that is too long to reckon with."""
    return x if x.denominator < 1 << 128 else Fraction(math.ceil(x * (1 << 100)), 1 << 100)
