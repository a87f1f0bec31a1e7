"""What a decision may cost, and how it can end."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Point = tuple[Fraction, ...]


@dataclass(frozen=True)
class Limits:
    """The most a decision may spend.

    `max_cells`: pieces of the region looked at; `deadline`: a value of `time.monotonic()`;
    `depth`: bisections of one piece.
    """

    max_cells: int = 20000
    deadline: float | None = None
    depth: int = 60

    def expired(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline


@dataclass(frozen=True)
class Proved:
    """The claim holds on the whole region."""

    method: str
    cells: int


@dataclass(frozen=True)
class Refuted:
    """The claim fails, certified by exact signs.

    Of `f >= 0`: f(point) < 0. Of monotonicity along `direction` d (a non-negative combination
    of those asked for): with `anchor` "from", f(point + t d) < f(point), and with "to",
    f(point) < f(point - t d), both for all small t > 0, and these segments lie in the region.
    """

    point: Point
    method: str
    cells: int
    direction: Point | None = None
    anchor: Literal["from", "to"] | None = None


@dataclass(frozen=True)
class Undecided:
    """Neither was shown. `lower`: a proved lower bound (of f, or of the slope that was left
    open); `point`: where the trouble is."""

    reason: str
    lower: Fraction | None
    point: Point | None
    cells: int = 0


Result = Proved | Refuted | Undecided
