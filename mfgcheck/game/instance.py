"""For which unknown functions is a number negative: for one, for the strictly decreasing, for all?

At a given mean field a difference is an expression D in finitely many values of each unknown
function p at points x_1 < .. < x_k. In the weights of its simplex (`mfgcheck.game.values`), that is

    w_0 = (high - p(x_1)) / (high - low),   w_k = (p(x_k) - low) / (high - low),
    w_j = (p(x_j) - p(x_(j+1))) / (high - low)   for 0 < j < k,

a polynomial D is a form with one coefficient for each monomial. If none is positive, and all are
negative, then D < 0 for every p; if a monomial in w_1, .., w_(k-1) alone has a negative one, then
D < 0 for every strictly decreasing p, since those weights are then positive (lemma L9).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from functools import reduce

import sympy

from mfgcheck import rigor
from mfgcheck.game.numbers import rational
from mfgcheck.game.terms import TermReader, join, to_rigor
from mfgcheck.game.unknown import Unknown, UnknownFunction
from mfgcheck.game.values import UnknownValue, by_function, joint_vertices, unknown_values

_MOST_MONOMIALS = 2000
_MOST_POINTS = 400


class Scope(IntEnum):
    """Which functions refute a claim; a larger one is more."""

    ONE = 0
    STRICT = 1
    EVERY = 2


@dataclass(frozen=True)
class Steps:
    """A non-increasing step function: each height up to and including its point, then `last`."""

    name: str
    steps: tuple[tuple[Fraction, Fraction], ...]
    last: Fraction

    def __call__(self, x: Fraction) -> Fraction:
        """Return the value at x.

        >>> Steps("p", ((Fraction(0), Fraction(1)),), Fraction(0))(Fraction(3))
        Fraction(0, 1)
        """
        return next((height for point, height in self.steps if x <= point), self.last)

    @property
    def text(self) -> str:
        """The function in words.

        >>> Steps("p", ((Fraction(0), Fraction(1)),), Fraction(0)).text
        'p(x) = 1 for x <= 0 and 0 for x > 0'
        """
        if not self.steps:
            return f"{self.name}(x) = {self.last} for all x"
        parts = [f"{height} for x <= {point}" for point, height in self.steps]
        return f"{self.name}(x) = {', '.join(parts)} and {self.last} for x > {self.steps[-1][0]}"

    def to_dict(self) -> dict[str, object]:
        """Return the function as JSON holds it."""
        return {
            "steps": [[str(x), str(height)] for x, height in self.steps],
            "last": str(self.last),
        }


@dataclass(frozen=True)
class Instance:
    """Functions in the place of the unknown ones at which a number is negative.

    Attributes:
        functions: a step function for each unknown one that the number depends on.
        scope: whether it is negative for every function, or for every strictly decreasing one.
        strict: the names of those that have to be strictly decreasing for that.
    """

    functions: Mapping[UnknownFunction, Steps]
    scope: Scope
    strict: tuple[str, ...] = ()

    @property
    def claim(self) -> str:
        """For which functions the number is negative: `for every p`.

        >>> Instance({}, Scope.STRICT, ("p",)).claim
        'for every strictly decreasing p'
        """
        names = [steps.name for steps in self.functions.values()]
        if self.scope is Scope.EVERY:
            return f"for every {' and '.join(names)}" if names else "whatever the functions are"
        if self.scope is Scope.ONE:
            return f"for one choice of {' and '.join(names)}"
        others = [name for name in names if name not in self.strict]
        strict = f"for every strictly decreasing {' and '.join(self.strict)}"
        return f"{strict} and every {' and '.join(others)}" if others else strict

    @property
    def text(self) -> str:
        """The functions in words."""
        return " and ".join(steps.text for steps in self.functions.values())

    def to_dict(self) -> dict[str, object]:
        """Return the functions, and for which others the value is negative, as JSON holds it."""
        return {
            "holds": self.claim,
            "example": {steps.name: steps.to_dict() for steps in self.functions.values()},
        }

    def settle(self, e: sympy.Expr) -> sympy.Expr:
        """Return an expression with these functions in the place of the unknown ones."""
        values = {}
        for value in e.atoms(Unknown):
            point = value.args[0]
            chosen = self.functions.get(type(value))
            height = type(value).low
            if chosen is not None:
                height = chosen(Fraction(int(point.p), int(point.q)))
            values[value] = rational(height)
        return sympy.expand(e.xreplace(values)) if values else e


def weigh(difference: sympy.Expr) -> Instance | None:
    """Return functions for which a number is certainly negative, and for which others it is.

    `difference` is an expression in values of unknown functions at rational numbers. None if no
    such functions are found.

    >>> from mfgcheck.game.unknown import decreasing
    >>> p = decreasing("p", 0, 1)
    >>> found = weigh(p(24) - p(0))
    >>> found.scope.name, [steps.text for steps in found.functions.values()]
    ('STRICT', ['p(x) = 1 for x <= 0 and 0 for x > 0'])
    >>> weigh(p(0) - p(24)) is None
    True
    """
    whole = join(TermReader().read(difference, "a difference"))
    values = sorted(unknown_values(whole.atoms(Unknown), {}).values(), key=_place)
    f = to_rigor(whole, {value.application: i for i, value in enumerate(values)})
    lowest: tuple[Fraction, Sequence[Fraction]] | None = None
    always = True  # as far as the points show
    for point in _points(values):
        number = rigor.substitute(f, {i: rigor.const(u) for i, u in enumerate(point)})
        sign = rigor.sign(number)
        always = always and sign in (-1, 0)
        if sign != -1:
            continue
        upper = rigor.exact_value(number)
        if upper is None:
            upper = rigor.enclose(number, [], 128).upper
        if upper is not None and (lowest is None or upper < lowest[0]):
            lowest = upper, point
    if lowest is None:
        return None
    functions = {
        values[group[0]].function: _steps([values[i] for i in group], [lowest[1][i] for i in group])
        for group in by_function(values)
    }
    scope, strict = _scope(whole, values) if always else (Scope.ONE, ())
    return Instance(functions, scope, strict)


def _place(value: UnknownValue) -> tuple[str, Fraction]:
    return value.function.label, value.least


def _points(values: Sequence[UnknownValue]) -> Iterator[Sequence[Fraction]]:
    """Yield vertices of the values' polytope, and then points halfway between them."""
    ends = joint_vertices(values)
    if ends is None:  # only where many values of several functions meet
        ends = [tuple(value.bounds[side] for value in values) for side in (0, 1)]
    ends = ends[:_MOST_POINTS]
    yield from ends
    if len(values) <= 4:
        for one, other in itertools.combinations(ends, 2):
            yield [(u + v) / 2 for u, v in zip(one, other, strict=True)]


