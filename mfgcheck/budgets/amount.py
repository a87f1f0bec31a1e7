"""Numbers of samples, which may be as large as 10^412, as balls that contain the true value.

Formulas with logarithms and powers are evaluated in ball arithmetic (`flint.arb`), whose exponents
have any size, so that nothing overflows and what is printed is an upper bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from mfgcheck.rigor.interval import upper_fraction
from mfgcheck.rigor.tape import precision, rational

BITS = 256
"""The precision with which formulas are evaluated."""

_WHOLE = 10**18  # counts up to here are written out
_SHOWN = 10**9


def real(x: int | Fraction) -> Any:
    """Return a rational number as a ball of `BITS` bits.

    >>> real(Fraction(1, 2))
    0.500000000000000
    """
    with precision(BITS):
        return flint.arb(rational(Fraction(x)))


@dataclass(frozen=True, eq=False)
class Amount:
    """A positive number that a formula gave, read as "at least so many are needed".

    Attributes:
        ball: `flint.arb`, which contains the true value of the formula.

    >>> Amount(real(10) ** 412).text
    '1.000e412'
    >>> Amount(real(Fraction(17, 2))).text
    '9'
    """

    ball: Any

    def __post_init__(self) -> None:
        if not (self.ball > 0 and self.ball.is_finite()):
            raise ValueError(f"{self.ball} is not an amount: it must be positive and finite")

    @property
    def count(self) -> int | None:
        """The smallest whole number that is surely enough; None beyond 10^18."""
        if not self.ball < _WHOLE:
            return None
        with precision(BITS):  # fewer bits would round a whole number up to another
            upper = upper_fraction(self.ball.upper())
        return None if upper is None else math.ceil(upper)

    @property
    def log10(self) -> float:
        """The logarithm of the base 10, for reading and for drawing; a float near it."""
        with precision(BITS):
            return float((self.ball.upper().log() / flint.arb(10).log()).mid())

    @property
    def text(self) -> str:
        """The amount for reading: whole up to 10^9, beyond as a power of ten, rounded up."""
        count = self.count
        if count is not None and count < _SHOWN:
            return f"{count:,}"
        with precision(BITS):
            exponent = int((self.ball.log() / flint.arb(10).log()).mid().floor().fmpq()) - 3
            scaled = self.ball / flint.arb(10) ** exponent
            # Where the ball holds a whole number, it is that number that was meant.
            digits = int(scaled.lower().ceil().fmpq())
        while digits >= 10_000:
            digits, exponent = -(-digits // 10), exponent + 1
        return f"{digits // 1000}.{digits % 1000:03d}e{exponent + 3}"

    def to_dict(self) -> dict[str, object]:
        """Return the amount as JSON holds it: a whole number where it is below 10^18."""
        return {"count": self.count, "log10": round(self.log10, 6), "text": self.text}
