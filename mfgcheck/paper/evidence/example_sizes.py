"""Evidence about the paper's examples at every number of states and actions, for every p."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfgcheck.gallery import maker
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.verify.all_sizes.decide import all_sizes
from mfgcheck.verify.verdict import Status


def hold(game: str, clauses: Sequence[str], parameters: Mapping[str, object]) -> Finding:
    """Whether all these clauses hold at every size, whatever p is."""
    found = all_sizes(maker(game), **parameters).clauses
    for clause in clauses:
        verdict = found[clause]
        if verdict.status is not Status.PROVED:
            told = f"{game}, {clause}: {verdict.status}, {verdict.where}"
            return denied(told) if verdict.status is Status.REFUTED else undecided(told)
    scopes = dict.fromkeys(part for clause in clauses for part in found[clause].scope.split("; "))
    return confirmed(
        f"{', '.join(clauses)}: each holds at every |S| >= 2, |A| >= 2; {'; '.join(scopes)}."
    )


def fails(
    game: str, clause: str, parameters: Mapping[str, object], sizes: tuple[int, int]
) -> Finding:
    """Whether a clause fails at every size from one on, whatever strictly decreasing p is."""
    verdict = all_sizes(maker(game), **parameters).clauses[clause]
    if verdict.status is Status.UNDECIDED:
        return undecided(f"{game}, {clause}: {verdict.how}")
    if not verdict.fails_at(*sizes):
        return denied(f"{game}, {clause}: {verdict.status}, {verdict.where}")
    return confirmed(f"{clause} {verdict.where}: {verdict.how}; {verdict.scope}.")
