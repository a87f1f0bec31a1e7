"""Every claim's verdict follows from evidence that could have come out otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mfgcheck.paper.claim import Means
from mfgcheck.paper.ledger import CLAIMS, find
from mfgcheck.paper.verdict import Basis, Ruling
from tests.unit.paper import (
    test_appendix,
    test_section_2,
    test_section_3,
    test_section_4,
    test_section_5,
)
from tests.unit.paper.breaking import broken_finding, rule

BOOK = Path(__file__).resolve().parents[3] / "book"
TABLES = (test_section_2, test_section_3, test_section_4, test_section_5, test_appendix)
BROKEN = {claim: pieces for table in TABLES for claim, pieces in table.BROKEN.items()}
PIECES = [(claim.id, e.name) for claim in CLAIMS for e in claim.evidence if e.run is not None]
RUN = [claim.id for claim in CLAIMS if any(e.run is not None for e in claim.evidence)]


def test_every_piece_that_is_run_has_a_broken_form() -> None:
    broken = [(claim, name) for claim, pieces in BROKEN.items() for name in pieces]
    assert sorted(broken) == sorted(PIECES)


@pytest.mark.parametrize(("name", "evidence"), PIECES)
def test_a_broken_piece_is_not_confirmed(name: str, evidence: str) -> None:
    finding = broken_finding(find(name), evidence, BROKEN[name][evidence])
    assert finding.confirmed is not True, finding.text


@pytest.mark.parametrize("name", RUN)
def test_verdict_changes_with_its_evidence(name: str) -> None:
    sound, broken = rule(find(name), {}), rule(find(name), BROKEN[name])
    assert sound.as_claimed is True, [piece.finding for piece in sound.pieces]
    assert sound.ruling is not broken.ruling or sound.ruling is Ruling.OPEN
    assert broken.as_claimed is not True


def test_ids_are_unique_and_in_one_style() -> None:
    ids = [claim.id for claim in CLAIMS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in ids)


def test_arguments_on_paper_stand_where_they_are_said_to() -> None:
    for claim in CLAIMS:
        for evidence in claim.evidence:
            if evidence.page is not None:
                page, _, label = evidence.page.partition("#")
                text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
                found = re.search(rf"^:label: {label}$|^\({label}\)=$", text, re.MULTILINE)
                assert found, f"{claim.id}: no {label} on {page}.md"


@pytest.mark.parametrize(
    "name",
    ["theorem-5", "theorem-6", "no-additional-conditions", "remark-1-k0"],
)
def test_refutations_that_need_an_argument_besides_are_not_called_machine_checked(
    name: str,
) -> None:
    assert rule(find(name), {}).basis is Basis.BOTH


def test_an_argument_on_paper_is_not_called_machine_checked() -> None:
    for claim in CLAIMS:
        if all(evidence.means is Means.PAPER for evidence in claim.evidence):
            assert rule(claim, {}).basis in (Basis.PAPER, Basis.NOTHING)
