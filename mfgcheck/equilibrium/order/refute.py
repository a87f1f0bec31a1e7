"""Two mean fields z <= z' between which the next law falls: looked for in floats, then certified.

The search follows z = (1 - w) at x and w at y, for states x < y and w from 0 to 1: where the best
strategy changes against the mean field, or where a kernel falls, some upper set loses mass. What it
finds is rounded to simple numbers and certified: at both mean fields one action alone is best in
every state that has mass, and the mass of the upper set is recomputed from the game's own kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

import numpy as np

from mfgcheck.equilibrium.order.fall import Fall
from mfgcheck.equilibrium.order.hunt import Hunt
from mfgcheck.equilibrium.order.rows import Rows
from mfgcheck.equilibrium.ranges.optimal import middle_terms, propose
from mfgcheck.equilibrium.ranges.pieces import Piece, term_span
from mfgcheck.game.floats import Floats
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.setting import Masses
from mfgcheck.game.sparse import Ints

_BITS = 40, 64, 128
_TRIES = 8  # places of the largest falls that are tried, one after the other
_SMALL = 1e-9  # falls below this are rounding, or too small to be worth the search
_FEW = 30  # states up to which mean fields on three of them are tried
_MANY = 60  # states beyond which only some are tried as ends


def find_fall(parts: list[Piece], rows: Rows, deadline: Deadline) -> Fall | None:
    """Look for mean fields between which the next law falls; None proves nothing."""
    hunt = Hunt(parts, rows, deadline)
    found = list(_spots(hunt))
    # Mean fields on two states read better than those on three.
    for spots in ([x for x in found if not x.edge.share], [x for x in found if x.edge.share]):
        fall = _best(hunt, spots)
        if fall is not None:
            return fall
    return None


def _best(hunt: Hunt, spots: list[_Spot]) -> Fall | None:
    """Certify a fall with simple numbers among the largest, which read better than a large one."""
    spots = sorted(spots, key=lambda spot: -spot.amount)
    large = [spot for spot in spots if spot.amount > spots[0].amount / 4]
    near = sorted(large, key=lambda spot: spot.edge.y - spot.edge.x)
    rounded = []
    tries = _TRIES if hunt.game.states.size <= _MANY else 1
    for spot in dict.fromkeys([*spots[:tries], *near[:tries]]):
        rounded += [] if hunt.deadline.passed else _rounded(hunt, spot)
    for _, _, z, z2, u in sorted(rounded, key=lambda found: found[:2]):
        fall = None if hunt.deadline.passed else hunt.certify(z, z2, u)
        if fall is not None:
            return fall
    return None


@dataclass(frozen=True)
class _Edge:
    """The mean fields with a share of the mass at `rest`, and of the others w at y, 1 - w at x."""

    x: int
    y: int
    rest: int
    share: Fraction

    def at(self, w: Fraction) -> Masses:
        """Return the mean field at a weight."""
        parts = ((self.x, 1 - w), (self.y, w))
        found: Masses = {self.rest: self.share} if self.share else {}
        for s, p in parts:
            found[s] = found.get(s, Fraction(0)) + (1 - self.share) * p
        return {s: p for s, p in sorted(found.items()) if p}


@dataclass(frozen=True)
class _Spot:
    """Between the weights w < w2 on an edge the mass of an upper set falls by this amount."""

    edge: _Edge
    w: float
    w2: float
    u: int
    amount: float


def _spots(hunt: Hunt) -> Iterator[_Spot]:
    if not hunt.rows.minimal:
        return
    if len(hunt.parts) == 1 and hunt.parts[0].dimension == 1:
        yield from _along_the_line(hunt, hunt.parts[0])
    else:
        yield from _along_edges(hunt)


def _pairs(hunt: Hunt) -> list[tuple[int, int]]:
    """Return comparable states x < y: all, or those of a sample if there are many."""
    order = hunt.game.states
    step = -(-order.size // _MANY)
    chosen = sorted({*range(0, order.size, step), order.size - 1})
    return [(x, y) for x in chosen for y in chosen if x < y and order.leq(x, y)]


def _along_edges(hunt: Hunt) -> Iterator[_Spot]:
    """Follow covering pairs and the longest ones, solving the game afresh at each weight."""
    lower, upper = (part.tolist() for part in hunt.rows.covers)
    pairs = dict.fromkeys([*zip(lower, upper, strict=True), *_pairs(hunt)])
    if not hunt.parts[0].dimension:  # the mean field does not matter
        once = hunt.near({0: Fraction(1)})
        rows = None if once is None else once[1]
        for x, y in pairs:
            if rows is not None:
                edge = _Edge(x, y, x, Fraction(0))
                yield from _worst(edge, np.array([0.0, 1.0]), rows[[x, y]])
        return
    weights = [Fraction(i, 8) for i in range(9)]
    for x, y in list(pairs)[:400]:
        if hunt.deadline.passed:
            return
        edge = _Edge(x, y, x, Fraction(0))
        found = [hunt.mass(edge.at(w)) for w in weights]
        at = [float(w) for w, one in zip(weights, found, strict=True) if one is not None]
        values = [one[0] for one in found if one is not None]
        if len(values) > 1:
            yield from _worst(edge, np.array(at), np.array(values))


def _worst(edge: _Edge, weights: Floats, masses: Floats) -> Iterator[_Spot]:
    """Yield the largest fall along increasing weights, masses being (weights, U)."""
    before = np.maximum.accumulate(masses, axis=0)
    falls = before - masses
    g, u = np.unravel_index(int(falls.argmax()), falls.shape)
    if falls[g, u] > _SMALL:
        start = int(masses[: g + 1, u].argmax())
        amount = float(falls[g, u])
        yield _Spot(edge, float(weights[start]), float(weights[g]), int(u), amount)


def _along_the_line(hunt: Hunt, piece: Piece) -> Iterator[_Spot]:
    """Solve the game along the aggregate's range once, for all pairs of states."""
    phi = piece.phi_floats[0]
    low, high = phi.min(), phi.max()
    size = len(phi)
    # Each place costs a policy iteration, of cost S^3.
    count, fine = (257, 1e-9) if size <= _MANY else (65, 1e-4) if size <= 300 else (17, 1e-2)
    tables, rows = hunt.rows.tables, hunt.rows
    solved: dict[float, tuple[Ints, Floats]] = {}

    def solve(m: float, guess: Ints | None) -> Ints:
        point = Fraction(min(max(m, low), high))
        terms = term_span(piece, ((point, point),), 53)
        values = middle_terms(terms) if terms is not None else np.full(len(tables.terms), np.nan)
        if not np.all(np.isfinite(values)):
            return np.zeros(size, dtype=np.int64)
        strategy = propose(tables, values, guess).strategy
        played = rows.smooth_floats[np.arange(size), strategy]
        solved[m] = strategy, np.einsum("slu,l->su", played, values[: tables.kernel_terms])
        return strategy

    guess = None
    grid = sorted({*np.linspace(low, high, count).tolist(), *phi.tolist()})
    for m in grid:
        if hunt.deadline.passed:
            return
        guess = solve(m, guess)
    for left, right in pairwise(grid):
        a, b = left, right
        while b - a > fine * (high - low) and not hunt.deadline.passed:
            if a not in solved or b not in solved or np.array_equal(solved[a][0], solved[b][0]):
                break
            middle = (a + b) / 2
            same = np.array_equal(solve(middle, solved[a][0]), solved[a][0])
            a, b = (middle, b) if same else (a, middle)
    places = np.array(sorted(solved))
    values = np.array([solved[m][1] for m in places.tolist()])  # (G, S, U)
    for x, y in _pairs(hunt):
        if hunt.deadline.passed:
            return
        yield from _follow(places, values, phi, _Edge(x, y, x, Fraction(0)))
    if size <= _FEW:
        lower, upper = (part.tolist() for part in hunt.rows.covers)
        for x, y in zip(lower, upper, strict=True):
            for rest in range(size):
                if rest not in (x, y):
                    yield from _follow(places, values, phi, _Edge(x, y, rest, Fraction(1, 2)))


