"""Random small games and their exact numbers, read through the user's own functions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import sympy
from sympy import Rational as R

from mfgcheck import Game
from mfgcheck.budgets.gap.ball import Ball, ball_around
from mfgcheck.budgets.gap.stage import Model, Stage
from mfgcheck.equilibrium.ranges.pieces import Piece, pieces
from mfgcheck.equilibrium.ranges.tables import Tables
from tests.differential.as_game import game_of
from tests.differential.equilibria.generate import random_spec as one_aggregate
from tests.differential.generate import random_spec as any_spec

F = Fraction
Law: TypeAlias = tuple[Fraction, ...]
Grid: TypeAlias = list[list[Fraction]]
Floats: TypeAlias = npt.NDArray[np.float64]

SLACK = F(1, 10**20)
"""How far off a number may be that is read from a transcendental game (in truth, 10^-30)."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """Reward (S, A) and kernel (S, A, S) at one mean field; `exact` unless they are decimals."""

    reward: Grid
    kernel: list[Grid]
    exact: bool

    @property
    def slack(self) -> Fraction:
        """How far bounds may seem violated by rounding of these numbers."""
        return F(0) if self.exact else SLACK

    def floats(self) -> tuple[Floats, Floats]:
        """Return reward and kernel as arrays."""
        return np.array(self.reward, dtype=float), np.array(self.kernel, dtype=float)


def numbers(game: Game, z: Sequence[Fraction]) -> Numbers:
    """Read a game's numbers at a mean field given by masses."""
    states, actions = game.states.labels, game.actions.labels
    masses = {x: R(p.numerator, p.denominator) for x, p in zip(states, z, strict=True)}
    exact = True

    def read(x: sympy.Expr) -> Fraction:
        nonlocal exact
        if x.is_Rational:
            return F(int(x.p), int(x.q))
        exact = False
        return F(str(sympy.N(x, 40)))

    reward = [[read(game.reward_at(s, a, masses)) for a in actions] for s in states]
    kernel = []
    for s in states:
        rows = [game.kernel_at(s, a, masses) for a in actions]
        kernel.append([[read(row.get(x, sympy.S.Zero)) for x in states] for row in rows])
    return Numbers(reward, kernel, exact)


def weights(game: Game, strategy: Sequence[int]) -> Grid:
    """The trembling strategy as chances (S, A), from its definition."""
    count = game.actions.size
    other = game.tremble / (count - 1) if count > 1 else F(0)
    return [[1 - game.tremble if a == b else other for b in range(count)] for a in strategy]


def mixed(mu: Grid, kernel: list[Grid]) -> Grid:
    """The law of the next state by state, (S, S)."""
    n = len(mu)
    return [
        [sum((w * row[x] for w, row in zip(mu[s], kernel[s], strict=True)), F(0)) for x in range(n)]
        for s in range(n)
    ]


def inverse(matrix: Grid) -> Grid:
    """Gauss-Jordan in fractions."""
    n = len(matrix)
    rows = [[*line, *(F(int(i == j)) for j in range(n))] for i, line in enumerate(matrix)]
    for j in range(n):
        pivot = next(i for i in range(j, n) if rows[i][j])
        rows[j], rows[pivot] = rows[pivot], rows[j]
        rows[j] = [x / rows[j][j] for x in rows[j]]
        for i in range(n):
            if i != j and rows[i][j]:
                rows[i] = [x - rows[i][j] * y for x, y in zip(rows[i], rows[j], strict=True)]
    return [row[n:] for row in rows]


def resolvent(kernel: Grid, gamma: Fraction) -> Grid:
    """(1 - gamma K)^-1."""
    return inverse(
        [[F(int(i == j)) - gamma * x for j, x in enumerate(k)] for i, k in enumerate(kernel)]
    )


