"""Decide, on the convex hull of rational points, `f >= 0` and monotonicity along directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mfgcheck.rigor.breakpoints import (
    Choice,
    breakpoints,
    choices,
    inner_point,
    part,
    smooth,
)
from mfgcheck.rigor.interval import sign
from mfgcheck.rigor.lift import lift, lower
from mfgcheck.rigor.monotone import prove_nondecreasing
from mfgcheck.rigor.nodes import Expression
from mfgcheck.rigor.outcome import Limits, Proved, Refuted, Result, Undecided
from mfgcheck.rigor.region import Region
from mfgcheck.rigor.search import proved_continuous
from mfgcheck.rigor.smooth import at_point, check_variables, decide, in_frame

__all__ = [
    "Limits",
    "Proved",
    "Refuted",
    "Result",
    "Undecided",
    "prove_finite",
    "prove_nondecreasing",
    "prove_nonnegative",
]


def prove_nonnegative(f: Expression, region: Region, limits: Limits | None = None) -> Result:
    """Decide whether f(m) >= 0 for every m of the region.

    Steps and kinks at rational values of one variable cut the region into the cells of a grid,
    open in some variables and points in others, on which f is smooth. An open cell is decided on
    its closure: f's smooth form is continuous there (or the cell stays undecided), so it is
    >= 0 on the one iff on the other.

    >>> from mfgcheck.rigor import add, const, exp, mul, var
    >>> m = var(0)
    >>> f = add(exp(m), mul(const(-1), m), const(-1))
    >>> type(prove_nonnegative(f, Region.of([(0,), (24,)]))).__name__
    'Proved'
    """
    check_variables(f, region)
    limits = Limits() if limits is None else limits
    g, lifted, _ = lift(f, region, ())
    return lower(_nonnegative(g, lifted, limits), region.dimension)


def _nonnegative(f: Expression, region: Region, limits: Limits) -> Result:
    cuts = breakpoints(f)
    if not cuts:
        return _certified(f, region, {}, decide(f, region, limits))
    undecided: Undecided | None = None
    methods: list[str] = []
    spent = 0
    for choice in choices(cuts):
        if limits.expired() or spent >= limits.max_cells:
            return Undecided("time or cells spent", None, None, spent)
        piece = part(region, choice)
        if piece is None:
            continue
        left = replace(limits, max_cells=limits.max_cells - spent)
        result = _certified(f, piece, choice, decide(smooth(f, choice), piece, left))
        spent += result.cells
        if isinstance(result, Refuted):
            return replace(result, cells=spent)
        if isinstance(result, Undecided):
            undecided = _worse(undecided, result)
        else:
            methods.append(result.method)
    if undecided is not None:
        return replace(undecided, cells=spent)
    return Proved(summary(methods), spent)


def prove_finite(f: Expression, region: Region, limits: Limits | None = None) -> bool:
    """Whether f is shown to be defined and bounded on the whole region.

    Each smooth form of f is shown to be continuous on the closure of its piece. False proves
    nothing.

    >>> from mfgcheck.rigor import power, var
    >>> unit = Region.of([(0,), (1,)])
    >>> prove_finite(power(var(0), -1), unit), prove_finite(power(var(0), 2), unit)
    (False, True)
    """
    check_variables(f, region)
    limits = Limits() if limits is None else limits
    for choice in choices(breakpoints(f)):
        piece = part(region, choice)
        if piece is None:
            continue
        form = in_frame(smooth(f, choice), piece)
        if not proved_continuous(form, piece.cells, limits):
            return False
    return True


def summary(methods: Sequence[str]) -> str:
    """One line for the methods of several pieces.

    >>> summary(["a constant: exact", "a constant: exact", "identically 0"])
    '3 pieces: a constant: exact; identically 0'
    """
    distinct = list(dict.fromkeys(methods))
    if len(methods) == 1:
        return distinct[0]
    return f"{len(methods)} pieces: " + "; ".join(distinct[:3])


def _worse(first: Undecided | None, second: Undecided) -> Undecided:
    if first is None:
        return second
    if first.lower is None or (second.lower is not None and first.lower <= second.lower):
        return first
    return second


def _certified(f: Expression, piece: Region, choice: Choice, result: Result) -> Result:
    """A refutation only with a point of the very piece at which f itself is negative, exactly."""
    if not isinstance(result, Refuted):
        return result
    point = inner_point(result.point, piece, choice, lambda p: sign(at_point(f, p)) == -1)
    if point is None:
        reason = "negative on the closure of a piece, but no point inside it was certified"
        return Undecided(reason, None, result.point, result.cells)
    return replace(result, point=point)
