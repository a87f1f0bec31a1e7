"""Exact numbers as decimals that keep what was proved: bounds are rounded outwards only."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

_DIGITS = 17  # significant digits of a bound, unless the range is narrower than that
_PLACES = 12  # after the point, of a number for reading
_SHORT = 12  # digits up to which a numerator or denominator is worth printing


def below(x: Fraction, digits: int) -> str:
    """Return the largest decimal number of so many significant digits that is at most x.

    >>> below(Fraction(2, 3), 4), below(Fraction(-2, 3), 4), below(Fraction(1, 4), 4)
    ('0.6666', '-0.6667', '0.25')
    """
    if not x:
        return "0"
    place = _magnitude(x) - digits
    return _decimal(math.floor(x * Fraction(10) ** -place), place)


def above(x: Fraction, digits: int) -> str:
    """Return the smallest decimal number of so many significant digits that is at least x.

    >>> above(Fraction(2, 3), 4), above(Fraction(1, 3) / 10**9, 2)
    ('0.6667', '3.4e-10')
    """
    text = below(-x, digits)
    return text.removeprefix("-") if text.startswith("-") or text == "0" else f"-{text}"


def enclosing(low: Fraction, high: Fraction) -> tuple[str, str]:
    """Return two exact texts, which `Fraction` reads, whose range contains [low, high].

    A number that is known exactly and short is kept as it is. Else bounds are rounded outwards, to
    at least 17 digits and to so many that the range grows by less than a hundredth.

    >>> enclosing(Fraction(2, 3), Fraction(2, 3))
    ('2/3', '2/3')
    >>> enclosing(Fraction(1, 3) - Fraction(1, 10**20), Fraction(1, 3))
    ('0.3333333333333333333233', '0.3333333333333333333334')
    """
    if low == high and is_short(low):
        return str(low), str(low)
    width = high - low
    finest = _magnitude(width) - 3 if width else None

    def digits(x: Fraction) -> int:
        if finest is None:
            return 2 * _DIGITS
        return max(_DIGITS, _magnitude(x) - finest) if x else _DIGITS

    return below(low, digits(low)), above(high, digits(high))


def readable(low: Fraction, high: Fraction, finest: Fraction = Fraction(1)) -> str:
    """Return a number between two bounds for reading, with how far it may be off at most.

    There are as many digits as tell numbers `finest` apart, and twelve at least if known.

    >>> readable(Fraction(2, 3), Fraction(2, 3)), readable(Fraction(3), Fraction(3))
    ('2/3 (0.666667)', '3')
    >>> readable(Fraction(1, 3), Fraction(1, 3) + Fraction(1, 10**9))
    '0.3333333338 ± 5.4e-10'
    """
    if low == high and is_short(low):
        return str(low) if low.denominator == 1 else f"{low} ({float(low):.6g})"
    half = (high - low) / 2
    most = max(_PLACES, 2 - _magnitude(finest))
    places = min(max(6, 1 - _magnitude(half)), most) if half else most
    shown = round((low + high) / 2, places)
    return f"{_fixed(shown, places)} ± {above(max(high - shown, shown - low), 2)}"


def is_short(x: Fraction) -> bool:
    """Whether a number is worth printing as a fraction."""
    limit: int = 10**_SHORT
    return max(abs(x.numerator), x.denominator) < limit


def _magnitude(x: Fraction) -> int:
    """Return the e with 10^(e-1) <= |x| < 10^e."""
    x = abs(x)
    bits = x.numerator.bit_length() - x.denominator.bit_length()
    e = math.floor(bits * math.log10(2))  # right up to one or two
    while x >= Fraction(10) ** e:
        e += 1
    while x < Fraction(10) ** (e - 1):
        e -= 1
    return e


def _decimal(number: int, place: int) -> str:
    """Return number * 10^place, in full unless it is very large or small."""
    while number and number % 10 == 0:
        number, place = number // 10, place + 1
    digits = tuple(map(int, str(abs(number))))
    value = Decimal((int(number < 0), digits, place))
    return f"{value:f}" if -7 < value.adjusted() < 20 else str(value).lower()


def _fixed(x: Fraction, places: int) -> str:
    number = round(x * 10**places)
    whole, rest = divmod(abs(number), 10**places)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{places}d}"
