"""Pieces of a region on which a function with steps and kinks at rational points is smooth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

from mfgcheck.rigor.algebra import ZERO, const
from mfgcheck.rigor.calculus import rebuild, substitute
from mfgcheck.rigor.nodes import Add, Expression, PositivePart, Slope, Step, Var, children
from mfgcheck.rigor.outcome import Point
from mfgcheck.rigor.region import Region


@dataclass(frozen=True)
class Strip:
    """An open interval (low, high) of one coordinate, or the point low where `high == low`."""

    low: Fraction | None
    high: Fraction | None

    @property
    def is_point(self) -> bool:
        """Whether the strip is a single value."""
        return self.low is not None and self.low == self.high

    def sample(self) -> Fraction:
        """A value in the strip."""
        if self.low is None:
            return Fraction(0) if self.high is None else self.high - 1
        return self.low + 1 if self.high is None else (self.low + self.high) / 2

    def holds(self, value: Fraction) -> bool:
        """Whether the value lies in the strip."""
        if self.is_point:
            return value == self.low
        return (self.low is None or self.low < value) and (self.high is None or value < self.high)


Choice = Mapping[int, Strip]


def _root(argument: Expression) -> tuple[int, Fraction] | None:
    """(j, c) if the argument is affine in the one variable j and vanishes at c."""
    if isinstance(argument, Var):
        return argument.index, Fraction(0)
    if isinstance(argument, Add) and len(argument.terms) == 1:
        term, k = argument.terms[0]
        if isinstance(term, Var):
            return term.index, -argument.constant / k
    return None


def breakpoints(e: Expression) -> dict[int, list[Fraction]]:
    """The values of each variable at which a step or a kink of it happens, in order.

    >>> from mfgcheck.rigor.algebra import add, positive_part, var
    >>> breakpoints(positive_part(add(var(0), const(-3))))
    {0: [Fraction(3, 1)]}
    """
    found: dict[int, set[Fraction]] = {}

    def visit(node: Expression) -> None:
        if isinstance(node, Step | PositivePart | Slope):
            root = _root(node.argument)
            if root is not None:
                found.setdefault(root[0], set()).add(root[1])
        for child in children(node):
            visit(child)

    visit(e)
    return {j: sorted(found[j]) for j in sorted(found)}


def strips(cuts: list[Fraction]) -> list[Strip]:
    """Points and open intervals between them, from below.

    >>> [s.is_point for s in strips([Fraction(1)])]
    [False, True, False]
    """
    ends: list[Fraction | None] = [None, *cuts, None]
    result = []
    for low, high in pairwise(ends):
        result.append(Strip(low, high))
        if high is not None:
            result.append(Strip(high, high))
    return result


def choices(cuts: Mapping[int, list[Fraction]]) -> Iterator[Choice]:
    """All cells of the grid."""
    axes = [[(j, strip) for strip in strips(values)] for j, values in cuts.items()]
    for cell in product(*axes):
        yield dict(cell)


def part(region: Region, choice: Choice) -> Region | None:
    """The closure of the part of the region inside a cell of the grid, None if it is empty.

    The clipped region is convex, so its middle misses the open strips only if all of it does;
    and if the part is not empty, its closure is the clipped region.
    """
    clipped: Region | None = region
    for j, strip in choice.items():
        if clipped is None:
            return None
        clipped = clipped.clip(j, strip.low, strip.high)
    if clipped is None or not all(s.holds(clipped.middle[j]) for j, s in choice.items()):
        return None
    return clipped


def smooth(e: Expression, choice: Choice) -> Expression:
    """The function that agrees with `e` on a cell of the grid, without its steps and kinks."""
    fixed = {j: const(s.low) for j, s in choice.items() if s.is_point and s.low is not None}
    memo: dict[Expression, Expression] = {}

    def visit(node: Expression) -> Expression:
        if not children(node):
            return node
        if node not in memo:
            memo[node] = resolve(node)
        return memo[node]

    def resolve(node: Expression) -> Expression:
        if isinstance(node, Step | PositivePart | Slope):
            root = _root(node.argument)
            if root is not None and root[0] in choice:
                # The argument has one sign, or is 0, on the whole cell.
                j = root[0]
                at = substitute(node.argument, {j: const(choice[j].sample())})
                if not isinstance(node, PositivePart):
                    return rebuild(node, [at])
                return node.argument if rebuild(node, [at]) != ZERO else ZERO
        return rebuild(node, [visit(child) for child in children(node)])

    return substitute(visit(e), fixed)


def has_step(e: Expression) -> bool:
    """Whether a step, or the slope of a kink, remains.

    >>> from mfgcheck.rigor.algebra import ONE
    >>> has_step(ONE)
    False
    """
    return isinstance(e, Step | Slope) or any(has_step(child) for child in children(e))


def inner_point(
    point: Point, piece: Region, choice: Choice, good: Callable[[Point], bool]
) -> Point | None:
    """A good point of the piece itself (not of its closure), near the given one; None if none
    of those tried is: the point first, then steps of 1/2, 1/4, ... towards the middle."""
    for k in range(41):
        t = Fraction(1, 2**k) if k else Fraction(0)
        tried = tuple(x + t * (y - x) for x, y in zip(point, piece.middle, strict=True))
        if all(strip.holds(tried[j]) for j, strip in choice.items()) and good(tried):
            return tried if piece.contains(tried) else None
    return None
