"""A game as float64 arrays, free of matrices: laws are stored once, however many rows share them.

With v a function of the state, P_z v is found in two gathers and two sums: the mean of v under
every law, then in every kernel row the branch weights times these means. A mean field is pushed
forward the same way backwards. The cost is that of the branches and of the laws' outcomes; a law
that all rows share is summed once.

Arrays with axes (state, action) are in Fortran order, so that what is taken over actions runs along
whole columns; they are indexed [s, a] all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from mfgcheck.equilibrium.tbr.scalar import Scalar, compile_term, value_of
from mfgcheck.errors import BadInput, InvalidGame
from mfgcheck.game.arguments import need_game
from mfgcheck.game.floats import Floats
from mfgcheck.game.game import Game
from mfgcheck.game.mean_field import Value
from mfgcheck.game.numbers import brief, rational, short
from mfgcheck.game.sparse import Rows

Ints = npt.NDArray[np.int64]

ULP = 2.0**-52
LARGEST = 1e300
"""Rewards and weights whose parts are larger are refused, so that no sum of them overflows; so are
rewards whose sum over time may be."""
SMALLEST = 1e-290
"""What is summed counts as at least so large: what underflow takes away is then less than the
allowance for rounding."""
_NEAREST = Fraction(1, 10**12)
"""So near to 1, the discount that floats hold differs too much from the true one: 1 - gamma, which
all error bounds are divided by, would be wrong by more than a part in 10,000."""


@dataclass(frozen=True, eq=False)
class Table:
    """Sums of terms, one a row: a constant part, and entries value * b[column] of each row."""

    base: Floats
    owner: Ints
    column: Ints
    value: Floats
    base_sizes: Floats
    sizes: Floats

    @staticmethod
    def of(rows: Rows, constant: Mapping[int, float], varying: Mapping[int, int]) -> Table:
        """Fold the terms that do not depend on the mean field into the constant part."""
        n = len(rows.start) - 1
        owner = np.repeat(np.arange(n), np.diff(rows.start))
        value = _floats(rows)
        fixed = np.array([int(c) in constant for c in rows.column], dtype=bool)
        known = np.array([constant[int(c)] for c in rows.column[fixed]], dtype=np.float64)
        column = np.array([varying[int(c)] for c in rows.column[~fixed]], dtype=np.int64)
        parts = known * value[fixed]
        return Table(
            base=_sums(owner[fixed], parts, n),
            owner=owner[~fixed],
            column=column,
            value=value[~fixed],
            base_sizes=_sums(owner[fixed], np.abs(parts), n),
            sizes=_sums(owner[~fixed], np.abs(value[~fixed]), n),
        )

    def at(self, b: Floats) -> Floats:
        """Return the value of every row, given those of the terms that vary."""
        if not self.owner.size:
            return self.base
        return self.base + _sums(self.owner, self.value * b[self.column], self.base.size)


def _floats(rows: Rows) -> Floats:
    d = rows.denominator
    # Python's division of integers is correctly rounded, whatever their size.
    return np.array([v / d for v in rows.value.tolist()], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Model:
    """The arrays of a game.

    Attributes:
        game: the game.
        states, actions: how many.
        discount, tremble: as floats.
        likely: kappa = 1 - eps - c, the weight that the chosen action has beyond the others.
        slip: c = eps / (|A| - 1), the probability of each action that was not chosen.
        phi: array (K, S), the aggregates' values at the states.
    """

    game: Game
    states: int
    actions: int
    discount: float
    tremble: float
    likely: float
    slip: float
    phi: Floats
    _scalars: tuple[tuple[Scalar, sympy.Expr], ...]
    _rewards: Table
    _weights: Table
    _reward: Ints
    _row: Ints
    _weight: Ints
    _law: Ints
    _law_owner: Ints
    _law_column: Ints
    _law_value: Floats

    @staticmethod
    def of(game: Game) -> Model:
        """Make the arrays of a game.

        Raises:
            BadInput: the tremble is above (|A| - 1)/|A|, a number is too large for float64, or
                all rewards are too small, the discount is within 10^-12 of 1, or the game has
                unknown functions.

        >>> from mfgcheck import Game, point
        >>> stay = Game(states=3, actions=2, reward=lambda s, a, z: s - a * z.mean() / 2,
        ...             transition=lambda s, a, z: point(s), discount="3/4", tremble="1/5")
        >>> Model.of(stay).at(np.array([0.5, 0.0, 0.5])).reward[2, 1]
        np.float64(1.5)
        """
        need_game(game)
        n, k, form = game.states.size, game.actions.size, game.form
        slip = game.tremble / (k - 1) if k > 1 else game.tremble
        likely = 1 - game.tremble - slip
        if likely < 0:
            raise BadInput(
                f"tremble {brief(game.tremble)} is above (|A|-1)/|A| = {k - 1}/{k}: the TQ-value "
                "operator then does not give the best trembling strategy (Proposition 1(ii) needs "
                "this): lower the tremble"
            )
        if 1 - game.discount < _NEAREST:
            raise BadInput(
                f"1 less the discount is {short(1 - game.discount)}: T-BR, which runs in floating "
                "point, needs it to be at least 1e-12"
            )
        position = {a.symbol: j for j, a in enumerate(form.aggregates)}
        compiled = [compile_term(term, position) for term in form.terms]
        fixed = {
            i: value_of(compiled[i], term, (), ())
            for i, term in enumerate(form.terms)
            if not term.free_symbols
        }
        varying = {i: j for j, i in enumerate(i for i in range(len(compiled)) if i not in fixed)}
        rows = np.arange(n * k).reshape(n, k)
        branches = np.diff(form.branch_start)
        row = np.repeat((rows % k * n + rows // k).reshape(-1), branches)
        try:
            weights, rewards = (Table.of(t, fixed, varying) for t in (form.weights, form.rewards))
            phi = np.array([[_number(v) for v in a.values] for a in form.aggregates])
            law_value = _floats(form.laws)
        except OverflowError:
            raise BadInput("a number of the game is too large for floating point") from None
        size = Fraction(form.rewards.largest, form.rewards.denominator)
        if 0 < size < SMALLEST:
            raise BadInput(
                f"the rewards of the game, none above {short(size)} in size, are too small for "
                "floating point"
            )
        order = np.argsort(row, kind="stable")
        return Model(
            game=game,
            states=n,
            actions=k,
            discount=float(game.discount),
            tremble=float(game.tremble),
            likely=float(likely),
            slip=float(slip),
            phi=phi.reshape(len(form.aggregates), n),
            _scalars=tuple((compiled[i], form.terms[i]) for i in varying),
            _rewards=rewards,
            _weights=weights,
            _reward=form.reward.reshape(n, k).T.reshape(-1).copy(),
            _row=row[order],
            _weight=form.branch_weight[order],
            _law=form.branch_law[order],
            _law_owner=np.repeat(np.arange(len(form.laws.start) - 1), np.diff(form.laws.start)),
            _law_column=form.laws.column,
            _law_value=law_value,
        )

    @cached_property
    def laws(self) -> int:
        """How many distinct laws there are."""
        return int(self._law_owner[-1]) + 1

    @cached_property
    def branches(self) -> tuple[Ints, Ints]:
        """Where each row's branches start, array (A * S + 1,), and the law of each branch.

        Rows are numbered a * |S| + s.
        """
        counts = np.bincount(self._row, minlength=self.states * self.actions)
        return np.concatenate([[0], np.cumsum(counts)]), self._law

    @cached_property
    def outcomes(self) -> tuple[Ints, Ints, Floats]:
        """Where each law's outcomes start, the states that they are, and their probabilities."""
        return self.game.form.laws.start, self._law_column, self._law_value

    @cached_property
    def numbers(self) -> Ints:
        """Array (S,), the numbers of the states."""
        return np.arange(self.states)

    @cached_property
    def longest(self) -> int:
        """The most roundings that the value of a kernel row or a reward goes through."""
        parts = (self._law_owner, self._row, self._weights.owner, self._rewards.owner)
        return 8 + sum(int(np.bincount(p).max()) if p.size else 0 for p in parts)

    @cached_property
    def _bounds(self) -> tuple[list[float], list[float], list[str]]:
        low, high = self.phi.min(axis=1).tolist(), self.phi.max(axis=1).tolist()
        return low, high, [a.name for a in self.game.form.aggregates]

    @cached_property
    def _sizes(self) -> tuple[float, float, float, float]:
        """Sizes of summands: of rewards, constant and varying; of kernel rows, the same."""
        rows = self.states * self.actions
        of_rows = (
            _sums(self._row, sizes[self._weight], rows).max()
            for sizes in (self._weights.base_sizes, self._weights.sizes)
        )
        return (
            float(self._rewards.base_sizes.max()),
            float(self._rewards.sizes.max()),
            *map(float, of_rows),  # type: ignore[return-value]
        )

    def aggregates(self, z: Floats) -> list[float]:
        """Return the aggregates of a mean field, kept within the range that they have."""
        low, high, _ = self._bounds
        found: list[float] = (self.phi @ z).tolist()
        return [min(max(m, a), b) for m, a, b in zip(found, low, high, strict=True)]

    def at(self, z: Floats) -> Stage:
        """Return the game at a mean field, array (S,).

        Raises:
            BadInput: a term of the game has no value in float64 there.
        """
        m = self.aggregates(z)
        names = self._bounds[2]
        values = [value_of(f, term, m, names) for f, term in self._scalars]
        largest = max(map(abs, values)) if values else 0.0
        r_fixed, r_varying, p_fixed, p_varying = self._sizes
        largest = max(largest, SMALLEST)
        reward_size = SMALLEST + r_fixed + r_varying * largest
        kernel_size = p_fixed + p_varying * largest
        if not max(reward_size / (1 - self.discount), kernel_size) < LARGEST:
            raise BadInput("the rewards or weights of the game are too large for floating point")
        b = np.array(values)
        reward = self._rewards.at(b)[self._reward].reshape(self.actions, self.states).T
        return Stage(
            self,
            z,
            reward,
            self._weights.at(b)[self._weight],
            reward_size,
            kernel_size,
        )

    @cached_property
    def least(self) -> Floats:
        """The least law: all mass at the bottom state."""
        return _unit(self.states, 0)

    @cached_property
    def greatest(self) -> Floats:
        """The greatest law: all mass at the top state."""
        return _unit(self.states, self.states - 1)

    @cached_property
    def _pairs(self) -> tuple[Ints, Ints, Ints, Floats]:
        """For the matrix of a strategy: each branch's (state, law) pair, and its outcomes."""
        key = self._row % self.states * self.laws + self._law
        pairs, pair = np.unique(key, return_inverse=True)
        owner, column, value = self.game.form.laws.gather(pairs % self.laws)
        start = self.game.form.laws.start
        counts = np.diff(start)[pairs % self.laws]
        within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        del value  # exact integers; the floats are at the same places
        floats = self._law_value[np.repeat(start[pairs % self.laws], counts) + within]
        cell = (pairs // self.laws)[owner] * self.states + column
        return pair.reshape(-1), owner, cell, floats


@dataclass(frozen=True, eq=False)
class Stage:
    """A game at one mean field.

    Attributes:
        model: the game's arrays.
        mean_field: array (S,).
        reward: array (S, A).
        reward_size, kernel_size: bounds of the sizes of the numbers that were summed to make one
            reward, or the weights of one kernel row.
    """

    model: Model
    mean_field: Floats
    reward: Floats
    _weight: Floats
    reward_size: float
    kernel_size: float

    @property
    def weights(self) -> Floats:
        """The weight of each branch, in the order of `Model.branches`."""
        return self._weight

    def expect(self, v: Floats) -> Floats:
        """Return P_z v, array (S, A): the mean of v at the next state."""
        model = self.model
        means = _sums(model._law_owner, model._law_value * v[model._law_column], model.laws)
        rows = _sums(model._row, self._weight * means[model._law], model.states * model.actions)
        return rows.reshape(model.actions, model.states).T

    def push(self, joint: Floats) -> Floats:
        """Return the law of the next state, array (S,), given that of (state, action), (S, A).

        It is scaled to sum to 1 exactly, as far as floats can.

        Raises:
            InvalidGame: the result is no law, beyond rounding: the game's kernel is none.
        """
        model = self.model
        flow = self._weight * joint.T.reshape(-1)[model._row]
        laws = _sums(model._law, flow, model.laws)
        z = _sums(model._law_column, model._law_value * laws[model._law_owner], model.states)
        np.maximum(z, 0.0, out=z)
        total = z.sum()
        if not abs(total - 1.0) <= 1e-6:
            raise InvalidGame(f"the next mean field has mass {total}, not 1: the kernel is no law")
        z /= total
        return z

    def matrix(self, mu: Floats) -> Floats:
        """Return the transition matrix (S, S) of a strategy (S, A): only for few states."""
        model = self.model
        pair, owner, cell, value = model._pairs
        mass = _sums(pair, self._weight * mu.T.reshape(-1)[model._row], int(pair.max()) + 1)
        n = model.states
        return _sums(cell, value * mass[owner], n * n).reshape(n, n)

    def rounding(self, largest: float) -> float:
        """An allowance for the rounding in one application of F to values up to `largest` in size.

        2^-52 times the longest chain of roundings times the size of what is summed. It takes the
        terms of the game at this mean field as they were computed.
        """
        model = self.model
        size = self.reward_size + model.discount * self.kernel_size * largest
        return ULP * model.longest * size


def _sums(owner: Ints, values: Floats, n: int) -> Floats:
    """Return the sums of the values of each owner 0..n-1 (0 for one that has none)."""
    # Measured to be faster than np.add.reduceat, and right for rows without entries.
    found: npt.NDArray[Any] = np.bincount(owner, values, n)
    return found


def _unit(n: int, i: int) -> Floats:
    z = np.zeros(n)
    z[i] = 1.0
    return z


def _number(value: Value) -> float:
    e = value if isinstance(value, sympy.Expr) else rational(value)
    return value_of(compile_term(e, {}), e, (), ())


def names_of(model: Model) -> Sequence[str]:
    """Return the names of the aggregates, in the order of `Model.phi`."""
    return model._bounds[2]
