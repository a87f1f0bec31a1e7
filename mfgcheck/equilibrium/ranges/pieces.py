"""Where the aggregates range, cut where the game jumps, and the terms as functions there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from mfgcheck import rigor
from mfgcheck.equilibrium.ranges.tables import Span, Tables, span_of
from mfgcheck.game.floats import Floats, to_float
from mfgcheck.game.mean_field import Value
from mfgcheck.game.setting import Setting, bounds
from mfgcheck.rigor.breakpoints import Choice, breakpoints, choices, part, smooth
from mfgcheck.rigor.smooth import in_frame

Box = tuple[tuple[Fraction, Fraction], ...]
"""Ranges of the coordinates, one pair (low, high) for each."""

_MOST_CLIPPED = 3  # in more dimensions clipping costs more than it saves

Ranges = Sequence[tuple[Fraction, Fraction]]


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of M on which no term jumps.

    Its points are told by coordinates, which are aggregates enough to determine all others there.

    Attributes:
        tables: the game's numbers.
        setting: the aggregates that matter.
        region: the closure of the part, in all of these aggregates.
        choice: the strips (open intervals, or points) of the aggregates that jumps cut out.
        functions: the terms as functions of the coordinates.
    """

    tables: Tables
    setting: Setting
    region: rigor.Region
    choice: Choice
    functions: tuple[rigor.Expression, ...]

    @property
    def dimension(self) -> int:
        """The number of coordinates."""
        return self.region.frame.rank

    @cached_property
    def box(self) -> Box:
        """The smallest box around the part."""
        return tuple(self.region.extent(j) for j in self.region.frame.pivots)

    @cached_property
    def phi(self) -> tuple[tuple[Value, ...], ...]:
        """For each coordinate, the value of its functional at each state."""
        return tuple(self.setting.aggregates[j].values for j in self.region.frame.pivots)

    @cached_property
    def phi_bounds(self) -> tuple[tuple[tuple[Fraction, Fraction], ...], ...]:
        """For each coordinate and state, rational bounds of the functional."""
        return tuple(tuple((bounds(v)[0], bounds(v)[-1]) for v in values) for values in self.phi)

    @cached_property
    def phi_floats(self) -> Floats:
        """The functionals near enough for proposals: array (coordinates, S)."""
        rows = [[to_float((low + high) / 2) for low, high in row] for row in self.phi_bounds]
        return np.array(rows).reshape(self.dimension, self.setting.states.size)

    @cached_property
    def pinned(self) -> dict[int, Fraction]:
        """Aggregates (by position in the setting) that have a single value on this part."""
        return {j: s.low for j, s in self.choice.items() if s.is_point and s.low is not None}

    def aggregate_box(self, box: Box) -> Box:
        """Return ranges of all aggregates of the setting over a box of the coordinates."""
        frame, found = self.region.frame, []
        for j in range(len(self.setting.aggregates)):
            low, row = frame.coordinate(j)
            high = low
            for k, (first, last) in zip(row, box, strict=True):
                low += k * (first if k > 0 else last)
                high += k * (last if k > 0 else first)
            found.append((low, high))
        return tuple(found)

    @cached_property
    def slopes(self) -> tuple[tuple[rigor.Expression, ...], ...]:
        """For each coordinate, the derivatives of the terms (Clarke's, at a kink)."""
        return tuple(
            tuple(rigor.derivative(f, i) for f in self.functions) for i in range(self.dimension)
        )

    def meets(self, box: Box) -> bool:
        """Whether the box may contain points of the part (False is certain)."""
        if self.dimension > _MOST_CLIPPED:
            return True
        clipped: rigor.Region | None = self.region
        for j, (low, high) in zip(self.region.frame.pivots, box, strict=True):
            clipped = None if clipped is None else clipped.clip(j, low, high)
        return clipped is not None

    def holds(self, box: Box) -> bool:
        """Whether all of the box lies in the part itself, without open ends."""
        frame = self.region.frame
        corners: list[list[Fraction]] = [[]]
        for low, high in box:
            corners = [[*corner, end] for corner in corners for end in dict.fromkeys((low, high))]
        points = [frame.lift(corner) for corner in corners]
        return all(self.region.contains(point) for point in points) and all(
            strip.holds(point[j]) for j, strip in self.choice.items() for point in points
        )


def pieces(tables: Tables) -> list[Piece]:
    """Cut M where a term jumps; one piece if none does."""
    scalars = tables.game.scalars
    numbers = tables.aggregates
    setting = scalars.setting(numbers)
    places = {j: rigor.var(i) for i, j in enumerate(numbers)}
    functions = [rigor.substitute(scalars.expression(t), places) for t in tables.terms]
    if not numbers:
        region = rigor.Region.of([(0,)])
        return [Piece(tables, setting, region, {}, tuple(functions))]
    cuts: dict[int, list[Fraction]] = {}
    if any(map(rigor.has_step, functions)):
        for f in functions:
            for j, values in breakpoints(f).items():
                cuts[j] = sorted({*cuts.get(j, []), *values})
    found = []
    for choice in choices(cuts):
        closure = part(setting.region, choice)
        if closure is not None:
            forms = tuple(in_frame(smooth(f, choice), closure) for f in functions)
            found.append(Piece(tables, setting, closure, choice, forms))
    return found


def place_of(parts: Sequence[Piece], masses: Mapping[int, Fraction]) -> tuple[Piece, Box] | None:
    """Return the part that a mean field's aggregates lie in, and a box of coordinates with them.

    None if that is not told (irrational values, close to a jump). `masses` are by state number.
    """
    found = []
    for aggregate in parts[0].setting.aggregates:
        ends = [(p, bounds(aggregate.values[x])) for x, p in masses.items()]
        low = sum((p * end[0] for p, end in ends), Fraction(0))
        found.append((low, sum((p * end[-1] for p, end in ends), Fraction(0))))
    for piece in parts:
        strips = piece.choice.items()
        if all(strip.holds(found[j][0]) and strip.holds(found[j][1]) for j, strip in strips):
            return piece, tuple(found[j] for j in piece.region.frame.pivots)
    return None


def enclosures(functions: Sequence[rigor.Expression], box: Box, bits: int) -> Ranges | None:
    """Return rational bounds of functions over a box; None if one is not known to be finite."""
    found = []
    for f in functions:
        value = rigor.exact_value(f)
        if value is not None:
            found.append((value, value))
            continue
        interval = rigor.enclose(f, box, bits + 16)
        if interval.lower is None or interval.upper is None:
            return None
        found.append((interval.lower, interval.upper))
    return found


def term_span(piece: Piece, box: Box, bits: int) -> Span | None:
    """Return the ranges of the terms over a box in units of 2^-bits."""
    found = enclosures(piece.functions, box, bits)
    return None if found is None else span_of(found, bits)


def middle(box: Box) -> tuple[Fraction, ...]:
    """Return the middle of a box."""
    return tuple((low + high) / 2 for low, high in box)
