"""What the constructors of expressions simplify keeps its value, and so do derivatives.

Formulas are nested tuples, rich in repeated factors and in roots, evaluated by mpmath.
"""

from __future__ import annotations

import random
from fractions import Fraction as Q
from typing import Any

import mpmath
import pytest

from mfgcheck import rigor
from mfgcheck.rigor.nodes import Mul, children

Formula = tuple[Any, ...]


def formula(rng: random.Random, depth: int) -> Formula:
    """f + g | f g | q f | f^2, f^3 | sqrt(f) | exp(-f / 3), positive where x, y > 0."""
    if depth == 0 or rng.random() < 0.1:
        return (
            ("var", rng.randrange(2)) if rng.random() < 0.8 else ("const", Q(rng.randint(1, 9), 2))
        )
    kind = rng.choice(["mul", "mul", "mul", "scale", "scale", "add", "power", "root", "exp"])
    inner = formula(rng, depth - 1)
    if kind in ("mul", "add"):
        other = inner if rng.random() < 0.3 else formula(rng, depth - 1)
        return (kind, inner, other)
    if kind == "scale":
        return ("mul", ("const", Q(rng.randint(1, 5), rng.randint(1, 3))), inner)
    return (kind, inner, rng.choice([2, 3])) if kind == "power" else (kind, inner)


def build(f: Formula) -> rigor.Expression:
    match f:
        case ("const", q):
            return rigor.const(q)
        case ("var", j):
            return rigor.var(j)
        case ("add", g, h):
            return rigor.add(build(g), build(h))
        case ("mul", g, h):
            return rigor.mul(build(g), build(h))
        case ("power", g, n):
            return rigor.power(build(g), n)
        case ("root", g):
            return rigor.power(build(g), Q(1, 2))
        case ("exp", g):
            return rigor.exp(rigor.mul(rigor.const(Q(-1, 3)), build(g)))
    raise AssertionError(f)


def value(f: Formula, at: tuple[Any, Any]) -> Any:
    match f:
        case ("const", q):
            return mpmath.mpf(q.numerator) / q.denominator
        case ("var", j):
            return at[j]
        case ("add", g, h):
            return value(g, at) + value(h, at)
        case ("mul", g, h):
            return value(g, at) * value(h, at)
        case ("power", g, n):
            return value(g, at) ** n
        case ("root", g):
            return mpmath.sqrt(value(g, at))
        case ("exp", g):
            return mpmath.exp(-value(g, at) / 3)
    raise AssertionError(f)


def enclosed(e: rigor.Expression, point: tuple[Q, Q]) -> tuple[Any, Any]:
    interval = rigor.enclose(e, [(x, x) for x in point], 192)
    assert interval.lower is not None
    assert interval.upper is not None
    low, high = (mpmath.mpf(x.numerator) / x.denominator for x in (interval.lower, interval.upper))
    return low, high


def parts(e: rigor.Expression) -> list[rigor.Expression]:
    return [e, *(inner for child in children(e) for inner in parts(child))]


@pytest.mark.parametrize("seed", range(20))
def test_simplification_and_derivatives_keep_the_value(seed: int) -> None:
    rng = random.Random(seed)
    with mpmath.workdps(60):
        for _ in range(60):
            f = formula(rng, rng.randint(2, 4))
            e = build(f)
            point = (Q(rng.randint(1, 7), 4), Q(rng.randint(1, 7), 4))
            x, y = (mpmath.mpf(p.numerator) / p.denominator for p in point)
            true = value(f, (x, y))
            if abs(true) > 10**12:
                continue
            low, high = enclosed(e, point)
            slack = mpmath.mpf(10) ** -40 * (1 + abs(true))
            assert low - slack <= true <= high + slack, (f, e)
            h = mpmath.mpf(10) ** -20
            slope = (value(f, (x + h, y)) - value(f, (x - h, y))) / (2 * h)
            low, high = enclosed(rigor.derivative(e, 0), point)
            slack = mpmath.mpf(10) ** -12 * (1 + abs(true) ** 3 + abs(slope))
            assert low - slack <= slope <= high + slack, (f, e)
            for node in parts(e):
                assert not isinstance(node, Mul) or len(set(node.factors)) == len(node.factors)
