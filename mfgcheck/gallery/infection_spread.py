"""Infection Spread, the paper's main example: health, precautions, and infection by the crowd.

Source: Lee, Rengarajan, Kalathil, Shakkottai, AISTATS 2021, Section 2 and Appendix F.1.

What the paper leaves open is read as follows.

* Susceptibility p: the paper prints the constant k = 0.05 but not p. The default is
  p(x) = e^(-x/20); also "rational" 1/(1 + x/20), "logistic" 2/(1 + e^(x/20)) and "linear"
  max(0, 1 - x/20). With "any" the game stands for all games with a non-increasing p that has values
  in [0, 1], which is all that Section 2 says of p.
* Infection constant c_f: Section 2 only says that it is a constant; here 1/10.
* Replacement w2: printed as uniform on {0, ..., s} with probability 9/10, else 0. A newcomer's
  state can hardly depend on that of the agent who left, so the default, "full", puts 1/10 on 0 and
  spreads 9/10 evenly over all states, 0 among them; "state" is as printed.
* Actions: {1, ..., |A|} in Section 2 and {0, ..., 4} in Section 6; here from 0.
* The states are unbounded in Section 2; here what leads above the top state ends there, after the
  damage is done.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, Max, exp
from sympy import Rational as R

from mfgcheck import Game, decreasing, mixture, point, uniform

EXPECTED = {
    # 1 - p(s) rises in s; the three terms of r are a function of s, one of z and one of a.
    "reward.monotone_s": "PROVED",
    "reward.supermodular": "PROVED",
    "reward.increasing_differences": "PROVED",
    "reward.max_monotone_s": "PROVED",
    # Both s + a and s + a less the damage rise in s and a, and so does the newcomer's law.
    "kernel.monotone_s": "PROVED",
    "kernel.monotone_a": "PROVED",
    # Higher z, lower chance of infection, and the infected end below the healthy.
    "kernel.monotone_z": "PROVED",
    # The chance that s + a >= 1 is a step: s lifts it by 1 at a = 0 and by 0 at a = 1. At z = 0
    # the square (0,0), (1,1) is (9/10) (1/10 (1/10 + 0 - 1/10 - 1/10 + 3/10) - 9/10) = -99/125.
    "kernel.supermodular": "REFUTED",
    # From s + a = 1 to 2 the chance to end at >= 1 grows by 3/10 if infected and not at all if
    # healthy: less for higher z. Between all at 0 and all at 24: -(9/10) (3/10) (i_0 - i_24).
    "kernel.increasing_differences": "REFUTED",
    # -1/25 <= r <= (6/5) (1 - e^(-6/5)) = 0.8386...; with "linear" the maximum is 6/5.
    "assumption.bounded_reward": "PROVED",
    "assumption.tremble": "PROVED",  # 3/10 <= 4/5
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}
# With susceptibility "any" the clauses come out the same. The square above is then
# (9/250) (3 p(0) - 25) < 0 for every p with values in [0, 1]; the difference between all at 0 and
# all at 24, -(27/1000) (p(0) - p(24)), is < 0 for every strictly decreasing p, 0 for a constant.
# But r is 6/5 where p is 0 (bounded_reward: REFUTED), and where p jumps the kernel does
# (continuous: UNDECIDED).


def infection_spread(
    susceptibility: str = "exp",
    c_f: R = R(1, 10),
    delta1: R = R(1),
    delta2: R = R(1, 5),
    delta3: R = R(1, 100),
    zeta: R = R(1, 10),
    replacement: str = "full",
    states: int = 25,
    actions: int = 5,
) -> Game:
    """Health, precautions, and infection by the crowd: the paper's main example.

    An agent of health s takes precautions a. With probability zeta it is replaced by a newcomer;
    otherwise it is infected with probability c_f p(mean health), and s + a is then reduced by
    damage. It earns its own immunity and a share of the population's, and pays for precautions.

    Source: Lee et al. 2021, Section 2 and Appendix F.1; the module says how open points were read.

    >>> infection_spread().reward_at(0, 1, {0: 1})
    -1/100
    """
    top = states - 1
    any_function = decreasing("p", 0, 1)

    def p(x: Expr) -> Expr:
        if susceptibility == "any":
            return any_function(x)
        if susceptibility == "exp":
            return exp(-x / 20)
        if susceptibility == "rational":
            return 1 / (1 + x / 20)
        if susceptibility == "logistic":
            return 2 / (1 + exp(x / 20))
        if susceptibility == "linear":
            return Max(0, 1 - x / 20)
        raise ValueError(
            f"susceptibility {susceptibility!r}: exp, rational, logistic, linear or any"
        )

    def immunity(x: Expr) -> Expr:
        return 1 - p(x)

    if replacement not in ("full", "state"):
        raise ValueError(f"replacement {replacement!r}: full or state")
    damage = mixture({0: R(1, 10), uniform([1, 2, 3]): R(9, 10)})
    anywhere = mixture({0: R(1, 10), uniform(range(states)): R(9, 10)})

    def newcomer(s: Integer) -> object:
        if replacement == "full":
            return anywhere
        return mixture({0: R(1, 10), uniform(range(int(s) + 1)): R(9, 10)})

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return delta1 * immunity(s) + delta2 * z.mean(immunity) - delta3 * a

    def transition(s: Integer, a: Integer, z: Any) -> list[tuple[Expr, object]]:
        infection = c_f * p(z.mean())
        return [
            (infection * (1 - zeta), (s + a - damage).clip(0, top)),
            ((1 - infection) * (1 - zeta), point(s + a).clip(0, top)),
            (zeta, newcomer(s)),
        ]

    return Game(
        states=states,
        actions=actions,
        reward=reward,
        transition=transition,
        discount="3/4",
        tremble="3/10",
        name="infection-spread",
        source="Lee et al. 2021, Section 2 and Appendix F.1",
    )
