"""The corners of S x A that a clause compares, as row numbers with signs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mfgcheck.game.orders import Order
from mfgcheck.game.sparse import Ints
from mfgcheck.verify.clauses import Shape


@dataclass(frozen=True, eq=False)
class Corners:
    """Signed sums of rows: corner i is the sum over j of sign[j] * row rows[i, j].

    The first row of each corner is its lowest element and the last its highest; corners are
    sorted by the lowest, then by the highest.
    """

    rows: Ints
    sign: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.rows)


def grid(states: Order, actions: Order) -> Order:
    """Return the lattice S x A; the number of (s, a) in it is its row number."""
    return Order(states.chains + actions.chains)


def corners(states: Order, actions: Order, shape: Shape) -> Corners:
    """Return all corners of a shape."""
    lattice = grid(states, actions)
    factors = len(lattice.shape)
    of_states = len(states.shape)
    if shape is Shape.ROW:
        return Corners(np.arange(lattice.size, dtype=np.int64)[:, None], (1,))
    if shape is Shape.SQUARE:
        parts = [_squares(lattice, i, j) for i, j in combinations(range(factors), 2)]
        return Corners(_sorted(parts, 4), (1, -1, -1, 1))
    moving = {
        Shape.PAIR_S: range(of_states),
        Shape.PAIR_A: range(of_states, factors),
        Shape.PAIR: range(factors),
    }[shape]
    return Corners(_sorted([_pairs(lattice, i) for i in moving], 2), (-1, 1))


def _pairs(lattice: Order, i: int) -> Ints:
    low = np.flatnonzero(lattice.coordinates[:, i] < lattice.shape[i] - 1)
    return np.stack([low, low + lattice.strides[i]], axis=1)


def _squares(lattice: Order, i: int, j: int) -> Ints:
    position = lattice.coordinates
    room = (position[:, i] < lattice.shape[i] - 1) & (position[:, j] < lattice.shape[j] - 1)
    low = np.flatnonzero(room)
    up, across = lattice.strides[i], lattice.strides[j]
    return np.stack([low, low + across, low + up, low + up + across], axis=1)


def _sorted(parts: list[Ints], width: int) -> Ints:
    rows = np.concatenate(parts) if parts else np.zeros((0, width), dtype=np.int64)
    return np.asarray(rows[np.lexsort((rows[:, -1], rows[:, 0]))], dtype=np.int64)
