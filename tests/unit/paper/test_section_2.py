"""Section 2: what happens to the verdicts when their evidence is broken."""

from __future__ import annotations

from fractions import Fraction

import pytest

from mfgcheck.paper.evidence.example_noise import no_noise
from tests.unit.paper.breaking import Broken

CALM = ({"c_f": Fraction(0)},)  # nobody is ever infected
CAPPED = {"game": "capped-health", "variants": ({},)}

BROKEN: Broken = {
    "mean-field-equation": {"small-games": {"literal": True}},
    "definition-1": {"games": {"games": ("capped-health", "mturk")}},
    "definition-1-best-reward": {"gallery": {"games": ("beach-bar",)}},
    "definition-1-continuity": {"jump": {"game": "audit-c"}},
    "bounded-reward-infection": {
        "certified": {"least": Fraction(1, 2)},
        "linear": {"parameters": {"susceptibility": "exp"}},
    },
    "bounded-reward-mturk": {
        "range": {"parameters": {"states": 2}},
        "values": {"state": 0},
    },
    "crowd-raises-rewards": {"decided": {"game": "audit-f", "variants": ({},)}},
    "crowd-raises-returns": {
        "returns": {"parameters": {"susceptibility": "rational", "c_f": Fraction(0)}},
        "responses": {"parameters": {"susceptibility": "rational"}},
        "fixed": {"falling": False},
    },
    "infection-differences": {
        "check": {"variants": CALM},
        "every-p": {"clause": "kernel.monotone_z"},
        "monotone": {"game": "infection-spread", "clauses": ("kernel.supermodular",)},
    },
    "infection-complementarities": {
        "check": CAPPED,
        "smallest": {"capped": True},
        "no-noise-mends-it": {"shifts": tuple(range(-27, 24))},
        "convex-order-capped": {"cap": None},
        "order": {"variants": ({"susceptibility": "logistic", "c_f": Fraction(1)},)},
        "reward": {"clauses": ("reward.supermodular", "kernel.supermodular")},
        "capped-health": {"game": "infection-spread"},
    },
    "infection-t-mfe": {
        "none": {"variants": ({"susceptibility": "logistic", "c_f": Fraction(1, 10)},)},
        "none-as-printed": {"variants": ({"susceptibility": "linear"},)},
        "printed": {"variants": ({"susceptibility": "logistic", "c_f": Fraction(1)},)},
    },
    "mturk-complementarities": {
        "check": CAPPED,
        "contraction": {"parameters": {"zeta": Fraction(0)}},
    },
    "trembling-hand-set": {
        "probabilities": {"changes": {"weights": 2}},
        "one-action": {"actions": 2},
    },
    "trembling-hand-ties": {
        "g-is-well-defined": {"changes": {"order_statistics": 0}},
        "ties": {"q": (2, 1, 0)},
    },
    "optimal-trembling-strategy": {"all-strategies": {"alike": True}},
    "refinement": {"lever": {"tremble": "0"}},
}


@pytest.mark.parametrize(("states", "actions"), [(2, 2), (3, 2), (4, 3), (25, 5)])
def test_the_range_of_noise_is_the_one_of_the_theorem(states: int, actions: int) -> None:
    """With n states and m actions the chances have to fall from -(n + m - 3) to n - 2."""
    low, high = -(states + actions - 4), states - 2
    assert no_noise(states, actions, tuple(range(low, high + 1))).confirmed is True
    assert no_noise(states, actions, tuple(range(low - 1, high + 1))).confirmed is False
