"""The mean field as user code sees it: traced (symbols) or concrete (numbers)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn, TypeAlias

import sympy

from mfgcheck import rigor
from mfgcheck.errors import InvalidGame
from mfgcheck.game.numbers import exact, label_text, normal_label, rational
from mfgcheck.game.orders import Order
from mfgcheck.game.terms import TermReader, join, to_rigor
from mfgcheck.game.unknown import Unknown
from mfgcheck.game.values import span

Phi: TypeAlias = Callable[[Any], object]
Value: TypeAlias = Fraction | sympy.Expr
"""A number: a Fraction, or a sympy expression of an irrational constant."""


@dataclass(frozen=True, eq=False)
class Aggregate:
    """A linear functional of the mean field, sum over x of z(x) phi(x).

    `values[i]` is phi at the state numbered i; `symbol` stands for the aggregate in expressions.
    """

    symbol: sympy.Symbol
    values: tuple[Value, ...]

    @property
    def name(self) -> str:
        """How reports call it."""
        return str(self.symbol.name)


_ZERO, _ONE = Fraction(0), Fraction(1)


class MeanField:
    """A mean field z, a law on the states, of which user code may take linear functionals."""

    def __init__(self, states: Order) -> None:
        self.states = states
        self._known: dict[Hashable, sympy.Expr] = {}
        self._kept: list[object] = []  # keeps objects alive whose identity is a key
        self._reader = TermReader()

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """The values of unknown functions that aggregates were made of."""
        return tuple(self._reader.unknown)

    def mean(self, phi: Phi | None = None) -> sympy.Expr:
        """Return the sum over states x of z(x) phi(x); phi is the identity unless given.

        phi receives each state's label (numbers exact) and returns a real number.
        """
        if phi is None:
            return self._functional("mean", ("mean",), self._number)
        key, owner = _function_key(phi)
        if key not in self._known:
            self._kept.append(owner)
        name = getattr(phi, "__name__", "phi")
        name = "mean(phi)" if name == "<lambda>" else f"mean({name})"
        return self._functional(name, key, lambda i: self._apply(phi, i))

    def __getitem__(self, x: object) -> sympy.Expr:
        """Return z(x), the mass of the state x."""
        i = self._state(x)
        name = f"z[{self.states.text(i)}]"
        return self._functional(name, ("mass", i), lambda j: _ONE if j == i else _ZERO)

    def tail(self, x: object) -> sympy.Expr:
        """Return the mass of all states above or equal to x."""
        i = self._state(x)
        name = f"tail({self.states.text(i)})"
        position = self.states.coordinates
        above = (position >= position[i]).all(axis=1)
        return self._functional(name, ("tail", i), lambda j: _ONE if above[j] else _ZERO)

    def _functional(self, name: str, key: Hashable, value: Callable[[int], Value]) -> sympy.Expr:
        if key not in self._known:
            self._known[key] = self._evaluate(name, value)
        return self._known[key]

    @abstractmethod
    def _evaluate(self, name: str, value: Callable[[int], Value]) -> sympy.Expr:
        """Return the symbol or the number of the functional with this value at each state."""

    def _state(self, x: object) -> int:
        if isinstance(x, sympy.Expr) and x.free_symbols:
            raise InvalidGame(f"z[{x}]: the state must be fixed, not depend on the mean field")
        i = self.states.index.get(normal_label(x))
        if i is None:
            raise InvalidGame(f"z[{x}]: {x} is not a state")
        return i

    def _number(self, i: int) -> Value:
        label = self.states.labels[i]
        if isinstance(label, (int, Fraction)):
            return Fraction(label)
        raise InvalidGame(
            f"z.mean() needs states that are numbers, not {label_text(label)!r}: "
            "give a function of the state, z.mean(phi)"
        )

    def _apply(self, phi: Phi, i: int) -> Value:
        what = f"phi({self.states.text(i)}) in z.mean(phi)"
        return real_constant(phi(self.states.values[i]), what, self._reader)

    def __iter__(self) -> NoReturn:
        raise InvalidGame("z is not a list: use z.mean(phi), z[x] or z.tail(x)")

    def __array__(self, *_: object, **__: object) -> NoReturn:
        raise InvalidGame("z is not an array: use z.mean(phi), z[x] or z.tail(x)")


class TracedMeanField(MeanField):
    """A mean field whose functionals are sympy symbols; it collects the aggregates asked for."""

    def __init__(self, states: Order) -> None:
        super().__init__(states)
        self.aggregates: dict[sympy.Symbol, Aggregate] = {}
        self._by_values: dict[tuple[Value, ...], sympy.Symbol] = {}

    def _evaluate(self, name: str, value: Callable[[int], Value]) -> sympy.Expr:
        values = tuple(value(i) for i in range(self.states.size))
        first = values[0]
        if all(other == first for other in values):
            return rational(first) if isinstance(first, Fraction) else first
        if values not in self._by_values:
            taken = {aggregate.name for aggregate in self.aggregates.values()}
            number = 2
            unique = name
            while unique in taken:
                unique = f"{name[:-1]}{number})" if name.endswith(")") else f"{name}{number}"
                number += 1
            symbol = sympy.Symbol(unique, real=True)
            self.aggregates[symbol] = Aggregate(symbol, values)
            self._by_values[values] = symbol
        return self._by_values[values]


class ConcreteMeanField(MeanField):
    """A mean field with given rational masses; its functionals are exact numbers.

    Raises:
        InvalidGame: a key is not a state, a mass is negative, or the masses do not sum to 1.

    >>> from mfgcheck.game.orders import chain
    >>> ConcreteMeanField(chain(3), {0: "1/4", 2: "3/4"}).mean()
    3/2
    """

    def __init__(self, states: Order, masses: Mapping[Any, object]) -> None:
        super().__init__(states)
        self._masses = {self._state(x): exact(p, f"z[{x}]") for x, p in masses.items()}
        for i, mass in self._masses.items():
            if mass < 0:
                raise InvalidGame(f"mean field: z[{states.text(i)}] = {mass} is negative")
        total = sum(self._masses.values(), Fraction(0))
        if total != 1:
            raise InvalidGame(f"mean field: the masses sum to {total}, not 1")

    def _evaluate(self, name: str, value: Callable[[int], Value]) -> sympy.Expr:
        del name
        parts = ((mass, value(i)) for i, mass in self._masses.items())
        return sympy.Add(
            *(rational(p) * (rational(v) if isinstance(v, Fraction) else v) for p, v in parts)
        )


class NamedMeanField(ConcreteMeanField):
    """A concrete mean field that answers with symbols, and keeps what they stand for aside.

    So user code computes with exact symbols here as it does when it is traced: a float literal
    times a number would be rounded.
    """

    def __init__(self, states: Order, masses: Mapping[Any, object]) -> None:
        super().__init__(states, masses)
        self.numbers: dict[sympy.Symbol, sympy.Expr] = {}

    def _evaluate(self, name: str, value: Callable[[int], Value]) -> sympy.Expr:
        symbol = sympy.Symbol(f"m{len(self.numbers)}", real=True)
        self.numbers[symbol] = super()._evaluate(name, value)
        return symbol


def real_constant(value: object, what: str, reader: TermReader) -> Value:
    """Read a real number that may be irrational: a Fraction, or a constant sympy expression.

    It may hold values of unknown functions at numbers.

    Raises:
        InvalidGame: the value is not a finite real number.
    """
    if not isinstance(value, sympy.Expr) or isinstance(value, (sympy.Rational, sympy.Float)):
        return exact(value, what)
    if value.free_symbols:
        raise InvalidGame(f"{what} is {value}: it must be a number")
    terms = reader.read(value, what)
    if set(terms) <= {sympy.S.One}:
        return terms.get(sympy.S.One, Fraction(0))
    constant = join(terms)
    if constant.has(Unknown):
        if span(constant) is None:
            raise InvalidGame(f"{what} is {value}: it must be a finite real number")
        return constant
    enclosure = rigor.enclose(to_rigor(constant, {}), [])
    if enclosure.lower is None or enclosure.upper is None:
        raise InvalidGame(f"{what} is {value}: it must be a finite real number")
    return constant


def _function_key(phi: Phi, above: frozenset[int] = frozenset()) -> tuple[Hashable, object]:
    """Return a key under which equal functions meet, and the objects that the key speaks of.

    A function written inside `reward` or `transition` is a new object at every call; its code,
    its module, its defaults and what it closes over tell whether it is the same function. `above`
    holds the functions whose keys are being made, in case one closes over itself.
    """
    itself = ("object", id(phi)), phi
    code = getattr(phi, "__code__", None)
    if code is None or hasattr(phi, "__self__") or id(phi) in above:
        return itself
    try:
        captured = (
            *(cell.cell_contents for cell in getattr(phi, "__closure__", None) or ()),
            *(getattr(phi, "__defaults__", None) or ()),
            *(getattr(phi, "__kwdefaults__", None) or {}).values(),
        )
    except ValueError:  # a cell that is still empty
        return itself
    inner = [
        _function_key(item, above | {id(phi)})
        if hasattr(item, "__code__")
        else ((type(item), item), item)
        for item in captured
    ]
    module = getattr(phi, "__globals__", None)
    key = (code, id(module), tuple(part for part, _ in inner))
    try:
        hash(key)
    except TypeError:  # it closes over something unhashable, a list say: no two calls are shared
        return itself
    return key, (phi, inner)
