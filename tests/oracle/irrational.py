"""Irrational functions of rational numbers, as rationals within 2^-190 of the true value.

They are for arguments of moderate size (|x| <= 100, and away from singularities); the result is
relied on only up to `NOISE`, which leaves more than a hundred bits to spare.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import mpmath

BITS = 200
NOISE = Fraction(1, 10**25)

FUNCTIONS = {
    "exp": mpmath.exp,
    "tanh": mpmath.tanh,
    "log": mpmath.log,
    "sqrt": mpmath.sqrt,
}


@lru_cache(maxsize=200_000)
def approximate(function: str, x: Fraction) -> Fraction:
    """Return exp, tanh, log or sqrt of x."""
    with mpmath.workprec(BITS):
        y = FUNCTIONS[function](mpmath.mpf(x.numerator) / x.denominator)
        mantissa, exponent = abs(y).man_exp  # man_exp does not tell the sign
    size = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -size if y < 0 else size
