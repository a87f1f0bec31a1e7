"""Directions of formulas: whether they rise or fall in a state, an action, or the mean field.

Along a label a formula rises if it does not fall from v to v + 1 for any v = 0, 1, 2, ..; along the
mean field, if it does not fall from any law to one that dominates it. The rules are lemma S5 in the
book. What they cannot tell is neither up nor down.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy

from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.all_sizes.abstract import MEAN, Mass, MeanOf, Tail, X, mean_field_parts
from mfgcheck.verify.all_sizes.signs import Range, range_of


@dataclass(frozen=True)
class Direction:
    """Whether something never falls (`up`), never rises (`down`); both say that it is constant."""

    up: bool = False
    down: bool = False

    def turned(self) -> Direction:
        """Return the direction of the negative."""
        return Direction(self.down, self.up)


NONE, CONSTANT = Direction(), Direction(up=True, down=True)
RISES = Direction(up=True)

MEAN_FIELD = sympy.Symbol("mean_field")
"""Stands for the mean field among the things along which a direction is asked for."""


def depends(e: sympy.Expr, along: sympy.Symbol) -> bool:
    """Whether the label, or a functional of the mean field, occurs in a formula."""
    if along == MEAN_FIELD:
        return bool(mean_field_parts(e))
    return along in e.free_symbols


@lru_cache(maxsize=1 << 14)
def direction(e: sympy.Expr, along: sympy.Symbol) -> Direction:
    """Return the direction of a formula along a label or the mean field.

    >>> from mfgcheck.verify.all_sizes.abstract import S
    >>> direction(1 - sympy.exp(-S / 20), S)
    Direction(up=True, down=False)
    """
    if not depends(e, along):
        return CONSTANT
    if e in (along, MEAN):
        return RISES
    if isinstance(e, (MeanOf, Tail, Mass)):
        return _functional(e, along)
    parts = [direction(part, along) for part in e.args if isinstance(part, sympy.Expr)]
    if len(parts) != len(e.args):
        return NONE
    if isinstance(e, Unknown):
        return parts[0].turned()
    if isinstance(e, (sympy.Add, sympy.Max, sympy.Min)):
        return _together(parts)
    if isinstance(e, sympy.Mul):
        return _product(e, parts)
    if isinstance(e, sympy.Pow):
        return _power(e, parts)
    if isinstance(e, (sympy.exp, sympy.tanh)):
        return parts[0]
    if isinstance(e, sympy.log):
        return parts[0] if range_of(e.args[0]).above else NONE
    if isinstance(e, sympy.Abs):
        return _signed(parts[0], range_of(e.args[0]))
    return NONE


def _functional(e: sympy.Expr, along: sympy.Symbol) -> Direction:
    """Return the direction of a functional of the mean field.

    Along the mean field, the mean of phi moves as phi does along the states. Along a label that
    occurs in phi, it moves as phi does at every state. z(x) alone may do anything.
    """
    inner = e.args[0]
    if isinstance(e, MeanOf):
        if along != MEAN_FIELD:
            return direction(inner, along)
        return direction(inner, X)
    if isinstance(e, Tail):
        if along == MEAN_FIELD:
            return Direction(up=True)
        label = direction(inner, along)
        return Direction(label.down, label.up)
    return NONE


def _together(parts: list[Direction]) -> Direction:
    """Return the direction of a sum, a minimum or a maximum."""
    return Direction(all(p.up for p in parts), all(p.down for p in parts))


def _signed(part: Direction, sign: Range) -> Direction:
    """Return the direction of a factor times something of this sign that does not move."""
    if part.up and part.down:
        return CONSTANT
    if sign.nonnegative and sign.nonpositive:
        return CONSTANT
    if sign.nonnegative:
        return part
    if sign.nonpositive:
        return part.turned()
    return NONE


def _product(e: sympy.Mul, parts: list[Direction]) -> Direction:
    """u'v' - uv = (u' - u) v' + u (v' - v), factor by factor."""
    moving = [
        _signed(part, range_of(sympy.Mul(*(f for j, f in enumerate(e.args) if j != i))))
        for i, part in enumerate(parts)
        if not (part.up and part.down)
    ]
    # While one factor moves the others may be mixed, some old and some new; their product has the
    # same sign, as a range of a product is made of the ranges of its factors.
    return _together(moving)


def _power(e: sympy.Pow, parts: list[Direction]) -> Direction:
    base, exponent = e.base, e.exp
    sign = range_of(base)
    if isinstance(exponent, sympy.Rational):
        rising = parts[0] if exponent > 0 else parts[0].turned()
        if exponent.is_Integer and exponent > 0 and exponent % 2:
            return rising
        if sign.above or (exponent > 0 and sign.nonnegative):
            return rising
        if exponent.is_Integer and sign.below:
            return rising.turned() if exponent % 2 == 0 else rising
        if exponent.is_Integer and exponent > 0 and sign.nonpositive:
            return rising.turned()
        return NONE
    if base.free_symbols or base.atoms(Unknown) or not sign.above:
        return NONE
    return _signed(parts[1], range_of(sympy.log(base)))
