"""The constructors of expressions: they fold, flatten, collect and keep the canonical form."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd, lcm

from mfgcheck.rigor.nodes import (
    Add,
    Const,
    Exp,
    Expression,
    Log,
    Mul,
    PositivePart,
    Power,
    Slope,
    Step,
    Tanh,
    Var,
)

Rational = int | Fraction

ZERO = Const(Fraction(0))
ONE = Const(Fraction(1))


def const(value: Rational) -> Const:
    """The rational number `value`.

    >>> const(3)
    3
    """
    return Const(Fraction(value))


def var(index: int) -> Var:
    """The variable `index` (0, 1, ...).

    >>> var(0)
    m0
    """
    return Var(index)


def _linear(constant: Fraction, terms: Iterable[tuple[Expression, Fraction]]) -> Expression:
    kept = tuple((term, k) for term, k in terms if k)
    if not kept:
        return Const(constant)
    if not constant and len(kept) == 1 and kept[0][1] == 1:
        return kept[0][0]
    return Add(constant, kept)


def scaled(e: Expression, factor: Fraction) -> Expression:
    """A rational multiple.

    >>> scaled(add(var(0), const(1)), Fraction(2))
    2 + 2*m0
    """
    if isinstance(e, Const):
        return Const(e.value * factor)
    if factor == 1:
        return e
    if isinstance(e, Add):
        return _linear(e.constant * factor, ((term, k * factor) for term, k in e.terms))
    return _linear(Fraction(0), ((e, factor),))


def add(*terms: Expression) -> Expression:
    """The sum of the terms, like terms collected.

    >>> add(exp(const(2)), var(0), mul(const(-1), exp(const(2))))
    m0
    """
    constant = Fraction(0)
    collected: dict[Expression, Fraction] = {}
    for e in terms:
        if isinstance(e, Const):
            constant += e.value
        elif isinstance(e, Add):
            constant += e.constant
            for term, k in e.terms:
                collected[term] = collected.get(term, Fraction(0)) + k
        else:
            collected[e] = collected.get(e, Fraction(0)) + 1
    return _linear(constant, collected.items())


def subtract(left: Expression, right: Expression) -> Expression:
    """`left - right`.

    >>> subtract(var(0), var(0))
    0
    """
    return add(left, scaled(right, Fraction(-1)))


def _split(e: Expression) -> tuple[Fraction, Expression]:
    """`e = k * core` with the core's coefficients coprime integers and its sign fixed."""
    if isinstance(e, Const):
        return e.value, ONE
    if not isinstance(e, Add):
        return Fraction(1), e
    numbers = [k for _, k in e.terms] + ([e.constant] if e.constant else [])
    content = Fraction(gcd(*(k.numerator for k in numbers)), lcm(*(k.denominator for k in numbers)))
    # The sign must not depend on the order of the terms; hashes here are free of strings and
    # addresses, so the choice is also the same in every run.
    leading = e.constant or min(e.terms, key=lambda pair: hash(pair[0]))[1]
    if leading < 0:
        content = -content
    return content, scaled(e, 1 / content)


def mul(*factors: Expression) -> Expression:
    """The product of the factors; a rational number times a sum is expanded.

    >>> mul(const(2), add(var(0), const(1)))
    2 + 2*m0
    """
    coefficient = Fraction(1)
    exponents: dict[Expression, Fraction] = {}
    exponential: list[Expression] = []
    stack = list(reversed(factors))
    while stack:
        e = stack.pop()
        if isinstance(e, Mul):
            stack.extend(reversed(e.factors))
            continue
        k, core = _split(e)
        coefficient *= k
        if not coefficient:
            return ZERO
        if isinstance(core, Mul):
            stack.extend(reversed(core.factors))
        elif isinstance(core, Exp):
            exponential.append(core.argument)
        elif isinstance(core, Power):
            exponents[core.base] = exponents.get(core.base, Fraction(0)) + core.exponent
        elif not isinstance(core, Const):
            exponents[core] = exponents.get(core, Fraction(0)) + 1
    _merge_roots(exponents)
    parts: list[Expression] = []
    changed = False
    for base, exponent in exponents.items():
        k, core = _split(base if exponent == 1 else power(base, exponent))
        coefficient *= k
        if isinstance(core, Const):
            continue
        changed = changed or (core.base if isinstance(core, Power) else core) != base
        parts.append(core)
    if changed:  # a factor became another, as sqrt(x y)^2 becomes x y: collect once more
        return mul(Const(coefficient), *parts, *(Exp(u) for u in exponential))
    if exponential:
        last = exp(add(*exponential))
        k, core = _split(last)
        coefficient *= k
        if not isinstance(core, Const | Exp):  # the exponents added up to a logarithm
            return mul(Const(coefficient), *parts, core)
        if isinstance(core, Exp):
            parts.append(core)
    if not parts:
        return Const(coefficient)
    return scaled(parts[0] if len(parts) == 1 else Mul(tuple(parts)), coefficient)


