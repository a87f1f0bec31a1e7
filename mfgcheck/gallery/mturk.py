"""Amazon Mechanical Turk, the paper's second example: effort keeps up one's reputation.

Source: Lee, Rengarajan, Kalathil, Shakkottai, AISTATS 2021, Appendix F.2.

What the paper leaves open is read as follows.

* The cost of effort delta3 is not printed with the parameters; a figure's caption has 1/10, taken
  as the default.
* Replacement w2: printed as uniform on {0, ..., |S|} with probability 9/10, else 0, though |S| is
  not a state. The default, "inside", stops at |S| - 1; "clipped" draws up to |S| and moves that
  outcome to the top state.
* Actions: |A| = 5; here 0 to 4. Quality that would exceed the top state ends there.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer
from sympy import Rational as R

from mfgcheck import Game, mixture, uniform

EXPECTED = {
    # r = s/2 + mean/5 - delta3 a has no products.
    "reward.monotone_s": "PROVED",
    "reward.supermodular": "PROVED",
    "reward.increasing_differences": "PROVED",
    "reward.max_monotone_s": "PROVED",
    "kernel.monotone_s": "PROVED",
    "kernel.monotone_a": "PROVED",
    "kernel.monotone_z": "PROVED",  # free of z
    # s + a from 3 to 5 less a loss of 0 to 3: the chance to end at >= 1 goes 3/4, 1, 1.
    # At the square (0,3), (1,4): (9/10) (1 + 3/4 - 1 - 1) = -9/40.
    "kernel.supermodular": "REFUTED",
    "kernel.increasing_differences": "PROVED",  # free of z
    # The maximum is 99/2 + 99/5 = 693/10, at s = 99, a = 0 and all others at 99.
    "assumption.bounded_reward": "REFUTED",
    "assumption.tremble": "PROVED",  # 3/10 <= 4/5
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def mturk(
    delta1: R = R(1, 2),
    delta2: R = R(1, 5),
    delta3: R = R(1, 10),
    zeta: R = R(1, 10),
    replacement: str = "inside",
    states: int = 100,
    actions: int = 5,
) -> Game:
    """Effort keeps up one's reputation: the paper's crowd-sourcing market.

    A worker's quality s grows by the effort a and wears off by 0 to 3; with probability zeta the
    worker is replaced. Pay depends on one's own quality and on the market's mean quality.

    Source: Lee et al. 2021, Appendix F.2; the module says how open points were read.

    >>> mturk().reward_at(99, 0, {99: 1})
    693/10
    """
    top = states - 1
    if replacement not in ("inside", "clipped"):
        raise ValueError(f"replacement {replacement!r}: inside or clipped")
    loss = uniform([0, 1, 2, 3])
    drawn = uniform(range(states if replacement == "inside" else states + 1)).clip(0, top)
    newcomer = mixture({0: R(1, 10), drawn: R(9, 10)})

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return delta1 * s + delta2 * z.mean() - delta3 * a

    def transition(s: Integer, a: Integer, z: Any) -> list[tuple[Expr, object]]:
        return [(1 - zeta, (s + a - loss).clip(0, top)), (zeta, newcomer)]

    return Game(
        states=states,
        actions=actions,
        reward=reward,
        transition=transition,
        discount="3/4",
        tremble="3/10",
        name="mturk",
        source="Lee et al. 2021, Appendix F.2",
    )
