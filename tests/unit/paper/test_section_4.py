"""Section 4: what happens to the verdicts when their evidence is broken."""

from __future__ import annotations

from tests.unit.paper.breaking import Broken

BROKEN: Broken = {}
