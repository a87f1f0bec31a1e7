"""From user expressions to sums of terms: whitelist, normal form, and translation.

A weight or a reward is a sympy expression in aggregates of the mean field. It is brought to a sum
of rational multiples of *terms*, so that equal parts of different rows cancel exactly. Min, Max
and Abs are written with the positive part, and Piecewise with steps 1{m >= c} and 1{m > c}:

    Max(a, b) = b + pos(a - b),    Min(a, b) = a - pos(a - b),    |a| = 2 pos(a) - a,
    pos(-u) = pos(u) - u,          pos(q u) = q pos(u) for a rational q > 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or

from mfgcheck import rigor
from mfgcheck.errors import InvalidGame
from mfgcheck.game.numbers import from_sympy_float, rational
from mfgcheck.game.unknown import Unknown

Terms: TypeAlias = dict[sympy.Expr, Fraction]
"""A sum of rational multiples of terms; no coefficient is zero."""

ALLOWED = "+ - * / **, exp, log, sqrt, tanh, Min, Max, Abs and Piecewise"


class PositivePart(sympy.Function):  # type: ignore[misc]
    """max(u, 0), brought to a form in which pos(-u) and pos(2u) share the term pos(u)."""

    nargs = 1

    @classmethod
    def eval(cls, u: sympy.Expr) -> sympy.Expr | None:
        """Return the value or the normal form, None if it is in normal form."""
        if isinstance(u, sympy.Rational):
            return max(u, sympy.S.Zero)
        content, primitive = _expand(u).as_content_primitive()
        if primitive.could_extract_minus_sign():
            return content * (cls(_expand(-primitive)) + primitive)
        return None if content == 1 and primitive == u else content * cls(primitive)

    def _sympystr(self, printer: Any) -> str:
        return f"max({printer.doprint(self.args[0])}, 0)"


class AtLeast(sympy.Function):  # type: ignore[misc]
    """1{m >= c} for an aggregate m and a rational c."""

    nargs = 2

    def _sympystr(self, printer: Any) -> str:
        m, c = map(printer.doprint, self.args)
        return f"1{{{m} >= {c}}}"


class Above(sympy.Function):  # type: ignore[misc]
    """1{m > c} for an aggregate m and a rational c."""

    nargs = 2

    def _sympystr(self, printer: Any) -> str:
        m, c = map(printer.doprint, self.args)
        return f"1{{{m} > {c}}}"


_ALLOWED = (
    *(sympy.Add, sympy.Mul, sympy.Pow, sympy.Min, sympy.Max, sympy.Abs),
    *(sympy.exp, sympy.log, sympy.tanh),
    PositivePart,  # written by nobody, but terms are read again
)


class TermReader:
    """Reads user expressions.

    Attributes:
        floats: the float literals met.
        partial: quotients, logarithms and roots met outside Piecewise, and where: they must be
            finite as they were written, even if they cancel in the sum of terms.
        unknown: the values of unknown functions met.
    """

    def __init__(self) -> None:
        self.floats: set[str] = set()
        self.unknown: dict[Unknown, None] = {}
        self.partial: dict[sympy.Expr, str] = {}
        self._canonical: dict[sympy.Expr, sympy.Expr] = {}
        self._terms: dict[sympy.Expr, Terms] = {}
        self._whole: dict[sympy.Expr, Terms] = {}

    def read(self, expression: sympy.Expr, what: str) -> Terms:
        """Return an expression as a sum of terms.

        Raises:
            InvalidGame: it uses something outside the whitelist, or is not real and finite.
        """
        found = self._whole.get(expression)
        if found is None:
            found = self._sum(expression, what)
            self._whole[expression] = found
        return found

    def _sum(self, expression: sympy.Expr, what: str) -> Terms:
        # Addend by addend, so that the many rewards that differ in one number cost little.
        total: Terms = {}
        for addend in sympy.Add.make_args(expression):
            coefficient, rest = addend.as_coeff_Mul()
            if isinstance(coefficient, sympy.Float):
                coefficient = self._canon(coefficient, what)
            if not isinstance(coefficient, sympy.Rational):
                coefficient, rest = sympy.S.One, addend
            known = self._terms.get(rest)
            if known is None:
                known = split(_expand(self._canon(rest, what)))
                self._terms[rest] = known
            factor = Fraction(int(coefficient.p), int(coefficient.q))
            for term, number in known.items():
                total[term] = total.get(term, Fraction(0)) + factor * number
        return {term: number for term, number in total.items() if number}

    def _canon(self, e: sympy.Expr, what: str) -> sympy.Expr:
        known = self._canonical.get(e)
        if known is None:
            known = self._translate(e, what)
            self._canonical[e] = known
        return known

    def _translate(self, e: sympy.Expr, what: str) -> sympy.Expr:
        if isinstance(e, (sympy.Rational, sympy.Symbol)) or e is sympy.E:
            return e
        if isinstance(e, sympy.Float):
            number = from_sympy_float(e, f"a number in {what}")
            self.floats.add(repr(float(e)))
            return rational(number)
        if e in (sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
            raise InvalidGame(f"{what} is not a finite number ({e})")
        if e.has(sympy.I):
            raise InvalidGame(f"{what} is {e}, which is not real")
        if isinstance(e, sympy.Piecewise):
            return self._piecewise(e, what)
        if not isinstance(e, _ALLOWED):
            if isinstance(e, Unknown):
                return self._unknown(e, what)
            name = e.func.__name__ if isinstance(e, sympy.Function) else str(e)
            raise InvalidGame(
                f"{what} uses {name}, which is not among the functions allowed: {ALLOWED}"
            )
        parts = [self._canon(part, what) for part in e.args]
        if isinstance(e, sympy.Max):
            return reduce(lambda a, b: b + PositivePart(a - b), parts)
        if isinstance(e, sympy.Min):
            return reduce(lambda a, b: a - PositivePart(a - b), parts)
        if isinstance(e, sympy.Abs):
            return 2 * PositivePart(parts[0]) - parts[0]
        result = e.func(*parts)
        if isinstance(e, (sympy.Pow, sympy.log)) and not (e.is_Pow and _is_whole(e.exp)):
            self.partial.setdefault(result, what)
        if result.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
            raise InvalidGame(f"{what} is not a finite number ({e})")
        return result

    def _unknown(self, e: Unknown, what: str) -> Unknown:
        x = _expand(self._canon(e.args[0], what))
        if not all(term is sympy.S.One or isinstance(term, sympy.Symbol) for term in split(x)):
            raise InvalidGame(
                f"{what} uses {e}: {e.label} takes a rational number, or a sum of rational "
                "multiples of aggregates of the mean field"
            )
        value = type(e)(x)
        self.unknown[value] = None
        return value

    def _piecewise(self, e: sympy.Piecewise, what: str) -> sympy.Expr:
        total: sympy.Expr = sympy.S.Zero
        rest: sympy.Expr = sympy.S.One
        for value, condition in e.args:
            holds = _expand_steps(rest * self._indicator(condition, what))
            met = dict(self.partial)
            total += self._canon(value, what) * holds
            self.partial = met  # a piece need not be finite where it does not hold
            rest = _expand_steps(rest - holds)
            if rest == 0:
                return total
        raise InvalidGame(
            f"{what} is a Piecewise with no value where none of its conditions holds: "
            "end it with (value, True)"
        )

    def _indicator(self, condition: sympy.Basic, what: str) -> sympy.Expr:
        if isinstance(condition, BooleanTrue):
            return sympy.S.One
        if isinstance(condition, BooleanFalse):
            return sympy.S.Zero
        if isinstance(condition, And):
            return sympy.Mul(*(self._indicator(part, what) for part in condition.args))
        if isinstance(condition, Or):
            misses = (1 - self._indicator(part, what) for part in condition.args)
            return 1 - sympy.Mul(*misses)
        if isinstance(condition, Not):
            return 1 - self._indicator(condition.args[0], what)
        if isinstance(condition, Relational):
            return self._comparison(condition, what)
        raise InvalidGame(f"{what}: the condition {condition} is not a comparison")

    def _comparison(self, condition: Relational, what: str) -> sympy.Expr:
        difference = _expand(self._canon(condition.lhs - condition.rhs, what))
        symbols = sorted(difference.free_symbols, key=str)
        if len(symbols) == 1:
            m = symbols[0]
            slope = difference.coeff(m, 1)
            offset = difference.coeff(m, 0)
            if (
                isinstance(slope, sympy.Rational)
                and isinstance(offset, sympy.Rational)
                and slope != 0
                and sympy.expand(difference - slope * m - offset) == 0
            ):
                return _step(m, -offset / slope, condition, rising=bool(slope > 0))
        raise InvalidGame(
            f"{what}: the condition {condition} must compare one aggregate of the mean field "
            "with a rational number"
        )


def _is_whole(exponent: sympy.Expr) -> bool:
    return bool(exponent.is_Integer and exponent >= 0)


def _step(m: sympy.Symbol, c: sympy.Rational, condition: Relational, *, rising: bool) -> sympy.Expr:
    """Return the indicator of `m (condition) c`; `rising` tells the sign of m's coefficient."""
    at_least, above = AtLeast(m, c), Above(m, c)
    kind = condition.rel_op
    if not rising:
        kind = {">": "<", "<": ">", ">=": "<=", "<=": ">="}.get(kind, kind)
    table = {
        ">=": at_least,
        ">": above,
        "<": 1 - at_least,
        "<=": 1 - above,
        "==": at_least - above,
        "!=": 1 - at_least + above,
    }
    return table[kind]


