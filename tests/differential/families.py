"""Random games with unknown non-increasing functions, as one text for all kinds of numbers.

The functions of a game are written once and run with sympy's numbers for the checker, and with
fractions and functions of fractions for the oracle.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from mfgcheck import Game, decreasing
from tests.oracle.definition import PlainGame
from tests.oracle.mean_fields import MeanField
from tests.oracle.posets import chain

F = Fraction
Node = tuple[Any, ...]
Functions = Mapping[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class FamilySpec:
    """A game on chains of states and actions.

    Nodes are ("num", q), ("agg", i), ("p", name, node), ("add" | "mul" | "max", ...) and
    ("step", i, q) for 1{aggregate i >= q}. An aggregate
    has a node for each state. A row goes to `high` with its weight, to `low` otherwise.
    """

    seed: int
    states: int
    actions: int
    bounds: dict[str, tuple[Fraction, Fraction]]
    aggregates: tuple[tuple[Node, ...], ...]
    reward: tuple[tuple[Node, ...], ...]
    weight: tuple[tuple[Node, ...], ...]
    low: tuple[tuple[dict[int, Fraction], ...], ...]
    high: tuple[tuple[dict[int, Fraction], ...], ...]


def family_game(spec: FamilySpec, functions: Functions | None = None) -> Game:
    """Return the game for the checker; with unknown functions unless some are given."""
    chosen = functions
    if chosen is None:
        chosen = {name: decreasing(name, *bounds) for name, bounds in spec.bounds.items()}

    def aggregates(z: Any) -> list[Any]:
        return [
            z.mean(lambda s, row=row: _value(row[int(s)], [], chosen, _rational))
            for row in spec.aggregates
        ]

    def reward(s: Any, a: Any, z: Any) -> Any:
        return _value(spec.reward[int(s)][int(a)], aggregates(z), chosen, _rational)

    def transition(s: Any, a: Any, z: Any) -> Any:
        i, j = int(s), int(a)
        w = _value(spec.weight[i][j], aggregates(z), chosen, _rational)
        return [
            *((w * _rational(q), x) for x, q in spec.high[i][j].items()),
            *(((1 - w) * _rational(q), x) for x, q in spec.low[i][j].items()),
        ]

    return Game(
        states=spec.states,
        actions=spec.actions,
        reward=reward,
        transition=transition,
        discount="1/2",
        tremble="1/4" if spec.actions > 1 else 0,
    )


def plain_game(spec: FamilySpec, functions: Functions) -> PlainGame:
    """Return the game for the oracle, with functions of fractions in the places."""

    def aggregates(z: MeanField) -> list[Fraction]:
        return [
            sum((q * _value(node, [], functions, F) for q, node in zip(z, row, strict=True)), F(0))
            for row in spec.aggregates
        ]

    def reward(i: int, j: int, z: MeanField) -> Fraction:
        return F(_value(spec.reward[i][j], aggregates(z), functions, F))

    def kernel(i: int, j: int, z: MeanField) -> list[Fraction]:
        w = F(_value(spec.weight[i][j], aggregates(z), functions, F))
        high, low = spec.high[i][j], spec.low[i][j]
        return [w * high.get(x, F(0)) + (1 - w) * low.get(x, F(0)) for x in range(spec.states)]

    return PlainGame(chain(spec.states), chain(spec.actions), kernel, reward)


def _rational(q: Fraction) -> sympy.Rational:
    return sympy.Rational(q.numerator, q.denominator)


def _value(node: Node, aggregates: list[Any], functions: Functions, number: Any) -> Any:
    kind, *parts = node
    if kind == "num":
        return number(parts[0])
    if kind == "agg":
        return aggregates[parts[0]]
    if kind == "p":
        return functions[parts[0]](_value(parts[1], aggregates, functions, number))
    if kind == "step":
        return _step(aggregates[parts[0]], parts[1], number)
    values = [_value(part, aggregates, functions, number) for part in parts]
    if kind == "max":
        return max(values) if number is F else sympy.Max(*values)
    result = values[0]
    for value in values[1:]:
        result = result + value if kind == "add" else result * value
    return result


def _step(m: Any, cut: Fraction, number: Any) -> Any:
    if number is F:
        return F(int(m >= cut))
    return sympy.Piecewise((1, m >= number(cut)), (0, True))


def num(q: Any) -> Node:
    """Return a number as a node."""
    return ("num", F(q))


def random_spec(seed: int) -> FamilySpec:
    """Return a game; half of them lean towards Definition 1."""
    rng = random.Random(seed)
    states, actions = rng.randint(2, 4), rng.randint(1, 3)
    bounds = {"p": rng.choice([(F(0), F(1)), (F(1, 4), F(1)), (F(1, 3), F(2, 3)), (F(1, 2),) * 2])}
    if rng.random() < 0.3:
        bounds["q"] = rng.choice([(F(0), F(1)), (F(1, 2), F(1))])
    rising = [num(x) for x in range(states)]
    others = [
        rising,
        [num(int(x == states - 1)) for x in range(states)],
        [num(rng.randint(-1, 3)) for _ in range(states)],
        [num(F(x, 2) + 1) for x in range(states)],
    ]
    aggregates = [rising] + ([rng.choice(others)] if rng.random() < 0.5 else [])
    known = len(aggregates)
    if rng.random() < 0.4:
        shift, scale = rng.randint(-1, 2), num(rng.choice([-1, -1, 1, 2]))
        aggregates.append(
            [("add", num(1), ("mul", scale, ("p", "p", num(x + shift)))) for x in range(states)]
        )
    draw = _Draw(rng, list(bounds), known, len(aggregates), states)
    tame = rng.random() < 0.5
    rewards = [draw.part(tame) for _ in range(rng.randint(1, 3))]
    reward = tuple(
        tuple(("add", num(0), *(part(i, j) for part in rewards)) for j in range(actions))
        for i in range(states)
    )
    weight = draw.weight(tame)
    pairs = [[draw.laws(i, j, tame) for j in range(actions)] for i in range(states)]
    return FamilySpec(
        seed,
        states,
        actions,
        bounds,
        tuple(map(tuple, aggregates)),
        reward,
        tuple(tuple(weight(i, j) for j in range(actions)) for i in range(states)),
        tuple(tuple(low for low, _ in row) for row in pairs),
        tuple(tuple(high for _, high in row) for row in pairs),
    )


@dataclass(frozen=True)
class _Draw:
    rng: random.Random
    names: list[str]
    known: int  # how many aggregates a function can be taken at
    aggregates: int
    states: int

    def argument(self) -> Node:
        """Return an argument that depends on the mean field."""
        rng = self.rng
        node: Node = ("agg", rng.randrange(self.known))
        kind = rng.random()
        if kind < 0.2:
            return ("add", node, num(rng.choice([-1, 1, F(1, 2)])))
        if kind < 0.3:
            return ("mul", num(rng.choice([-1, F(1, 2), 2])), node)
        if kind < 0.4 and self.known > 1:
            return ("add", ("agg", 0), ("mul", num(F(1, 2)), ("agg", 1)))
        return node

    def unit(self) -> Callable[[int, int], Node]:
        """Return a factor with values in [0, 1]."""
        rng, name = self.rng, self.rng.choice(self.names)
        kind = rng.randrange(8)
        moving: Node = ("p", name, self.argument())
        shift = rng.randint(-1, 2)
        if kind == 0:
            return lambda i, j: ("p", name, num(i + shift))
        if kind == 1:
            return lambda i, j: ("add", num(1), ("mul", num(-1), ("p", name, num(i + shift))))
        if kind == 2:
            return lambda i, j: ("add", num(1), ("mul", num(-1), moving))
        if kind == 3:
            fixed: Node = ("p", rng.choice(self.names), num(rng.randint(0, self.states - 1)))
            return lambda i, j: ("mul", moving, fixed)
        if kind == 4:
            top = num(F(1, self.states - 1))
            return lambda i, j: ("mul", top, ("agg", 0))
        if kind == 5:
            return lambda i, j: ("max", moving, num(F(1, 2)))
        if kind == 6:
            cut = F(rng.randint(1, 2 * self.states - 2), 2)
            return lambda i, j: ("step", 0, cut)
        return lambda i, j: moving

    def part(self, tame: bool) -> Callable[[int, int], Node]:
        """Return a part of the reward."""
        rng = self.rng
        scale = rng.choice([-1, 1, 1, 2]) * F(1, rng.randint(1, 3))
        form = rng.randrange(5)
        factors = [self.unit() for _ in range(rng.choice([1, 1, 2]))]
        if rng.random() < 0.3:
            number = rng.randrange(self.aggregates)
            factors.append(lambda i, j: ("agg", number))
        if tame and rng.random() < 0.7:
            scale = abs(scale)

        def made(i: int, j: int) -> Node:
            size = [F(1), F(i), F(j), F(i * j), F(i + j)][form] * scale
            return ("mul", num(size), *(factor(i, j) for factor in factors))

        return made

    def weight(self, tame: bool) -> Callable[[int, int], Node]:
        """Return the weight of the higher law."""
        rng = self.rng
        factors = [self.unit() for _ in range(rng.choice([1, 1, 2]))]
        sizes = [
            [F(rng.randint(0, 3), 6) for _ in range(3)] if not tame else [F(1 + j, 8)] * 3
            for j in range(8)
        ]

        def made(i: int, j: int) -> Node:
            return (
                "add",
                num(sizes[(i + j) % 8][0]),
                (
                    "mul",
                    num(sizes[(2 * i + j) % 4 if not tame else j][1]),
                    *(f(i, j) for f in factors),
                ),
            )

        return made

    def laws(self, i: int, j: int, tame: bool) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
        """Return the lower and the higher law of a row."""
        rng, top = self.rng, self.states - 1
        if tame:
            return {0: F(1)}, {min(top, max(i, 1)): F(1)}
        x, y, w = rng.randint(0, top), rng.randint(0, top), F(rng.randint(1, 3), 4)
        law = {x: w}
        law[y] = law.get(y, F(0)) + 1 - w
        return {rng.randint(0, top): F(1)}, law


def concrete(bounds: tuple[Fraction, Fraction], rng: random.Random) -> dict[str, Any]:
    """Return non-increasing functions of fractions with values between bounds, by name.

    Those whose names begin with "strict" are strictly decreasing from -4 to 14, where all arguments
    lie.
    """
    low, high = bounds
    width = high - low
    cuts = sorted(F(rng.randint(-2, 16), 4) for _ in range(3))
    heights = sorted((F(rng.randint(0, 4), 4) for _ in range(4)), reverse=True)

    def steps(x: Fraction) -> Fraction:
        return low + width * heights[sum(x > cut for cut in cuts)]

    def left(x: Fraction) -> Fraction:
        return high if x < cuts[1] else low

    def right(x: Fraction) -> Fraction:
        return high if x <= cuts[1] else low

    def linear(x: Fraction) -> Fraction:
        return low + width * (14 - x) / 18

    def rational(x: Fraction) -> Fraction:
        return low + width / (x + 5)

    return {
        "low": lambda x: low + 0 * x,
        "high": lambda x: high + 0 * x,
        "left": left,
        "right": right,
        "steps": steps,
        "strict linear": linear,
        "strict rational": rational,
        "strict with a jump": lambda x: (linear(x) + right(x)) / 2,
        "strict and steep": lambda x: (999 * steps(x) + rational(x)) / 1000,
    }
