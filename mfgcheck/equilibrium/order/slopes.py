"""How fast the TQ-values change with the one aggregate, without assuming that they have a slope.

For m < m' in a box let X = (Q*_m' - Q*_m) / (m' - m), an array (S, A). With the quotients beta_k of
the terms (in the range of their derivatives) and V' = G(Q*_m'), lemma O2 says

    X(s, a) = rho(s, a) + gamma P_m(s, a) [kappa x + spread sum over b of X(., b)],
    rho = sum over k of beta_k (R_k + gamma T_k V'),

where x(s) lies between the smallest and the largest X(s, a) over the actions a that may be optimal
in the box. As kappa + spread |A| = 1 and P_m >= 0, an array Y with

    rho + gamma P_m [kappa (max over candidates of Y) + spread sum Y] - Y <= h

everywhere bounds X <= Y + h / (1 - gamma); from below with min. Floating point only proposes Y.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.equilibrium.order.rows import Rows, ranges
from mfgcheck.equilibrium.ranges.optimal import Mask, Proposal, spread_of_error
from mfgcheck.equilibrium.ranges.tables import Span, Tables, integers_of
from mfgcheck.game.floats import Floats, quotients
from mfgcheck.game.sparse import Exact, largest, widen

_ROUNDS = 30


@dataclass(frozen=True, eq=False)
class Rates:
    """Bounds of the change of the TQ-values per unit of the aggregate, over a box.

    Attributes:
        rows: the rows of the game.
        terms, slopes: ranges of the terms and of their derivatives over the box.
        c: the Bellman image of the proposed TQ-values, by term (`Tables.bellman`).
        error: what V' is known up to, times gamma, in units of 2^-bits.
        low, high: (S,), bounds of kappa x + spread sum X.
    """

    rows: Rows
    terms: Span
    slopes: Span
    c: Exact
    error: int
    low: Exact
    high: Exact

    @staticmethod
    def of(rows: Rows, terms: Span, slopes: Span, proposal: Proposal, candidates: Mask) -> Rates:
        """Bound the changes over a box where these actions may be optimal."""
        tables, bits = rows.tables, terms.bits
        q = integers_of(proposal.q - proposal.q.min(), bits)
        c = tables.bellman(q, bits)
        error = spread_of_error(tables, c, q, terms)
        rho = ranges(c, slopes, 2)
        pad = _padding(_half_norm(rows, tables.kernel, slopes), error, bits)
        low, high = rho.low - pad, rho.high + pad
        ends = []
        for values, sign in ((low, -1), (high, 1)):
            near = quotients(values, 1 << bits)
            y = integers_of(_guess(rows, proposal, near, candidates, sign), bits)
            ends.append(_bound(rows, terms, values, y, candidates, sign))
        return Rates(rows, terms, slopes, c, error, ends[0], ends[1])

    def difference(self, s: int, a: int, b: int) -> tuple[Fraction, Fraction]:
        """Return bounds of X(s, b) - X(s, a)."""
        tables, bits = self.rows.tables, self.terms.bits
        unit = 1 << bits
        if not any(self.slopes.low) and not any(self.slopes.high):
            return Fraction(0), Fraction(0)  # nothing in the game changes
        now = ranges((self.c[s, b] - self.c[s, a])[None], self.slopes, 2)
        change = tables.kernel[s, b] - tables.kernel[s, a]  # (L, S)
        pad = _padding(_half_norm(self.rows, change[None, None], self.slopes), self.error, bits)
        middle = (self.low + self.high) // 2
        reach = np.maximum(self.high - middle, middle - self.low)
        ahead = tables.multiply(np.asarray(middle)[:, None])[..., 0]  # (S, A, L)
        future = ranges(
            ((ahead[s, b] - ahead[s, a]) // tables.denominator)[None],
            self.terms.at(slice(tables.kernel_terms)),
            1,
        )
        masses = _largest_masses(change, self.terms.at(slice(tables.kernel_terms)), tables)
        each = (masses * reach.astype(object)).sum()
        most, least = int((self.high - middle).max()), int((self.low - middle).min())
        together = int(masses.sum()) * (most - least) // 2  # the differences sum to 0
        spread = Fraction(min(int(each), together) + unit, unit)
        gamma = tables.game.discount
        low = int(now.low[0]) - int(pad[0, 0]) + gamma * (int(future.low[0]) - spread)
        high = int(now.high[0]) + int(pad[0, 0]) + gamma * (int(future.high[0]) + spread)
        return low / unit, high / unit


def _half_norm(rows: Rows, kernel: Exact, slopes: Span) -> Exact:
    """Return half the norm of sum of beta_k T_k at most, in units of 2^-bits, of (..., L, S)."""
    slopes = slopes.at(slice(rows.tables.kernel_terms))
    return np.asarray(_largest_masses(kernel, slopes, rows.tables).sum(axis=-1) // 2 + 1)


def _largest_masses(kernel: Exact, span: Span, tables: Tables) -> Exact:
    """Return bounds of |sum of b_k T_k| by next state, of (..., L, S), in units of 2^-bits."""
    parts = np.moveaxis(kernel, -2, -1)
    parts = widen(parts, largest(parts) << span.bits) * (1 << span.bits)
    found = ranges(parts, span, 0)
    most = np.maximum(np.abs(found.low), np.abs(found.high))
    return np.asarray(-(-most // tables.denominator))


def _padding(norm: Exact, error: int, bits: int) -> Exact:
    """Return norm * error, rounded up."""
    return np.asarray((norm.astype(object) * error >> bits) + 1)


@np.errstate(all="ignore")  # what overflows is a bad proposal, and no more
def _guess(rows: Rows, proposal: Proposal, rho: Floats, candidates: Mask, sign: int) -> Floats:
    """Solve Y = rho + gamma P [kappa (max or min over candidates of Y) + spread sum Y], nearly."""
    tables = rows.tables
    kappa, spread = float(tables.kappa), float(tables.spread)
    gamma, kernel = float(tables.game.discount), proposal.kernel
    states = np.arange(len(rho))
    chosen, y = proposal.strategy, rho
    for _ in range(_ROUNDS):
        mixed = spread * kernel.sum(axis=1) + kappa * kernel[states, chosen]
        now = spread * rho.sum(axis=1) + kappa * rho[states, chosen]
        try:
            value = np.linalg.solve(np.eye(len(states)) - gamma * mixed, now)
        except np.linalg.LinAlgError:  # rounding, at a discount very near to 1: any guess will do
            break
        y = rho + gamma * kernel @ value
        better = np.argmax(np.where(candidates, sign * y, -np.inf), axis=1)
        if np.array_equal(better, chosen):
            break
        chosen = better
    return y


def _bound(rows: Rows, terms: Span, rho: Exact, y: Exact, candidates: Mask, sign: int) -> Exact:
    """Return an upper bound (lower, if the sign is -1) of kappa x + spread sum X, by state."""
    tables = rows.tables
    k, e, d = rows.weights
    bound, rho = sign * y.astype(object), sign * rho.astype(object)
    best = np.where(candidates, bound, bound.min()).max(axis=1)
    value = -(-(k * best + e * bound.sum(axis=1)) // d)
    product = tables.multiply(value[:, None])[..., 0] // tables.denominator
    ahead = ranges(product, terms.at(slice(tables.kernel_terms)), 1).high.astype(object)
    gamma = tables.game.discount
    ahead = -(-ahead * gamma.numerator // gamma.denominator)
    most = int((rho + ahead - bound).max())
    lift = -(-most * gamma.denominator // (gamma.denominator - gamma.numerator))
    return np.asarray(sign * (value + lift))
