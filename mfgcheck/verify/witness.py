"""Counterexamples: exact, replayable, and told in words of the game."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

import sympy

from mfgcheck import rigor
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Claim, Masses
from mfgcheck.game.numbers import Label, label_json, label_text
from mfgcheck.game.orders import Order
from mfgcheck.game.terms import TermReader, join, to_rigor
from mfgcheck.verify.clauses import BY_ID, Shape
from mfgcheck.verify.corners import grid
from mfgcheck.verify.upper_sets import closure

Pair: TypeAlias = tuple[Label, Label]
"""A state and an action."""

MeanFieldLabels: TypeAlias = Mapping[Label, Fraction]


@dataclass(frozen=True)
class Witness:
    """A place where a clause fails.

    Attributes:
        clause: the clause that it refutes.
        corners: one (s, a) for a row; the lower and the upper one for a pair; the bottom and the
            top of a local square (their join and meet are themselves, the other two corners
            follow).
        upper_set: the states of the upper set U for a clause on the kernel, None for the reward.
        minimal: the minimal states of U.
        z, z2: a mean field, and a larger one for claims about changes in z (else None).
        value: the quantity that the clause claims to be >= 0, exactly: the signed sum over the
            corners of P(U | s, a, z) or r(s, a, z); its value at z2 less that at z if z2 is given.
        lower, upper: floats around the value; `upper` is negative.
        text: the failure in words.
        unclipped: a second witness at corners where no clip, max or min moved an outcome, if the
            first is not such and there is one.
    """

    clause: str
    corners: tuple[Pair, ...]
    upper_set: tuple[Label, ...] | None
    minimal: tuple[Label, ...] | None
    z: MeanFieldLabels
    z2: MeanFieldLabels | None
    value: sympy.Expr
    lower: float
    upper: float
    text: str = ""
    unclipped: Witness | None = None

    def replay(self, game: Game) -> sympy.Expr:
        """Recompute the value from the game's own functions, by plain summation."""
        return _value(game, self)

    def to_dict(self) -> dict[str, object]:
        """Return the witness as JSON holds it."""
        return {
            "corners": [[label_json(s), label_json(a)] for s, a in self.corners],
            "upper_set": None if self.upper_set is None else list(map(label_json, self.upper_set)),
            "z": _json(self.z),
            "z2": None if self.z2 is None else _json(self.z2),
            "value": {"exact": str(self.value), "lower": self.lower, "upper": self.upper},
            "text": self.text,
            "unclipped": self.unclipped.to_dict() if self.unclipped else None,
        }


