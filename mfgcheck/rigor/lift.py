"""Slanted kinks made straight: max(u, 0) with u affine in several variables.

Let u be affine in two or more variables. With a further coordinate x_k = u(m) the kink of max(u, 0)
becomes the kink of max(x_k, 0), which lies at the rational value 0 of one coordinate; the region
becomes the graph of u over it, of the same rank, and a direction d becomes (d, u(d) - u(0)).
Functions, points and directions correspond one to one, so that a verdict on the one is a verdict
on the other; a point is brought back by leaving out the new coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from mfgcheck.rigor.algebra import var
from mfgcheck.rigor.calculus import rebuild
from mfgcheck.rigor.nodes import Add, Expression, PositivePart, Slope, Step, Var, children
from mfgcheck.rigor.outcome import Result
from mfgcheck.rigor.region import Region

_MOST = 4


def lift(
    f: Expression, region: Region, directions: Sequence[Sequence[int | Fraction]]
) -> tuple[Expression, Region, list[tuple[Fraction, ...]]]:
    """The function, the region and the directions with a coordinate for each slanted kink.

    >>> from mfgcheck.rigor.algebra import add, positive_part
    >>> f, region, _ = lift(positive_part(add(var(0), var(1))), Region.of([(0, 1), (2, 3)]), [])
    >>> f, region.points[1]
    (positive_part(m2), (Fraction(2, 1), Fraction(3, 1), Fraction(5, 1)))
    """
    moves = [tuple(map(Fraction, d)) for d in directions]
    slanted = _slanted(f)[:_MOST]
    if not slanted:
        return f, region, moves
    places = {u: var(region.dimension + i) for i, u in enumerate(slanted)}
    points = [(*p, *(_value(u, p) for u in slanted)) for p in region.points]
    moves = [(*d, *(_value(u, d) - u.constant for u in slanted)) for d in moves]
    return _straight(f, places), Region.of(points), moves


def lower(result: Result, dimension: int) -> Result:
    """The result with its point and direction in the first `dimension` coordinates."""
    changes = {}
    for name in ("point", "direction"):
        value = getattr(result, name, None)
        if value is not None:
            changes[name] = value[:dimension]
    return replace(result, **changes) if changes else result


def _slanted(f: Expression) -> list[Add]:
    found: dict[Add, None] = {}

    def visit(node: Expression) -> None:
        u = _argument(node)
        if u is not None and len(u.terms) > 1 and all(isinstance(t, Var) for t, _ in u.terms):
            found.setdefault(u)
        for child in children(node):
            visit(child)

    visit(f)
    return list(found)


def _argument(e: Expression) -> Add | None:
    if isinstance(e, PositivePart | Slope | Step) and isinstance(e.argument, Add):
        return e.argument
    return None


def _value(u: Add, point: Sequence[Fraction]) -> Fraction:
    return u.constant + sum(
        (k * point[term.index] for term, k in u.terms if isinstance(term, Var)), Fraction(0)
    )


def _straight(e: Expression, places: dict[Add, Var]) -> Expression:
    u = _argument(e)
    if u is not None and u in places:
        return rebuild(e, [places[u]])
    parts = children(e)
    return rebuild(e, [_straight(part, places) for part in parts]) if parts else e
