"""Verdicts: proved, refuted or undecided, and never a bare boolean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from mfgcheck.verify.witness import Witness


class Status(StrEnum):
    """What is known of a claim."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    UNDECIDED = "UNDECIDED"

    def __bool__(self) -> bool:
        raise TypeError("a status is not a truth value: compare it, status == Status.PROVED")


def conjunction(statuses: Iterable[Status]) -> Status:
    """Return Kleene's conjunction: refuted if any is, else undecided if any is, else proved.

    >>> conjunction([Status.PROVED, Status.UNDECIDED]).value
    'UNDECIDED'
    """
    found = set(statuses)
    for status in (Status.REFUTED, Status.UNDECIDED):
        if status in found:
            return status
    return Status.PROVED


@dataclass(frozen=True)
class Verdict:
    """What was found out about one clause or assumption.

    Attributes:
        clause: its id.
        status: PROVED, REFUTED or UNDECIDED.
        method: how it was decided, in a few words.
        domain: what the verdict speaks of.
        seconds: how long it took.
        witness: the counterexample of a refutation of a clause, else None.
        reason: why it is undecided, or what refutes an assumption; else None.
        implied_by: the clause that this one follows from, or None.
    """

    clause: str
    status: Status
    method: str
    seconds: float
    domain: str = "all mean fields"
    witness: Witness | None = None
    reason: str | None = None
    implied_by: str | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is not a truth value: compare verdict.status")

    def to_dict(self) -> dict[str, object]:
        """Return the verdict as JSON holds it."""
        return {
            "status": str(self.status),
            "method": self.method,
            "domain": self.domain,
            "witness": self.witness.to_dict() if self.witness else None,
            "reason": self.reason,
            "implied_by": self.implied_by,
            "seconds": round(self.seconds, 6),
        }
