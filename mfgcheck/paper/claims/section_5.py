"""Section 5 and appendix E: learning online."""

from __future__ import annotations

from mfgcheck.paper.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
