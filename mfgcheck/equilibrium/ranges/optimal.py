"""Which actions can be optimal somewhere in a box of mean fields.

Any array q of numbers brackets the TQ-values (lemma E1): if F_m q - q lies in [lo, hi] for all rows
and all m of the box, then Q*_m lies in q + [lo, hi]/(1 - gamma), because F_m is monotone and
F_m(q + c) = F_m q + gamma c. So with G non-decreasing and G(q + c) = G(q) + c,

    Q*_m(s, a) - Q*_m(s, b)  is within  gamma TV(P_a, P_b) (hi - lo) / (1 - gamma)
                             of  (r_a - r_b) + gamma (P_a - P_b) G(q)   at m,

and an action that some other one beats by more on the whole box is optimal nowhere in it. Floating
point only proposes q.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mfgcheck.equilibrium.ranges.pieces import Piece, term_span
from mfgcheck.equilibrium.ranges.tables import Span, Tables, integers_of, weigh
from mfgcheck.game.floats import Floats, to_float
from mfgcheck.game.sparse import Exact, Ints, widen

Mask = npt.NDArray[np.bool_]
"""Array (S, A): the actions that may be optimal somewhere."""

_TV_BITS = 20
_TV_BOX_BITS = 24


@dataclass(frozen=True, eq=False)
class Proposal:
    """Floating-point guesses at one point: kernel and reward, TQ-values, the greedy strategy."""

    kernel: Floats
    reward: Floats
    q: Floats
    strategy: Ints


@np.errstate(all="ignore")  # what overflows is a bad proposal, and no more
def propose(tables: Tables, terms: Floats, strategy: Ints | None = None) -> Proposal:
    """Solve the game in floating point where the terms have these values (policy iteration)."""
    kernel = np.einsum("sakt,k->sat", tables.kernel_floats, terms[: tables.kernel_terms])
    reward = tables.reward_floats @ terms
    kappa, spread = float(tables.kappa), float(tables.spread)
    gamma = float(tables.game.discount)
    states = np.arange(kernel.shape[0])
    chosen = np.argmax(reward, axis=1) if strategy is None else strategy
    base_kernel, base_reward = spread * kernel.sum(axis=1), spread * reward.sum(axis=1)
    q = reward
    for _ in range(100):
        smoothed = base_kernel + kappa * kernel[states, chosen]
        try:
            value = np.linalg.solve(
                np.eye(len(states)) - gamma * smoothed, base_reward + kappa * reward[states, chosen]
            )
        except np.linalg.LinAlgError:  # rounding, at a discount very near to 1: any guess will do
            break
        if not np.all(np.isfinite(value)):
            break
        q = reward + gamma * (kernel @ value)
        better = np.argmax(q, axis=1)
        # Rounding must not make it go round in circles: only a clear gain counts.
        gain = q[states, better] - q[states, chosen]
        better = np.where(gain > 1e-12 * (1.0 + np.abs(q).max()), better, chosen)
        if np.array_equal(better, chosen):
            break
        chosen = better
    q = np.nan_to_num(q, posinf=1e300, neginf=-1e300)
    return Proposal(kernel, reward, q, chosen.astype(np.int64))


def middle_terms(span: Span) -> Floats:
    """Return the middles of ranges as floats."""
    unit = 2 << span.bits
    pairs = zip(span.low.tolist(), span.high.tolist(), strict=True)
    middles = np.array([to_float(Fraction(low + high, unit)) for low, high in pairs])
    return np.asarray(np.nan_to_num(middles, posinf=1e300, neginf=-1e300), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Rivals:
    """How far apart the kernel rows of two actions can be, over a whole piece.

    `distance[s, a, b]` is an upper bound of the total variation distance of P(s, a) and P(s, b),
    in units of 2^-20.
    """

    piece: Piece

    @cached_property
    def distance(self) -> Ints:
        """Array (S, A, A); see the class."""
        tables = self.piece.tables
        states, actions, _ = tables.shape
        whole = np.full((states, actions, actions), 1 << _TV_BITS, dtype=np.int64)
        span = term_span(self.piece, self.piece.box, _TV_BOX_BITS)
        if span is None:
            return whole
        for s in range(states):
            rows = tables.kernel[s]  # (A, L, S)
            differences = rows[:, None] - rows[None, :]
            differences = np.moveaxis(differences, 2, 3)  # (A, A, S, L)
            unit = widen(differences, int(abs(differences).max()) << _TV_BOX_BITS)
            scaled = (unit * (1 << _TV_BOX_BITS)) // tables.denominator
            scaled = np.where(differences == 0, 0, scaled)
            slack = 0 if tables.denominator == 1 else 1
            ranges = weigh(scaled, span.at(slice(tables.kernel_terms)), slack)
            most = np.maximum(np.abs(ranges.low), np.abs(ranges.high))
            most = np.where((differences == 0).all(axis=-1), 0, most)
            total = most.sum(axis=-1)  # twice the distance, units of 2^-24
            shift = _TV_BOX_BITS + 1 - _TV_BITS
            bound = (total + (1 << shift) - 1) >> shift
            whole[s] = np.minimum(whole[s], bound).astype(np.int64)
        return whole


def may_be_optimal(
    rivals: Rivals, terms: Span, proposal: Proposal, among: Mask | None = None
) -> Mask:
    """Return the actions that may be optimal somewhere where the terms have these ranges.

    `among`: actions already known to contain all optimal ones.
    """
    tables = rivals.piece.tables
    q = integers_of(proposal.q - proposal.q.min(), terms.bits)
    c = tables.bellman(q, terms.bits)
    error = spread_of_error(tables, c, q, terms)
    margin = -(-widen_product(rivals.distance, error) // (1 << _TV_BITS))
    # better[s, a, b]: b beats a on the whole box
    better = weigh(c[:, None, :, :] - c[:, :, None, :], terms, 2).low > margin
    optimal = ~np.any(better, axis=2)
    return np.asarray(optimal if among is None else optimal & among, dtype=bool)


def spread_of_error(tables: Tables, c: Exact, q: Exact, terms: Span) -> int:
    """Return a bound of gamma (hi - lo) / (1 - gamma), F q - q being in [lo, hi]: see above."""
    residual = weigh(c, terms, 2)
    low = int((residual.low - q).min())
    high = int((residual.high - q).max())
    gamma = tables.game.discount
    return -((-(high - low) * gamma.numerator) // (gamma.denominator - gamma.numerator))


def widen_product(values: Ints, factor: int) -> Exact:
    """Return values * factor without overflow."""
    return widen(values, (1 << _TV_BITS) * max(abs(factor), 1)) * factor


def range_of(low: int, high: int, bits: int) -> tuple[Fraction, Fraction]:
    """Return integers in units of 2^-bits as a rational range."""
    return Fraction(low, 1 << bits), Fraction(high, 1 << bits)
