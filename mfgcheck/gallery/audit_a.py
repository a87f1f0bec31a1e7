"""Audit game A: strategic complementarities, and a T-BR run that never settles.

The kernel ignores state and action: the next law is F(z). With the tails t1 = z(s >= 1) and
t2 = z(s >= 2), F has the tails min(1, 1/2 + t2) and max(0, t1 - 1/2). It is monotone, yet it swaps
the point mass at 1 with the even mixture of 0 and 2, two laws that dominance does not compare: from
either of them best responses alternate for ever.

Source: own; against Theorem 2 of Lee et al. 2021. The counterexample does not need a discount or a
tremble; those of audit game B are taken.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, Max, Min
from sympy import Rational as R

from mfgcheck import Game

EXPECTED = {
    # r = s/2 - a/10 has no products and is free of z.
    "reward.monotone_s": "PROVED",
    "reward.supermodular": "PROVED",
    "reward.increasing_differences": "PROVED",
    "reward.max_monotone_s": "PROVED",
    # The kernel is free of s and a; its tails rise in t2 and in t1.
    "kernel.monotone_s": "PROVED",
    "kernel.monotone_a": "PROVED",
    "kernel.monotone_z": "PROVED",
    "kernel.supermodular": "PROVED",
    "kernel.increasing_differences": "PROVED",
    "assumption.bounded_reward": "PROVED",  # from -1/10 to 1
    "assumption.tremble": "PROVED",  # 1/5 <= 1/2
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def audit_a() -> Game:
    """Complementarities without convergence: all agents are redrawn from a law that alternates.

    Source: own; against Theorem 2 of Lee et al. 2021.

    >>> audit_a().kernel_at(0, 0, {1: 1})[2]
    1/2
    >>> audit_a().kernel_at(0, 0, {0: "1/2", 2: "1/2"})[1]
    1
    """

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s / 2 - a / 10

    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Expr]:
        tail1 = Min(1, R(1, 2) + z.tail(2))
        tail2 = Max(0, z.tail(1) - R(1, 2))
        return {0: 1 - tail1, 1: tail1 - tail2, 2: tail2}

    return Game(
        states=3,
        actions=2,
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble="1/5",
        name="audit-a",
        source="own; against Theorem 2 of Lee et al. 2021",
    )
