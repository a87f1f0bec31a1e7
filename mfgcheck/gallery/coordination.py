"""Coordination: two conventions, each worth more the more others follow it.

A mean field Ising model with forward-looking agents; h is the outside field that favours one of
the two conventions.

Source: own; the mean field coordination game of statistical physics.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer
from sympy import Rational as R

from mfgcheck import Game

# r = s/4 + a (m + h)/4 - a/14: rises in s, no product of s and a, and a's coefficient rises in the
# mean m. P(1 | s, a) = 1/2 + s/8 + a/4 rises in s and a, is additive and free of z. None of this
# depends on h.
# Why a/14: one state up is worth D = (1/2)/(1 - (1/2)(1/4)) = 4/7 in the long run, and the action
# 1 instead of -1 adds 1/2 to the chance of the upper state: (1/2)(1/2)(4/7) = 1/7 = 2/14. So the
# action 1 is the better one exactly when m + h >= 0, and with h = 0 neither convention is favoured.
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
    "assumption.bounded_reward": "PROVED",  # |r| <= 1/4 + 1/4 + 1/14 at h = 0
    "assumption.tremble": "PROVED",  # 1/5 <= 1/2
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def coordination(h: R = R(0)) -> Game:
    """Two conventions, each worth more the more others follow it; h favours the upper one.

    States and actions are -1 and 1: the convention one lives by, and the one striven for. At h = 0
    there is an equilibrium for either convention, with means -2/5 and 2/5.

    Source: own; the mean field Ising model with forward-looking agents.

    >>> coordination().reward_at(1, 1, {1: 1})
    3/7
    """

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s / 4 + a * (z.mean() + h) / 4 - a / 14

    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Expr]:
        up = R(1, 2) + s / 8 + a / 4
        return {1: up, -1: 1 - up}

    return Game(
        states=[-1, 1],
        actions=[-1, 1],
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble="1/5",
        name="coordination",
        source="own; the mean field Ising model with forward-looking agents",
    )
