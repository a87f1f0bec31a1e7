"""Section 4 and appendices A, B, D: learning with a simulator."""

from __future__ import annotations

from mfgcheck.paper.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
