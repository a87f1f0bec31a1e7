"""Every game of the gallery against the verdicts that its file states, and exact facts of some."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from sympy import Rational as R
from sympy import exp, log, simplify

from mfgcheck import Report, check, gallery
from tests.oracle import CLAUSES

ASSUMPTIONS = (
    "assumption.bounded_reward",
    "assumption.tremble",
    "assumption.chain",
    "assumption.continuous",
)
ALL = (*CLAUSES, *ASSUMPTIONS)
STRATEGIC_COMPLEMENTARITIES = {
    "capped-health", "two-lotteries", "coordination",
    "audit-a", "audit-b", "audit-c", "audit-d", "audit-e", "audit-f",
    "audit-g", "fair-coin",
}  # fmt: skip

# Game, parameters, and the verdicts that differ from those at the default parameters.
VARIANTS: tuple[tuple[str, dict[str, Any], dict[str, str]], ...] = (
    ("infection-spread", {"susceptibility": "rational"}, {}),
    ("infection-spread", {"susceptibility": "logistic"}, {}),
    # 1 - p(s) = 1 from s = 20 on, so the reward reaches 1 + 1/5.
    ("infection-spread", {"susceptibility": "linear"}, {"assumption.bounded_reward": "REFUTED"}),
    # r is 1 + 1/5 where p is 0, and p may jump.
    (
        "infection-spread",
        {"susceptibility": "any"},
        {
            "assumption.bounded_reward": "REFUTED",
            "assumption.continuous": "UNDECIDED",
        },
    ),
    (
        "capped-health",
        {"susceptibility": "any"},
        {
            "assumption.bounded_reward": "REFUTED",
            "assumption.continuous": "UNDECIDED",
        },
    ),
    ("infection-spread", {"c_f": R(1, 20)}, {}),
    ("infection-spread", {"replacement": "state"}, {}),
    # Without infection there is no damage to tell the mean fields apart.
    ("infection-spread", {"c_f": R(0)}, {"kernel.increasing_differences": "PROVED"}),
    ("mturk", {"replacement": "clipped"}, {}),
    ("mturk", {"delta3": R(1, 100)}, {}),
    # Two states: 1/2 + 1/5 at most, and s + a less 0 to 3 is above 0 with chances that are convex
    # up to s + a = 3 only, which (0, 3) and (1, 4) exceed.
    ("mturk", {"states": 2}, {"assumption.bounded_reward": "PROVED"}),
    ("coordination", {"h": R(1, 2)}, {}),
    ("coordination", {"h": R(-1, 2)}, {}),
    # |r| reaches 1/4 + (1 + 3)/4 + 1/14.
    ("coordination", {"h": R(3)}, {"assumption.bounded_reward": "REFUTED"}),
    # The bar at the far end and no aversion: the nearer the better.
    (
        "beach-bar",
        {"bar": 10, "aversion": R(0)},
        {
            "reward.monotone_s": "PROVED",
            "reward.max_monotone_s": "PROVED",
            "reward.increasing_differences": "PROVED",
        },
    ),
    # No effort and no crowd in the climb: then nothing is left to conflict.
    (
        "adoption-birth-death",
        {"pace": R(0)},
        {"kernel.supermodular": "PROVED", "kernel.increasing_differences": "PROVED"},
    ),
    # Recovery likelier than to stay healthy in the worst case: to be infected is then better.
    ("sis", {"recovery": R(1, 2)}, {"kernel.monotone_s": "REFUTED"}),
)


@cache
def report_on(name: str) -> Report:
    """Return the report on a game of the gallery at its default parameters."""
    return check(gallery.make(name))


def verdicts(report: Report) -> dict[str, str]:
    """Return all verdicts as text, by id."""
    return {key: v.status.value for key, v in {**report.clauses, **report.assumptions}.items()}


def witness(name: str, clause: str) -> Any:
    """Return the witness against a clause of a game."""
    found = report_on(name).clauses[clause].witness
    assert found is not None
    return found


@pytest.mark.parametrize("key", ALL)
@pytest.mark.parametrize("name", gallery.names())
def test_verdict(name: str, key: str) -> None:
    assert set(gallery.expected(name)) == set(ALL)
    assert verdicts(report_on(name))[key] == gallery.expected(name)[key]


@pytest.mark.parametrize("name", gallery.names())
def test_status(name: str) -> None:
    positive = name in STRATEGIC_COMPLEMENTARITIES
    assert report_on(name).status.value == ("PROVED" if positive else "REFUTED")


@pytest.mark.parametrize(("name", "parameters", "changes"), VARIANTS, ids=str)
def test_variant(name: str, parameters: dict[str, Any], changes: dict[str, str]) -> None:
    game = gallery.make(name, **parameters)
    assert verdicts(check(game)) == {**gallery.expected(name), **changes}
    assert {key: game.parameters[key] for key in parameters} == parameters


@pytest.mark.parametrize("name", gallery.names())
def test_witnesses_replay(name: str) -> None:
    report = report_on(name)
    for verdict in report.clauses.values():
        if verdict.witness is not None:
            assert simplify(verdict.witness.replay(report.game) - verdict.witness.value) == 0
            assert verdict.witness.upper < 0


def test_infection_spread_is_not_supermodular() -> None:
    found = witness("infection-spread", "kernel.supermodular")
    assert found.corners == ((0, 0), (1, 1))
    assert found.upper_set == tuple(range(1, 25))
    assert found.z == {0: 1}
    assert found.z2 is None
    assert found.value == R(-99, 125)


def test_infection_spread_is_not_supermodular_away_from_the_clips() -> None:
    """Three steps up no damage is cut off at 0, and the square has the same value at >= 4.

    Second differences of the chance of >= 4 at s + a = 3: -1 if healthy, -1/10 + 3/10 if infected.
    """
    found = witness("infection-spread", "kernel.supermodular").unclipped
    assert found.corners == ((0, 3), (1, 4))
    assert found.upper_set == tuple(range(4, 25))
    assert found.z == {0: 1}
    assert found.value == R(9, 10) * (-R(9, 10) + R(1, 10) * R(1, 5)) == R(-99, 125)


def test_infection_spread_has_decreasing_differences() -> None:
    found = witness("infection-spread", "kernel.increasing_differences")
    assert found.corners == ((0, 1), (0, 2))
    assert found.upper_set == tuple(range(1, 25))
    assert (found.z, found.z2) == ({0: 1}, {24: 1})
    assert simplify(found.value + R(27, 1000) * (1 - exp(-R(6, 5)))) == 0


@pytest.mark.parametrize(
    ("susceptibility", "value"),
    [
        ("rational", R(-81, 5500)),
        ("logistic", -R(27, 1000) * (1 - 2 / (1 + exp(R(6, 5))))),
        ("linear", R(-27, 1000)),
    ],
)
def test_infection_spread_with_another_susceptibility(susceptibility: str, value: Any) -> None:
    game = gallery.make("infection-spread", susceptibility=susceptibility)
    clause = "kernel.increasing_differences"
    found = check(game, [clause]).clauses[clause].witness
    assert found is not None
    assert found.corners == ((0, 1), (0, 2))
    assert simplify(found.value - value) == 0


def test_mturk_is_not_supermodular() -> None:
    found = witness("mturk", "kernel.supermodular")
    assert found.corners == ((0, 3), (1, 4))
    assert found.upper_set == tuple(range(1, 100))
    assert found.z == {0: 1}
    assert found.value == R(-9, 40)
    assert found.unclipped is None  # nothing is cut off there


def test_mturk_has_a_reward_far_above_1() -> None:
    verdict = report_on("mturk").assumptions["assumption.bounded_reward"]
    assert "693/10" in str(verdict.reason)


def test_adoption() -> None:
    square = witness("adoption-birth-death", "kernel.supermodular")
    assert (square.corners, square.z) == (((0, 0), (1, 1)), {0: 1})
    assert (square.upper_set, square.value) == (tuple(range(1, 10)), R(-1, 10))
    crowd = witness("adoption-birth-death", "kernel.increasing_differences")
    assert (crowd.corners, crowd.z, crowd.z2) == (((0, 0), (1, 0)), {0: 1}, {9: 1})
    assert (crowd.upper_set, crowd.value) == (tuple(range(1, 10)), R(-1, 10))


def test_sis() -> None:
    found = witness("sis", "kernel.increasing_differences")
    assert found.corners == (("healthy", 0), ("healthy", 1))
    assert found.upper_set == ("healthy",)
    assert (found.z, found.z2) == ({"infected": 1}, {"healthy": 1})
    assert found.value == R(-1, 5)


def test_beach_bar() -> None:
    fall = witness("beach-bar", "reward.monotone_s")
    assert (fall.corners, fall.z) == (((0, -1), (1, -1)), {1: 1})
    assert simplify(fall.value - R(1, 20) + log(2) / 2) == 0
    crowd = witness("beach-bar", "reward.increasing_differences")
    assert (crowd.corners, crowd.z, crowd.z2) == (((0, -1), (1, -1)), {0: 1}, {1: 1})
    assert simplify(crowd.value + log(2)) == 0
    step = witness("beach-bar", "kernel.supermodular")
    assert (step.corners, step.upper_set) == (((1, 0), (2, 1)), tuple(range(1, 11)))
    assert step.value == R(-1, 3)
