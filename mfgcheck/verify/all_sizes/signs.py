"""Signs of formulas: between which numbers their values lie, whatever their symbols stand for.

A symbol stands for every number that its assumptions allow: a state or an action for 0, 1, 2, ..,
a parameter for every positive number, the mean state for every number in [0, infinity). An unknown
function may have any value between its bounds, but does not rise. The rules are those of interval
arithmetic; see lemma S4 in the book.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import sympy

from mfgcheck import rigor
from mfgcheck.errors import InvalidGame
from mfgcheck.game.terms import TermReader, join, to_rigor
from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.all_sizes.abstract import Mass, MeanOf, Tail

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Range:
    """All values lie in [low, high], None being unbounded.

    `positive` says that no value is 0 or less although `low` may be 0; `negative` likewise.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    positive: bool = False
    negative: bool = False

    @property
    def above(self) -> bool:
        """Whether every value is positive."""
        return self.positive or (self.low is not None and self.low > 0)

    @property
    def below(self) -> bool:
        """Whether every value is negative."""
        return self.negative or (self.high is not None and self.high < 0)

    @property
    def nonnegative(self) -> bool:
        """Whether no value is negative."""
        return self.positive or (self.low is not None and self.low >= 0)

    @property
    def nonpositive(self) -> bool:
        """Whether no value is positive."""
        return self.negative or (self.high is not None and self.high <= 0)


ANY = Range()
_UNIT = Range(_ZERO, _ONE)


def number(value: Fraction) -> Range:
    """Return the range of one number."""
    return Range(value, value, value > 0, value < 0)


def negated(x: Range) -> Range:
    """Return the range of -u for u in x."""
    return Range(
        None if x.high is None else -x.high,
        None if x.low is None else -x.low,
        x.negative,
        x.positive,
    )


def added(x: Range, y: Range) -> Range:
    """Return the range of u + v for u in x, v in y."""
    return Range(
        None if x.low is None or y.low is None else x.low + y.low,
        None if x.high is None or y.high is None else x.high + y.high,
        (x.above and y.nonnegative) or (y.above and x.nonnegative),
        (x.below and y.nonpositive) or (y.below and x.nonpositive),
    )


def multiplied(x: Range, y: Range) -> Range:
    """Return the range of u v for u in x, v in y."""
    products = [_product(u, v) for u in _ends(x) for v in _ends(y)]
    low, high = min(products), max(products)
    return Range(
        None if low[0] else low[1],
        None if high[0] else high[1],
        (x.above and y.above) or (x.below and y.below),
        (x.above and y.below) or (x.below and y.above),
    )


_End = tuple[int, Fraction]
"""A number, or an infinity of the sign that comes first; their order is that of the tuples."""


def _ends(x: Range) -> tuple[_End, _End]:
    return (
        (-1, _ZERO) if x.low is None else (0, x.low),
        (1, _ZERO) if x.high is None else (0, x.high),
    )


def _product(u: _End, v: _End) -> _End:
    if not u[0] and not v[0]:
        return 0, u[1] * v[1]
    # 0 times infinity is 0: what is approached is 0 times large numbers.
    sign = _sign(u) * _sign(v)
    return sign, _ZERO


def _sign(u: _End) -> int:
    return u[0] or (u[1] > 0) - (u[1] < 0)


def range_of(e: sympy.Expr) -> Range:
    """Return between which numbers all values of a formula lie.

    >>> from mfgcheck.verify.all_sizes.abstract import MEAN
    >>> range_of(1 / (1 + MEAN / 20))
    Range(low=Fraction(0, 1), high=Fraction(1, 1), positive=True, negative=False)
    """
    return _range(e)


@lru_cache(maxsize=1 << 14)
def _range(e: sympy.Expr) -> Range:
    if isinstance(e, sympy.Rational):
        return number(Fraction(int(e.p), int(e.q)))
    if isinstance(e, sympy.Symbol):
        low = _ZERO if e.is_nonnegative else None
        return Range(low, None, positive=bool(e.is_positive))
    if isinstance(e, Unknown):
        return Range(e.low, e.high, e.low > 0, e.high < 0)
    if isinstance(e, (Mass, Tail)):
        return _UNIT
    if isinstance(e, MeanOf):
        return _range(e.args[0])
    if not e.free_symbols and not e.atoms(Unknown, Mass, Tail, MeanOf):
        return constant_range(e)
    return _composed(e)


