"""Cell by cell: does the next law rise with the one aggregate, whichever best response is played?

A cell is a closed box of the aggregate m with the actions that may be optimal somewhere in it. In
the direction in which m moves with the mean field, a cell is proved if (lemma O3)

* the smoothed row of each candidate rises with m;
* for each covering pair of states s < s', each candidate a at s and each b at s': the row of (s, a)
  lies below that of (s', b) on all of the cell, or the two are never optimal together, or only
  where another pair (a', b') ties with them, is preferred by both selections, and is in order;
* for each two candidates of a state, one row lies above the other on all of the cell, and the
  TQ-value of the higher less that of the lower rises strictly with m.

Cells that touch share a point, so it holds for all of M as soon as it holds for each cell. The
same with m turned round proves that the next law falls.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.equilibrium.enclosure.isolate import width
from mfgcheck.equilibrium.order.known import Inequalities
from mfgcheck.equilibrium.order.rows import Flags, Rows, ranges, slope_span
from mfgcheck.equilibrium.order.slopes import Rates
from mfgcheck.equilibrium.ranges.optimal import (
    Mask,
    Proposal,
    Rivals,
    may_be_optimal,
    middle_terms,
    propose,
    spread_of_error,
)
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, term_span
from mfgcheck.equilibrium.ranges.tables import Span, integers_of
from mfgcheck.game.inequalities import Claim, Deadline
from mfgcheck.game.sparse import Exact, Ints

_BITS = 64


@dataclass(frozen=True, eq=False)
class Cell:
    """A box, the ranges of the terms and of their oriented slopes, and what may be optimal."""

    box: Box
    terms: Span
    slopes: Span | None
    proposal: Proposal
    candidates: Mask

    @property
    def strategy(self) -> tuple[int, ...] | None:
        """The one strategy that may be optimal; None if there are several."""
        if np.any(self.candidates.sum(axis=1) != 1):
            return None
        return tuple(self.candidates.argmax(axis=1).tolist())


@dataclass(frozen=True)
class Proof:
    """What was proved of a cell.

    Attributes:
        several: whether several actions may be optimal in some state.
        agree: where they are, whether higher rows belong to actions of higher numbers.
        rows: whether rows rise with the state and with m, each by itself; else only the two
            effects together do (which is shown for one strategy).
    """

    several: bool
    agree: bool
    rows: bool = True


@dataclass(frozen=True, eq=False)
class Prover:
    """Proves cells of one piece.

    Attributes:
        rivals, rows: the piece and its rows.
        known: the inequalities between rows, with what was proved for the whole piece.
    """

    rivals: Rivals
    rows: Rows
    known: Inequalities

    @staticmethod
    def of(piece: Piece, rows: Rows, direction: int, claim_sign: int, deadline: Deadline) -> Prover:
        """Return what proves the cells of a piece.

        `direction` is 1 if rows have to rise with the coordinate, -1 if they have to fall, 0 if
        there is nothing to show of it; `claim_sign` is 1 if the claim is that the next law rises
        with z, -1 if it is that it falls.
        """
        known = Inequalities(piece, rows, direction, claim_sign, deadline)
        return Prover(Rivals(piece), rows, known)

    @property
    def piece(self) -> Piece:
        """The piece whose cells are proved."""
        return self.rivals.piece

    def cell(self, box: Box, among: Mask, guess: Ints | None) -> Cell | None:
        """Return a box with the actions that may be optimal there; None if a term is not finite."""
        whole = width(self.piece.box)
        bits = 40 if not box or width(box) > whole / (1 << 12) else _BITS
        terms = term_span(self.piece, box, bits)
        slopes = (
            slope_span(self.piece, box, bits, self.known.direction)
            if self.known.direction
            else None
        )
        if terms is None or (self.known.direction and slopes is None):
            return None
        proposal = propose(self.rows.tables, middle_terms(terms), guess)
        mask = among
        if np.any(among.sum(axis=1) > 1):
            mask = may_be_optimal(self.rivals, terms, proposal, among)
        return Cell(box, terms, slopes, proposal, mask)

    def prove(self, cell: Cell) -> Proof | str:
        """Prove a cell, or say what was not proved."""
        states, actions = np.nonzero(cell.candidates)
        wrong = None if cell.slopes is None else self._not_rising(cell, states, actions)
        wrong = wrong or self._not_in_order(cell)
        if wrong is not None:
            return Proof(several=False, agree=True, rows=False) if self._together(cell) else wrong
        agree = True
        rates: Rates | None = None
        for s in np.flatnonzero(cell.candidates.sum(axis=1) > 1).tolist():
            for a, b in itertools.combinations(np.flatnonzero(cell.candidates[s]).tolist(), 2):
                low, high = self._higher(cell, s, a, b)
                if low is None:
                    return f"the rows of two actions that may tie in state {self._state(s)} cross"
                agree &= self._agrees(s, low, high)
                if cell.slopes is None or self._same(s, a, b):
                    continue
                if rates is None:
                    rates = Rates.of(
                        self.rows, cell.terms, cell.slopes, cell.proposal, cell.candidates
                    )
                if rates.difference(s, low, high)[0] <= 0:
                    return (
                        f"in state {self._state(s)} two actions may tie, and which of them becomes "
                        "better there was not told"
                    )
        return Proof(cell.strategy is None, agree)

    def _state(self, s: int) -> str:
        return self.piece.setting.states.text(s)

    def _agrees(self, s: int, low: int, high: int) -> bool:
        top = self.rows.top
        return low < high and bool(top[s, low] < top[s, high])

    # Rows that rise with m.

    def _not_rising(self, cell: Cell, states: Ints, actions: Ints) -> str | None:
        keys = [("rise", s, a) for s, a in zip(states.tolist(), actions.tolist(), strict=True)]
        parts = self.rows.smooth[states, actions]
        good = self.known.hold(keys, parts, cell.box, cell.terms, cell.slopes, Claim.NONDECREASING)
        left = np.flatnonzero(~good)
        if not left.size:
            return None
        s = int(states[left[0]])
        way = "rise" if self.known.claim_sign > 0 else "fall"
        return f"that the next law from state {self._state(s)} can only {way} was not shown"

    def _together(self, cell: Cell) -> bool:
        """Whether the one strategy's next law rises with z, by both effects together.

        Moving mass up from s to s' changes the mass of U by K(s')(U) - K(s)(U), and by |phi(s') -
        phi(s)| times a mean of the rows' slopes in m, which is at least their least slope.
        """
        strategy, slopes = cell.strategy, cell.slopes
        if strategy is None or slopes is None or self.known.claim_sign < 0:
            return False
        rows, bits = self.rows, cell.terms.bits
        count = slice(rows.tables.kernel_terms)
        smooth = rows.smooth[np.arange(len(strategy)), list(strategy)].astype(object) << bits
        lower, upper = rows.covers
        steps = np.moveaxis(smooth[upper] - smooth[lower], 1, 2)
        gain = ranges(steps, cell.terms.at(count), 0).low  # (C, U)
        least = ranges(np.moveaxis(smooth, 1, 2), slopes.at(count), 0).low.min(axis=0)  # (U,)
        ends = self.piece.phi_bounds[0]
        for i, (s, t) in enumerate(zip(lower.tolist(), upper.tolist(), strict=True)):
            (a, b), (c, d) = ends[s], ends[t]
            sizes = [abs(c - b), abs(d - a)]
            if c <= b and a <= d:  # phi(t) - phi(s) is between c - b and d - a, and may be 0
                sizes.append(Fraction(0))
            for x, slope in zip(gain[i].tolist(), least.tolist(), strict=True):
                if x + min(size * slope for size in sizes) < 0:
                    return False
        return True

    # Rows that rise with s.

    def _not_in_order(self, cell: Cell) -> str | None:
        lower, upper = self.rows.covers
        both = cell.candidates[lower][:, :, None] & cell.candidates[upper][:, None, :]
        c, a, b = np.nonzero(both)
        good = self._in_order(cell, c, a, b, exact=False)
        for i in np.flatnonzero(~good).tolist():
            pair = int(c[i]), int(a[i]), int(b[i])
            if self._excused(cell, *pair):
                continue
            if not self._in_order(cell, *(np.array([x]) for x in pair), exact=True)[0]:
                s, t = int(lower[pair[0]]), int(upper[pair[0]])
                return (
                    f"that the next law is higher from state {self._state(t)} than from "
                    f"{self._state(s)} was not shown"
                )
        return None

    def _in_order(self, cell: Cell, c: Ints, a: Ints, b: Ints, *, exact: bool) -> Flags:
        lower, upper = self.rows.covers
        keys = [("order", *key) for key in zip(c.tolist(), a.tolist(), b.tolist(), strict=True)]
        parts = self.rows.smooth[upper[c], b] - self.rows.smooth[lower[c], a]
        return self.known.hold(
            keys, parts, cell.box, cell.terms, cell.slopes, Claim.NONNEGATIVE, exact=exact
        )

    def _excused(self, cell: Cell, c: int, a: int, b: int) -> bool:
        """Whether a at s and b at s' are never chosen together.

        With the TQ-values' advantage of a' over a at s plus that of b' over b at s' at least 0,
        both are optimal only if it is 0 and so all four are. A selection that prefers a' or b'
        then does not choose both.
        """
        lower, upper = self.rows.covers
        s, t = int(lower[c]), int(upper[c])
        tables, top = self.rows.tables, self.rows.top
        if tables.kappa == 0:
            return False
        q = integers_of(cell.proposal.q - cell.proposal.q.min(), cell.terms.bits)
        values = tables.bellman(q, cell.terms.bits)
        error = spread_of_error(tables, values, q, cell.terms)
        unit = self.rivals.distance
        for x in np.flatnonzero(cell.candidates[s]).tolist():
            for y in np.flatnonzero(cell.candidates[t]).tolist():
                if (x, y) == (a, b):
                    continue
                swap = (
                    _swapped(tables.rewards, s, a, x, t, b, y),
                    _swapped(tables.kernel, s, a, x, t, b, y),
                )
                if not any(np.any(part != 0) for part in swap):
                    by_inf = x < a or y < b
                    by_sup = bool(top[s, x] > top[s, a] or top[t, y] > top[t, b])
                    others = np.array([x, a]), np.array([b, y])
                    if (
                        by_inf
                        and by_sup
                        and self._in_order(cell, np.array([c, c]), *others, exact=False).all()
                    ):
                        return True
                    continue
                gain = ranges(_swapped(values, s, a, x, t, b, y)[None], cell.terms, 4).low[0]
                distance = int(unit[s, a, x]) + int(unit[t, b, y])
                if int(gain) > -(-distance * error >> 20):
                    return True
        return False

    # Rows of two actions in one state.

    def _higher(self, cell: Cell, s: int, a: int, b: int) -> tuple[int | None, int]:
        """Return the two actions, the one with the lower row first; None first if they cross."""
        for low, high in ((a, b), (b, a)):
            parts = (self.rows.tails[s, high] - self.rows.tails[s, low])[None]
            key = [("above", s, low, high)]
            if self.known.hold(
                key, parts, cell.box, cell.terms, cell.slopes, Claim.NONNEGATIVE, exact=False
            )[0]:
                return low, high
        return None, b

    def _same(self, s: int, a: int, b: int) -> bool:
        return bool(np.all(self.rows.tails[s, a] == self.rows.tails[s, b]))


def _swapped(values: Exact, s: int, a: int, x: int, t: int, b: int, y: int) -> Exact:
    """Return values[s, x] - values[s, a] + values[t, y] - values[t, b]."""
    return np.asarray(values[s, x] - values[s, a] + values[t, y] - values[t, b])
