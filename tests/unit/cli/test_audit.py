"""`mfgcheck audit`: what it prints, exit statuses, its JSON, and the page that is made of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import jsonschema
import pytest

from mfgcheck.cli import main
from mfgcheck.paper import ledger
from mfgcheck.paper.audit import audit, run_claims
from mfgcheck.paper.claim import (
    Claim,
    Evidence,
    Finding,
    Means,
    Shows,
    confirmed,
    denied,
    undecided,
)
from mfgcheck.paper.verdict import Basis, Ruling
from mfgcheck.report import schema

ROOT = Path(__file__).resolve().parents[3]


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema("audit")).validate(result)
    return result


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["audit", *arguments]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert said.err.count("\n") == 1
    return said.err


def made(*evidence: Evidence, condition: str | None = None) -> Claim:
    """A claim with this evidence."""
    return Claim("a-claim", "Lemma 0", "Nothing", "Nothing much.", evidence, condition)


def piece(shows: Shows, finding: Finding, name: str = "it") -> Evidence:
    """A piece of evidence that finds this."""
    return Evidence(name, shows, Means.ARITHMETIC, "So it is.", lambda: finding)


def half(shows: Shows, finding: Finding, name: str = "half") -> Evidence:
    """A piece that is run and needs an argument on paper besides."""
    return replace(piece(shows, finding, name), page="paper/arguments#arg")


def paper(shows: Shows, name: str = "read") -> Evidence:
    """An argument on paper."""
    return Evidence(name, shows, Means.PAPER, "So it is.", page="paper/arguments#arg")


def instead(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the ledger hold this claim alone."""
    monkeypatch.setattr(ledger, "CLAIMS", (claim,))


YES, NO, PERHAPS = confirmed("It is."), denied("It is not."), undecided("Who knows.")


@pytest.mark.parametrize(
    ("evidence", "ruling", "basis"),
    [
        ((), Ruling.OPEN, Basis.NOTHING),
        ((piece(Shows.HOLDS, YES),), Ruling.PROVED, Basis.MACHINE),
        ((piece(Shows.HOLDS, NO),), Ruling.OPEN, Basis.NOTHING),
        ((piece(Shows.HOLDS, PERHAPS),), Ruling.OPEN, Basis.NOTHING),
        ((paper(Shows.HOLDS),), Ruling.PROVED, Basis.PAPER),
        ((paper(Shows.HOLDS), piece(Shows.HOLDS, YES)), Ruling.PROVED, Basis.BOTH),
        ((paper(Shows.HOLDS), piece(Shows.HOLDS, PERHAPS)), Ruling.OPEN, Basis.NOTHING),
        ((paper(Shows.HOLDS), piece(Shows.AGREES, YES)), Ruling.PROVED, Basis.PAPER),
        ((paper(Shows.HOLDS), piece(Shows.AGREES, NO)), Ruling.OPEN, Basis.NOTHING),
        ((piece(Shows.AGREES, YES),), Ruling.OPEN, Basis.NOTHING),
        ((piece(Shows.FAILS, YES),), Ruling.REFUTED, Basis.MACHINE),
        ((piece(Shows.FAILS, NO),), Ruling.OPEN, Basis.NOTHING),
        ((piece(Shows.FAILS, YES), paper(Shows.FAILS)), Ruling.REFUTED, Basis.MACHINE),
        ((paper(Shows.FAILS),), Ruling.REFUTED, Basis.PAPER),
        ((half(Shows.FAILS, YES),), Ruling.REFUTED, Basis.BOTH),
        ((half(Shows.FAILS, NO),), Ruling.OPEN, Basis.NOTHING),
        ((half(Shows.FAILS, YES), paper(Shows.FAILS)), Ruling.REFUTED, Basis.BOTH),
        ((half(Shows.FAILS, YES), piece(Shows.FAILS, YES)), Ruling.REFUTED, Basis.MACHINE),
        ((half(Shows.FAILS, NO), paper(Shows.FAILS)), Ruling.REFUTED, Basis.PAPER),
        ((half(Shows.HOLDS, YES),), Ruling.PROVED, Basis.BOTH),
        ((half(Shows.HOLDS, YES), piece(Shows.HOLDS, YES)), Ruling.PROVED, Basis.BOTH),
        # A proof and a counterexample: one of them is wrong.
        ((piece(Shows.FAILS, YES), paper(Shows.HOLDS)), Ruling.OPEN, Basis.NOTHING),
        ((piece(Shows.DEFECT, YES), paper(Shows.HOLDS)), Ruling.REPAIRED, Basis.BOTH),
        ((piece(Shows.DEFECT, NO), paper(Shows.HOLDS)), Ruling.PROVED, Basis.PAPER),
        ((piece(Shows.DEFECT, YES),), Ruling.OPEN, Basis.NOTHING),
        ((piece(Shows.INSTEAD, YES),), Ruling.OPEN, Basis.NOTHING),
    ],
)
def test_verdict(evidence: tuple[Evidence, ...], ruling: Ruling, basis: Basis) -> None:
    (ruled,) = run_claims([made(*evidence)]).claims
    assert ruled.ruling is ruling
    assert ruled.basis is basis


