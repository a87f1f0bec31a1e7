"""Capped health: Infection Spread with the one change that gives it strategic complementarities.

In Infection Spread precautions add to health, and a step is not convex: once s is high enough to
be safe, a adds nothing. Here precautions *cap* the health that can be reached, so that s and a
need each other: the healthy move to min(s + 1, 6 a), the infected fall to 0. All else, rewards and
newcomers included, is as in Infection Spread.

Source: own; a repair of Lee et al. 2021, Section 2.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, exp
from sympy import Rational as R

from mfgcheck import Game, decreasing, mixture, point, uniform

# For a tail {x >= t}, t >= 1: 1{min(s + 1, 6 a) >= t} = 1{s + 1 >= t} 1{6 a >= t} = f(s) g(a) with
# f, g rising and at least 0, hence rising in s and in a and supermodular. The kernel's tail is
# (1 - zeta) (1 - i(z)) f(s) g(a) + zeta (newcomer), and 1 - i rises in z: rising in z, and its
# differences in s and in a are multiples of 1 - i(z), so they rise in z too.
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
    "assumption.bounded_reward": "PROVED",  # at most (6/5) (1 - e^(-6/5)) < 1
    "assumption.tremble": "PROVED",  # 3/10 <= 4/5
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}
# With susceptibility "any" the argument is the same: it uses of 1 - i only that it rises.
# But r is 6/5 where p is 0 (bounded_reward: REFUTED), and where p jumps the kernel does
# (continuous: UNDECIDED).


def capped_health(
    susceptibility: str = "exp",
    c_f: R = R(1, 10),
    delta1: R = R(1),
    delta2: R = R(1, 5),
    delta3: R = R(1, 100),
    zeta: R = R(1, 10),
    reach: int = 6,
    states: int = 25,
    actions: int = 5,
) -> Game:
    """Infection Spread repaired: precautions cap attainable health instead of adding to it.

    The infected fall to 0; the healthy move to min(s + 1, reach a); with probability zeta an agent
    is replaced. Susceptibility is e^(-x/20), or "any": every non-increasing function with values in
    [0, 1].

    Source: own; a repair of Lee et al. 2021, Section 2.

    >>> capped_health(zeta=R(0), c_f=R(0)).kernel_at(10, 1, {0: 1})[6]
    1
    """
    top = states - 1
    newcomer = mixture({0: R(1, 10), uniform(range(states)): R(9, 10)})

    if susceptibility not in ("exp", "any"):
        raise ValueError(f"susceptibility {susceptibility!r}: exp or any")
    any_function = decreasing("p", 0, 1)

    def p(x: Expr) -> Expr:
        return any_function(x) if susceptibility == "any" else exp(-x / 20)

    def immunity(x: Expr) -> Expr:
        return 1 - p(x)

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return delta1 * immunity(s) + delta2 * z.mean(immunity) - delta3 * a

    def transition(s: Integer, a: Integer, z: Any) -> list[tuple[Expr, object]]:
        infection = c_f * p(z.mean())
        return [
            ((1 - zeta) * infection, point(0)),
            ((1 - zeta) * (1 - infection), point(s + 1).min(reach * a).clip(0, top)),
            (zeta, newcomer),
        ]

    return Game(
        states=states,
        actions=actions,
        reward=reward,
        transition=transition,
        discount="3/4",
        tremble="3/10",
        name="capped-health",
        source="own; a repair of Lee et al. 2021, Section 2",
    )
