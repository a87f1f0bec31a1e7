"""Finitely generated cones of directions: cuts by hyperplanes and half-spaces, extreme rays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm

from mfgcheck.rigor.region import Frame

Direction = tuple[Fraction, ...]


def primitive(direction: Sequence[Fraction]) -> Direction:
    """The positive multiple with coprime integer entries.

    >>> primitive((Fraction(1, 2), Fraction(-3, 4)))
    (Fraction(2, 1), Fraction(-3, 1))
    """
    common = lcm(*(x.denominator for x in direction))
    divisor = gcd(*(int(x * common) for x in direction))
    return tuple(x * common / divisor for x in direction) if divisor else tuple(direction)


def normalised(directions: Iterable[Sequence[Fraction]]) -> list[Direction]:
    """Distinct primitive directions, without 0, in order of appearance."""
    found = dict.fromkeys(primitive([Fraction(x) for x in d]) for d in directions)
    return [d for d in found if any(d)]


def _value(functional: Sequence[Fraction], d: Direction) -> Fraction:
    return sum((a * x for a, x in zip(functional, d, strict=True)), Fraction(0))


def halfspace(directions: list[Direction], functional: Sequence[Fraction]) -> list[Direction]:
    """Generators of the part of the cone where the functional is >= 0.

    A conic combination that reaches the hyperplane pairs generators of opposite sign, so
    d |e| + e |d| for all such pairs generate the cut (the double description method).
    """
    values = [_value(functional, d) for d in directions]
    kept = [d for d, v in zip(directions, values, strict=True) if v >= 0]
    mixed = [
        [x * -w + y * v for x, y in zip(d, e, strict=True)]
        for d, v in zip(directions, values, strict=True)
        if v > 0
        for e, w in zip(directions, values, strict=True)
        if w < 0
    ]
    return normalised([*kept, *mixed])


def hyperplane(directions: list[Direction], functional: Sequence[Fraction]) -> list[Direction]:
    """Generators of the part of the cone where the functional is 0."""
    return [d for d in halfspace(directions, functional) if _value(functional, d) == 0]


def within(directions: list[Direction], frame: Frame) -> list[Direction]:
    """Generators of the part of the cone that is parallel to an affine hull."""
    dimension = len(frame.origin)
    for j in range(dimension):
        if j in frame.pivots:
            continue
        functional = [Fraction(0)] * dimension
        functional[j] = Fraction(1)
        for pivot, row in zip(frame.pivots, frame.rows, strict=True):
            functional[pivot] -= row[j]
        directions = hyperplane(directions, functional)
    return directions


def extreme(directions: list[Direction]) -> list[Direction]:
    """Generators of the same cone, fewer where that is easy to see (in the plane: at most two
    for a pointed cone).

    >>> zero, one = Fraction(0), Fraction(1)
    >>> extreme([(one, zero), (one, one), (zero, one)]) == [(one, zero), (zero, one)]
    True
    """
    if len(directions) < 3 or len(directions[0]) != 2:
        return directions
    first: Direction = directions[0]
    last: Direction = first
    for d in directions:
        if _cross(first, d) < 0:
            first = d
        if _cross(d, last) < 0:
            last = d
    # Checked, not trusted: with a positive angle below 180 degrees between the two, the cone
    # they generate is exactly {d: first x d >= 0 and d x last >= 0}.
    if _cross(first, last) > 0 and all(
        _cross(first, d) >= 0 and _cross(d, last) >= 0 for d in directions
    ):
        return [first, last]
    return directions


def _cross(a: Direction, b: Direction) -> Fraction:
    return a[0] * b[1] - a[1] * b[0]
