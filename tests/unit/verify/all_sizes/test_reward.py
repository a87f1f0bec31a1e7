"""Clauses on rewards, without the comparison with `check` that could hide a defect."""

from __future__ import annotations

import pytest
import sympy
from sympy import Max, Min, exp, log
from sympy import Rational as R

from mfgcheck import Status, decreasing
from mfgcheck.verify.all_sizes.abstract import MEAN, A, MeanOf, S, X
from mfgcheck.verify.all_sizes.reward import decide_reward

C, D = sympy.symbols("c d", positive=True)
p = decreasing("p", 0, 1)
M = MEAN
P, R_, U = Status.PROVED, Status.REFUTED, Status.UNDECIDED

CASES = [
    # reward, monotone_s, supermodular, increasing_differences, max_monotone_s
    (C * (1 - p(S)) + D * MeanOf(1 - p(X)) - A, P, P, P, P),
    (p(S), R_, P, P, R_),
    (-S * A, R_, R_, P, U),
    (S * A - 3 * S, R_, P, P, U),
    (-C * p(S) * A, P, P, P, P),
    (C * p(S) * A, R_, R_, P, U),
    (S - A * p(M), P, P, P, P),
    (S - S * p(M), P, P, P, P),
    (S + S * p(M), P, P, R_, P),
    (S - A * M, P, P, R_, P),
    (S + exp(-S) * M, U, P, R_, U),
    ((1 - p(S)) * (1 - p(M)), P, P, P, P),
    (log(1 + S) * (A - 9), R_, P, P, U),
    (Min(S, 3) * A + Min(S, 2) * A, P, P, P, P),
    (S / (1 + A), P, R_, P, P),
    (5 * S - 4 * S * A / (1 + A), U, R_, P, U),
]


@pytest.mark.parametrize(("reward", "status"), [(case[0], case[1:]) for case in CASES])
def test_clauses(reward: sympy.Expr, status: tuple[Status, ...]) -> None:
    clauses = ["monotone_s", "supermodular", "increasing_differences", "max_monotone_s"]
    values = {x: R(1) for x in (C, D) if x in reward.free_symbols}
    found = {x: decide_reward(reward, values, f"reward.{x}") for x in clauses}
    assert tuple(found[x].status for x in clauses) == status
    for verdict in found.values():
        assert ("every c" in verdict.scope) == (C in values and verdict.status is not U)
        assert verdict.status is not P or not verdict.fails_from


@pytest.mark.parametrize(
    ("reward", "clause", "fails_from", "open_from"),
    [
        (-S * A, "supermodular", ((2, 2),), ()),
        (-S * A, "monotone_s", ((2, 2),), ()),
        (7 * S - S**2, "monotone_s", ((6, 2),), ()),
        (S * (4 - A), "monotone_s", ((2, 6),), ()),
        (S * (S - 2) * (2 - A), "supermodular", ((3, 2),), ()),
        (60 * S - S**2, "monotone_s", (), ((2, 2),)),
        (M * (S - 2) ** 2, "increasing_differences", ((2, 2),), ()),
        (A * (A - 5) * M, "increasing_differences", ((2, 2),), ()),
        (A * (5 - A) * M, "increasing_differences", ((2, 5),), ()),
    ],
)
def test_smallest_sizes(
    reward: sympy.Expr,
    clause: str,
    fails_from: tuple[tuple[int, int], ...],
    open_from: tuple[tuple[int, int], ...],
) -> None:
    verdict = decide_reward(reward, {}, f"reward.{clause}")
    assert verdict.fails_from == fails_from
    assert verdict.open_from == open_from


def test_what_lies_beyond_the_points_looked_at_is_open() -> None:
    # The rise is 99 - 2 s - 1000 max(a - 2, 0): negative for a >= 3, and for a < 3 from s = 50 on.
    reward = 100 * S - S**2 - 1000 * S * Max(A - 2, 0)
    verdict = decide_reward(reward, {}, "reward.monotone_s")
    assert verdict.fails_from == ((2, 4),)
    assert verdict.open_from == ((26, 2),)
    assert verdict.holds_at(25, 3)
    assert not verdict.holds_at(60, 2)
    assert "open at every |S| >= 26, |A| >= 2" in verdict.where
