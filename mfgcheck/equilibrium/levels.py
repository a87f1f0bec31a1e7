"""`check --levels`: what holds of a game beyond Definition 1, each level with its own evidence.

1. definition: Definition 1, clause by clause, for all mean fields (what `check` decides).
2. order-preserving: a higher mean field leads to a higher next law, though Definition 1 may fail.
3. equilibria: the complete set of T-MFE, enclosed or proved empty.
4. observed: what T-BR did in floating point. Evidence, not proof.

Besides, tests that help where the first two fail, each of which serves a theorem.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeAlias, TypeVar

from mfgcheck.equilibrium.alternatives.response import (
    Finding,
    constant_response,
    contraction,
    free_response,
    lasry_lions,
)
from mfgcheck.equilibrium.enclosure.enclosed import Equilibria
from mfgcheck.equilibrium.enclosure.equilibria import equilibria
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.equilibrium.order.level import open_verdict, order_preserving, unique_by_order
from mfgcheck.equilibrium.order.verdict import UNIQUE, OrderVerdict
from mfgcheck.equilibrium.solve import Solution, solve
from mfgcheck.equilibrium.words.enclosed import brief_blocks
from mfgcheck.errors import BadInput
from mfgcheck.game.arguments import need_game, need_seconds
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.summary import count
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.verify.check import Report
from mfgcheck.verify.verdict import Status

Result = TypeVar("Result")

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (done, total, what is being done) now and then."""


@dataclass(frozen=True, eq=False)
class Levels:
    """What is known of a game at each level.

    Attributes:
        report: the verdicts on Definition 1.
        order: whether a higher mean field leads to a higher next law; or why this was not asked.
        equilibria: all T-MFE, as far as they were determined; or why they were not looked for.
        observed: what T-BR did from both ends; or why it was not run.
        unique: whether an order shows that T-MFE have one value of the aggregate at most.
        findings: the outcomes of the other tests.
        seconds: how long it took, without the verdicts.
    """

    report: Report
    order: OrderVerdict | str
    equilibria: Equilibria | str
    observed: Solution | str
    unique: OrderVerdict | None
    findings: tuple[Finding, ...]
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
            "order_preserving": _part(self.order),
            "equilibria": _part(self.equilibria),
            "observed": _part(self.observed),
            "unique_by_order": None if self.unique is None else self.unique.to_dict(),
            "findings": [_finding(one) for one in self.findings],
            "seconds": round(self.seconds, 6),
        }

    def blocks(self) -> list[Block]:
        """Return the levels as blocks, to stand below the blocks of the report."""
        rows = [
            ["definition", f"MFG-SC {self.report.status}", "proof or counterexample, above"],
            ["order-preserving", *_order(self.order)],
            ["equilibria", _equilibria(self.equilibria), "exact or outward-rounded arithmetic"],
            ["observed", _observed(self.observed), "floating point: evidence, not proof"],
        ]
        blocks: list[Block] = [
            Heading("Beyond the definition", 2),
            Table(["level", "result", "by"], rows),
        ]
        if isinstance(self.order, OrderVerdict):
            if self.order.follows:
                blocks.append(Paragraph(f"{self.order.follows}."))
            elif self.order.witness is not None:
                blocks.append(Paragraph(self.order.witness.text))
        if not isinstance(self.equilibria, str):
            blocks += brief_blocks(self.equilibria)
        if self.findings:
            blocks.append(Heading("What else helps", 2))
            blocks.append(self._tests())
            blocks += [Note(text) for one in self.findings if (text := _limit(one))]
        return [*blocks, Note("`mfgcheck equilibria` and `mfgcheck solve` tell more.")]

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())

    def _tests(self) -> Table:
        rows = [
            [one.claim, str(one.status), one.follows or one.reason, one.source]
            for one in self.findings
        ]
        if self.unique is not None:
            follows = (
                "the T-MFE, whichever best responses they play, have one value of the aggregate at "
                "most"
                if self.unique.status is Status.PROVED
                else self.unique.reason or ""
            )
            claim = "an order makes the T-MFE unique (substitutes)"
            rows.append([claim, str(self.unique.status), follows, self.unique.theorem])
        return Table(["property", "verdict", "what follows, or why", "source"], rows)