def test_a_condition_is_enough_or_it_is_not() -> None:
    fails, enough = piece(Shows.FAILS, YES, "without"), piece(Shows.HOLDS_IF, YES)
    (ruled,) = run_claims([made(fails, enough, condition="it rains")]).claims
    assert ruled.ruling is Ruling.TRUE_UNDER
    (ruled,) = run_claims([made(fails, piece(Shows.HOLDS_IF, NO), condition="it rains")]).claims
    assert ruled.ruling is Ruling.REFUTED


def test_the_part_on_paper_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(made(half(Shows.FAILS, YES)), monkeypatch)
    assert main(["audit", "a-claim"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "REFUTED (machine-checked but for arguments on paper)" in told
    assert "Confirmed: It is. The rest is for people to read: book page paper/arguments#arg" in told
    assert main(["audit", "--json"]) == 0
    (claim,) = found(capsys)["claims"]
    assert claim["basis"] == "machine-checked but for arguments on paper"
    assert [(one["run"], one["page"]) for one in claim["evidence"]] == [
        (True, "paper/arguments#arg")
    ]


def test_slow_evidence_waits_for_full() -> None:
    claim = made(replace(piece(Shows.HOLDS, YES), slow=True))
    assert run_claims([claim]).claims[0].ruling is Ruling.OPEN
    assert run_claims([claim], full=True).claims[0].ruling is Ruling.PROVED


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Evidence("x", Shows.HOLDS, Means.PAPER, "It is read."),
        lambda: Evidence("x", Shows.HOLDS, Means.CASES, "It is run."),
        lambda: made(paper(Shows.HOLDS), paper(Shows.FAILS)),
        lambda: made(paper(Shows.HOLDS), condition="it rains"),
        lambda: made(paper(Shows.HOLDS_IF)),
    ],
)
def test_an_entry_must_be_complete(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        wrong()


def test_one_claim(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "theorem-2"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Theorem 2: T-BR converges to a T-MFE: REFUTED" in told
    assert "a cycle of" in told
    assert main(["audit", "theorem-2", "lemma-1", "theorem-2", "--json"]) == 0
    result = found(capsys)
    assert [claim["id"] for claim in result["claims"]] == ["theorem-2", "lemma-1"]
    assert [claim["verdict"] for claim in result["claims"]] == ["REFUTED", "PROVED"]


def test_all_is_told_in_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = [replace(made(piece(Shows.FAILS, YES)), id=f"claim-{n}") for n in range(5)]
    monkeypatch.setattr(ledger, "CLAIMS", tuple(claims))
    assert main(["audit"]) == 0
    told = capsys.readouterr().out
    assert "5 claims" in told
    assert "5 REFUTED." in told
    assert "5 pieces of evidence were run" in told


@pytest.mark.parametrize(("finding", "status"), [(YES, 0), (NO, 1), (PERHAPS, 2)])
def test_exit_status(
    finding: Finding,
    status: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instead(made(piece(Shows.HOLDS, finding)), monkeypatch)
    assert main(["audit", "--json"]) == status
    assert found(capsys)["as_claimed"] is finding.confirmed
    assert main(["audit", "--quiet"]) == status
    assert capsys.readouterr().out == ""
    assert main(["audit", "a-claim"]) == status
    assert finding.text in capsys.readouterr().out


def test_an_interrupted_audit_keeps_what_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped() -> NoReturn:
        raise KeyboardInterrupt

    late = Evidence("late", Shows.HOLDS, Means.CASES, "It is late.", stopped)
    done = made(piece(Shows.HOLDS, YES))
    monkeypatch.setattr(ledger, "CLAIMS", (done, replace(made(late), id="late")))
    assert main(["audit", "--json"]) == 130
    result = found(capsys)
    assert result["interrupted"]
    assert [claim["id"] for claim in result["claims"]] == ["a-claim"]


def test_unknown_claims(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean theorem-2" in refused(capsys, "theorem2")
    assert "`mfgcheck audit` lists them all" in refused(capsys, "goldbach")
    assert "--help" in refused(capsys, "--fast")


def test_proofs_do_not_count_without_assertions() -> None:
    command = [sys.executable, "-O", "-m", "mfgcheck", "audit", "lemma-1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    (claim,) = json.loads(done.stdout)["claims"]
    assert claim["verdict"] == "OPEN"


def test_proofs_that_are_not_installed_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from mfgcheck.paper import symbolic

    monkeypatch.setattr(symbolic, "PLACES", ())
    (ruled,) = audit(["lemma-1"]).claims
    assert ruled.ruling is Ruling.OPEN
    assert ruled.as_claimed is None


def test_scripts_of_the_same_name_are_left_alone() -> None:
    import mfgcheck.paper.symbolic as symbolic

    before = set(sys.modules), list(sys.path)
    assert symbolic.run_proofs("lemma_1", ("weights",)).confirmed is True
    assert list(sys.path) == before[1]
    assert "lemma_1" not in set(sys.modules) - before[0]


def test_the_statements_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "tools" / "render_statements.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run python tools/render_statements.py\n{done.stdout[-3000:]}"
