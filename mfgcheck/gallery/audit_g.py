"""Audit game G: optimal values that move up to four times as fast as the paper's D allows.

State 0 cannot be left and costs 1 in each step, state 1 earns 1 and is left with chance
eta (1 - z(1)). Values differ by the whole future, 2/(1 - gamma), so the kernel's dependence on the
mean field weighs 1/(1 - gamma)^2; the D of Theorem 4 has 1/(1 - gamma).

Source: own; against D in Theorems 4, 5, 6 of Lee et al. 2021.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer
from sympy import Rational as R

from mfgcheck import Game

# m = z[1]. The next state is 1 with chance 0 from state 0, and 1 - eta + eta m from state 1: it
# rises in s and in m, and is free of a. The reward 2 s - 1 is free of a and m.
EXPECTED = {
    "reward.monotone_s": "PROVED",
    "reward.supermodular": "PROVED",
    "reward.increasing_differences": "PROVED",
    "reward.max_monotone_s": "PROVED",
    "kernel.monotone_s": "PROVED",
    "kernel.monotone_a": "PROVED",
    "kernel.monotone_z": "PROVED",
    "kernel.supermodular": "PROVED",
    "kernel.increasing_differences": "PROVED",  # in (s, a) and z: a does not matter
    "assumption.bounded_reward": "PROVED",  # from -1 to 1
    "assumption.tremble": "PROVED",  # 1/4 <= 1/2
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def audit_g(eta: R = R(1, 10)) -> Game:
    """Values that move faster with the mean field than the paper's theorems allow.

    Source: own; against D in Theorems 4, 5, 6 of Lee et al. 2021.

    >>> audit_g().kernel_at(1, 0, {0: "1/2", 1: "1/2"})[0]
    1/20
    """

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return 2 * s - 1

    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Expr]:
        up = s * (1 - eta + eta * z[1])
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=reward,
        transition=transition,
        discount="3/4",
        tremble="1/4",
        name="audit-g",
        source="own; against D in Theorems 4, 5, 6 of Lee et al. 2021",
    )
