"""`solve`: T-BR from one or both ends of a game, and the report of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from mfgcheck.equilibrium.dynamics import Outcome, Run
from mfgcheck.equilibrium.sandwich import Sandwich
from mfgcheck.game.game import Game
from mfgcheck.report.blocks import Block

SCHEMA = "mfgcheck.solution/1"

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (step, most steps, what is being done) now and then."""


@dataclass(frozen=True, eq=False)
class Solution:
    """What T-BR did on a game: observed, not proved.

    Attributes:
        game: the game.
        runs: one run for each start: from the least law first, then from the greatest.
        sandwich: what the runs from both ends say together; None with another start.
        seconds: how long it took.
    """

    game: Game
    runs: tuple[Run, ...]
    sandwich: Sandwich | None
    seconds: float

    def __bool__(self) -> NoReturn:
        raise TypeError("a solution is not a truth value: look at solution.converged")

    @property
    def converged(self) -> bool:
        """Whether every run converged."""
        return all(run.outcome is Outcome.CONVERGED for run in self.runs)

    @property
    def interrupted(self) -> bool:
        """Whether a run was stopped from the keyboard."""
        return any(run.outcome is Outcome.INTERRUPTED for run in self.runs)

    def to_dict(self) -> dict[str, object]:
        """Return the solution as JSON holds it (schema `mfgcheck.solution/1`)."""
        raise NotImplementedError

    def blocks(self) -> list[Block]:
        """Return the solution as blocks, which terminals and notebooks render."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())


def solve(
    game: Game,
    start: str | Mapping[Any, object] = "both",
    algorithm: str = "t-br",
    accuracy: float = 1e-8,
    max_steps: int = 10_000,
    on_progress: Progress | None = None,
) -> Solution:
    """Run T-BR from the least and the greatest law (or from elsewhere) until it settles."""
    raise NotImplementedError
