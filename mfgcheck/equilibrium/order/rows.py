"""How the laws of the next state compare: masses of upper sets, exactly, over boxes of mean fields.

The smoothed row of a state and an action is the law of the next state under the trembling strategy
that plays this action there:

    K(s, a, m) = kappa P(s, a, m) + spread sum over b of P(s, b, m).

One law dominates another if and only if it gives every upper set at least as much mass.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mfgcheck.equilibrium.ranges.pieces import Box, Piece, enclosures
from mfgcheck.equilibrium.ranges.tables import Span, Tables, span_of, weigh
from mfgcheck.game.floats import Floats, quotients
from mfgcheck.game.sparse import Exact, Ints, largest, widen
from mfgcheck.verify.upper_sets import upper_sets

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rows:
    """The masses that the rows of a game give to upper sets, term by term.

    Attributes:
        tables: the game's numbers.
        minimal: the minimal states of each upper set (all but the empty and the whole one).
        members: array (S, U), which states each of them holds.
    """

    tables: Tables
    minimal: tuple[tuple[int, ...], ...]
    members: Flags

    @staticmethod
    def of(tables: Tables) -> Rows:
        """List the upper sets of a game's states.

        Raises:
            TooManyUpperSets: the states are a product of chains with too many of them.
        """
        states = tables.game.states
        if states.is_chain:
            numbers = np.arange(states.size)
            members = numbers[:, None] >= numbers[None, 1:]
            return Rows(tables, tuple((j,) for j in range(1, states.size)), members)
        found, minimal = upper_sets(states, tuple(range(states.size)))
        return Rows(tables, minimal, np.asarray(found.T, dtype=bool))

    @cached_property
    def tails(self) -> Exact:
        """Array (S, A, L, U): T_k(s, a)(U) for the upper sets U, times `tables.denominator`."""
        kernel = self.tables.kernel
        wide = widen(kernel, largest(kernel) * kernel.shape[-1])
        if self.tables.game.states.is_chain:
            reverse = np.flip(np.flip(wide, -1).cumsum(axis=-1), -1)
            return np.asarray(reverse[..., 1:])
        return np.asarray(wide @ self.members.astype(wide.dtype))

    @cached_property
    def weights(self) -> tuple[int, int, int]:
        """Integers (k, e, d) with kappa = k/d and spread = e/d."""
        kappa, spread = self.tables.kappa, self.tables.spread
        d = math.lcm(kappa.denominator, spread.denominator)
        return int(kappa * d), int(spread * d), d

    def mixed(self, parts: Exact) -> Exact:
        """Return what (S, A, ...) becomes for smoothed rows, times d of `weights`."""
        k, e, _ = self.weights
        big = widen(parts, (k + e * parts.shape[1]) * max(1, largest(parts)))
        return np.asarray(k * big + e * big.sum(axis=1, keepdims=True))

    @cached_property
    def smooth(self) -> Exact:
        """Array (S, A, L, U): the masses of upper sets under smoothed rows, over `denominator`."""
        return self.mixed(self.tails)

    @property
    def denominator(self) -> int:
        """What the integers of `smooth` have to be divided by."""
        return self.tables.denominator * self.weights[2]

    @cached_property
    def smooth_floats(self) -> Floats:
        """The same, near enough for proposals."""
        return quotients(self.smooth, self.denominator)

    @cached_property
    def top(self) -> Ints:
        """Array (S, A): the highest number among the actions that do exactly what this one does."""
        tables = self.tables
        states, actions, _ = tables.shape
        found = np.tile(np.arange(actions, dtype=np.int64), (states, 1))
        if tables.kappa == 0:  # all strategies are the same
            return np.full((states, actions), actions - 1, dtype=np.int64)
        for a in range(actions):
            for b in range(a + 1, actions):
                same = (tables.rewards[:, a] == tables.rewards[:, b]).all(axis=1)
                same &= (tables.kernel[:, a] == tables.kernel[:, b]).all(axis=(1, 2))
                found[same, a] = b
        return found

    @cached_property
    def covers(self) -> tuple[Ints, Ints]:
        """Arrays (lower, upper) of the numbers of all covering pairs of states."""
        return self.tables.game.states.covers

    def recurrent(self, terms: Span, candidates: Flags) -> bool:
        """Whether every kernel made of candidates is shown to have one closed class.

        Some state is reached from every other along masses that are positive wherever the terms
        have these ranges, whichever candidate a state plays.
        """
        mixed = np.moveaxis(self.mixed(self.tables.kernel), 2, 3)
        low = ranges(mixed, terms.at(slice(self.tables.kernel_terms)), 0).low
        sure = np.all((low > 0) | ~candidates[:, :, None], axis=1)
        reach = sure | np.eye(len(sure), dtype=bool)
        for _ in range(max(1, len(sure).bit_length())):
            reach = (reach.astype(np.float64) @ reach.astype(np.float64)) > 0
        return bool(np.any(np.all(reach, axis=0)))


def ranges(c: Exact, b: Span, slack: int) -> Span:
    """Return the range of sum over k of b_k (c_k + t_k), |t_k| <= slack, for c of (..., K)."""
    return weigh(c.astype(object) if b.low.dtype == object else c, b, slack)


def nonnegative(c: Exact, span: Span) -> Flags:
    """Return for c of shape (N, L, U) which of the N have sum over L of b c >= 0 for all U."""
    low = ranges(np.moveaxis(c, 1, 2), span, 0).low
    return np.asarray(np.all(low >= 0, axis=1), dtype=bool)


def slope_span(piece: Piece, box: Box, bits: int, direction: int) -> Span | None:
    """Return the ranges of the terms' derivatives along the one coordinate, times the direction.

    For a term with kinks they hold all quotients of differences between points of the box.
    """
    found = enclosures(piece.slopes[0], box, bits)
    if found is None:
        return None
    return span_of(found if direction > 0 else [(-high, -low) for low, high in found], bits)


def direction_of(piece: Piece) -> int:
    """Return 1 if the one coordinate rises with z, -1 if it falls, 0 if it does either."""
    (j,) = piece.region.frame.pivots
    signs = piece.setting.signs[j]
    return next(iter(signs)) if len(signs) == 1 else 0


def strict(piece: Piece) -> bool:
    """Whether z <= z' with the same one coordinate is possible for z = z' only."""
    (j,) = piece.region.frame.pivots
    values = piece.setting.aggregates[j].values
    lower, upper = (part.tolist() for part in piece.setting.states.covers)
    return direction_of(piece) != 0 and all(
        isinstance(values[x], Fraction)
        and isinstance(values[y], Fraction)
        and values[x] != values[y]
        for x, y in zip(lower, upper, strict=True)
    )
