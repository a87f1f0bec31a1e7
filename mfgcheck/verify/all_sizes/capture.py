"""Reading a game's functions as formulas of a symbolic state and action.

The reward is read with symbols for the positive parameters of the maker, as far as its code lets
them through; the kernel is read at the parameters given. What cannot be read so is told in words.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from mfgcheck.errors import MfgCheckError
from mfgcheck.game.formulas import FormulaLaw, is_formula, lift
from mfgcheck.game.game import Game, untraced
from mfgcheck.game.laws import Blend, Law
from mfgcheck.game.numbers import exact, from_sympy_float, rational
from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.all_sizes.abstract import TOP, A, AbstractMeanField, S, mean_field_parts
from mfgcheck.verify.all_sizes.sums import expand

Parts = tuple[tuple[sympy.Expr, sympy.Expr], ...]


class Unreadable(MfgCheckError):
    """The game is no formula of its states and actions; the message says why."""


@dataclass(frozen=True)
class Kernel:
    """A kernel as it was read.

    Attributes:
        parts: (weight, outcome) pairs with outcomes that are formulas, or numbers whose weight
            depends on the mean field; each is clipped to the states.
        loose: a law free of (s, a) makes up the rest; whether its weights depend on the mean field
            in a way that `parts` do not tell.
    """

    parts: Parts
    loose: bool = False


@dataclass(frozen=True)
class Family:
    """The games of all sizes that a game was read to belong to.

    Attributes:
        reward: the reward, a formula of S, A, functionals of the mean field and parameters.
        kernel: the kernel.
        no_reward, no_kernel: why there is none of these, or an empty text.
        values: the values of the parameters that are symbols in `reward`.
        fixed: the numeric parameters that stayed at their value, and why.
    """

    game: Game
    reward: sympy.Expr | None
    kernel: Kernel | None
    no_reward: str = ""
    no_kernel: str = ""
    values: Mapping[sympy.Symbol, sympy.Rational] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def reward_as_given(self) -> sympy.Expr | None:
        """The reward at the parameters given."""
        return None if self.reward is None else self.reward.xreplace(dict(self.values))


def read_family(game: Game) -> Family:
    """Read the reward and the kernel of a game as formulas."""
    wrong = _labels(game)
    if wrong:
        return Family(game, None, None, wrong, wrong)
    reward: sympy.Expr | None = None
    kernel: Kernel | None = None
    no_reward = no_kernel = ""
    values: dict[sympy.Symbol, sympy.Rational] = {}
    fixed: dict[str, str] = {}
    try:
        reward = reward_formula(game, S, A)
    except Unreadable as error:
        no_reward = str(error)
    else:
        reward, values, fixed = _with_symbols(game, reward)
    try:
        kernel = _kernel(game)
    except Unreadable as error:
        no_kernel = str(error)
    return Family(game, reward, kernel, no_reward, no_kernel, values, fixed)


def _labels(game: Game) -> str:
    for order, what in ((game.states, "states"), (game.actions, "actions")):
        if order.labels != tuple(range(order.size)):
            return (
                f"the {what} are not the numbers 0, 1, 2, .., so it is not clear what the game is "
                "at other sizes"
            )
    return ""


def reward_formula(game: Game, s: sympy.Expr, a: sympy.Expr) -> sympy.Expr:
    """Call the reward with these labels, symbols or numbers, and an abstract mean field.

    Raises:
        Unreadable: it raises, or returns no formula.
    """
    value = _call(game.reward, "reward", s, a, game)
    if isinstance(value, sympy.Expr):
        return _exact(value, "the reward")
    try:
        return rational(exact(value, "the reward"))
    except MfgCheckError as error:
        raise Unreadable(str(error)) from None


def kernel_parts(game: Game, s: sympy.Expr, a: sympy.Expr) -> Parts:
    """Call the transition with these labels and return its law as (weight, outcome) pairs.

    Raises:
        Unreadable: it raises, or returns no law of formulas.
    """
    value = _call(game.transition, "transition", s, a, game)
    pairs: list[tuple[object, object]]
    if isinstance(value, (Law, Blend, FormulaLaw)):
        pairs = [(1, value)]
    elif isinstance(value, Mapping):
        pairs = [(weight, x) for x, weight in value.items()]
    elif isinstance(value, (list, tuple)) and all(
        isinstance(item, tuple) and len(item) == 2 for item in value
    ):
        pairs = list(value)
    else:
        raise Unreadable("the transition returned no law")
    merged: dict[sympy.Expr, sympy.Expr] = {}
    try:
        for weight, target in pairs:
            share = (
                weight if isinstance(weight, sympy.Expr) else rational(exact(weight, "a weight"))
            )
            for inner, outcome in lift(target).parts:
                place = _exact(outcome, "an outcome")
                more = _exact(share * inner, "a weight")
                merged[place] = merged.get(place, sympy.S.Zero) + more
    except MfgCheckError as error:
        raise Unreadable(str(error)) from None
    return tuple((weight, x) for x, weight in merged.items() if weight != 0)


def _call(function: Callable[..., object], name: str, s: object, a: object, game: Game) -> object:
    symbolic = is_formula(s) or is_formula(a)
    try:
        return function(s, a, AbstractMeanField(game.states))
    except Exception as error:  # the code is the user's: anything may come out of it
        if not symbolic:
            raise Unreadable(f"{name}(s={s}, a={a}) raised {type(error).__name__}") from error
        text = " ".join(str(error).split())
        raise Unreadable(
            f"the {name} is no formula of s and a: with symbols for them it raises "
            f"{type(error).__name__}{': ' if text else ''}{text[:120]}"
        ) from error


def _exact(e: sympy.Expr, what: str) -> sympy.Expr:
    """Return an expression with float literals as the decimals they show."""
    if isinstance(e, sympy.Rational):
        return e
    try:
        floats = {f: rational(from_sympy_float(f, what)) for f in e.atoms(sympy.Float)}
    except MfgCheckError as error:
        raise Unreadable(str(error)) from None
    found = e.xreplace(floats) if floats else e
    if found.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo, sympy.I):
        raise Unreadable(f"{what} is {found}, which is not a real number")
    return found


def _kernel(game: Game) -> Kernel:
    """Read the kernel; the number of the top state, where it bounds a law, is read as the top."""
    parts: list[tuple[sympy.Expr, sympy.Expr]] = []
    top = sympy.Integer(game.states.size - 1)
    for weight, outcome in kernel_parts(game, S, A):
        if S in weight.free_symbols or A in weight.free_symbols:
            raise Unreadable(
                f"the weight {weight} depends on s or a: only outcomes may, as in "
                "point(s + a).clip(0, top)"
            )
        if mean_field_parts(outcome) or outcome.has(Unknown):
            raise Unreadable(f"the outcome {outcome} is no number at given s and a")
        if outcome.free_symbols:
            parts.append((weight, _with_top(outcome, top)))
        else:
            # What does not move with z is part of the law that is free of (s, a).
            moving = sympy.Add(
                *(part for part in sympy.Add.make_args(expand(weight)) if mean_field_parts(part))
            )
            if moving != 0:
                parts.append((moving, TOP if outcome == top else outcome))
    return Kernel(tuple(parts))


def _with_top(e: sympy.Expr, top: sympy.Integer) -> sympy.Expr:
    """Write the top state for its number where a minimum has it, as `clip(0, top)` leaves it."""
    if not e.args:
        return e
    parts = [_with_top(part, top) for part in e.args]
    if isinstance(e, sympy.Min):
        parts = [TOP if part == top else part for part in parts]
    return e.func(*parts)


def _with_symbols(
    game: Game, reward: sympy.Expr
) -> tuple[sympy.Expr, dict[sympy.Symbol, sympy.Rational], dict[str, str]]:
    """Read the reward with a symbol for each positive numeric parameter that its code lets be one.

    A parameter is left at its value if the code raises with a symbol for it, or if the formula does
    not give the reward back at its value.
    """
    if game.maker is None:
        return reward, {}, {}
    given: dict[str, sympy.Rational] = {}
    for name, value in game.parameters.items():
        if isinstance(value, (bool, int, str)) or not isinstance(
            value, (Fraction, float, sympy.Rational, sympy.Float)
        ):
            continue
        try:
            number = rational(exact(value, name))
        except MfgCheckError:  # a rounded float: it stays as it is
            continue
        if number > 0:
            given[name] = number
    chosen: dict[sympy.Symbol, sympy.Rational] = {}
    fixed: dict[str, str] = {}
    found = reward
    for names in ([*given], *([name] for name in given)):
        symbols = {
            sympy.Symbol(name, positive=True): given[name]
            for name in names
            if given[name] is not None
        }
        trial = {**chosen, **symbols}
        try:
            formula = reward_formula(remade(game, {str(x): x for x in trial}), S, A)
        except MfgCheckError as error:
            if len(names) == 1:
                fixed[names[0]] = str(error)
            continue
        if sympy.expand(formula.xreplace(trial) - reward) != 0:
            if len(names) == 1:
                fixed[names[0]] = "the code treats this value in its own way"
            continue
        found, chosen = formula, trial
        if names == [*given]:
            break
    used = {x: value for x, value in chosen.items() if x in found.free_symbols}
    return found, used, fixed


def arguments(game: Game, parameters: Mapping[str, object]) -> dict[str, Any]:
    """Return the keyword arguments to make a game like this one, with some of them changed."""
    assert game.maker is not None
    named = inspect.signature(game.maker).parameters
    return {x: v for x, v in {**game.parameters, **parameters}.items() if x in named}


def remade(game: Game, parameters: Mapping[str, object]) -> Game:
    """Call the maker of a game with some parameters changed; the game is not traced.

    Raises:
        Unreadable: there is no maker, or it raises.
    """
    if game.maker is None:
        raise Unreadable("there is no function to make the game with other parameters")
    try:
        with untraced():
            made = game.maker(**arguments(game, parameters))
    except (Exception, SystemExit) as error:  # foreign code: whatever it raises is its author's
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if not isinstance(made, Game):
        raise Unreadable("the maker returned no game")
    return made
