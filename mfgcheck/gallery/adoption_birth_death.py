"""Adoption: a technology is taken up step by step, faster the more others use it.

A birth-death chain whose rate of climbing depends on effort and on the population's mean level:
a natural model of complementarities that nevertheless fails Definition 1.

Source: own; a discrete form of network-effect adoption models.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer
from sympy import Rational as R

from mfgcheck import Game, point

EXPECTED = {
    # r = s (1 + m/top)/20 - cost a: rises in s, no product of s and a, slope in s rises in m.
    "reward.monotone_s": "PROVED",
    "reward.supermodular": "PROVED",
    "reward.increasing_differences": "PROVED",
    "reward.max_monotone_s": "PROVED",
    # One step up from s stays below one step down from s + 1: climb + slip <= 3/5 + 1/5 <= 1.
    "kernel.monotone_s": "PROVED",
    "kernel.monotone_a": "PROVED",
    "kernel.monotone_z": "PROVED",
    # The tail {x >= s + 1} is reached from s with probability climb and from s + 1 with 1 - slip:
    # effort adds to the one and not to the other. At (0,0), (1,1), all at 0: -1/10.
    "kernel.supermodular": "REFUTED",
    # The same with the crowd in the place of effort: at (0,0), (1,0), all at 0 and all at 9: -1/10.
    "kernel.increasing_differences": "REFUTED",
    "assumption.bounded_reward": "PROVED",  # from -1/10 to 9/10
    "assumption.tremble": "PROVED",  # 1/5 <= 2/3
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def adoption_birth_death(
    pace: R = R(1, 10), slip: R = R(1, 5), cost: R = R(1, 20), states: int = 10
) -> Game:
    """A technology taken up step by step, faster the more others use it.

    From level s one climbs with probability pace (1 + a)(1 + mean/top), slips back with
    probability `slip`, and stays otherwise; actions are 0, 1, 2. Using the technology pays more the
    more the others use it.

    Source: own; a discrete form of network-effect adoption models.

    >>> adoption_birth_death().kernel_at(4, 1, {9: 1})[5]
    2/5
    """
    top = states - 1

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s * (1 + z.mean() / top) / 20 - cost * a

    def transition(s: Integer, a: Integer, z: Any) -> list[tuple[Expr, object]]:
        climb = pace * (1 + a) * (1 + z.mean() / top)
        return [
            (climb, point(s + 1).clip(0, top)),
            (slip, point(s - 1).clip(0, top)),
            (1 - climb - slip, point(s)),
        ]

    return Game(
        states=states,
        actions=3,
        reward=reward,
        transition=transition,
        discount="9/10",
        tremble="1/5",
        name="adoption-birth-death",
        source="own; a discrete form of network-effect adoption models",
    )
