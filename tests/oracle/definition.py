"""Definition 1 of Lee et al. 2021 by brute force, at finitely many mean fields.

Nothing here is clever, and nothing is shared with the package: every ordered pair instead of
covers, every pair of incomparable elements with its join and meet instead of local squares, every
upper set, every dominance-ordered pair of the given mean fields instead of derivatives. A violation
found is a violation; none found says only that the clause survived at these mean fields.

Numbers are brought to one common denominator and compared as integers, so nothing is rounded.
Values that stand for irrational numbers may be off by less than `noise`; a result within `noise`
of zero counts as zero, and how many of those were not exactly zero is reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.oracle.mean_fields import MeanField
from tests.oracle.posets import Poset, UpperSet, product

Kernel = Callable[[int, int, MeanField], Sequence[Fraction]]
Reward = Callable[[int, int, MeanField], Fraction]
Integers = npt.NDArray[Any]
Corner = tuple[int, int]

CLAUSES = (
    "reward.monotone_s",
    "reward.supermodular",
    "reward.increasing_differences",
    "reward.max_monotone_s",
    "kernel.monotone_s",
    "kernel.monotone_a",
    "kernel.monotone_z",
    "kernel.supermodular",
    "kernel.increasing_differences",
)

CHUNK = 1_000_000
"""How many inequalities are held in memory at a time."""


@dataclass(frozen=True)
class PlainGame:
    """A game as plain functions of a state's number, an action's number and a mean field."""

    states: Poset
    actions: Poset
    kernel: Kernel
    reward: Reward
    noise: Fraction = Fraction(0)


@dataclass(frozen=True)
class Finding:
    """The least value of what a clause wants to be non-negative, and where it is taken.

    `corners` are one or two (state, action) pairs; `upper_set` is None for a reward; `z2` is None
    unless mean fields are compared. `ambiguous` counts the values within the noise but not 0.
    """

    value: Fraction
    corners: tuple[Corner, ...] = ()
    upper_set: UpperSet | None = None
    z: MeanField | None = None
    z2: MeanField | None = None
    ambiguous: int = 0

    @property
    def violated(self) -> bool:
        """Whether the clause fails here."""
        return self.value < 0


@dataclass(frozen=True)
class Table:
    """A quantity at all mean fields z and all x = (s, a): integers[z, x, u] / scale.

    u runs through the upper sets for the kernel (the mass of the upper set), and through None
    alone for the reward.
    """

    integers: Integers
    scale: int
    upper_sets: Sequence[UpperSet | None]


def examine(
    game: PlainGame, mean_fields: Sequence[MeanField], clauses: Sequence[str] = CLAUSES
) -> dict[str, Finding]:
    """Return for each clause its least value over the given mean fields and all else."""
    actions = game.actions.size
    both, squares = _pairs_and_squares(game.states, game.actions)
    up_s = [(x, y) for x, y in both.ordered if x % actions == y % actions]
    up_a = [(x, y) for x, y in both.ordered if x // actions == y // actions]
    pairs = dominance_pairs(game.states, mean_fields)
    tables = {"reward": reward_table(game, mean_fields), "kernel": kernel_table(game, mean_fields)}

    def blocks(clause: str) -> Iterator[tuple[Integers, _Place]]:
        subject, kind = clause.split(".")
        f = tables[subject].integers
        everywhere = np.arange(len(mean_fields))
        if kind == "monotone_s":
            yield from _differences(f, everywhere, up_s)
        elif kind == "monotone_a":
            yield from _differences(f, everywhere, up_a)
        elif kind == "supermodular":
            yield from _squares(f, everywhere, squares)
        elif kind == "monotone_z":
            rows = [(x,) for x in range(both.size)]
            for low, high in _chunks(pairs, f.shape[1] * f.shape[2]):
                yield f[high] - f[low], _Place(low, high, rows)
        elif kind == "increasing_differences":
            for low, high in _chunks(pairs, len(both.ordered) * f.shape[2]):
                for values, place in _differences(f[high] - f[low], low, both.ordered):
                    yield values, _Place(low, high, place.corners)
        elif kind == "max_monotone_s":
            best = f.reshape(len(mean_fields), -1, actions).max(axis=2)[:, :, None]
            corners = [(s * actions, t * actions) for s, t in game.states.ordered]
            for values, _ in _differences(best, everywhere, game.states.ordered):
                yield values, _Place(everywhere, None, corners)
        else:
            raise ValueError(clause)

    def least(clause: str) -> Finding:
        table = tables[clause.split(".")[0]]
        found = Finding(Fraction(0))
        ambiguous = 0
        noise = math.floor(game.noise * table.scale)
        for values, place in blocks(clause):
            if not values.size:
                continue
            if noise:
                small = abs(values) <= noise
                ambiguous += int((small & (values != 0)).sum())
                values = np.where(small, 0, values)
            i, j, u = np.unravel_index(int(values.argmin()), values.shape)
            value = Fraction(int(values[i, j, u]), table.scale)
            if value < found.value:
                found = Finding(
                    value,
                    tuple(divmod(x, actions) for x in place.corners[j]),
                    table.upper_sets[u],
                    mean_fields[place.low[i]],
                    None if place.high is None else mean_fields[place.high[i]],
                )
        return Finding(found.value, found.corners, found.upper_set, found.z, found.z2, ambiguous)

    return {clause: least(clause) for clause in clauses}


def kernel_table(game: PlainGame, mean_fields: Sequence[MeanField]) -> Table:
    """Return the mass that P(. | s, a, z) gives to every upper set."""
    sets = game.states.upper_sets
    rows = [
        [game.kernel(s, a, z) for s in range(game.states.size) for a in range(game.actions.size)]
        for z in mean_fields
    ]
    laws, scale = _integers(rows)
    members = np.array([[int(x in u) for u in sets] for x in range(game.states.size)])
    members = members.reshape(game.states.size, len(sets)).astype(laws.dtype)
    return Table(laws @ members, scale, sets)


def reward_table(game: PlainGame, mean_fields: Sequence[MeanField]) -> Table:
    """Return r(s, a, z)."""
    rows = [
        [[game.reward(s, a, z)] for s in range(game.states.size) for a in range(game.actions.size)]
        for z in mean_fields
    ]
    return Table(*_integers(rows), (None,))


def dominance_pairs(states: Poset, mean_fields: Sequence[MeanField]) -> Integers:
    """Return the index pairs (i, j), i != j, such that z_j gives no upper set less than z_i."""
    sets = states.upper_sets
    tails, _ = _integers(
        [[[sum((z[x] for x in u), Fraction(0)) for u in sets] for z in mean_fields]]
    )
    found = []
    for i in range(len(mean_fields)):
        above = (tails[0] >= tails[0, i]).all(axis=1)
        above[i] = False
        found.extend((i, j) for j in np.flatnonzero(above))
    return np.array(found, dtype=np.int64).reshape(-1, 2)


@lru_cache(maxsize=32)
def _pairs_and_squares(
    states: Poset, actions: Poset
) -> tuple[Poset, tuple[tuple[int, int, int, int], ...]]:
    """Return S x A, and (meet, x, y, join) for all its incomparable pairs x, y."""
    both = product(states, actions)
    s_join, s_meet = _table(states.join, states.size), _table(states.meet, states.size)
    a_join, a_meet = _table(actions.join, actions.size), _table(actions.meet, actions.size)

    def square(x: int, y: int) -> tuple[int, int, int, int]:
        (s, a), (t, b) = divmod(x, actions.size), divmod(y, actions.size)
        meet = s_meet[s][t] * actions.size + a_meet[a][b]
        return meet, x, y, s_join[s][t] * actions.size + a_join[a][b]

    return both, tuple(square(x, y) for x, y in both.incomparable)


def _table(operation: Callable[[int, int], int], n: int) -> list[list[int]]:
    return [[operation(i, j) for j in range(n)] for i in range(n)]


@dataclass(frozen=True)
class _Place:
    """Where a block of values belongs: its first axis to mean fields, its second to corners."""

    low: Integers
    high: Integers | None
    corners: Sequence[tuple[int, ...]]


def _differences(
    f: Integers, where: Integers, pairs: Sequence[tuple[int, int]]
) -> Iterator[tuple[Integers, _Place]]:
    if pairs:
        low, high = np.array(pairs).T
        yield f[:, high] - f[:, low], _Place(where, None, pairs)


def _squares(
    f: Integers, where: Integers, squares: Sequence[tuple[int, int, int, int]]
) -> Iterator[tuple[Integers, _Place]]:
    step = max(1, CHUNK // (f.shape[0] * f.shape[2] or 1))
    for start in range(0, len(squares), step):
        part = squares[start : start + step]
        bottom, left, right, top = np.array(part).T
        corners = [(square[0], square[3]) for square in part]
        values = f[:, top] + f[:, bottom] - f[:, left] - f[:, right]
        yield values, _Place(where, None, corners)


def _chunks(pairs: Integers, width: int) -> Iterator[tuple[Integers, Integers]]:
    step = max(1, CHUNK // max(width, 1))
    for start in range(0, len(pairs), step):
        part = pairs[start : start + step]
        yield part[:, 0], part[:, 1]


def _integers(rows: Sequence[Sequence[Sequence[Fraction]]]) -> tuple[Integers, int]:
    """Return the numbers as integers over their common denominator: int64 where four terms fit."""
    scale = math.lcm(*{x.denominator for block in rows for row in block for x in row})
    values = [
        [[x.numerator * (scale // x.denominator) for x in row] for row in block] for block in rows
    ]
    largest = max((abs(x) for block in values for row in block for x in row), default=0)
    kind: type = np.int64 if largest < 2**60 else object
    shape = (len(rows), len(rows[0]), len(rows[0][0]))
    return np.array(values, dtype=kind).reshape(shape), scale
