"""What was found out about the order of next laws, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from mfgcheck.equilibrium.order.fall import Fall
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph
from mfgcheck.verify.verdict import Status

PRESERVING = "order_preserving"
UNIQUE = "unique_by_order"
_STATEMENTS = {
    PRESERVING: "a higher mean field leads to a higher next law",
    UNIQUE: "T-MFE have one value of the aggregate at most, whichever best responses they play",
}
THEOREMS = {
    PRESERVING: "Lee et al. (2021), Proposition 2 and the first half of the proof of Theorem 1",
    UNIQUE: "order-based uniqueness, after Light and Weintraub (arXiv 1903.02273)",
}
EVERY = "every best response"
ENDS = "the inf and the sup selection"


@dataclass(frozen=True)
class OrderVerdict:
    """Whether the next law moves one way with the mean field.

    Attributes:
        claim: "order_preserving", or "unique_by_order".
        status: PROVED, REFUTED or UNDECIDED.
        method: how it was decided, in a few words.
        theorem: what it serves, and the source.
        selections: for which choices among ties it is proved that the order is preserved; None if
            it is not, or if that is not the claim.
        brackets: whether it is proved that the inf selection from the least law and the sup
            selection from the greatest themselves bracket every T-MFE and all of T-BR. (On a chain
            of states `bracket` finds a bracket wherever the status is PROVED.)
        strategies: how many strategies were found that alone are best on some range; None if it
            was not looked at.
        boxes: how many boxes of mean fields were looked at.
        seconds: how long it took.
        witness: the pair of mean fields that refutes it, else None.
        reason: why it is undecided, else None.
    """

    claim: str
    status: Status
    method: str
    theorem: str
    selections: str | None = None
    brackets: bool = False
    strategies: int | None = None
    boxes: int = 0
    seconds: float = 0.0
    witness: Fall | None = None
    reason: str | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is not a truth value: compare verdict.status")

    @property
    def statement(self) -> str:
        """The claim in words."""
        return _STATEMENTS[self.claim]

    @property
    def sentence(self) -> str:
        """The verdict in one line."""
        statement = self.statement
        if self.status is Status.PROVED:
            whose = "" if self.selections is None else f" for {self.selections}"
            return f"{statement}: PROVED{whose} ({self.method})"
        if self.status is Status.REFUTED:
            return f"{statement}: REFUTED ({self.method})"
        return f"{statement}: UNDECIDED ({self.reason})"

    @property
    def follows(self) -> str:
        """What the verdict says of T-BR; empty if nothing.

        Source: the remark below theorem O4.
        """
        if self.claim != PRESERVING or self.status is not Status.PROVED:
            return ""
        return (
            "T-BR from the least law, with the lowest of several best actions, rises at every step "
            "and converges in the mean field; from the greatest law, with the highest, it falls "
            f"and converges ({self.method})"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the verdict as JSON holds it."""
        return {
            "claim": self.claim,
            "status": str(self.status),
            "method": self.method,
            "theorem": self.theorem,
            "selections": self.selections,
            "follows": self.follows,
            "brackets": self.brackets,
            "strategies": self.strategies,
            "boxes": self.boxes,
            "witness": None if self.witness is None else self.witness.to_dict(),
            "reason": self.reason,
            "seconds": round(self.seconds, 6),
        }

    def blocks(self) -> list[Block]:
        """Return the verdict as blocks, to stand in a report."""
        title = "Order-preserving" if self.claim == PRESERVING else "Uniqueness by order"
        blocks: list[Block] = [Heading(f"{title}: {self.status}", 2)]
        sentence = self.sentence
        blocks.append(Paragraph(f"{sentence[0].upper()}{sentence[1:]}."))
        if self.witness is not None:
            blocks.append(Paragraph(self.witness.text))
        return [*blocks, Note(f"Serves: {self.theorem}.")]

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())