def split(expanded: sympy.Expr) -> Terms:
    """Return an expanded expression as a sum of rational multiples of terms.

    >>> m = sympy.Symbol("m", real=True)
    >>> split(3 * m / 2 + 1) == {m: Fraction(3, 2), sympy.S.One: Fraction(1)}
    True
    """
    total: Terms = {}
    for addend in sympy.Add.make_args(expanded):
        coefficient, term = addend.as_coeff_Mul()
        if not isinstance(coefficient, sympy.Rational):
            raise AssertionError(f"not a rational coefficient: {addend}")
        number = Fraction(int(coefficient.p), int(coefficient.q))
        total[term] = total.get(term, Fraction(0)) + number
    return {term: number for term, number in total.items() if number}


def join(terms: Mapping[sympy.Expr, Fraction]) -> sympy.Expr:
    """Return the expression of a sum of terms."""
    return sympy.Add(*(rational(number) * term for term, number in terms.items()))


def vanishes(e: sympy.Expr) -> bool:
    """Whether an expression is identically zero, as far as algebra shows.

    True is a proof (common denominators, and cancellation of polynomials in the functions that
    occur); False means that it was not seen.
    """
    expanded = _expand(e)
    if expanded == 0:
        return True
    if expanded.has(sympy.tanh):
        expanded = expanded.rewrite(sympy.exp)
    numerator, _ = sympy.fraction(sympy.together(expanded))
    return bool(_expand(numerator) == 0)


