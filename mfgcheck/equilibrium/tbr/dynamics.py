"""T-BR and modified T-BR in floating point: what a run did, and how it ended."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

from mfgcheck.equilibrium.tbr.dominance import Fall
from mfgcheck.equilibrium.tbr.model import Model, names_of
from mfgcheck.equilibrium.tbr.response import next_law, residual, respond
from mfgcheck.equilibrium.tbr.start import Start, check_limits, starting_law
from mfgcheck.equilibrium.tbr.track import Repeats, Track
from mfgcheck.errors import BadInput
from mfgcheck.game.floats import Floats
from mfgcheck.game.game import Game

Ints = npt.NDArray[np.int64]
Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (step, most steps, what is being done) now and then."""


class Outcome(StrEnum):
    """How a run ended.

    CONVERGED: the consistency residual of the last pair is at most the accuracy (and so is the
        next step of modified T-BR, which may visit an equilibrium and leave it again).
    CYCLE: the mean fields repeat with a period of two or more.
    LIMIT: neither within the steps allowed.
    INTERRUPTED: it was stopped from the keyboard.
    """

    CONVERGED = "converged"
    CYCLE = "cycle"
    LIMIT = "iteration limit"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, eq=False)
class Run:
    """What T-BR, or modified T-BR, did from one mean field: observed in floats, proved in nothing.

    The result is the pair (`mean_field`, `strategy`), the last row of both arrays.

    Attributes:
        game: the game.
        algorithm: "t-br" or "modified".
        selection: "inf" (the lowest maximising action, by number) or "sup" (the highest).
        start: "least", "greatest" or "given".
        accuracy: largest consistency residual that counts as convergence.
        steps: how many steps were made; the mean fields are numbered from 0 to `steps`.
        kept: array (N,), the numbers of the mean fields that were kept, from 0 to `steps`. All
            are, unless they are too many (see `track.KEPT_NUMBERS`): then every second, fourth,
            .. one, and the last.
        mean_fields: array (N, S), the mean fields that were kept.
        strategies: array (N, S), the likeliest action's number in each state, greedy for the mean
            field in the same row.
        heights: array (steps + 1,), the expected position of an agent at every step: the mean
            number of covering steps above the bottom state (on a chain 0..n-1, the mean state).
        aggregates: along `kept`, arrays (N,) of the aggregates that occur in the game, by name.
        outcome: how it ended.
        period: how many steps a cycle takes; None without one.
        cycle: array (period, S), the mean fields of the cycle; None without one.
        cycle_aggregates: their aggregates, arrays (period,) by name; None without a cycle.
        q_values: array (S, A), TQ-values at the last mean field.
        q_error: bound on the distance of `q_values` from Q*, in the largest entry, in reward
            units: the contraction's, plus an allowance for rounding.
        optimality_residual: the largest entry of |F(Q) - Q| for these values.
        consistency_residual: ||z - Phi(z, mu)||_1 of the last pair, which was computed.
        gaps: array (S,), the best minus the second best TQ-value of each state; infinite if there
            is one action.
        ties: numbers of the states whose gap is at most twice `q_error`: ties as far as floats
            can tell. `selection` chose among all actions that close to the best.
        rising: True if every mean field stochastically dominates the one before, False if each
            is dominated by it, None if neither (a run that never moves is True).
        fall: where the first step that goes against the run's first direction does so; None if
            there is none.
        seconds: how long it took.
    """

    game: Game
    algorithm: str
    selection: str
    start: str
    accuracy: float
    steps: int
    kept: Ints
    mean_fields: Floats
    strategies: Ints
    heights: Floats
    aggregates: Mapping[str, Floats]
    outcome: Outcome
    period: int | None
    cycle: Floats | None
    cycle_aggregates: Mapping[str, Floats] | None
    q_values: Floats
    q_error: float
    optimality_residual: float
    consistency_residual: float
    gaps: Floats
    ties: tuple[int, ...]
    rising: bool | None
    fall: Fall | None
    seconds: float

    def __bool__(self) -> NoReturn:
        raise TypeError("a run is not a truth value: compare run.outcome")

    @property
    def mean_field(self) -> Floats:
        """Array (S,), the last mean field."""
        last: Floats = self.mean_fields[-1]
        return last

    @property
    def strategy(self) -> Ints:
        """Array (S,), the likeliest action's number in each state, greedy for `mean_field`."""
        last: Ints = self.strategies[-1]
        return last

    @property
    def gap(self) -> float:
        """The smallest action gap."""
        return float(self.gaps.min())

    @property
    def gap_state(self) -> int:
        """The number of the first state whose gap is the smallest, as far as `q_error` can tell."""
        if self.gap == math.inf:
            return 0
        return int(np.argmax(self.gaps <= self.gap + 4 * self.q_error))


def t_br(
    game: Game | Model,
    start: Start = "least",
    selection: str | None = None,
    accuracy: float = 1e-8,
    max_steps: int = 10_000,
    on_progress: Progress | None = None,
) -> Run:
    """Run T-BR: best response to the mean field, next mean field under it, and so on.

    Args:
        game: the game, or its arrays (`Model.of(game)`) to save making them again.
        start: "least", "greatest", masses by state label, or an array (S,).
        selection: "inf" or "sup", which maximising action is taken where there are several; by
            default "sup" from the greatest law and else "inf".
        accuracy: largest consistency residual ||z - Phi(z, mu)||_1 that counts as convergence.
        max_steps: after so many steps the run ends as it stands.
        on_progress: called as (step, max_steps, text) now and then.

    Raises:
        BadInput: an argument is wrong, the tremble is too large, or a number is beyond float64.

    Source: Lee et al. (2021), Algorithm 1.

    >>> from mfgcheck import Game, point
    >>> stay = Game(states=3, actions=2, reward=lambda s, a, z: -a,
    ...             transition=lambda s, a, z: point(s), discount="3/4", tremble="1/5")
    >>> t_br(stay).outcome
    <Outcome.CONVERGED: 'converged'>
    """
    return _run(game, "t-br", start, selection, accuracy, max_steps, on_progress, None)


