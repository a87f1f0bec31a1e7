"""For each clause a small game that breaks it alone, and the smallest witness, worked out by hand.

All have states and actions 0, 1, 2 and the mean m of the mean field (0 to 2) as the only aggregate.
A game is given by its reward and by the tails P(>= 1), P(>= 2) of its kernel, as formulas in exact
numbers that mean the same for sympy numbers and symbols as for fractions; what is not under test is
harmless. `reward.max_monotone_s` has no mutant: it follows from `reward.monotone_s`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle import MeanField, PlainGame, chain

F = Fraction
Formula = Callable[[int, int, Any, Callable[[Fraction], Any]], Any]
"""(s, a, m, q) -> value, where q turns a Fraction into the kind of number that m is."""


@dataclass(frozen=True)
class Mutant:
    """A game that breaks one clause, and its smallest witness; mean fields are point masses."""

    clause: str
    reward: Formula
    tails: Callable[[int, int, Any, Callable[[Fraction], Any]], Sequence[Any]]
    corners: tuple[tuple[int, int], ...]
    upper_set: tuple[int, ...] | None
    z: int
    z2: int | None
    value: Fraction


def _plain_reward(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Any:
    return q(F(s, 10))


def _plain_tails(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Sequence[Any]:
    return q(F(1, 2)), q(F(1, 4))


# Steps of the reward in s: none from 0 to 1; from 1 to 2 by -1/10, -1/20, 1/10 for a = 0, 1, 2.
# They rise in a, so it is supermodular, and the best action's reward is 0, 0, 1/10.
_STEPS = (F(-1, 10), F(-1, 20), F(1, 10))


def _reward_falls(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Any:
    return q(_STEPS[a] if s == 2 else F(0))


# s/2, less a/10 at s = 2: steps in s of 1/2 and of 1/2 - a/10 > 0.
def _reward_substitutes(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Any:
    return q(F(s, 2) - (F(a, 10) if s == 2 else F(0)))


# s + s a/2 - [s = 1 and a = 2] m (2 - m)/10: the last term is at most 1/10, too small to turn steps
# in s (at least 1) or mixed differences (1/2). Going from (0, 2) to (1, 2) the reward's gain falls
# by 1/10 from m = 0 to m = 1, and by nothing from 0 to 2.
def _reward_crossing(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Any:
    dip = m * (2 - m) / 10 if (s, a) == (1, 2) else 0
    return q(F(s) + F(s * a, 2)) - dip


# P(>= 1) and P(>= 2) drop from s = 1 to s = 2, by 1/4 and by 1/8.
def _tails_fall_in_s(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Sequence[Any]:
    return (q(F(1, 2)), q(F(1, 8))) if s == 2 else (q(F(3, 4)), q(F(1, 4)))


def _tails_fall_in_a(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Sequence[Any]:
    return (q(F(1, 2)), q(F(1, 8))) if a == 2 else (q(F(3, 4)), q(F(1, 4)))


# P(>= 1) = 1/2 + m (2 - m)/8 is 1/2, 5/8, 1/2 at m = 0, 1, 2; P(>= 2) is constant.
def _tails_fall_in_z(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Sequence[Any]:
    return q(F(1, 2)) + m * (2 - m) / 8, q(F(1, 4))


# P(>= 1) = 1/4 + (s + a)/8, less a/16 at s = 2, and P(>= 2) is half of it. Squares above s = 1 have
# -1/16 and -1/32.
def _tails_substitutes(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Sequence[Any]:
    tail = F(1, 4) + F(s + a, 8) - (F(a, 16) if s == 2 else F(0))
    return q(tail), q(tail / 2)


# P(>= 1) = 1/4 + (s + a + s a)/32 + m/64, without the last at (1, 0): it rises in m or is free of
# it, steps in s at a = 0 are at least 1/32 - 2/64 = 0, mixed differences at least 1/32 - 2/64 = 0.
# From (0, 0) to (1, 0) it gains m/64 less.
def _tails_crossing(s: int, a: int, m: Any, q: Callable[[Fraction], Any]) -> Sequence[Any]:
    crowd = 0 if (s, a) == (1, 0) else m / 64
    return q(F(1, 4) + F(s + a + s * a, 32)) + crowd, q(F(1, 8))


MUTANTS = (
    Mutant(
        "reward.monotone_s", _reward_falls, _plain_tails,
        corners=((1, 0), (2, 0)), upper_set=None, z=0, z2=None, value=F(-1, 10),
    ),
    Mutant(
        "reward.supermodular", _reward_substitutes, _plain_tails,
        corners=((1, 0), (2, 1)), upper_set=None, z=0, z2=None, value=F(-1, 10),
    ),
    Mutant(
        "reward.increasing_differences", _reward_crossing, _plain_tails,
        corners=((0, 2), (1, 2)), upper_set=None, z=0, z2=1, value=F(-1, 10),
    ),
    Mutant(
        "kernel.monotone_s", _plain_reward, _tails_fall_in_s,
        corners=((1, 0), (2, 0)), upper_set=(2,), z=0, z2=None, value=F(-1, 8),
    ),
    Mutant(
        "kernel.monotone_a", _plain_reward, _tails_fall_in_a,
        corners=((0, 1), (0, 2)), upper_set=(2,), z=0, z2=None, value=F(-1, 8),
    ),
    Mutant(
        "kernel.monotone_z", _plain_reward, _tails_fall_in_z,
        corners=((0, 0),), upper_set=(1, 2), z=1, z2=2, value=F(-1, 8),
    ),
    Mutant(
        "kernel.supermodular", _plain_reward, _tails_substitutes,
        corners=((1, 0), (2, 1)), upper_set=(2,), z=0, z2=None, value=F(-1, 32),
    ),
    Mutant(
        "kernel.increasing_differences", _plain_reward, _tails_crossing,
        corners=((0, 0), (1, 0)), upper_set=(1, 2), z=0, z2=2, value=F(-1, 32),
    ),
)  # fmt: skip


def plain_mutant(mutant: Mutant) -> PlainGame:
    """Return the mutant as the oracle takes it."""

    def q(x: Fraction) -> Fraction:
        return x

    def mean(z: MeanField) -> Fraction:
        return z[1] + 2 * z[2]

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        tail1, tail2 = mutant.tails(s, a, mean(z), q)
        return [1 - tail1, tail1 - tail2, tail2]

    return PlainGame(chain(3), chain(3), kernel, lambda s, a, z: mutant.reward(s, a, mean(z), q))
