"""`check`: Definition 1 for a game, clause by clause, and the report of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn, TypeAlias

from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.summary import game_dict, game_line
from mfgcheck.game.unknown import family_text
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.verify.assumptions import ASSUMPTIONS, decide_assumption
from mfgcheck.verify.best_reward import decide_best_reward
from mfgcheck.verify.clauses import BY_ID, CLAUSES
from mfgcheck.verify.decide import decide_clause
from mfgcheck.verify.verdict import Status, Verdict, conjunction

SCHEMA = "mfgcheck.report/1"

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (done, total, what comes next) before each clause and once at the end."""


@dataclass(frozen=True, eq=False)
class Report:
    """The verdicts on a game.

    Attributes:
        game: the game that was checked.
        status: Kleene's conjunction of the clauses; UNDECIDED if the game's validity is in doubt.
        clauses: verdict of each clause that was asked for, by id.
        assumptions: verdicts on what the paper's theorems assume besides; they do not change the
            status.
        seconds: how long the check took.
        interrupted: whether it was stopped from the keyboard; what was left is then UNDECIDED.
    """

    game: Game
    clauses: Mapping[str, Verdict]
    assumptions: Mapping[str, Verdict]
    seconds: float
    interrupted: bool = False

    def __bool__(self) -> NoReturn:
        raise TypeError("a report is not a truth value: compare report.status")

    @property
    def status(self) -> Status:
        """PROVED, REFUTED or UNDECIDED, for all clauses asked for."""
        if self.game.doubts:
            return Status.UNDECIDED
        return conjunction(verdict.status for verdict in self.clauses.values())

    @property
    def title(self) -> str:
        """The result in one line."""
        asked = len(self.clauses)
        partial = "" if asked == len(CLAUSES) else f" ({asked} of {len(CLAUSES)} clauses)"
        return f"{self.game.name}: MFG-SC {self.status}{partial}"

    def assumptions_table(self) -> Table:
        """Return the verdicts on what the paper's theorems assume besides."""
        return Table(
            ("assumption", "verdict", "why", "time"),
            tuple(_row(verdict) for verdict in self.assumptions.values()),
            "What the paper's theorems assume besides (no part of the verdict)",
        )

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON holds it (schema `mfgcheck.report/1`)."""
        return {
            "schema": SCHEMA,
            "game": game_dict(self.game),
            "status": str(self.status),
            "clauses": {key: verdict.to_dict() for key, verdict in self.clauses.items()},
            "assumptions": {key: verdict.to_dict() for key, verdict in self.assumptions.items()},
            "seconds": round(self.seconds, 6),
        }

    def blocks(self) -> list[Block]:
        """Return the report as blocks, which terminals and notebooks render."""
        game = self.game
        blocks: list[Block] = [
            Heading(self.title, 1),
            Paragraph(game_line(game)),
            Table(
                ("clause", "verdict", "how", "time"),
                tuple(_row(verdict) for verdict in self.clauses.values()),
                "Definition 1, for all mean fields",
            ),
        ]
        blocks += [Paragraph(f"Not sure that this is a game: {doubt}.") for doubt in game.doubts]
        for verdict in self.clauses.values():
            blocks += _details(verdict)
        if self.assumptions:
            blocks.append(self.assumptions_table())
        blocks += [Note(f"Note: {note}.") for note in game.notes]
        return blocks

    def page_blocks(self, more: Sequence[Block] = ()) -> list[Block]:
        """Return what a page for others needs: also drawings, the game, what the words mean.

        `more` stands before the game: what `levels` found, say.

        >>> from mfgcheck import Game, check, point
        >>> stay = Game(states=3, actions=2, reward=lambda s, a, z: s * z.mean() - a,
        ...             transition=lambda s, a, z: point(s), discount="3/4", tremble="1/5")
        >>> check(stay).page_blocks()[0].text
        'game: MFG-SC PROVED'
        """
        from mfgcheck.verify.page import report_page

        return report_page(self, more)

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())


def check(
    game: Game,
    clauses: Sequence[str] | None = None,
    time_limit: float | None = None,
    on_progress: Progress | None = None,
) -> Report:
    """Decide Definition 1 for a game: for every clause a proof, a counterexample, or neither.

    Args:
        game: the game.
        clauses: ids of the clauses to decide; all by default. With a selection the assumptions
            are left out, and the status speaks of the selection.
        time_limit: seconds after which what is left is UNDECIDED; none by default.
        on_progress: called as (done, total, next) between clauses.

    Raises:
        BadInput: no clause or an unknown one, or a time limit that is not positive.

    Source: Lee et al. (2021), Definition 1.

    >>> from mfgcheck import Game, check, point
    >>> stay = Game(states=3, actions=2, reward=lambda s, a, z: s * z.mean() - a,
    ...             transition=lambda s, a, z: point(s), discount="3/4", tremble="1/5")
    >>> print(check(stay).status)
    PROVED
    """
    started = time.perf_counter()
    if time_limit is not None and not _is_duration(time_limit):
        raise BadInput(f"the time limit is {time_limit!r}: it must be a positive number of seconds")
    deadline = Deadline(time_limit)
    chosen = [clause.id for clause in CLAUSES] if clauses is None else list(dict.fromkeys(clauses))
    if not chosen:
        raise BadInput(f"no clause is chosen; the clauses are {', '.join(BY_ID)}")
    for name in chosen:
        if name not in BY_ID:
            raise BadInput(f"there is no clause {name!r}; the clauses are {', '.join(BY_ID)}")
    assumed = list(ASSUMPTIONS) if clauses is None else []
    total = len(chosen) + len(assumed)
    found: dict[str, Verdict] = {}
    interrupted = False
    try:
        for done, name in enumerate([*chosen, *assumed]):
            if on_progress is not None:
                on_progress(done, total, name)
            verdict = _decide(game, name, found, deadline)
            # The tremble and the order of the states do not depend on what may be no game.
            unaffected = name in ("assumption.tremble", "assumption.chain")
            found[name] = verdict if unaffected else _of_family(game, _with_doubts(game, verdict))
        if on_progress is not None:
            on_progress(total, total, "")
    except KeyboardInterrupt:  # what is decided is kept
        interrupted = True
        for name in (*chosen, *assumed):
            stopped = Verdict(name, Status.UNDECIDED, "interrupted", 0.0, reason="interrupted")
            found.setdefault(name, stopped)
    clause_verdicts = {name: found[name] for name in chosen}
    assumption_verdicts = {name: found[name] for name in assumed}
    seconds = time.perf_counter() - started
    return Report(game, clause_verdicts, assumption_verdicts, seconds, interrupted)


def _is_duration(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf


def _with_doubts(game: Game, verdict: Verdict) -> Verdict:
    """Return the verdict, but no proof about what may not be a game."""
    if not game.doubts or verdict.status is not Status.PROVED:
        return verdict
    reason = f"it would be proved if this is a game, but {game.doubts[0]}"
    return replace(verdict, status=Status.UNDECIDED, reason=reason)


def _of_family(game: Game, verdict: Verdict) -> Verdict:
    """Return the verdict with the unknown functions that it speaks of, too."""
    if not game.unknown:
        return verdict
    return replace(verdict, domain=f"{verdict.domain}, {family_text(game.unknown)}")


def _decide(game: Game, name: str, found: Mapping[str, Verdict], deadline: Deadline) -> Verdict:
    if name in ASSUMPTIONS:
        return decide_assumption(game, name, deadline)
    if name != "reward.max_monotone_s":
        return decide_clause(game, BY_ID[name], deadline)
    known = found.get("reward.monotone_s")
    monotone = decide_clause(game, BY_ID["reward.monotone_s"], deadline) if known is None else known
    return decide_best_reward(game, monotone.status, deadline)


def _row(verdict: Verdict) -> tuple[str, ...]:
    how = f"implied by {verdict.implied_by}" if verdict.implied_by else verdict.method
    if verdict.clause in ASSUMPTIONS:
        how = verdict.reason or verdict.method
    return verdict.clause, str(verdict.status), how, _time(verdict.seconds)


def _time(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _details(verdict: Verdict) -> list[Block]:
    blocks: list[Block] = []
    if verdict.witness is not None:
        statement = BY_ID[verdict.clause].statement
        blocks.append(Heading(f"{verdict.clause}: it is not true that {statement}", 2))
        blocks.append(Paragraph(verdict.witness.text))
        if verdict.witness.unclipped is not None:
            beside = verdict.witness.unclipped.text
            blocks.append(Paragraph(f"Nor is it an effect of clipping. {beside}"))
    elif verdict.status is Status.UNDECIDED:
        blocks.append(Heading(f"{verdict.clause}: undecided", 2))
        blocks.append(Paragraph(verdict.reason or verdict.method))
    return blocks
