"""An audit as text and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mfgcheck.paper.claim import Means
from mfgcheck.paper.verdict import Basis, Piece, Ruled, Ruling
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table

if TYPE_CHECKING:
    from mfgcheck.paper.audit import Audit

SCHEMA = "mfgcheck.audit/1"

DETAILED = 3
"""Up to so many claims are told in full; of more there is a table."""

SHORT_BASIS = {
    Basis.MACHINE: "run",
    Basis.BOTH: "run, paper",
    Basis.PAPER: "paper",
    Basis.NOTHING: "",
}
"""What a verdict rests on, in a word."""


def audit_blocks(audit: Audit) -> list[Block]:
    """Return an audit as blocks."""
    if len(audit.claims) <= DETAILED:
        blocks = [block for ruled in audit.claims for block in claim_blocks(ruled)]
    else:
        blocks = _overview(audit)
    if audit.interrupted:
        blocks.append(Note("Interrupted: the claims that were done are listed."))
    return blocks


def _overview(audit: Audit) -> list[Block]:
    counts = Counter(ruled.ruling for ruled in audit.claims)
    told = ", ".join(f"{counts[ruling]} {ruling}" for ruling in Ruling if counts[ruling])
    rows = tuple(
        (claim.item, claim.title, str(ruled.ruling), SHORT_BASIS[ruled.basis], claim.id)
        for ruled, claim in ((ruled, ruled.claim) for ruled in audit.claims)
    )
    blocks: list[Block] = [
        Heading(f"The paper, checked: {len(audit.claims)} claims", 1),
        Paragraph(f"{told}."),
        Table(
            ("paper", "claim", "verdict", "by", "id"),
            rows,
            "by: what was run now, arguments on paper, or both",
        ),
    ]
    pieces = [piece for ruled in audit.claims for piece in ruled.pieces]
    run = sum(piece.finding is not None for piece in pieces)
    on_paper = sum(piece.evidence.means is Means.PAPER for piece in pieces)
    left = len(pieces) - run - on_paper
    blocks.append(
        Paragraph(
            f"{run} pieces of evidence were run in {audit.seconds:.0f} s, {on_paper} are arguments "
            f"on paper{f', {left} take longer (--full)' if left else ''}. "
            "`mfgcheck audit ID` tells all about a claim."
        )
    )
    for ruled in audit.claims:
        for piece in ruled.pieces:
            if piece.finding is not None and piece.finding.confirmed is not True:
                state = "is not so" if piece.finding.confirmed is False else "was not decided"
                blocks.append(
                    Paragraph(
                        f"{ruled.claim.item}: {piece.evidence.what} This {state}: "
                        f"{piece.finding.text}"
                    )
                )
    return blocks


def claim_blocks(ruled: Ruled) -> list[Block]:
    """Return all about one claim."""
    claim = ruled.claim
    blocks: list[Block] = [
        Heading(f"{claim.item}: {claim.title}: {ruled.ruling}", 1),
        Paragraph(f"The paper says: {claim.says}"),
        Paragraph(f"Verdict: {verdict_text(ruled)}"),
    ]
    if claim.instead is not None:
        blocks.append(Paragraph(f"Instead: {claim.instead}"))
    for piece in ruled.pieces:
        evidence = piece.evidence
        blocks.append(Heading(f"{evidence.name} ({evidence.means}): {evidence.shows}", 2))
        blocks.append(Paragraph(f"{evidence.what}\n{finding_text(piece)}"))
    return blocks


def verdict_text(ruled: Ruled) -> str:
    """Return the verdict in a sentence, with its condition and with what it rests on."""
    condition = f" the condition that {ruled.claim.condition}" if _conditional(ruled) else ""
    basis = f" ({ruled.basis})" if ruled.basis is not Basis.NOTHING else ""
    return f"{ruled.ruling}{condition}{basis}."


def _conditional(ruled: Ruled) -> bool:
    return ruled.ruling is Ruling.TRUE_UNDER


def finding_text(piece: Piece) -> str:
    """Return what came out of a piece of evidence."""
    page = piece.evidence.page
    if piece.evidence.means is Means.PAPER:
        return f"For people to read: book page {page}."
    rest = f" The rest is for people to read: book page {page}." if page is not None else ""
    return outcome_text(piece) + rest


def outcome_text(piece: Piece) -> str:
    """Return what came out of a piece that is run."""
    if piece.finding is None:
        return "Not run, as it takes long: --full runs it."
    word = {True: "Confirmed", False: "NOT SO", None: "Not decided"}[piece.finding.confirmed]
    return f"{word}: {piece.finding.text}"


def audit_dict(audit: Audit) -> dict[str, object]:
    """Return an audit as JSON holds it."""
    return {
        "schema": SCHEMA,
        "as_claimed": audit.as_claimed,
        "full": audit.full,
        "seconds": round(audit.seconds, 6),
        "interrupted": audit.interrupted,
        "claims": [_claim_dict(ruled) for ruled in audit.claims],
    }


def _claim_dict(ruled: Ruled) -> dict[str, object]:
    claim = ruled.claim
    return {
        "id": claim.id,
        "item": claim.item,
        "title": claim.title,
        "says": claim.says,
        "verdict": str(ruled.ruling),
        "condition": claim.condition if _conditional(ruled) else None,
        "instead": claim.instead,
        "basis": str(ruled.basis),
        "as_claimed": ruled.as_claimed,
        "evidence": [_piece_dict(piece) for piece in ruled.pieces],
    }


def _piece_dict(piece: Piece) -> dict[str, object]:
    evidence, finding = piece.evidence, piece.finding
    return {
        "name": evidence.name,
        "shows": evidence.shows.name.lower(),
        "means": str(evidence.means),
        "what": evidence.what,
        "page": evidence.page,
        "run": finding is not None,
        "confirmed": None if finding is None else finding.confirmed,
        "found": None if finding is None else finding.text,
        "seconds": round(piece.seconds, 6),
    }
