"""The certified sandwich: T-BR from both ends, rounded outward, brackets every T-MFE.

The laws are kept as masses of {x >= j} in whole units of 2^-64. With b such a law, every action
that may be optimal at b is taken in each state, the smallest masses that their rows give are added
up and rounded down: a law below Phi(b, mu) for every best response mu. So with b_0 least and the
next law rising with the mean field, b_k stays below the path of T-BR from any start with any choice
among ties, and below every T-MFE (lemma O6); from the greatest law, with everything turned round,
u_k stays above. On a chain ||z - z'||_1 is at most twice the sum of the differences of the masses
(Wasserstein-1) of u_k and b_k, for z and z' in between.

Source: a repair of Theorem 2 of Lee et al. (2021).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.equilibrium.order.rows import Rows, ranges
from mfgcheck.equilibrium.ranges.optimal import Mask, Rivals, may_be_optimal, middle_terms, propose
from mfgcheck.equilibrium.ranges.pieces import Piece, pieces, place_of, term_span
from mfgcheck.equilibrium.ranges.tables import Span, Tables
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.sparse import Exact, Ints

BITS = 64
_UNIT = 1 << BITS


@dataclass(frozen=True)
class Bracket:
    """Two laws that bracket every T-MFE, and how they closed in.

    Attributes:
        lower, upper: bounds of the mass of {x >= j} for the states j = 1, 2, .., after the last
            step: for every T-MFE, and for T-BR from any start after as many steps.
        widths: at each step, the sum of the differences of these masses: twice that bounds the
            ||.||_1 distance of any two mean fields in between.
        accuracy: the ||.||_1 distance for which k0 is asked.
        k0: the first step at which twice the width is at most the accuracy: T-BR from any start is
            from there on within it of every T-MFE. None if it was not reached.
        ended: why it stopped: "accuracy", "standing still", "steps", "time", or a reason.
        certificate: why a higher mean field leads to a higher next law, as the caller has it.
        seconds: how long it took.
    """

    lower: tuple[Fraction, ...]
    upper: tuple[Fraction, ...]
    widths: tuple[Fraction, ...]
    accuracy: Fraction
    k0: int | None
    ended: str
    certificate: str
    seconds: float

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return len(self.widths) - 1

    @property
    def width(self) -> Fraction:
        """The sum of the differences of the masses after the last step."""
        return self.widths[-1]

    @property
    def reason(self) -> str:
        """Why the bracket is certified, in words."""
        return f"proved, as {self.certificate}; computed with outward rounding to 2^-{BITS}"


def bracket(
    game: Game,
    accuracy: Fraction,
    certificate: str,
    max_steps: int = 10_000,
    time_limit: float | None = None,
) -> Bracket:
    """Compute paths below and above all of T-BR, rounded outward, until they are near each other.

    Args:
        game: the game.
        accuracy: the ||.||_1 distance at which to stop.
        certificate: why it is proved that a higher mean field leads to a higher next law with
            every best response (Definition 1, or `order_preserving`). The bracket means nothing
            without it.
        max_steps: steps at most.
        time_limit: seconds after which it stops; none by default.

    Raises:
        BadInput: no certificate, an accuracy that is not positive, states that are no chain, or a
            tremble that is too large.

    >>> from mfgcheck.gallery import make
    >>> bracket(make("audit-f"), Fraction(1, 100), "Definition 1 is proved").k0
    1
    """
    started, deadline = time.perf_counter(), Deadline(time_limit)
    if not certificate:
        raise BadInput("a bracket needs the proof that higher mean fields lead to higher next laws")
    if accuracy <= 0:
        raise BadInput(f"the accuracy is {accuracy}: it must be positive")
    if not game.states.is_chain:
        raise BadInput("the certified bracket is made for states that form a chain")
    tables = Tables.of(game)
    steps = _Steps(pieces(tables), Rows.of(tables))
    count = game.states.size - 1
    low = np.array([0] * count, dtype=object)
    high = np.array([_UNIT] * count, dtype=object)
    widths = [int((high - low).sum())]
    ended = "steps"
    while True:
        if 2 * Fraction(widths[-1], _UNIT) <= accuracy:
            ended = "accuracy"
            break
        if len(widths) > max_steps:
            break
        if deadline.passed:
            ended = "time"
            break
        below, above = steps.after(low, up=False), steps.after(high, up=True)
        if below is None or above is None:
            ended = "a term is not finite, or the game jumps at a mean field that was met"
            break
        # The true paths are monotone, so that what bounded them once bounds them ever after.
        new_low, new_high = np.maximum(low, below), np.minimum(high, above)
        if np.array_equal(new_low, low) and np.array_equal(new_high, high):
            ended = "standing still"
            break
        low, high = new_low, new_high
        widths.append(int((high - low).sum()))
    near = ended == "accuracy"
    return Bracket(
        lower=tuple(Fraction(int(t), _UNIT) for t in low),
        upper=tuple(Fraction(int(t), _UNIT) for t in high),
        widths=tuple(Fraction(w, _UNIT) for w in widths),
        accuracy=Fraction(accuracy),
        k0=len(widths) - 1 if near else None,
        ended=ended,
        certificate=certificate,
        seconds=time.perf_counter() - started,
    )


class _Steps:
    """One step of either path."""

    def __init__(self, parts: list[Piece], rows: Rows) -> None:
        self._parts, self._rows = parts, rows
        self._rivals = [Rivals(piece) for piece in parts]
        self._guess: dict[bool, Ints | None] = {False: None, True: None}
        self._same: dict[bool, Exact] = {}

    def after(self, tails: Exact, *, up: bool) -> Exact | None:
        """Return masses above (below) those of the next law with every best response."""
        law = -np.diff(np.array([_UNIT, *tails, 0], dtype=object))
        masses = self._masses(law, up=up)
        if masses is None:
            return None
        total = (law[:, None] * masses).sum(axis=0)
        scale = self._rows.denominator * _UNIT
        rounded = -(-total // scale) if up else total // scale
        found = np.clip(rounded, 0, _UNIT)
        # The masses of {x >= j} fall with j; each was rounded by itself.
        if up:
            return np.asarray(np.minimum.accumulate(found))
        return np.asarray(np.maximum.accumulate(found[::-1])[::-1])

    def _masses(self, law: Exact, *, up: bool) -> Exact | None:
        """Return by state the largest (smallest) masses that best responses to a law give: (S, U).

        In units over the rows' denominator.
        """
        if up in self._same:
            return self._same[up]
        masses = {s: Fraction(int(p), _UNIT) for s, p in enumerate(law) if p}
        found = place_of(self._parts, masses)
        if found is None:
            return None
        piece, box = found
        terms = term_span(piece, box, BITS)
        if terms is None:
            return None
        rows = self._bounds(terms, self._candidates(piece, terms, up=up), up=up)
        if not self._rows.tables.aggregates:  # the same for all mean fields
            self._same[up] = rows
        return rows

    def _candidates(self, piece: Piece, terms: Span, *, up: bool) -> Mask:
        tables = self._rows.tables
        if np.all(tables.distinct.sum(axis=1) == 1):
            return tables.distinct
        proposal = propose(tables, middle_terms(terms), self._guess[up])
        self._guess[up] = proposal.strategy
        return may_be_optimal(
            self._rivals[self._parts.index(piece)], terms, proposal, tables.distinct
        )

    def _bounds(self, terms: Span, mask: Mask, *, up: bool) -> Exact:
        """Return by state the largest (smallest) masses that candidates' rows give: (S, U)."""
        rows = self._rows
        states, actions = np.nonzero(mask)
        parts = np.moveaxis(rows.smooth[states, actions], 1, 2).astype(object) * _UNIT
        span = ranges(parts, terms.at(slice(rows.tables.kernel_terms)), 0)
        values = span.high if up else span.low
        starts = np.flatnonzero(np.concatenate([[True], states[1:] != states[:-1]]))
        merge = np.maximum if up else np.minimum
        return np.asarray(merge.reduceat(values, starts, axis=0))
