"""Audit game F: values fall as the mean field rises, although Definition 1 holds.

The crowd takes m/2 from everyone alike, whatever one does: increasing differences are not touched
by it, but the optimal value falls by exactly 1 from m = 0 to m = 1.

Source: own; against a step ("non-decreasing in z") in the proof of Proposition 2 of Lee et al.
2021, which the proposition does not need.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer
from sympy import Rational as R

from mfgcheck import Game

# P as in game E; r = s/2 - m/2 with m = z[1]: slope 1/2 in s, free of a, and its differences in s
# and a are free of m.
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
    "assumption.bounded_reward": "PROVED",  # from -1/2 to 1/2
    "assumption.tremble": "PROVED",  # 1/4 <= 1/2
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def audit_f() -> Game:
    """Values fall as the mean field rises, although Definition 1 holds.

    Source: own; against a step in the proof of Proposition 2 of Lee et al. 2021.

    >>> audit_f().reward_at(1, 0, {1: 1})
    0
    """

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s / 2 - z[1] / 2

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
        name="audit-f",
        source="own; against a step in the proof of Proposition 2 of Lee et al. 2021",
    )
