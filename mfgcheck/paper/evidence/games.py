"""Small games that evidence is made from, beside those of the gallery."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import sympy
from sympy import Rational as R

from mfgcheck.game.game import Game
from mfgcheck.game.orders import product
from mfgcheck.paper.claim import Finding, denied
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status

Actions: TypeAlias = int

GRID = "grid"
LATTICE = "lattice"


def one_state(rewards: Sequence[object] = (0, 1), tremble: object = "3/4") -> Game:
    """One state, so that only rewards matter."""
    amounts = [sympy.Rational(str(r)) for r in rewards]
    return Game(
        states=1,
        actions=len(amounts),
        reward=lambda s, a, z: amounts[int(a)],
        transition=lambda s, a, z: {0: 1},
        discount="1/2",
        tremble=tremble,
        name=f"one state, rewards {', '.join(map(str, amounts))}",
    )


def linear(
    both: R, crowd: R, taste: R, drive: R, burden: R, actions: Actions = 2, tremble: object = "1/4"
) -> Game:
    """Two states, a chain of actions, and all that may depend on two things together.

    With m the mass of the state 1 and x = a/(|A| - 1): P(1) = 1/8 + s/4 + x/8 + both s x +
    crowd m (1 + s + x) and r = s/4 + taste s m + drive x (m - 1/2) - x^2/16 + burden m.
    """

    def reward(s: Any, a: Any, z: Any) -> Any:
        x, m = a / R(actions - 1), z[1]
        rest = taste * s * m + drive * x * (m - R(1, 2)) + burden * m
        return s / 4 + rest - x**2 / 16

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        x, m = a / R(actions - 1), z[1]
        up = R(1, 8) + s / 4 + x / 8 + both * s * x + crowd * m * (1 + s + x)
        return {0: 1 - up, 1: up}

    numbers = ", ".join(map(str, (both, crowd, taste, drive, burden)))
    return Game(
        states=2,
        actions=actions,
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble=tremble,
        name=f"linear game ({numbers})",
    )


def grid(actions: Actions = 2, tremble: object = "1/4") -> list[Game]:
    """All `linear` games with two values of each coefficient; in half of them the crowd harms."""
    choices = itertools.product(
        (R(0), R(1, 8)), (R(0), R(1, 16)), (R(0), R(1, 8)), (R(1, 8), R(1, 4)), (R(-1, 4), R(1, 8))
    )
    return [linear(*chosen, actions=actions, tremble=tremble) for chosen in choices]


def lattice(tremble: object = "1/4") -> Game:
    """States and actions {0, 1}^2, which are no chains.

    The next state is drawn from the upper of two laws with a chance w that is supermodular in state
    and action and rises with the mean level of the first coordinate.
    """
    low = {(0, 0): R(1, 2), (0, 1): R(1, 4), (1, 0): R(1, 4)}
    high = {(0, 1): R(1, 4), (1, 0): R(1, 4), (1, 1): R(1, 2)}

    def reward(s: Any, a: Any, z: Any) -> Any:
        m = z.mean(_first)
        pull = (a[0] + a[1]) * (m - R(1, 2)) / 8 + (s[0] * a[1] + a[0] * a[1]) / 16
        return (s[0] + s[1] + s[0] * s[1]) / 8 + pull - a[0] / 16 - m / 4

    def transition(s: Any, a: Any, z: Any) -> dict[Any, Any]:
        m = z.mean(_first)
        w = (1 + s[0] + s[1] + a[0] + a[1] + a[0] * a[1] + s[0] * a[0] + m * (1 + a[1])) / 9
        return {x: (1 - w) * low.get(x, 0) + w * high.get(x, 0) for x in {**low, **high}}

    return Game(
        states=product(2, 2),
        actions=product(2, 2),
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble=tremble,
        name="lattice game",
    )


def _first(s: Any) -> Any:
    return s[0]


def opposed(tremble: object = "9/10") -> Game:
    """Two states, actions {0, 1}^2 of which two are not comparable; for trembles above 3/4.

    Then the meant action is the least likely one, so that the best strategy means the action with
    the least reward. That is (0, 1) while the mass m of the state 1 is below 9/20 and (1, 0) above;
    and (1, 0), which leads up more often, is played less where it is meant.
    """

    def reward(s: Any, a: Any, z: Any) -> Any:
        kind = (int(a[0]), int(a[1]))
        fixed = {(0, 0): R(1, 2), (0, 1): R(0), (1, 0): R(9, 80), (1, 1): R(1, 2)}[kind]
        return fixed + a[1] * z[1] / 4

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = R(1, 8) + R(3, 4) * a[0]
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=product(2, 2),
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble=tremble,
        name=f"game with opposed actions, tremble {Fraction(str(tremble))}",
    )


def named(names: Sequence[str], tremble: object = None, actions: Actions = 2) -> list[Game]:
    """Return games of the gallery by name; "grid" is all of `grid`, "lattice" is `lattice`.

    Tremble and number of actions are those of the grid alone.
    """
    from mfgcheck.gallery import make

    found: list[Game] = []
    for name in names:
        if name == GRID:
            found += grid(actions, "1/4" if tremble is None else tremble)
        elif name == LATTICE:
            found.append(lattice())
        else:
            found.append(make(name))
    return found


def objection_at_any_tremble(game: Game) -> Finding | None:
    """Return what keeps a game from being an MFG-SC, None if nothing does, however it trembles.

    For evidence about large trembles; `definition.objection` asks for a small one too.
    """
    report = check(game)
    bounded = report.assumptions["assumption.bounded_reward"].status
    if report.status is not Status.PROVED or bounded is not Status.PROVED:
        return denied(f"{game.name} was not proved to have bounded rewards and complementarities")
    return None