def _expand(e: sympy.Expr) -> sympy.Expr:
    # log(x**2) and (x*y)**q stay as they are: sympy may not rewrite them without signs anyway.
    return _expand_steps(sympy.expand(e, log=False, power_base=False))


def _expand_steps(e: sympy.Expr) -> sympy.Expr:
    """Multiply steps out: 1{m >= a} 1{m > b} is the one with the higher threshold."""
    if not e.has(AtLeast, Above):
        return e
    e = sympy.expand(e, log=False, power_base=False)
    return sympy.Add(*(_merge_steps(addend) for addend in sympy.Add.make_args(e)))


def _merge_steps(product: sympy.Expr) -> sympy.Expr:
    highest: dict[sympy.Symbol, tuple[sympy.Rational, bool]] = {}
    others: list[sympy.Expr] = []
    for factor in sympy.Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        if isinstance(base, (AtLeast, Above)) and exponent.is_Integer and exponent > 0:
            m, c = base.args
            key = (c, isinstance(base, Above))
            if m not in highest or key > highest[m]:
                highest[m] = key
        else:
            others.append(factor)
    steps = ((Above if strict else AtLeast)(m, c) for m, (c, strict) in highest.items())
    return sympy.Mul(*others, *steps)


def to_rigor(e: sympy.Expr, variables: Mapping[sympy.Expr, int]) -> rigor.Expression:
    """Translate a term (or a sum of terms) for the arithmetic that proves.

    `variables` gives the number of the variable that each aggregate becomes, and each value of an
    unknown function.
    """
    if isinstance(e, sympy.Rational):
        return rigor.const(Fraction(int(e.p), int(e.q)))
    if isinstance(e, (sympy.Symbol, Unknown)):
        return rigor.var(variables[e])
    if e is sympy.E:
        return rigor.exp(rigor.const(Fraction(1)))
    parts = [to_rigor(part, variables) for part in e.args]
    if isinstance(e, sympy.Add):
        return rigor.add(*parts)
    if isinstance(e, sympy.Mul):
        return rigor.mul(*parts)
    if isinstance(e, sympy.exp):
        return rigor.exp(parts[0])
    if isinstance(e, sympy.log):
        return rigor.log(parts[0])
    if isinstance(e, sympy.tanh):
        return rigor.tanh(parts[0])
    if isinstance(e, PositivePart):
        return rigor.positive_part(parts[0])
    if isinstance(e, (AtLeast, Above)):
        below = rigor.mul(rigor.const(Fraction(-1)), parts[1])
        return rigor.step(rigor.add(parts[0], below), isinstance(e, Above))
    if isinstance(e, sympy.Pow):
        exponent = e.exp
        if isinstance(exponent, sympy.Rational):
            return rigor.power(parts[0], Fraction(int(exponent.p), int(exponent.q)))
        return rigor.exp(rigor.mul(parts[1], rigor.log(parts[0])))
    raise AssertionError(f"no translation for {e.func.__name__}")
