"""What a test that does not need strategic complementarities found out about a game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from mfgcheck.verify.verdict import Status


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The outcome of one test.

    Attributes:
        test: its id.
        status: whether the game has the property: PROVED, REFUTED or UNDECIDED.
        claim: the property.
        reason: why, in words.
        theorem: the theorem that the test serves.
        source: where it comes from.
        follows: what follows for the game; empty if nothing does.
        not_follows: what one might think follows, and does not.
    """

    test: str
    status: Status
    claim: str
    reason: str
    theorem: str
    source: str
    follows: str = ""
    not_follows: str = ""

    def __bool__(self) -> NoReturn:
        raise TypeError("a finding is not a truth value: compare finding.status")