def _merge_roots(exponents: dict[Expression, Fraction]) -> None:
    """Write roots of positive numbers with one exponent as one: 3^(1/2) 5^(1/2) = 15^(1/2)."""
    roots = [
        (base, exponent)
        for base, exponent in exponents.items()
        if isinstance(base, Const) and base.value > 0 and exponent.denominator > 1
    ]
    if len(roots) < 2:
        return
    for base, _ in roots:
        del exponents[base]
    products: dict[Fraction, Fraction] = {}
    for base, exponent in roots:
        assert isinstance(base, Const)
        products[exponent] = products.get(exponent, Fraction(1)) * base.value
    for exponent, value in products.items():
        merged = const(value)
        exponents[merged] = exponents.get(merged, Fraction(0)) + exponent


def _root(value: int, order: int) -> int | None:
    """The exact non-negative root of an integer, or None."""
    low, high = 0, 1 << (value.bit_length() // order + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle**order <= value:
            low = middle
        else:
            high = middle - 1
    return low if low**order == value else None


def _rational_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if abs(exponent.numerator) > 512:
        return None
    if base == 0:
        return Fraction(0) if exponent > 0 else None
    if exponent.denominator == 1:
        return base**exponent.numerator
    if base < 0:
        return None
    top = _root(base.numerator, exponent.denominator)
    bottom = _root(base.denominator, exponent.denominator)
    if top is None or bottom is None:
        return None
    return Fraction(top, bottom) ** exponent.numerator


def power(base: Expression, exponent: Rational) -> Expression:
    """`base ** exponent` for a rational exponent.

    >>> power(const(Fraction(9, 4)), Fraction(1, 2))
    3/2
    >>> power(power(var(0), 2), Fraction(1, 2))
    (m0^2)^(1/2)
    """
    exponent = Fraction(exponent)
    if exponent == 0:
        return ONE
    if exponent == 1:
        return base
    if isinstance(base, Const):
        value = _rational_power(base.value, exponent)
        return Power(base, exponent) if value is None else Const(value)
    if isinstance(base, Exp):
        return exp(scaled(base.argument, exponent))
    whole = exponent.denominator == 1
    if isinstance(base, Power):
        # (u^p)^q = u^(pq) where both are defined, save for an even p and a fraction q.
        even = base.exponent.denominator == 1 and base.exponent.numerator % 2 == 0
        if whole or not even:
            return power(base.base, base.exponent * exponent)
    if whole and isinstance(base, Mul):
        return mul(*(power(factor, exponent) for factor in base.factors))
    if isinstance(base, Add):
        k, core = _split(base)
        if not whole and k < 0:
            k, core = -k, scaled(core, Fraction(-1))
        outer = _rational_power(k, exponent)
        if k != 1 and outer is not None:
            return scaled(power(core, exponent), outer)
    return Power(base, exponent)


def sqrt(argument: Expression) -> Expression:
    """The square root.

    >>> sqrt(const(4))
    2
    """
    return power(argument, Fraction(1, 2))


def exp(argument: Expression) -> Expression:
    """The exponential function.

    >>> mul(exp(var(0)), exp(mul(const(-1), var(0))))
    1
    """
    if argument == ZERO:
        return ONE
    if isinstance(argument, Log):
        return argument.argument
    return Exp(argument)


def log(argument: Expression) -> Expression:
    """The natural logarithm.

    >>> log(const(1))
    0
    """
    if argument == ONE:
        return ZERO
    if isinstance(argument, Exp):
        return argument.argument
    return Log(argument)


def tanh(argument: Expression) -> Expression:
    """The hyperbolic tangent.

    >>> add(tanh(var(0)), tanh(mul(const(-1), var(0))))
    0
    """
    if argument == ZERO:
        return ZERO
    if _split(argument)[0] < 0:
        return scaled(Tanh(scaled(argument, Fraction(-1))), Fraction(-1))
    return Tanh(argument)


def _direction(argument: Expression) -> tuple[Fraction, Expression]:
    """`argument = k * core` with k > 0."""
    k, core = _split(argument)
    return (k, core) if k > 0 else (-k, scaled(core, Fraction(-1)))


def positive_part(argument: Expression) -> Expression:
    """`max(argument, 0)`.

    >>> positive_part(const(-2))
    0
    """
    if isinstance(argument, Const):
        return argument if argument.value > 0 else ZERO
    if isinstance(argument, PositivePart | Exp):
        return argument
    k, core = _direction(argument)
    return scaled(PositivePart(core), k)


def step(argument: Expression, strict: bool) -> Expression:  # noqa: FBT001
    """1 where the argument is > 0 (strict) or >= 0 (not strict), else 0.

    >>> step(const(0), strict=False), step(const(0), strict=True)
    (1, 0)
    """
    if isinstance(argument, Const):
        return ONE if argument.value > 0 or (argument.value == 0 and not strict) else ZERO
    return Step(_direction(argument)[1], strict)


def slope(argument: Expression) -> Expression:
    """The generalised derivative of `positive_part` (see `Slope`).

    >>> slope(const(3))
    1
    """
    if isinstance(argument, Const) and argument.value:
        return ONE if argument.value > 0 else ZERO
    return Slope(argument if isinstance(argument, Const) else _direction(argument)[1])
