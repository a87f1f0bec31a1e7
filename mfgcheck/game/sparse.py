"""Exact sparse rows: integer numerators over one common denominator."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Exact: TypeAlias = npt.NDArray[Any]
"""An array of integers: int64 where they fit, Python ints (dtype object) where they may not."""

_SAFE = 1 << 62


@dataclass(frozen=True, eq=False)
class Rows:
    """A list of sparse rows; row i holds `value[k] / denominator` at `column[k]`, k in its slice.

    `start` has one entry more than there are rows; row i is the slice start[i]:start[i+1].
    """

    start: Ints
    column: Ints
    value: Exact
    denominator: int

    @staticmethod
    def of(rows: Sequence[Iterable[tuple[int, int, int]]]) -> Rows:
        """Build rows from (column, numerator, denominator) entries."""
        flat = [list(row) for row in rows]
        denominator = math.lcm(1, *{d for row in flat for _, _, d in row})
        start = np.zeros(len(flat) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in flat], out=start[1:])
        columns = [c for row in flat for c, _, _ in row]
        values = [n * (denominator // d) for row in flat for _, n, d in row]
        return Rows(start, np.array(columns, dtype=np.int64), integers(values), denominator)

    def gather(self, ids: Ints) -> tuple[Ints, Ints, Exact]:
        """Return the entries of the rows `ids`, in order: (position in ids, column, value)."""
        counts = self.start[ids + 1] - self.start[ids]
        owner = np.repeat(np.arange(len(ids), dtype=np.int64), counts)
        ends = np.cumsum(counts)
        within = np.arange(len(owner), dtype=np.int64) - np.repeat(ends - counts, counts)
        entry = np.repeat(self.start[ids], counts) + within
        return owner, self.column[entry], self.value[entry]

    def row(self, i: int) -> list[tuple[int, Fraction]]:
        """Return row i as (column, value) pairs."""
        part = slice(int(self.start[i]), int(self.start[i + 1]))
        return [
            (int(c), Fraction(int(v), self.denominator))
            for c, v in zip(self.column[part], self.value[part], strict=True)
        ]

    @property
    def largest(self) -> int:
        """The largest absolute numerator."""
        return largest(self.value)


def integers(values: Sequence[int]) -> Exact:
    """Return an exact integer array, int64 if all values are far from its limits."""
    fits = all(-_SAFE < v < _SAFE for v in values)
    return np.array(values, dtype=np.int64 if fits else object)


def largest(values: Exact) -> int:
    """Return the largest absolute value (0 for an empty array)."""
    return int(max(abs(int(values.max())), abs(int(values.min())))) if values.size else 0


def widen(values: Exact, bound: int) -> Exact:
    """Return the array as Python ints if results as large as `bound` are to come from it."""
    return values if bound < _SAFE and values.dtype != object else values.astype(object)


def group(keys: Sequence[Ints], values: Exact) -> tuple[list[Ints], Exact]:
    """Sum the values that share all keys; sort by the keys (the first most significant).

    Groups whose sum is zero are dropped.
    """
    if not len(values):
        return [np.asarray(key) for key in keys], values
    order = _argsort(keys)
    ordered = [key[order] for key in keys]
    new = np.zeros(len(order), dtype=bool)
    new[0] = True
    for key in ordered:
        new[1:] |= key[1:] != key[:-1]
    firsts = np.flatnonzero(new)
    sums = np.add.reduceat(values[order], firsts)
    keep = np.asarray(sums != 0, dtype=bool)
    return [key[firsts][keep] for key in ordered], sums[keep]


def _argsort(keys: Sequence[Ints]) -> Ints:
    """Sort by several non-negative keys, through one combined key where it fits."""
    widths = [int(key.max()) + 1 for key in keys]
    if math.prod(widths) < _SAFE:
        combined = keys[0]
        for key, width in zip(keys[1:], widths[1:], strict=True):
            combined = combined * width + key
        return np.argsort(combined, kind="stable")
    return np.lexsort(tuple(reversed(keys)))
