"""Two lotteries: state, effort and crowd decide with what chance the better one is played.

Source: own; the standard way to obtain a stochastically supermodular kernel, here with a
transcendental weight and with products of all pairs of s, a and the mean.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, tanh
from sympy import Rational as R

from mfgcheck import Game, uniform

# The tail of P = (1 - q) G0 + q G1 is G0(tail) + q (G1(tail) - G0(tail)), and the bracket is at
# least 0 because G1 dominates G0. So the kernel inherits what q has. With m = mean, all factors
# s, a, m and tanh(m / 12) are at least 0 and rise, so q = 1/10 + s a/400 + (s + 6 a) m/4800 +
# (1 + a) tanh(m/12)/50 rises in s, a and z, its mixed differences in s and a (1/400 per square) are
# at least 0, and its differences in s and in a rise in m. It is a probability: at least 1/10, and
# at most 1/10 + 96/400 + 48 * 24/4800 + 5/50 = 17/25. The reward s/48 + s a/1000 + a m/400 - a/20
# is of the same kind, and its slope in s is at least 1/48.
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
    "assumption.bounded_reward": "PROVED",  # from -1/5 to 1/2 + 96/1000 + 96/400 - 1/5 < 1
    "assumption.tremble": "PROVED",  # 3/10 <= 4/5
    "assumption.chain": "PROVED",
    "assumption.continuous": "PROVED",
}


def two_lotteries(cost: R = R(1, 20)) -> Game:
    """State, effort and crowd decide with what chance the better of two lotteries is played.

    The next state is uniform on the lower or on the upper half of 0..24; the chance of the upper
    half has products of s, a and the mean, and a hyperbolic tangent of the mean.

    Source: own.

    >>> two_lotteries().kernel_at(0, 0, {0: 1})[24]
    1/130
    """
    lower, upper = uniform(range(13)), uniform(range(12, 25))

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        return s / 48 + s * a / 1000 + a * z.mean() / 400 - cost * a

    def transition(s: Integer, a: Integer, z: Any) -> list[tuple[Expr, object]]:
        m = z.mean()
        q = R(1, 10) + s * a / 400 + (s + 6 * a) * m / 4800 + (1 + a) * tanh(m / 12) / 50
        return [(1 - q, lower), (q, upper)]

    return Game(
        states=25,
        actions=5,
        reward=reward,
        transition=transition,
        discount="3/4",
        tremble="3/10",
        name="two-lotteries",
        source="own",
    )
