"""Breaking evidence: a claim whose pieces are run with something wrong in them.

A table says how, for every piece of evidence that is run: claim -> piece -> the keyword arguments
of its function that are changed. (Pieces that are symbolic proofs take `changes`, the wrong values
of their proofs' parameters, as `tests/proofs` does.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from mfgcheck.paper.audit import run_claims
from mfgcheck.paper.claim import Claim, Evidence, Finding
from mfgcheck.paper.verdict import Ruled

Changes: TypeAlias = Mapping[str, object]
Broken: TypeAlias = Mapping[str, Mapping[str, Changes]]


def piece(claim: Claim, name: str) -> Evidence:
    """The piece of evidence of this name."""
    (found,) = (evidence for evidence in claim.evidence if evidence.name == name)
    return found


def broken_finding(claim: Claim, name: str, changes: Changes) -> Finding:
    """What a piece finds when it is run with these changes."""
    run = piece(claim, name).run
    assert run is not None
    assert changes, "nothing is changed"
    return run(**changes)  # type: ignore[call-arg]


def rule(claim: Claim, broken: Mapping[str, Changes]) -> Ruled:
    """The verdict on a claim, with these pieces broken, slow ones included."""
    evidence = tuple(
        replace(e, run=partial(e.run, **broken[e.name])) if e.run and e.name in broken else e
        for e in claim.evidence
    )
    (ruled,) = run_claims([replace(claim, evidence=evidence)], full=True).claims
    return ruled
