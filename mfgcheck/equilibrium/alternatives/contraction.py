"""Convergence without complementarities: one strategy whose mean fields draw together.

Let every mean field have the same best response mu, and K(m) be its trembling kernel, m being
the aggregates of z, m_j = z(phi_j). For the map T(z) = z K(m(z)) and a direction v with sum v = 0,
wherever the derivative exists,

    T'(z) v = v K + sum over j of v(phi_j) z d_j K,
    ||v K||_1 <= tau(K) ||v||_1,    |v(phi_j)| <= span(phi_j) / 2 * ||v||_1,

with tau(K) the largest total variation distance between two rows of K (its Dobrushin coefficient:
v is ||v||_1 / 2 times the difference of two laws), and ||z d_j K||_1 <= the largest row sum of
|d_j K|. So along the segment between two mean fields, on which T is absolutely continuous if the
terms of K are Lipschitz,

    ||T(z) - T(z')||_1 <= L ||z - z'||_1,
    L = sup over m of  tau(K(m)) + sum over j of  max_s ||d_j K(m)(s)||_1 span(phi_j) / 2,

span being the largest less the smallest value. If L < 1, T has exactly one fixed point z*, and
||T^k(z) - z*||_1 <= L^k ||z - z*||_1 <= 2 L^k.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck import rigor
from mfgcheck.equilibrium.alternatives.finding import Finding
from mfgcheck.equilibrium.exact.stage import ExactModel, Strategy
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, enclosures
from mfgcheck.equilibrium.ranges.supremum import halves
from mfgcheck.errors import BadInput
from mfgcheck.game.sparse import Exact, largest, widen
from mfgcheck.rigor.calculus import NotDifferentiable
from mfgcheck.rigor.powers import first_power_within, power_above
from mfgcheck.rigor.smooth import in_frame
from mfgcheck.verify.verdict import Status

_BITS = 64
_NEAR = Fraction(1, 2000)  # the bound may be this much above the true supremum
_CELLS = 400
_MOST_WORK = 60_000_000  # entries of all differences of two rows
_ROUND = 10**6

Ranges = Sequence[tuple[Fraction, Fraction]]


@dataclass(frozen=True, kw_only=True)
class Contraction(Finding):
    """Whether the mean fields of one strategy draw together.

    Attributes:
        constant: an upper bound of L; None if none was found.
    """

    constant: Fraction | None

    def error(self, steps: int) -> Fraction | None:
        """Return a bound on ||z_k - z*||_1 after k steps from anywhere; None if not proved.

        It is 2 constant^k, rounded up where that would be a long number: to 64 significant bits,
        and to 2^-4095 if it is less.

        Raises:
            BadInput: the number of steps is negative.
        """
        if steps < 0:
            raise BadInput(f"{steps} steps: the number must not be negative")
        if self.status != Status.PROVED or self.constant is None:
            return None
        return 2 * power_above(self.constant, steps)

    def steps(self, accuracy: Fraction) -> int | None:
        """Return after how many steps ||z_k - z*||_1 <= accuracy is sure; None if not proved.

        That is the smallest k with 2 constant^k <= accuracy.

        Raises:
            BadInput: the accuracy is not positive.
        """
        if accuracy <= 0:
            raise BadInput(f"accuracy {accuracy}: it must be positive")
        if self.status != Status.PROVED or self.constant is None:
            return None
        if self.constant == 0:
            return 0 if accuracy >= 2 else 1
        return first_power_within(self.constant, Fraction(accuracy) / 2)


def contraction(model: ExactModel, strategy: Strategy, *, always: bool = False) -> Contraction:
    """Bound the Lipschitz constant of z -> Phi(z, mu) in the L1 norm, for one strategy mu.

    `always` says that the strategy is proved to be the best response to every mean field
    (`constant_response`); without it, the bound speaks of the map of this strategy only.

    Raises:
        BadInput: the strategy does not give one action for each state.

    Source: Banach's theorem; Dobrushin's coefficient. With z in the kernel: see the module.

    >>> from mfgcheck.gallery import make
    >>> found = contraction(ExactModel.of(make("mturk", states=10)), (4,) * 10)
    >>> found.status.value, found.constant
    ('PROVED', Fraction(9, 10))
    """
    model.mixer(strategy)  # refuses what is no strategy
    states, _, _ = model.tables.shape
    if states**3 * model.tables.kernel_terms > 2 * _MOST_WORK:
        return _finding(None, f"{states} states are too many for this test", always=always)
    line = _Kernel.of(model, strategy)
    if any(map(rigor.has_step, line.piece.functions)):
        return _finding(
            None, "the kernel jumps, or may jump, as the mean field moves", always=always
        )
    try:
        constant = _supremum(line)
    except NotDifferentiable as error:
        return _finding(None, f"the kernel has no derivative: {error}", always=always)
    if constant is None:
        return _finding(None, "no finite bound of the kernel's derivative was found", always=always)
    return _finding(constant, "", always=always)


def _finding(constant: Fraction | None, trouble: str, *, always: bool) -> Contraction:
    proved = constant is not None and constant < 1
    if proved:
        reason = f"two mean fields are no more than {constant} times as far apart after a step"
    elif constant is not None:
        reason = f"the bound found for L, {constant}, is not below 1, which shows nothing"
    else:
        reason = trouble
    given = "" if always else "if this strategy is the best response to every mean field: "
    follows = (
        f"{given}there is exactly one T-MFE mean field z*, and T-BR from any mean field has "
        f"||z_k - z*||_1 <= 2 ({constant})^k"
    )
    return Contraction(
        test="contraction",
        status=Status.PROVED if proved else Status.UNDECIDED,
        claim="z -> Phi(z, mu) is a contraction in the L1 norm",
        reason=reason,
        theorem="Banach's fixed point theorem, with Dobrushin's ergodicity coefficient",
        source="Banach 1922; Dobrushin 1956; in mean field games Guo, Hu, Xu, Zhang 2019",
        follows=follows if proved else "",
        not_follows=(
            "nothing is said of games in which the best response changes with the mean field: the "
            "trembling best response has finitely many values, so where it changes it jumps"
        ),
        constant=constant,
    )


@dataclass(frozen=True, eq=False)
class _Kernel:
    """The trembling kernel of one strategy as a function of the aggregates that it sees."""

    piece: Piece
    parts: Exact  # (S, S, L) integers: for each term its part of the kernel
    denominator: int

    @staticmethod
    def of(model: ExactModel, strategy: Strategy) -> _Kernel:
        tables = model.tables
        d = math.lcm(tables.kappa.denominator, tables.spread.denominator)
        k, e = int(tables.kappa * d), int(tables.spread * d)
        whole = widen(tables.kernel, (k + e * tables.shape[1]) * largest(tables.kernel))
        played = whole[np.arange(tables.shape[0]), list(strategy)]  # (S, L, S)
        parts = np.moveaxis(k * played + e * whole.sum(axis=1), 1, 2)
        used = np.flatnonzero((parts != 0).any(axis=(0, 1)))
        scalars = tables.game.scalars
        terms = [tables.terms[i] for i in used.tolist()]
        numbers = tuple(sorted({j for t in terms for j in scalars.aggregates_of[t]}))
        setting = scalars.setting(numbers)
        region = setting.region if numbers else rigor.Region.of([(0,)])
        places = {j: rigor.var(i) for i, j in enumerate(numbers)}
        functions = tuple(
            in_frame(rigor.substitute(scalars.expression(t), places), region) for t in terms
        )
        piece = Piece(tables, setting, region, {}, functions)
        return _Kernel(piece, parts[:, :, used], tables.denominator * d)

    def bound(self, box: Box) -> Fraction | None:
        """Return an upper bound of tau + ... over a box; None if none is finite."""
        values = enclosures(self.piece.functions, box, _BITS)
        if values is None:
            return None
        total = self._dobrushin(values)
        for phi, slopes in zip(self.piece.phi_bounds, self.piece.slopes, strict=True):
            rates = enclosures(slopes, box, _BITS)
            if rates is None:
                return None
            span = max(high for _, high in phi) - min(low for low, _ in phi)
            total += self._steepest(rates) * span / 2
        return total

    def _dobrushin(self, values: Ranges) -> Fraction:
        low, high, unit = _whole(values)
        worst = 0
        for s in range(len(self.parts) - 1):
            sizes = _sizes(self.parts[s + 1 :] - self.parts[s], low, high)
            worst = max(worst, int(sizes.sum(axis=1).max()))
        return Fraction(worst, 2 * unit * self.denominator)

    def _steepest(self, rates: Ranges) -> Fraction:
        low, high, unit = _whole(rates)
        sizes = _sizes(self.parts, low, high).sum(axis=1)
        return Fraction(int(sizes.max()), unit * self.denominator)


def _whole(ranges: Ranges) -> tuple[list[int], list[int], int]:
    """Return the ranges as integers over one common denominator."""
    unit = math.lcm(1, *(x.denominator for pair in ranges for x in pair))
    return [int(x * unit) for x, _ in ranges], [int(y * unit) for _, y in ranges], unit


def _sizes(c: Exact, low: list[int], high: list[int]) -> Exact:
    """Return the largest |sum over k of b_k c_k| for b between low and high; c is (.., L)."""
    heaviest = max([1, *map(abs, low), *map(abs, high)])
    big = widen(c, max(1, largest(c)) * heaviest * max(1, c.shape[-1]) * c.shape[1])
    below, above = np.array(low, dtype=big.dtype), np.array(high, dtype=big.dtype)
    rising = big >= 0
    least = np.where(rising, big * below, big * above).sum(axis=-1)
    most = np.where(rising, big * above, big * below).sum(axis=-1)
    return np.asarray(np.maximum(np.abs(least), np.abs(most)))


def _supremum(line: _Kernel) -> Fraction | None:
    """Bound the supremum over all mean fields, cutting the box where the bound is largest."""
    piece = line.piece
    box = piece.box
    first = line.bound(box)
    if piece.dimension == 0 or (first is not None and all(low == high for low, high in box)):
        return first
    reached = Fraction(0)  # L is at least this
    number = itertools.count()
    heap = [(_rank(first), next(number), box, first)]
    for _ in range(_CELLS):
        _, _, worst, bound = heap[0]
        if reached >= 1 or (bound is not None and bound <= reached + _NEAR):
            break  # nothing can be shown any more, or the bound is close
        heapq.heappop(heap)
        for half in halves(worst):
            if piece.meets(half):
                there = line.bound(half)
                centre = tuple(((a + b) / 2, (a + b) / 2) for a, b in half)
                at = line.bound(centre) if piece.holds(centre) else None
                reached = max(reached, at or Fraction(0))
                heapq.heappush(heap, (_rank(there), next(number), half, there))
    top = heap[0][3]
    if top is None:
        return None
    rounded = Fraction(math.ceil(top * _ROUND), _ROUND)
    return top if top < 1 <= rounded else rounded


def _rank(bound: Fraction | None) -> tuple[int, Fraction]:
    """Order boxes by the largest bound, those without one first."""
    return (0, Fraction(0)) if bound is None else (1, -bound)
