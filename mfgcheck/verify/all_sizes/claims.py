"""Claims about formulas of the mean field, decided at all sizes together.

The mean state ranges over [0, |S| - 1]: a claim that holds on [0, infinity) holds at every size,
and one that fails with all mass at 0, or between all at 0 and all at 1, fails at every size.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

import sympy

from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.all_sizes.abstract import MEAN, Mass, MeanOf, Tail, X, mean_field_parts
from mfgcheck.verify.all_sizes.directions import MEAN_FIELD, direction
from mfgcheck.verify.all_sizes.signs import range_of
from mfgcheck.verify.all_sizes.sums import direction_of, expand, sign_of


class Fails(IntEnum):
    """For which unknown functions a claim fails; without any, it is ALWAYS."""

    ALWAYS = 0
    STRICT = 1
    SOME = 2


@dataclass(frozen=True)
class Outcome:
    """A claim about a formula: it holds, or it fails for these functions, or it is open.

    `text` tells the value that refutes it.
    """

    holds: bool
    fails: Fails | None = None
    text: str = ""


HOLDS, OPEN = Outcome(holds=True), Outcome(holds=False)


def at_state(e: sympy.Expr, j: int) -> sympy.Expr:
    """Return a formula with all mass at the state j.

    >>> at_state(MEAN + MeanOf(X**2) + Mass(sympy.Integer(3)), 2)
    6
    """
    state = sympy.Integer(j)
    found = {
        part: part.args[0].xreplace({X: state})
        if isinstance(part, MeanOf)
        else sympy.S(int(part.args[0] == state if isinstance(part, Mass) else j >= part.args[0]))
        for part in e.atoms(MeanOf, Mass, Tail)
    }
    return e.xreplace(found).xreplace({MEAN: state})


def nonnegative(e: sympy.Expr) -> Outcome:
    """Decide whether a formula of the mean field alone is >= 0, whatever its size."""
    if sign_of(e).nonnegative or _polynomial_is_nonnegative(e):
        return HOLDS
    if not _can_be_evaluated(e):
        return OPEN
    found = [outcome for j in (0, 1) if (outcome := _negative_at(e, j)).fails is not None]
    return min(found, key=lambda outcome: outcome.fails or Fails.ALWAYS, default=OPEN)


def _negative_at(e: sympy.Expr, j: int) -> Outcome:
    """Tell for which unknown functions a formula is negative with all mass at j."""
    value = expand(at_state(e, j))
    text = f"it is {value} with all mass at {j}"
    if sign_of(-value).positive:
        return Outcome(holds=False, fails=Fails.ALWAYS, text=text)
    if sign_of(-value, strictly=True).positive:
        return Outcome(holds=False, fails=Fails.STRICT, text=text)
    for function in sorted(value.atoms(Unknown), key=str):
        for bound in (function.high, function.low):
            number = sympy.Rational(bound.numerator, bound.denominator)
            if _alone(value) and sign_of(-value.xreplace({function: number})).positive:
                text = f"{text}, negative if {function} = {number}"
                return Outcome(holds=False, fails=Fails.SOME, text=text)
    return OPEN


def nondecreasing(e: sympy.Expr) -> Outcome:
    """Decide whether a formula of the mean field alone rises with it, whatever the size."""
    if direction_of(e, MEAN_FIELD).up or _polynomial_rises(e):
        return HOLDS
    if not _can_be_evaluated(e):
        return OPEN
    change = expand(at_state(e, 1) - at_state(e, 0))
    text = f"it changes by {change} as all mass moves from 0 to 1"
    if sign_of(-change).positive:
        return Outcome(holds=False, fails=Fails.ALWAYS, text=text)
    if sign_of(-change, strictly=True).positive:
        return Outcome(holds=False, fails=Fails.STRICT, text=text)
    return OPEN


def _alone(value: sympy.Expr) -> bool:
    """Whether one value of an unknown function occurs only, so that it may be chosen freely."""
    return len(value.atoms(Unknown)) == 1


def _can_be_evaluated(e: sympy.Expr) -> bool:
    """Whether a formula has a value with all mass at 0 or at 1, at every size.

    Labels other than 0 and 1 may be no states.
    """
    return all(part.args[0] in (0, 1) for part in e.atoms(Mass, Tail))


def _polynomial(e: sympy.Expr) -> tuple[sympy.Expr, list[Fraction]] | None:
    """Return a formula as a polynomial in one formula: (that one, coefficients from degree 0)."""
    expanded, power = _one_exponential(expand(e))
    poly = expanded.as_poly()
    if poly is None or len(poly.gens) != 1 or not (poly.domain.is_QQ or poly.domain.is_ZZ):
        return None
    coefficients = [Fraction(int(c.p), int(c.q)) for c in reversed(poly.all_coeffs())]
    return poly.gens[0].xreplace(power), coefficients


def _one_exponential(e: sympy.Expr) -> tuple[sympy.Expr, dict[sympy.Expr, sympy.Expr]]:
    """Write exp(-m/20) - exp(-m/10) as u - u**2, and tell what u stands for."""
    exponents = sorted({f.args[0] for f in e.atoms(sympy.exp)}, key=str)
    if len(exponents) < 2:
        return e, {}
    ratios = [x / exponents[0] for x in exponents]
    if not all(isinstance(ratio, sympy.Rational) and ratio > 0 for ratio in ratios):
        return e, {}
    unit = sympy.Rational(sympy.igcd(*(x.p for x in ratios)), sympy.ilcm(*(x.q for x in ratios)))
    u = sympy.Dummy("u", positive=True)
    found = e.xreplace(
        {sympy.exp(x): u ** (ratio / unit) for x, ratio in zip(exponents, ratios, strict=True)}
    )
    return found, {u: sympy.exp(unit * exponents[0])}


def _polynomial_is_nonnegative(e: sympy.Expr) -> bool:
    found = _polynomial(e)
    if found is None:
        return False
    u, coefficients = found
    limits = range_of(u)
    return _nonnegative_between(coefficients, limits.low, limits.high)


def _polynomial_rises(e: sympy.Expr) -> bool:
    found = _polynomial(e)
    if found is None or not mean_field_parts(e):
        return False
    u, coefficients = found
    limits, moves = range_of(u), direction(u, MEAN_FIELD)
    slope = [i * c for i, c in enumerate(coefficients)][1:]
    if moves.up:
        return _nonnegative_between(slope, limits.low, limits.high)
    if moves.down:
        return _nonnegative_between([-c for c in slope], limits.low, limits.high)
    return False


def _nonnegative_between(
    coefficients: list[Fraction], low: Fraction | None, high: Fraction | None
) -> bool:
    """Whether a polynomial is shown to be >= 0 on [low, high], or [low, infinity).

    With x = low + y, or x = (low + high y) / (1 + y), its coefficients in y >= 0 are looked at.
    """
    if low is None:
        return False
    y = sympy.Symbol("y")
    degree = len(coefficients) - 1
    lower = sympy.Rational(low.numerator, low.denominator)
    if high is None:
        turned = sum(
            sympy.Rational(c.numerator, c.denominator) * (lower + y) ** i
            for i, c in enumerate(coefficients)
        )
    else:
        upper = sympy.Rational(high.numerator, high.denominator)
        turned = sum(
            sympy.Rational(c.numerator, c.denominator)
            * (lower + upper * y) ** i
            * (1 + y) ** (degree - i)
            for i, c in enumerate(coefficients)
        )
    return all(c >= 0 for c in sympy.Poly(turned, y).all_coeffs())
