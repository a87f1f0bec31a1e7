"""A game's numbers in outward-rounded integer arithmetic: ranges of r + gamma P V over a box.

With the terms b_k(m) of a game, r = sum b_k R_k and P = sum b_k T_k, where R and T are exact. A
vector V of integers (in units of 2^-bits) is multiplied with T exactly; what is rounded, and always
outward, are the ranges of the b_k over a box of mean fields and the quotients by common
denominators. So every range that leaves this module contains all true values.

Terms of the reward that are the same for all (s, a) shift all TQ-values alike and are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mfgcheck.errors import BadInput
from mfgcheck.game.arguments import need_game
from mfgcheck.game.floats import Floats, quotients
from mfgcheck.game.game import Game
from mfgcheck.game.numbers import brief
from mfgcheck.game.sparse import Exact, Ints, group, largest, widen

_DENSE = 20_000_000  # entries of a dense kernel tensor: beyond, memory runs out
_PLAIN = 32  # rewards between 2^-32 and 2^32 need no unit of their own
_LARGEST = 1e290  # a proposal that is larger, or no number, is none


@dataclass(frozen=True, eq=False)
class Span:
    """Arrays of integers in units of 2^-bits: the true values lie between `low` and `high`."""

    low: Exact
    high: Exact
    bits: int

    def at(self, *place: slice | int) -> Span:
        """Return a part of the arrays."""
        return Span(self.low[place], self.high[place], self.bits)

    @property
    def size(self) -> int:
        """The largest absolute value."""
        return max(largest(self.low), largest(self.high))


@dataclass(frozen=True, eq=False)
class Tables:
    """Exact reward and kernel of a game, by row (s, a) and term.

    Attributes:
        game: the game.
        terms: numbers of the terms that matter; k below is a position in this list. The first
            `kernel_terms` of them are those of the kernel (L in number).
        rewards: array (S, A, K) of integers over `reward_denominator`.
        entry_key, entry_law, entry_value: the kernel as triples, sorted by key = row * L + k:
            T_k[row] is the sum of value * law over its triples, over `weight_denominator`.
        kappa, spread: the trembling strategy plays its action with kappa + spread, any other with
            spread (kappa = 1 - eps - eps/(|A|-1), spread = eps/(|A|-1)).
    """

    game: Game
    terms: tuple[int, ...]
    kernel_terms: int
    rewards: Exact
    reward_denominator: int
    entry_key: Ints
    entry_law: Ints
    entry_value: Exact
    weight_denominator: int
    kappa: Fraction
    spread: Fraction

    @staticmethod
    def of(game: Game) -> Tables:
        """Read the tables off a game's separable form.

        Raises:
            BadInput: the tremble is so large that the TQ-value operator is not the right one, or
                the game has unknown functions.
        """
        need_game(game)
        kappa, spread = tremble_weights(game)
        form, size = game.form, game.states.size * game.actions.size
        owner, term, value = form.rewards.gather(form.reward)
        columns = np.zeros((size, len(form.terms)), dtype=value.dtype)
        columns[owner, term] = value
        branch_row = np.repeat(np.arange(size, dtype=np.int64), np.diff(form.branch_start))
        branch, term, weight = form.weights.gather(form.branch_weight)
        # What cancels among the branches of a row is gone after this.
        (row, term, law), summed = group(
            [branch_row[branch], term, form.branch_law[branch]], weight
        )
        first = np.unique(term)
        others = np.setdiff1d(np.flatnonzero(np.any(columns != columns[:1], axis=0)), first)
        terms = np.concatenate([first, others])
        key = row * len(first) + np.searchsorted(first, term)
        shape = (game.states.size, game.actions.size, len(terms))
        return Tables(
            game=game,
            terms=tuple(terms.tolist()),
            kernel_terms=len(first),
            rewards=columns[:, terms].reshape(shape),
            reward_denominator=form.rewards.denominator,
            entry_key=key,
            entry_law=law,
            entry_value=summed,
            weight_denominator=form.weights.denominator,
            kappa=kappa,
            spread=spread,
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of states, actions and terms."""
        return self.game.states.size, self.game.actions.size, len(self.terms)

    @cached_property
    def aggregates(self) -> tuple[int, ...]:
        """Numbers of the aggregates that the terms depend on."""
        of = self.game.scalars.aggregates_of
        return tuple(sorted({j for t in self.terms for j in of[t]}))

    @cached_property
    def _starts(self) -> tuple[Ints, Ints]:
        first = np.ones(len(self.entry_key), dtype=bool)
        first[1:] = self.entry_key[1:] != self.entry_key[:-1]
        starts = np.flatnonzero(first)
        return starts, self.entry_key[starts]

    @cached_property
    def _heaviest(self) -> int:
        starts, _ = self._starts
        sizes = widen(np.abs(self.entry_value), largest(self.entry_value) * len(self.entry_value))
        return int(np.add.reduceat(sizes, starts).max())

    @property
    def denominator(self) -> int:
        """What the integers that `multiply` returns have to be divided by."""
        return self.weight_denominator * self.game.form.laws.denominator

    def multiply(self, v: Exact) -> Exact:
        """Return T_k v, times `denominator`, for integers v of shape (S, c): shape (S, A, L, c)."""
        laws = self.game.form.laws
        size = largest(v)
        values = widen(v, size * laws.denominator)
        spread = widen(laws.value, size * laws.denominator)[:, None] * values[laws.column]
        by_law = np.add.reduceat(spread, laws.start[:-1], axis=0)
        starts, keys = self._starts
        # Callers divide by the denominator, which is large even where v is 0.
        bound = max(size * laws.denominator * self._heaviest, self.denominator)
        products = widen(self.entry_value, bound)[:, None] * widen(by_law, bound)[self.entry_law]
        sums = np.add.reduceat(products, starts, axis=0)
        states, actions, _ = self.shape
        terms = self.kernel_terms
        out = np.zeros((states * actions * terms, v.shape[1]), dtype=sums.dtype)
        out[keys] = sums
        return out.reshape(states, actions, terms, v.shape[1])

    @cached_property
    def kernel(self) -> Exact:
        """T as a dense array (S, A, L, S) of integers over `denominator`.

        Raises:
            BadInput: it would not fit into memory.
        """
        states, actions, _ = self.shape
        if states * actions * self.kernel_terms * states > _DENSE:
            raise BadInput(
                f"a game of {states} states and {actions} actions is too large to enclose its "
                "equilibria: `mfgcheck solve` computes one, without proof"
            )
        return self.multiply(np.eye(states, dtype=np.int64))

    @cached_property
    def distinct(self) -> npt.NDArray[np.bool_]:
        """Array (S, A): the actions that do not do exactly what one of a lower number does."""
        states, actions, _ = self.shape
        found = np.ones((states, actions), dtype=bool)
        for a in range(1, actions):
            for b in range(a):
                same = (self.rewards[:, a] == self.rewards[:, b]).all(axis=1)
                same &= (self.kernel[:, a] == self.kernel[:, b]).all(axis=(1, 2))
                found[:, a] &= ~same
        if self.kappa == 0:  # all strategies are the same: one stands for them
            found[:, 1:] = False
        return found

    @cached_property
    def kernel_floats(self) -> Floats:
        """T near enough for proposals: array (S, A, L, S)."""
        return quotients(self.kernel, self.denominator)

    @cached_property
    def scaled(self) -> tuple[Exact, int]:
        """The rewards (S, A, K) and their denominator, in a unit that suits their size.

        TQ-values are proposed in floats and bounded in units of 2^-bits: in a unit that is a power
        of 2 near the largest reward, neither fails for rewards of 10^400 or 10^-400. Which action
        is better does not depend on the unit.
        """
        rewards, denominator = self.rewards, self.reward_denominator
        size = largest(rewards).bit_length() - denominator.bit_length()
        if not largest(rewards) or abs(size) <= _PLAIN:
            return rewards, denominator
        if size > 0:
            return rewards, denominator << size
        return widen(rewards, largest(rewards) << -size) * (1 << -size), denominator

    @cached_property
    def reward_floats(self) -> Floats:
        """R near enough for proposals, in the unit of `scaled`: array (S, A, K)."""
        return quotients(*self.scaled)

    def tremble(self, span: Span, strategy: Ints) -> Span:
        """Return the mean over the trembling strategy's actions of a span of shape (S, A, c).

        `strategy` has the shape (S, c): one for each of c columns.
        """
        d = math.lcm(self.kappa.denominator, self.spread.denominator)
        k, e = int(self.kappa * d), int(self.spread * d)
        parts = []
        for values in (span.low, span.high):
            big = widen(values, (abs(k) + e * values.shape[1]) * max(1, largest(values)))
            played = np.take_along_axis(big, strategy[:, None, :], axis=1)[:, 0, :]
            parts.append(k * played + e * big.sum(axis=1))
        return Span(parts[0] // d, -(-parts[1] // d), span.bits)

    def bellman(self, q: Exact, bits: int) -> Exact:
        """Return c of shape (S, A, K) with r + gamma P G(q) in sum of b_k (c_k + [0, 2)).

        `q` has the shape (S, A), in units of 2^-bits (and those of `scaled`), as c has.
        """
        d = math.lcm(self.kappa.denominator, self.spread.denominator)
        k, e = int(self.kappa * d), int(self.spread * d)
        big = widen(q, (k + e * q.shape[1]) * max(1, largest(q)))  # k is large even where q is 0
        value = k * big.max(axis=1) + e * big.sum(axis=1)  # G(q), exactly, over d
        gamma = self.game.discount
        product = self.multiply(value[:, None])[..., 0]
        divisor = gamma.denominator * self.denominator * d
        product = widen(product, max(gamma.numerator * largest(product), divisor))
        future = product * gamma.numerator // divisor
        rewards, denominator = self.scaled
        scale = max(max(1, largest(rewards)) << bits, denominator)
        total = widen(rewards, scale) * (1 << bits) // denominator
        # Callers take differences of these numbers.
        total = widen(total, 8 * (largest(total) + largest(future)))
        total = total.copy() if future.dtype != object else total.astype(object)
        total[..., : self.kernel_terms] += future
        return total


def tremble_weights(game: Game) -> tuple[Fraction, Fraction]:
    """Return (kappa, spread): G(Q)(s) = kappa max_a Q(s, a) + spread sum_a Q(s, a).

    Raises:
        BadInput: kappa is negative.
    """
    actions, eps = game.actions.size, game.tremble
    spread = eps / (actions - 1) if actions > 1 else Fraction(0)
    kappa = 1 - eps - spread if actions > 1 else Fraction(1)
    if kappa < 0:
        raise BadInput(
            f"tremble {brief(eps)} is above (|A|-1)/|A| = {Fraction(actions - 1, actions)}: the "
            "TQ-value operator then does not give the best trembling strategy (Proposition 1(ii) "
            "needs this): lower the tremble"
        )
    return kappa, spread


def integers_of(values: Floats, bits: int) -> Exact:
    """Return floats as integers in units of 2^-bits (rounded: they are proposals)."""
    sound = np.clip(np.nan_to_num(values), -_LARGEST, _LARGEST)
    scaled = np.rint(sound * 2.0 ** min(bits, 40))
    if np.all(np.abs(scaled) < 2.0**62):
        whole = scaled.astype(np.int64)
    else:
        whole = np.array([int(x) for x in scaled.ravel()], dtype=object).reshape(scaled.shape)
    return whole if bits <= 40 else whole.astype(object) * (1 << (bits - 40))


def weigh(c: Exact, b: Span, slack: int) -> Span:
    """Return the range of sum over k of b_k (c_k + t_k), over b and over |t_k| <= slack.

    `c` has the shape (..., K) and the units of b; the sum goes over the last axis. Whoever makes c
    sees to it that nothing overflowed before.
    """
    big = widen(c, largest(c) * b.size * max(1, c.shape[-1]))
    if b.low.dtype == object or b.high.dtype == object:  # too large for 64 bits, even times 0
        big = big.astype(object)
    low, high = b.low.astype(big.dtype), b.high.astype(big.dtype)
    rising = big >= 0
    lower = np.where(rising, big * low, big * high).sum(axis=-1)
    upper = np.where(rising, big * high, big * low).sum(axis=-1)
    heaviest = sum(int(x) for x in np.maximum(np.abs(b.low), np.abs(b.high)))
    pad = slack * ((heaviest >> b.bits) + 1)
    return Span((lower >> b.bits) - pad, -((-upper) >> b.bits) + pad, b.bits)


def span_of(ranges: Sequence[tuple[Fraction, Fraction]], bits: int) -> Span:
    """Return rational ranges, rounded outward to units of 2^-bits."""
    unit = 1 << bits
    low = [math.floor(first * unit) for first, _ in ranges]
    high = [math.ceil(last * unit) for _, last in ranges]
    fits = all(abs(x) < 1 << 62 for x in (*low, *high))
    kind: npt.DTypeLike = np.int64 if fits else object
    return Span(np.array(low, dtype=kind), np.array(high, dtype=kind), bits)
