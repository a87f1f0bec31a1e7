"""Terms as quick Python functions of the aggregates, for loops that need thousands of values.

Every term becomes nested closures over floats. Nothing is hidden: a value that float64 does not
have (an overflow, a logarithm of 0) is an error that names the term and the mean field.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import sympy

from mfgcheck.errors import BadInput
from mfgcheck.game.floats import to_float
from mfgcheck.game.terms import Above, AtLeast, PositivePart

Scalar: TypeAlias = Callable[[Sequence[float]], float]

_LONGEST = 100  # letters of a term in a message
SLACK = 2.0**-40
"""A root of a number that lies below 0 by no more than this is taken to be 0: the game is valid,
so the number is >= 0, and what it misses is rounding."""


def compile_term(e: sympy.Expr, position: Mapping[sympy.Symbol, int]) -> Scalar:
    """Return a term as a function of the values of the aggregates, in the order of `position`.

    The function raises ArithmeticError or ValueError, or returns inf or nan, where the term has no
    value in float64; `value_of` turns that into words.

    >>> m = sympy.Symbol("m", real=True)
    >>> compile_term(sympy.exp(-m / 20), {m: 0})([20.0]) == math.exp(-1)
    True
    """
    if isinstance(e, sympy.Rational):
        return _constant(to_float(e))
    if isinstance(e, sympy.Symbol):
        at = position[e]
        return lambda m: m[at]
    if e is sympy.E:
        return _constant(math.e)
    parts = [compile_term(part, position) for part in e.args]
    made = _combine(e, parts)
    if e.free_symbols:
        return made
    try:
        return _constant(made(()))
    except (ArithmeticError, ValueError):
        return made  # it has no value, which is said when the value is asked for


def _constant(value: float) -> Scalar:
    return lambda m: value


def _combine(e: sympy.Expr, parts: list[Scalar]) -> Scalar:
    first = parts[0]
    if isinstance(e, sympy.Add):
        return _sum(parts)
    if isinstance(e, sympy.Mul):
        steps = [f for f, part in zip(parts, e.args, strict=True) if part.has(AtLeast, Above)]
        others = [f for f, part in zip(parts, e.args, strict=True) if not part.has(AtLeast, Above)]
        return _product(steps, others)
    if isinstance(e, sympy.exp):
        return lambda m: math.exp(first(m))
    if isinstance(e, sympy.log):
        return lambda m: math.log(first(m))
    if isinstance(e, sympy.tanh):
        return lambda m: math.tanh(first(m))
    if isinstance(e, PositivePart):
        return lambda m: max(first(m), 0.0)
    if isinstance(e, AtLeast):
        second = parts[1]
        return lambda m: 1.0 if first(m) >= second(m) else 0.0
    if isinstance(e, Above):
        second = parts[1]
        return lambda m: 1.0 if first(m) > second(m) else 0.0
    if isinstance(e, sympy.Pow):
        return _power(first, parts[1], whole=bool(e.exp.is_Integer))
    raise AssertionError(f"no float value for {e.func.__name__}")


def _sum(parts: list[Scalar]) -> Scalar:
    if len(parts) == 2:
        one, two = parts
        return lambda m: one(m) + two(m)
    return lambda m: math.fsum(part(m) for part in parts)


def _product(steps: list[Scalar], others: list[Scalar]) -> Scalar:
    def product(m: Sequence[float]) -> float:
        result = 1.0
        for step in steps:
            result *= step(m)
        if not result:  # where a step is 0, what it multiplies need not have a value
            return 0.0
        for other in others:
            result *= other(m)
        return result

    return product


def _power(base: Scalar, exponent: Scalar, *, whole: bool) -> Scalar:
    if whole:
        return lambda m: math.pow(base(m), exponent(m))

    def root(m: Sequence[float]) -> float:
        b = base(m)
        return math.pow(0.0 if -SLACK <= b < 0.0 else b, exponent(m))

    return root


def value_of(f: Scalar, term: sympy.Expr, m: Sequence[float], names: Sequence[str]) -> float:
    """Return a term's value.

    Raises:
        BadInput: float64 has none there.

    >>> x = sympy.Symbol("x", real=True)
    >>> value_of(compile_term(sympy.log(x), {x: 0}), sympy.log(x), [1.0], ["x"])
    0.0
    """
    try:
        value = f(m)
        why = "too large"
    except OverflowError:
        value, why = math.inf, "too large"
    except (ValueError, ZeroDivisionError):
        value, why = math.nan, "undefined"
    if math.isfinite(value):
        return value
    where = ", ".join(f"{name} = {number!r}" for name, number in zip(names, m, strict=True))
    at = f" at {where}" if where else ""
    text = str(term)
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + " .."
    raise BadInput(f"the term {shown} of the game is {why} for floating point{at}")
