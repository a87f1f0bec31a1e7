"""Univariate polynomials over Q: a complete decision of `p >= 0` on an interval, by Sturm."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint

from mfgcheck.rigor.tape import rational

fmpq_poly = flint.fmpq_poly


def _odd_part(p: Any) -> Any:
    """The product of the square-free factors of odd multiplicity (Yun's algorithm)."""
    odd = fmpq_poly([1])
    common = p.gcd(p.derivative())
    rest, slope = p / common, p.derivative() / common
    multiplicity = 1
    while rest.degree() > 0:
        slope = slope - rest.derivative()
        factor = rest.gcd(slope)
        if multiplicity % 2:
            odd = odd * factor
        rest, slope = rest / factor, slope / factor
        multiplicity += 1
    return odd


def _chain(p: Any) -> list[Any]:
    chain = [p, p.derivative()]
    while chain[-1].degree() > 0:
        rest = -(chain[-2] % chain[-1])
        if rest == 0:
            break
        # A positive factor changes no sign and keeps the numbers short.
        chain.append(rest / abs(rest[rest.degree()]))
    return chain


def _variations(chain: Sequence[Any], x: Any) -> int:
    values = [value for value in (q(x) for q in chain) if value != 0]
    return sum((a > 0) != (b > 0) for a, b in itertools.pairwise(values))


def _drop_root(p: Any, x: Any) -> Any:
    return p / fmpq_poly([-x, 1]) if p.degree() > 0 and p(x) == 0 else p


def _between(p: Any, low: Any, high: Any) -> Any:
    """A rational point strictly between, near the middle, where p is not 0."""
    for k in range(p.degree() + 2):
        x = low + (high - low) / 2 * flint.fmpq(k + 1, k + 1 + k % 2) / (1 + k // 2)
        if low < x < high and p(x) != 0:
            return x
    step = (high - low) / (p.degree() + 2)
    return next(x for x in (low + step * k for k in range(1, p.degree() + 2)) if p(x) != 0)


def negative_point(
    coefficients: Sequence[Fraction], low: Fraction, high: Fraction
) -> Fraction | None:
    """A point of [low, high] where the polynomial is negative; None if it is >= 0 there.

    `coefficients[k]` belongs to x^k. Complete: p changes sign inside iff its odd part (the
    square-free factors of odd multiplicity) has a root in the open interval, which Sturm's
    chain counts; otherwise one point that is no root tells the sign everywhere.

    >>> negative_point([Fraction(4), Fraction(-4), Fraction(1)], Fraction(0), Fraction(9)) is None
    True
    """
    p = fmpq_poly([rational(Fraction(c)) for c in coefficients])
    a, b = rational(low), rational(high)
    found = next((x for x in (a, b) if p(x) < 0), None)
    if found is None and p.degree() > 0 and a < b:
        found = _inner_negative(p, a, b)
    return None if found is None else Fraction(int(found.p), int(found.q))


def _inner_negative(p: Any, a: Any, b: Any) -> Any:
    odd = _drop_root(_drop_root(_odd_part(p), a), b)
    chain = _chain(odd) if odd.degree() > 0 else [odd]
    start, end = _variations(chain, a), _variations(chain, b)
    if start == end:
        x = _between(p, a, b)
        return x if p(x) < 0 else None
    # A root of odd multiplicity lies inside: close in on it from points that are no roots, until
    # one of them is negative (at the latest when it is the only root left between them).
    while True:
        x = _between(p, a, b)
        if p(x) < 0:
            return x
        middle = _variations(chain, x)
        if start != middle:
            b, end = x, middle
        else:
            a, start = x, middle


def has_root(coefficients: Sequence[Fraction], low: Fraction, high: Fraction) -> bool:
    """Whether the polynomial vanishes somewhere on the closed interval.

    >>> has_root([Fraction(-2), Fraction(0), Fraction(1)], Fraction(1), Fraction(2))
    True
    """
    p = fmpq_poly([rational(Fraction(c)) for c in coefficients])
    a, b = rational(low), rational(high)
    if p.degree() < 0 or p(a) == 0 or p(b) == 0:
        return True
    if p.degree() == 0:
        return False
    chain = _chain(p / p.gcd(p.derivative()))
    return _variations(chain, a) != _variations(chain, b)
