"""Section 4 and appendices A, B, D: learning with a simulator."""

from __future__ import annotations

from mfgcheck.paper.claim import Claim
from mfgcheck.paper.claims import section_4_algorithms, section_4_lemmas, section_4_theorems

CLAIMS: tuple[Claim, ...] = (
    *section_4_algorithms.CLAIMS,
    *section_4_lemmas.CLAIMS,
    *section_4_theorems.CLAIMS,
)
