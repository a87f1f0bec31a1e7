"""T-BR and modified T-BR in floating point: what a run did, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from mfgcheck.equilibrium.dominance import Fall
from mfgcheck.game.floats import Floats
from mfgcheck.game.game import Game

Ints = npt.NDArray[np.int64]


class Outcome(StrEnum):
    """How a run ended.

    CONVERGED: the consistency residual of the last pair is at most the accuracy.
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
            are, unless they are too many (see `dynamics.KEPT_NUMBERS`): then every second, fourth,
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
        """The number of the (first) state with the smallest action gap."""
        return int(self.gaps.argmin())
