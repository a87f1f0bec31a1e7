"""Polynomials in one variable with integer coefficients: exact real roots and signs there.

A polynomial is a tuple of coefficients from the constant term on, without zeros at the end; () is
zero.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Polynomial = tuple[int, ...]
"""Coefficients from the constant term on; the last one is not 0."""

DEPTH = 40
"""After so many halvings a polynomial is taken to have a multiple root, and made squarefree."""


@dataclass(frozen=True)
class Root:
    """A real root: low = high = the root, or the one root of `p` in the open (low, high).

    In the second case it is simple, and p is not 0 at the ends.
    """

    p: Polynomial
    low: Fraction
    high: Fraction

    @property
    def width(self) -> Fraction:
        """How far apart the bounds are; 0 where the root is known exactly."""
        return self.high - self.low

    def narrow(self, width: Fraction) -> Root:
        """Return the root with bounds at most `width` apart."""
        low, high = self.low, self.high
        if high - low <= width:
            return self
        below = sign_at(self.p, low)
        while high - low > width:
            middle = (low + high) / 2
            sign = sign_at(self.p, middle)
            if sign == 0:
                return Root(self.p, middle, middle)
            low, high = (middle, high) if sign == below else (low, middle)
        return Root(self.p, low, high)


def trim(coefficients: Sequence[int]) -> Polynomial:
    """Return the polynomial of these coefficients."""
    n = len(coefficients)
    while n and coefficients[n - 1] == 0:
        n -= 1
    return tuple(coefficients[:n])


def add(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return p + q."""
    if len(p) < len(q):
        p, q = q, p
    return trim([x + y for x, y in zip(p, (*q, *(0,) * (len(p) - len(q))), strict=True)])


def scale(p: Polynomial, factor: int) -> Polynomial:
    """Return factor p."""
    return tuple(factor * x for x in p) if factor else ()


def subtract(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return p - q."""
    return add(p, scale(q, -1))


def multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return p q."""
    if not p or not q:
        return ()
    result = [0] * (len(p) + len(q) - 1)
    for i, x in enumerate(p):
        if x:
            for j, y in enumerate(q):
                result[i + j] += x * y
    return tuple(result)


def value(p: Polynomial, x: Fraction) -> Fraction:
    """Return p(x)."""
    n, d = x.numerator, x.denominator
    result, power = 0, 1
    for c in reversed(p):
        result = result * n + c * power
        power *= d
    return Fraction(result, power // d) if p else Fraction(0)


def sign_at(p: Polynomial, x: Fraction) -> int:
    """Return the sign of p(x): -1, 0 or 1."""
    y = value(p, x)
    return (y > 0) - (y < 0)


def bounds(p: Polynomial, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Return numbers that p's values on [low, high] lie between (Horner's scheme on intervals)."""
    a = b = Fraction(0)
    for c in reversed(p):
        products = (a * low, a * high, b * low, b * high)
        a, b = min(products) + c, max(products) + c
    return a, b


def primitive(p: Polynomial) -> Polynomial:
    """Return p without the common divisor of its coefficients, the leading one positive."""
    if not p:
        return p
    divisor = math.gcd(*p) * (1 if p[-1] > 0 else -1)
    return tuple(x // divisor for x in p)


def gcd(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return the greatest common divisor, up to a constant."""
    p, q = primitive(p), primitive(q)
    while q:
        while len(p) >= len(q):
            shift = len(p) - len(q)
            p = trim(subtract(scale(p, q[-1]), scale((0,) * shift + q, p[-1])))
        p, q = q, primitive(p)
    return p


def quotient(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return p / q up to a positive constant, where q divides p."""
    result = [Fraction(0)] * (len(p) - len(q) + 1)
    rest = [Fraction(x) for x in p]
    for k in reversed(range(len(result))):
        result[k] = rest[k + len(q) - 1] / q[-1]
        for i, x in enumerate(q):
            rest[k + i] -= result[k] * x
    assert not any(rest), "not a divisor"
    common = math.lcm(*(x.denominator for x in result))
    return tuple(int(x * common) for x in result)


def derivative(p: Polynomial) -> Polynomial:
    """Return p'."""
    return tuple(k * x for k, x in enumerate(p))[1:]


def roots(p: Polynomial, low: Fraction, high: Fraction) -> list[Root]:
    """Return the distinct roots in the open interval (low, high), in order; p is not zero."""
    assert p
    for end in (low, high):
        while sign_at(p, end) == 0:
            p = quotient(p, (-end.numerator, end.denominator))
    return _roots(p, low, high, 0)


def _roots(p: Polynomial, low: Fraction, high: Fraction, depth: int) -> list[Root]:
    """Return the roots in (low, high), p being different from 0 at both ends."""
    count = _variations(p, low, high)
    if count == 0:
        return []
    if count == 1:
        return [Root(p, low, high)]
    if depth == DEPTH:
        p = quotient(p, gcd(p, derivative(p)))
    middle = (low + high) / 2
    exact = []
    while sign_at(p, middle) == 0:
        exact = [Root(p, middle, middle)]
        p = quotient(p, (-middle.numerator, middle.denominator))
    return [*_roots(p, low, middle, depth + 1), *exact, *_roots(p, middle, high, depth + 1)]


def _variations(p: Polynomial, low: Fraction, high: Fraction) -> int:
    """Return a count of sign changes: 0 or 1 is the number of roots in (low, high).

    By Descartes' rule for (1 + y)^n p((low + high y) / (1 + y)), whose positive roots are those.
    """
    common = math.lcm(low.denominator, high.denominator)
    a, b = int(low * common), int(high * common)
    n = len(p) - 1
    # sum of c_k (a + b y)^k (common (1 + y))^(n - k), by Horner's scheme
    result: Polynomial = ()
    power: Polynomial = (1,)
    for c in reversed(p):
        result = add(multiply(result, (a, b)), scale(power, c))
        power = multiply(power, (common, common))
    assert len(result) <= n + 1
    signs = [x > 0 for x in result if x]
    return sum(one != other for one, other in itertools.pairwise(signs))


def sign_at_root(q: Polynomial, root: Root) -> int:
    """Return the sign of q at a root of another polynomial: exact."""
    if root.low == root.high:
        return sign_at(q, root.low)
    common = gcd(root.p, q) if q else root.p
    if len(common) > 1 and sign_at(common, root.low) != sign_at(common, root.high):
        # The divisor has the root, as p has no other there and this one is simple.
        return 0
    while True:
        low, high = bounds(q, root.low, root.high)
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        root = root.narrow(root.width / 1024)
