"""Random scalar functions of the mean field with values in [0, 1], of every kind allowed.

Each is built on `u`, an aggregate scaled to [0, 1] over the simplex, so that a kernel's weights
can be made valid by construction. Many take the value 0 or 1, or have slope 0, exactly at an end
or at a breakpoint: there inequalities are tight.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from tests.differential.spec import AggregateSpec, Label, Node, Space, number

F = Fraction
ONE = number(1)
CUTS = (F(1, 4), F(1, 3), F(1, 2), F(1, 2), F(2, 3), F(3, 4))


def aggregate(states: Space, rng: random.Random) -> AggregateSpec:
    """Draw a functional that is not constant; non-decreasing ones are the more frequent."""
    n = states.size
    numeric = len(states.factors) == 1 and not any(isinstance(x, str) for x in states.labels)
    kind = rng.choice(("mean", "mean", "tail", "mass", "phi", "bumpy"))
    if n == 1:
        return AggregateSpec("phi", (F(1),))
    if kind == "mean" and numeric:
        return AggregateSpec("mean", tuple(F(x) for x in states.labels))
    if kind == "tail":
        return _tail(states, rng.randrange(1, n))
    if kind == "mass":
        x = rng.choice((0, n - 1, rng.randrange(n)))
        return AggregateSpec("mass", tuple(F(int(i == x)) for i in range(n)), x)
    if kind == "bumpy":
        values = [F(rng.randint(-3, 6), rng.choice((1, 2))) for _ in range(n)]
        if len(set(values)) == 1:
            values[-1] += 1
        return AggregateSpec("phi", tuple(values))
    steps = [[F(rng.choice((0, 1, 1, 2)), rng.choice((1, 3))) for _ in f] for f in states.factors]
    values = [
        sum((sum(step[: r + 1], F(0)) for step, r in zip(steps, rank, strict=True)), F(0))
        for rank in states.ranks()
    ]
    if len(set(values)) == 1:
        values[-1] += 1
    return AggregateSpec("phi", tuple(values))


def _tail(states: Space, x: int) -> AggregateSpec:
    ranks = states.ranks()
    above = [all(p >= q for p, q in zip(rank, ranks[x], strict=True)) for rank in ranks]
    return AggregateSpec("tail", tuple(F(int(inside)) for inside in above), x)


def scalar(aggregates: tuple[AggregateSpec, ...], rng: random.Random) -> Node:
    """Draw a scalar function with values in [0, 1]."""
    i = rng.randrange(len(aggregates))
    j = len(aggregates) - 1 - i
    return rng.choices([kind for kind, _ in KINDS], weights=[weight for _, weight in KINDS])[0](
        aggregates, i, j, rng
    )


def scaled(aggregates: tuple[AggregateSpec, ...], i: int) -> Node:
    """Return (m_i - least) / (greatest - least), or m_i if that is the same."""
    low, high = min(aggregates[i].values), max(aggregates[i].values)
    node: Node = ("agg", i)
    if low:
        node = ("add", node, number(-low))
    return node if high - low == 1 else ("mul", number(1 / (high - low)), node)


def flip(node: Node) -> Node:
    """Return 1 - node."""
    return ("add", ONE, ("mul", number(-1), node))


def times(*nodes: Node) -> Node:
    """Return the product."""
    return ("mul", *nodes)


Maker = Callable[[tuple[AggregateSpec, ...], int, int, random.Random], Node]


def _affine(aggregates: tuple[AggregateSpec, ...], i: int, _j: int, rng: random.Random) -> Node:
    u = scaled(aggregates, i)
    return u if rng.random() < 0.7 else flip(u)


def _quadratic(aggregates: tuple[AggregateSpec, ...], i: int, j: int, rng: random.Random) -> Node:
    u, v = scaled(aggregates, i), scaled(aggregates, j)
    c = rng.choice(CUTS)
    centred = ("add", u, number(-c))
    return rng.choice(
        (
            times(u, u),
            times(u, flip(times(number(F(1, 2)), u))),
            times(u, flip(u)),
            times(number(1 / max(c, 1 - c) ** 2), centred, centred),
            times(u, v),
            times(u, flip(v)),
            times(number(F(1, 2)), ("add", times(u, u), v)),
            # The slope 2u - c vanishes inside the range, if only just.
            times(number(F(1, 2)), ("add", ONE, times(u, u), times(number(F(-1, 1000)), u))),
        )
    )


def _exponential(aggregates: tuple[AggregateSpec, ...], i: int, j: int, rng: random.Random) -> Node:
    u, v = scaled(aggregates, i), scaled(aggregates, j)
    c = rng.choice((F(1, 2), F(1), F(6, 5), F(2)))
    falling = ("exp", times(number(-c), u))
    return rng.choice(
        (
            falling,
            flip(falling),
            times(falling, v),
            ("add", falling, times(number(-1), ("exp", number(-c)))),
            times(u, ("exp", flip(u))),
            ("add", ("exp", u), number(-1), times(number(-1), u)),
            ("tanh", times(number(c), u)),
            flip(("tanh", times(number(c), u))),
            ("log", ("add", ONE, u)),
            ("sqrt", ("div", ("add", ONE, times(number(3), u)), number(4))),
            ("sqrt", u),
            ("exp", times(number(-1), ("max", number(0), ("add", u, number(F(-1, 2)))))),
            ("min", u, ("exp", times(number(-1), v))),
        )
    )


def _rational(aggregates: tuple[AggregateSpec, ...], i: int, j: int, rng: random.Random) -> Node:
    u, v = scaled(aggregates, i), scaled(aggregates, j)
    c = number(rng.choice((F(1, 2), F(1), F(3))))
    return rng.choice(
        (
            ("div", ONE, ("add", ONE, times(c, u))),
            ("div", u, ("add", ONE, u)),
            ("div", u, ("add", ONE, v)),
            ("div", times(number(2), u), ("add", ONE, times(u, u))),
            ("div", v, ("add", ONE, times(c, u))),
            ("div", ONE, ("add", ONE, ("abs", ("add", u, number(F(-1, 2)))))),
        )
    )


def _kinked(aggregates: tuple[AggregateSpec, ...], i: int, j: int, rng: random.Random) -> Node:
    u, v = scaled(aggregates, i), scaled(aggregates, j)
    c = rng.choice(CUTS)
    over = ("add", u, number(-c))
    return rng.choice(
        (
            ("min", ONE, times(number(1 / c), u)),
            ("max", number(0), times(number(1 / (1 - c)), over)),
            ("abs", ("add", times(number(2), u), number(-1))),
            times(number(1 / max(c, 1 - c)), ("abs", over)),
            ("min", u, v),
            ("max", u, v),
            times(number(2), ("min", u, flip(u))),
            ("max", times(u, u), number(F(1, 4))),
            flip(("min", ONE, times(number(1 / c), u))),
        )
    )


def _stepped(aggregates: tuple[AggregateSpec, ...], i: int, j: int, rng: random.Random) -> Node:
    u, v = scaled(aggregates, i), scaled(aggregates, j)
    low, high = min(aggregates[i].values), max(aggregates[i].values)
    cut = low + rng.choice(CUTS) * (high - low)
    relation = rng.choice((">=", ">", "<", "<="))
    if rng.random() < 0.1:
        # 1 at the breakpoint alone.
        above = ("step", i, cut, ">", number(-1), number(0))
        return ("add", ("step", i, cut, ">=", ONE, number(0)), above)
    half = times(number(F(1, 2)), u)
    lower, upper = rng.choice(
        (
            (number(F(1, 4)), number(F(3, 4))),
            (number(0), ONE),
            (half, ("add", number(F(1, 2)), half)),
            (half, number(F(1, 2))),
            (times(number(F(1, 4)), v), v),
            (times(u, u), u),
            (u, times(u, u)),
            (number(F(3, 4)), number(F(1, 4))),
            # Continuous: the two pieces meet at the breakpoint.
            (u, number((cut - low) / (high - low))),
        )
    )
    if relation in ("<", "<="):
        return ("step", i, cut, relation, lower, upper)
    return ("step", i, cut, relation, upper, lower)


KINDS: tuple[tuple[Maker, int], ...] = (
    (_affine, 4),
    (_quadratic, 4),
    (_exponential, 3),
    (_rational, 2),
    (_kinked, 3),
    (_stepped, 3),
)


def labels(n: int, rng: random.Random) -> tuple[Label, ...]:
    """Draw the labels of a chain: mostly 0..n-1."""
    kind = rng.randrange(10)
    if kind == 0:
        return tuple(("low", "mid", "good", "high", "top")[:n])
    if kind == 1:
        return tuple(i - 1 for i in range(n))
    if kind == 2:
        return tuple(F(i, 2) if i % 2 else i // 2 for i in range(n))
    return tuple(range(n))
