"""The game: made once, validated once, frozen, and read by everything."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from mfgcheck.errors import InvalidGame
from mfgcheck.game.inequalities import Scalars
from mfgcheck.game.mean_field import NamedMeanField
from mfgcheck.game.numbers import (
    Label,
    exact,
    from_sympy_float,
    label_value,
    normal_label,
    rational,
)
from mfgcheck.game.orders import Order, order_of
from mfgcheck.game.separable import Function, SeparableForm, branches, call, expression, trace
from mfgcheck.game.unknown import UnknownFunction, family_text
from mfgcheck.game.validate import validate

_UNTRACED = ContextVar("untraced", default=False)


@contextmanager
def untraced() -> Iterator[None]:
    """Make games that keep their functions and their orders, and nothing else.

    So a maker can be called with symbols for its parameters, which tracing would refuse. Such a
    game has no discount, no tremble and no form; it is only there to be asked for its functions.
    """
    token = _UNTRACED.set(True)
    try:
        yield
    finally:
        _UNTRACED.reset(token)


@dataclass(frozen=True, eq=False, init=False)
class Game:
    """A stationary mean field game with finitely many states and actions.

    Args:
        states: how many states (labels 0, 1, ..), or their labels from lowest to highest, or an
            order made by `chain` or `product`.
        actions: the same for actions.
        reward: function (s, a, z) -> number or expression in aggregates of the mean field z.
        transition: function (s, a, z) -> law of the next state: a law, a dict from next states to
            weights, or a list of (weight, law or next state) pairs.
        discount: discount factor, strictly between 0 and 1.
        tremble: probability that the hand trembles, in [0, 1]; 0 if there is one action.
        name, source: what the game is called, and where it comes from.
        parameters: the values that made it, for the report.

    Both functions run once for each state and action, with numeric labels as exact sympy numbers
    and with a symbolic z: `z.mean(phi)`, `z[x]`, `z.tail(x)`. They must be pure functions.

    Attributes:
        states, actions: the orders (`Order`).
        discount, tremble: `Fraction`s.
        maker: the function that made it from the parameters, if `call_maker` called one.
        form: the separable form that the functions were traced to.
        doubts: what could be neither proved nor refuted about the game's validity.

    Raises:
        InvalidGame: the data do not make a game; the message names the row and the mend.

    Source: Lee et al. (2021), section 2.

    >>> from mfgcheck.game.laws import point
    >>> stay = Game(states=3, actions=2, reward=lambda s, a, z: s - a * z.mean() / 2,
    ...             transition=lambda s, a, z: point(s), discount="3/4", tremble="1/5")
    >>> stay.reward_at(2, 1, {0: "1/2", 2: "1/2"})
    3/2
    """

    states: Order
    actions: Order
    reward: Function
    transition: Function
    discount: Fraction
    tremble: Fraction
    name: str
    source: str | None
    parameters: Mapping[str, object]
    maker: Callable[..., object] | None
    form: SeparableForm
    doubts: tuple[str, ...]

    def __init__(
        self,
        states: int | Sequence[object] | Order,
        actions: int | Sequence[object] | Order,
        reward: Function,
        transition: Function,
        discount: object,
        tremble: object,
        name: str | None = None,
        source: str | None = None,
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        for function, what in ((reward, "reward"), (transition, "transition")):
            if not callable(function):
                raise InvalidGame(f"{what} is {function!r}: it must be a function of (s, a, z)")
        known = {
            "states": order_of(states, "states"),
            "actions": order_of(actions, "actions"),
            "reward": reward,
            "transition": transition,
            "name": name or "game",
            "source": source,
            "parameters": dict(parameters or {}),
            "maker": None,
        }
        self._set(known)
        if _UNTRACED.get():
            return
        self._set({"discount": exact(discount, "discount"), "tremble": exact(tremble, "tremble")})
        if not 0 < self.discount < 1:
            raise InvalidGame(f"discount is {self.discount}: it must lie strictly between 0 and 1")
        if not 0 <= self.tremble <= 1:
            raise InvalidGame(f"tremble is {self.tremble}: it must lie between 0 and 1")
        if self.actions.size == 1 and self.tremble != 0:
            raise InvalidGame(
                f"tremble is {self.tremble}, but with one action there is nothing to tremble to: "
                "set it to 0"
            )
        self._set({"form": trace(self.states, self.actions, reward, transition)})
        doubts = validate(self.form, self.states, self.actions, self.scalars)
        self._set({"doubts": doubts})

    def _set(self, values: Mapping[str, Any]) -> None:
        for key, value in values.items():
            object.__setattr__(self, key, value)

    @cached_property
    def scalars(self) -> Scalars:
        """The scalar functions of the mean field that occur in the game."""
        form = self.form
        family = bool(form.functions)
        return Scalars(self.states, form.aggregates, form.terms, form.unknown, family=family)

    @cached_property
    def digest(self) -> str:
        """A SHA-256 of everything that verdicts depend on: orders, numbers, kernel and reward."""
        parts = (self.states.chains, self.actions.chains, self.discount, self.tremble)
        return hashlib.sha256((repr(parts) + self.form.digest()).encode()).hexdigest()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of a report should know about how the game was read."""
        notes: tuple[str, ...] = ()
        if self.form.floats:
            notes = (f"float literals read as decimals: {', '.join(self.form.floats)}",)
        if self.unknown:
            notes = (*notes, f"what is proved holds {family_text(self.unknown)}")
        return notes

    @property
    def unknown(self) -> tuple[UnknownFunction, ...]:
        """The unknown functions in it: it stands for all games with some in their places."""
        return self.form.functions

    def with_parameters(
        self,
        parameters: Mapping[str, object],
        name: str | None = None,
        maker: Callable[..., object] | None = None,
    ) -> Game:
        """Return the same game with other parameters (name, maker) in its reports."""
        other = copy.copy(self)
        kept = {"name": name or self.name, "maker": maker or self.maker}
        other._set({"parameters": dict(parameters), **kept})
        return other

    def reward_at(self, s: object, a: object, z: Mapping[Any, object]) -> sympy.Expr:
        """Return r(s, a, z) at a mean field with rational masses {state: mass}, exactly."""
        return self._at("reward", self.reward, s, a, z)

    def kernel_at(self, s: object, a: object, z: Mapping[Any, object]) -> dict[Label, sympy.Expr]:
        """Return the law of the next state at a mean field with rational masses, exactly.

        The user's function is run afresh and its branches are summed: nothing of the traced form
        is used.

        >>> from mfgcheck.game.laws import point
        >>> game = Game(states=2, actions=1, reward=lambda s, a, z: 0, discount="1/2", tremble=0,
        ...             transition=lambda s, a, z: [(z[1], point(1)), (1 - z[1], point(0))])
        >>> game.kernel_at(0, 0, {0: "2/3", 1: "1/3"})
        {1: 1/3, 0: 2/3}
        """
        return self._at("transition", self.transition, s, a, z)  # type: ignore[no-any-return]

    def _at(
        self, name: str, function: Function, s: object, a: object, z: Mapping[Any, object]
    ) -> Any:
        s_label, a_label = normal_label(s), normal_label(a)
        if s_label not in self.states.index or a_label not in self.actions.index:
            raise InvalidGame(f"(s={s}, a={a}) is not a state and an action of the game")
        there = NamedMeanField(self.states, z)
        value = call(
            function, name, s_label, label_value(s_label), a_label, label_value(a_label), there
        )
        if name == "reward":
            return _number(expression(value, name, s_label, a_label), there.numbers)
        law: dict[Label, sympy.Expr] = {}
        for part, weight in branches(value, f"kernel row (s={s}, a={a})").items():
            number = _number(weight, there.numbers)
            for x, p in part.probabilities.items():
                law[x] = law.get(x, sympy.S.Zero) + number * rational(p)
        return {x: sympy.expand(p) for x, p in law.items()}

    def __repr__(self) -> str:
        return f"Game({self.name!r}, {self.states.size} states, {self.actions.size} actions)"


def _number(e: sympy.Expr, numbers: Mapping[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
    floats = {f: rational(from_sympy_float(f, "a number")) for f in e.atoms(sympy.Float)}
    return sympy.expand(e.xreplace(floats).xreplace(dict(numbers)))
