"""From findings to a verdict on a claim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mfgcheck.paper.claim import Claim, Evidence, Finding, Means, Shows


class Ruling(StrEnum):
    """The verdict on a claim of the paper.

    PROVED: true as printed.
    TRUE UNDER: true under a condition that the paper does not state, or states elsewhere; the
        conclusion is then the printed one.
    REFUTED: false as printed; what is true instead concludes something else, or under conditions
        that replace those of the paper.
    REPAIRED: true, but not as printed: a definition, a formula or a step of the proof is mended.
    OPEN: neither shown nor refuted by the evidence here.
    """

    PROVED = "PROVED"
    TRUE_UNDER = "TRUE UNDER"
    REFUTED = "REFUTED"
    REPAIRED = "REPAIRED"
    OPEN = "OPEN"


class Basis(StrEnum):
    """What a verdict rests on: on what was run, on arguments on paper, or on both.

    In the order of how much of it was run.
    """

    MACHINE = "machine-checked"
    BOTH = "machine-checked but for arguments on paper"
    PAPER = "an argument on paper"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Piece:
    """A piece of evidence and what came out.

    Attributes:
        evidence: the piece.
        finding: what came out; None for an argument on paper, and for what was not run.
        seconds: how long it took.
    """

    evidence: Evidence
    finding: Finding | None
    seconds: float = 0.0

    @property
    def stands(self) -> bool | None:
        """Whether it is as it says: True of an argument on paper, None if that is not known."""
        if self.evidence.means is Means.PAPER:
            return True
        return None if self.finding is None else self.finding.confirmed

    @property
    def basis(self) -> Basis:
        """What it rests on."""
        if self.evidence.means is Means.PAPER:
            return Basis.PAPER
        return Basis.MACHINE if self.evidence.page is None else Basis.BOTH


@dataclass(frozen=True)
class Ruled:
    """A claim with the pieces of its evidence, and what follows from them."""

    claim: Claim
    pieces: tuple[Piece, ...]

    def _of(self, shows: Shows) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.evidence.shows is shows)

    def _any(self, shows: Shows) -> bool:
        return any(piece.stands is True for piece in self._of(shows))

    def _all(self, shows: Shows) -> bool:
        """Whether there is a proof of this kind, and neither a gap in it nor an example against."""
        parts = self._of(shows)
        against = any(piece.stands is False for piece in self._of(Shows.AGREES))
        return bool(parts) and all(piece.stands is True for piece in parts) and not against

    @property
    def ruling(self) -> Ruling:
        """The verdict. Proof and refutation together are a contradiction, which settles nothing."""
        fails, holds = self._any(Shows.FAILS), self._all(Shows.HOLDS)
        if fails and holds:
            return Ruling.OPEN
        if holds:
            return Ruling.REPAIRED if self._any(Shows.DEFECT) else Ruling.PROVED
        if self._all(Shows.HOLDS_IF):
            return Ruling.TRUE_UNDER
        return Ruling.REFUTED if fails else Ruling.OPEN

    @property
    def basis(self) -> Basis:
        """What the verdict rests on."""
        kinds = {
            Ruling.PROVED: (Shows.HOLDS,),
            Ruling.REPAIRED: (Shows.HOLDS, Shows.DEFECT),
            Ruling.TRUE_UNDER: (Shows.HOLDS_IF,),
            Ruling.REFUTED: (Shows.FAILS,),
            Ruling.OPEN: (),
        }[self.ruling]
        deciding = [p for p in self.pieces if p.evidence.shows in kinds and p.stands is True]
        bases = {p.basis for p in deciding}
        if not bases:
            return Basis.NOTHING
        if self.ruling is Ruling.REFUTED:  # one counterexample is enough: that with the least paper
            return next(basis for basis in Basis if basis in bases)
        return next(iter(bases)) if len(bases) == 1 else Basis.BOTH

    @property
    def as_claimed(self) -> bool | None:
        """Whether every piece that was run is as it says; None if one could not be decided."""
        stand = [piece.stands for piece in self.pieces if piece.finding is not None]
        if False in stand:
            return False
        return None if None in stand else True


def worst(claims: Iterable[Ruled]) -> bool | None:
    """Return whether all pieces of all claims are as they say, None if some are undecided."""
    found = [ruled.as_claimed for ruled in claims]
    if False in found:
        return False
    return None if None in found else True
