"""Confidence intervals for the mean of a number over runs, by Student's t."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mfgcheck.learning.draws import Floats

CONFIDENCE = 0.99
"""Of each interval by itself: of a hundred that are looked at, about one misses its mean."""


@dataclass(frozen=True)
class Part:
    """One number that a sentence is decided by, measured in each run.

    Attributes:
        what: what is measured, in which unit.
        runs: how many runs there were.
        mean: over the runs.
        low, high: the confidence interval of the mean; infinite with a single run.
        side: whether the sentence needs it at most or at least as large as the limit.
        limit: the limit.
    """

    what: str
    runs: int
    mean: float
    low: float
    high: float
    side: Literal["at most", "at least"]
    limit: float

    @property
    def holds(self) -> bool | None:
        """Whether it is on its side; None if the interval has the limit inside."""
        if self.side == "at most":
            return True if self.high <= self.limit else False if self.low > self.limit else None
        return True if self.low >= self.limit else False if self.high < self.limit else None

    @property
    def text(self) -> str:
        """What was measured, and what is needed."""
        runs = f"{self.runs} run{'s' if self.runs > 1 else ''}"
        interval = f"{self.low:.3g} to {self.high:.3g}, " if math.isfinite(self.low) else ""
        reach = f" ({interval}{runs})"
        sign = "<=" if self.side == "at most" else ">="
        return f"{self.what}: {self.mean:.3g}{reach}, needed {sign} {self.limit:g}"

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        finite = math.isfinite(self.low)
        return {
            "what": self.what,
            "runs": self.runs,
            "mean": self.mean,
            "low": self.low if finite else None,
            "high": self.high if finite else None,
            "side": self.side,
            "limit": self.limit,
            "holds": self.holds,
        }


def measured(what: str, values: Floats, side: Literal["at most", "at least"], limit: float) -> Part:
    """Return the interval of the mean of a number over runs.

    Args:
        what: what it is, in which unit.
        values: array (runs,), one number for each run.
        side, limit: as in `Part`.

    >>> import numpy as np
    >>> part = measured("distance", np.array([1.0, 2.0, 3.0]), "at least", 0.0)
    >>> part.text
    'distance: 2 (-3.73 to 7.73, 3 runs), needed >= 0'
    """
    runs, mean = int(values.size), float(values.mean())
    width = math.inf
    if runs > 1:
        width = quantile(runs - 1) * float(values.std(ddof=1)) / math.sqrt(runs)
    return Part(what, runs, mean, mean - width, mean + width, side, limit)


@lru_cache(maxsize=256)
def quantile(freedom: int, confidence: float = CONFIDENCE) -> float:
    """Return the t that Student's T, of so many degrees of freedom, exceeds in neither direction
    with this probability.

    >>> round(quantile(19), 3), round(quantile(1), 2)
    (2.861, 63.66)
    """
    from flint import arb

    def beyond(t: float) -> float:
        # P(|T| > t) = I_x(n/2, 1/2) with x = n/(n + t^2), the regularised incomplete beta function.
        x = arb(freedom) / (freedom + arb(t) * arb(t))
        return float(x.beta_lower(arb(freedom) / 2, arb(1) / 2, regularized=True).mid())

    low, high = 0.0, 1.0
    while beyond(high) > 1 - confidence:
        low, high = high, 2 * high
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle) > 1 - confidence else (low, middle)
    return high
