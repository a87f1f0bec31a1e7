"""What decides how many samples identify the best response, enclosed on a ball of mean fields.

At a mean field z let mu be a trembling strategy with likeliest actions a*(s), K = P mu its kernel,
M = (1 - gamma K)^-1 and V = M (mu r) its values. If

    gap(s, b) = r(s, a*) - r(s, b) + gamma (P(s, a*) - P(s, b)) V > 0    for all s and b != a*(s),

then Q = r + gamma P V is a fixed point of F, so Q = Q* and mu is the one best response (policy
verification: the value of mu decides, and no fixed point has to be found).

All of this is enclosed for all z of a ball around y at once. With b_k(z) the terms of the game, let
v be the values at y (nearly), and c_k = mu R_k + gamma mu T_k v. Then V_z = M_z (mu r_z) gives

    V_z - v = M_z (sum over k of b_k(z) c_k - v) = M_z (rest + sum over k of [b_k(z) - b_k(y)] c_k),

where rest = sum of b_k(y) c_k - v is rounding. So V_z and the gaps are affine in the changes of the
terms up to the factor M_z, and large parts cancel before a range is taken:

    gap_z = sum of b_k(y) g_k + D_z rest + sum over k of [b_k(z) - b_k(y)] (g_k + D_z c_k),

with g_k = R_k(s, a*) - R_k(s, b) + gamma (T_k(s, a*) - T_k(s, b)) v and D_z = gamma (P_z(s, a*) -
P_z(s, b)) M_z. As D_z sums to 0, c_k may be shifted by a constant, and so may v.

Source: own; Howard (1960) for the fixed point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from mfgcheck.budgets.gap.ball import Ball, StrategyRows
from mfgcheck.equilibrium.exact.stage import Strategy
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.game.sparse import Exact, Ints
from mfgcheck.rigor.balls import ball, matrix, scaled_sum, solve
from mfgcheck.rigor.chains import rational
from mfgcheck.rigor.tape import precision

Flags = npt.NDArray[np.bool_]

SCALE = 1 << 80
"""Bounds are kept as integers in units of 1 / SCALE, rounded outward."""

_BITS = 192


@dataclass(frozen=True, eq=False)
class Stage:
    """Bounds that hold at every mean field of a ball, for one strategy.

    Values and gaps are in the unit of `reward_unit`.

    The strategy is the one best response wherever all gaps are positive.

    Integers are in units of 1 / SCALE, and upper bounds unless they are called lower.

    Attributes:
        tables: the game's numbers.
        strategy: the likeliest action in each state.
        weights: array (S, A), how often the trembling strategy plays an action.
        pairs: array (pairs, 2), the (s, b) with b other than a*(s); none if nothing is chosen.
        alike: array (pairs,), where b does exactly what a*(s) does: no samples tell them apart.
        gaps: lower bounds of gap(s, b), one a pair, as fractions.
        span: sp(V) = max V - min V.
        variance: array (S, A), the variance of V at the next state.
        reach: array (pairs, S), |(P(s, a*) - P(s, b)) M|.
        values: array (S (S - 1) / 2, S), |M(x, .) - M(y, .)| for all two states x and y.
        rows: array (S, A, S), the kernel P.
        scatter: array (S, A), sum over x of sqrt(P(x) (1 - P(x))).
        dobrushin: bound of the largest total variation distance of two rows of K.
    """

    tables: Tables
    strategy: Strategy
    weights: tuple[Fraction, Fraction]
    pairs: Ints
    alike: Flags
    gaps: tuple[Fraction, ...]
    span: Fraction
    variance: Exact
    reach: Exact
    values: Exact
    rows: Exact
    scatter: Exact
    dobrushin: Fraction

    @property
    def played(self) -> tuple[Exact, int]:
        """The trembling strategy: array (S, A) of integers, and what to divide them by."""
        states, actions, _ = self.tables.shape
        likely, other = self.weights
        unit = math.lcm(likely.denominator, other.denominator)
        found = np.full((states, actions), int(other * unit), dtype=object)
        found[np.arange(states), list(self.strategy)] = int(likely * unit)
        return found, unit

    def entering(self, states: Sequence[int]) -> Exact:
        """Return array (S, A), the chance that the next state is one of these."""
        return np.asarray(self.rows[:, :, list(states)].sum(axis=2))


class Model:
    """A game's exact matrices, from which stages are made."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        states, actions, _ = tables.shape
        count = tables.kernel_terms
        self._rows = [
            matrix(tables.kernel[:, :, k].reshape(states * actions, states).tolist())
            for k in range(count)
        ]
        self._strategies: dict[Strategy, _Played] = {}

    def stage(self, centre: Ball, around: Ball, strategy: Strategy) -> Stage | None:
        """Return the bounds on a ball; None if the terms vary too much there for any.

        Args:
            centre: the law in the middle, as a ball of radius 0.
            around: the ball of mean fields.
            strategy: the likeliest action in each state.
        """
        tables = self.tables
        states, actions, _ = tables.shape
        played = self._of(strategy)
        count = tables.kernel_terms
        with precision(_BITS):
            there = [ball(low, high) for low, high in centre.terms]
            terms = [ball(low, high) for low, high in around.terms]
            changes = [x - y for x, y in zip(terms, there, strict=True)]
            gamma = flint.arb(rational(tables.game.discount))
            one = flint.arb_mat(
                states, states, [int(i == j) for i in range(states) for j in range(states)]
            )
            rows = scaled_sum(self._rows, terms[:count], tables.denominator)
            kernel = scaled_sum(played.kernel, terms[:count], played.rows.denominator)
            inverse = solve(one - kernel * gamma, one)
            middle = solve(
                one - scaled_sum(played.kernel, there[:count], played.rows.denominator) * gamma,
                scaled_sum(played.earned, there, played.earned_denominator),
            )
            if inverse is None or middle is None:
                return None
            v = _centred(middle)
            parts = [played.value_part(k, v, gamma) for k in range(len(terms))]
            rest = _centred(_sum(parts, there) - v)
            drift = _sum([_centred(c) for c in parts], changes)
            values = v + inverse * (rest + drift)
            means = (rows * values).entries()
            square = flint.arb_mat(states, 1, [x * x for x in values.entries()])
            # The variance is at most the mean square about any constant.
            variance = [
                q - 2 * mean.mid() * mean + mean.mid() ** 2
                for q, mean in zip((rows * square).entries(), means, strict=True)
            ]
            gaps: list[Fraction] = []
            reach = np.zeros((0, states), dtype=object)
            if len(played.pairs):
                moves = scaled_sum(played.changes, terms[:count], tables.denominator)
                far = moves * inverse
                known = [played.gap_part(k, v, gamma) for k in range(len(terms))]
                moved = [g + far * _centred(c) * gamma for g, c in zip(known, parts, strict=True)]
                found = _sum(known, there) + far * rest * gamma + _sum(moved, changes)
                gaps = [_lower(x) for x in found.entries()]
                reach = _uppers(far)
            above = _uppers(rows).reshape(states, actions, states)
            everything = values.entries()
            span = max(x.upper() for x in everything) - min(x.lower() for x in everything)
            high, low = _uppers(inverse), np.maximum(_lowers(inverse), 0)
            x, y = np.triu_indices(states, 1)
            return Stage(
                tables=tables,
                strategy=strategy,
                weights=(tables.kappa + tables.spread, tables.spread),
                pairs=played.pairs,
                alike=played.alike,
                gaps=tuple(gaps),
                span=Fraction(_up(span), SCALE),
                variance=np.array([max(0, _up(x)) for x in variance], dtype=object).reshape(
                    states, actions
                ),
                reach=reach,
                values=np.maximum(high[x] - low[y], high[y] - low[x]),
                rows=above,
                scatter=_scatter(above, _lowers(rows).reshape(above.shape)),
                dobrushin=played.rows.dobrushin(around),
            )

    def apart(self, around: Ball, strategy: Strategy) -> Exact:
        """Return array (pairs,), bounds of ||P(s, a*) - P(s, b)||_1 on a ball."""
        played = self._of(strategy)
        if not len(played.pairs):
            return np.zeros(0, dtype=object)
        count = self.tables.kernel_terms
        with precision(_BITS):
            terms = [ball(low, high) for low, high in around.terms[:count]]
            moves = scaled_sum(played.changes, terms, self.tables.denominator)
            return np.asarray(_uppers(moves).sum(axis=1))

    def minorant(self, around: Ball) -> Exact:
        """Return array (S,), lower bounds of the least P(x | s, a) over (s, a) on a ball."""
        with precision(_BITS):
            terms = [ball(low, high) for low, high in around.terms[: self.tables.kernel_terms]]
            rows = _lowers(scaled_sum(self._rows, terms, self.tables.denominator))
        return np.asarray(np.maximum(rows.min(axis=0), 0))

    def pairs(self, strategy: Strategy) -> Ints:
        """Return array (pairs, 2), the (s, b) with b other than a*(s)."""
        return self._of(strategy).pairs

    def _of(self, strategy: Strategy) -> _Played:
        if strategy not in self._strategies:
            self._strategies[strategy] = _Played.of(self.tables, strategy)
        return self._strategies[strategy]


