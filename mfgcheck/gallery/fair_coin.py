"""Fair coin: the next state is 0 or 1, whatever anybody does.

After one step of T-BR the mean field is (1/2, 1/2), and nothing has to be learned but this law.
Next-MF stops at two equal samples, which is half of the time, and returns a point mass; a finite
population is off by its own fluctuation. So Theorems 4 and 5 fail here although Assumption 1 holds
with constants as small as one likes.

Source: own; against Theorems 4 and 5 of Lee et al. 2021.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer
from sympy import Rational as R

from mfgcheck import Game

# The kernel is constant. The reward s rises in s, and is free of a and z.
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
    "assumption.bounded_reward": "PROVED",  # 0 or 1
    "assumption.tremble": "PROVED",  # 1/4 <= 1/2
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def fair_coin() -> Game:
    """The next state is the toss of a fair coin: one law to learn, and the paper's rule fails.

    Source: own; against Theorems 4 and 5 of Lee et al. 2021.

    >>> fair_coin().kernel_at(0, 1, {0: 1})
    {0: 1/2, 1: 1/2}
    """

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s

    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Expr]:
        return {0: R(1, 2), 1: R(1, 2)}

    return Game(
        states=2,
        actions=2,
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="fair-coin",
        source="own; against Theorems 4 and 5 of Lee et al. 2021",
    )
