"""Functions of which a game knows only that they do not rise, and between which values they lie.

A game that uses one stands for all games with such a function in its place. What is proved of it is
proved for every such function.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

import sympy

from mfgcheck.errors import BadInput, InvalidGame
from mfgcheck.game.numbers import exact, rational


class Unknown(sympy.Function):  # type: ignore[misc]
    """The value of an unknown non-increasing function at a number or at an aggregate.

    Each function that `decreasing` returns is a subclass with `label`, `low` and `high` set; two
    with equal name and bounds are the same function.
    """

    nargs = 1
    is_real = True
    is_number = False  # else sympy would try to compute it, in Max say
    label: str
    low: Fraction
    high: Fraction

    def __new__(cls, x: object, **options: Any) -> Unknown:
        """Return the value at x.

        Raises:
            InvalidGame: x is neither a number nor made of aggregates, or is such a value itself.
        """
        made: Unknown = super().__new__(cls, _argument(cls.label, x), **options)
        return made

    @classmethod
    def eval(cls, x: sympy.Expr) -> None:
        """Stay as it is: nothing is known of single values."""
        del x

    @classmethod
    def _should_evalf(cls, x: sympy.Expr) -> int:
        del x
        return -1  # sympy evaluates functions of floats by their name: one may be called exp

    def _eval_evalf(self, precision: int) -> None:
        del precision

    def _sympystr(self, printer: Any) -> str:
        return f"{self.label}({printer.doprint(self.args[0])})"

    def _sympyrepr(self, printer: Any) -> str:
        return f"{self.label}[{self.low}, {self.high}]({printer.doprint(self.args[0])})"


UnknownFunction: TypeAlias = type[Unknown]

_made: dict[tuple[str, Fraction, Fraction], UnknownFunction] = {}
# sympy compares functions by their class, so equal functions must share one.


def decreasing(name: str, low: object, high: object) -> Any:
    """Return an unknown function that does not rise, with values in [low, high].

    Call it on a number or on an aggregate of the mean field, in `reward` and in `transition`. It
    need be neither continuous nor strictly decreasing; a report says where it matters.

    Args:
        name: how reports call it.
        low, high: exact bounds of its values, low <= high.

    Raises:
        InvalidGame: the name is no identifier, or there is no value between the bounds.

    Source: "p(s) is a decreasing function", Lee et al. (2021), section 2.

    >>> p = decreasing("p", 0, 1)
    >>> p(sympy.Integer(3)) - p(3), p(2) == decreasing("p", 0, 1)(2)
    (0, True)
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise InvalidGame(f"decreasing({name!r}, ..): the name must be an identifier, like p")
    bounds = exact(low, f"the lower bound of {name}"), exact(high, f"the upper bound of {name}")
    if bounds[0] > bounds[1]:
        raise InvalidGame(
            f"decreasing({name!r}, {low}, {high}): there is no value between the bounds"
        )
    key = (name, *bounds)
    if key not in _made:
        _made[key] = type(name, (Unknown,), {"label": name, "low": bounds[0], "high": bounds[1]})
    return _made[key]


def functions_in(applications: Iterable[Unknown]) -> tuple[UnknownFunction, ...]:
    """Return the functions that occur, by name.

    Raises:
        InvalidGame: two of them have the same name, which no report could tell apart.
    """
    found = sorted({type(e) for e in applications}, key=lambda p: (p.label, p.low, p.high))
    for p, q in pairwise(found):
        if p.label == q.label:
            raise InvalidGame(
                f"two unknown functions are called {p.label}, one with values in "
                f"{bounds_text(p)} and one in {bounds_text(q)}: give them different names"
            )
    return tuple(found)


def has_unknown(values: Iterable[object]) -> bool:
    """Whether values of unknown functions occur in numbers or expressions."""
    return any(isinstance(v, sympy.Expr) and v.has(Unknown) for v in values)


def bounds_text(p: UnknownFunction) -> str:
    """Return where the values of a function lie: `[0, 1]`."""
    return f"[{p.low}, {p.high}]"


def family_text(functions: Iterable[UnknownFunction]) -> str:
    """Say for which functions a verdict holds.

    >>> family_text([decreasing("p", 0, 1), decreasing("q", "1/2", 2)])
    'for every non-increasing p with values in [0, 1] and q with values in [1/2, 2]'
    """
    names = " and ".join(f"{p.label} with values in {bounds_text(p)}" for p in functions)
    return f"for every non-increasing {names}"


def refuse_family(functions: Iterable[UnknownFunction]) -> None:
    """Raise if a game that has unknown functions is given to what computes with numbers.

    Raises:
        BadInput: there is one.
    """
    for p in functions:
        raise BadInput(
            f"this needs a concrete function in the place of {p.label}: the game stands for all "
            f"games with a non-increasing {p.label}, and the clauses alone are decided for all of "
            "them"
        )


def _argument(name: str, x: object) -> sympy.Expr:
    if isinstance(x, sympy.Expr):
        if x.has(Unknown):
            raise InvalidGame(f"{name}({x}): values of unknown functions cannot be put into one")
        return x
    if isinstance(x, Fraction):
        return rational(x)
    if isinstance(x, float):  # kept as it is, so that the report can name the literal
        return sympy.Float(x)
    try:
        if not isinstance(x, bool):
            return sympy.Integer(operator.index(x))  # type: ignore[arg-type]  # and numpy integers
    except TypeError:
        pass
    raise InvalidGame(
        f"{name}({x!r}): {name} takes a number or an aggregate of the mean field, such as z.mean()"
    )
