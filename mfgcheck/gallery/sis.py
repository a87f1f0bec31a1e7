"""An SIS epidemic with precautions: the textbook case of strategic substitutes in the dynamics.

The fewer are infected, the less a precaution changes: protection by others replaces one's own.

Source: own; the standard susceptible-infected-susceptible model in discrete time.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer
from sympy import Rational as R

from mfgcheck import Game

EXPECTED = {
    # r is 1 in health less a cost of precautions: additive and free of z.
    "reward.monotone_s": "PROVED",
    "reward.supermodular": "PROVED",
    "reward.increasing_differences": "PROVED",
    "reward.max_monotone_s": "PROVED",
    # Healthy tomorrow: 1 - b_a z[infected] from healthy, at least 1 - b_0 = 2/5; and 3/10 from
    # infected. b_a = b (3 - a)/3 falls in a, and z[infected] falls as z rises.
    "kernel.monotone_s": "PROVED",
    "kernel.monotone_a": "PROVED",
    "kernel.monotone_z": "PROVED",
    # Precautions help the healthy and not the infected: they add (b/3) z[infected] >= 0 against 0.
    "kernel.supermodular": "PROVED",
    # What a precaution adds in health, (b/3) z[infected], falls as z rises: from all infected to
    # all healthy by 1/5.
    "kernel.increasing_differences": "REFUTED",
    "assumption.bounded_reward": "PROVED",  # from -1/5 to 1
    "assumption.tremble": "PROVED",  # 1/10 <= 2/3
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def sis(b: R = R(3, 5), recovery: R = R(3, 10), cost: R = R(1, 10)) -> Game:
    """An epidemic in which agents may take precautions.

    A healthy agent is infected with probability b (3 - a)/3 z[infected], an infected one recovers
    with probability `recovery`; precautions a are 0, 1 or 2. To be healthy is the higher state.

    Source: own; the standard susceptible-infected-susceptible model in discrete time.

    >>> sis().kernel_at("healthy", 0, {"infected": "1/2", "healthy": "1/2"})["infected"]
    3/10
    """

    def reward(s: str, a: Integer, z: Any) -> Expr:
        return (1 if s == "healthy" else 0) - cost * a

    def transition(s: str, a: Integer, z: Any) -> dict[str, Expr]:
        if s == "infected":
            return {"infected": 1 - recovery, "healthy": recovery}
        caught = b * (3 - a) / 3 * z["infected"]
        return {"infected": caught, "healthy": 1 - caught}

    return Game(
        states=["infected", "healthy"],
        actions=3,
        reward=reward,
        transition=transition,
        discount="9/10",
        tremble="1/10",
        name="sis",
        source="own; the susceptible-infected-susceptible model in discrete time",
    )
