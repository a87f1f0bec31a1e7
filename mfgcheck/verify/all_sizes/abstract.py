"""The mean field of a game of any size, as user code sees it: functionals without numbers."""

from __future__ import annotations

import sympy

from mfgcheck.errors import InvalidGame
from mfgcheck.game.formulas import LabelSymbol, label_symbol
from mfgcheck.game.mean_field import MeanField, Phi
from mfgcheck.game.numbers import exact, rational
from mfgcheck.game.orders import Order

S, A, X = label_symbol("s"), label_symbol("a"), label_symbol("x")
"""The state, the action, and the state over which a mean field is summed."""

MEAN = sympy.Symbol("mean", nonnegative=True)
"""The mean state: over all sizes, any number in [0, infinity)."""

TOP = LabelSymbol("top", integer=True, positive=True)
"""The highest state, |S| - 1."""

_MOST_STATES = 64  # at so many states the formula of a function is compared with its values


class MeanOf(sympy.Function):  # type: ignore[misc]
    """The sum over states x of z(x) times the formula given, which holds the symbol `X`."""

    nargs = 1
    is_real = True
    is_number = False  # so that Max and Min take it as something that varies

    @property
    def free_symbols(self) -> set[sympy.Symbol]:
        """The symbols of the formula, without the one summed over."""
        return set(super().free_symbols) - {X}


class Mass(sympy.Function):  # type: ignore[misc]
    """z(x), the mass of one state."""

    nargs = 1
    is_real = True
    is_number = False  # so that Max and Min take it as something that varies


class Tail(sympy.Function):  # type: ignore[misc]
    """The mass of all states from one on."""

    nargs = 1
    is_real = True
    is_number = False  # so that Max and Min take it as something that varies


FUNCTIONALS = (MeanOf, Mass, Tail)


def mean_field_parts(e: sympy.Expr) -> set[sympy.Expr]:
    """Return the functionals of the mean field that occur in an expression.

    >>> mean_field_parts(S + MEAN**2)
    {mean}
    """
    found = set(e.atoms(*FUNCTIONALS))
    return found | {MEAN} if MEAN in e.free_symbols else found


class AbstractMeanField(MeanField):
    """A mean field of which nothing is known but that it is a law on the states.

    >>> AbstractMeanField(Order(((0, 1),))).mean(lambda x: 2 * x)
    MeanOf(2*x)
    """

    def __init__(self, states: Order) -> None:
        super().__init__(states)
        self._formulas: dict[object, sympy.Expr] = {}

    def mean(self, phi: Phi | None = None) -> sympy.Expr:
        """Return the mean of a function of the state, as a symbol or a `MeanOf`.

        Raises:
            InvalidGame: the function is no formula of the state, or not the same at numbers.
        """
        if phi is None:
            return MEAN
        key = _key(phi)
        formula = None if key is None else self._formulas.get(key)
        if formula is None:
            formula = self._formulas[key] = self._formula(phi)
        return MeanOf(formula) if X in formula.free_symbols else formula

    def _formula(self, phi: Phi) -> sympy.Expr:
        formula = _expression(phi(X))
        # A comparison such as `x == 3` is False for a symbol and raises nothing.
        for x in self._samples():
            if sympy.expand(formula.subs(X, x) - _expression(phi(x))) != 0:
                raise InvalidGame(
                    f"phi({x}) in z.mean(phi) is not what its formula {formula} gives"
                )
        return formula

    def _samples(self) -> list[sympy.Integer]:
        size = self.states.size
        chosen = (
            range(size) if size <= _MOST_STATES else [*range(_MOST_STATES), size // 2, size - 1]
        )
        return [sympy.Integer(x) for x in chosen]

    def __getitem__(self, x: object) -> sympy.Expr:
        """Return the mass of a state."""
        return Mass(_label(x))

    def tail(self, x: object) -> sympy.Expr:
        """Return the mass of all states from x on."""
        return Tail(_label(x))

    def _evaluate(self, *_: object) -> sympy.Expr:
        raise AssertionError("no functional of an abstract mean field has a value")


def _key(phi: Phi) -> object | None:
    """Return a key under which equal functions meet, or None if that cannot be told."""
    code = getattr(phi, "__code__", None)
    if code is None or hasattr(phi, "__self__"):
        return None
    try:
        held = tuple(cell.cell_contents for cell in getattr(phi, "__closure__", None) or ())
        key = code, held, getattr(phi, "__defaults__", None)
        hash(key)
    except (TypeError, ValueError):  # something unhashable, or a cell that is still empty
        return None
    return key


def _expression(value: object) -> sympy.Expr:
    return value if isinstance(value, sympy.Expr) else rational(exact(value, "phi"))


def _label(x: object) -> sympy.Expr:
    if isinstance(x, sympy.Expr) and x.free_symbols:
        if all(isinstance(v, LabelSymbol) for v in x.free_symbols):
            return x
        raise InvalidGame(f"z[{x}]: the state must be fixed, not depend on the mean field")
    return rational(exact(x, f"z[{x}]"))
