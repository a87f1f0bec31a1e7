"""Audit game C: a limit of T-BR that the best-response map moves.

From the empty market T-BR climbs to z(1) = 1/3, where both actions are equally good; the map that
picks the higher best action sends 1/3 to 7/12, so the limit is not one of its fixed points.

Source: own; against the continuity claimed in the proof of Theorem 2 of Lee et al. 2021.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer
from sympy import Rational as R

from mfgcheck import Game

# m = z[1]. P(1) = m/4 + 1/8 + a/2 is a sum of functions of m and of a, both rising, within
# [1/8, 7/8]. r = s/2 + a (m/2 - 7/24): slope 1/2 in s, and a's coefficient rises in m.
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
    "assumption.bounded_reward": "PROVED",  # from -7/24 to 17/24
    "assumption.tremble": "PROVED",  # 1/4 <= 1/2
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def audit_c() -> Game:
    """A limit of T-BR that the best-response map moves: equilibria where actions tie.

    Source: own; against the proof of Theorem 2 of Lee et al. 2021.

    >>> audit_c().kernel_at(0, 1, {0: "2/3", 1: "1/3"})[1]
    17/24
    """

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s / 2 + a * (z[1] / 2 - R(7, 24))

    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Expr]:
        up = z[1] / 4 + R(1, 8) + a / 2
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="audit-c",
        source="own; against the proof of Theorem 2 of Lee et al. 2021",
    )
