"""The values that unknown non-increasing functions can take together, as polytopes.

Numbers u_1, .., u_k are the values of some non-increasing function with values in [low, high] at
the points x_1 < .. < x_k exactly if high >= u_1 >= .. >= u_k >= low. This is a simplex; at its
vertex j the first j values are at the upper bound and the others at the lower one, as those of a
step function are.
At aggregates of the mean field, whose order may depend on the mean field, only the order between
those pairs counts that is the same at every mean field (lemma L9).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import sympy

from mfgcheck import rigor
from mfgcheck.errors import InvalidGame
from mfgcheck.game.terms import split, to_rigor
from mfgcheck.game.unknown import Unknown, UnknownFunction

Heights: TypeAlias = tuple[Fraction, ...]
"""One value of each of several functions at several arguments."""

MOST = 2048  # vertices that are enumerated


@dataclass(frozen=True, eq=False)
class UnknownValue:
    """The value of an unknown function at a linear functional of the mean field.

    The argument lies between `least` and `most` at every mean field; `argument[x]` is its value
    when all mass is at the state numbered x, and `argument` is None where it is one number.
    """

    application: Unknown
    least: Fraction
    most: Fraction
    argument: tuple[Fraction, ...] | None

    @property
    def function(self) -> UnknownFunction:
        """Whose value it is."""
        return type(self.application)

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The bounds of the function."""
        return self.function.low, self.function.high

    @property
    def middle(self) -> Fraction:
        """The mean of the argument over all states: a larger argument has a larger one."""
        if self.argument is None:
            return self.least
        return sum(self.argument, Fraction(0)) / len(self.argument)

    def comes_before(self, other: UnknownValue) -> bool:
        """Whether the argument is at most the other one at every mean field."""
        if self.most <= other.least:
            return True
        if self.argument is None or other.argument is None:
            return False
        return all(x <= y for x, y in zip(self.argument, other.argument, strict=True))

    def signs(self, lower: Sequence[int], upper: Sequence[int]) -> frozenset[int]:
        """The signs (1, -1) of the changes of the value when mass moves up along covers."""
        if self.argument is None or self.function.low == self.function.high:
            return frozenset()
        steps = (self.argument[y] - self.argument[x] for x, y in zip(lower, upper, strict=True))
        return frozenset((step < 0) - (step > 0) for step in steps) - {0}


def unknown_values(
    applications: Iterable[Unknown], functionals: Mapping[sympy.Symbol, Sequence[object]]
) -> dict[Unknown, UnknownValue]:
    """Return what is known of the arguments at which unknown functions are taken.

    `functionals` gives the values of each aggregate at the states. Equal functionals share one
    result.

    Raises:
        InvalidGame: an argument is an aggregate with values that are not known to be rational.
    """
    found: dict[Unknown, UnknownValue] = {}
    shared: dict[tuple[UnknownFunction, tuple[Fraction, ...]], UnknownValue] = {}
    for application in applications:
        parts = split(application.args[0])
        offset = parts.pop(sympy.S.One, Fraction(0))
        columns = [(c, _rational(application, functionals[m])) for m, c in parts.items()]
        rows = zip(*(column for _, column in columns), strict=True)
        argument = tuple(
            sum((c * x for (c, _), x in zip(columns, row, strict=True)), offset) for row in rows
        ) or (offset,)
        if min(argument) == max(argument):  # z[0] + z[1] is 1 if there are but two states
            argument = argument[:1]
        varying = argument if len(argument) > 1 else None
        value = UnknownValue(application, min(argument), max(argument), varying)
        found[application] = shared.setdefault((type(application), argument), value)
    return found


def _rational(application: Unknown, values: Sequence[object]) -> list[Fraction]:
    numbers = [v for v in values if isinstance(v, Fraction)]
    if len(numbers) < len(values):
        raise InvalidGame(
            f"{application}: {application.label} can be taken at aggregates with rational values "
            "only, such as z.mean() of numbers"
        )
    return numbers


