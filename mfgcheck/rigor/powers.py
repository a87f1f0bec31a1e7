"""Powers of numbers between 0 and 1, with any exponent, compared and bounded without writing them.

c^k <= x says that k >= log x / log c. Balls tell between which integers this quotient lies, at a
precision that rises until they do; where it is an integer k, c^k = x, and the exact power, which is
then no longer than x, shows it.
"""

from __future__ import annotations

import math
from fractions import Fraction

from mfgcheck.rigor import balls

_PRECISION = 64
_SHORT = 4096  # bits up to which powers are written out
SMALLEST = Fraction(1, 1 << _SHORT)
"""`power_above` returns nothing smaller for a power that is not written out."""


def first_power_within(c: Fraction, x: Fraction) -> int:
    """Return the smallest k >= 0 with c^k <= x, for 0 < c < 1 and x > 0.

    >>> first_power_within(Fraction(1, 2), Fraction(1, 8))
    3
    >>> first_power_within(1 - Fraction(1, 10**20), Fraction(1, 2))
    69314718055994530942
    """
    if x >= 1:
        return 0
    bits = _PRECISION
    while True:
        with balls.precision(bits):
            log = balls.ball(c, c).log()
            # A logarithm that may be 0 makes the quotient unbounded.
            ends = balls.bounds(balls.ball(x, x).log() / log)
        if ends is not None:
            first, last = map(math.ceil, ends)
            if first == last or (last == first + 1 and _is_power(c, first, x)):
                return first
        bits *= 2


def _is_power(c: Fraction, k: int, x: Fraction) -> bool:
    """Whether c^k = x. Both being in lowest terms, so must numerators and denominators be."""
    if k * (c.denominator.bit_length() - 1) >= x.denominator.bit_length():
        return False  # the power is too long
    return c**k == x


def power_above(c: Fraction, k: int) -> Fraction:
    """Return c^k, for 0 <= c <= 1 and k >= 0: exactly if that is short, else rounded up.

    It is rounded to 64 significant bits, and to `SMALLEST` if it is smaller.

    >>> power_above(Fraction(9, 10), 2), power_above(Fraction(1, 2), 10**9) == SMALLEST
    (Fraction(81, 100), True)
    """
    if c in (0, 1):
        return c if k else Fraction(1)
    if k * c.denominator.bit_length() <= _SHORT:
        return c**k
    with balls.precision(2 * _PRECISION + c.denominator.bit_length() + k.bit_length()):
        exponent = k * balls.ball(c, c).log()
        if exponent < -_SHORT:  # so that e^exponent < SMALLEST
            return SMALLEST
        ends = balls.bounds(exponent.exp())
    if ends is None or ends[1] <= SMALLEST:
        return SMALLEST
    above = ends[1]
    size = above.numerator.bit_length() - above.denominator.bit_length()
    unit = Fraction(2) ** (size - _PRECISION)
    return min(Fraction(1), math.ceil(above / unit) * unit)
