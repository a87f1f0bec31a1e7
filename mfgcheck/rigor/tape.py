"""Compiled interval evaluation: an expression becomes a flat list of instructions, run on ranges.

Endpoints are exact (`arb` of radius 0, or infinite). A ball that covers a wide range is never
used: an `arb` ball of [0, 24] reaches below 0, so that no inequality tight at 0 would close.
Sub-expressions affine in the variables are evaluated exactly over a simplex or a box by the
caller and rounded outward once, so that they lose nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import flint

from mfgcheck.rigor.nodes import (
    Add,
    Const,
    Exp,
    Expression,
    Log,
    Mul,
    PositivePart,
    Power,
    Step,
    Tanh,
    Var,
    children,
)

arb = flint.arb
fmpq = flint.fmpq

# What is known of the values on the box, from worst to best. Below DEFINED the bounds hold only
# at those points where every part is defined: enough for a derivative of a function that is
# itself CONTINUOUS (sqrt at 0 has the slope [.., +inf]), never enough for a claim of its own.
UNKNOWN, PARTIAL, DEFINED, CONTINUOUS = 0, 1, 2, 3

_INF = arb.pos_inf()
_NEG_INF = arb.neg_inf()
_ZERO = arb(0)
_ONE = arb(1)
NOTHING = (_NEG_INF, _INF, UNKNOWN)

Form = tuple[Any, tuple[tuple[int, Any], ...]]  # constant + sum(k * variable), all fmpq


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Set the working precision of flint, which is global state, and restore it.

    >>> with precision(80):
    ...     flint.ctx.prec
    80
    """
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def rational(value: Fraction) -> Any:
    """A Fraction as an `fmpq`.

    >>> rational(Fraction(1, 3))
    1/3
    """
    return fmpq(value.numerator, value.denominator)


def _product(x: Any, y: Any) -> Any:
    # 0 times an infinite *bound* is 0: the set holds finite numbers only. (A ball of radius 0
    # around 0 counts as true, so it has to be compared.)
    return _ZERO if x == 0 or y == 0 else x * y


def multiply_ranges(al: Any, ah: Any, bl: Any, bh: Any) -> tuple[Any, Any]:
    """The product of the ranges [al, ah] and [bl, bh].

    >>> multiply_ranges(arb(-1), arb(2), arb(-3), arb(1))
    (-6.00000000000000, 3.00000000000000)
    """
    if al >= 0:
        low = _product(al if bl >= 0 else ah, bl)
        high = _product(ah if bh >= 0 else al, bh)
    elif ah <= 0:
        low = _product(al if bh >= 0 else ah, bh)
        high = _product(ah if bl >= 0 else al, bl)
    elif bl >= 0:
        low, high = _product(al, bh), _product(ah, bh)
    elif bh <= 0:
        low, high = _product(ah, bl), _product(al, bl)
    else:
        one, two = _product(al, bh).lower(), _product(ah, bl).lower()
        low = one if one <= two else two
        one, two = _product(al, bl).upper(), _product(ah, bh).upper()
        high = one if one >= two else two
    return low.lower(), high.upper()


def _whole_power(low: Any, high: Any, n: int) -> tuple[Any, Any]:
    if n % 2:
        return (low**n).lower(), (high**n).upper()
    if low >= 0:
        return (low**n).lower(), (high**n).upper()
    if high <= 0:
        return (high**n).lower(), (low**n).upper()
    size = high if high >= -low else low
    return _ZERO, (size**n).upper()


def _reciprocal(low: Any, high: Any) -> tuple[Any, Any, int]:
    if low > 0 or high < 0:
        return (1 / high).lower(), (1 / low).upper(), CONTINUOUS
    if low == 0 and high > 0:
        return (1 / high).lower(), _INF, PARTIAL
    if high == 0 and low < 0:
        return _NEG_INF, (1 / low).upper(), PARTIAL
    return NOTHING


def _power(low: Any, high: Any, exponent: Fraction) -> tuple[Any, Any, int]:
    p, q = abs(exponent.numerator), exponent.denominator
    if q == 1:
        low, high = _whole_power(low, high, p)
    else:
        if not low >= 0:
            return NOTHING
        low, high = _fractional(low, p, q).lower(), _fractional(high, p, q).upper()
        if not low >= 0:
            low = _ZERO
    if exponent > 0:
        return low, high, CONTINUOUS
    return _reciprocal(low, high)


def _fractional(x: Any, p: int, q: int) -> Any:
    if x == 0 or x == _INF:
        return x
    return x.sqrt() ** p if q == 2 else x ** (arb(p) / q)


def _exp(low: Any, high: Any) -> tuple[Any, Any]:
    lower = low.exp().lower()
    return (lower if lower >= 0 else _ZERO), high.exp().upper()


def _log(low: Any, high: Any) -> tuple[Any, Any, int]:
    if low > 0:
        return low.log().lower(), high.log().upper(), CONTINUOUS
    if low == 0 and high > 0:
        return _NEG_INF, high.log().upper(), PARTIAL
    return NOTHING


def _tanh(low: Any, high: Any) -> tuple[Any, Any]:
    lower, upper = low.tanh().lower(), high.tanh().upper()
    return (lower if lower >= -1 else -_ONE), (upper if upper <= 1 else _ONE)


def _step(low: Any, high: Any, *, strict: bool) -> tuple[Any, Any, int]:
    if low > 0 or (not strict and low >= 0):
        return _ONE, _ONE, CONTINUOUS
    if high < 0 or (strict and high <= 0):
        return _ZERO, _ZERO, CONTINUOUS
    return _ZERO, _ONE, DEFINED


