"""Stochastic dominance between mean fields in floating point, up to a stated rounding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fall:
    """A step of a path that goes against the direction that the path has taken.

    Attributes:
        step: it happens between mean fields number `step` and `step + 1`.
        upper_set: numbers of the minimal states of the upper set whose mass moves the wrong way.
        amount: by how much that mass does, a positive number.
        rising: whether the path was rising.
        text: the same as a sentence.
    """

    step: int
    upper_set: tuple[int, ...]
    amount: float
    rising: bool
    text: str
