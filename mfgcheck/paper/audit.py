"""`audit`: the ledger with its evidence run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from mfgcheck.paper.claim import Claim, Evidence
from mfgcheck.paper.verdict import Piece, Ruled, worst
from mfgcheck.report.blocks import Block

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (done, total, what comes next) before each piece of evidence and once at the end."""


@dataclass(frozen=True, eq=False)
class Audit:
    """The claims of the paper, each with what its evidence was found to be.

    Attributes:
        claims: the claims asked for, in the order of the paper.
        full: whether slow evidence was run too.
        seconds: how long it took.
        interrupted: whether it was stopped from the keyboard; claims not reached are left out.
    """

    claims: tuple[Ruled, ...]
    full: bool
    seconds: float
    interrupted: bool = False

    def __bool__(self) -> NoReturn:
        raise TypeError("an audit is not a truth value: compare audit.as_claimed")

    @property
    def as_claimed(self) -> bool | None:
        """Whether all evidence that was run is as it says; None if some could not be decided."""
        return worst(self.claims)

    def to_dict(self) -> dict[str, object]:
        """Return the audit as JSON holds it (schema `mfgcheck.audit/1`)."""
        from mfgcheck.paper.words import audit_dict

        return audit_dict(self)

    def blocks(self) -> list[Block]:
        """Return the audit as blocks, which terminals and notebooks render."""
        from mfgcheck.paper.words import audit_blocks

        return audit_blocks(self)

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())


def audit(
    claims: Iterable[str] | None = None,
    on_progress: Progress | None = None,
    *,
    full: bool = False,
) -> Audit:
    """Run the evidence for and against claims of the paper, and say what follows from it.

    Args:
        claims: ids of the claims; all by default.
        on_progress: called as (done, total, next) between pieces of evidence.
        full: run what takes long, too.

    Raises:
        BadInput: the ledger has no such claim.

    >>> audit(["theorem-2"]).claims[0].ruling.value
    'REFUTED'
    """
    from mfgcheck.paper.ledger import CLAIMS, find

    chosen = CLAIMS if claims is None else tuple(map(find, dict.fromkeys(claims)))
    return run_claims(chosen, on_progress, full=full)


def run_claims(
    chosen: Sequence[Claim], on_progress: Progress | None = None, *, full: bool = False
) -> Audit:
    """Run the evidence of these claims, be they of the ledger or not."""
    started = time.perf_counter()
    total = sum(len(claim.evidence) for claim in chosen)
    done = 0
    ruled: list[Ruled] = []
    interrupted = False
    try:
        for claim in chosen:
            pieces = []
            for evidence in claim.evidence:
                if on_progress is not None:
                    on_progress(done, total, f"{claim.item}: {evidence.name}")
                pieces.append(_run(evidence, full=full))
                done += 1
            ruled.append(Ruled(claim, tuple(pieces)))
        if on_progress is not None:
            on_progress(total, total, "")
    except KeyboardInterrupt:  # the claims that are done are kept
        interrupted = True
    return Audit(tuple(ruled), full, time.perf_counter() - started, interrupted)


def _run(evidence: Evidence, *, full: bool) -> Piece:
    if evidence.run is None or (evidence.slow and not full):
        return Piece(evidence, None)
    started = time.perf_counter()
    finding = evidence.run()
    return Piece(evidence, finding, time.perf_counter() - started)
