"""Small games that evidence about learning rests on, and which the gallery does not have.

Each is asked whether it satisfies Definition 1 where it is used.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Rational

from mfgcheck.game.game import Game


def _number(x: Fraction) -> Rational:
    return Rational(x.numerator, x.denominator)


def resting(gain: Fraction, kept: Fraction = Fraction(1)) -> Game:
    """Agents stay where they are with chance `kept`, else are thrown anywhere; actions earn `gain`.

    The reward s/4 + gain a makes the same action the only best one in both states.
    """
    stay, more = _number(kept), _number(gain)

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = (1 - stay) / 2 + stay * s
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s / 4 + more * a,
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="resting",
    )


def slow_coin(turn: Fraction) -> Game:
    """A coin on the table that is turned with a small chance, whatever anybody does; heads earn."""
    chance = _number(turn)

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = chance + s * (1 - 2 * chance)
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s,
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="slow-coin",
    )


def one_way(chance: Fraction) -> Game:
    """State 1 is reached with a chance and never left, whatever anybody does."""
    up_chance = _number(chance)

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = s + (1 - s) * up_chance
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s,
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="one-way",
    )


def oscillator(cost: Fraction) -> Game:
    """An action leads up with 1/4 + a/2, and pays if more than twice its cost are up."""
    price = _number(cost)

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = Rational(1, 4) + a / 2
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s / 2 + a * (z[1] / 2 - price),
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="oscillator",
    )


def replaced(regeneration: Fraction, top: Fraction) -> Game:
    """Agents stay where they are, but are replaced with a chance; new ones are at 1 with `top`."""
    zeta, up_new = _number(regeneration), _number(top)

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = (1 - zeta) * s + zeta * up_new
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s,
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="replaced",
    )
