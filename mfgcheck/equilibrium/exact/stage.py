"""A game at one rational mean field, in exact arithmetic: best response, stationary law, next law.

Everything here is a statement about rational numbers: no float, no rounding. It needs terms with
rational values; where a term has none (an exponential, say), the answer is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import flint
import numpy as np

from mfgcheck import rigor
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.mean_field import ConcreteMeanField
from mfgcheck.rigor.chains import Law, Matrix, Stationary, fraction, rational, stationary

__all__ = ["ExactModel", "ExactResponse", "ExactStage", "Law", "Matrix", "Strategy", "read_law"]

Strategy: TypeAlias = tuple[int, ...]
"""The number of the likeliest action in each state, by state number."""


@dataclass(frozen=True, eq=False)
class ExactModel:
    """A game's numbers as exact matrices, from which stages are made.

    Attributes:
        tables: the game's tables.
    """

    tables: Tables

    @staticmethod
    def of(game: Game) -> ExactModel:
        """Read the matrices off a game.

        Raises:
            BadInput: the tremble is too large, or the kernel too large for memory.
        """
        return ExactModel(Tables.of(game))

    @cached_property
    def _kernels(self) -> list[Any]:
        """For each term of the kernel its part of it: matrix (S * A, S), over the denominator."""
        states, actions, _ = self.tables.shape
        whole = self.tables.kernel.reshape(states * actions, self.tables.kernel_terms, states)
        return [_integer_matrix(whole[:, k]) for k in range(self.tables.kernel_terms)]

    @cached_property
    def _rewards(self) -> Any:
        states, actions, terms = self.tables.shape
        return _integer_matrix(self.tables.rewards.reshape(states * actions, terms))

    @cached_property
    def needed(self) -> tuple[int, ...]:
        """Positions (in `tables.terms`) of the terms on which Q*'s differences can depend.

        These occur in the kernel, or in the difference of two rewards.
        """
        states, actions, terms = self.tables.shape
        rewards = self.tables.rewards.reshape(states * actions, terms)
        varies = np.any(rewards != rewards[:1], axis=0)
        kernel = np.any(self.tables.kernel != 0, axis=(0, 1, 3))
        kernel = np.concatenate([kernel, np.zeros(terms - len(kernel), dtype=bool)])
        return tuple(np.flatnonzero(varies | kernel).tolist())

    @cached_property
    def aggregates(self) -> tuple[int, ...]:
        """Numbers of the aggregates that the needed terms depend on."""
        of = self.tables.game.scalars.aggregates_of
        return tuple(sorted({j for k in self.needed for j in of[self.tables.terms[k]]}))

    def aggregate_values(self, law: Law) -> dict[int, Fraction] | None:
        """Return the aggregates that matter, by number; None if one is not rational."""
        setting = self.tables.game.scalars.setting(self.aggregates)
        values = setting.at({s: mass for s, mass in enumerate(law) if mass})
        found = {j: rigor.exact_value(values[i]) for i, j in enumerate(self.aggregates)}
        known = {j: value for j, value in found.items() if value is not None}
        return known if len(known) == len(found) else None

    def term_values(self, aggregates: Mapping[int, Fraction]) -> list[Fraction] | None:
        """Return the values of the terms (0 for those not needed); None if one is not rational.

        Raises:
            BadInput: the value of an aggregate that matters is not given.
        """
        missing = [j for j in self.aggregates if j not in aggregates]
        if missing:
            name = self.tables.game.scalars.aggregates[missing[0]].name
            raise BadInput(f"the value of the aggregate {name} is needed")
        at = {j: rigor.const(value) for j, value in aggregates.items()}
        values = [Fraction(0)] * len(self.tables.terms)
        for k in self.needed:
            term = self.tables.game.scalars.expression(self.tables.terms[k])
            value = rigor.exact_value(rigor.substitute(term, at))
            if value is None:
                return None
            values[k] = value
        return values

    def stage(self, aggregates: Mapping[int, Fraction]) -> ExactStage | None:
        """Return the game at given values of the aggregates; None if a term is not rational there.

        Raises:
            BadInput: a value is missing, or the kernel is no kernel there (so the values are of no
                mean field).

        >>> from mfgcheck.gallery import make
        >>> stage = ExactModel.of(make("audit-c")).stage({0: Fraction(1, 3)})
        >>> stage.best_response().optimal
        ((0, 1), (0, 1))
        """
        values = self.term_values(aggregates)
        return None if values is None else self.with_terms(values)

    def with_terms(self, values: Sequence[Fraction]) -> ExactStage:
        """Return the game where the terms have these values, by position in `tables.terms`.

        Raises:
            BadInput: the kernel is no kernel there.
        """
        tables = self.tables
        rows, rewards = self.combine([rational(x) for x in values])
        kernel = rows / flint.fmpq(tables.denominator)
        _check(kernel)
        states, actions, _ = tables.shape
        reward = rewards / flint.fmpq(tables.reward_denominator)
        return ExactStage(tables.game, states, actions, reward, kernel, tables.kappa, tables.spread)

    def combine(self, values: Sequence[Any]) -> tuple[Any, Any]:
        """Return kernel and reward over their denominators where the terms have these values.

        Flint matrices (S * A, S) and (S * A, 1); the values are flint's rationals.
        """
        rewards = self._rewards * flint.fmpq_mat(len(values), 1, list(values))
        kernel = self._kernels[0] * values[0]
        for part, value in zip(self._kernels[1:], values[1:], strict=False):
            kernel = kernel + part * value
        return kernel, rewards

    def mixer(self, strategy: Strategy) -> Any:
        """Return the trembling strategy as a flint matrix (S, S * A).

        Raises:
            BadInput: this is no strategy of the game.
        """
        states, actions, _ = self.tables.shape
        return trembling(strategy, states, actions, self.tables.kappa, self.tables.spread)

    def at(self, law: Law) -> ExactStage | None:
        """Return the game at a mean field; None if something that matters is not rational there."""
        aggregates = self.aggregate_values(law)
        return None if aggregates is None else self.stage(aggregates)


@dataclass(frozen=True, eq=False)
class ExactResponse:
    """The optimal TQ-values of a stage and all actions that attain them.

    Attributes:
        q_values: (S, A), exact, up to a number that is the same for all states and actions.
        optimal: for each state the numbers of all optimal actions, in increasing order.
    """

    q_values: Matrix
    optimal: tuple[tuple[int, ...], ...]

    @property
    def lowest(self) -> Strategy:
        """The optimal action of the lowest number in each state."""
        return tuple(actions[0] for actions in self.optimal)

    @property
    def highest(self) -> Strategy:
        """The optimal action of the highest number in each state."""
        return tuple(actions[-1] for actions in self.optimal)

    @property
    def tied(self) -> tuple[int, ...]:
        """Numbers of the states with several optimal actions."""
        return tuple(s for s, actions in enumerate(self.optimal) if len(actions) > 1)

    @property
    def gap(self) -> Fraction | None:
        """The smallest difference between the best and the second best action's TQ-values.

        0 at a tie; None if there is one action only.
        """
        if len(self.q_values[0]) == 1:
            return None
        ordered = (sorted(row) for row in self.q_values)
        return min(row[-1] - row[-2] for row in ordered)


@dataclass(frozen=True, eq=False)
class ExactStage:
    """A game at a fixed mean field: exact reward and kernel.

    Attributes:
        game: the game.
        states, actions: how many.
        rewards: flint matrix (S * A, 1), up to a number that is the same in all rows.
        rows: flint matrix (S * A, S), the kernel.
        kappa, spread: the trembling strategy plays its action with kappa + spread, any other with
            spread.
    """

    game: Game
    states: int
    actions: int
    rewards: Any
    rows: Any
    kappa: Fraction
    spread: Fraction

    @cached_property
    def reward(self) -> Matrix:
        """(S, A), up to a number that is the same in all entries."""
        flat = [fraction(x) for x in self.rewards.entries()]
        return self._by_state(flat)

    @cached_property
    def kernel(self) -> tuple[Matrix, ...]:
        """(S, A, S)."""
        lines = [tuple(map(fraction, line)) for line in self.rows.tolist()]
        a = self.actions
        return tuple(tuple(lines[s * a : (s + 1) * a]) for s in range(self.states))

    def trembling_kernel(self, strategy: Strategy) -> Matrix:
        """Return the law of the next state, under the trembling strategy, by state: (S, S)."""
        mixed = self._mixer(strategy) * self.rows
        return tuple(tuple(map(fraction, line)) for line in mixed.tolist())

    def q_values(self, strategy: Strategy) -> Matrix:
        """Return the TQ-values of the trembling strategy: (S, A), see `ExactResponse.q_values`."""
        return self._by_state([fraction(x) for x in self._q(strategy).entries()])

    def best_response(self, start: Strategy | None = None) -> ExactResponse:
        """Return Q*, and all optimal actions of every state, by policy iteration.

        `start` is the strategy to begin with (it changes nothing but the time).
        """
        strategy = start or tuple(max(range(len(q)), key=q.__getitem__) for q in self.reward)
        while True:
            # Every change makes some value larger and none smaller (kappa >= 0), so no strategy
            # comes twice and this ends.
            q = self.q_values(strategy)
            best = [max(row) for row in q]
            better = tuple(
                old if row[old] == top else row.index(top)
                for old, row, top in zip(strategy, q, best, strict=True)
            )
            if better == strategy:
                break
            strategy = better
        if not self._is_fixed(q, best):
            raise AssertionError("policy iteration ended at values that F changes")
        optimal = tuple(
            tuple(a for a, x in enumerate(row) if x == top)
            for row, top in zip(q, best, strict=True)
        )
        return ExactResponse(q, optimal)

    def stationary(self, strategy: Strategy) -> Stationary:
        """Return the stationary laws of the trembling strategy's kernel."""
        return stationary(self.trembling_kernel(strategy))

    def distribution(self, law: Law, strategy: Strategy) -> Law:
        """Return Phi: the next law when this one plays the trembling strategy."""
        row = flint.fmpq_mat(1, self.states, [rational(x) for x in law])
        return tuple(map(fraction, (row * self._mixer(strategy) * self.rows).entries()))

    def _by_state(self, flat: Sequence[Fraction]) -> Matrix:
        a = self.actions
        return tuple(tuple(flat[s * a : (s + 1) * a]) for s in range(self.states))

    def _mixer(self, strategy: Strategy) -> Any:
        """The trembling strategy as a matrix (S, S * A)."""
        return trembling(strategy, self.states, self.actions, self.kappa, self.spread)

    def _q(self, strategy: Strategy) -> Any:
        # V = mu r + gamma mu P V, and Q = r + gamma P V.
        mixer, gamma = self._mixer(strategy), rational(self.game.discount)
        system = _identity(self.states) - mixer * self.rows * gamma
        value = system.solve(mixer * self.rewards)
        return self.rewards + self.rows * value * gamma

    def _is_fixed(self, q: Matrix, best: Sequence[Fraction]) -> bool:
        """Whether F(Q) = Q, with G(Q) = kappa max + spread sum written out afresh."""
        smoothed = [
            self.kappa * top + self.spread * sum(row) for row, top in zip(q, best, strict=True)
        ]
        value = flint.fmpq_mat(self.states, 1, [rational(x) for x in smoothed])
        image = self.rewards + self.rows * value * rational(self.game.discount)
        return self._by_state([fraction(x) for x in image.entries()]) == q


