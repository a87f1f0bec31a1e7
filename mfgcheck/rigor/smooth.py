"""Decide `f >= 0` on a region for one smooth piece: affine, rational function, or search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb

from mfgcheck.rigor.algebra import add, const, mul, var
from mfgcheck.rigor.breakpoints import has_step
from mfgcheck.rigor.calculus import NotDifferentiable, derivative, substitute
from mfgcheck.rigor.interval import enclose, sign
from mfgcheck.rigor.nodes import Expression, variables
from mfgcheck.rigor.outcome import Limits, Point, Proved, Refuted, Result, Undecided
from mfgcheck.rigor.polynomial import (
    Outcome,
    Polynomial,
    as_rational_function,
    decide_on_simplices,
    strict_sign,
)
from mfgcheck.rigor.region import Region
from mfgcheck.rigor.search import Search
from mfgcheck.rigor.separation import separated
from mfgcheck.rigor.univariate import has_root, negative_point

_MOST_COEFFICIENTS = 1000  # beyond, subdivision is cheaper


def at_point(e: Expression, point: Sequence[Fraction]) -> Expression:
    """The constant expression at a point.

    >>> at_point(var(0), (Fraction(3),))
    3
    """
    return substitute(e, {j: const(x) for j, x in enumerate(point)})


def in_frame(e: Expression, region: Region) -> Expression:
    """The function rewritten in the pivot coordinates of the region's affine hull."""
    frame = region.frame
    if frame.rank == region.dimension:
        return e
    values = {}
    for j in variables(e):
        constant, row = frame.coordinate(j)
        parts = (mul(const(k), var(i)) for i, k in enumerate(row))
        values[j] = add(const(constant), *parts)
    return substitute(e, values)


def check_variables(f: Expression, region: Region) -> None:
    """Raise ValueError if f has variables that the region has no coordinates for."""
    beyond = [j for j in variables(f) if j >= region.dimension]
    if beyond:
        raise ValueError(
            f"the function has the variable {max(beyond)}, but the region only "
            f"{region.dimension} coordinates (0 to {region.dimension - 1})"
        )


def decide(f: Expression, region: Region, limits: Limits, *, partial: bool = False) -> Result:
    """Decide f >= 0 on a closed region; f has no resolvable steps or kinks left.

    With `partial`, f is the derivative of a function that is known to be continuous on the
    region, and points where f is undefined (an infinite slope) are ignored (see `search`).

    >>> decide(var(0), Region.of([(0,), (1,)]), Limits()).method
    'affine: exact at the vertices'
    """
    g = in_frame(f, region)
    result = _decide_reduced(g, region, limits, partial=partial)
    frame = region.frame
    if isinstance(result, Refuted):
        return replace(result, point=frame.lift(result.point))
    if isinstance(result, Undecided) and result.point is not None:
        return replace(result, point=frame.lift(result.point))
    return result


def _decide_reduced(g: Expression, region: Region, limits: Limits, *, partial: bool) -> Result:
    rank = region.frame.rank
    if rank == 0 or not variables(g):
        point = region.frame.reduce(region.points[region.corners[0]])
        value = at_point(g, point)
        known = sign(value)
        if known is None:
            lower = enclose(value, (), 2048).lower
            return Undecided("the sign of a constant could not be told", lower, point)
        return Proved("a constant: exact", 1) if known >= 0 else Refuted(point, "a constant", 1)
    if not has_step(g):
        if _is_affine(g):
            return _affine(g, region)
        ratio = as_rational_function(g, rank)
        if ratio is not None:
            decided = _rational(ratio, region, limits)
            if decided is not None:
                return decided
    return _search(g, region, limits, partial=partial)


def _is_affine(g: Expression) -> bool:
    try:
        return not any(variables(derivative(g, k)) for k in variables(g))
    except NotDifferentiable:
        return False


