"""Section 5: what happens to the verdicts when their evidence is broken."""

from __future__ import annotations

from fractions import Fraction

import pytest

from mfgcheck.paper.ledger import find
from mfgcheck.paper.verdict import Ruling
from tests.unit.paper.breaking import Broken, rule

BROKEN: Broken = {
    "lag": {"cycle": {"first": 0}},
    "coverage": {
        "missed-state": {"top": Fraction(1, 10)},
        "exactly": {"agents": 200},
    },
    "theorem-5": {
        "fluctuation": {"accuracy": Fraction(1, 2)},  # twice that is the largest error
        "not-exact": {"agents": 100_000},
        "accuracy-for-nothing": {"c3": Fraction(1, 2)},
        "bracket": {"w": Fraction(11, 20)},  # then the other term is the larger
        "new-agents": {"top": Fraction(1, 10)},
        "in-numbers": {"game": "fair-coin"},  # whose C3 is 0
    },
    "b-of-theorem-5": {
        "below-one": {"zeta": Fraction(1, 10)},
        "at-one": {"changes": {"b_fails_at_one": 1}},
        "sums": {"changes": {"coarse_sum": 2}},
    },
    "corollary-theorem-5": {
        "not-exact": {"agents": 100_000},
        "sum": {"changes": {"limit": -1}},
    },
    "equation-18": {
        "meant": {"changes": {"pathwise": -1}},
        "printed": {"game": "fair-coin"},  # actions do nothing
    },
    "theorem-9": {
        "explicit": {"changes": {"moments": 4}},
        "in-numbers": {"updates": 100},
    },
    "algorithm-6": {
        "cycle": {"cost": Fraction(1, 2)},
        "as-theorem-2": {"start": {0: 1}},
        "first-mean-field": {"defined": (0, 1)},
        "least-start-in-the-game": {"first": 1},
    },
}

VERDICTS = {
    "lag": Ruling.REFUTED,
    "coverage": Ruling.TRUE_UNDER,
    "theorem-5": Ruling.REFUTED,
    "b-of-theorem-5": Ruling.REFUTED,
    "corollary-theorem-5": Ruling.OPEN,
    "equation-18": Ruling.REPAIRED,
    "theorem-9": Ruling.OPEN,
    "algorithm-6": Ruling.REFUTED,
}


@pytest.mark.parametrize(("claim", "ruling"), VERDICTS.items())
def test_verdicts(claim: str, ruling: Ruling) -> None:
    assert rule(find(claim), {}).ruling is ruling


def test_numbers_that_the_page_says() -> None:
    texts = {
        piece.evidence.name: piece.finding.text
        for claim in ("theorem-5", "b-of-theorem-5", "algorithm-6")
        for piece in rule(find(claim), {}).pieces
        if piece.finding is not None
    }
    assert "probability 0.0444" in texts["not-exact"]
    assert "2.4776 C3 eps3, and B is 0.1504" in texts["below-one"]
    assert "best by 1/16" in texts["cycle"]
