"""Evidence about Proposition 2 and the lemmas around it: games with complementarities, in cases.

The games are proved to satisfy Definition 1. Values are exact, at all mean fields whose masses are
multiples of some fraction; examples of that kind can refute a theorem and do not prove it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from mfgcheck.budgets.bounds.flaws import optimal_values
from mfgcheck.equilibrium.exact.stage import ExactStage, Law, Matrix, Strategy
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.orders import Order, product
from mfgcheck.paper.claim import Finding, confirmed, denied
from mfgcheck.paper.evidence import brute, games
from mfgcheck.paper.evidence.definition import objection

Values: TypeAlias = tuple[Fraction, ...]
Pair: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """A game at many mean fields.

    Attributes:
        game: the game.
        laws: the mean fields.
        stages: the game at each of them.
        above: pairs of numbers of mean fields, the second of which dominates the first or is it.
    """

    game: Game
    laws: list[Law]
    stages: list[ExactStage]
    above: list[Pair]

    @staticmethod
    def of(game: Game, parts: int) -> Grid:
        """Read a game at all mean fields with masses that are multiples of 1/parts."""
        sets = brute.upper_sets(game.states)
        laws = brute.laws(game.states, parts)
        above = [
            (i, j)
            for i, j in itertools.product(range(len(laws)), repeat=2)
            if brute.below(sets, laws[i], laws[j])
        ]
        return Grid(game, laws, [brute.stage_at(game, law) for law in laws], above)


def proposition_2(names: Sequence[str], parts: int, *, in_z: bool) -> Finding:
    """Whether Proposition 2 is true of games: V* and the inf and the sup of the greedy actions.

    Args:
        names: games, see `games.named`.
        parts: mean fields are those whose masses are multiples of 1/parts.
        in_z: whether V* is asked not to fall in z either, as the induction hypothesis has it.
    """
    made = games.named(names)
    compared = 0
    for game in made:
        wrong = objection(game)
        if wrong is not None:
            return wrong
        grid, actions = Grid.of(game, parts), game.actions
        responses = [stage.best_response() for stage in grid.stages]
        values = [
            brute.smoothed(stage, response.q_values)
            for stage, response in zip(grid.stages, responses, strict=True)
        ]
        fault = _value_fault(grid, values, in_z=in_z)
        for selection in (min, max):
            chosen = [
                tuple(_end(actions, options, selection) for options in response.optimal)
                for response in responses
            ]
            for response, strategy in zip(responses, chosen, strict=True):
                if any(a not in o for a, o in zip(strategy, response.optimal, strict=True)):
                    fault = fault or "the inf or the sup of the greedy actions is not greedy"
            fault = fault or _strategy_fault(grid, chosen)
        if fault is not None:
            return denied(f"in the {game.name} {fault}.")
        compared += len(grid.above)
    return confirmed(
        f"in {len(made)} games at {compared} pairs of mean fields z <= z' V* rises with the state, "
        "has increasing differences, and the lowest and the highest greedy actions rise with state "
        "and mean field."
    )


def all_trembles(actions: int, tremble: object, parts: int, *, greedy: bool) -> Finding:
    """Whether Proposition 2 is true of the grid's games, with V* the best over all strategies.

    Args:
        actions: how many; they form a chain.
        tremble: of any size.
        parts: mean fields are those whose masses are multiples of 1/parts.
        greedy: whether to take not the best strategies, but those that mean maximisers of the
            fixed point of F, as the paper writes: above (|A|-1)/|A| that is not the same.
    """
    made = games.grid(actions, tremble)
    compared = 0
    for game in made:
        wrong = games.objection_at_any_tremble(game)
        if wrong is not None:
            return wrong
        grid = Grid.of(game, parts)
        bests = [_greedy(stage) if greedy else brute.best(stage) for stage in grid.stages]
        fault = _value_fault(grid, [best.values for best in bests], in_z=False)
        for selection in (min, max):
            chosen = [_likeliest(grid.game, best.strategies, selection) for best in bests]
            fault = fault or _law_fault(grid, chosen)
        if fault is not None:
            return denied(f"in the {game.name} {fault}.")
        compared += len(grid.above)
    return confirmed(
        f"with {actions} actions and eps = {made[0].tremble}, which is above "
        f"{Fraction(actions - 1, actions)}, the best values and strategies of {len(made)} games at "
        f"{compared} pairs of mean fields have all the properties."
    )


def _greedy(stage: ExactStage) -> brute.Best:
    """Return what means maximisers of the fixed point of F."""
    q = brute.fixed_point(stage)
    chosen = itertools.product(*([a for a, x in enumerate(r) if x == max(r)] for r in q))
    return brute.Best(brute.smoothed(stage, q), q, tuple(chosen))


def lemma_2(names: Sequence[str], parts: int, falling: object, steps: int = 3) -> Finding:
    """Whether Lemma 2 is true of games and of the values that TQ-value iteration goes through.

    Args:
        names: games, see `games.named`.
        parts: mean fields are those whose masses are multiples of 1/parts.
        falling: how much less the first value function is where no state lies below: at 0 it
            satisfies the lemma's hypothesis, above it does not.
        steps: steps of TQ-value iteration.
    """
    cases = 0
    for grid, values in _iterates(names, parts, falling, steps):
        game = grid.game
        pairs = product(game.states, game.actions)
        expected = [_without_reward(stage, v) for stage, v in zip(grid.stages, values, strict=True)]
        for v in expected:
            if not _rises(pairs, v):
                return denied(f"in the {game.name} the mean of V falls in state or action.")
        greedy = [
            tuple(map(max, brute.update(stage, v)))
            for stage, v in zip(grid.stages, values, strict=True)
        ]
        fault = _value_fault(grid, greedy, in_z=False)
        for i, j in grid.above:
            if not _rises(pairs, [y - x for x, y in zip(expected[i], expected[j], strict=True)]):
                fault = fault or "the mean of V has no increasing differences"
        if fault is not None:
            return denied(f"in the {game.name} {fault}.")
        cases += len(grid.above)
    return confirmed(f"it holds in {cases} cases: a game, a value function, and two mean fields.")


def lemma_3(names: Sequence[str], parts: int, falling: object, steps: int = 3) -> Finding:
    """Whether Lemma 3 is true of the values that TQ-value iteration goes through.

    The arguments are those of `lemma_2`.
    """
    cases = 0
    for grid, values in _iterates(names, parts, falling, steps):
        states, actions = grid.game.states, grid.game.actions
        best = [
            [{a for a, x in enumerate(row) if x == max(row)} for row in brute.update(stage, v)]
            for stage, v in zip(grid.stages, values, strict=True)
        ]
        for (i, j), (s, t) in itertools.product(grid.above, _ordered(states)):
            for a, b in itertools.product(best[i][s], best[j][t]):
                low, high = _end(actions, (a, b), min), _end(actions, (a, b), max)
                if low not in best[i][s] or high not in best[j][t]:
                    return denied(f"in the {grid.game.name} the set of best actions falls.")
                cases += 1
    return confirmed(f"it holds for {cases} pairs of a best action below and one above.")


def next_laws(names: Sequence[str], parts: int, *, monotone: bool) -> Finding:
    """Whether K of the proof of Theorem 1 rises with strategy, mean field and law of the states.

    Args:
        names: games, see `games.named`.
        parts: laws are those whose masses are multiples of 1/parts.
        monotone: whether only strategies that rise with the state are asked.
    """
    made = games.named(names)
    compared = 0
    for game in made:
        wrong = objection(game)
        if wrong is not None:
            return wrong
        grid, sets, actions = Grid.of(game, parts), brute.upper_sets(game.states), game.actions
        chosen = [
            mu
            for mu in brute.strategies(grid.stages[0])
            if not monotone or all(actions.leq(mu[s], mu[t]) for s, t in _ordered(game.states))
        ]
        images = {
            (i, mu, k): stage.distribution(law, mu)
            for (i, stage), mu, (k, law) in itertools.product(
                enumerate(grid.stages), chosen, enumerate(grid.laws)
            )
        }
        for mu, nu in itertools.product(chosen, repeat=2):
            if not all(map(actions.leq, mu, nu)):
                continue
            for (i, j), (k, m) in itertools.product(grid.above, repeat=2):
                compared += 1
                if not brute.below(sets, images[i, mu, k], images[j, nu, m]):
                    return denied(f"in the {game.name} K falls, under the strategy {mu}.")
    return confirmed(f"in {len(made)} games K rises in all of {compared} comparisons.")


def falls_in_z(
    game: str, low: Mapping[Any, object], high: Mapping[Any, object], by: object
) -> Finding:
    """Whether V* falls by a certain number in every state from a mean field to a higher one.

    Args:
        game: a game of the gallery.
        low, high: mean fields {state: mass}.
        by: the number.
    """
    made = make(game)
    wrong = objection(made)
    if wrong is not None:
        return wrong
    kappa, spread = brute.weights(made)
    here, there = (
        tuple(kappa * max(row) + spread * sum(row) for row in optimal_values(made, z))
        for z in (low, high)
    )
    falls = {x - y for x, y in zip(here, there, strict=True)}
    text = (
        f"{game} satisfies Definition 1, and V* is ({_text(here)}) at the lower mean field and "
        f"({_text(there)}) at the higher one"
    )
    return confirmed(f"{text}.") if falls == {Fraction(str(by))} else denied(f"{text}.")


def _iterates(
    names: Sequence[str], parts: int, falling: object, steps: int
) -> Iterator[tuple[Grid, list[Values]]]:
    """Yield games and value functions, one for each mean field, as TQ-value iteration makes them.

    Raises:
        AssertionError: a game does not satisfy Definition 1.
    """
    for game in games.named(names):
        wrong = objection(game)
        if wrong is not None:
            raise AssertionError(wrong.text)
        grid = Grid.of(game, parts)
        drop = Fraction(str(falling))
        start = tuple(
            -drop * sum(game.states.leq(x, s) for x in range(game.states.size))
            for s in range(game.states.size)
        )
        values: list[Values] = [start for _ in grid.laws]
        for _ in range(steps):
            yield grid, values
            values = [
                brute.smoothed(stage, brute.update(stage, v))
                for stage, v in zip(grid.stages, values, strict=True)
            ]


def _value_fault(grid: Grid, values: Sequence[Values], *, in_z: bool) -> str | None:
    """Return which property values fail to have; None if they have them all."""
    states = grid.game.states
    if not all(_rises(states, v) for v in values):
        return "the value falls in the state"
    for i, j in grid.above:
        change = [y - x for x, y in zip(values[i], values[j], strict=True)]
        if not _rises(states, change):
            return "the value has no increasing differences in state and mean field"
        if in_z and min(change) < 0:
            return f"the value falls with the mean field, by {-min(change)}"
    return None


def _strategy_fault(grid: Grid, chosen: Sequence[Strategy]) -> str | None:
    states, actions = grid.game.states, grid.game.actions
    for mu in chosen:
        if not all(actions.leq(mu[s], mu[t]) for s, t in _ordered(states)):
            return "the greedy action falls in the state"
    for i, j in grid.above:
        if not all(map(actions.leq, chosen[i], chosen[j])):
            return "the greedy action falls with the mean field"
    return None


def _law_fault(grid: Grid, chosen: Sequence[Strategy]) -> str | None:
    """As `_strategy_fault`, by the laws that the trembling hand makes of the actions."""
    game = grid.game
    sets = brute.upper_sets(game.actions)
    played = [brute.play(game, a) for a in range(game.actions.size)]
    for mu in chosen:
        for s, t in _ordered(game.states):
            if not brute.below(sets, played[mu[s]], played[mu[t]]):
                return "the best strategy falls in the state"
    for i, j in grid.above:
        for a, b in zip(chosen[i], chosen[j], strict=True):
            if not brute.below(sets, played[a], played[b]):
                return "the best strategy falls with the mean field"
    return None


def _likeliest(game: Game, optimal: Iterable[Strategy], selection: Any) -> Strategy:
    """Return the meant actions of the lowest (highest) of some strategies, on chains."""
    columns = list(zip(*optimal, strict=True))
    kappa, _ = brute.weights(game)
    # Where the meant action is the least likely one, a low one makes a high law.
    end = selection if kappa >= 0 else {min: max, max: min}[selection]
    return tuple(end(column) for column in columns)


def _without_reward(stage: ExactStage, values: Values) -> list[Fraction]:
    """Return the mean of a value function at the next state, by pair of state and action."""
    gamma = stage.game.discount
    whole, reward = brute.update(stage, values), stage.reward
    return [
        (x - r) / gamma
        for row, given in zip(whole, reward, strict=True)
        for x, r in zip(row, given, strict=True)
    ]


def _end(order: Order, elements: Iterable[int], selection: Any) -> int:
    """Return the inf (selection: min) or the sup (max) of elements of a product of chains."""
    columns = zip(*(order.coordinates[x].tolist() for x in elements), strict=True)
    return sum(
        selection(column) * stride for column, stride in zip(columns, order.strides, strict=True)
    )


def _ordered(order: Order) -> list[Pair]:
    return [(x, y) for x, y in itertools.product(range(order.size), repeat=2) if order.leq(x, y)]


def _rises(order: Order, values: Sequence[Fraction]) -> bool:
    lower, upper = order.covers
    return all(values[x] <= values[y] for x, y in zip(lower, upper, strict=True))


def _text(values: Matrix | Values) -> str:
    return ", ".join(map(str, values))
