"""Which aggregates a stationary law can have, over a box of mean fields.

If z = z K then z(phi) = z(phi + K h - h) for any function h, so z(phi) lies between the smallest
and the largest value of phi + K h - h (lemma E2). This needs nothing of K, not even that its
stationary law is unique. With h near a solution of Poisson's equation the range is narrow. Where a
state may use one of several actions, the range is taken over them all; that covers every strategy
made of them. Floating point only proposes h.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from mfgcheck.equilibrium.ranges.optimal import Mask, Proposal
from mfgcheck.equilibrium.ranges.pieces import Piece
from mfgcheck.equilibrium.ranges.tables import Span, Tables, integers_of, weigh
from mfgcheck.game.floats import Floats
from mfgcheck.game.sparse import Exact, Ints, widen

Extent = tuple[Fraction, Fraction]


@np.errstate(all="ignore")  # what overflows is a bad proposal, and no more
def relative_values(tables: Tables, kernel: Floats, strategies: Ints, phi: Floats) -> Floats:
    """Return h with h - K h = phi + constant, nearly: shape (S, phi's, strategies).

    `kernel` has the shape (S, A, S); `strategies` (S, c), one strategy a column; `phi` (d, S).
    """
    states = np.arange(kernel.shape[0])
    base = float(tables.spread) * kernel.sum(axis=1)
    played = kernel[states[:, None], strategies]  # (S, c, S)
    matrices = base[:, None, :] + float(tables.kappa) * played
    count = len(states)
    # Adding 1/n to every entry makes I - K regular where the stationary law is unique.
    systems = np.eye(count) - np.moveaxis(matrices, 1, 0) + 1.0 / count
    try:
        h = np.linalg.solve(systems, np.broadcast_to(phi.T, (len(systems), *phi.T.shape)))
    except np.linalg.LinAlgError:  # several closed classes: any h is allowed
        h = np.zeros((len(systems), count, len(phi)))
    h = np.where(np.isfinite(h), h, 0.0)
    h = h - h.mean(axis=1, keepdims=True)
    h = np.where(np.abs(h).max(axis=1, keepdims=True) < 1e8, h, 0.0)
    return np.moveaxis(h, 0, 2)


def images(tables: Tables, h: Exact, terms: Span) -> Span:
    """Return the ranges of P h for integers h of shape (S, c): shape (S, A, c)."""
    product = tables.multiply(h)
    c = product // tables.denominator
    return weigh(np.moveaxis(c, 2, 3), terms.at(slice(tables.kernel_terms)), 1)


def hull_extents(piece: Piece, terms: Span, proposal: Proposal, candidates: Mask) -> list[Extent]:
    """Return for each coordinate a range that holds z(phi) for every consistent mean field z.

    It holds for all strategies made of the candidates, at any point of the box whose terms have
    these ranges.
    """
    tables = piece.tables
    h = relative_values(tables, proposal.kernel, proposal.strategy[:, None], piece.phi_floats)[
        :, :, 0
    ]
    whole = integers_of(h, terms.bits)
    image = images(tables, whole, terms)
    d = math.lcm(tables.kappa.denominator, tables.spread.denominator)
    k, e = int(tables.kappa * d), int(tables.spread * d)
    heavy = (k + e * image.low.shape[1]) * max(1, image.size)
    low, high = widen(image.low, heavy), widen(image.high, heavy)
    mask = candidates[:, :, None]
    lowest = np.where(mask, low, low.max(axis=1, keepdims=True)).min(axis=1)
    highest = np.where(mask, high, high.min(axis=1, keepdims=True)).max(axis=1)
    after = Span(
        (k * lowest + e * low.sum(axis=1)) // d,
        -(-(k * highest + e * high.sum(axis=1)) // d),
        terms.bits,
    )
    return [
        _extent(piece, i, whole[:, i], after.at(slice(None), i)) for i in range(piece.dimension)
    ]


def strategy_extents(
    piece: Piece, terms: Span, proposal: Proposal, strategies: Ints
) -> list[list[Extent]]:
    """Return for each strategy (a column) and coordinate a range that holds z(phi); see above."""
    if not piece.dimension:
        return [[] for _ in range(strategies.shape[1])]
    tables = piece.tables
    h = relative_values(tables, proposal.kernel, strategies, piece.phi_floats)
    states, dimension, count = h.shape
    whole = integers_of(h, terms.bits).reshape(states, dimension * count)
    image = images(tables, whole, terms)
    after = tables.tremble(image, np.tile(strategies, (1, dimension)))
    return [
        [
            _extent(piece, i, whole[:, i * count + c], after.at(slice(None), i * count + c))
            for i in range(dimension)
        ]
        for c in range(count)
    ]


def _extent(piece: Piece, i: int, h: Exact, after: Span) -> Extent:
    unit = 1 << after.bits
    bounds = piece.phi_bounds[i]
    phi_low = [math.floor(low * unit) for low, _ in bounds]
    phi_high = [math.ceil(high * unit) for _, high in bounds]
    low = min(p + int(x) - int(y) for p, x, y in zip(phi_low, after.low, h, strict=True))
    high = max(p + int(x) - int(y) for p, x, y in zip(phi_high, after.high, h, strict=True))
    return Fraction(low, unit), Fraction(high, unit)
