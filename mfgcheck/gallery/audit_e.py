"""Audit game E: every strategy is optimal, so T-BR may wander as it likes.

The cost a/8 of the action equals what it gains: Q* is (1/8, 1/8; 5/8, 5/8) at every mean field.
With ties broken arbitrarily the mean field moves between 3/8 and 5/8 for ever.

Source: own; against Theorem 2 of Lee et al. 2021, where the choice at ties is left open.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer
from sympy import Rational as R

from mfgcheck import Game

# P(1) = 1/4 + a/2 and r = s/2 - a/8: additive, rising where they must, free of z.
EXPECTED = {
    "reward.monotone_s": "PROVED",
    "reward.supermodular": "PROVED",
    "reward.increasing_differences": "PROVED",
    "reward.max_monotone_s": "PROVED",
    "kernel.monotone_s": "PROVED",
    "kernel.monotone_a": "PROVED",
    "kernel.monotone_z": "PROVED",
    "kernel.supermodular": "PROVED",
    "kernel.increasing_differences": "PROVED",
    "assumption.bounded_reward": "PROVED",  # from -1/8 to 1/2
    "assumption.tremble": "PROVED",  # 1/4 <= 1/2
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def audit_e() -> Game:
    """Every strategy is optimal at every mean field: ties without end.

    Source: own; against Theorem 2 of Lee et al. 2021.

    >>> audit_e().kernel_at(1, 1, {0: 1})[1]
    3/4
    """

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s / 2 - a / 8

    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Expr]:
        up = R(1, 4) + a / 2
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="audit-e",
        source="own; against Theorem 2 of Lee et al. 2021",
    )
