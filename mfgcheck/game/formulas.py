"""States and actions as symbols, and the laws that user code makes of them.

A game's functions are run with numbers when it is traced. To speak of every number of states at
once they are run with a symbol for the state and one for the action instead; `s + a - damage` and
`point(s + 1).min(6 * a)` are then laws whose outcomes are formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import sympy

from mfgcheck.errors import InvalidGame
from mfgcheck.game.numbers import exact, normal_label, rational

if TYPE_CHECKING:
    from mfgcheck.game.laws import Law

Part: TypeAlias = tuple[sympy.Expr, sympy.Expr]
"""A weight, and the outcome that has it."""


class LabelSymbol(sympy.Symbol):  # type: ignore[misc]
    """A state or an action 0, 1, 2, .. of which no more is known.

    It is a class of its own so that a formula of labels, which a law may lead to, is told from one
    of the mean field, which it may not.
    """


def label_symbol(name: str) -> LabelSymbol:
    """Return the symbol of a state or an action.

    >>> label_symbol("s") == label_symbol("s"), label_symbol("s") == sympy.Symbol("s")
    (True, False)
    """
    return LabelSymbol(name, integer=True, nonnegative=True)


def is_formula(x: object) -> bool:
    """Whether x is a formula of symbolic labels, or a law of such.

    >>> is_formula(label_symbol("s") + 1), is_formula(sympy.Integer(1))
    (True, False)
    """
    if isinstance(x, FormulaLaw):
        return True
    return isinstance(x, sympy.Expr) and not x.is_Number and bool(x.atoms(LabelSymbol))


@dataclass(frozen=True)
class FormulaLaw:
    """A law whose outcomes are formulas: `parts` holds (weight, outcome) pairs.

    It has the arithmetic of `Law`. Weights are expressions, and outcomes may coincide.

    >>> s = label_symbol("s")
    >>> FormulaLaw(((sympy.S.One, s),)).min(3).parts
    ((1, Min(3, s)),)
    """

    parts: tuple[Part, ...]

    # sympy expressions leave `formula + law` to us when they see this attribute.
    _op_priority = 20.0

    def _image(self, f: Callable[[sympy.Expr], sympy.Expr]) -> FormulaLaw:
        return FormulaLaw(tuple((weight, f(x)) for weight, x in self.parts))

    def __add__(self, other: object) -> FormulaLaw:
        added = lift(other)
        return FormulaLaw(tuple((v * w, x + y) for v, x in self.parts for w, y in added.parts))

    __radd__ = __add__

    def __neg__(self) -> FormulaLaw:
        return self._image(lambda x: -x)

    def __sub__(self, other: object) -> FormulaLaw:
        return self + (-lift(other))

    def __rsub__(self, other: object) -> FormulaLaw:
        return lift(other) + (-self)

    def clip(self, lo: object, hi: object) -> FormulaLaw:
        """Return the law of min(max(x, lo), hi)."""
        return self.max(lo).min(hi)

    def max(self, k: object) -> FormulaLaw:
        """Return the law of max(x, k)."""
        low = _outcome(k)
        return self._image(lambda x: sympy.Max(x, low))

    def min(self, k: object) -> FormulaLaw:
        """Return the law of min(x, k)."""
        high = _outcome(k)
        return self._image(lambda x: sympy.Min(x, high))

    def map(self, f: Callable[..., object]) -> FormulaLaw:
        """Return the law of f(x)."""
        return self._image(lambda x: _outcome(f(x)))


def lift(x: object) -> FormulaLaw:
    """Return an outcome, a law or a blend as a law of formulas.

    Raises:
        InvalidGame: an outcome is neither a number nor a formula of states and actions.
    """
    from mfgcheck.game.laws import Blend, Law

    if isinstance(x, FormulaLaw):
        return x
    if isinstance(x, Law):
        return _lifted(x)
    if isinstance(x, Blend):
        return FormulaLaw(tuple((v * w, y) for v, law in x.parts for w, y in lift(law).parts))
    return FormulaLaw(((sympy.S.One, _outcome(x)),))


@lru_cache(maxsize=256)
def _lifted(law: Law) -> FormulaLaw:
    return FormulaLaw(tuple((rational(p), _outcome(y)) for y, p in law.probabilities.items()))


def uniform_formulas(outcomes: Iterable[object]) -> FormulaLaw:
    """Return the law that gives each of the outcomes, some of them formulas, the same weight."""
    found = [_outcome(x) for x in outcomes]
    return FormulaLaw(tuple((sympy.Rational(1, len(found)), x) for x in found))


def mix_formulas(weights: Mapping[object, object]) -> FormulaLaw:
    """Return the mixture of outcomes and laws, some of them formulas, with these weights."""
    parts: list[Part] = []
    for key, weight in weights.items():
        share = weight if isinstance(weight, sympy.Expr) else rational(exact(weight, "a weight"))
        parts.extend((share * w, x) for w, x in lift(key).parts)
    return FormulaLaw(tuple(parts))


def _outcome(x: object) -> sympy.Expr:
    if isinstance(x, sympy.Expr) and x.free_symbols:
        strange = sorted(str(v) for v in x.free_symbols if not isinstance(v, LabelSymbol))
        if strange:
            raise InvalidGame(
                f"{x} depends on the mean field: outcomes are fixed, only weights may depend on z"
            )
        return x
    label = normal_label(x)
    number = exact(label, "an outcome")
    return rational(number)


__all__ = [
    "FormulaLaw",
    "LabelSymbol",
    "Part",
    "is_formula",
    "label_symbol",
    "lift",
    "mix_formulas",
    "uniform_formulas",
]