def _steps(values: Sequence[UnknownValue], heights: Sequence[Fraction]) -> Steps:
    """Return the step function with these values, given in increasing order of the argument."""
    steps = [
        (value.least, height)
        for value, height, following in zip(values, heights, heights[1:], strict=False)
        if height != following
    ]
    return Steps(values[0].function.label, tuple(steps), heights[-1])


def _scope(whole: sympy.Expr, values: Sequence[UnknownValue]) -> tuple[Scope, tuple[str, ...]]:
    """Return for which functions an expression is proved negative, ONE if for no class of them."""
    groups = by_function(values)
    form = _form(whole, values, groups)
    if form is None:
        return Scope.ONE, ()
    signs, sizes = form
    if not all(sign == -1 for sign in signs.values()):  # absent monomials have coefficient 0
        return Scope.ONE, ()
    choices = []
    for degree, weights in sizes:
        everything = list(_monomials(degree, weights))
        inner = [[m] for m in everything if not m[0] and not m[-1]] if degree else []
        choices.append([everything, *inner])
    best: tuple[str, ...] | None = None
    for choice in itertools.islice(itertools.product(*choices), _MOST_MONOMIALS):
        if all(key in signs for key in itertools.product(*choice)):
            strict = tuple(
                values[group[0]].function.label
                for group, chosen, options in zip(groups, choice, choices, strict=True)
                if chosen is not options[0]
            )
            if best is None or len(strict) < len(best):
                best = strict
    if best is None:
        return Scope.ONE, ()
    return (Scope.STRICT, best) if best else (Scope.EVERY, ())


def _form(
    whole: sympy.Expr, values: Sequence[UnknownValue], groups: list[list[int]]
) -> tuple[dict[tuple[tuple[int, ...], ...], int | None], list[tuple[int, int]]] | None:
    """Return the signs of an expression's coefficients as a form in the weights of each function.

    Returns:
        signs: the sign of each coefficient that is not zero, by the exponents of the weights of
            each function.
        sizes: the degree in each function, and how many weights it has.
    """
    symbols = [sympy.Dummy() for _ in values]
    named = {value.application: u for value, u in zip(values, symbols, strict=True)}
    try:
        polynomial = sympy.Poly(whole.xreplace(named), *symbols) if symbols else None
    except sympy.PolynomialError:
        return None
    if polynomial is None:
        sign = rigor.sign(to_rigor(whole, {}))
        return ({(): sign} if sign else {}), []
    sizes = []
    weights: list[list[sympy.Dummy]] = []
    for group in groups:
        degree = max(sum(powers[i] for i in group) for powers, _ in polynomial.terms())
        sizes.append((degree, len(group) + 1))
        weights.append([sympy.Dummy() for _ in range(len(group) + 1)])
    if math.prod(math.comb(d + k - 1, d) for d, k in sizes) > _MOST_MONOMIALS:
        return None
    flat: list[sympy.Dummy] = reduce(lambda a, b: a + b, weights)
    total = sympy.Poly(0, *flat)
    for powers, coefficient in polynomial.terms():
        product = sympy.Poly(coefficient, *flat)
        for group, (degree, _), w in zip(groups, sizes, weights, strict=True):
            low, high = map(rational, values[group[0]].bounds)
            for place, i in enumerate(group):
                height = low * sympy.Add(*w[: place + 1]) + high * sympy.Add(*w[place + 1 :])
                product *= sympy.Poly(height, *flat) ** powers[i]
            missing = degree - sum(powers[i] for i in group)
            product *= sympy.Poly(sympy.Add(*w), *flat) ** missing
        total += product
    signs: dict[tuple[tuple[int, ...], ...], int | None] = {}
    for powers, coefficient in total.terms():
        sign = rigor.sign(to_rigor(join(TermReader().read(coefficient, "a coefficient")), {}))
        if sign != 0:
            signs[_parted(powers, sizes)] = sign
    return signs, sizes


def _parted(powers: Sequence[int], sizes: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    ends = itertools.accumulate(count for _, count in sizes)
    return tuple(
        tuple(powers[end - count : end]) for end, (_, count) in zip(ends, sizes, strict=True)
    )


def _monomials(degree: int, count: int) -> Iterator[tuple[int, ...]]:
    """Yield the exponents of all monomials of a degree in so many weights."""
    if count == 1:
        yield (degree,)
        return
    for first in range(degree + 1):
        for rest in _monomials(degree - first, count - 1):
            yield (first, *rest)
