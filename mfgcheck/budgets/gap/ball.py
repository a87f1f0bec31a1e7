"""The mean fields around a given one: the ranges of a game's terms, kernel rows and rates there.

A learner's mean field is random; what is known of it is that it lies within a radius, in ||.||_1,
of a known law. An aggregate z(phi) then moves by at most radius * span(phi) / 2, since a difference
of two laws of size ||v||_1 is ||v||_1 / 2 times the difference of two laws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.equilibrium.exact.stage import Strategy
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, enclosures, place_of
from mfgcheck.equilibrium.ranges.tables import Span, Tables, span_of
from mfgcheck.game.mean_field import Value
from mfgcheck.game.setting import bounds
from mfgcheck.game.sparse import Exact, largest, widen

BITS = 64
Ranges = Sequence[tuple[Fraction, Fraction]]


@dataclass(frozen=True, eq=False)
class Ball:
    """All mean fields within a radius of a law, as far as a game can tell them apart.

    Attributes:
        piece: the part of the range of aggregates in which they all lie; no term jumps there.
        box: ranges of the aggregates that are the coordinates of that part.
        terms: ranges of the game's terms.
    """

    piece: Piece
    box: Box
    terms: Ranges

    @property
    def kernel_terms(self) -> Span:
        """Ranges of the terms of the kernel, rounded outward to units of 2^-64."""
        return span_of(self.terms[: self.piece.tables.kernel_terms], BITS)

    def rates(self, coordinate: int) -> Ranges | None:
        """Return ranges of the kernel terms' derivatives along a coordinate; None if unbounded."""
        slopes = self.piece.slopes[coordinate][: self.piece.tables.kernel_terms]
        return enclosures(slopes, self.box, BITS)


def ball_around(
    parts: Sequence[Piece], masses: Sequence[Fraction], radius: Fraction
) -> Ball | None:
    """Return the ball of mean fields within a radius of a law.

    Args:
        parts: the parts of the range of aggregates, from `pieces`.
        masses: the law, by state number.
        radius: in ||.||_1.

    Returns None if the game may jump inside the ball, or a term is not bounded there.
    """
    found = place_of(parts, {s: p for s, p in enumerate(masses) if p})
    if found is None:
        return None
    piece, _ = found
    setting = piece.setting
    ranges = [_reach(aggregate.values, masses, radius) for aggregate in setting.aggregates]
    if not all(
        strip.holds(ranges[j][0]) and strip.holds(ranges[j][1]) for j, strip in piece.choice.items()
    ):
        return None
    box = tuple(
        (max(ranges[j][0], setting.box[j][0]), min(ranges[j][1], setting.box[j][1]))
        for j in piece.region.frame.pivots
    )
    terms = enclosures(piece.functions, box, BITS)
    return None if terms is None else Ball(piece, box, terms)


def _reach(
    values: Sequence[Value], masses: Sequence[Fraction], radius: Fraction
) -> tuple[Fraction, Fraction]:
    """Return the range of one aggregate over the ball."""
    ends = [bounds(value) for value in values]
    low = sum((p * end[0] for p, end in zip(masses, ends, strict=True) if p), Fraction(0))
    high = sum((p * end[-1] for p, end in zip(masses, ends, strict=True) if p), Fraction(0))
    reach = radius * (max(end[-1] for end in ends) - min(end[0] for end in ends)) / 2
    return low - reach, high + reach


@dataclass(frozen=True, eq=False)
class StrategyRows:
    """The trembling kernel of one strategy, term by term.

    Attributes:
        parts: array (S, S, L) of integers: K(s, x) is the sum over terms of b_k * parts[s, x, k],
            over `denominator`.
    """

    parts: Exact
    denominator: int

    @staticmethod
    def of(tables: Tables, strategy: Strategy) -> StrategyRows:
        """Mix the rows of the chosen actions with those of the trembling hand."""
        d = math.lcm(tables.kappa.denominator, tables.spread.denominator)
        k, e = int(tables.kappa * d), int(tables.spread * d)
        whole = widen(tables.kernel, (k + e * tables.shape[1]) * largest(tables.kernel))
        played = whole[np.arange(tables.shape[0]), list(strategy)]  # (S, L, S)
        parts = np.moveaxis(k * played + e * whole.sum(axis=1), 1, 2)
        return StrategyRows(parts, tables.denominator * d)

    def dobrushin(self, ball: Ball) -> Fraction:
        """Return an upper bound of the total variation distance of two rows, over the ball."""
        terms, worst = ball.kernel_terms, 0
        for s in range(len(self.parts) - 1):
            worst = max(worst, int(_sizes(self.parts[s + 1 :] - self.parts[s], terms).max()))
        # Two laws are never farther apart than 1.
        return min(Fraction(1), Fraction(worst, 2 * self.denominator << BITS))

    def steepness(self, ball: Ball) -> Fraction | None:
        """Return c with max_s ||K_z(s) - K_y(s)||_1 <= c ||z - y||_1 for z and y in the ball.

        None if a rate is not bounded. Along the segment between the two, the derivative of a row
        is the sum over coordinates of v(phi_j) d_j K, and |v(phi_j)| <= span(phi_j)/2 ||v||_1.
        """
        total = Fraction(0)
        for j, phi in enumerate(ball.piece.phi_bounds):
            rates = ball.rates(j)
            if rates is None:
                return None
            span = max(high for _, high in phi) - min(low for low, _ in phi)
            steepest = int(_sizes(self.parts, span_of(rates, BITS)).max())
            total += Fraction(steepest, self.denominator << BITS) * span / 2
        return total

    def next_law(self, law: Exact, unit: int, ball: Ball) -> tuple[Exact, Exact, int]:
        """Return bounds of sum over s of law(s) K(s, x), and what they have to be divided by.

        `law` are integers over `unit`; the bounds hold for the kernels of all of the ball.
        """
        terms = ball.kernel_terms
        flow = (law.astype(object)[:, None, None] * self.parts.astype(object)).sum(axis=0)
        low = np.where(flow >= 0, flow * terms.low, flow * terms.high).sum(axis=-1)
        high = np.where(flow >= 0, flow * terms.high, flow * terms.low).sum(axis=-1)
        return low, high, (unit * self.denominator) << BITS


def _sizes(parts: Exact, terms: Span) -> Exact:
    """Return the largest sums over x of |sum over k of b_k parts[.., x, k]|, in units of 2^-64."""
    wide = parts.astype(object)
    if np.array_equal(terms.low, terms.high):
        return np.asarray(np.abs(wide @ terms.low.astype(object)).sum(axis=-1))
    low = np.where(wide >= 0, wide * terms.low, wide * terms.high).sum(axis=-1)
    high = np.where(wide >= 0, wide * terms.high, wide * terms.low).sum(axis=-1)
    return np.asarray(np.maximum(np.abs(low), np.abs(high)).sum(axis=-1))
