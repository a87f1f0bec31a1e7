"""Exact numbers at the boundary: what a user may write, and what it is read as.

Integers, fractions, sympy rationals and decimal strings are exact. A short float literal such as
`0.1` is read as the decimal it shows; a long one (the float nearest to 7/24, say) is refused,
because what its author meant cannot be told from it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Hashable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import sympy

from mfgcheck.errors import InvalidGame

Label: TypeAlias = Hashable
"""The name of a state or an action: an int, a Fraction, a string, or a tuple of these."""

_LARGEST_EXPONENT = 1000
_LONGEST = 4000  # digits; Python writes no integers of more than 4,300
_BRIEF = 160  # bits of a fraction that is easy to read
_LONGEST_LITERAL = 12  # significant digits; a float that needs more was computed, not written


def from_float(value: float, what: str) -> Fraction:
    """Read a float literal as the decimal it shows.

    Raises:
        InvalidGame: the float is not finite, or too long to have been written by hand.

    >>> from_float(0.1, "weight")
    Fraction(1, 10)
    """
    if not math.isfinite(value):
        raise InvalidGame(f"{what} is {value}: it must be a finite number")
    shown = Decimal(repr(float(value)))
    if len(shown.normalize().as_tuple().digits) > _LONGEST_LITERAL:
        guess = Fraction(value).limit_denominator(10_000)
        hint = "a fraction, or sympy's exp, log or sqrt in place of those of math and numpy"
        if abs(guess - Fraction(value)) <= 16 * Fraction(math.ulp(value)):  # but for rounding
            fraction = f"R({guess.numerator}, {guess.denominator})"
            hint = f"for example {fraction} with `from sympy import Rational as R`"
        raise InvalidGame(
            f"{what} is the float {value!r}, which is rounded: write the exact number it stands "
            f"for, {hint}"
        )
    return Fraction(shown)


def from_sympy_float(value: sympy.Float, what: str) -> Fraction:
    """Read a sympy float that stands for a Python float literal.

    Raises:
        InvalidGame: it has another precision or is out of the range of floats, or is too long.
    """
    near = float(value)
    if math.isfinite(near) and (value._prec != 53 or sympy.Float(near) != value):
        raise InvalidGame(f"{what} is the float {value}: write an exact number instead")
    return from_float(near, what)


def exact(value: object, what: str) -> Fraction:
    """Read a rational number: int, Fraction, sympy rational, decimal string, short float.

    Raises:
        InvalidGame: `value` is not a finite rational number.

    >>> exact("0.05", "tremble"), exact("3/4", "discount")
    (Fraction(1, 20), Fraction(3, 4))
    """
    if isinstance(value, bool):
        raise InvalidGame(f"{what} is {value}: it must be a number")
    if isinstance(value, (int, Fraction)):
        return check_length(Fraction(value), what)
    if isinstance(value, sympy.Rational):
        return check_length(Fraction(int(value.p), int(value.q)), what)
    if isinstance(value, float):
        return from_float(value, what)
    if isinstance(value, sympy.Float):
        return from_sympy_float(value, what)
    if isinstance(value, (str, Decimal)):
        return _from_text(str(value), what)
    raise InvalidGame(f"{what} is {value!r}: it must be a rational number such as 3/4 or '0.75'")


def check_length(value: Fraction, what: str) -> Fraction:
    """Return a number that is short enough to be written.

    Raises:
        InvalidGame: its numerator or denominator has more than 4,000 digits.
    """
    if max(abs(value.numerator), value.denominator) >= 10**_LONGEST:
        raise InvalidGame(f"{what} has a number of more than {_LONGEST} digits, {brief(value)}")
    return value


def _from_text(text: str, what: str) -> Fraction:
    try:
        parts = [Decimal(part) for part in text.split("/")]
        if len(parts) > 2 or not all(part.is_finite() for part in parts):
            raise ValueError
        if any(abs(part.adjusted()) > _LARGEST_EXPONENT for part in parts):
            raise InvalidGame(f"{what} is {text}: numbers beyond 1e{_LARGEST_EXPONENT} are refused")
        return Fraction(parts[0]) / Fraction(parts[-1] if len(parts) == 2 else 1)
    except (ValueError, ArithmeticError, InvalidOperation):
        raise InvalidGame(
            f"{what} is {text!r}: write a finite number such as 3/4 or 0.75"
        ) from None


def rational(value: Fraction | int) -> sympy.Rational:
    """Return a fraction as the sympy rational that user code computes with.

    >>> rational(Fraction(3, 4))
    3/4
    """
    return sympy.Rational(value.numerator, value.denominator)


def normal_label(label: object) -> Label:
    """Return the one Python form of a label, so that 1, sympy's 1 and Fraction(1) are one state.

    >>> normal_label(sympy.Integer(3)), normal_label((sympy.Rational(1, 2), "high"))
    (3, (Fraction(1, 2), 'high'))
    """
    if type(label) is int or isinstance(label, str):
        return label
    if isinstance(label, tuple):
        return tuple(normal_label(part) for part in label)
    if isinstance(label, bool):
        raise InvalidGame(f"{label} is not a label: use numbers, strings or tuples of them")
    if isinstance(label, sympy.Integer):
        return int(label)
    if isinstance(label, (int, Fraction, float, Decimal, sympy.Rational, sympy.Float)):
        number = exact(label, "label")
        return number.numerator if number.denominator == 1 else number
    try:
        return operator.index(label)  # type: ignore[arg-type]  # numpy integers
    except TypeError:
        pass
    raise InvalidGame(f"{label!r} is not a label: use numbers, strings or tuples of them")


@lru_cache(maxsize=1 << 16)
def label_value(label: Label) -> object:
    """Return a label as user functions receive it: numbers exact (sympy), the rest as it is.

    >>> label_value(7) / 24
    7/24
    """
    if isinstance(label, (int, Fraction)):
        return rational(label)
    if isinstance(label, tuple):
        return tuple(label_value(part) for part in label)
    return label


def short(value: Fraction, digits: int = 6) -> str:
    """Return a number as a decimal for reading, a power of ten beyond the range of floats.

    >>> short(Fraction(1, 3)), short(-Fraction(10) ** 400)
    ('0.333333', '-10^400')
    """
    try:
        number = float(value)
    except OverflowError:
        number = 0.0
    if number or not value:
        return f"{number:.{digits}g}"
    bits = abs(value.numerator).bit_length() - value.denominator.bit_length()
    return f"{'-' if value < 0 else ''}10^{round(bits * math.log10(2))}"


def brief(value: Fraction) -> str:
    """Return a number exactly if that is short, else what it is about.

    >>> brief(Fraction(3, 4)), brief(Fraction(1, 10**400)), brief(1 - Fraction(1, 10**400))
    ('3/4', 'about 10^-400', 'about 1 - 10^-400')
    """
    if value.numerator.bit_length() + value.denominator.bit_length() <= _BRIEF:
        return str(value)
    if 0 < 1 - value < Fraction(1, 10**5):
        return f"about 1 - {short(1 - value)}"
    return f"about {short(value)}"


def label_text(label: Label) -> str:
    """Return a label as reports print it.

    >>> label_text((1, Fraction(1, 2)))
    '(1, 1/2)'
    """
    if isinstance(label, tuple):
        return "(" + ", ".join(label_text(part) for part in label) + ")"
    return str(label)


def label_json(label: Label) -> object:
    """Return a label as JSON holds it: integers and strings as they are, tuples as lists.

    >>> label_json((1, Fraction(1, 2)))
    [1, '1/2']
    """
    if isinstance(label, tuple):
        return [label_json(part) for part in label]
    if isinstance(label, Fraction):
        return str(label)
    return label
