"""Two mean fields z <= z2 with a next law from z2 that is not above that from z, and the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy

from mfgcheck.game.game import Game
from mfgcheck.game.numbers import Label, label_text
from mfgcheck.verify.story import mass_text
from mfgcheck.verify.witness import Law, enclosed


@dataclass(frozen=True)
class Fall:
    """Mean fields z below z2 such that the next law from z2 is not above that from z.

    Attributes:
        z, z2: the mean fields.
        actions, actions2: the only optimal action of each state that has mass, there.
        upper_set, minimal: an upper set of states, and its minimal states.
        before, after: the mass that the next law gives it, from z and from z2.
        value: after less before, exactly; negative.
        lower, upper: rational bounds of the value; `upper` is negative.
        text: the same in words.
    """

    z: Law
    z2: Law
    actions: Mapping[Label, Label]
    actions2: Mapping[Label, Label]
    upper_set: tuple[Label, ...]
    minimal: tuple[Label, ...]
    before: sympy.Expr = sympy.S.Zero
    after: sympy.Expr = sympy.S.Zero
    value: sympy.Expr = sympy.S.Zero
    lower: Fraction = Fraction(0)
    upper: Fraction = Fraction(0)
    text: str = ""

    def replay(self, game: Game) -> sympy.Expr:
        """Recompute the value from the game's own kernel, by plain summation."""
        before = next_mass(game, self.z, self.actions, self.upper_set)
        return sympy.expand(next_mass(game, self.z2, self.actions2, self.upper_set) - before)

    def to_dict(self) -> dict[str, object]:
        """Return the pair as JSON holds it."""
        return {
            "z": _json(self.z),
            "z2": _json(self.z2),
            "actions": {label_text(s): label_text(a) for s, a in self.actions.items()},
            "actions2": {label_text(s): label_text(a) for s, a in self.actions2.items()},
            "upper_set": [label_text(x) for x in self.upper_set],
            "value": {"exact": str(self.value), "upper": float(self.upper)},
            "text": self.text,
        }


def next_mass(
    game: Game, z: Law, actions: Mapping[Label, Label], upper_set: tuple[Label, ...]
) -> sympy.Expr:
    """Return what the next law gives an upper set when z plays these trembling actions."""
    count, eps = game.actions.size, sympy.Rational(str(game.tremble))
    inside, total = set(upper_set), sympy.S.Zero
    for s, mass in z.items():
        for a in game.actions.labels:
            weight = 1 - eps if a == actions[s] else eps / (count - 1)
            law = game.kernel_at(s, a, z)
            part = sympy.Add(*(p for x, p in law.items() if x in inside))
            total += sympy.Rational(str(mass)) * weight * part
    return sympy.expand(total)


def _json(z: Law) -> dict[str, str]:
    return {label_text(x): str(mass) for x, mass in z.items()}


def tell(game: Game, fall: Fall) -> str:
    """Return a fall in words."""
    names = [label_text(x) for x in fall.minimal]
    what = (
        f"the states from {names[0]} on"
        if game.states.is_chain
        else f"the states at or above {' or '.join(names)}"
    )
    before, after = _apart(fall.before, fall.after)
    changes = [
        f"in state {label_text(s)} the best action is {label_text(a)} with the first and "
        f"{label_text(fall.actions2[s])} with the second"
        for s, a in fall.actions.items()
        if s in fall.actions2 and fall.actions2[s] != a
    ]
    why = f" ({'; '.join(changes)})" if changes else ""
    return (
        f"With {mass_text(fall.z)} the next law gives {before} to {what}; with "
        f"{mass_text(fall.z2)}, a higher mean field, it gives them only {after}{why}."
    )


def _apart(first: sympy.Expr, second: sympy.Expr) -> tuple[str, str]:
    """Return two numbers as decimals with as many digits as tell them apart."""
    middles = [sum(enclosed(value)) / 2 for value in (first, second)]
    for digits in range(4, 18):
        shown = tuple(f"{float(x):.{digits}f}".rstrip("0").rstrip(".") for x in middles)
        if shown[0] != shown[1]:
            return shown[0], shown[1]
    return str(first), str(second)