def _follow(places: Floats, values: Floats, phi: Floats, edge: _Edge) -> Iterator[_Spot]:
    """Yield the largest fall along an edge, from the rows (G, S, U) at places of the aggregate."""
    share = float(edge.share)
    first, last = ((1 - share) * phi[end] + share * phi[edge.rest] for end in (edge.x, edge.y))
    if first < last:
        inside = np.flatnonzero((places >= first) & (places <= last))
    elif first > last:
        inside = np.flatnonzero((places <= first) & (places >= last))[::-1]
    else:
        inside = np.repeat(np.abs(places - first).argmin(), 2)
    if len(inside) < 2:
        return
    w = (places[inside] - first) / (last - first) if first != last else np.array([0.0, 1.0])
    masses = (1 - w)[:, None] * values[inside, edge.x] + w[:, None] * values[inside, edge.y]
    yield from _worst(edge, w, (1 - share) * masses + share * values[inside, edge.rest])


_Rounded = tuple[int, float, Masses, Masses, int]
"""How long the numbers are, minus the fall, the two mean fields, and the upper set."""


def _rounded(hunt: Hunt, spot: _Spot) -> list[_Rounded]:
    """Return the pair with simpler weights: the simplest that keeps half of the fall, and others.

    Weights that move apart are tried first: what changes in between stays in between.
    """
    first, second = Fraction(spot.w), Fraction(spot.w2)
    found: list[_Rounded] = []
    for k in range(1, 48, 2):
        reach = Fraction(1, 1 << k)
        ends = [
            (simplest(max(Fraction(0), at - reach), at), simplest(at, min(Fraction(1), at + reach)))
            for at in (first, second)
        ]
        for w, w2 in sorted(product(*ends), key=lambda pair: pair[0] - pair[1]):
            if w >= w2:
                continue
            z, z2 = spot.edge.at(w), spot.edge.at(w2)
            before, after = hunt.mass(z), hunt.mass(z2)
            if before is None or after is None:
                continue
            amount = float(before[0][spot.u] - after[0][spot.u])
            if amount >= spot.amount / 2:
                size = max(w.denominator, w2.denominator)
                found.append((size, -amount, z, z2, spot.u))
                break
        if len(found) == 2:
            break
    return found


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction with the smallest denominator between two non-negative numbers.

    >>> simplest(Fraction(31, 100), Fraction(35, 100))
    Fraction(1, 3)
    """
    whole = low.numerator // low.denominator
    if whole == low:
        return Fraction(whole)
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))
