"""Audit game B: as game A, but with actions that matter and are never in doubt.

T-BR from the point mass at 1 alternates between tails (23/50, 23/50) and (47/50, 1/25), with the
greedy action switching between 1 and 0 by a clear margin.

Source: own; against Theorem 2 of Lee et al. 2021.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, Max, Min
from sympy import Rational as R

from mfgcheck import Game

# With clip(x) = min(max(x, 0), 1/2), t1 = z(s >= 1) and t2 = z(s >= 2):
# T1 = (9/10) (1/2 + clip(2 (t2 - 1/8))) + a/20 and T2 = (9/10) clip(2 (t1 - 5/8)) + a/20, so that
# T2 <= 9/20 + a/20 <= T1 <= 19/20. Both are free of s, rise in a and z, and are sums of a function
# of a and one of z. r = s/4 + a (t2/4 - 3/40): slope 1/4 in s, and a's coefficient rises in t2.
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
    "assumption.bounded_reward": "PROVED",  # at most 1/2 + 1/4 - 3/40
    "assumption.tremble": "PROVED",  # 1/5 <= 1/2
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def audit_b() -> Game:
    """Complementarities without convergence, with actions that matter.

    Source: own; against Theorem 2 of Lee et al. 2021.

    >>> audit_b().kernel_at(0, 1, {1: 1})[1]
    0
    """

    def clip(x: Expr) -> Expr:
        return Min(Max(x, 0), R(1, 2))

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s / 4 + a * (z.tail(2) / 4 - R(1, 80) - R(1, 16))

    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Expr]:
        tail1 = R(9, 10) * (R(1, 2) + clip(2 * (z.tail(2) - R(1, 8)))) + a / 20
        tail2 = R(9, 10) * clip(2 * (z.tail(1) - R(5, 8))) + a / 20
        return {0: 1 - tail1, 1: tail1 - tail2, 2: tail2}

    return Game(
        states=3,
        actions=2,
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble="1/5",
        name="audit-b",
        source="own; against Theorem 2 of Lee et al. 2021",
    )
