"""Audit game D: a kernel that jumps, and a T-BR run whose limit is not an equilibrium.

From the empty market T-BR climbs to z(1) = 1/2 and never reaches it; at 1/2 itself the kernel has
jumped to 3/4, so the limit is no fixed point of any strategy. Definition 1 does not ask for
continuity.

Source: own; against Theorem 2 of Lee et al. 2021.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, Piecewise
from sympy import Rational as R

from mfgcheck import Game

# m = z[1]. P(1) = m/2 + 1/4 below m = 1/2 and 3/4 from there on: it rises, and jumps up by 1/4. It
# is free of s and a; r = s/2 is free of a and z.
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
    "assumption.bounded_reward": "PROVED",  # from 0 to 1/2
    "assumption.tremble": "PROVED",  # 1/4 <= 1/2
    "assumption.chain": "PROVED",
    "assumption.continuous": "REFUTED",  # the jump at m = 1/2
}


def audit_d() -> Game:
    """A kernel that jumps: the limit of T-BR is not an equilibrium.

    Source: own; against Theorem 2 of Lee et al. 2021.

    >>> audit_d().kernel_at(0, 0, {0: "1/2", 1: "1/2"})[1]
    3/4
    """

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s / 2

    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Expr]:
        m = z[1]
        up = Piecewise((m / 2 + R(1, 4), m < R(1, 2)), (R(3, 4), True))
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="audit-d",
        source="own; against Theorem 2 of Lee et al. 2021",
    )
