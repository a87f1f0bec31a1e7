"""Rigorous enclosures of expressions, and exact signs of constants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mfgcheck.rigor.nodes import Const, Expression, variables
from mfgcheck.rigor.tape import DEFINED, compile_tape, precision, rational

_LARGEST_EXPONENT = 1 << 16


@dataclass(frozen=True)
class Interval:
    """All values lie in [lower, upper]; None is an unbounded side.

    >>> Fraction(1) in Interval(Fraction(0), None)
    True
    """

    lower: Fraction | None
    upper: Fraction | None

    def __contains__(self, value: Fraction) -> bool:
        return (self.lower is None or self.lower <= value) and (
            self.upper is None or value <= self.upper
        )


def lower_fraction(bound: Any) -> Fraction | None:
    """A rational number <= an exact flint number; None for -inf (and for nothing finite).

    >>> from flint import arb
    >>> lower_fraction(arb(1.5))
    Fraction(3, 2)
    """
    if not bound.is_finite():
        return None
    mantissa, exponent = (int(part) for part in bound.man_exp())
    if abs(exponent) > _LARGEST_EXPONENT:
        # Too long to write out: a huge number is left unbounded, a tiny one rounded outward.
        if exponent > 0:
            return None if mantissa < 0 else Fraction(2) ** _LARGEST_EXPONENT
        return Fraction(0) if mantissa >= 0 else None
    return Fraction(mantissa) * Fraction(2) ** exponent


def upper_fraction(bound: Any) -> Fraction | None:
    """A rational number >= an exact flint number; None for +inf (and for nothing finite).

    >>> from flint import arb
    >>> upper_fraction(arb.pos_inf()) is None
    True
    """
    mirrored = lower_fraction(-bound)
    return None if mirrored is None else -mirrored


def as_interval(result: tuple[Any, Any, int]) -> Interval:
    """The public form of a tape's result: the whole line unless defined everywhere.

    >>> from mfgcheck.rigor.tape import NOTHING
    >>> as_interval(NOTHING)
    Interval(lower=None, upper=None)
    """
    low, high, level = result
    if level < DEFINED:
        return Interval(None, None)
    return Interval(lower_fraction(low), upper_fraction(high))


def enclose(e: Expression, box: Sequence[tuple[Fraction, Fraction]], bits: int = 64) -> Interval:
    """An interval that contains every value of `e` on a box, one (low, high) per variable.

    The whole line if `e` is not shown to be defined everywhere on the box.

    >>> from mfgcheck.rigor.algebra import var, power
    >>> enclose(power(var(0), 2), [(Fraction(-1), Fraction(2))])
    Interval(lower=Fraction(0, 1), upper=Fraction(4, 1))
    """
    tape = compile_tape(e, bits)
    ranges = tape.on_box([(rational(low), rational(high)) for low, high in box])
    with precision(bits):
        return as_interval(tape.run(ranges))


def enclose_constant(e: Expression, bits: int) -> Interval:
    """An interval around a constant expression.

    >>> from mfgcheck.rigor.algebra import const
    >>> enclose_constant(const(2), 64)
    Interval(lower=Fraction(2, 1), upper=Fraction(2, 1))
    """
    return enclose(e, (), bits)


def exact_value(e: Expression) -> Fraction | None:
    """The value if it is a rational number on the face of it, else None.

    >>> from mfgcheck.rigor.algebra import exp, const
    >>> exact_value(exp(const(0)))
    Fraction(1, 1)
    """
    return e.value if isinstance(e, Const) else None


def sign(e: Expression, max_bits: int = 2048) -> int | None:
    """The sign of a constant expression: -1, 0, 1, or None where it cannot be told.

    0 means exactly zero, by exact arithmetic. Raises ValueError if a variable occurs.

    >>> from mfgcheck.rigor.algebra import exp, const, add
    >>> sign(add(exp(const(1)), const(Fraction(-19, 7))))
    1
    """
    if variables(e):
        raise ValueError(f"the sign of {e} depends on its variables")
    if isinstance(e, Const):
        return (e.value > 0) - (e.value < 0)
    bits = 64
    while bits <= max_bits:
        with precision(bits):
            tape = compile_tape(e, bits)
            low, high, level = tape.over([()])
            if level < DEFINED:
                # More bits may still separate an argument from the edge of a domain.
                bits *= 2
                continue
            if low > 0:
                return 1
            if high < 0:
                return -1
            if low == 0 and high == 0:
                return 0
        bits *= 2
    return None
