"""Section 2: the model, Definition 1, and the running examples."""

from __future__ import annotations

from mfgcheck.paper.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
