"""`solve`: T-BR from one or both ends of a game, and the report of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from mfgcheck.equilibrium.exact.replay import ExactRun, exact_run
from mfgcheck.equilibrium.order.bracket import Bracket
from mfgcheck.equilibrium.order.verdict import OrderVerdict
from mfgcheck.equilibrium.tbr.dynamics import (
    Outcome,
    Progress,
    Run,
    first_strategy_of,
    modified_t_br,
    t_br,
)
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.equilibrium.tbr.sandwich import Sandwich, sandwich
from mfgcheck.equilibrium.tbr.start import Start
from mfgcheck.equilibrium.words.solution import solution_blocks, solution_dict
from mfgcheck.errors import BadInput, MfgCheckError
from mfgcheck.game.arguments import need_game
from mfgcheck.game.game import Game
from mfgcheck.report.blocks import Block
from mfgcheck.report.figures import Figure

# Runs that are repeated in exact arithmetic.
_MOST_STATES, _MOST_STEPS, _MOST_BITS = 50, 200, 2_000


@dataclass(frozen=True, eq=False)
class Solution:
    """What T-BR did on a game: observed, and proved where an exact replay confirms it.

    Attributes:
        game: the game.
        runs: one run for each start: from the least law first, then from the greatest.
        sandwich: what the runs from both ends say together; None with another start.
        seconds: how long it took.
        interrupted: whether it was stopped from the keyboard; what was done before is kept.
        replays: for each run the same in exact arithmetic, where that ends in a fixed point or a
            cycle: a proof of what the run showed; else None.
        order: whether higher mean fields lead to higher next laws; None if it was not asked.
        bracket: where they do and the states form a chain, the certified bracket of every T-MFE
            and of T-BR from every start: see `certify`.
    """

    game: Game
    runs: tuple[Run, ...]
    sandwich: Sandwich | None
    seconds: float
    interrupted: bool = False
    replays: tuple[ExactRun | None, ...] = ()
    order: OrderVerdict | None = None
    bracket: Bracket | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a solution is not a truth value: look at solution.converged")

    @property
    def converged(self) -> bool:
        """Whether every run that was asked for converged."""
        done = all(run.outcome is Outcome.CONVERGED for run in self.runs)
        return done and not self.interrupted

    def to_dict(self) -> dict[str, object]:
        """Return the solution as JSON holds it (schema `mfgcheck.solution/1`)."""
        return solution_dict(self)

    def blocks(self) -> list[Block]:
        """Return the solution as blocks, which terminals and notebooks render."""
        return solution_blocks(self)

    def figures(self) -> list[Figure]:
        """Return what there is to draw: the paths, the laws, the strategies, the TQ-values."""
        from mfgcheck.equilibrium.words.pictures import solution_figures

        return solution_figures(self)

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())


def solve(
    game: Game,
    start: Start = "both",
    algorithm: str = "t-br",
    accuracy: float = 1e-8,
    max_steps: int = 10_000,
    on_progress: Progress | None = None,
) -> Solution:
    """Run T-BR from the least and the greatest law (or from elsewhere) until it settles.

    Args:
        game: the game.
        start: "both" (the least law with the lowest maximising actions, and the greatest law with
            the highest), "least", "greatest", or masses by state label, or an array (S,) of all
            masses (with the lowest).
        algorithm: "t-br" (Algorithm 1), or "modified" (Algorithm 6, initialised as
            `modified_t_br` says), for which there is no sandwich.
        accuracy: largest consistency residual ||z - Phi(z, mu)||_1 that counts as convergence,
            and the ||.||_1 distance for which the sandwich gives a step.
        max_steps: a run ends after so many steps.
        on_progress: called as (step, max_steps, text) now and then.

    Raises:
        BadInput: an argument is wrong, the tremble is above (|A|-1)/|A|, or a number of the game
            is beyond float64.

    Source: Lee et al. (2021), Algorithms 1 and 6.

    >>> from mfgcheck.gallery import make
    >>> found = solve(make("coordination"))
    >>> [f"{run.aggregates['mean'][-1]:.6f}" for run in found.runs]
    ['-0.400000', '0.400000']
    >>> found.sandwich.closes
    False
    """
    started = time.perf_counter()
    need_game(game)
    methods = {"t-br": t_br, "modified": modified_t_br}
    if algorithm not in methods:
        raise BadInput(f"the algorithm is {algorithm!r}: it must be t-br or modified")
    if isinstance(start, str) and start not in ("both", "least", "greatest"):
        raise BadInput(
            f"the start is {start!r}: it must be least, greatest, both, or masses by state label"
        )
    both = isinstance(start, str) and start == "both"
    model = Model.of(game)
    runs: list[Run] = []
    sandwiched: Sandwich | None = None
    interrupted = False
    try:
        for one in ("least", "greatest") if both else (start,):
            runs.append(
                methods[algorithm](
                    model,
                    one,
                    accuracy=accuracy,
                    max_steps=max_steps,
                    on_progress=on_progress,
                )
            )
            if runs[-1].outcome is Outcome.INTERRUPTED:
                interrupted = True
                break
        if len(runs) == 2 and algorithm == "t-br" and not interrupted:
            sandwiched = sandwich(runs[0], runs[1], accuracy, max_steps, model)
    except KeyboardInterrupt:
        if not runs:
            raise
        interrupted = True  # the runs that are finished are kept
    replays = tuple(None if interrupted else _replay(model, run, start) for run in runs)
    seconds = time.perf_counter() - started
    return Solution(game, tuple(runs), sandwiched, seconds, interrupted, replays)


def _replay(model: Model, run: Run, start: Start) -> ExactRun | None:
    """Repeat a short run of a small game exactly, if that comes to an end."""
    game = run.game
    settled = run.outcome in (Outcome.CONVERGED, Outcome.CYCLE)
    if not settled or game.doubts:
        return None
    if game.states.size > _MOST_STATES or run.steps > _MOST_STEPS:
        return None
    ends = {"least": {game.states.labels[0]: 1}, "greatest": {game.states.labels[-1]: 1}}
    masses = ends.get(run.start, start if isinstance(start, Mapping) else {})
    steps = run.steps + 2 * (run.period or 1)
    first = None
    if run.algorithm == "modified" and (mu := first_strategy_of(model, run.start)) is not None:
        first = tuple(mu.tolist())
    try:
        found = exact_run(
            game, masses, run.selection, run.algorithm, steps, first, max_bits=_MOST_BITS
        )
    except MfgCheckError:  # masses given as floats, say, that do not sum to 1 exactly
        return None
    return found if found.period is not None else None
