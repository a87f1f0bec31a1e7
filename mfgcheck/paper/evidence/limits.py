"""Evidence about limits of T-BR, by formulas: the game at the distance e from a mean field.

For games with the states 0 and 1. The mean field is the mass of the state 1, and e is a symbol that
stands for every positive number, so that what is found holds all along the way to the limit.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from mfgcheck.equilibrium.exact.replay import exact_run
from mfgcheck.equilibrium.exact.stage import Strategy
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.paper.claim import Finding, confirmed, denied
from mfgcheck.paper.evidence import brute
from mfgcheck.paper.evidence.definition import objection

_E = sympy.Symbol("e", positive=True)


@dataclass(frozen=True)
class _Field:
    """The mean field with the mass `up` of the state 1, a formula."""

    up: sympy.Expr

    def __getitem__(self, x: Any) -> sympy.Expr:
        return self.up if int(x) == 1 else 1 - self.up

    def tail(self, x: Any) -> sympy.Expr:
        """The mass of x and all above."""
        return self.up if int(x) == 1 else sympy.S.One

    def mean(self) -> sympy.Expr:
        """The mean of the state."""
        return self.up


@dataclass(frozen=True)
class _Side:
    """A game with two states and two actions at the distance e from a mean field, for all e > 0.

    Attributes:
        up: the mass of the state 1.
        reward, climb: reward and probability of the state 1, by state and action.
        game: the game.
    """

    up: sympy.Expr
    reward: list[list[sympy.Expr]]
    climb: list[list[sympy.Expr]]
    game: Game

    @staticmethod
    def of(game: Game, up: sympy.Expr) -> _Side:
        states, actions = game.states.values, game.actions.values
        z: Any = _Field(up)
        reward = [[sympy.S.Zero + game.reward(s, a, z) for a in actions] for s in states]
        rows = [[game.transition(s, a, z) for a in actions] for s in states]
        climb = [
            [sympy.S.Zero + row[1] if isinstance(row, Mapping) else sympy.nan for row in line]
            for line in rows
        ]
        return _Side(up, reward, climb, game)

    def optimal(self) -> tuple[Strategy, ...]:
        """Return all strategies that are optimal at every e > 0; none if that is not plain.

        That is those with no advantage, a formula in e, that can be negative; of all others it has
        to be plain that one is negative at every e > 0.
        """
        found = []
        for mu in itertools.product(range(self.game.actions.size), repeat=2):
            advantages = [
                sympy.factor(row[a] - x)
                for row, a in zip(self._q(mu), mu, strict=True)
                for x in row
            ]
            if all(x.is_nonnegative for x in advantages):
                found.append(mu)
            elif not any(x.is_negative for x in advantages):
                return ()
        return tuple(found)

    def image(self, mu: Strategy) -> sympy.Expr:
        """Return the next mass of the state 1."""
        masses = (1 - self.up, self.up)
        return sympy.expand(
            sum(z * self._mixed(row, a) for z, row, a in zip(masses, self.climb, mu, strict=True))
        )

    def _mixed(self, row: list[sympy.Expr], a: int) -> sympy.Expr:
        kappa, spread = map(_rational, brute.weights(self.game))
        return kappa * row[a] + spread * sum(row)

    def _q(self, mu: Strategy) -> list[list[sympy.Expr]]:
        gamma = _rational(self.game.discount)
        climbs = [self._mixed(row, a) for row, a in zip(self.climb, mu, strict=True)]
        earned = [self._mixed(row, a) for row, a in zip(self.reward, mu, strict=True)]
        kernel = sympy.Matrix([[1 - p, p] for p in climbs])
        low, high = (sympy.eye(2) - gamma * kernel).LUsolve(sympy.Matrix(earned))
        return [
            [r + gamma * ((1 - p) * low + p * high) for r, p in zip(rewards, rows, strict=True)]
            for rewards, rows in zip(self.reward, self.climb, strict=True)
        ]


def never_arrives(game: str, start: object, limit: object, ratio: object) -> Finding:
    """Whether T-BR comes nearer to a limit by the same ratio in each step, and so never reaches it.

    Args:
        game: a game of the gallery with the states 0 and 1.
        start: the mass of the state 1 at first, below the limit.
        limit: that of the limit.
        ratio: of the distances after a step and before.
    """
    made = make(game)
    wrong = objection(made)
    if wrong is not None:
        return wrong
    first, end, factor = (Fraction(str(x)) for x in (start, limit, ratio))
    if not first < end:
        return denied(f"{first} does not lie below {end}.")
    side = _Side.of(made, _rational(end) - _E)
    images = {side.image(mu) for mu in side.optimal()}
    if images != {sympy.expand(_rational(end) - _rational(factor) * _E)}:
        told = ", ".join(map(str, images)) or "not found"
        return denied(f"in {game} the next mass after {end} - e is {told}.")
    # The formula, and what is computed at the first mean fields without it.
    run = exact_run(made, {0: 1 - first, 1: first}, steps=4)
    path = [law[1] for law in run.mean_fields]
    if path != [end - (end - first) * factor**k for k in range(len(path))]:
        return denied(f"T-BR in {game} goes another way: {', '.join(map(str, path))}.")
    return confirmed(
        f"at z(1) = {end} - e, for every e > 0, each optimal strategy leads to {end} - {factor} e: "
        f"from z(1) = {first} the distance to the limit is {end - first} times {factor} to the "
        "power k, and never 0."
    )


def no_equilibrium_at(game: str, limit: object, ratio: object) -> Finding:
    """Whether T-BR from the least law tends to a mean field that belongs to no T-MFE.

    The arguments are those of `never_arrives`.
    """
    arrives = never_arrives(game, 0, limit, ratio)
    if arrives.confirmed is not True:
        return arrives
    images = _images_at(make(game), Fraction(str(limit)))
    if Fraction(str(limit)) in images.values():
        return denied(f"at {limit} itself a strategy leads back to it.")
    ends = sorted(set(images.values()))
    return confirmed(
        f"T-BR in {game} climbs from z(1) = 0 to {limit}, and from {limit} itself all strategies "
        f"lead to {', '.join(map(str, ends))}."
    )


def jumps(game: str, at: object, below: object, above: object) -> Finding:
    """Whether Upsilon and the optimal strategy have different limits from below and from above.

    Args:
        game: a game of the gallery with the states 0 and 1.
        at: the mass of the state 1.
        below, above: the limits of Upsilon from either side.
    """
    made = make(game)
    wrong = objection(made)
    if wrong is not None:
        return wrong
    end, ends, chosen = Fraction(str(at)), [], []
    for sign in (-1, 1):
        side = _Side.of(made, _rational(end) + sign * _E)
        optimal = side.optimal()
        if len(optimal) != 1:
            return denied(f"beside {end} it is not one strategy that is optimal in {game}.")
        chosen.append(optimal[0])
        ends.append(side.image(optimal[0]).subs(_E, 0))
    text = (
        f"in {game} the action {made.actions.text(chosen[0][0])} is optimal below z(1) = {end} and "
        f"{made.actions.text(chosen[1][0])} above, and Upsilon tends to {ends[0]} from below and "
        f"{ends[1]} from above"
    )
    expected = [_rational(Fraction(str(x))) for x in (below, above)]
    good = ends == expected and ends[0] != ends[1] and chosen[0] != chosen[1]
    return confirmed(f"{text}.") if good else denied(f"{text}.")


def limit_is_moved(game: str, limit: object, ratio: object, to: object) -> Finding:
    """Whether T-BR tends to a T-MFE that Upsilon, with the highest optimal actions, moves away.

    Args:
        game, limit, ratio: as for `never_arrives`, from the least law.
        to: where Upsilon moves it: the mass of the state 1.
    """
    arrives = never_arrives(game, 0, limit, ratio)
    if arrives.confirmed is not True:
        return arrives
    end = Fraction(str(limit))
    made = make(game)
    stage = brute.stage_at(made, (1 - end, end))
    response = stage.best_response()
    chosen = (response.lowest, response.highest)
    low, high = (stage.distribution((1 - end, end), mu)[1] for mu in chosen)
    text = (
        f"T-BR in {game} climbs from z(1) = 0 to {end}; from {end} itself the lower optimal "
        f"actions lead to {low}, the higher ones to {high}"
    )
    return confirmed(f"{text}.") if (low, high) == (end, Fraction(str(to))) else denied(f"{text}.")


def _images_at(game: Game, up: Fraction) -> dict[Strategy, Fraction]:
    """Return the next mass of the state 1 under every strategy, optimal or not."""
    stage = brute.stage_at(game, (1 - up, up))
    return {mu: stage.distribution((1 - up, up), mu)[1] for mu in brute.strategies(stage)}


def _rational(x: Fraction) -> sympy.Rational:
    return sympy.Rational(x.numerator, x.denominator)
