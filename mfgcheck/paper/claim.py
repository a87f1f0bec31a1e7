"""What the ledger is made of: claims of the paper, and the evidence for and against each.

No claim has a verdict written beside it. A verdict is what follows from the pieces of evidence that
were found to be as they say (`mfgcheck.paper.verdict`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, TypeAlias


class Shows(StrEnum):
    """What a piece of evidence shows of a claim, if it is as it says.

    HOLDS: a part of the proof that the claim is true as printed; all of these together prove it.
    HOLDS_IF: a part of the proof that the claim is true under the condition named in it.
    FAILS: the claim as printed is false.
    DEFECT: something printed is wrong on the way (a formula, a step, a definition), whatever
        becomes of the conclusion.
    INSTEAD: what is said to be true in place of the claim is true.
    AGREES: examples agree with a proof; they prove nothing, but would refute it.
    """

    HOLDS = "it holds"
    HOLDS_IF = "it holds under the condition"
    FAILS = "it fails"
    DEFECT = "something in it is wrong"
    INSTEAD = "what is true instead"
    AGREES = "examples agree"


class Means(StrEnum):
    """By what a piece of evidence shows it.

    PAPER: an argument on a page of the book, for people to read; nothing is run.
    SYMBOLIC: a derivation that sympy follows, step by step (`proofs/symbolic`).
    GAME: a game, checked against Definition 1, and exact arithmetic on it.
    ENCLOSURE: rigorous bounds, over all mean fields or all T-MFE of a game.
    ARITHMETIC: exact numbers.
    CASES: all cases of some small size, or many cases, in exact arithmetic.
    CHECK: the clauses of Definition 1, decided for a game or for a family of games.
    """

    PAPER = "argument on paper"
    SYMBOLIC = "symbolic proof"
    GAME = "exact game"
    ENCLOSURE = "enclosure"
    ARITHMETIC = "exact arithmetic"
    CASES = "exact cases"
    CHECK = "Definition 1 checked"


@dataclass(frozen=True)
class Finding:
    """What came out when a piece of evidence was run.

    Attributes:
        confirmed: whether it is as the evidence says; None if that could not be decided.
        text: what was found, with its numbers: one or two sentences.
    """

    confirmed: bool | None
    text: str

    def __bool__(self) -> NoReturn:
        raise TypeError("a finding is not a truth value: compare finding.confirmed")


def confirmed(text: str) -> Finding:
    """Return the finding that it is so."""
    return Finding(confirmed=True, text=text)


def denied(text: str) -> Finding:
    """Return the finding that it is not so."""
    return Finding(confirmed=False, text=text)


def undecided(text: str) -> Finding:
    """Return the finding that nothing can be said."""
    return Finding(confirmed=None, text=text)


Run: TypeAlias = Callable[[], Finding]


@dataclass(frozen=True)
class Evidence:
    """One reason to believe something about a claim.

    Attributes:
        name: short, unique within its claim.
        shows: what it shows, if it is as it says.
        means: by what.
        what: the statement it makes, one sentence.
        run: computes whether that is so; None for an argument on paper.
        page: where an argument on paper stands, as "page#label" of the book; for what is run the
            one that it needs besides, None if it needs none.
        slow: whether it takes more than a few seconds, and is left out unless asked for.
    """

    name: str
    shows: Shows
    means: Means
    what: str
    run: Run | None = None
    page: str | None = None
    slow: bool = False

    def __post_init__(self) -> None:
        on_paper = self.means is Means.PAPER
        if on_paper != (self.run is None) or (on_paper and self.page is None):
            raise ValueError(f"{self.name}: an argument on paper has a page, all else is run")


@dataclass(frozen=True)
class Claim:
    """A claim of the paper.

    Attributes:
        id: stable, like "theorem-2".
        item: where it stands, as the paper numbers it: "Theorem 2".
        title: our name for it, a few words.
        says: what the paper says, in our words.
        evidence: the reasons for and against.
        condition: under what it is true, where evidence shows that; else None.
        instead: what is true instead or how it is mended, where evidence shows that; else None.
    """

    id: str
    item: str
    title: str
    says: str
    evidence: tuple[Evidence, ...]
    condition: str | None = None
    instead: str | None = None

    def __post_init__(self) -> None:
        names = [piece.name for piece in self.evidence]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.id}: two pieces of evidence have the same name")
        shown = {piece.shows for piece in self.evidence}
        if (Shows.HOLDS_IF in shown) != (self.condition is not None):
            raise ValueError(f"{self.id}: a condition goes with evidence that it is enough")