def make_witness(
    game: Game,
    clause: str,
    rows: tuple[int, ...],
    generators: tuple[int, ...] | None,
    z: Masses,
    z2: Masses | None,
) -> Witness:
    """Build the witness at the given corner rows, upper set (minimal states) and mean fields.

    Raises:
        AssertionError: the replayed value is not certified negative; that would be a defect.
    """
    states, actions = game.states, game.actions
    ends = rows if len(rows) == 1 else (rows[0], rows[-1])
    pairs = tuple(
        (states.labels[row // actions.size], actions.labels[row % actions.size]) for row in ends
    )
    draft = Witness(
        clause=clause,
        corners=pairs,
        upper_set=None
        if generators is None
        else tuple(states.labels[x] for x in closure(states, generators)),
        minimal=None if generators is None else tuple(states.labels[x] for x in generators),
        z=_labelled(states, z),
        z2=None if z2 is None else _labelled(states, z2),
        value=sympy.S.Zero,
        lower=0.0,
        upper=0.0,
    )
    value = _value(game, draft)
    lower, upper = enclosed(value)
    if not upper < 0:
        raise AssertionError(f"the witness of {clause} does not replay: {draft} gives {value}")
    witness = replace(draft, value=value, lower=lower, upper=upper)
    return replace(witness, text=_story(game, witness))


def signed_corners(game: Game, witness: Witness) -> list[tuple[int, Pair]]:
    """Return all corners of a witness with their signs; they sum to the claimed quantity."""
    if len(witness.corners) == 1:
        return [(1, witness.corners[0])]
    low, high = witness.corners
    if BY_ID[witness.clause].shape is not Shape.SQUARE:
        return [(-1, low), (1, high)]
    lattice = grid(game.states, game.actions)
    bottom, top = (_row(game, pair) for pair in (low, high))
    up = [
        stride
        for stride, x, y in zip(
            lattice.strides, lattice.coordinates[bottom], lattice.coordinates[top], strict=True
        )
        if x != y
    ]
    sides = [_pair(game, bottom + stride) for stride in up]
    return [(1, low), *((-1, side) for side in reversed(sides)), (1, high)]


def enclosed(value: sympy.Expr) -> tuple[float, float]:
    """Return floats below and above a real constant (equal to it where it is a float)."""
    e = to_rigor(join(TermReader().read(value, "a value")), {})
    exact = rigor.exact_value(e)
    if exact is not None:
        low = high = exact
    else:
        interval = rigor.enclose(e, [], 192)
        if interval.lower is None or interval.upper is None:
            return -math.inf, math.inf
        low, high = interval.lower, interval.upper
    return _down(low), _up(high)


def _down(value: Fraction) -> float:
    near = float(value)
    return near if Fraction(near) <= value else math.nextafter(near, -math.inf)


def _up(value: Fraction) -> float:
    near = float(value)
    return near if Fraction(near) >= value else math.nextafter(near, math.inf)


def _value(game: Game, witness: Witness) -> sympy.Expr:
    if witness.clause == "reward.max_monotone_s":
        (s, _), (s2, _) = witness.corners
        return _best(game, s2, witness.z) - _best(game, s, witness.z)
    corners = signed_corners(game, witness)
    total = sum((sign * _measure(game, witness, p, witness.z) for sign, p in corners), sympy.S.Zero)
    if witness.z2 is not None:
        after = (sign * _measure(game, witness, p, witness.z2) for sign, p in corners)
        total = sum(after, sympy.S.Zero) - total
    return sympy.expand(total)


def _measure(game: Game, witness: Witness, pair: Pair, z: MeanFieldLabels) -> sympy.Expr:
    """Return r(s, a, z), or the probability that the next state lies in the upper set."""
    s, a = pair
    if witness.upper_set is None:
        return game.reward_at(s, a, z)
    inside = set(witness.upper_set)
    law = game.kernel_at(s, a, z)
    return sympy.expand(sum((p for x, p in law.items() if x in inside), sympy.S.Zero))


def _best(game: Game, s: Label, z: MeanFieldLabels) -> sympy.Expr:
    return sympy.Max(*(game.reward_at(s, a, z) for a in game.actions.labels))


def _story(game: Game, witness: Witness) -> str:
    """Tell a failure in words of the game."""
    clause = BY_ID[witness.clause]
    what = _what(game, witness)
    exact = f"The difference is {_exact(witness)}."
    if witness.clause == "reward.max_monotone_s":
        (s, _), (s2, _) = witness.corners
        best, best2 = (_decimal(_best(game, state, witness.z)) for state in (s, s2))
        return (
            f"The best reward falls from {best} to {best2} when the state rises from "
            f"{label_text(s)} to {label_text(s2)}, with {_mass(witness.z)}. {exact}"
        )
    if clause.shape is Shape.SQUARE:
        return _square_story(game, witness, what) + f" {exact}"
    if len(witness.corners) == 1:
        (pair,) = witness.corners
        before, after = (
            _decimal(_measure(game, witness, pair, z)) for z in (witness.z, witness.z2 or witness.z)
        )
        return (
            f"At {_at(pair)}, {what} falls from {before} to {after} when the mean field rises "
            f"from {_mass(witness.z)} to {_mass(witness.z2 or witness.z)}. {exact}"
        )
    low, high = witness.corners
    step = _step(low, high)
    if clause.claim is Claim.NONNEGATIVE:
        before, after = (_decimal(_measure(game, witness, p, witness.z)) for p in (low, high))
        return (
            f"{step[0]} lowers {what} from {before} to {after} when {step[1]}, with "
            f"{_mass(witness.z)}. {exact}"
        )
    assert witness.z2 is not None
    first, second = (
        _measure(game, witness, high, z) - _measure(game, witness, low, z)
        for z in (witness.z, witness.z2)
    )
    return (
        f"When {step[1]}, {step[0][0].lower()}{step[0][1:]} {_adds(first)} {what} with "
        f"{_mass(witness.z)}, but {_then(first, second)} with the larger mean field "
        f"{_mass(witness.z2)}. {exact}"
    )


def _square_story(game: Game, witness: Witness, what: str) -> str:
    (_, low), (_, one), (_, other), (_, high) = signed_corners(game, witness)
    # low -> one and other -> high are the same step, made from two places
    if low[0] != one[0] and other[0] == low[0]:
        one, other = other, one
    step, place = _step(low, one)
    first = _measure(game, witness, one, witness.z) - _measure(game, witness, low, witness.z)
    second = _measure(game, witness, high, witness.z) - _measure(game, witness, other, witness.z)
    _, place2 = _step(other, high)
    if place == place2:  # a square inside S or inside A
        place, place2 = f"from {_at(low)}", f"from {_at(other)}"
        return (
            f"Moving to {_at(one)} {place} {_adds(first)} {what}, but the same step {place2} "
            f"{_only(first, second)}, with {_mass(witness.z)}."
        )
    return (
        f"{step} {_adds(first)} {what} when {place}, but {_then(first, second)} when {place2}, "
        f"with {_mass(witness.z)}."
    )


def _step(low: Pair, high: Pair) -> tuple[str, str]:
    """Return the step between two rows in words, and what stays fixed."""
    if low[0] == high[0]:
        return (
            f"Raising the action from {label_text(low[1])} to {label_text(high[1])}",
            f"s = {label_text(low[0])}",
        )
    return (
        f"Raising the state from {label_text(low[0])} to {label_text(high[0])}",
        f"a = {label_text(low[1])}",
    )


def _at(pair: Pair) -> str:
    return f"s = {label_text(pair[0])}, a = {label_text(pair[1])}"


def _what(game: Game, witness: Witness) -> str:
    if witness.minimal is None:
        return "the reward"
    names = [label_text(x) for x in witness.minimal]
    if game.states.is_chain:
        return f"the chance that the next state is at least {names[0]}"
    return f"the chance that the next state is at or above {' or '.join(names)}"


def _adds(change: sympy.Expr) -> str:
    amount, sign = _amount(change)
    return f"takes {amount} from" if sign < 0 else f"adds {amount} to"


def _only(first: sympy.Expr, second: sympy.Expr) -> str:
    del first
    amount, sign = _amount(second)
    return f"takes {amount} from it" if sign < 0 else f"adds only {amount}"


def _then(first: sympy.Expr, second: sympy.Expr) -> str:
    before, after = _amount(first), _amount(second)
    if after[1] < 0:
        return f"takes {'as much as ' if before[1] < 0 else ''}{after[0]} from it"
    return f"only {after[0]}"


def _amount(change: sympy.Expr) -> tuple[str, int]:
    low, _ = enclosed(change)
    return _decimal(abs(change)), -1 if low < 0 else 1


def _decimal(value: sympy.Expr) -> str:
    low, high = enclosed(value)
    return f"{(low + high) / 2:.4g}"


def _exact(witness: Witness) -> str:
    text = str(witness.value)
    middle = f"{(witness.lower + witness.upper) / 2:.6g}"
    return (
        f"{text} = {middle}" if isinstance(witness.value, sympy.Rational) else f"{text} ≈ {middle}"
    )


def _mass(z: MeanFieldLabels) -> str:
    if len(z) == 1:
        return f"all mass at {label_text(next(iter(z)))}"
    return "mass " + ", ".join(f"{mass} at {label_text(x)}" for x, mass in z.items())


def _labelled(states: Order, z: Masses) -> MeanFieldLabels:
    return {states.labels[x]: mass for x, mass in z.items() if mass}


def _json(z: MeanFieldLabels) -> dict[str, str]:
    return {label_text(x): str(mass) for x, mass in z.items()}


def _row(game: Game, pair: Pair) -> int:
    s, a = pair
    return game.states.index[s] * game.actions.size + game.actions.index[a]


def _pair(game: Game, row: int) -> Pair:
    s, a = divmod(row, game.actions.size)
    return game.states.labels[s], game.actions.labels[a]


def dominated(states: Order, z: MeanFieldLabels, z2: MeanFieldLabels) -> bool:
    """Whether z lies below z2 for stochastic dominance, on a chain of states."""
    total = total2 = Fraction(0)
    for label, _ in pairwise((*states.labels, None)):
        total += z.get(label, Fraction(0))
        total2 += z2.get(label, Fraction(0))
        if total < total2:
            return False
    return True
