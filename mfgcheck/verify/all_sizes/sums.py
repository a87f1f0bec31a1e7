"""Signs and directions of sums, after like terms have been taken together.

Term by term the calculus of `signs` and `directions` cannot see that p(s) - p(s + 1) >= 0 or that
-1/10 exp(-m/20) + 3/10 exp(-m/20) has a sign. Here sums are expanded, collected, and unknown
functions summed by parts (lemma S6 in the book).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sympy

from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.all_sizes.directions import (
    CONSTANT,
    NONE,
    Direction,
    depends,
    direction,
)
from mfgcheck.verify.all_sizes.signs import range_of


@dataclass(frozen=True)
class Sign:
    """What is known of a sign: never negative, and perhaps never 0 either."""

    nonnegative: bool
    positive: bool = False


@lru_cache(maxsize=1 << 14)
def expand(e: sympy.Expr) -> sympy.Expr:
    """Return a formula as a sum of products, in which inverses of equal sums are equal.

    >>> expand((sympy.Symbol("x") + 1) * 2)
    2*x + 2
    """
    expanded = sympy.expand(e, log=False, power_base=False)
    inverses = {f: _inverse(f) for f in expanded.atoms(sympy.Pow) if _is_inverse(f)}
    if not inverses:
        return expanded
    return sympy.Add(*(x.xreplace(inverses) for x in sympy.Add.make_args(expanded)))


def _is_inverse(f: sympy.Pow) -> bool:
    return bool(f.base.is_Add and f.exp.is_Integer and f.exp < 0)


def _inverse(f: sympy.Pow) -> sympy.Expr:
    """Bring 1/(2 x + 2) and 1/(3 x + 3) to multiples of the same 1/(x + 1), so that they cancel."""
    content, primitive = f.base.as_content_primitive()
    if primitive.could_extract_minus_sign():
        content, primitive = -content, -primitive
    return content**f.exp * primitive**f.exp


def sign_of(e: sympy.Expr, *, strictly: bool = False) -> Sign:
    """Return what is known of the sign of a formula, for everything its symbols stand for.

    >>> from mfgcheck.game.unknown import decreasing
    >>> from mfgcheck.verify.all_sizes.abstract import S
    >>> p = decreasing("p", 0, 1)
    >>> sign_of(p(S) - p(S + 1)).nonnegative, sign_of(p(S + 1) - p(S)).nonnegative
    (True, False)
    """
    whole = range_of(e)
    if whole.above:
        return Sign(nonnegative=True, positive=True)
    expanded = expand(e)
    if expanded == 0:
        return Sign(nonnegative=True)
    addends = sympy.Add.make_args(_collected(expanded))
    rest, strict = _by_parts(list(addends), strictly=strictly)
    total = range_of(_collected(sympy.Add(*rest)))
    nonnegative = total.nonnegative or whole.nonnegative
    return Sign(nonnegative, total.above or (strict and total.nonnegative))


def _collected(e: sympy.Expr) -> sympy.Expr:
    """Bring irrational coefficients of like terms together, so that one constant has one sign."""
    coefficients: dict[sympy.Expr, list[sympy.Expr]] = defaultdict(list)
    for addend in sympy.Add.make_args(e):
        constant, moving = _split(addend, lambda f: not f.free_symbols and not f.atoms(Unknown))
        coefficients[moving].append(constant)
    return sympy.Add(
        *(sympy.Mul(sympy.Add(*parts), moving) for moving, parts in coefficients.items())
    )


def _split(
    product: sympy.Expr, apart: Callable[[sympy.Expr], bool]
) -> tuple[sympy.Expr, sympy.Expr]:
    chosen: list[sympy.Expr] = []
    others: list[sympy.Expr] = []
    for factor in sympy.Mul.make_args(product):
        (chosen if apart(factor) else others).append(factor)
    return sympy.Mul(*chosen), sympy.Mul(*others)


def _by_parts(addends: list[sympy.Expr], *, strictly: bool) -> tuple[list[sympy.Expr], bool]:
    """Drop what summation by parts shows to be non-negative; tell whether it is even positive.

    For x_1 < .. < x_k, the sum of c_i p(x_i) is the sum of (c_1 + .. + c_i)(p(x_i) - p(x_{i+1}))
    over i < k, plus (c_1 + .. + c_k) p(x_k).
    """
    groups: dict[tuple[object, ...], dict[sympy.Expr, sympy.Expr]] = defaultdict(dict)
    rest: list[sympy.Expr] = []
    for addend in addends:
        value, factor = _split(addend, lambda f: isinstance(f, Unknown))
        if not isinstance(value, Unknown) or factor.atoms(Unknown):
            rest.append(addend)
            continue
        offset, moving = value.args[0].as_coeff_Add()
        sums = groups[(type(value), moving)]
        sums[offset] = sums.get(offset, sympy.S.Zero) + factor
    strict = False
    for (function, moving), factors in groups.items():
        offsets = sorted(factors)
        partial, signs = sympy.S.Zero, []
        for offset in offsets[:-1]:
            partial += factors[offset]
            signs.append(sign_of(partial, strictly=strictly))
        if all(sign.nonnegative for sign in signs):
            strict = strict or (strictly and any(sign.positive for sign in signs))
            total = expand(partial + factors[offsets[-1]])
            rest.append(total * function(moving + offsets[-1]))  # type: ignore[operator]
        else:
            rest += [c * function(moving + x) for x, c in factors.items()]  # type: ignore[operator]
    return rest, strict


def direction_of(e: sympy.Expr, along: sympy.Symbol) -> Direction:
    """Return the direction of a sum along a label or the mean field, like terms taken together.

    >>> from mfgcheck.verify.all_sizes.abstract import S, A
    >>> direction_of(S * A - A, S).up, direction_of(S**2 - S, S).up
    (True, True)
    """
    plain = direction(e, along)
    if plain.up or plain.down:
        return plain
    expanded = expand(e)
    coefficients: dict[sympy.Expr, list[sympy.Expr]] = defaultdict(list)
    for addend in sympy.Add.make_args(expanded):
        moving, constant = _split(addend, lambda f: depends(f, along))
        coefficients[moving].append(constant)
    found = [
        _scaled(direction(moving, along), sympy.Add(*constants))
        for moving, constants in coefficients.items()
    ]
    up, down = all(d.up for d in found), all(d.down for d in found)
    if not (up or down) and along.is_integer:
        step = expanded.subs(along, along + 1) - expanded
        up, down = sign_of(step).nonnegative, sign_of(-step).nonnegative
    return Direction(up, down)


def _scaled(moves: Direction, factor: sympy.Expr) -> Direction:
    """Return the direction of what moves so, times a factor that does not move."""
    if moves.up and moves.down:
        return CONSTANT
    over, under = sign_of(factor).nonnegative, sign_of(-factor).nonnegative
    if over and under:
        return CONSTANT
    if over:
        return moves
    return moves.turned() if under else NONE


__all__ = ["Sign", "direction_of", "expand", "sign_of"]
