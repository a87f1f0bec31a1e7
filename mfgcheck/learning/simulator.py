"""What learners see of a game: rewards at a mean field, and draws of next states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.numbers import exact
from mfgcheck.game.orders import Order, order_of
from mfgcheck.learning.compiled import plain
from mfgcheck.learning.draws import Floats, Ints, next_state, shares

Step: TypeAlias = Callable[[int, int, Floats, np.random.Generator], int]
"""A black box: the number of a next state, given those of state and action, and the mean field."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A game at one mean field, for drawing from.

    Attributes:
        mean_field: array (S,).
        reward: array (S, A), in C order.
        draw: (rng, s, a, rows) -> the number of the next state.
        rows: what `draw` needs (see `next_state`); None for a black box.
    """

    mean_field: Floats
    reward: Floats
    draw: Callable[..., int]
    rows: Ints | None

    def loop(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a compiled loop as it can be called with `draw`."""
        return function if self.rows is not None else plain(function)


@dataclass(frozen=True, eq=False)
class Simulator:
    """A game to draw from.

    Attributes:
        name: what it is called.
        states, actions: the orders.
        discount, tremble: as floats.
        at: the game at a mean field, array (S,).
    """

    name: str
    states: Order
    actions: Order
    discount: float
    tremble: float
    at: Callable[[Floats], Scene]

    @property
    def shape(self) -> tuple[int, int]:
        """(|S|, |A|)."""
        return self.states.size, self.actions.size

    @staticmethod
    def of(game: Game | Simulator) -> Simulator:
        """Return the simulator of a game; a simulator is its own.

        Raises:
            BadInput: the game cannot be computed with in floating point.

        >>> from mfgcheck.gallery import make
        >>> scene = Simulator.of(make("audit-c")).at(np.array([1.0, 0.0]))
        >>> rng = np.random.default_rng(0)
        >>> round(sum(scene.draw(rng, 0, 0, scene.rows) for _ in range(8000)) / 1000, 1)  # of 8
        1.0
        """
        if isinstance(game, Simulator):
            return game
        model = Model.of(game)
        table, branches = _table(model)

        def at(z: Floats) -> Scene:
            stage = model.at(z)
            rows = table.copy()
            rows[branches, 0] = shares(model.branches[0], stage.weights)
            return Scene(z, np.ascontiguousarray(stage.reward), next_state, rows)

        return Simulator(game.name, game.states, game.actions, model.discount, model.tremble, at)


def black_box(
    states: int | Sequence[object] | Order,
    actions: int | Sequence[object] | Order,
    reward: Callable[[Floats], Floats],
    step: Step,
    discount: object,
    tremble: object,
    name: str = "black box",
) -> Simulator:
    """Return a simulator of which nothing is known but its draws and its rewards.

    Args:
        states, actions: how many, or labels from lowest to highest, or an order.
        reward: the rewards at a mean field, array (S,) -> array (S, A).
        step: (s, a, z, rng) -> number of the next state; s and a are numbers, z is an array (S,).
        discount: strictly between 0 and 1.
        tremble: probability that the hand trembles, in [0, (|A| - 1)/|A|].
        name: what it is called.

    Raises:
        BadInput: a number is out of its range; later, `reward` or `step` return what they should
            not.

    Source: "a simulator, which ... can generate the next state", Lee et al. (2021), section 4.

    >>> coin = black_box(2, 1, lambda z: np.array([[0.0], [1.0]]),
    ...                  lambda s, a, z, rng: int(rng.random() < 0.5), "1/2", 0)
    >>> coin.at(np.array([1.0, 0.0])).draw(np.random.default_rng(1), 0, 0, None)
    0
    """
    known = order_of(states, "states"), order_of(actions, "actions")
    gamma, epsilon = exact(discount, "discount"), exact(tremble, "tremble")
    most = Fraction(known[1].size - 1, known[1].size)
    if not 0 < gamma < 1:
        raise BadInput(f"discount is {gamma}: it must lie strictly between 0 and 1")
    if not 0 <= epsilon <= most:
        raise BadInput(f"tremble is {epsilon}: it must lie between 0 and (|A|-1)/|A| = {most}")
    shape = known[0].size, known[1].size

    def at(mean_field: Floats) -> Scene:
        z = mean_field.copy()
        z.flags.writeable = False  # a reward or step that changed it would change the run
        given = reward(z)
        try:
            values = np.ascontiguousarray(given, dtype=np.float64)
        except (TypeError, ValueError):
            values = np.empty(0)
        if values.shape != shape or not np.all(np.isfinite(values)):
            raise BadInput(f"reward gives {given!r}: it must be finite numbers, array {shape}")

        def draw(rng: np.random.Generator, s: int, a: int, rows: None) -> int:
            del rows
            found = step(int(s), int(a), z, rng)
            whole = isinstance(found, int | np.integer) and not isinstance(found, bool)
            if not (whole and 0 <= found < shape[0]):
                raise BadInput(
                    f"step(s={s}, a={a}) gives {found!r}: it must be the number of a state, "
                    f"0 to {shape[0] - 1}"
                )
            return int(found)

        return Scene(z, values, draw, None)

    return Simulator(name, *known, float(gamma), float(epsilon), at)


def _table(model: Model) -> tuple[Ints, slice]:
    """Return the table of a game for `next_state`, and the lines that the mean field fills."""
    branch_start, branch_law = model.branches
    law_start, law_outcome, law_value = model.outcomes
    rows = slice(1, branch_start.size)
    branches = slice(rows.stop, rows.stop + branch_law.size)
    outcomes = slice(branches.stop, branches.stop + law_outcome.size)
    table = np.zeros((outcomes.stop, 3), dtype=np.int64)
    table[0, 1] = model.states
    table[rows, 1] = branch_start[:-1] + branches.start
    table[rows, 2] = branch_start[1:] + branches.start
    table[branches, 1] = law_start[:-1][branch_law] + outcomes.start
    table[branches, 2] = law_start[1:][branch_law] + outcomes.start
    table[outcomes, 0] = shares(law_start, law_value)
    table[outcomes, 1] = law_outcome
    return table, branches
