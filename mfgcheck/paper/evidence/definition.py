"""Definition 1, asked of the games that evidence rests on."""

from __future__ import annotations

from mfgcheck.game.game import Game
from mfgcheck.paper.claim import Finding, denied, undecided
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status


def objection(game: Game) -> Finding | None:
    """Return what keeps a game from being evidence about MFG-SC; None if `check` proves all of it.

    That the tremble is small enough for strategies to favour an action is asked too, so that no
    counterexample rests on a large one.
    """
    report = check(game)
    if report.status is Status.UNDECIDED:
        return undecided(f"whether {game.name} has complementarities was not decided")
    if report.status is not Status.PROVED:
        failing = [v.clause for v in report.clauses.values() if v.status is not Status.PROVED]
        return denied(f"{game.name} does not satisfy Definition 1 ({', '.join(failing)})")
    if report.assumptions["assumption.tremble"].status is not Status.PROVED:
        return denied(f"the tremble of {game.name} is too large")
    return None