def trembling(
    strategy: Strategy, states: int, actions: int, kappa: Fraction, spread: Fraction
) -> Any:
    """Return a trembling strategy as a flint matrix (S, S * A).

    Raises:
        BadInput: the strategy does not give one action's number for each state.
    """
    if len(strategy) != states or not all(0 <= a < actions for a in strategy):
        raise BadInput(f"{strategy} does not give one action's number for each state")
    played, other = rational(kappa + spread), rational(spread)
    mixer = flint.fmpq_mat(states, states * actions)
    for s, chosen in enumerate(strategy):
        for a in range(actions):
            mixer[s, s * actions + a] = played if a == chosen else other
    return mixer


def read_law(game: Game, masses: Mapping[Any, object]) -> Law:
    """Read a mean field given as {state: mass}.

    Raises:
        InvalidGame: a key is no state, a mass is negative, or the masses do not sum to 1.

    >>> from mfgcheck.gallery import make
    >>> read_law(make("audit-c"), {1: "1/3", 0: "2/3"})
    (Fraction(2, 3), Fraction(1, 3))
    """
    field = ConcreteMeanField(game.states, masses)
    numbers = [field[label] for label in game.states.labels]
    return tuple(Fraction(int(x.p), int(x.q)) for x in numbers)


def _integer_matrix(values: Any) -> Any:
    return flint.fmpq_mat(flint.fmpz_mat([[int(x) for x in row] for row in values]))


def _identity(n: int) -> Any:
    return flint.fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def _check(kernel: Any) -> None:
    """Refuse values of the aggregates at which the kernel is none."""
    for line in kernel.tolist():
        if any(x < 0 for x in line) or sum(line, flint.fmpq(0)) != 1:
            raise BadInput(
                "the kernel has negative weights, or weights that do not sum to 1, at these values "
                "of the aggregates: no mean field has them"
            )
