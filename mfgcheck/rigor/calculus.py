"""Derivatives, substitution and text of expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from mfgcheck.rigor.algebra import (
    ONE,
    ZERO,
    Rational,
    add,
    const,
    exp,
    log,
    mul,
    positive_part,
    power,
    scaled,
    slope,
    step,
    tanh,
)
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
    children,
    variables,
)


class NotDifferentiable(ValueError):
    """A derivative was asked of the slope of a kink."""


@lru_cache(maxsize=20000)
def derivative(e: Expression, index: int) -> Expression:
    """The partial derivative; Clarke's for a positive part, and 0 for a step.

    Raises NotDifferentiable for the slope of a kink that depends on the variable.

    >>> from mfgcheck.rigor.algebra import var
    >>> derivative(exp(mul(const(2), var(0))), 0)
    2*exp(2*m0)
    """
    if index not in variables(e):
        return ZERO
    if isinstance(e, Add):
        return add(*(scaled(derivative(term, index), k) for term, k in e.terms))
    if isinstance(e, Var):
        return ONE
    if isinstance(e, Mul):
        return add(
            *(
                mul(derivative(f, index), *e.factors[:k], *e.factors[k + 1 :])
                for k, f in enumerate(e.factors)
            )
        )
    if isinstance(e, Step):
        return ZERO
    if isinstance(e, Slope):
        raise NotDifferentiable(f"the slope {e} has no derivative")
    (u,) = children(e)
    inner = derivative(u, index)
    if isinstance(e, Power):
        return mul(const(e.exponent), power(u, e.exponent - 1), inner)
    if isinstance(e, Exp):
        return mul(e, inner)
    if isinstance(e, Log):
        return mul(power(u, -1), inner)
    if isinstance(e, Tanh):
        return mul(add(ONE, scaled(power(e, 2), Fraction(-1))), inner)
    return mul(slope(u), inner)


def directional(e: Expression, direction: Sequence[Rational]) -> Expression:
    """The derivative along a direction.

    >>> from mfgcheck.rigor.algebra import var
    >>> directional(mul(var(0), var(1)), (1, -1))
    m1 - m0
    """
    return add(*(scaled(derivative(e, i), Fraction(k)) for i, k in enumerate(direction) if k))


def rebuild(e: Expression, parts: Sequence[Expression]) -> Expression:
    """The expression with its children replaced, simplified again.

    >>> from mfgcheck.rigor.algebra import var
    >>> rebuild(exp(var(0)), [const(0)])
    1
    """
    if isinstance(e, Add):
        return add(
            Const(e.constant), *(scaled(p, k) for p, (_, k) in zip(parts, e.terms, strict=True))
        )
    if isinstance(e, Mul):
        return mul(*parts)
    (u,) = parts
    if isinstance(e, Power):
        return power(u, e.exponent)
    if isinstance(e, Exp):
        return exp(u)
    if isinstance(e, Log):
        return log(u)
    if isinstance(e, Tanh):
        return tanh(u)
    if isinstance(e, PositivePart):
        return positive_part(u)
    if isinstance(e, Step):
        return step(u, e.strict)
    return slope(u)


def substitute(e: Expression, values: Mapping[int, Expression]) -> Expression:
    """The expression with variables replaced, all at once.

    >>> from mfgcheck.rigor.algebra import var
    >>> substitute(mul(var(0), var(1)), {0: var(1), 1: const(3)})
    3*m1
    """
    memo: dict[Expression, Expression] = {}

    def visit(node: Expression) -> Expression:
        if not any(index in values for index in variables(node)):
            return node
        if isinstance(node, Var):
            return values[node.index]
        if node not in memo:
            memo[node] = rebuild(node, [visit(child) for child in children(node)])
        return memo[node]

    return visit(e)


_NAMES = {Exp: "exp", Log: "log", Tanh: "tanh", PositivePart: "positive_part", Slope: "slope"}


def to_text(e: Expression, names: Sequence[str] = ()) -> str:
    """A readable form; variable i is `names[i]`, or `m<i>` beyond the names given.

    >>> from mfgcheck.rigor.algebra import var
    >>> to_text(add(const(1), mul(const(-2), exp(var(0)))), ["mean"])
    '1 - 2*exp(mean)'
    """
    if isinstance(e, Const):
        return str(e.value)
    if isinstance(e, Var):
        return names[e.index] if e.index < len(names) else f"m{e.index}"
    if isinstance(e, Add):
        text = str(e.constant) if e.constant else ""
        for term, k in e.terms:
            size = "" if abs(k) == 1 else f"{abs(k)}*"
            joint = (" - " if k < 0 else " + ") if text else ("-" if k < 0 else "")
            text += joint + size + to_text(term, names)
        return text
    if isinstance(e, Mul):
        return "*".join(
            f"({to_text(f, names)})" if isinstance(f, Add) else to_text(f, names) for f in e.factors
        )
    if isinstance(e, Power):
        base = to_text(e.base, names)
        plain = isinstance(e.base, Var | Exp | Log | Tanh) or base.isdigit()
        shown = str(e.exponent)
        return f"{base if plain else f'({base})'}^{shown if shown.isdigit() else f'({shown})'}"
    if isinstance(e, Step):
        return f"[{to_text(e.argument, names)} {'>' if e.strict else '>='} 0]"
    (u,) = children(e)
    return f"{_NAMES[type(e)]}({to_text(u, names)})"
