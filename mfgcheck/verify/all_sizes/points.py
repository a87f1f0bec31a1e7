"""Where a cell has points: from which sizes on a pattern of tails occurs.

A point (s, a, t) of a cell belongs to the games that have the states and actions it needs. The
search is exact: t is eliminated without loss, as its factor is 1 in every bound, and what is left
is an interval of s for each a, and of a for each s and t.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from mfgcheck.verify.all_sizes.tails import Cell, Corner

Size: TypeAlias = tuple[int, int]
"""A number of states and a number of actions."""

Inequality: TypeAlias = tuple[int, int, int]
"""(p, q, r) stands for p s + q a + r >= 0."""

_FAR = 60  # actions up to which points are looked for one by one
_LARGEST = 200  # states up to which the smallest sizes are looked for


@dataclass(frozen=True)
class Occurrence:
    """From which sizes on one of some cells has points.

    Attributes:
        sizes: the smallest ones: the cells have points at (n, k) exactly if n >= n' and k >= k' for
            one of these.
        known: whether that is all; else more sizes may be among them.
        example: a point (s, a, t) at the first of the sizes, or None.
    """

    sizes: tuple[Size, ...]
    known: bool = True
    example: tuple[int, int, int] | None = None


def occurrence(found: Sequence[Cell], raised: Corner) -> Occurrence:
    """Return from which sizes on some cells have points with room to raise s and a by `raised`."""
    least: dict[int, tuple[int, tuple[int, int, int]]] = {}
    known = True
    for cell in found:
        front, complete = _front(cell, raised)
        known = known and complete
        for n, k, point in front:
            if n not in least or k < least[n][0]:
                least[n] = k, point
    sizes: list[Size] = []
    example = None
    for n in sorted(least):
        k, point = least[n]
        if not sizes or k < sizes[-1][1]:
            example = example or point
            sizes.append((n, k))
    return Occurrence(tuple(sizes), known, example)


def _front(cell: Cell, raised: Corner) -> tuple[list[tuple[int, int, tuple[int, int, int]]], bool]:
    """Return the smallest sizes of one cell with a point for each, and whether these are all."""
    conditions = _without_t(cell)
    fewest = next((a for a in range(_FAR + 1) if _first_s(conditions, a) is not None), None)
    if fewest is None:
        return [], not _may_hold(conditions, _FAR + 1)
    found: list[tuple[int, int, tuple[int, int, int]]] = []
    best: int | None = None
    for n in range(2, _LARGEST + 1):
        for s, t in _new_pairs(n, raised):
            a = _first_a(cell, s, t)
            if a is not None and (best is None or max(a + raised[1] + 1, 2) < best):
                best = max(a + raised[1] + 1, 2)
                found.append((n, best, (s, a, t)))
        if best is not None and best <= max(fewest + raised[1] + 1, 2):
            return found, True
    return found, False


def _new_pairs(n: int, raised: Corner) -> Iterator[tuple[int, int]]:
    """The (s, t) that n states have room for and n - 1 have not."""
    last = n - 1 - raised[0]
    for s in range(last + 1):
        for t in range(1, n):
            if s == last or t == n - 1:
                yield s, t


def _without_t(cell: Cell) -> list[Inequality]:
    """Return when there is a t >= 1 with low <= alpha s + beta a - t <= high for all forms.

    Those are bounds alpha s + beta a - high <= t <= alpha s + beta a - low by integers, so there is
    one exactly if every lower bound is at most every upper bound.
    """
    under: list[Inequality] = [(0, 0, 1)]
    over: list[Inequality] = []
    for (alpha, beta), low, high in cell.bounds:
        if high is not None:
            under.append((alpha, beta, -high))
        if low is not None:
            over.append((alpha, beta, -low))
    return [(v[0] - u[0], v[1] - u[1], v[2] - u[2]) for u in under for v in over]


def _first_s(conditions: Sequence[Inequality], a: int) -> int | None:
    """Return the least s >= 0 that fulfils all conditions at this action."""
    return _first([(p, q * a + r) for p, q, r in conditions])


def _first_a(cell: Cell, s: int, t: int) -> int | None:
    """Return the least a >= 0 for which (s, a, t) lies in a cell."""
    lines: list[tuple[int, int]] = []
    for (alpha, beta), low, high in cell.bounds:
        x = alpha * s - t
        if low is not None:
            lines.append((beta, x - low))
        if high is not None:
            lines.append((-beta, high - x))
    return _first(lines)


def _first(lines: Sequence[tuple[int, int]]) -> int | None:
    """Return the least integer y >= 0 with p y + r >= 0 for all (p, r), or None."""
    low, high = 0, None
    for p, r in lines:
        if p > 0:
            low = max(low, -(r // p))
        elif p < 0:
            most = r // -p
            high = most if high is None else min(high, most)
        elif r < 0:
            return None
    return low if high is None or low <= high else None


def _may_hold(conditions: Sequence[Inequality], least: int) -> bool:
    """Whether real s >= 0, a >= least may fulfil all conditions, by eliminating s."""
    lower = [(q, r, p) for p, q, r in conditions if p > 0] + [(0, 0, 1)]
    upper = [(q, r, -p) for p, q, r in conditions if p < 0]
    lines = [(Fraction(q), Fraction(r)) for p, q, r in conditions if p == 0]
    # s >= -(q a + r) / p and s <= (q' a + r') / p'
    lines += [
        (Fraction(q, p) + Fraction(q2, p2), Fraction(r, p) + Fraction(r2, p2))
        for q, r, p in lower
        for q2, r2, p2 in upper
    ]
    low, high = Fraction(least), None
    for slope, offset in lines:
        if slope > 0:
            low = max(low, -offset / slope)
        elif slope < 0:
            bound = offset / -slope
            high = bound if high is None else min(high, bound)
        elif offset < 0:
            return False
    return high is None or low <= high
