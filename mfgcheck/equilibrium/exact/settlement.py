"""All T-MFE of one strategy, as exact arithmetic finds them: isolated ones and families."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]
"""A state's number and an action's number."""


@dataclass(frozen=True)
class Zero:
    """A mean field that is consistent with the strategy, and whether the strategy is optimal there.

    Attributes:
        low, high: rational bounds of the coordinate m; it is rational and exact where they agree.
        optimal: whether no other action is better, so that this is a T-MFE.
        ties: pairs (state number, action number) of other actions that are exactly as good there.
    """

    low: Fraction
    high: Fraction
    optimal: bool
    ties: tuple[Pair, ...]

    @property
    def tie_states(self) -> tuple[int, ...]:
        """Numbers of the states with a tie."""
        return tuple(sorted({s for s, _ in self.ties}))


@dataclass(frozen=True)
class Family:
    """A continuum: every m strictly between two ends is a T-MFE with the strategy.

    Attributes:
        low, high: rational bounds of the lower and of the upper end.
    """

    low: tuple[Fraction, Fraction]
    high: tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Settlement:
    """All T-MFE with one strategy and m in a closed interval.

    Attributes:
        zeros: mean fields consistent with the strategy, with the verdict for each; where all m of
            an interval are consistent, only those that are optimal and on the edge of no family.
        families: continua of T-MFE.
    """

    zeros: tuple[Zero, ...]
    families: tuple[Family, ...]

    @property
    def equilibria(self) -> tuple[Zero, ...]:
        """The zeros that are T-MFE."""
        return tuple(zero for zero in self.zeros if zero.optimal)


def joined_families(zeros: list[Zero], families: list[Family]) -> Settlement:
    """Join families that meet in a T-MFE, and leave out zeros that end a family."""
    fine = {zero.low for zero in zeros if zero.optimal and zero.low == zero.high}
    joined: list[Family] = []
    for family in families:
        if joined and joined[-1].high == family.low and family.low[0] in fine:
            joined[-1] = Family(joined[-1].low, family.high)
        else:
            joined.append(family)
    touched = {end[0] for f in families for end in (f.low, f.high) if end[0] == end[1]}
    alone = [zero for zero in zeros if not (zero.low == zero.high and zero.low in touched)]
    return Settlement(tuple(sorted(alone, key=lambda zero: zero.low)), tuple(joined))
