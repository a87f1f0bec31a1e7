"""`check --levels`: what holds of a game beyond Definition 1, each level with its own evidence.

1. definition: Definition 1, clause by clause, for all mean fields (what `check` decides).
3. equilibria: the complete set of T-MFE, enclosed or proved empty.
4. observed: what T-BR did in floating point. Evidence, not proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from mfgcheck.equilibrium.enclosed import Equilibria
from mfgcheck.equilibrium.equilibria import equilibria
from mfgcheck.equilibrium.solve import Solution, solve
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.summary import count
from mfgcheck.report.blocks import Block, Heading, Note, Table
from mfgcheck.verify.check import Report

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (done, total, what is being done) now and then."""


@dataclass(frozen=True, eq=False)
class Levels:
    """What is known of a game at each level.

    Attributes:
        report: the verdicts on Definition 1.
        equilibria: all T-MFE, as far as they were determined; or why they were not looked for.
        observed: what T-BR did from both ends; or why it was not run.
        seconds: how long it took, without the verdicts.
    """

    report: Report
    equilibria: Equilibria | str
    observed: Solution | str
    seconds: float

    def __bool__(self) -> NoReturn:
        raise TypeError("levels are not a truth value: look at each of them")

    @property
    def interrupted(self) -> bool:
        """Whether a level was stopped from the keyboard; what it found before is kept."""
        return any(
            not isinstance(part, str) and part.interrupted
            for part in (self.equilibria, self.observed)
        )

    def to_dict(self) -> dict[str, object]:
        """Return the levels as JSON holds them, under "levels" in a report."""
        return {
            "definition": str(self.report.status),
            "equilibria": _part(self.equilibria),
            "observed": _part(self.observed),
            "seconds": round(self.seconds, 6),
        }

    def blocks(self) -> list[Block]:
        """Return the levels as blocks, to stand below the blocks of the report."""
        rows = [
            ["definition", f"MFG-SC {self.report.status}", "proof or counterexample, above"],
            ["equilibria", _equilibria(self.equilibria), "exact or outward-rounded arithmetic"],
            ["observed", _observed(self.observed), "floating point: evidence, not proof"],
        ]
        blocks: list[Block] = [
            Heading("Beyond the definition", 2),
            Table(["level", "result", "by"], rows),
        ]
        if not isinstance(self.equilibria, str):
            blocks += [block for block in self.equilibria.blocks() if isinstance(block, Table)]
        return [*blocks, Note("`mfgcheck equilibria` and `mfgcheck solve` tell more.")]


def levels(
    game: Game,
    report: Report,
    time_limit: float | None = None,
    on_progress: Progress | None = None,
) -> Levels:
    """Look for all T-MFE of a game, and run T-BR on it from both ends.

    Args:
        game: the game.
        report: the verdicts on Definition 1 for this game.
        time_limit: seconds for the search of T-MFE; none by default.
        on_progress: called as (done, total, text) now and then.

    >>> from mfgcheck import check
    >>> from mfgcheck.gallery import make
    >>> game = make("audit-c")
    >>> levels(game, check(game)).equilibria.sentence
    'exactly 2 T-MFE: proved'
    """
    started = time.perf_counter()
    enclosed: Equilibria | str
    observed: Solution | str
    try:
        enclosed = equilibria(game, time_limit=time_limit, on_progress=on_progress)
    except BadInput as error:
        enclosed = str(error)
    if not isinstance(enclosed, str) and enclosed.interrupted:
        observed = "interrupted before"
    else:
        try:
            observed = solve(game, on_progress=on_progress)
        except BadInput as error:
            observed = str(error)
    return Levels(report, enclosed, observed, time.perf_counter() - started)


def _part(part: Equilibria | Solution | str) -> dict[str, object]:
    if isinstance(part, str):
        return {"reason": part}
    return {key: value for key, value in part.to_dict().items() if key != "game"}


def _equilibria(found: Equilibria | str) -> str:
    return f"not looked for: {found}" if isinstance(found, str) else found.sentence


def _observed(found: Solution | str) -> str:
    if isinstance(found, str):
        return f"T-BR not run: {found}"
    ends = [
        f"{run.outcome}{'' if run.period is None else f' of period {run.period}'} "
        f"from the {run.start} law after {count(run.steps, 'step')}"
        for run in found.runs
    ]
    return f"T-BR: {'; '.join(ends)}"
