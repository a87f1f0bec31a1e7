"""The experiments: what happens to the verdicts when their evidence is broken."""

from __future__ import annotations

from fractions import Fraction

from tests.unit.paper.breaking import Broken

BROKEN: Broken = {
    "experiment-actions": {"two-sets": {"labels": ((0, 1, 2, 3, 4), (0, 1, 2, 3, 4))}},
    "experiment-states": {"leaves": {"actions": 1}},
    "experiment-susceptibility": {
        "t-mfe": {"variants": ({}, {"susceptibility": "exp"})},
        "definition": {"game": "capped-health", "parameter": "reach", "values": (6,)},
    },
    "experiment-replacement": {
        "depends": {"replacement": "full"},
        "readings": {"variants": ({}, {"replacement": "full"})},
    },
    "experiment-learning-rate": {
        "rises": {"first": Fraction(1, 100), "last": Fraction(1, 1000)},
    },
    "mturk-replacement": {
        "leaves": {"drawn_to": 99},
        "mended": {"game": "capped-health", "parameter": "reach", "values": (6,)},
        "t-mfe": {"parameters": {"zeta": Fraction(0)}},
    },
    "mturk-cost": {"cost": {"other": {"delta3": Fraction(1, 10)}}},
}