@dataclass(frozen=True, eq=False)
class _Played:
    """Exact matrices of one strategy, a list of one for each term."""

    rows: StrategyRows
    kernel: list[Any]
    earned: list[Any]
    earned_denominator: int
    pairs: Ints
    alike: Flags
    changes: list[Any]
    advantage: list[Any]
    denominators: tuple[int, int]

    def value_part(self, k: int, v: Any, gamma: Any) -> Any:
        """Return c_k = mu R_k + gamma mu T_k v (see the head of this module)."""
        c = self.earned[k] * (flint.arb(1) / self.earned_denominator)
        if k < len(self.kernel):
            c = c + self.kernel[k] * v * (gamma / self.rows.denominator)
        return c

    def gap_part(self, k: int, v: Any, gamma: Any) -> Any:
        """Return g_k, by pair."""
        kernel, reward = self.denominators
        g = self.advantage[k] * (flint.arb(1) / reward)
        if k < len(self.changes):
            g = g + self.changes[k] * v * (gamma / kernel)
        return g

    @staticmethod
    def of(tables: Tables, strategy: Strategy) -> _Played:
        states, actions, terms = tables.shape
        rows = StrategyRows.of(tables, strategy)
        number = np.arange(states)
        chosen = np.array(strategy)
        d = math.lcm(tables.kappa.denominator, tables.spread.denominator)
        k, e = int(tables.kappa * d), int(tables.spread * d)
        scaled, denominator = tables.scaled
        rewards = scaled.astype(object)
        earned = k * rewards[number, chosen] + e * rewards.sum(axis=1)  # (S, K)
        kernel = tables.kernel.astype(object)
        pairs, changes, advantage, alike = [], [], [], []
        for s in range(states):
            for b in range(actions):
                if b == chosen[s] or not tables.kappa:  # nothing is chosen at all
                    continue
                change = kernel[s, chosen[s]] - kernel[s, b]  # (L, S)
                gain = rewards[s, chosen[s]] - rewards[s, b]
                pairs.append((s, b))
                alike.append(not (change.any() or gain.any()))
                changes.append(change)
                advantage.append(gain)
        moved = np.array(changes, dtype=object).reshape(len(pairs), tables.kernel_terms, states)
        gained = np.array(advantage, dtype=object).reshape(len(pairs), terms)
        there = bool(pairs)
        return _Played(
            rows=rows,
            kernel=[matrix(rows.parts[:, :, i].tolist()) for i in range(tables.kernel_terms)],
            earned=[matrix(earned[:, [i]].tolist()) for i in range(terms)],
            earned_denominator=denominator * d,
            pairs=np.array(pairs, dtype=np.int64).reshape(len(pairs), 2),
            alike=np.array(alike, dtype=bool),
            changes=[matrix(moved[:, i].tolist()) for i in range(tables.kernel_terms) if there],
            advantage=[matrix(gained[:, [i]].tolist()) for i in range(terms) if there],
            denominators=(tables.denominator, denominator),
        )


