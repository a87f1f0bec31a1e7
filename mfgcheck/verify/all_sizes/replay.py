"""Do the formulas that were read give what the game's code gives?

Code may do with a symbol what it does not do with a number: `s == 0` is simply False. So the code
is run with numbers as well, at every state and action of the game given, at other sizes and at
other parameters if the maker takes them, and compared with the formulas. What it does at sizes not
looked at, no one can tell; the report says which family was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import sympy

from mfgcheck.errors import MfgCheckError
from mfgcheck.game.game import Game
from mfgcheck.verify.all_sizes.abstract import TOP, A, S, mean_field_parts
from mfgcheck.verify.all_sizes.capture import (
    Family,
    Kernel,
    Unreadable,
    kernel_parts,
    remade,
    reward_formula,
)
from mfgcheck.verify.all_sizes.points import Size
from mfgcheck.verify.all_sizes.sums import expand

_MOST_PAIRS, _FEW_PAIRS = 2_000, 120  # of the game given, and of the others

Rest = dict[sympy.Expr, sympy.Expr]
"""The law that is free of s and a: outcomes with their weights."""


@dataclass(frozen=True)
class Replayed:
    """A family after its formulas were compared with the code.

    Attributes:
        family: the family, less what did not agree.
        rest: the part of the kernel that is free of s and a, at the size of the game given.
        sizes: the sizes at which the code was run.
    """

    family: Family
    rest: Rest
    sizes: tuple[Size, ...]


def replay(family: Family) -> Replayed:
    """Compare the formulas of a family with what the code gives for numbers."""
    game = family.game
    ran: list[Size] = []
    rest: Rest = {}
    for other in [game, *_other_sizes(game)]:
        size = other.states.size, other.actions.size
        ran.append(size)
        if family.reward is not None:
            try:
                _compare_reward(other, _given(family), _pairs(other, given=other is game))
            except Unreadable as error:
                family = replace(family, reward=None, no_reward=f"at {_size(size)}, {error}")
        if family.kernel is not None:
            kernel = family.kernel
            try:
                found = _compare_kernel(other, kernel, _pairs(other, given=other is game))
            except Unreadable as error:
                family = replace(family, kernel=None, no_kernel=f"at {_size(size)}, {error}")
                continue
            if other is game:
                rest = found
            if any(mean_field_parts(weight) for weight in found.values()):
                family = replace(family, kernel=replace(kernel, loose=True))
    return Replayed(_with_other_parameters(family), rest, tuple(ran))


def _given(family: Family) -> sympy.Expr:
    found = family.reward_as_given
    assert found is not None
    return found


def _size(size: Size) -> str:
    return f"|S| = {size[0]}, |A| = {size[1]}"


def size_parameters(game: Game) -> tuple[str, ...]:
    """Return which of `states` and `actions` are parameters of the maker that set the size."""
    sizes = {"states": game.states.size, "actions": game.actions.size}
    if game.maker is None:
        return ()
    return tuple(
        name
        for name, size in sizes.items()
        if type(game.parameters.get(name)) is int and game.parameters[name] == size
    )


def resized(game: Game, n: int, k: int) -> Game | None:
    """Return the maker's game of another size, not traced; None if it cannot be had."""
    names = size_parameters(game)
    wanted = {"states": n, "actions": k}
    try:
        other = remade(game, {name: wanted[name] for name in names})
    except MfgCheckError:
        return None
    fits = other.states.labels == tuple(range(other.states.size)) and other.actions.labels == tuple(
        range(other.actions.size)
    )
    return other if fits else None


def _other_sizes(game: Game) -> Iterator[Game]:
    names = size_parameters(game)
    if not names:
        return
    n, k = game.states.size, game.actions.size
    seen = {(n, k)}
    for wanted in ((2, 2), (3, 2), (5, 4), (n + 3, k + 2), (n + 8, k)):
        size = wanted[0] if "states" in names else n, wanted[1] if "actions" in names else k
        if size in seen:
            continue
        seen.add(size)
        other = resized(game, *size)
        if other is not None:
            yield other


_Pairs: TypeAlias = Sequence[tuple[sympy.Integer, sympy.Integer]]


def _pairs(game: Game, *, given: bool) -> _Pairs:
    """Return the (s, a) to compare at: all, or evenly chosen ones with the ends among them."""
    n, k = game.states.size, game.actions.size
    step = max(1, n * k // (_MOST_PAIRS if given else _FEW_PAIRS))
    ends = min(n, 4) * k
    numbers = {*range(0, n * k, step), *range(ends), *range(n * k - ends, n * k)}
    return [(sympy.Integer(i // k), sympy.Integer(i % k)) for i in sorted(numbers)]


def _compare_reward(game: Game, formula: sympy.Expr, pairs: _Pairs) -> None:
    for s, a in pairs:
        value = reward_formula(game, s, a)
        if expand(formula.subs({S: s, A: a}) - value) != 0:
            raise Unreadable(
                f"reward(s={s}, a={a}) is {value}, not what the formula {formula} gives"
            )


def _compare_kernel(game: Game, kernel: Kernel, pairs: _Pairs) -> Rest:
    """Return the law free of (s, a) that, with the formulas, makes up the rows of a game."""
    top = sympy.Integer(game.states.size - 1)
    known: Rest | None = None
    for s, a in pairs:
        rest: Rest = {x: expand(weight) for weight, x in kernel_parts(game, s, a)}
        for weight, x in kernel.parts:
            place = clipped(evaluated(x, {S: s, A: a, TOP: top}), top)
            rest[place] = expand(rest.get(place, sympy.S.Zero) - weight)
        rest = {x: weight for x, weight in rest.items() if weight != 0}
        known = rest if known is None else known
        if rest != known:
            raise Unreadable(
                f"transition(s={s}, a={a}) is not what its formulas give, clipped to the states"
            )
    return known or {}


def clipped(x: sympy.Expr, top: sympy.Integer) -> sympy.Expr:
    """Return the state nearest to a number.

    >>> clipped(sympy.Integer(9), sympy.Integer(4))
    4
    """
    return min(max(x, sympy.S.Zero), top)


def evaluated(e: sympy.Expr, labels: Mapping[sympy.Symbol, sympy.Integer]) -> sympy.Expr:
    """Return an outcome at given labels; sympy itself would be slow with minima and maxima.

    >>> evaluated(sympy.Min(S + 1, 6 * A), {S: sympy.Integer(4), A: sympy.Integer(1)})
    5
    """
    if isinstance(e, (sympy.Min, sympy.Max)):
        parts = [evaluated(part, labels) for part in e.args]
        return min(parts) if isinstance(e, sympy.Min) else max(parts)
    return e.xreplace(dict(labels))


def _with_other_parameters(family: Family) -> Family:
    """Compare the reward at other values of its parameters; leave it as given where they differ."""
    if family.reward is None:
        return family
    for symbol, value in family.values.items():
        for factor in (sympy.Rational(3, 7), sympy.Rational(13, 5)):
            try:
                other = remade(family.game, {str(symbol): value * factor})
                formula = family.reward.xreplace({**family.values, symbol: value * factor})
            except Unreadable:  # no game at this value: nothing is claimed of it
                continue
            try:
                _compare_reward(other, formula, _pairs(other, given=False))
            except Unreadable as error:
                return replace(
                    family,
                    reward=family.reward_as_given,
                    values={},
                    fixed={
                        **family.fixed,
                        str(symbol): f"with {symbol} = {value * factor}, {error}",
                    },
                )
    return family
