"""Fast floating-point values of terms: to propose where to look, never to decide."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import sympy

from mfgcheck.game.sparse import Exact
from mfgcheck.game.terms import Above, AtLeast, PositivePart

Floats: TypeAlias = npt.NDArray[np.float64]


def to_float(value: int | Fraction | sympy.Rational) -> float:
    """Return a float near an exact number, infinite beyond the range of floats."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def quotients(values: Exact, denominator: int) -> Floats:
    """Return floats near values / denominator, infinite beyond the range of floats.

    >>> quotients(np.array([1, 10**400, -(10**400)], dtype=object), 2).tolist()
    [0.5, inf, -inf]
    """
    if values.dtype != object and denominator < 1 << 62:
        return np.asarray(values / denominator, dtype=np.float64)
    flat = [to_float(Fraction(int(v), denominator)) for v in values.ravel()]
    return np.array(flat, dtype=np.float64).reshape(values.shape)


def approximate(e: sympy.Expr, values: Mapping[sympy.Symbol, Floats]) -> Any:
    """Return float values of a term at many points; `values` gives each aggregate's.

    Overflow, and points where the term is undefined, give inf or nan.
    """
    with np.errstate(all="ignore"):
        return _value(e, values)


def _value(e: sympy.Expr, values: Mapping[sympy.Symbol, Floats]) -> Any:
    if isinstance(e, sympy.Rational):
        return np.float64(to_float(e))
    if isinstance(e, sympy.Symbol):
        return values[e]
    if e is sympy.E:
        return np.e
    parts = [_value(part, values) for part in e.args]
    if isinstance(e, sympy.Add):
        return sum(parts[1:], start=parts[0])
    if isinstance(e, sympy.Mul):
        result = parts[0]
        for part in parts[1:]:
            result = result * part
        return result
    if isinstance(e, sympy.Pow):
        return np.power(np.asarray(parts[0], dtype=np.float64), parts[1])
    if isinstance(e, sympy.exp):
        return np.exp(parts[0])
    if isinstance(e, sympy.log):
        return np.log(parts[0])
    if isinstance(e, sympy.tanh):
        return np.tanh(parts[0])
    if isinstance(e, PositivePart):
        return np.maximum(parts[0], 0.0)
    if isinstance(e, AtLeast):
        return np.asarray(parts[0] >= parts[1], dtype=np.float64)
    if isinstance(e, Above):
        return np.asarray(parts[0] > parts[1], dtype=np.float64)
    raise AssertionError(f"no float value for {e.func.__name__}")
