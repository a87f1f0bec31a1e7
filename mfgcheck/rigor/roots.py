"""Real roots of polynomials over the rationals, and the signs of other polynomials at them.

All of it is exact and complete: roots are counted by Sturm's theorem, and whether two polynomials
share a root is told by their greatest common divisor.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import flint

from mfgcheck.rigor.chains import rational


@dataclass(frozen=True, eq=False)
class Root:
    """A real root of a square-free polynomial, the only one in (low, high), or low where equal.

    Attributes:
        polynomial: flint's `fmpq_poly`, square-free.
        low, high: rational bounds; the polynomial is not 0 at either unless they are equal.
    """

    polynomial: Any
    low: Fraction
    high: Fraction

    @property
    def exact(self) -> Fraction | None:
        """The root if it is known as a rational number."""
        return self.low if self.low == self.high else None

    def refined(self, width: Fraction) -> Root:
        """Return the same root with bounds no further apart than this."""
        low, high = self.low, self.high
        rising = self.polynomial(rational(high)) > 0
        while high - low > width:
            middle = (low + high) / 2
            value = self.polynomial(rational(middle))
            if value == 0:
                return Root(self.polynomial, middle, middle)
            if (value > 0) == rising:
                high = middle
            else:
                low = middle
        return Root(self.polynomial, low, high)

    def simplified(self) -> Root:
        """Return the same root, exactly if it is the simplest rational between its bounds."""
        if self.exact is not None:
            return self
        guess = simplest(self.low, self.high)
        if self.polynomial(rational(guess)) == 0:
            return Root(self.polynomial, guess, guess)
        return self

    def sign(self, q: Any) -> int:
        """Return the sign (-1, 0, 1) of another polynomial at the root."""
        if self.exact is None and q.degree() > 0:
            common = self.polynomial.gcd(q)
            if common.degree() > 0 and count(common, self.low, self.high):
                return 0
        root = self
        while root.exact is None and count(q, root.low, root.high):
            root = root.refined((root.high - root.low) / 4)
        value = q(rational((root.low + root.high) / 2))
        return int(value > 0) - int(value < 0)


def isolate(p: Any, low: Fraction, high: Fraction) -> list[Root]:
    """Return all roots of a polynomial strictly between two numbers, in order, apart.

    Raises:
        ValueError: the polynomial is 0.

    >>> [(r.low, r.high) for r in isolate(flint.fmpq_poly([-1, 3]), Fraction(0), Fraction(1))]
    [(Fraction(0, 1), Fraction(1, 1))]
    """
    if p == 0:
        raise ValueError("every number is a root of 0")
    sturm = Sturm(_without(_square_free(p), (low, high)))
    found: list[Root] = []
    todo = [(low, high)] if low < high else []
    while todo:
        a, b = todo.pop()
        roots = sturm.count(a, b)
        if roots == 0:
            continue
        if roots == 1:
            found.append(_clear(sturm.polynomial, a, b))
            continue
        middle = (a + b) / 2
        if sturm.polynomial(rational(middle)) == 0:
            found.append(Root(sturm.polynomial, middle, middle))
        todo += [(a, middle), (middle, b)]
    return sorted(found, key=lambda root: (root.low, root.high))


def count(p: Any, low: Fraction, high: Fraction) -> int:
    """Return how many roots a polynomial other than 0 has strictly between two numbers.

    >>> count(flint.fmpq_poly([0, -1, 0, 1]), Fraction(-1), Fraction(2))
    2
    """
    if p.degree() <= 0 or low >= high:
        return 0
    return Sturm(_without(_square_free(p), (low, high))).count(low, high)


@dataclass(frozen=True, eq=False)
class Sturm:
    """A square-free polynomial with its chain."""

    polynomial: Any

    @cached_property
    def chain(self) -> list[Any]:
        """The polynomial, its derivative, and negated remainders; positive factors are dropped."""
        chain = [self.polynomial, self.polynomial.derivative()]
        while chain[-1].degree() > 0:
            rest = -(chain[-2] % chain[-1])
            chain.append(rest / abs(rest[rest.degree()]))
        return chain if self.polynomial.degree() > 0 else chain[:1]

    def count(self, low: Fraction, high: Fraction) -> int:
        """Return how many roots lie in (low, high); one at either end does not count."""
        at_high = int(self.polynomial(rational(high)) == 0)
        return self._variations(low) - self._variations(high) - at_high

    def _variations(self, x: Fraction) -> int:
        at = rational(x)
        values = [value for value in (q(at) for q in self.chain) if value != 0]
        return sum((a > 0) != (b > 0) for a, b in itertools.pairwise(values))


def interpolate(points: Sequence[Fraction], values: Sequence[Any]) -> Any:
    """Return the polynomial of least degree with these values (flint's rationals).

    >>> interpolate([Fraction(0), Fraction(1)], [flint.fmpq(1), flint.fmpq(3)])
    2*x + 1
    """
    xs = [rational(x) for x in points]
    table = list(values)
    for level in range(1, len(xs)):
        for i in range(len(xs) - 1, level - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (xs[i] - xs[i - level])
    result = flint.fmpq_poly([0])
    for x, c in zip(reversed(xs), reversed(table), strict=True):
        result = result * flint.fmpq_poly([-x, 1]) + c
    return result


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the rational number of the smallest denominator between two numbers.

    >>> simplest(Fraction(3333, 10000), Fraction(3334, 10000))
    Fraction(1, 3)
    """
    whole = -(-low.numerator // low.denominator)  # the smallest integer that is not below
    if whole <= high:
        return Fraction(whole)
    below = whole - 1  # no integer lies between: go on with the reciprocals of what is left
    return below + 1 / simplest(1 / (high - below), 1 / (low - below))


def _square_free(p: Any) -> Any:
    return p / p.gcd(p.derivative()) if p.degree() > 0 else p


def _without(p: Any, roots: Sequence[Fraction]) -> Any:
    for x in roots:
        if p.degree() > 0 and p(rational(x)) == 0:
            p = p / flint.fmpq_poly([-rational(x), 1])
    return p


def _clear(p: Any, low: Fraction, high: Fraction) -> Root:
    """Return the only root in (low, high) with ends that are no roots themselves."""
    rest = Sturm(p)
    while p(rational(low)) == 0 or p(rational(high)) == 0:
        middle = (low + high) / 2
        if p(rational(middle)) == 0:
            return Root(p, middle, middle)
        low, high = (low, middle) if rest.count(low, middle) else (middle, high)
    return Root(p, low, high)
