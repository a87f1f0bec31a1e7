"""The Monte Carlo numbers that the book shows belong to the budgets that are computed today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.budgets import ACCURACY, CASES, COMPATIBLE, FAILURE, REFUTED, budget_of, tail
from mfgcheck.budgets.gap.budgets import Scheme

FILE = Path(__file__).resolve().parents[2] / "book" / "budgets" / "monte-carlo.json"
RUNS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
RENEW = "run `python -m benchmarks.budgets --json book/budgets/monte-carlo.json`"
NEAR = 0.02
"""Schedules are proposed in floating point: other machines may round a little otherwise."""

LARGE = {"infection-spread", "capped-health"}


def test_all_cases_are_there() -> None:
    found = [(one["game"], one["scheme"]) for one in RUNS["budgets"]]
    assert found == [(name, scheme.value) for name, scheme in CASES], RENEW
    assert RUNS["runs"] >= 400


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        pytest.param(name, scheme, marks=[pytest.mark.slow] if name in LARGE else [])
        for name, scheme in CASES
    ],
)
def test_the_budget_is_that_of_today(name: str, scheme: Scheme) -> None:
    (stored,) = (
        one for one in RUNS["budgets"] if (one["game"], one["scheme"]) == (name, scheme.value)
    )
    today, _ = budget_of(name, scheme)
    assert (stored["accuracy"], stored["failure"]) == (str(ACCURACY), str(FAILURE)), RENEW
    assert stored["steps"] == len(today.steps), RENEW
    assert stored["calls"] == pytest.approx(today.calls, rel=NEAR), RENEW


@pytest.mark.parametrize("one", RUNS["budgets"], ids=lambda one: f"{one['game']}-{one['scheme']}")
def test_what_is_said_of_a_budget_follows_from_its_runs(one: dict[str, Any]) -> None:
    outcomes, rate = one["outcomes"], float(FAILURE)
    assert outcomes[0]["part"] == "1"
    assert outcomes[0]["calls"] == one["calls"]
    for case in outcomes:
        assert case["runs"] == RUNS["runs"]
        assert case["tail"] == pytest.approx(tail(case["failures"], case["runs"], rate))
        low, high = case["interval"]
        assert low <= case["failures"] / case["runs"] <= high
    assert one["holds"] is (outcomes[0]["tail"] >= REFUTED)
    assert one["holds"], "a certified budget is refuted"
    compatible = [case["tail"] >= COMPATIBLE for case in outcomes]
    first_bad = compatible.index(False) if False in compatible else len(compatible)
    numerator, _, denominator = outcomes[first_bad - 1]["part"].partition("/")
    assert one["loose"] == pytest.approx(int(denominator or 1) / int(numerator))