def reward_unit(tables: Tables) -> Fraction:
    """Return how many units of a stage's values make one unit of reward: a power of 2.

    Rewards near 1 are kept as they are; others get a unit near the largest, so that neither the
    floats that propose nor the units of 1 / SCALE fail for rewards of 10^-40 or 10^400.
    """
    scaled, denominator = tables.scaled
    places = np.argwhere(tables.rewards != 0)
    if not len(places):
        return Fraction(1)
    at = tuple(places[0].tolist())
    own = Fraction(int(tables.rewards[at]), tables.reward_denominator)
    return Fraction(int(scaled[at]), denominator) / own


def _centred(values: Any) -> Any:
    """Return values less a number that is the same for all states: only differences matter."""
    entries = values.entries()
    middle = (max(x.mid() for x in entries) + min(x.mid() for x in entries)) / 2
    centre = middle.mid()
    return flint.arb_mat(len(entries), 1, [x - centre for x in entries])


def _sum(parts: Sequence[Any], factors: Sequence[Any]) -> Any:
    total = parts[0] * factors[0]
    for part, factor in zip(parts[1:], factors[1:], strict=True):
        total = total + part * factor
    return total


def _scatter(above: Exact, below: Exact) -> Exact:
    """Return bounds of sum over x of sqrt(P(x) (1 - P(x))), given bounds of P.

    P (1 - P) rises up to P = 1/2 and falls from there.
    """
    worst = np.minimum(np.maximum(np.minimum(above, SCALE // 2), below), SCALE)
    products = (worst * (SCALE - worst)).ravel().tolist()
    roots = [math.isqrt(x) + 1 if x else 0 for x in products]
    return np.asarray(np.array(roots, dtype=object).reshape(above.shape).sum(axis=2))


def _up(x: Any) -> int:
    """Return an upper bound of a ball in units of 1 / SCALE."""
    return int((x.upper() * SCALE).ceil().upper().fmpq().p)


def _lower(x: Any) -> Fraction:
    bound = (x.lower() * SCALE).floor().lower().fmpq()
    return Fraction(int(bound.p), SCALE)


def _uppers(values: Any) -> Exact:
    """Return upper bounds of the absolute values of a matrix of balls."""
    lines: Sequence[Sequence[Any]] = values.tolist()
    return np.array([[_up(abs(x)) for x in line] for line in lines], dtype=object)


def _lowers(values: Any) -> Exact:
    """Return lower bounds of a matrix of balls."""
    return np.array([[-_up(-x) for x in line] for line in values.tolist()], dtype=object)
