"""Section 3: what happens to the verdicts when their evidence is broken."""

from __future__ import annotations

from tests.unit.paper.breaking import Broken

BROKEN: Broken = {
    "lemma-1": {"order-statistics": {"changes": {"order_statistics": 0}}},
    "theorem-2": {"period-two": {"game": "audit-c", "start": {0: 1}}},
}
