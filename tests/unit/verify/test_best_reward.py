"""max over a of r(s, a, z) in s: implied, proved by itself, refuted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sympy import Max, Piecewise, exp, sqrt
from sympy import Rational as R

from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.laws import point
from mfgcheck.game.orders import Order, product
from mfgcheck.verify.best_reward import decide_best_reward
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status, Verdict

ID = "reward.max_monotone_s"
Reward = Callable[[Any, Any, Any], object]


def verdict(reward: Reward, states: int | Order = 2, actions: int = 2) -> Verdict:
    made = Game(
        states=states,
        actions=actions,
        reward=reward,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    found = check(made, [ID]).clauses[ID]
    if found.witness is not None:
        assert found.witness.upper < 0
        assert found.witness.replay(made) == found.witness.value
    return found


def test_it_follows_from_monotone_rewards() -> None:
    found = verdict(lambda s, a, z: s - a * z.mean())
    assert found.status == Status.PROVED
    assert found.implied_by == "reward.monotone_s"


PROVED: list[tuple[Reward, int | Order]] = [
    (lambda s, a, z: s if a else -s, 3),  # the other action falls
    (lambda s, a, z: z[1 - a] if s == 0 else z[a], 2),  # neither action alone
    (lambda s, a, z: z[1 - a] if s == 0 else 1 - z[0] * z[1] - a, 2),
    (lambda s, a, z: z[0] * z[1] * 4 * (1 - a) if s == 0 else a, 2),
    (lambda s, a, z: exp(z.mean()) * a if s == 0 else (1 + 2 * z.mean()) * (1 - a), 2),
    (lambda s, a, z: a * sqrt(2) if s == 0 else (1 - a) * sqrt(2), 2),
    (lambda s, a, z: s[0] + s[1] if a else -10 * s[0], product(2, 2)),
    (lambda s, a, z: Piecewise((a, z.mean() >= 1), (1 - a, True)) if s == 0 else 1 - a, 2),
]


@pytest.mark.parametrize("case", range(len(PROVED)))
def test_proved_by_itself(case: int) -> None:
    reward, states = PROVED[case]
    found = verdict(reward, states)
    assert found.status == Status.PROVED
    assert found.implied_by is None


REFUTED: list[tuple[Reward, int | Order]] = [
    (lambda s, a, z: -s, 3),
    (lambda s, a, z: -s * z[0] * z[1], 2),  # inside the simplex only
    (lambda s, a, z: 4 * z[0] * z[1] if s == 0 else R(1, 2), 2),
    (lambda s, a, z: Max(z[0], z[1]) - R(1, 1000) if s == 0 else z[a] * R(998, 1000), 2),
    (lambda s, a, z: a * sqrt(2) if s == 0 else R(14142, 10000), 2),
    (lambda s, a, z: s[0] - 2 * s[1], product(2, 2)),
    (lambda s, a, z: R(-s, 10**30), 2),
]


@pytest.mark.parametrize("case", range(len(REFUTED)))
def test_refuted(case: int) -> None:
    assert verdict(*REFUTED[case]).status == Status.REFUTED


def test_constants_whose_order_cannot_be_told_are_undecided() -> None:
    """sqrt(3 + 2 sqrt(2)) is 1 + sqrt(2); whoever sees it may prove the clause."""
    hidden = sqrt(3 + 2 * sqrt(2)) - 1 - sqrt(2)
    assert verdict(lambda s, a, z: s * hidden).status != Status.REFUTED


def test_one_state() -> None:
    assert verdict(lambda s, a, z: a, states=1).status == Status.PROVED


@pytest.mark.parametrize("monotone", [Status.UNDECIDED, Status.REFUTED])
def test_only_a_proof_of_monotonicity_implies_the_clause(monotone: Status) -> None:
    falling = Game(3, 2, lambda s, a, z: -s, lambda s, a, z: point(s), "1/2", "1/4")
    verdict = decide_best_reward(falling, monotone, Deadline())
    assert verdict.status is Status.REFUTED
    assert verdict.implied_by is None
