"""Immutable real expressions with rational coefficients, kept in a collected canonical form.

A sum is `constant + sum(coefficient * term)` with rational numbers and distinct terms that are
not sums; a product has no rational factor. Equal terms therefore cancel exactly, which is what
lets an irrational constant such as exp(-6/5) drop out of a difference. Simplification never
changes a value; it may define an expression where its parts were not (x / x is 1).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


class Expression:
    """A scalar function of variables 0, 1, 2, ...; build it with the functions of this module.

    Immutable; structurally equal expressions compare and hash equal, whatever the order of
    their terms and factors.
    """

    _tag = 0
    _hash: int
    _variables: frozenset[int]

    def _key(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            value = hash((self._tag, *self._key()))
            object.__setattr__(self, "_hash", value)
            return value

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or hash(self) != hash(other):
            return False
        return isinstance(other, Expression) and self._key() == other._key()

    def __repr__(self) -> str:
        from mfgcheck.rigor.calculus import to_text

        return to_text(self)


@dataclass(frozen=True, eq=False, repr=False)
class Const(Expression):
    """A rational number."""

    value: Fraction
    _tag = 1

    def _key(self) -> tuple[Any, ...]:
        return (self.value,)


@dataclass(frozen=True, eq=False, repr=False)
class Var(Expression):
    """The variable with this index."""

    index: int
    _tag = 2

    def _key(self) -> tuple[Any, ...]:
        return (self.index,)


@dataclass(frozen=True, eq=False, repr=False)
class Add(Expression):
    """`constant + sum(coefficient * term)`; the terms are distinct and no sums."""

    constant: Fraction
    terms: tuple[tuple[Expression, Fraction], ...]
    _tag = 3

    def _key(self) -> tuple[Any, ...]:
        return (self.constant, frozenset(self.terms))


@dataclass(frozen=True, eq=False, repr=False)
class Mul(Expression):
    """The product of two or more factors, none of them rational."""

    factors: tuple[Expression, ...]
    _tag = 4

    def _key(self) -> tuple[Any, ...]:
        # with multiplicity: x x y is not x y
        return (frozenset(Counter(self.factors).items()),)


@dataclass(frozen=True, eq=False, repr=False)
class Power(Expression):
    """`base ** exponent`, a rational exponent; with a proper fraction the base must be >= 0."""

    base: Expression
    exponent: Fraction
    _tag = 5

    def _key(self) -> tuple[Any, ...]:
        return (self.base, self.exponent)


@dataclass(frozen=True, eq=False, repr=False)
class Exp(Expression):
    """The exponential function."""

    argument: Expression
    _tag = 6

    def _key(self) -> tuple[Any, ...]:
        return (self.argument,)


@dataclass(frozen=True, eq=False, repr=False)
class Log(Expression):
    """The natural logarithm of a positive number."""

    argument: Expression
    _tag = 7

    def _key(self) -> tuple[Any, ...]:
        return (self.argument,)


@dataclass(frozen=True, eq=False, repr=False)
class Tanh(Expression):
    """The hyperbolic tangent."""

    argument: Expression
    _tag = 8

    def _key(self) -> tuple[Any, ...]:
        return (self.argument,)


@dataclass(frozen=True, eq=False, repr=False)
class PositivePart(Expression):
    """`max(argument, 0)`."""

    argument: Expression
    _tag = 9

    def _key(self) -> tuple[Any, ...]:
        return (self.argument,)


@dataclass(frozen=True, eq=False, repr=False)
class Step(Expression):
    """1 where the argument is > 0 (strict) or >= 0 (not strict), else 0."""

    argument: Expression
    strict: bool
    _tag = 10

    def _key(self) -> tuple[Any, ...]:
        return (self.argument, self.strict)


@dataclass(frozen=True, eq=False, repr=False)
class Slope(Expression):
    """Clarke's derivative of `max(u, 0)` in u: {0} below 0, {1} above, all of [0, 1] at 0."""

    argument: Expression
    _tag = 11

    def _key(self) -> tuple[Any, ...]:
        return (self.argument,)


def children(e: Expression) -> tuple[Expression, ...]:
    """The direct sub-expressions.

    >>> children(Exp(Var(1)))
    (m1,)
    """
    if isinstance(e, Add):
        return tuple(term for term, _ in e.terms)
    if isinstance(e, Mul):
        return e.factors
    if isinstance(e, Power):
        return (e.base,)
    if isinstance(e, Exp | Log | Tanh | PositivePart | Step | Slope):
        return (e.argument,)
    return ()


def variables(e: Expression) -> frozenset[int]:
    """The indices of the variables that occur.

    >>> sorted(variables(Mul((Var(2), Exp(Var(0))))))
    [0, 2]
    """
    try:
        return e._variables
    except AttributeError:
        found: frozenset[int] = frozenset((e.index,)) if isinstance(e, Var) else frozenset()
        found = found.union(*(variables(child) for child in children(e)))
        object.__setattr__(e, "_variables", found)
        return found
