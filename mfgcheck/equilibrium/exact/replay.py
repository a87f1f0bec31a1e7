"""T-BR and modified T-BR in exact arithmetic: cycles and fixed points as statements, not floats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, NoReturn

from mfgcheck.equilibrium.exact.stage import ExactModel, Law, Strategy, read_law
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.numbers import Label


class Ending(StrEnum):
    """How an exact run ended.

    FIXED: the last step changed nothing, so that its pair is a T-MFE.
    CYCLE: what the run depends on came back after two steps or more, so that it goes on for ever.
    STEPS: neither within the steps allowed.
    LONG: the numbers grew longer than allowed.
    IRRATIONAL: something that matters has no rational value at the last mean field.
    """

    FIXED = "fixed point"
    CYCLE = "cycle"
    STEPS = "step limit"
    LONG = "numbers too long"
    IRRATIONAL = "irrational"


@dataclass(frozen=True, eq=False)
class ExactRun:
    """What T-BR, or modified T-BR, does from one mean field: exactly.

    Attributes:
        game: the game.
        algorithm: "t-br" or "modified".
        selection: "inf" (of several optimal actions the one of the lowest number) or "sup".
        mean_fields: the path z_0, z_1, ..; each gives the mass of every state by number.
        strategies: for each mean field of the path whose best response was computed, the likeliest
            action's number in each state: greedy for that mean field.
        gaps: for each of `strategies` the smallest action gap (0 at a tie; None if there is one
            action only).
        tied: for each of `strategies` the numbers of the states in which several actions are
            optimal, so that `selection` decided.
        ending: how it ended.
        cycle_start: the step from which on the run repeats itself; None if it does not.
        period: after how many steps (1 for a fixed point); None if it does not.
    """

    game: Game
    algorithm: str
    selection: str
    mean_fields: tuple[Law, ...]
    strategies: tuple[Strategy, ...]
    gaps: tuple[Fraction | None, ...]
    tied: tuple[tuple[int, ...], ...]
    ending: Ending
    cycle_start: int | None
    period: int | None

    def __bool__(self) -> NoReturn:
        raise TypeError("a run is not a truth value: compare run.ending")

    @property
    def cycle(self) -> tuple[Law, ...]:
        """The mean fields that come again and again; none if it was not seen to repeat itself."""
        if self.cycle_start is None or self.period is None:
            return ()
        return self.mean_fields[self.cycle_start : self.cycle_start + self.period]

    @property
    def cycle_gap(self) -> Fraction | None:
        """The smallest action gap on the cycle; None without a cycle or with one action."""
        if self.cycle_start is None or self.period is None:
            return None
        gaps = self.gaps[self.cycle_start : self.cycle_start + self.period]
        return min((gap for gap in gaps if gap is not None), default=None)


def exact_run(
    game: Game,
    start: Mapping[Any, object],
    selection: str = "inf",
    algorithm: str = "t-br",
    steps: int = 100,
    first: Mapping[Label, Label] | Strategy | None = None,
    max_bits: int = 20_000,
) -> ExactRun:
    """Run T-BR or modified T-BR in exact arithmetic until it repeats itself.

    T-BR goes from z to Phi(z, mu_z), with mu_z greedy for z. Modified T-BR goes from z_k to
    Phi(z_k, mu) with the strategy mu that was greedy for z_(k-1); the first step, which has no
    mean field before it, plays `first`.

    Args:
        game: the game.
        start: the first mean field, {state: mass}, rational.
        selection: "inf" or "sup", which of several optimal actions is played.
        algorithm: "t-br" or "modified".
        steps: how many steps at most.
        first: for modified T-BR, the strategy of the first step, as {state: action} or as action
            numbers by state; greedy for `start` if not given.
        max_bits: the longest numerator or denominator of a mass with which to go on.

    Raises:
        BadInput: an option is none of those named, or the tremble is too large.
        InvalidGame: `start` is not a law on the states.

    Source: Lee et al. (2021), Algorithms 1 and 6; Algorithm 6 leaves the first step open.

    >>> from mfgcheck.gallery import make
    >>> run = exact_run(make("audit-b"), {1: 1})
    >>> run.ending.value, run.period, run.cycle_start
    ('cycle', 2, 1)
    """
    if selection not in ("inf", "sup"):
        raise BadInput(f"selection {selection!r}: inf or sup")
    if algorithm not in ("t-br", "modified"):
        raise BadInput(f"algorithm {algorithm!r}: t-br or modified")
    if first is not None and algorithm == "t-br":
        raise BadInput("a first strategy is for modified T-BR only")
    model = ExactModel.of(game)
    path = [read_law(game, start)]
    strategies: list[Strategy] = []
    gaps: list[Fraction | None] = []
    tied: list[tuple[int, ...]] = []
    before = None if first is None else _numbers(game, first)
    seen: dict[tuple[Law, Strategy | None], int] = {}
    ending, begin = Ending.STEPS, None
    while True:
        # What the future depends on: the mean field, and in modified T-BR the last strategy too.
        key = (path[-1], before if algorithm == "modified" else None)
        if key in seen:
            begin = seen[key]
            ending = Ending.FIXED if len(path) - 1 - begin == 1 else Ending.CYCLE
            break
        stage = model.at(path[-1])
        if stage is None:
            ending = Ending.IRRATIONAL
            break
        response = stage.best_response(strategies[-1] if strategies else None)
        greedy = response.lowest if selection == "inf" else response.highest
        if algorithm == "modified" and before is None:
            before = greedy
            key = (path[-1], before)
        seen[key] = len(path) - 1
        strategies.append(greedy)
        gaps.append(response.gap)
        tied.append(response.tied)
        if len(path) > steps:
            break
        played = before if algorithm == "modified" and before is not None else greedy
        following = stage.distribution(path[-1], played)
        path.append(following)
        before = greedy
        if _length(following) > max_bits:
            ending = Ending.LONG
            break
    return ExactRun(
        game=game,
        algorithm=algorithm,
        selection=selection,
        mean_fields=tuple(path),
        strategies=tuple(strategies),
        gaps=tuple(gaps),
        tied=tuple(tied),
        ending=ending,
        cycle_start=begin,
        period=None if begin is None else len(path) - 1 - begin,
    )


def _numbers(game: Game, strategy: Mapping[Label, Label] | Strategy) -> Strategy:
    """Return a strategy as action numbers by state."""
    if not isinstance(strategy, Mapping):
        return tuple(strategy)
    missing = [label for label in game.states.labels if label not in strategy]
    if missing:
        raise BadInput(f"the first strategy names no action for the state {missing[0]}")
    for action in strategy.values():
        if action not in game.actions.index:
            raise BadInput(f"the first strategy plays {action}, which is not an action")
    return tuple(game.actions.index[strategy[label]] for label in game.states.labels)


def _length(law: Law) -> int:
    """Return the length in bits of the longest numerator or denominator."""
    return max(max(x.numerator.bit_length(), x.denominator.bit_length()) for x in law)
