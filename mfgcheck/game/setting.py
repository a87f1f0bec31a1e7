"""Where a set of aggregates ranges, and in which directions it moves, as z runs over the simplex.

The aggregates m = (m_1, .., m_d) of a mean field range over M = conv{phi(x) : x a state}; when z
rises for stochastic dominance, m moves along non-negative combinations of phi(x') - phi(x) over
covering pairs x < x' (lemma L4). Irrational phi(x) are enclosed in boxes: the region is then a
little too large, and so is the cone of the directions, both of which is sound for proofs;
refutations are checked at the true values.

Values of unknown functions are further coordinates: they range over a polytope of their own, and
when z rises they move against their arguments, by any amount (lemma L9). An aggregate with such
values phi(x) is enclosed in boxes like an irrational one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

import sympy

from mfgcheck import rigor
from mfgcheck.game.mean_field import Aggregate, Value
from mfgcheck.game.numbers import rational
from mfgcheck.game.orders import Order
from mfgcheck.game.terms import to_rigor
from mfgcheck.game.unknown import Unknown
from mfgcheck.game.values import UnknownValue, joint_vertices, span

Point: TypeAlias = tuple[Fraction, ...]

Masses: TypeAlias = dict[int, Fraction]
"""A mean field: the mass of each state that has any, by state number."""


@dataclass(frozen=True, eq=False)
class Setting:
    """The coordinates of one inequality: aggregates, then values of unknown functions."""

    states: Order
    aggregates: tuple[Aggregate, ...]
    values: tuple[UnknownValue, ...] = ()

    @cached_property
    def rational(self) -> bool:
        """Whether all phi(x) are rational."""
        return all(isinstance(v, Fraction) for a in self.aggregates for v in a.values)

    @cached_property
    def distinct(self) -> dict[tuple[Value, ...], int]:
        """The distinct points phi(x), each with the first state that has it."""
        found: dict[tuple[Value, ...], int] = {}
        for i, key in enumerate(zip(*(a.values for a in self.aggregates), strict=True)):
            found.setdefault(key, i)
        return found

    @cached_property
    def corners(self) -> list[tuple[Point, int]]:
        """Rational points whose hull contains M, each with the state that it stands for."""
        if not self.aggregates:
            return [((), 0)]
        boxes = ((tuple(map(bounds, point)), i) for point, i in self.distinct.items())
        corners = [(corner, i) for box, i in boxes for corner in itertools.product(*box)]
        return [min(corners), max(corners)] if len(self.aggregates) == 1 else corners

    @cached_property
    def region(self) -> rigor.Region:
        """A region that contains M, and is M where all phi(x) are rational."""
        points = [point for point, _ in self.corners]
        heights = self.heights
        if heights is None:
            raise ValueError("the values of the unknown functions have too many vertices")
        if self.values:
            points = [point + height for point in points for height in heights]
        return rigor.Region.of(points)

    @cached_property
    def heights(self) -> list[Point] | None:
        """The vertices of the polytope of the values; None if they are too many."""
        return joint_vertices(self.values) if self.values else [()]

    @cached_property
    def box(self) -> list[tuple[Fraction, Fraction]]:
        """The smallest box around the region."""
        columns = zip(*(point for point, _ in self.corners), strict=True)
        sides = [(min(column), max(column)) for column in columns]
        return sides + [value.bounds for value in self.values]

    @cached_property
    def moves(self) -> dict[Point, tuple[int, int]]:
        """Directions of m, each with a covering pair of states (x, x') that realises it.

        Every direction in which m can move when z rises is a non-negative combination of these.
        """
        lower, upper = (part.tolist() for part in self.states.covers)
        found: dict[Point, tuple[int, int]] = {}
        for x, y in zip(lower, upper, strict=True):
            for direction in self._directions(x, y):
                found.setdefault(direction, (x, y))
        return found

    @cached_property
    def directions(self) -> list[Point]:
        """Directions of all coordinates that generate a cone which holds each of their moves."""
        moves = list(self.moves)
        if not self.values:
            return moves
        lower, upper = (part.tolist() for part in self.states.covers)
        nowhere = (Fraction(0),) * len(self.values)
        directions = [move + nowhere for move in moves]
        for j, value in enumerate(self.values, len(self.aggregates)):
            for sign in sorted(value.signs(lower, upper)):
                axis = [Fraction(0)] * (len(self.aggregates) + len(self.values))
                axis[j] = Fraction(sign)
                directions.append(tuple(axis))
        return directions

    def _directions(self, x: int, y: int) -> list[Point]:
        steps = [(a.values[x], a.values[y]) for a in self.aggregates]
        exact = [v - u for u, v in steps if isinstance(u, Fraction) and isinstance(v, Fraction)]
        if len(exact) == len(steps):
            size = max((abs(change) for change in exact), default=Fraction(0))
            return [tuple(change / size for change in exact)] if size else []
        changes = [_change(u, v) for u, v in steps]
        return [corner for corner in itertools.product(*changes) if any(corner)]

    @cached_property
    def signs(self) -> tuple[frozenset[int], ...]:
        """For each coordinate, the signs (1, -1) that its moves have."""
        return tuple(
            frozenset((move[j] > 0) - (move[j] < 0) for move in self.directions) - {0}
            for j in range(len(self.aggregates) + len(self.values))
        )

    def mean_field(self, point: Point) -> Masses | None:
        """Return a mean field whose aggregates are (or, if irrational, are near) this point."""
        weights = self.region.barycentric(point)
        if weights is None:
            return None
        masses: Masses = {}
        for corner, weight in weights.items():
            if weight:
                state = self.corners[corner][1]
                masses[state] = masses.get(state, Fraction(0)) + weight
        return dict(sorted(masses.items()))

    def at(self, masses: Masses) -> dict[int, rigor.Expression]:
        """Return the exact aggregates of a mean field, by position."""
        return {
            j: rigor.add(
                *(rigor.mul(rigor.const(p), constant(a.values[x])) for x, p in masses.items())
            )
            for j, a in enumerate(self.aggregates)
        }


def constant(value: Value) -> rigor.Expression:
    """Return a number (rational or not) as an expression."""
    return rigor.const(value) if isinstance(value, Fraction) else to_rigor(value, {})


def bounds(value: Value) -> tuple[Fraction, ...]:
    """Return a rational number, or rational bounds of one that is not known to be rational."""
    if isinstance(value, Fraction):
        return (value,)
    return _span(value) if value.has(Unknown) else _bounds(constant(value))


def _change(u: Value, v: Value) -> tuple[Fraction, ...]:
    """Return v - u, or bounds of it."""
    if any(isinstance(x, sympy.Expr) and x.has(Unknown) for x in (u, v)):
        before, after = (rational(x) if isinstance(x, Fraction) else x for x in (u, v))
        return _span(after - before)
    return _bounds(rigor.subtract(constant(v), constant(u)))


def _span(e: sympy.Expr) -> tuple[Fraction, ...]:
    found = span(sympy.expand(e))
    if found is None:
        raise AssertionError("a number without finite bounds")  # refused when read
    return found[:1] if found[0] == found[1] else found


def _bounds(e: rigor.Expression) -> tuple[Fraction, ...]:
    exact = rigor.exact_value(e)
    if exact is not None:
        return (exact,)
    enclosure = rigor.enclose(e, [], 128)
    if enclosure.lower is None or enclosure.upper is None:
        raise AssertionError("an irrational number without finite bounds")  # refused when read
    return (enclosure.lower, enclosure.upper)