def _affine(g: Expression, region: Region) -> Result:
    open_points: list[tuple[Point, Fraction | None]] = []
    for k in region.corners:
        point = region.reduced[k]
        value = at_point(g, point)
        known = sign(value)
        if known == -1:
            return Refuted(point, "affine: exact at the vertices", 1)
        if known is None:
            open_points.append((point, enclose(value, (), 2048).lower))
    if open_points:
        bounds = [bound for _, bound in open_points if bound is not None]
        lower = min(bounds) if len(bounds) == len(open_points) else None
        point = open_points[0][0]
        return Undecided("the sign of a constant could not be told", lower, point)
    return Proved("affine: exact at the vertices", 1)


def _rational(
    ratio: tuple[Polynomial, Polynomial], region: Region, limits: Limits
) -> Result | None:
    """The exact decision, None where it does not apply (a pole, or a cover beyond the region)."""
    top, bottom = ratio
    rank = region.frame.rank
    if rank > 1 and max(_size(top, rank), _size(bottom, rank)) > _MOST_COEFFICIENTS:
        return None
    constant = bottom.get((0,) * rank)
    if len(bottom) == 1 and constant is not None:
        top = {key: value / constant for key, value in top.items()}
        name = "polynomial"
    else:
        side = _side(bottom, region)
        if side is None:
            return None
        top = {key: value * side for key, value in top.items()}
        name = "rational function"
    if not top:
        return Proved("identically 0", 1)
    if rank == 1:
        ends = region.cells[0]
        low, high = min(ends)[0], max(ends)[0]
        at = negative_point(_univariate(top), low, high)
        if at is not None:
            return Refuted((at,), f"{name}: exact", 1)
        return Proved(f"{name} in one variable: Sturm's theorem", 1)
    # Cells cost more here than in the search, hence the smaller number.
    most = min(limits.max_cells, 2000)
    outcome = decide_on_simplices(top, region.cells, most, limits.expired)
    return _from_outcome(outcome, region, name)


def _size(p: Polynomial, rank: int) -> int:
    """How many Bernstein coefficients a polynomial has."""
    return comb(max((sum(key) for key in p), default=0) + rank, rank)


def _from_outcome(outcome: Outcome, region: Region, name: str) -> Result | None:
    cells = outcome.cells
    if outcome.proved:
        plural = "" if cells == 1 else "s"
        return Proved(f"{name}: Bernstein coefficients ({cells} cell{plural})", cells)
    if outcome.point is not None:
        if region.exact or region.contains(region.frame.lift(outcome.point)):
            return Refuted(outcome.point, f"{name}: exact", cells)
        return None
    if not region.exact:
        return None
    lower = outcome.lower if name == "polynomial" else None
    return Undecided(f"Bernstein coefficients undecided after {cells} cells", lower, None, cells)


def _univariate(p: Polynomial) -> list[Fraction]:
    coefficients = [Fraction(0)] * (max(key[0] for key in p) + 1)
    for key, value in p.items():
        coefficients[key[0]] = value
    return coefficients


def _side(bottom: Polynomial, region: Region) -> int | None:
    """The strict sign of a denominator on the region, None if it may vanish."""
    if not bottom:
        return None
    if region.frame.rank > 1:
        return strict_sign(bottom, region.cells, 500)
    ends = region.cells[0]
    low, high = min(ends)[0], max(ends)[0]
    coefficients = _univariate(bottom)
    if has_root(coefficients, low, high):
        return None
    value = sum((c * low**k for k, c in enumerate(coefficients)), Fraction(0))
    return 1 if value > 0 else -1


def _search(g: Expression, region: Region, limits: Limits, *, partial: bool) -> Result:
    inside: Callable[[Point], bool] | None = None
    outside: Callable[[Sequence[Point]], bool] | None = None
    if not region.exact:
        test = _Outside(region.reduced)
        inside, outside = region_holds(region), test.cell
    return Search(g, region.cells, limits, partial, inside, outside).run()


def region_holds(region: Region) -> Callable[[Point], bool]:
    """Whether a point in pivot coordinates lies in the region."""
    return lambda point: region.contains(region.frame.lift(point))


@dataclass(frozen=True)
class _Outside:
    points: Sequence[Point]

    def cell(self, vertices: Sequence[Point]) -> bool:
        return separated(vertices, self.points)
