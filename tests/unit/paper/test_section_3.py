"""Section 3: what happens to the verdicts when their evidence is broken."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import pytest
from sympy import Rational

from mfgcheck.gallery import expected, make, names
from mfgcheck.game.orders import Order, chain, product
from mfgcheck.paper.claim import Claim
from mfgcheck.paper.claims.section_3 import CLAIMS
from mfgcheck.paper.evidence import brute, existence, games, limits
from mfgcheck.paper.ledger import find
from tests.oracle.operators import exact_q_values, trembling
from tests.unit.paper.breaking import Broken, rule

_STEPS = {"names": ("coordination",)}  # its runs from both ends stay apart
_PERIOD_TWO = {"game": "audit-c", "start": {0: 1}}
_CHAIN = {"factors": (4,)}

BROKEN: Broken = {
    "equation-5": {
        "any-maximiser": {"changes": {"order_statistics": 0}},
        "no-law-at-ties": {"values": (0, 1)},
    },
    "proposition-1-i": {"contraction": {"changes": {"contraction": -1}}},
    "proposition-1-ii": {
        "no-better-strategy": {"changes": {"fixed_point_is_best": 2}},
        "every-larger-tremble": {"changes": {"condition_is_needed": -1}},
        "one-state": {"tremble": "1/2"},
        "all-strategies": {"tremble": "3/4"},
    },
    "theorem-1": {
        "missing-supremum": _CHAIN,
        "large-tremble": {"tremble": "4/5"},  # above 3/4, but the images are nearer
        "enclosed": {"names": ("beach-bar",)},
        "enclosed-infinitely-many": {"names": ("sis",)},
    },
    "no-additional-conditions": {
        "large-tremble": {"tremble": "1/2"},
        "jump": {"game": "audit-c"},
    },
    "algorithm-1": {"ties": {"game": "audit-f"}},
    "theorem-2": {
        "period-two": _PERIOD_TWO,
        "period-two-without-actions": {"start": {0: 1}},
        "jump": {"game": "audit-c", "limit": "1/3", "ratio": "1/4"},
        "ties": {"game": "audit-f"},
        "both-ends": {"names": ("audit-c",)},
        "certified-steps": _STEPS,
    },
    "global-convergence": {"period-two": _PERIOD_TWO, "certified-steps": _STEPS},
    "remark-1": {"never-near": {"accuracy": 1}, "certified-steps": _STEPS},
    "remark-1-the-t-mfe": {"coordination": {"game": "audit-f"}},
    "remark-1-k0": {
        "without-contraction": {"low": 0, "high": "1/10"},
        "certified-steps": _STEPS,
    },
    "finitely-many-steps": {"never-arrives": {"ratio": "1/3"}},
    "lemma-1": {"order-statistics": {"changes": {"order_statistics": 0}}},
    "lemma-2": {"iterates": {"falling": 1}},
    "lemma-3": {"iterates": {"falling": 1}},
    "proposition-2": {
        "large-tremble": {"tremble": "1/2"},
        "small-games": {"in_z": True},
        "chains-and-large-trembles": {"greedy": True},
    },
    "proposition-2-value": {
        "too-large": {
            "changes": {
                "printed_fails": Rational(1, 3),
                "excess": 1,
                "printed_is_no_mean": Rational(2, 5),
            }
        },
        "right-formula": {"changes": {"formula": 1}},
    },
    "proposition-2-induction": {"fall": {"by": 2}},
    "theorem-7": {"all-maps": {"monotone": False}},
    "lattice-of-laws": {"chain-of-four": {"factors": (2, 2)}, "missing-supremum": _CHAIN},
    "adlakha-johari-lemma-7": {"small-games": {"monotone": False}},
    "theorem-2-continuity": {
        "jump": {"at": "1/4"},
        "moved": {"to": "1/3"},
    },
}

RULINGS = {
    "equation-5": "REPAIRED",
    "proposition-1-i": "PROVED",
    "proposition-1-ii": "TRUE UNDER",
    "theorem-1": "TRUE UNDER",
    "no-additional-conditions": "REFUTED",
    "algorithm-1": "REFUTED",
    "theorem-2": "REFUTED",
    "global-convergence": "REFUTED",
    "remark-1": "REFUTED",
    "remark-1-the-t-mfe": "REFUTED",
    "remark-1-k0": "REFUTED",
    "finitely-many-steps": "REFUTED",
    "lemma-1": "PROVED",
    "lemma-2": "PROVED",
    "lemma-3": "PROVED",
    "proposition-2": "TRUE UNDER",
    "proposition-2-value": "REFUTED",
    "proposition-2-induction": "REFUTED",
    "theorem-7": "PROVED",
    "lattice-of-laws": "TRUE UNDER",
    "adlakha-johari-lemma-7": "PROVED",
    "theorem-2-limits": "PROVED",
    "theorem-2-continuity": "REFUTED",
}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_verdict(claim: Claim) -> None:
    assert str(rule(claim, {}).ruling) == RULINGS[claim.id]


def test_every_game_of_the_gallery_with_complementarities_is_asked_for_a_t_mfe() -> None:
    asked = {
        name
        for piece in find("theorem-1").evidence
        if isinstance(piece.run, partial) and piece.run.func is existence.at_least_one
        for name in piece.run.keywords["names"]
    }
    proved = {
        name
        for name in names()
        if all(v == "PROVED" for c, v in expected(name).items() if not c.startswith("assumption"))
    }
    assert asked - {games.GRID, games.LATTICE} == proved


def test_rulings_are_of_all_claims() -> None:
    assert [claim.id for claim in CLAIMS] == list(RULINGS)


@pytest.mark.parametrize("name", ["audit-b", "audit-c", "coordination"])
def test_fixed_point_is_that_of_the_oracle(name: str) -> None:
    game = make(name)
    for law in brute.laws(game.states, 3):
        stage = brute.stage_at(game, law)
        q = exact_q_values(game, dict(zip(game.states.labels, law, strict=True)))
        assert [list(row) for row in brute.fixed_point(stage)] == q
        assert list(brute.smoothed(stage, brute.fixed_point(stage))) == trembling(q, game.tremble)


def test_best_strategy_is_the_best_of_all_at_a_large_tremble() -> None:
    game = games.opposed("9/10")
    best = brute.best(brute.stage_at(game, (Fraction(3, 4), Fraction(1, 4))))
    assert best.strategies == ((1, 1),)  # the action (0, 1), whose reward is the least
    # Discount 1/2: twice 1/10 of 1/16 and 3/10 of 1/2, 9/80 and 9/16.
    assert set(best.values) == {
        2 * (Fraction(1, 160) + Fraction(3, 10) * (Fraction(17, 16) + Fraction(9, 80)))
    }


@pytest.mark.parametrize(
    ("order", "count"), [(chain(3), 4), (product(2, 2), 6), (product(2, 2, 2), 20)]
)
def test_upper_sets_are_all(order: Order, count: int) -> None:
    assert len(brute.upper_sets(order)) == count  # Dedekind's numbers, for the cubes


def test_laws_with_masses_in_halves() -> None:
    found = brute.laws(chain(3), 2)
    assert len(found) == 6
    assert all(sum(law) == 1 and min(law) >= 0 for law in found)


def test_no_formula_is_claimed_where_the_best_response_changes_on_the_way() -> None:
    # Below 2/3, audit-c changes its best response at 1/3.
    assert limits.never_arrives("audit-c", 0, "2/3", "1/4").confirmed is False
