"""Inequalities between rows: for the whole piece if possible, else for one box of mean fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

import numpy as np

from mfgcheck.equilibrium.enclosure.isolate import width
from mfgcheck.equilibrium.order.rows import Flags, Rows, nonnegative, slope_span
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, term_span
from mfgcheck.equilibrium.ranges.tables import Span
from mfgcheck.game.inequalities import Claim, Deadline, Holds
from mfgcheck.game.sparse import Exact

Key: TypeAlias = tuple[object, ...]
"""What tells an inequality from the others of the piece."""

_BITS = 64
_SMALL = Fraction(1, 1 << 6)  # boxes so small that single inequalities are worth exact decisions
_EXACT = 400  # of these at most


@dataclass(eq=False)
class Inequalities:
    """Decides inequalities between rows of one piece; remembers those of the whole piece.

    Attributes:
        piece, rows: the piece and its rows.
        direction: 1 if rows have to rise with the coordinate, -1 if they have to fall; 0 if there
            is nothing to show of it.
        claim_sign: 1 if the claim is that rows rise with z, -1 if it is that they fall.
        deadline: when to stop.
        exact: how many exact decisions were made.
    """

    piece: Piece
    rows: Rows
    direction: int
    claim_sign: int
    deadline: Deadline
    exact: int = 0
    _known: dict[Key, bool] = field(default_factory=dict)
    _decided: dict[Key, bool] = field(default_factory=dict)

    def hold(
        self,
        keys: Sequence[Key],
        parts: Exact,
        box: Box,
        terms: Span,
        slopes: Span | None,
        claim: Claim,
        *,
        exact: bool = True,
    ) -> Flags:
        """Return which of the inequalities (N, L, U) hold on a box, for all upper sets."""
        new = [i for i, key in enumerate(keys) if key not in self._known]
        if new:
            span = self._span(self._whole, claim)
            flags = nonnegative(parts[new], span) if span is not None else [False] * len(new)
            self._known.update((keys[i], bool(f)) for i, f in zip(new, flags, strict=True))
        good = np.array([self._known[key] for key in keys], dtype=bool)
        rest = np.flatnonzero(~good)
        span = self._span((terms, slopes), claim)
        if rest.size and span is not None:
            good[rest] = nonnegative(parts[rest], span)
        small = not box or width(box) <= width(self.piece.box) * _SMALL
        if exact and small:
            for i in np.flatnonzero(~good).tolist():
                good[i] = self._known[keys[i]] = self._decide(keys[i], parts[i], claim)
        return good

    @cached_property
    def _whole(self) -> tuple[Span | None, Span | None]:
        box = self.piece.box
        slopes = slope_span(self.piece, box, _BITS, self.direction) if self.direction else None
        return term_span(self.piece, box, _BITS), slopes

    def _span(self, spans: tuple[Span | None, Span | None], claim: Claim) -> Span | None:
        span = spans[0] if claim is Claim.NONNEGATIVE else spans[1]
        return None if span is None else span.at(slice(self.rows.tables.kernel_terms))

    def _decide(self, key: Key, part: Exact, claim: Claim) -> bool:
        """Decide an inequality for all mean fields by the engine of Definition 1."""
        if key in self._decided:
            return self._decided[key]
        tables = self.rows.tables
        sign = self.claim_sign if claim is Claim.NONDECREASING else 1
        good = True
        for column in _distinct(part):
            if self.exact >= _EXACT or self.deadline.passed:
                return False
            self.exact += 1
            pairs = zip(tables.terms, column, strict=False)
            vector = tuple(sorted((t, sign * x) for t, x in pairs if x))
            if not isinstance(tables.game.scalars.decide(vector, claim, self.deadline), Holds):
                good = False
                break
        self._decided[key] = good
        return good


def _distinct(part: Exact) -> list[tuple[int, ...]]:
    """Return the distinct columns of an array (L, U)."""
    return list(dict.fromkeys(tuple(map(int, column)) for column in part.T.tolist()))
