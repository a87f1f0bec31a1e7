"""Functions of which a game knows only that they do not rise, and between which values they lie.

A game that uses one stands for all games with such a function in its place. What is proved of it is
proved for every such function.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from mfgcheck.errors import InvalidGame
from mfgcheck.game.numbers import exact


class Unknown(sympy.Function):  # type: ignore[misc]
    """The value of an unknown non-increasing function at a number or at an aggregate.

    Each function that `decreasing` returns is a subclass with `low` and `high` set; two with equal
    name and bounds are the same function.
    """

    nargs = 1
    is_real = True
    low: Fraction
    high: Fraction

    @classmethod
    def eval(cls, x: sympy.Expr) -> None:
        """Stay as it is: nothing is known of single values."""
        del x


_made: dict[tuple[str, Fraction, Fraction], type[Unknown]] = {}
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
        _made[key] = type(name, (Unknown,), {"low": bounds[0], "high": bounds[1]})
    return _made[key]
