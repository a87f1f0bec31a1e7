"""Random valid games by seed, a good share of every clause true and a good share false.

Where the clauses are to hold, coefficients come from `_ramp` with non-negative entries (monotone
and supermodular in (s, a)); where they are to be near ties, single entries are moved by 1/1000 or
made to cancel exactly at one end of the range.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from tests.differential.scalars import aggregate, labels, scalar
from tests.differential.spec import LawNode, Node, Space, Spec, Term, number

F = Fraction
Ramp = list[list[Fraction]]
"""A coefficient for every (s, a)."""
Rows = tuple[tuple[tuple[Term, ...], ...], ...]
"""The branches of the kernel for every (s, a)."""
NEAR = (F(0), F(0), F(1, 1000), F(-1, 1000))


def random_spec(seed: int) -> Spec:
    """Return the game of this seed."""
    rng = random.Random(f"mfgcheck {seed}")
    states = _space(rng, chain_sizes=(2, 2, 3, 3, 4, 5), grids=((2, 2),))
    actions = _space(
        rng, chain_sizes=(2, 2, 2, 2, 3, 3, 3, 3, 1), grids=((2, 2),) if states.size < 4 else ()
    )
    aggregates = tuple(aggregate(states, rng) for _ in range(rng.choice((1, 1, 2))))
    drawn = tuple(scalar(aggregates, rng) for _ in range(rng.choice((1, 1, 2))))
    draw = partial(_ramp, states, actions, rng)
    family = rng.choices(tuple(FAMILIES), weights=(9, 3, 3, 2, 3))[0]
    return Spec(
        family=family,
        states=states,
        actions=actions,
        aggregates=aggregates,
        scalars=(number(1), *drawn),
        kernel=FAMILIES[family](states, actions, len(drawn), rng),
        reward=_reward(draw, len(drawn), rng),
        own=_own(states, actions, rng),
        discount=F(3, 4),
        tremble=F(3, 10) if actions.size > 1 else F(0),
        as_dict=rng.random() < 0.25,
    )


def _space(
    rng: random.Random, chain_sizes: Sequence[int], grids: Sequence[tuple[int, int]]
) -> Space:
    if grids and rng.random() < 0.08:
        first, second = rng.choice(grids)
        return Space((tuple(range(first)), tuple(range(second))))
    return Space((labels(rng.choice(chain_sizes), rng),))


def _ramp(states: Space, actions: Space, rng: random.Random, mode: str) -> Ramp:
    """Draw c0 + c1 i + c2 j + c3 i j in the ranks i, j of s and a; `mode` says with what signs."""
    small = (F(0), F(0), F(1), F(2), F(1, 2))
    if mode == "rising":
        c0, c1, c2, c3 = (rng.choice(small) for _ in range(4))
    elif mode == "near":
        c0, c1, c2 = (rng.choice(small) for _ in range(3))
        c3 = rng.choice(NEAR)
    elif mode == "flat":
        c0, c1, c2, c3 = rng.choice(small), F(0), F(0), F(0)
    else:
        c0, c1, c2, c3 = (rng.choice((*small, F(-1), F(-1, 2))) for _ in range(4))
    ramp = [
        [c0 + c1 * sum(i) + c2 * sum(j) + c3 * sum(i) * sum(j) for j in actions.ranks()]
        for i in states.ranks()
    ]
    if mode == "wild" or (mode == "near" and rng.random() < 0.5):
        s, a = rng.randrange(states.size), rng.randrange(actions.size)
        ramp[s][a] += rng.choice((F(1, 1000), F(-1, 1000), F(1, 2), F(-1, 2)))
    return ramp


def _mode(rng: random.Random) -> str:
    return rng.choices(("rising", "near", "flat", "wild"), weights=(6, 3, 2, 2))[0]


def _weights(
    states: Space, actions: Space, scalars: int, branches: int, rng: random.Random
) -> list[list[Ramp]]:
    """Draw valid weights of `branches` laws besides a first one that takes what is left.

    weights[k][i][s][a] is the coefficient of scalar i in the weight of law k + 1. With all
    scalars in [0, 1], a weight is at least its constant less its negative coefficients, and the
    sum at most the constants and positive coefficients: both are put in order here, exactly.
    """
    rows = [(s, a) for s in range(states.size) for a in range(actions.size)]
    drawn = []
    for _ in range(branches):
        moving = [_ramp(states, actions, rng, _mode(rng)) for _ in range(scalars)]
        still = _ramp(states, actions, rng, _mode(rng))
        if moving and rng.random() < 0.15:
            # What the scalar adds at its upper end, the constant takes away: a tie there.
            still = [
                [x - y for x, y in zip(p, q, strict=True)]
                for p, q in zip(still, moving[0], strict=True)
            ]
        least = min(still[s][a] + sum(min(ramp[s][a], F(0)) for ramp in moving) for s, a in rows)
        if least < 0:
            still = [[x - least for x in row] for row in still]
        drawn.append([still, *moving])
    most = max(
        sum(w[0][s][a] + sum(max(ramp[s][a], F(0)) for ramp in w[1:]) for w in drawn)
        for s, a in rows
    )
    room = rng.choice((F(1), F(1), F(9, 10)))
    scale = room / most if most else F(0)
    return [[[[x * scale for x in row] for row in ramp] for ramp in w] for w in drawn]


def _kernel(
    states: Space, actions: Space, weights: list[list[Ramp]], laws: list[list[list[LawNode]]]
) -> Rows:
    """Return rows of branches; laws[k][s][a], the first with the weight that the others leave."""

    def row(s: int, a: int) -> tuple[Term, ...]:
        others = [tuple(ramp[s][a] for ramp in w) for w in weights]
        sums = [sum(column, F(0)) for column in zip(*others, strict=True)]
        first = (1 - sums[0], *(-x for x in sums[1:]))
        return tuple(
            Term(coefficients, laws[k][s][a])
            for k, coefficients in enumerate((first, *others))
            if any(coefficients)
        )

    return tuple(tuple(row(s, a) for a in range(actions.size)) for s in range(states.size))


def _lotteries(states: Space, actions: Space, scalars: int, rng: random.Random) -> Rows:
    """Mixtures of two or three lotteries, most often ordered by dominance."""
    branches = rng.choice((1, 1, 2))
    weights = _weights(states, actions, scalars, branches, rng)
    lotteries = [_lottery(states.size, rng)]
    for _ in range(branches):
        if rng.random() < 0.85:
            lotteries.append(_raised(lotteries[-1], states, rng))
        else:
            lotteries.append(_lottery(states.size, rng))
    return _kernel(states, actions, weights, [_everywhere(g, states, actions) for g in lotteries])


def _shift(states: Space, actions: Space, scalars: int, rng: random.Random) -> Rows:
    """The current state plus the action, less a random loss in one of two branches, clipped."""
    if states.labels != tuple(range(states.size)):
        return _lotteries(states, actions, scalars, rng)
    weights = _weights(states, actions, scalars, 1, rng)
    damage = rng.choice((((F(1, 10), 0), (F(9, 10), 1)), ((F(1), 1),)))
    gain = rng.choice((0, 1))

    def reached(s: int, a: int) -> int:
        return s + sum(actions.ranks()[a]) - gain

    rows = range(states.size), range(actions.size)
    top = states.size - 1
    calm: list[list[LawNode]] = [
        [("point", min(max(reached(s, a), 0), top)) for a in rows[1]] for s in rows[0]
    ]
    hurt: list[list[LawNode]] = [
        [("less", reached(s, a), damage) for a in rows[1]] for s in rows[0]
    ]
    return _kernel(states, actions, weights, [hurt, calm] if rng.random() < 0.8 else [calm, hurt])


def _minimum(states: Space, actions: Space, scalars: int, rng: random.Random) -> Rows:
    """The least of what the state and what the action allows: supermodular with certainty."""
    if len(states.factors) > 1:
        return _lotteries(states, actions, scalars, rng)
    n = states.size
    by_state = sorted(rng.randrange(n) for _ in range(n))
    by_action = sorted(rng.randrange(n) for _ in range(actions.size + 2))
    reached: list[list[LawNode]] = [
        [("point", min(by_state[s], by_action[sum(j)])) for j in actions.ranks()] for s in range(n)
    ]
    low: LawNode = ("point", 0)
    kept = _weights(states, actions, scalars, 1, rng)
    if rng.random() < 0.7:
        # One chance for all rows, free of (s, a).
        kept = [[[[ramp[0][0] for _ in row] for row in ramp] for ramp in kept[0]]]
    return _kernel(states, actions, kept, [_everywhere(low, states, actions), reached])


def _mixed_rows(states: Space, actions: Space, scalars: int, rng: random.Random) -> Rows:
    """Every row has laws of its own."""
    weights = _weights(states, actions, scalars, 1, rng)
    laws = [
        [[_lottery(states.size, rng) for _ in range(actions.size)] for _ in range(states.size)]
        for _ in range(2)
    ]
    return _kernel(states, actions, weights, laws)


def _no_interaction(states: Space, actions: Space, scalars: int, rng: random.Random) -> Rows:
    """A kernel without the mean field: only the reward is of interest."""
    (drawn,) = _weights(states, actions, 0, 1, rng)
    zero = [[F(0)] * actions.size for _ in range(states.size)]
    weights = [[*drawn, *([zero] * scalars)]]
    low = _lottery(states.size, rng)
    laws = [low, _raised(low, states, rng)]
    return _kernel(states, actions, weights, [_everywhere(g, states, actions) for g in laws])


FAMILIES = {
    "lotteries": _lotteries,
    "shift": _shift,
    "minimum": _minimum,
    "rows": _mixed_rows,
    "still": _no_interaction,
}


def _everywhere(law: LawNode, states: Space, actions: Space) -> list[list[LawNode]]:
    return [[law] * actions.size for _ in range(states.size)]


def _lottery(n: int, rng: random.Random) -> LawNode:
    kind = rng.randrange(3)
    if kind == 0:
        return ("point", rng.randrange(n))
    if kind == 1:
        return ("uniform", tuple(sorted(rng.sample(range(n), rng.randint(1, n)))))
    share = F(rng.randint(1, 9), 10)
    first, second = rng.randrange(n), rng.randrange(n)
    if first == second:
        return ("point", first)
    return ("mix", ((share, ("point", first)), (1 - share, ("point", second))))


def _raised(law: LawNode, states: Space, rng: random.Random) -> LawNode:
    """Return a law that dominates the given one: every outcome is moved up, or stays."""
    ranks = states.ranks()

    def up(x: int) -> int:
        above = [
            y
            for y, rank in enumerate(ranks)
            if all(p >= q for p, q in zip(rank, ranks[x], strict=True))
        ]
        return rng.choice((above[-1], rng.choice(above)))

    if law[0] == "point":
        return ("point", up(law[1]))
    if law[0] == "uniform":
        share = F(1, len(law[1]))
        return _merged([(share, up(x)) for x in law[1]])
    return _merged([(share, up(part[1])) for share, part in law[1]])


def _merged(outcomes: list[tuple[Fraction, int]]) -> LawNode:
    masses: dict[int, Fraction] = {}
    for share, x in outcomes:
        masses[x] = masses.get(x, F(0)) + share
    if len(masses) == 1:
        return ("point", next(iter(masses)))
    return ("mix", tuple((share, ("point", x)) for x, share in sorted(masses.items())))


def _reward(
    draw: partial[Ramp], scalars: int, rng: random.Random
) -> tuple[tuple[tuple[Fraction, ...], ...], ...]:
    ramps = [draw(_mode(rng)) for _ in range(scalars + 1)]
    if rng.random() < 0.15:
        # The constant part outweighs the last scalar's exactly, or misses by 1/1000.
        miss = 1 + rng.choice(NEAR)
        ramps[-1] = [[-x * miss for x in row] for row in ramps[0]]
    scale = F(1, rng.choice((4, 10, 20)))
    return tuple(
        tuple(tuple(ramp[s][a] * scale for ramp in ramps) for a in range(len(ramps[0][0])))
        for s in range(len(ramps[0]))
    )


def _own(states: Space, actions: Space, rng: random.Random) -> tuple[tuple[Node, ...], ...]:
    """Draw a constant part of the reward per (s, a): nothing, or 1 - e^(-s/3) less a cost."""
    if rng.random() < 0.7:
        return tuple(tuple(number(0) for _ in range(actions.size)) for _ in range(states.size))
    cost = rng.choice((F(0), F(1, 20), F(-1, 20)))
    return tuple(
        tuple(
            (
                "add",
                number(F(1, 4) - cost * sum(j)),
                ("mul", number(F(-1, 4)), ("exp", number(F(-sum(i), 3)))),
            )
            for j in actions.ranks()
        )
        for i in states.ranks()
    )