def dot(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    """The inner product."""
    return sum((a * b for a, b in zip(x, y, strict=True)), F(0))


def apply(matrix: Grid, x: Sequence[Fraction]) -> list[Fraction]:
    """A matrix times a vector."""
    return [dot(row, x) for row in matrix]


def size(x: Sequence[Fraction]) -> Fraction:
    """||x||_1."""
    return sum((abs(a) for a in x), F(0))


def far(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    """||x - y||_1."""
    return sum((abs(a - b) for a, b in zip(x, y, strict=True)), F(0))


def next_law(z: Sequence[Fraction], kernel: Grid) -> Law:
    """z K."""
    return tuple(
        sum((p * row[x] for p, row in zip(z, kernel, strict=True)), F(0)) for x in range(len(z))
    )


def law(rng: random.Random, n: int) -> Law:
    """A random law with a small denominator, often with empty states."""
    shares = [rng.choice((0, 1, 1, 2, 5)) for _ in range(n)]
    shares[rng.randrange(n)] += 1
    return tuple(F(x, sum(shares)) for x in shares)


def within(rng: random.Random, centre: Sequence[Fraction], radius: Fraction) -> Law:
    """A random law within a radius of another, often at exactly that distance."""
    other = law(rng, len(centre))
    distance = far(centre, other)
    if not distance:
        return tuple(centre)
    t = min(F(1), radius / distance) * rng.choice((F(1), F(1), F(rng.randint(0, 8), 8)))
    return tuple(p + t * (q - p) for p, q in zip(centre, other, strict=True))


def plain_game(rng: random.Random, **fixed: Any) -> Game:
    """A game whose numbers are affine in one or two aggregates, of a shape that is asked for.

    Args:
        rng: where chance comes from.
        fixed: states, actions (numbers), tremble, discount (Fractions), twins (whether the last
            action does exactly what the first does), aggregates (0, 1 or 2), regeneration.
    """
    n, k = fixed.get("states", 3), fixed.get("actions", 2)
    count = fixed.get("aggregates", 1)
    renewal = fixed.get("regeneration", F(0))
    phis = [[rng.randint(0, 4) for _ in range(n)] for _ in range(count)]
    for phi in phis:
        phi[rng.randrange(n)] = 5
    ends = [[[law(rng, n) for _ in range(k)] for _ in range(n)] for _ in range(count + 1)]
    pay = [
        [[F(rng.randint(-8, 8), 8) for _ in range(k)] for _ in range(n)] for _ in range(count + 1)
    ]
    if fixed.get("twins") and k > 1:
        for table in (*ends, *pay):
            for s in range(n):
                table[s][k - 1] = table[s][0]  # type: ignore[index]

    def shares(z: Any) -> list[Any]:
        found = [z.mean(lambda x, phi=phi: phi[int(x)]) / (5 * count) for phi in phis]
        return [1 - sum(found, sympy.S.Zero), *found]

    def reward(s: Any, a: Any, z: Any) -> Any:
        return sum(c * _r(p[int(s)][int(a)]) for c, p in zip(shares(z), pay, strict=True))

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        parts = [(c, e[int(s)][int(a)]) for c, e in zip(shares(z), ends, strict=True)]
        moved = {x: sum(c * _r(p[x]) for c, p in parts) for x in range(n)}
        return {x: (1 - _r(renewal)) * p + _r(renewal) / n for x, p in moved.items()}

    tremble = fixed.get("tremble", F(1, 5)) if k > 1 else F(0)
    return Game(
        states=n,
        actions=k,
        reward=reward,
        transition=transition,
        discount=_r(fixed.get("discount", F(1, 2))),
        tremble=_r(tremble),
    )


def _r(x: Fraction) -> sympy.Rational:
    return R(x.numerator, x.denominator)


@cache
def assorted(count: int) -> tuple[Game, ...]:
    """Random games of many kinds: jumps, kinks, exponentials, products of chains, twins."""
    found = [game_of(any_spec(seed)) for seed in range(count)]
    found += [game_of(one_aggregate(seed)) for seed in range(count)]
    rng = random.Random(5)
    shapes: list[dict[str, Any]] = [
        {"states": 1, "actions": 2},
        {"states": 3, "actions": 1},
        {"states": 1, "actions": 1},
        {"states": 2, "actions": 3, "twins": True, "tremble": F(0)},
        {"states": 3, "actions": 3, "twins": True},
        {"states": 3, "actions": 2, "tremble": F(1, 2)},  # the limit: nothing is chosen
        {"states": 4, "actions": 2, "aggregates": 2, "discount": F(9, 10)},
        {"states": 3, "actions": 2, "aggregates": 0},
    ]
    return (*found, *(plain_game(rng, **shape) for shape in shapes))


def parts_of(game: Game) -> tuple[Tables, list[Piece]]:
    """The tables of a game and where its terms do not jump; cached by game."""
    return _parts(game)


@cache
def _parts(game: Game) -> tuple[Tables, list[Piece]]:
    tables = Tables.of(game)
    return tables, pieces(tables)


def stage_at(game: Game, centre: Law, radius: Fraction, strategy: tuple[int, ...]) -> Stage | None:
    """The stage of a strategy on a ball; None if the game may jump there or changes too much."""
    tables, parts = parts_of(game)
    point, around = (ball_around(parts, centre, r) for r in (F(0), radius))
    if point is None or around is None:
        return None
    return Model(tables).stage(point, around, strategy)


@dataclass(frozen=True, eq=False)
class Exactly:
    """What a stage bounds, at one mean field, from its definition."""

    gamma: Fraction
    mu: Grid
    strategy: tuple[int, ...]
    numbers: Numbers
    m: Grid
    values: list[Fraction]
    q: Grid

    @staticmethod
    def of(game: Game, z: Law, strategy: tuple[int, ...]) -> Exactly:
        """Solve for the strategy's values."""
        at = numbers(game, z)
        mu = weights(game, strategy)
        return Exactly.made(game.discount, mu, strategy, at)

    @staticmethod
    def made(gamma: Fraction, mu: Grid, strategy: tuple[int, ...], at: Numbers) -> Exactly:
        """Solve for the strategy's values in a model that is given by its numbers."""
        m = resolvent(mixed(mu, at.kernel), gamma)
        v = apply(m, [dot(w, r) for w, r in zip(mu, at.reward, strict=True)])
        q = [
            [r + gamma * dot(row, v) for r, row in zip(rewards, rows, strict=True)]
            for rewards, rows in zip(at.reward, at.kernel, strict=True)
        ]
        return Exactly(gamma, mu, strategy, at, m, v, q)

    def gap(self, s: int, b: int) -> Fraction:
        """By how much the strategy's action is better."""
        return self.q[s][self.strategy[s]] - self.q[s][b]

    def moved(self, s: int, b: int) -> list[Fraction]:
        """P(s, a*) - P(s, b)."""
        rows = self.numbers.kernel[s]
        return [p - q for p, q in zip(rows[self.strategy[s]], rows[b], strict=True)]

    def reach(self, s: int, b: int) -> list[Fraction]:
        """(P(s, a*) - P(s, b)) M."""
        change = self.moved(s, b)
        return [dot(change, column) for column in zip(*self.m, strict=True)]

    def variance(self, s: int, a: int) -> Fraction:
        """The variance of V at the next state."""
        row = self.numbers.kernel[s][a]
        return dot(row, [v * v for v in self.values]) - dot(row, self.values) ** 2


def balls(seed: int, count: int) -> Iterator[tuple[Game, Law, Fraction, Ball]]:
    """Yield games with random laws and the balls around them that are known."""
    rng = random.Random(seed)
    for game in assorted(count):
        tables, parts = parts_of(game)
        if tables.kappa < 0:
            continue
        centre = law(rng, game.states.size)
        radius = rng.choice((F(0), F(1, 50), F(1, 5)))
        around = ball_around(parts, centre, radius)
        if around is not None:
            yield game, centre, radius, around