def _slope(low: Any, high: Any) -> tuple[Any, Any, int]:
    if low > 0:
        return _ONE, _ONE, CONTINUOUS
    if high < 0:
        return _ZERO, _ZERO, CONTINUOUS
    return _ZERO, _ONE, DEFINED


@dataclass(frozen=True)
class Tape:
    """Instructions (kind, data, operands) in postorder; `forms` are the affine parts."""

    forms: tuple[Form, ...]
    code: tuple[tuple[Any, Any, tuple[int, ...]], ...]

    def run(self, ranges: Sequence[tuple[Any, Any]]) -> tuple[Any, Any, int]:
        """(lower, upper, what is known) from exact ranges (fmpq pairs) of the affine forms."""
        lows: list[Any] = []
        highs: list[Any] = []
        level = CONTINUOUS
        known = CONTINUOUS
        for kind, data, operands in self.code:
            if kind is Var:
                first, last = ranges[data]
                low = arb(first)
                high = low if first is last else arb(last)
                low, high = low.lower(), high.upper()
            elif kind is Add:
                low = high = _ZERO
                for k, at in zip(data, operands, strict=True):
                    if k > 0:
                        low, high = low + k * lows[at], high + k * highs[at]
                    else:
                        low, high = low + k * highs[at], high + k * lows[at]
                low, high = low.lower(), high.upper()
            elif kind is Mul:
                low, high = lows[operands[0]], highs[operands[0]]
                for at in operands[1:]:
                    low, high = multiply_ranges(low, high, lows[at], highs[at])
            else:
                low, high = lows[operands[0]], highs[operands[0]]
                if kind is Exp:
                    low, high = _exp(low, high)
                elif kind is Power:
                    low, high, known = _power(low, high, data)
                elif kind is Log:
                    low, high, known = _log(low, high)
                elif kind is Tanh:
                    low, high = _tanh(low, high)
                elif kind is PositivePart:
                    low, high = (low if low > 0 else _ZERO), (high if high > 0 else _ZERO)
                elif kind is Step:
                    low, high, known = _step(low, high, strict=data)
                else:
                    low, high, known = _slope(low, high)
                if known < level:
                    level = known
                known = CONTINUOUS
            # False for NaN as well, and then nothing is known.
            if level == UNKNOWN or not low <= high:
                return NOTHING
            lows.append(low)
            highs.append(high)
        return lows[-1], highs[-1], level

    def on_points(self, points: Sequence[Sequence[Any]]) -> list[tuple[Any, Any]]:
        """The exact ranges of the affine forms over the convex hull of points (fmpq)."""
        ranges = []
        for constant, terms in self.forms:
            first = last = None
            for point in points:
                value = constant
                for index, k in terms:
                    value = value + k * point[index]
                if first is None:
                    first = last = value
                elif value < first:
                    first = value
                elif value > last:
                    last = value
            ranges.append((first, last))
        return ranges

    def on_box(self, box: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        """The exact ranges of the affine forms over a box (pairs of fmpq)."""
        ranges = []
        for constant, terms in self.forms:
            first = last = constant
            for index, k in terms:
                low, high = box[index]
                if k > 0:
                    first, last = first + k * low, last + k * high
                else:
                    first, last = first + k * high, last + k * low
            ranges.append((first, last))
        return ranges

    def over(self, points: Sequence[Sequence[Any]]) -> tuple[Any, Any, int]:
        """(lower, upper, what is known) on the convex hull of points (fmpq)."""
        return self.run(self.on_points(points))


class _Compiler:
    def __init__(self) -> None:
        self.forms: list[Form] = []
        self.code: list[tuple[Any, Any, tuple[int, ...]]] = []
        self.place: dict[Expression, int] = {}

    def emit(self, kind: Any, data: Any, operands: tuple[int, ...]) -> int:
        self.code.append((kind, data, operands))
        return len(self.code) - 1

    def affine(self, constant: Fraction, terms: Sequence[tuple[int, Fraction]]) -> int:
        form = (rational(constant), tuple((index, rational(k)) for index, k in terms))
        self.forms.append(form)
        return self.emit(Var, len(self.forms) - 1, ())

    def visit(self, e: Expression) -> int:
        if e in self.place:
            return self.place[e]
        if isinstance(e, Const):
            at = self.affine(e.value, ())
        elif isinstance(e, Var):
            at = self.affine(Fraction(0), [(e.index, Fraction(1))])
        elif isinstance(e, Add):
            at = self.sum(e)
        else:
            operands = tuple(self.visit(child) for child in children(e))
            data = e.exponent if isinstance(e, Power) else None
            at = self.emit(type(e), e.strict if isinstance(e, Step) else data, operands)
        self.place[e] = at
        return at

    def sum(self, e: Add) -> int:
        linear = [(term.index, k) for term, k in e.terms if isinstance(term, Var)]
        others = [(term, k) for term, k in e.terms if not isinstance(term, Var)]
        if not others:
            return self.affine(e.constant, linear)
        coefficients = [arb(rational(k)) for _, k in others]
        operands = [self.visit(term) for term, _ in others]
        if linear or e.constant:
            coefficients.append(_ONE)
            operands.append(self.affine(e.constant, linear))
        return self.emit(Add, tuple(coefficients), tuple(operands))


@lru_cache(maxsize=20000)
def compile_tape(e: Expression, bits: int) -> Tape:
    """The tape of an expression; its coefficients are rounded outward to `bits` bits.

    >>> from mfgcheck.rigor.algebra import var, exp
    >>> len(compile_tape(exp(var(0)), 64).code)
    2
    """
    with precision(bits):
        compiler = _Compiler()
        compiler.visit(e)
    return Tape(tuple(compiler.forms), tuple(compiler.code))