def _composed(e: sympy.Expr) -> Range:
    parts = [_range(part) for part in e.args if isinstance(part, sympy.Expr)]
    if len(parts) != len(e.args):
        return ANY
    if isinstance(e, sympy.Add):
        total = number(_ZERO)
        for part in parts:
            total = added(total, part)
        return total
    if isinstance(e, sympy.Mul):
        product = number(_ONE)
        for part in parts:
            product = multiplied(product, part)
        return product
    if isinstance(e, sympy.Pow):
        return _power(e, parts[0])
    if isinstance(e, sympy.exp):
        return _exponential(parts[0])
    if isinstance(e, sympy.log):
        return _logarithm(parts[0])
    if isinstance(e, sympy.tanh):
        x = parts[0]
        low = _ZERO if x.nonnegative else -_ONE
        high = _ZERO if x.nonpositive else _ONE
        return Range(low, high, x.above, x.below)
    if isinstance(e, sympy.Max):
        return _maximum(parts)
    if isinstance(e, sympy.Min):
        return negated(_maximum([negated(part) for part in parts]))
    if isinstance(e, sympy.Abs):
        return _maximum([parts[0], negated(parts[0]), number(_ZERO)])
    return ANY


def _maximum(parts: list[Range]) -> Range:
    lows = [x.low for x in parts if x.low is not None]
    highs = [x.high for x in parts]
    bounded = None if None in highs else max(h for h in highs if h is not None)
    return Range(
        max(lows, default=None),
        bounded,
        any(x.above for x in parts),
        all(x.below for x in parts),
    )


def _power(e: sympy.Pow, base: Range) -> Range:
    exponent = e.exp
    if not isinstance(exponent, sympy.Rational):
        # c**u = exp(u log c) for a number c > 0
        if base.above and not e.base.free_symbols:
            return _exponential(_range(exponent * sympy.log(e.base)))
        return ANY
    if exponent.is_Integer and exponent > 0:
        n = int(exponent)
        if base.nonnegative or n % 2:
            low = None if base.low is None else base.low**n
            high = None if base.high is None else base.high**n
            return Range(low, high, base.above, base.below)
        if base.nonpositive:
            return _power(e, negated(base))
        sides = [abs(end) ** n for end in (base.low, base.high) if end is not None]
        return Range(_ZERO, max(sides) if len(sides) == 2 else None)
    if exponent.is_Integer:
        if base.below:
            turned = _inverse(negated(base), -int(exponent))
            return turned if exponent % 2 == 0 else negated(turned)
        return _inverse(base, -int(exponent)) if base.above else ANY
    if not base.nonnegative or (exponent < 0 and not base.above):
        return ANY
    # A root, known only by which side of 1 it lies on.
    large, small = base.low is not None and base.low >= 1, base.high is not None and base.high <= 1
    if exponent < 0:
        large, small = small, large
    return Range(_ONE if large else _ZERO, _ONE if small else None, base.above)


def _inverse(base: Range, n: int) -> Range:
    """Return the range of u**-n for u > 0 in base."""
    low = _ZERO if base.high is None else 1 / base.high**n
    high = 1 / base.low**n if base.low is not None and base.low > 0 else None
    return Range(low, high, positive=True)


def _exponential(x: Range) -> Range:
    low = None if x.low is None else constant_range(sympy.exp(_rational(x.low))).low
    high = None if x.high is None else constant_range(sympy.exp(_rational(x.high))).high
    if x.nonpositive:
        high = min(high, _ONE) if high is not None else _ONE
    return Range(max(low or _ZERO, _ZERO), high, positive=True)


def _logarithm(x: Range) -> Range:
    if not x.above:
        return ANY
    low = None
    if x.low is not None and x.low > 0:
        low = constant_range(sympy.log(_rational(x.low))).low
    high = None if x.high is None else constant_range(sympy.log(_rational(x.high))).high
    return Range(low, high)


@lru_cache(maxsize=1 << 12)
def constant_range(e: sympy.Expr) -> Range:
    """Return an enclosure of a real constant, with its exact sign where that can be told."""
    try:
        constant = to_rigor(join(TermReader().read(e, "a constant")), {})
    except InvalidGame:
        return ANY
    enclosure = rigor.enclose(constant, ())
    sign = rigor.sign(constant)
    if sign == 0:
        return number(_ZERO)
    return Range(enclosure.lower, enclosure.upper, sign == 1, sign == -1)


def _rational(x: Fraction) -> sympy.Rational:
    return sympy.Rational(x.numerator, x.denominator)
