"""Scalar inequalities over all mean fields, decided one at a time.

An inequality is an integer vector c over the terms of a game. Two claims are made of it:

    NONNEGATIVE     sum of c_k b_k(m) >= 0 for the aggregates m of every mean field;
    NONDECREASING   z -> sum of c_k b_k(m(z)) is non-decreasing for stochastic dominance.

As z runs over the simplex, m runs over M, the convex hull of the points phi(x), x a state
(lemma L4 for the second claim). Floats only propose where to look; `mfgcheck.rigor` decides.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import sympy

from mfgcheck import rigor
from mfgcheck.game.floats import Floats, approximate, to_float
from mfgcheck.game.instance import Instance, Scope
from mfgcheck.game.mean_field import Aggregate
from mfgcheck.game.numbers import rational, short
from mfgcheck.game.orders import Order
from mfgcheck.game.pairs import ordered_pairs
from mfgcheck.game.setting import Masses, Setting
from mfgcheck.game.terms import to_rigor
from mfgcheck.game.unknown import Unknown, has_unknown
from mfgcheck.game.values import UnknownValue

Vector: TypeAlias = tuple[tuple[int, int], ...]
"""An inequality: (term number, integer coefficient) pairs, by term number."""


class Claim(Enum):
    """What is claimed of the function of an inequality."""

    NONNEGATIVE = "nonnegative"
    NONDECREASING = "nondecreasing"


@dataclass(frozen=True)
class Holds:
    """The claim is proved."""

    method: str


@dataclass(frozen=True)
class Fails:
    """The claim is refuted, at a mean field or between two (z below z2 in dominance)."""

    z: Masses
    z2: Masses | None
    method: str
    everywhere: bool = False  # the mean field does not matter
    instance: Instance | None = None  # unknown functions that refute it, and how many others do

    @property
    def scope(self) -> Scope:
        """For which unknown functions the claim fails; without such, for every one."""
        return Scope.EVERY if self.instance is None else self.instance.scope


@dataclass(frozen=True)
class Open:
    """The claim is neither proved nor refuted."""

    reason: str


Outcome: TypeAlias = Holds | Fails | Open


class Deadline:
    """A point in time after which work stops and says so; `None` is never."""

    def __init__(self, seconds: float | None = None) -> None:
        self.at = None if seconds is None else time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return self.at is not None and time.monotonic() >= self.at


Bounds: TypeAlias = tuple[Fraction, Fraction] | None
"""Rational bounds of a function, None where none are known."""


def enclosed(f: rigor.Expression, box: list[tuple[Fraction, Fraction]]) -> Bounds:
    """Return bounds of a function over a box, tight enough to tell nearby constants apart."""
    interval = rigor.enclose(f, box, 128)
    if interval.lower is None or interval.upper is None:
        return None
    return interval.lower, interval.upper


class Scalars:
    """The terms of a game as functions of the mean field, with what was computed about them.

    Their coordinates are numbered: the aggregates first, then the values of unknown functions.
    `family` tells whether there are such functions, here or in the values of aggregates.
    """

    def __init__(
        self,
        states: Order,
        aggregates: Sequence[Aggregate],
        terms: Sequence[sympy.Expr],
        unknown: Mapping[Unknown, UnknownValue] = MappingProxyType({}),
        *,
        family: bool = False,
    ) -> None:
        self.states = states
        self.aggregates = tuple(aggregates)
        self.terms = tuple(terms)
        self.values = tuple(dict.fromkeys(unknown.values()))
        places = {value: j for j, value in enumerate(self.values, len(self.aggregates))}
        self.variables: dict[sympy.Expr, int] = {a.symbol: j for j, a in enumerate(aggregates)}
        self.variables |= {e: places[value] for e, value in unknown.items()}
        self._uncertain = set(places.values())
        if family:
            self._uncertain |= {j for j, a in enumerate(aggregates) if has_unknown(a.values)}
        self._settings: dict[tuple[int, ...], Setting] = {}
        self._expressions: dict[int, rigor.Expression] = {}
        self._floats: dict[int, Floats] = {}
        self._bounds: dict[int, Bounds] = {}

    @cached_property
    def aggregates_of(self) -> tuple[tuple[int, ...], ...]:
        """For each term, the numbers of the coordinates that occur in it."""
        return tuple(tuple(self._coordinates(term)) for term in self.terms)

    def _coordinates(self, e: sympy.Expr) -> list[int]:
        hidden: dict[sympy.Expr, sympy.Dummy] = {}
        if self.values:  # what stands within p(..) is no coordinate, but p(..) is
            hidden = {value: sympy.Dummy() for value in e.atoms(Unknown)}
            e = e.xreplace(hidden)
        symbols = e.free_symbols.difference(hidden.values())
        return sorted({self.variables[part] for part in (*symbols, *hidden)})

    @cached_property
    def varies(self) -> tuple[bool, ...]:
        """For each term, whether it may depend on the mean field."""
        values = enumerate(self.values, len(self.aggregates))
        fixed = {j for j, value in values if value.argument is None}
        return tuple(not fixed.issuperset(numbers) for numbers in self.aggregates_of)

    def uncertain(self, numbers: Iterable[int]) -> bool:
        """Whether coordinates depend on unknown functions."""
        return not self._uncertain.isdisjoint(numbers)

    def setting(self, numbers: tuple[int, ...]) -> Setting:
        """Return where these coordinates range together."""
        if numbers not in self._settings:
            n = len(self.aggregates)
            aggregates = tuple(self.aggregates[j] for j in numbers if j < n)
            values = tuple(self.values[j - n] for j in numbers if j >= n)
            self._settings[numbers] = Setting(self.states, aggregates, values)
        return self._settings[numbers]

    def expression(self, term: int) -> rigor.Expression:
        """Return a term as a function of all coordinates, by number."""
        if term not in self._expressions:
            self._expressions[term] = to_rigor(self.terms[term], self.variables)
        return self._expressions[term]

    def function(self, vector: Vector) -> tuple[rigor.Expression, tuple[int, ...]]:
        """Return the function of an inequality, and the coordinates that are its variables."""
        numbers = tuple(sorted({j for t, _ in vector for j in self.aggregates_of[t]}))
        whole = rigor.add(
            *(rigor.mul(rigor.const(Fraction(c)), self.expression(t)) for t, c in vector)
        )
        places = {j: rigor.var(i) for i, j in enumerate(numbers)}
        return rigor.substitute(whole, places), numbers

    def read(self, e: sympy.Expr) -> tuple[rigor.Expression, tuple[int, ...]]:
        """Return any expression in the coordinates as a function, and the coordinates it has."""
        numbers = tuple(self._coordinates(e))
        return to_rigor(e, self._places(numbers)), numbers

    def _places(self, numbers: Sequence[int]) -> dict[sympy.Expr, int]:
        place = {j: i for i, j in enumerate(numbers)}
        return {e: place[j] for e, j in self.variables.items() if j in place}

    def bounds(self, term: int) -> Bounds:
        """Return rigorous bounds of a term over all mean fields, None where none are known."""
        if term not in self._bounds:
            f, numbers = self.function(((term, 1),))
            box = self.setting(numbers).box if numbers else []
            self._bounds[term] = enclosed(f, box)
        return self._bounds[term]

    def text(self, vector: Vector) -> str:
        """Return the function of an inequality as a reader would write it."""
        return str(sympy.Add(*(c * self.terms[t] for t, c in vector)))

    def float_values(self, term: int) -> Floats:
        """Return float values of a term at the vertices of the simplex: all mass at x, by x."""
        if self.uncertain(self.aggregates_of[term]):
            raise AssertionError(f"{self.terms[term]} has no float value")
        if term not in self._floats and not self.aggregates_of[term]:
            low, high = self.bounds(term) or (Fraction(0), Fraction(0))
            value = np.float64(to_float((low + high) / 2))
            self._floats[term] = np.broadcast_to(value, (self.states.size,))
        elif term not in self._floats:
            at = {
                self.aggregates[j].symbol: self._vertex_floats(j) for j in self.aggregates_of[term]
            }
            value = approximate(self.terms[term], at)
            self._floats[term] = np.broadcast_to(
                np.asarray(value, dtype=np.float64), (self.states.size,)
            )
        return self._floats[term]

    def _vertex_floats(self, j: int) -> Floats:
        values = self.aggregates[j].values
        return np.array(
            [to_float(v) if isinstance(v, Fraction) else float(approximate(v, {})) for v in values]
        )

    def decide(self, vector: Vector, claim: Claim, deadline: Deadline) -> Outcome:
        """Decide a claim about one inequality."""
        f, numbers = self.function(vector)
        outcome = self._decide(f, numbers, vector, claim, deadline)
        if isinstance(outcome, Open) and numbers and not deadline.passed:
            # Terms such as e/(1+e) and 1/(1+e) hide cancellations from each other, and sums of
            # terms hide squares.
            simpler = self._simplified(vector)
            if simpler is not None and simpler != f:
                again = self._decide(simpler, numbers, vector, claim, deadline)
                return outcome if isinstance(again, Open) else again
        return outcome

    def _simplified(self, vector: Vector) -> rigor.Expression | None:
        whole = sympy.Add(*(rational(c) * self.terms[t] for t, c in vector))
        if any(part.exp.is_negative for part in whole.atoms(sympy.Pow)):
            simpler = sympy.cancel(sympy.together(whole))
        else:
            simpler = sympy.factor(whole)
        symbols = {a.symbol for a in self.aggregates}
        numbers = sorted({j for t, _ in vector for j in self.aggregates_of[t]})
        if not simpler.free_symbols <= symbols or not simpler.atoms(Unknown) <= whole.atoms(
            Unknown
        ):
            return None
        return to_rigor(simpler, self._places(numbers))

    def _decide(
        self,
        f: rigor.Expression,
        numbers: tuple[int, ...],
        vector: Vector,
        claim: Claim,
        deadline: Deadline,
    ) -> Outcome:
        if self.uncertain(numbers):
            from mfgcheck.game.family import decide_family

            return decide_family(self, f, numbers, vector, claim, deadline)
        if claim is Claim.NONNEGATIVE:
            return self._nonnegative(f, numbers, vector, deadline)
        return self._nondecreasing(f, numbers, vector, deadline)

    def _nonnegative(
        self, f: rigor.Expression, numbers: tuple[int, ...], vector: Vector, deadline: Deadline
    ) -> Outcome:
        if not numbers:
            sign = rigor.sign(f)
            if sign is None:
                return Open(f"the sign of the constant {self.text(vector)} could not be told")
            if sign >= 0:
                return Holds("constant")
            return Fails({0: Fraction(1)}, None, "at every mean field", everywhere=True)
        setting = self.setting(numbers)
        vertices = list(setting.distinct.values())
        affine = not setting.rational and _is_affine(f, len(numbers))
        signs: list[int | None] = []
        # An affine function is least at a vertex: look at all; else floats say which.
        for x in vertices if affine else self._suspects(vector, vertices):
            signs.append(self._sign_at(f, setting, {x: Fraction(1)}))
            if signs[-1] == -1:
                return Fails({x: Fraction(1)}, None, "at a vertex")
        if affine and None not in signs:
            return Holds("affine: exact at the vertices")
        result = rigor.prove_nonnegative(f, setting.region, limits(numbers, deadline))
        if isinstance(result, rigor.Proved):
            return Holds(result.method)
        if isinstance(result, rigor.Refuted):
            z = setting.mean_field(result.point)
            if z is not None and self._sign_at(f, setting, z) == -1:
                return Fails(z, None, "inside the simplex")
            return Open(
                f"{self.text(vector)} is negative so close to M that no mean field shows it"
            )
        return Open(self._undecided(vector, result, ">= 0"))

    def _nondecreasing(
        self, f: rigor.Expression, numbers: tuple[int, ...], vector: Vector, deadline: Deadline
    ) -> Outcome:
        if not numbers:
            return Holds("free of the mean field")
        setting = self.setting(numbers)
        pair = self._worst_vertex_pair(f, vector, setting)
        if pair is not None:
            return Fails(*pair, "between vertices")
        directions = list(setting.moves)
        result = rigor.prove_nondecreasing(f, setting.region, directions, limits(numbers, deadline))
        if isinstance(result, rigor.Proved):
            return Holds(result.method)
        if isinstance(result, rigor.Refuted):
            pair = self._interior_pair(f, setting, result)
            if pair is not None:
                return Fails(*pair, "inside the simplex")
            return Open(f"{self.text(vector)} falls so close to M that no mean fields show it")
        return Open(self._undecided(vector, result, "non-decreasing in z"))

    def _undecided(self, vector: Vector, result: rigor.Undecided, claim: str) -> str:
        return f"whether {self.text(vector)} is {claim}: {trouble(result)}"

    def _values(self, vector: Vector) -> Floats:
        values = np.zeros(self.states.size)
        with np.errstate(all="ignore"):
            for t, c in vector:
                values = values + to_float(c) * self.float_values(t)
        return values

    def _suspects(self, vector: Vector, vertices: list[int]) -> list[int]:
        """Return the vertices at which float values make a negative one seem possible."""
        values = self._values(vector)
        with np.errstate(all="ignore"):
            sizes = [np.abs(to_float(c) * self.float_values(t)) for t, c in vector]
            possible = ~(values > 1e-9 * np.sum(sizes, axis=0))
        return [x for x in vertices if possible[x]]

    def _sign_at(self, f: rigor.Expression, setting: Setting, z: Masses) -> int | None:
        return rigor.sign(rigor.substitute(f, setting.at(z)))

    def _worst_vertex_pair(
        self, f: rigor.Expression, vector: Vector, setting: Setting
    ) -> tuple[Masses, Masses] | None:
        """Return the comparable vertices x < x' where f falls most, if it falls anywhere."""
        values = self._values(vector)
        if not np.all(np.isfinite(values)):
            return None
        # highest[y]: the state below or at y where f is largest; by a pass along the covers
        highest = np.arange(len(values))
        lower, upper = (part.tolist() for part in self.states.covers)
        for x, y in zip(lower, upper, strict=True):  # lower ends come in increasing order
            if values[highest[x]] > values[highest[y]]:
                highest[y] = highest[x]
        falls = values[highest] - values
        y = int(np.argmax(falls))
        x = int(highest[y])
        if x == y:
            return None
        low, high = ({x: Fraction(1)}, {y: Fraction(1)})
        return (low, high) if self._falls(f, setting, low, high) else None

    def _falls(self, f: rigor.Expression, setting: Setting, z: Masses, z2: Masses) -> bool:
        before = rigor.substitute(f, setting.at(z))
        after = rigor.substitute(f, setting.at(z2))
        return rigor.sign(rigor.add(after, rigor.mul(rigor.const(Fraction(-1)), before))) == -1

    def _interior_pair(
        self, f: rigor.Expression, setting: Setting, result: rigor.Refuted
    ) -> tuple[Masses, Masses] | None:
        for z, z2 in ordered_pairs(setting, result):
            if self._falls(f, setting, z, z2):
                return z, z2
        return None


def trouble(result: rigor.Undecided) -> str:
    """Return what was tried, and the best bound that was reached."""
    if result.lower is None:
        return result.reason
    return f"{result.reason}; proved lower bound {short(result.lower, 3)}"


def limits(numbers: tuple[int, ...], deadline: Deadline) -> rigor.Limits:
    """Return what one decision may cost; a cell costs more in several variables."""
    return rigor.Limits(max_cells=20_000 if len(numbers) == 1 else 4_000, deadline=deadline.at)


def _is_affine(f: rigor.Expression, dimension: int) -> bool:
    """Whether every partial derivative of f is a constant."""
    return all(
        not rigor.variables(rigor.derivative(f, j)) and not rigor.has_step(f)
        for j in range(dimension)
    )