def levels(
    game: Game,
    report: Report,
    time_limit: float | None = None,
    on_progress: Progress | None = None,
) -> Levels:
    """Look at what holds of a game beyond Definition 1: see the head of this module.

    Args:
        game: the game.
        report: the verdicts on Definition 1 for this game.
        time_limit: seconds for each search; none by default.
        on_progress: called as (done, total, text) now and then.

    Raises:
        BadInput: it is no game, the report is on another one, or the time limit is not positive.

    >>> from mfgcheck import check
    >>> from mfgcheck.gallery import make
    >>> game = make("audit-c")
    >>> levels(game, check(game)).equilibria.sentence
    'exactly 2 T-MFE: proved'
    """
    need_game(game)
    need_seconds(time_limit)
    if not isinstance(report, Report) or report.game.digest != game.digest:
        raise BadInput("levels takes a game and the report on that game: levels(game, check(game))")
    started = time.perf_counter()
    observed: Solution | str
    unique: OrderVerdict | None = None
    findings: tuple[Finding, ...] = ()
    order = _tried(lambda: order_preserving(game, report, time_limit))
    enclosed = _tried(lambda: equilibria(game, time_limit=time_limit, on_progress=on_progress))
    if not isinstance(enclosed, str) and enclosed.interrupted:
        observed = "interrupted before"
    else:
        observed = _tried(lambda: solve(game, on_progress=on_progress))
        if not isinstance(enclosed, str) and not game.doubts:
            last = _tried(lambda: unique_by_order(game, time_limit))
            unique = open_verdict(UNIQUE, last) if isinstance(last, str) else last
            findings = _findings(game, time_limit)
    seconds = time.perf_counter() - started
    return Levels(report, order, enclosed, observed, unique, findings, seconds)


def _tried(level: Callable[[], Result]) -> Result | str:
    """Return what a level found, or why it was not run; the other levels are not lost."""
    try:
        return level()
    except BadInput as error:  # the tremble is too large, or the game
        return str(error)
    except MemoryError:
        return "it needs more memory than there is"


def _findings(game: Game, time_limit: float | None) -> tuple[Finding, ...]:
    model, deadline = ExactModel.of(game), Deadline(time_limit)
    found: list[Finding | str] = []
    free = _tried(lambda: free_response(model, deadline))
    found.append(free)
    if not isinstance(free, str):
        strategy = free.strategy
        if strategy is None and free.status is Status.PROVED:  # irrational, or with ties
            strategy = constant_response(model.tables, deadline=deadline)
        if strategy is not None:
            best = strategy
            found.append(_tried(lambda: contraction(model, best, always=True)))
    found.append(_tried(lambda: lasry_lions(model)))
    return tuple(_not_run(one) if isinstance(one, str) else one for one in found)


def _not_run(reason: str) -> Finding:
    return Finding(
        test="not-run",
        status=Status.UNDECIDED,
        claim="a test that was not run",
        reason=reason,
        theorem="",
        source="",
    )


def _finding(one: Finding) -> dict[str, object]:
    return {
        "test": one.test,
        "claim": one.claim,
        "status": str(one.status),
        "reason": one.reason,
        "follows": one.follows,
        "not_follows": one.not_follows,
        "theorem": one.theorem,
        "source": one.source,
    }


def _limit(one: Finding) -> str:
    if one.status is not Status.PROVED or not one.not_follows:
        return ""
    return f"To '{one.claim}': {one.not_follows}."


def _order(found: OrderVerdict | str) -> tuple[str, str]:
    if isinstance(found, str):
        return f"not asked: {found}", ""
    why = found.reason if found.status is Status.UNDECIDED else found.method
    return f"{found.status}", why or ""


def _part(part: OrderVerdict | Equilibria | Solution | str) -> dict[str, object]:
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