def vertices(values: Sequence[UnknownValue]) -> list[Heights] | None:
    """Return the vertices of the polytope of the values of one function; None if they are many.

    They are its bounds on the sets D of arguments and outside them, where D contains with an
    argument all that come before it: the polytope of an order has integral vertices.

    >>> from mfgcheck.game.unknown import decreasing
    >>> p = decreasing("p", 0, 2)
    >>> found = unknown_values([p(3), p(1)], {})
    >>> [tuple(map(str, point)) for point in vertices(list(found.values()))]
    [('0', '0'), ('0', '2'), ('2', '2')]
    """
    if not values:
        return [()]
    low, high = values[0].bounds
    if low == high:
        return [(low,) * len(values)]
    order = sorted(range(len(values)), key=lambda i: values[i].middle)
    sets: list[frozenset[int]] = [frozenset()]
    for place, i in enumerate(order):
        before = {j for j in order[:place] if values[j].comes_before(values[i])}
        sets += [chosen | {i} for chosen in sets if before <= chosen]
        if len(sets) > MOST:
            return None
    return [tuple(high if i in chosen else low for i in range(len(values))) for chosen in sets]


def by_function(values: Sequence[UnknownValue]) -> list[list[int]]:
    """Return the positions of the values of each function."""
    places: dict[UnknownFunction, list[int]] = {}
    for i, value in enumerate(values):
        places.setdefault(value.function, []).append(i)
    return list(places.values())


def joint_vertices(values: Sequence[UnknownValue]) -> list[Heights] | None:
    """Return the vertices of the values of several functions together; None if they are many."""
    groups = by_function(values)
    single = [vertices([values[i] for i in group]) for group in groups]
    known = [found for found in single if found is not None]
    total = 1
    for found in known:
        total *= len(found)
    if len(known) < len(groups) or total > MOST:
        return None
    points = []
    for choice in itertools.product(*known):
        point = [Fraction(0)] * len(values)
        for group, heights in zip(groups, choice, strict=True):
            for i, height in zip(group, heights, strict=True):
                point[i] = height
        points.append(tuple(point))
    return points


def span(e: sympy.Expr) -> tuple[Fraction, Fraction] | None:
    """Return bounds of an expression in values at numbers, over all functions; None if unbounded.

    They are exact where it is affine with rational coefficients.

    >>> from mfgcheck.game.unknown import decreasing
    >>> p = decreasing("p", 0, 1)
    >>> span(p(1) - p(4)), span(2 * p(4) - p(1))
    ((Fraction(0, 1), Fraction(1, 1)), (Fraction(-1, 1), Fraction(1, 1)))
    """
    values = list(unknown_values(sorted(e.atoms(Unknown), key=str), {}).values())
    f = to_rigor(e, {value.application: i for i, value in enumerate(values)})
    affine = coefficients(f, len(values))
    if affine is None:
        interval = rigor.enclose(f, [value.bounds for value in values], 128)
        if interval.lower is None or interval.upper is None:
            return None
        return interval.lower, interval.upper
    low, high = least(affine, values), least([-c for c in affine], values)
    return low, -high


def coefficients(f: rigor.Expression, dimension: int) -> list[Fraction] | None:
    """Return c_0, .., c_d if f is seen to be c_0 + c_1 x_1 + .. with rational c_i, else None."""
    if rigor.has_step(f):
        return None
    slopes = [rigor.exact_value(rigor.derivative(f, j)) for j in range(dimension)]
    origin = {j: rigor.ZERO for j in range(dimension)}
    offset = rigor.exact_value(rigor.substitute(f, origin))
    if offset is None or any(slope is None for slope in slopes):
        return None
    return [offset, *(slope for slope in slopes if slope is not None)]


def least(affine: Sequence[Fraction], values: Sequence[UnknownValue]) -> Fraction:
    """Return the least value of c_0 + c_1 u_1 + .. over the polytope of the values, or a bound."""
    total = affine[0]
    for group in by_function(values):
        chosen = [values[i] for i in group]
        slopes = [affine[1 + i] for i in group]
        points = vertices(chosen)
        if points is None:
            points = [tuple(v.bounds[c < 0] for v, c in zip(chosen, slopes, strict=True))]
        total += min(
            sum((c * u for c, u in zip(slopes, point, strict=True)), Fraction(0))
            for point in points
        )
    return total
