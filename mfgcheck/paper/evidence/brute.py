"""Games at one mean field the slow way: the user's functions run afresh, all strategies tried.

Unlike `mfgcheck.equilibrium` this also takes trembles above (|A|-1)/|A|, where the greedy action
is the least likely one, and rewards are not shifted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from mfgcheck.equilibrium.exact.stage import ExactStage, Law, Matrix, Strategy
from mfgcheck.game.game import Game
from mfgcheck.game.orders import Order
from mfgcheck.rigor.chains import rational

UpperSets = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Best:
    """The best that trembling strategies can do at a mean field.

    Attributes:
        values: V*, by state.
        q_values: Q*, (S, A).
        strategies: all that attain V* in every state.
    """

    values: tuple[Fraction, ...]
    q_values: Matrix
    strategies: tuple[Strategy, ...]


def weights(game: Game) -> tuple[Fraction, Fraction]:
    """Return kappa and c: the meant action has probability kappa + c, any other one c."""
    others = game.actions.size - 1
    spread = game.tremble / others if others else Fraction(0)
    return 1 - game.tremble - spread, spread


def stage_at(game: Game, law: Law) -> ExactStage:
    """Return a game whose numbers are rational at a mean field there, with its true rewards."""
    states, actions = game.states, game.actions
    masses = dict(zip(states.labels, law, strict=True))
    pairs = list(itertools.product(states.labels, actions.labels))
    rewards = flint.fmpq_mat(len(pairs), 1)
    rows = flint.fmpq_mat(len(pairs), states.size)
    for i, (s, a) in enumerate(pairs):
        rewards[i, 0] = _number(game.reward_at(s, a, masses))
        for label, p in game.kernel_at(s, a, masses).items():
            rows[i, states.index[label]] = _number(p)
    return ExactStage(game, states.size, actions.size, rewards, rows, *weights(game))


def strategies(stage: ExactStage) -> Iterator[Strategy]:
    """Yield all strategies."""
    return itertools.product(range(stage.actions), repeat=stage.states)


def value(stage: ExactStage, q: Matrix, strategy: Strategy) -> tuple[Fraction, ...]:
    """Return the mean of q in each state under a trembling strategy."""
    return tuple(
        stage.kappa * row[a] + stage.spread * sum(row) for row, a in zip(q, strategy, strict=True)
    )


def smoothed(stage: ExactStage, q: Matrix) -> tuple[Fraction, ...]:
    """Return G(q) by state."""
    return tuple(stage.kappa * max(row) + stage.spread * sum(row) for row in q)


def update(stage: ExactStage, values: Sequence[Fraction]) -> Matrix:
    """Return r + gamma P V, (S, A)."""
    column = flint.fmpq_mat(stage.states, 1, [rational(x) for x in values])
    image = stage.rewards + stage.rows * column * rational(stage.game.discount)
    flat = [Fraction(int(x.p), int(x.q)) for x in image.entries()]
    a = stage.actions
    return tuple(tuple(flat[s * a : (s + 1) * a]) for s in range(stage.states))


def fixed_point(stage: ExactStage) -> Matrix:
    """Return the fixed point of F: the values of the strategy that is greedy for its own."""
    for strategy in strategies(stage):
        q = stage.q_values(strategy)
        if all(row[a] == max(row) for row, a in zip(q, strategy, strict=True)):
            return q
    raise AssertionError("no strategy is greedy for its own values, though F contracts")


def best(stage: ExactStage) -> Best:
    """Return the best values over all trembling strategies, by trying all."""
    found = []
    for strategy in strategies(stage):
        q = stage.q_values(strategy)
        found.append((strategy, q, value(stage, q, strategy)))
    top = tuple(map(max, zip(*(v for _, _, v in found), strict=True)))
    attain = [(strategy, q) for strategy, q, v in found if v == top]
    if not attain:
        raise AssertionError("no strategy is the best in every state")
    return Best(top, attain[0][1], tuple(strategy for strategy, _ in attain))


def laws(states: Order, parts: int) -> list[Law]:
    """Return all laws whose masses are multiples of 1/parts."""
    counts = itertools.product(range(parts + 1), repeat=states.size - 1)
    return [
        (Fraction(parts - sum(c), parts), *(Fraction(x, parts) for x in c))
        for c in counts
        if sum(c) <= parts
    ]


def upper_sets(order: Order) -> UpperSets:
    """Return all upper sets of a small order, as sorted numbers of elements."""
    found = []
    for chosen in itertools.product((False, True), repeat=order.size):
        if all(
            chosen[y] or not chosen[x]
            for x, y in itertools.product(range(order.size), repeat=2)
            if order.leq(x, y)
        ):
            found.append(tuple(x for x in range(order.size) if chosen[x]))
    return tuple(found)


def below(sets: UpperSets, p: Law, q: Law) -> bool:
    """Whether q stochastically dominates p, or is p."""
    return all(sum((q[x] - p[x] for x in upper), Fraction(0)) >= 0 for upper in sets)


def play(game: Game, action: int) -> Law:
    """Return the law on the actions of the trembling hand that means an action."""
    kappa, spread = weights(game)
    return tuple(
        kappa * (a == action) + spread if game.actions.size > 1 else Fraction(1)
        for a in range(game.actions.size)
    )


def point(states: Order, masses: Mapping[Any, Fraction]) -> Law:
    """Return a law given as {state: mass}."""
    return tuple(masses.get(label, Fraction(0)) for label in states.labels)


def _number(e: Any) -> Any:
    return flint.fmpq(int(e.p), int(e.q))
