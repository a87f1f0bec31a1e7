"""The page of a report: for a colleague who has met neither the game nor mfgcheck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mfgcheck.game.summary import count, game_line
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.verify.as_read import game_blocks, words_table
from mfgcheck.verify.clauses import BY_ID, CLAUSES
from mfgcheck.verify.maps import slack_blocks
from mfgcheck.verify.pictures import witness_blocks
from mfgcheck.verify.slack import estimate_slack
from mfgcheck.verify.verdict import Status, Verdict

if TYPE_CHECKING:
    from mfgcheck.verify.check import Report

_MOST_DRAWN = 100_000  # pairs of state and action up to which maps are made


def report_page(report: Report, more: Sequence[Block] = ()) -> list[Block]:
    """Return the blocks of a report's page; `more` stands before the game as it was read."""
    game = report.game
    blocks: list[Block] = [
        Heading(report.title),
        Paragraph(_lead(report)),
        Paragraph(game_line(game)),
        words_table(),
        Heading("Verdicts", 2),
        Table(
            ("clause", "verdict", "what it claims, for all mean fields", "how it was decided"),
            [_row(verdict) for verdict in report.clauses.values()],
            "The clauses of Definition 1 of Lee et al. (2021)",
        ),
    ]
    blocks += [Paragraph(f"Not sure that this is a game: {doubt}.") for doubt in game.doubts]
    refuted = [one for one in report.clauses.values() if one.witness is not None]
    if refuted:
        blocks.append(Heading("Counterexamples", 2))
    for verdict in refuted:
        if verdict.witness is not None:
            statement = BY_ID[verdict.clause].statement
            blocks.append(Heading(f"{verdict.clause}: it is not true that {statement}", 3))
            blocks += witness_blocks(game, verdict.witness)
    if any(one.status is Status.UNDECIDED for one in report.clauses.values()):
        blocks.append(Heading("Undecided", 2))
    for verdict in report.clauses.values():
        if verdict.status is Status.UNDECIDED:
            blocks.append(Heading(f"{verdict.clause}: undecided", 3))
            blocks.append(Paragraph(verdict.reason or verdict.method))
    blocks += _where(report)
    if report.assumptions:
        blocks.append(Heading("What the theorems assume besides", 2))
        blocks.append(report.assumptions_table())
    return [*blocks, *more, *game_blocks(game)]


def _lead(report: Report) -> str:
    name, asked = report.game.name, len(report.clauses)
    start = (
        "A mean field game has strategic complementarities (it is an MFG-SC) if each clause of "
        "Definition 1 in Lee, Rengarajan, Kalathil, Shakkottai (2021) holds for every mean field: "
        "the reward rises with the state, and what a higher state or action adds to it does not "
        "shrink as the other of the two, or the mean field, rises; the law of the next state rises "
        "with state, action and mean field, and what a higher state or action adds to it does not "
        "shrink either."
    )
    by_status = {
        status: sum(one.status is status for one in report.clauses.values()) for status in Status
    }
    found = ", ".join(f"{number} {status}" for status, number in by_status.items() if number)
    left = len(CLAUSES) - asked
    others = f" The other {left} of the {len(CLAUSES)} clauses were not looked at." if left else ""
    return f"{start} For {name}, mfgcheck looked at {count(asked, 'clause')}: {found}.{others}"


def _row(verdict: Verdict) -> tuple[str, ...]:
    how = f"implied by {verdict.implied_by}" if verdict.implied_by else verdict.method
    return verdict.clause, str(verdict.status), BY_ID[verdict.clause].statement, how


def _where(report: Report) -> list[Block]:
    game = report.game
    blocks: list[Block] = [Heading("Where the clauses hold with room, and where they fail", 2)]
    if game.states.size * game.actions.size > _MOST_DRAWN:
        return [*blocks, Paragraph("The game is too large for this to be drawn.")]
    verdicts = list(report.clauses.values())
    found, reason = estimate_slack(game, verdicts)
    if not found:
        return [*blocks, Paragraph(f"Not drawn: {reason}.")]
    return [
        *blocks,
        Paragraph(
            "Each clause is a list of inequalities that compare neighbouring states and actions. "
            "The slack at (s, a) is the least value of those that start there. On the kernel there "
            "is one for each upper set of states, and the least is taken among those that are not "
            "0 at all mean fields looked at; the others are 0 = 0. Below 0: observed to fail "
            "there, up to rounding. Above 0: no failure at these mean fields; at others there may "
            "be less."
        ),
        Paragraph(
            "Evaluated in floating point at a few mean fields: for a refuted clause those of its "
            "counterexample, for the others all mass at one state, or spread evenly. This is "
            "observed and proves nothing; what is PROVED above holds for every mean field. Cells "
            "are empty where nothing starts, as at the highest state, and where floating point "
            "has no value."
        ),
        *slack_blocks(game, verdicts, found),
        *([] if reason is None else [Note(f"The others are not drawn: {reason}.")]),
    ]
