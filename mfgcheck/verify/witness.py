"""Counterexamples: exact, and recomputed from the game's own functions by plain summation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import sympy

from mfgcheck import rigor
from mfgcheck.game.game import Game
from mfgcheck.game.instance import Instance
from mfgcheck.game.numbers import Label, label_json, label_text
from mfgcheck.game.terms import TermReader, join, to_rigor
from mfgcheck.verify.clauses import BY_ID, Shape
from mfgcheck.verify.corners import grid

Pair: TypeAlias = tuple[Label, Label]
"""A state and an action."""

Law: TypeAlias = Mapping[Label, Fraction]
"""A mean field: the mass of each state that has any."""


@dataclass(frozen=True)
class Witness:
    """A place where a clause fails.

    Attributes:
        clause: the clause that it refutes.
        corners: one (s, a) for a row; the lower and the upper one for a pair; the bottom and the
            top of a local square (the other two corners follow).
        upper_set: the states of the upper set U for a clause on the kernel, None for the reward.
        minimal: the minimal states of U, None for the reward.
        z, z2: a mean field, and a larger one for claims about changes in z (else None).
        value: the quantity that the clause claims to be >= 0, exactly: the signed sum over the
            corners of P(U | s, a, z) or r(s, a, z); its value at z2 less that at z if z2 is given.
            With unknown functions it is an expression in their values.
        lower, upper: rational bounds of the value (with `instance`, for its functions); `upper` is
            negative.
        instance: functions in the place of the unknown ones, and for which others the value is
            negative; None if the game has none.
        text: the failure in words.
        unclipped: a second witness at corners where no clip, max or min moved an outcome, if the
            first is not such and there is one.
    """

    clause: str
    corners: tuple[Pair, ...]
    upper_set: tuple[Label, ...] | None
    minimal: tuple[Label, ...] | None
    z: Law
    z2: Law | None
    value: sympy.Expr = sympy.S.Zero
    lower: Fraction = Fraction(0)
    upper: Fraction = Fraction(0)
    text: str = ""
    unclipped: Witness | None = None
    instance: Instance | None = None

    def settle(self, e: sympy.Expr) -> sympy.Expr:
        """Return an expression with the witness's functions in the place of unknown ones."""
        return e if self.instance is None else self.instance.settle(e)

    def replay(self, game: Game) -> sympy.Expr:
        """Recompute the value from the game's own functions, by plain summation.

        >>> from mfgcheck import Game, check, point
        >>> game = Game(states=3, actions=1, reward=lambda s, a, z: -s * z.mean(),
        ...             transition=lambda s, a, z: point(s), discount="1/2", tremble=0)
        >>> check(game).clauses["reward.monotone_s"].witness.replay(game)
        -1
        """
        return recompute(game, self)

    def to_dict(self) -> dict[str, object]:
        """Return the witness as JSON holds it."""
        return {
            "corners": [[label_json(s), label_json(a)] for s, a in self.corners],
            "upper_set": None if self.upper_set is None else list(map(label_json, self.upper_set)),
            "z": _json(self.z),
            "z2": None if self.z2 is None else _json(self.z2),
            "value": {
                "exact": str(self.value),
                "lower": _float_below(self.lower),
                "upper": _float_above(self.upper),
            },
            "text": self.text,
            "unclipped": self.unclipped.to_dict() if self.unclipped else None,
            "functions": None if self.instance is None else self.instance.to_dict(),
        }


def recompute(game: Game, witness: Witness) -> sympy.Expr:
    """Return the quantity that the witness's clause claims to be >= 0, exactly."""
    if witness.clause == "reward.max_monotone_s":
        (s, _), (s2, _) = witness.corners
        return best_reward(game, s2, witness.z) - best_reward(game, s, witness.z)
    corners = signed_corners(game, witness)
    total = _signed_sum(game, witness, corners, witness.z)
    if witness.z2 is not None:
        total = _signed_sum(game, witness, corners, witness.z2) - total
    return sympy.expand(total)


def _signed_sum(
    game: Game, witness: Witness, corners: list[tuple[int, Pair]], z: Law
) -> sympy.Expr:
    return sympy.Add(*(sign * measure(game, witness, pair, z) for sign, pair in corners))


def measure(game: Game, witness: Witness, pair: Pair, z: Law) -> sympy.Expr:
    """Return r(s, a, z), or the probability that the next state lies in the upper set."""
    s, a = pair
    if witness.upper_set is None:
        return game.reward_at(s, a, z)
    inside = set(witness.upper_set)
    law = game.kernel_at(s, a, z)
    return sympy.expand(sympy.Add(*(p for x, p in law.items() if x in inside)))


def best_reward(game: Game, s: Label, z: Law) -> sympy.Expr:
    """Return the greatest reward over the actions in a state."""
    return sympy.Max(*(game.reward_at(s, a, z) for a in game.actions.labels))


def signed_corners(game: Game, witness: Witness) -> list[tuple[int, Pair]]:
    """Return all corners of a witness with their signs, the lowest first and the highest last."""
    if len(witness.corners) == 1:
        return [(1, witness.corners[0])]
    low, high = witness.corners
    if BY_ID[witness.clause].shape is not Shape.SQUARE:
        return [(-1, low), (1, high)]
    lattice = grid(game.states, game.actions)
    bottom, top = (_row(game, pair) for pair in (low, high))
    steps = [
        stride
        for stride, x, y in zip(
            lattice.strides, lattice.coordinates[bottom], lattice.coordinates[top], strict=True
        )
        if x != y
    ]
    sides = [_pair(game, bottom + step) for step in reversed(steps)]
    return [(1, low), *((-1, side) for side in sides), (1, high)]


def enclosed(value: sympy.Expr) -> tuple[Fraction, Fraction]:
    """Return rational bounds of a real constant, which show its sign (unless it is not known)."""
    e = to_rigor(join(TermReader().read(value, "a value")), {})
    exact = rigor.exact_value(e)
    if exact is not None:
        return exact, exact
    bounds = (Fraction(0), Fraction(0))
    for bits in (128, 512, 2048):
        interval = rigor.enclose(e, [], bits)
        if interval.lower is None or interval.upper is None:
            raise AssertionError(f"{value} has no finite enclosure")
        bounds = interval.lower, interval.upper
        if bounds[0] > 0 or bounds[1] < 0:
            break
    return bounds


def _float_below(value: Fraction) -> float | None:
    try:
        near = float(value)
    except OverflowError:
        return None
    return near if Fraction(near) <= value else math.nextafter(near, -math.inf)


def _float_above(value: Fraction) -> float | None:
    below = _float_below(-value)
    return None if below is None else -below


def _json(z: Law) -> dict[str, str]:
    return {label_text(x): str(mass) for x, mass in z.items()}


def _row(game: Game, pair: Pair) -> int:
    s, a = pair
    return game.states.index[s] * game.actions.size + game.actions.index[a]


def _pair(game: Game, row: int) -> Pair:
    s, a = divmod(row, game.actions.size)
    return game.states.labels[s], game.actions.labels[a]