def modified_t_br(
    game: Game | Model,
    start: Start = "least",
    selection: str | None = None,
    accuracy: float = 1e-8,
    max_steps: int = 10_000,
    on_progress: Progress | None = None,
    first_strategy: Sequence[int] | Ints | None = None,
) -> Run:
    """Run modified T-BR, in which the mean field moves under the strategy of the step before.

    The paper leaves open z_1 and mu_0. Here z_1 = z_0, the mean field that is numbered 0, and mu_0
    is the least strategy from the least law, the greatest from the greatest, and the best response
    to z_0 from elsewhere: with another mu_0 the algorithm may cycle even from the least law.

    Args:
        game, start, selection, accuracy, max_steps, on_progress: as for `t_br`.
        first_strategy: another mu_0, as numbers of the likeliest actions (S,).

    Raises:
        BadInput: as for `t_br`.

    Source: Lee et al. (2021), Algorithm 6, with an initialisation.
    """
    return _run(
        game, "modified", start, selection, accuracy, max_steps, on_progress, first_strategy
    )


def _run(
    game: Game | Model,
    algorithm: str,
    start: Start,
    selection: str | None,
    accuracy: float,
    max_steps: int,
    on_progress: Progress | None,
    first_strategy: Sequence[int] | Ints | None,
) -> Run:
    started = time.perf_counter()
    model = game if isinstance(game, Model) else Model.of(game)
    name, z = starting_law(model, start)
    chosen = selection or ("sup" if name == "greatest" else "inf")
    if chosen not in ("inf", "sup"):
        raise BadInput(f"the selection is {selection!r}: it must be inf or sup")
    check_limits(accuracy, max_steps)
    modified = algorithm == "modified"
    played = first_strategy_of(model, name, first_strategy) if modified else None
    track = Track(model, expected={"least": True, "greatest": False}.get(name))
    repeats = Repeats()
    q: Floats | None = None
    outcome = Outcome.LIMIT
    for step in range(max_steps + 1):
        try:
            stage = model.at(z)
            answer = respond(stage, q)
            actions = answer.lowest if chosen == "inf" else answer.highest
            image = next_law(stage, actions)
            distance = float(np.abs(image - z).sum())
            if on_progress is not None and step % 16 == 0:
                on_progress(step, max_steps, f"from {name}: residual {distance:.1e}")
        except KeyboardInterrupt:
            if not step:
                raise
            outcome = Outcome.INTERRUPTED  # what was found up to the step before is kept
            break
        q = answer.q_values
        track.add(z, actions)
        last = stage, actions, distance
        moved = distance
        if played is not None:
            image = next_law(stage, played)
            moved = float(np.abs(image - z).sum())
        # Modified T-BR may visit an equilibrium and leave it again.
        if max(distance, moved) <= accuracy:
            outcome = Outcome.CONVERGED
            break
        if repeats.found(z, actions, moved):
            outcome = Outcome.CYCLE
            break
        played = actions if modified else None
        z = image
    stage, actions, distance = last
    final = respond(stage, q, accuracy)
    cyclic = outcome is Outcome.CYCLE
    kept, path, strategies, heights, direction = track.end()
    return Run(
        game=model.game,
        algorithm=algorithm,
        selection=chosen,
        start=name,
        accuracy=accuracy,
        steps=len(heights) - 1,
        kept=kept,
        mean_fields=path,
        strategies=strategies,
        heights=heights,
        aggregates=_aggregates(model, path),
        outcome=outcome,
        period=repeats.period if cyclic else None,
        cycle=repeats.cycle if cyclic else None,
        cycle_aggregates=_aggregates(model, repeats.cycle) if cyclic else None,
        q_values=final.q_values,
        q_error=final.error,
        optimality_residual=residual(stage, final.q_values),
        consistency_residual=distance,
        gaps=final.gaps,
        ties=tuple(final.ties.tolist()),
        rising=direction.rising,
        fall=direction.fall,
        seconds=time.perf_counter() - started,
    )


def _aggregates(model: Model, path: Floats) -> dict[str, Floats]:
    return dict(zip(names_of(model), model.phi @ path.T, strict=True))


def first_strategy_of(
    model: Model, name: str, given: Sequence[int] | Ints | None = None
) -> Ints | None:
    """Return mu_0 of modified T-BR by the name of its start; None for the best response to z_0."""
    if given is not None:
        actions = np.array(given, dtype=np.int64)
        if (
            actions.shape != (model.states,)
            or not ((actions >= 0) & (actions < model.actions)).all()
        ):
            raise BadInput(
                f"the first strategy must give each of the {model.states} states the number of an "
                f"action, from 0 to {model.actions - 1}"
            )
        return actions
    if name == "given":
        return None
    return np.full(model.states, 0 if name == "least" else model.actions - 1)
