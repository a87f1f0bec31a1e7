"""Section 6 and appendix F: the experiments, as far as they state facts."""

from __future__ import annotations

from mfgcheck.paper.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
