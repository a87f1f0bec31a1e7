"""The beach bar: everyone wants to lie near the bar, and away from the others.

The standard example of crowd *aversion*: it fails Definition 1 in the reward. The usual reward
-log z[s] is infinite on an empty spot; here it is -log(1 + z[s]), finite and as averse to crowds.

Source: after Perrin et al., Fictitious play for mean field games, NeurIPS 2020.
"""

from __future__ import annotations

from typing import Any

from sympy import Abs, Expr, Integer, log
from sympy import Rational as R

from mfgcheck import Game, uniform

EXPECTED = {
    # From spot 0 to spot 1 the bar is nearer by 1/20, but if all lie at 1 the crowd costs
    # log(2)/2 = 0.34...; the best action is the same at either spot.
    "reward.monotone_s": "REFUTED",
    "reward.supermodular": "PROVED",  # no product of s and a
    # What spot 1 has over spot 0 falls by log 2 when all move from 0 to 1.
    "reward.increasing_differences": "REFUTED",
    "reward.max_monotone_s": "REFUTED",
    "kernel.monotone_s": "PROVED",
    "kernel.monotone_a": "PROVED",
    "kernel.monotone_z": "PROVED",  # free of z
    # The chance to end at >= 1 is 2/3 from s + a = 1 and 1 from 2 or 3: at (1,0), (2,1), -1/3.
    "kernel.supermodular": "REFUTED",
    "kernel.increasing_differences": "PROVED",  # free of z
    "assumption.bounded_reward": "PROVED",  # at least -1/4 - 1/10 - log(2)/2 > -7/10
    "assumption.tremble": "PROVED",  # 1/10 <= 2/3
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def beach_bar(aversion: R = R(1, 2), bar: int = 5, states: int = 11) -> Game:
    """Everyone wants to lie near the bar, and away from the others.

    Spots 0..10 in a row; actions are to step left (-1), stay (0) or step right (1), and a draught
    of -1, 0 or 1 is added. Distance to the bar, walking and company cost.

    Source: after Perrin et al. 2020.

    >>> beach_bar().reward_at(5, 0, {5: 1})
    -log(2)/2
    """
    draught = uniform([-1, 0, 1])

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return -Abs(s - bar) / 20 - Abs(a) / 10 - aversion * log(1 + z[s])

    def transition(s: Integer, a: Integer, z: Any) -> object:
        return (s + a + draught).clip(0, states - 1)

    return Game(
        states=states,
        actions=[-1, 0, 1],
        reward=reward,
        transition=transition,
        discount="9/10",
        tremble="1/10",
        name="beach-bar",
        source="after Perrin et al. 2020",
    )
