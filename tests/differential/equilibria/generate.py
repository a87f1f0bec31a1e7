"""Random games with one aggregate by seed: with none, one and several T-MFE, ties and continua."""

from __future__ import annotations

import random
from fractions import Fraction

from tests.differential.scalars import labels
from tests.differential.spec import AggregateSpec, Node, Space, Spec, Term, number

F = Fraction
Tables = list[list[list[Fraction]]]
"""A law for every (s, a)."""
Numbers = list[list[Fraction]]
"""A number for every (s, a)."""

FAMILIES = {
    "free": 6,
    "kernel": 2,
    "reward": 3,
    "complements": 6,
    "substitutes": 6,
    "conventions": 5,
    "monotone": 5,
    "curve": 1,
}
"""Kinds of games and how often they are drawn; `monotone` ones are meant to be MFG-SC."""

CUTS = (F(1, 4), F(1, 3), F(1, 2), F(3, 5), F(3, 4))


def random_spec(seed: int, family: str | None = None) -> Spec:
    """Return the game of this seed, of one family if it is named."""
    rng = random.Random(f"mfgcheck equilibria {seed} {family}")
    chosen = family or rng.choices(tuple(FAMILIES), weights=tuple(FAMILIES.values()))[0]
    states = Space((labels(rng.choice((2, 2, 3, 3, 3)), rng),))
    actions = Space((labels(rng.choice((2, 2, 2, 3, 3)), rng),))
    seen = _aggregate(states, rng)
    rising = chosen == "monotone"
    f, h = _scalar(seen, rng, rising=rising), _scalar(seen, rng, rising=rising)
    scalars = (number(1), f, h if rng.random() < 0.7 else f)
    make = _monotone if rising else _crossed
    kernel, reward = make(chosen, states.size, actions.size, rng)
    trembles = (F(0), F(1, 20), F(1, 10), F(1, 4), F(3, 10), F(1, 2))
    tremble = rng.choice(trembles[:3] if chosen == "conventions" else trembles)
    return Spec(
        family=chosen,
        states=states,
        actions=actions,
        aggregates=(seen,),
        scalars=scalars,
        kernel=kernel,
        reward=reward,
        own=tuple((number(0),) * actions.size for _ in range(states.size)),
        discount=rng.choice((F(1, 2), F(3, 4), F(9, 10))),
        tremble=tremble,
        as_dict=rng.random() < 0.25,
    )


def _aggregate(states: Space, rng: random.Random) -> AggregateSpec:
    """Draw a mean, the mean of another function, the mass of a state or of a tail."""
    n = states.size
    kind = rng.choice(("mean", "mean", "mean", "phi", "mass", "tail"))
    x = rng.randrange(n)
    if kind == "mean" and not any(isinstance(label, str) for label in states.labels):
        return AggregateSpec("mean", tuple(F(label) for label in states.labels))
    if kind == "mass":
        return AggregateSpec("mass", tuple(F(int(i == x)) for i in range(n)), x)
    if kind == "tail":
        x = max(x, 1)
        return AggregateSpec("tail", tuple(F(int(i >= x)) for i in range(n)), x)
    values = sorted(rng.sample([F(-1), F(0), F(1, 2), F(1), F(3)], n))
    return AggregateSpec("phi", tuple(values))


def _scalar(seen: AggregateSpec, rng: random.Random, *, rising: bool) -> Node:
    """Draw a function of the aggregate with values in [0, 1]: smooth, with a kink or a jump."""
    low, high = min(seen.values), max(seen.values)
    u: Node = ("mul", number(1 / (high - low)), ("add", ("agg", 0), number(-low)))
    down: Node = ("add", number(1), ("mul", number(-1), u))
    c = rng.choice(CUTS)
    cut = low + c * (high - low)
    kinds = ["affine", "affine", "square", "kink", "cap", "jump"]
    kind = rng.choice(kinds if rising else [*kinds, "down", "hump", "fall"])
    if kind == "affine":
        return u
    if kind == "square":
        return ("mul", u, u)
    if kind == "kink":
        return ("mul", number(1 / (1 - c)), ("max", number(0), ("add", u, number(-c))))
    if kind == "cap":
        return ("min", number(1), ("mul", number(1 / c), u))
    if kind == "jump":
        relation = rng.choice((">=", ">"))
        low_part = rng.choice((number(0), ("mul", number(F(1, 2)), u)))
        return ("step", 0, cut, relation, rng.choice((number(1), u)), ("mul", u, low_part))
    if kind == "down":
        return down
    if kind == "hump":
        return ("mul", number(4), u, down)
    relation = rng.choice(("<=", "<"))
    return ("step", 0, cut, relation, number(F(3, 4)), number(F(1, 4)))


def _crossed(
    family: str, n: int, k: int, rng: random.Random
) -> tuple[tuple[tuple[tuple[Term, ...], ...], ...], tuple[tuple[tuple[Fraction, ...], ...], ...]]:
    """Draw laws W0 (1 - f) + W1 f and rewards R0 + R1 h, freely or with a leaning."""
    common = rng.randrange(n)
    leaning = 0 if family == "free" else rng.choice((0, 2, 6))
    if family == "conventions":
        leaning = rng.choice((12, 30))
    at_zero = _laws(n, k, common, leaning, rng)
    at_one = at_zero if family == "reward" else _laws(n, k, common, leaning, rng)
    if family in ("complements", "substitutes", "conventions") and rng.random() < 0.6:
        at_one = at_zero
    if family == "curve":
        # z(phi) = m is what the kernel reproduces whatever is done.
        at_zero = [[[F(int(x == 0)) for x in range(n)]] * k for _ in range(n)]
        at_one = [[[F(int(x == n - 1)) for x in range(n)]] * k for _ in range(n)]
    own = [[F(rng.randint(-6, 6), 4) for _ in range(k)] for _ in range(n)]
    moving = [[F(rng.randint(-8, 8), 4) for _ in range(k)] for _ in range(n)]
    if family in ("kernel", "curve") and rng.random() < 0.7:
        moving = [[F(0)] * k for _ in range(n)]
    if family in ("complements", "substitutes", "conventions"):
        sign = -1 if family == "substitutes" else 1
        slope, middle = F(rng.randint(4, 24), 4), rng.choice(CUTS)
        drift = F(rng.randint(0, 2), 4)
        own = [[drift * s - sign * slope * middle * a for a in range(k)] for s in range(n)]
        own = [[x + F(rng.randint(-2, 2), 8) for x in row] for row in own]
        moving = [[sign * slope * a for a in range(k)] for s in range(n)]
    if family == "conventions" and k == 3:
        # Each action is best in turn as the aggregate rises: 0, then 1, then 2.
        step = slope * rng.choice((F(1, 4), F(1, 3), F(1, 2)))
        own = [[x + (0, step, 0)[a] for a, x in enumerate(row)] for row in own]
    reward = tuple(tuple((own[s][a], F(0), moving[s][a]) for a in range(k)) for s in range(n))
    kernel = tuple(
        tuple(
            tuple(
                Term((p, q - p, F(0)), ("point", x))
                for x, (p, q) in enumerate(zip(at_zero[s][a], at_one[s][a], strict=True))
                if p or q
            )
            for a in range(k)
        )
        for s in range(n)
    )
    return kernel, reward


def _laws(n: int, k: int, common: int, leaning: int, rng: random.Random) -> Tables:
    """Draw laws that all give mass to one state; `leaning`: how much higher actions lead higher."""
    drawn = []
    for _ in range(n):
        row = []
        for a in range(k):
            masses = [rng.choice((0, 0, 1, 1, 2, 3)) for _ in range(n)]
            masses[round(a * (n - 1) / (k - 1))] += leaning
            masses[common] += rng.choice((1, 1, 2))
            row.append([F(mass, sum(masses)) for mass in masses])
        drawn.append(row)
    return drawn


def _monotone(
    family: str, n: int, k: int, rng: random.Random
) -> tuple[tuple[tuple[tuple[Term, ...], ...], ...], tuple[tuple[tuple[Fraction, ...], ...], ...]]:
    """Draw (1 - q) L0 + q L1 with L1 above L0, and q and r sums of products of rising functions."""
    small = (0, 0, 1, 1, 2, 4)
    ranks = [(s, a) for s in range(n) for a in range(k)]

    def ramp() -> dict[tuple[int, int], Fraction]:
        c = [rng.choice(small) for _ in range(4)]
        return {(s, a): F(c[0] + c[1] * s + c[2] * a + c[3] * s * a) for s, a in ranks}

    still, moving = ramp(), ramp()
    strong = rng.random() < 0.5  # actions matter so much that there may be several T-MFE
    if strong:
        still = {(s, a): value + 8 * a for (s, a), value in still.items()}
    most = still[n - 1, k - 1] + moving[n - 1, k - 1]
    room = rng.choice((F(1), F(9, 10), F(3, 4))) / most if most else F(0)
    lower = [rng.choice((0, 1, 2)) for _ in range(n)]
    lower[0] += 1
    shifted = [0, *lower[:-1]]
    shifted[-1] += lower[-1] + rng.choice((0, 2))
    low_law = ("mix", tuple((F(w, sum(lower)), ("point", x)) for x, w in enumerate(lower) if w))
    high_law = (
        "mix",
        tuple((F(w, sum(shifted)), ("point", x)) for x, w in enumerate(shifted) if w),
    )
    kernel = tuple(
        tuple(
            (
                Term((1 - room * still[s, a], -room * moving[s, a], F(0)), low_law),
                Term((room * still[s, a], room * moving[s, a], F(0)), high_law),
            )
            for a in range(k)
        )
        for s in range(n)
    )
    own, lift = ramp(), ramp()
    if strong:
        lift = {(s, a): value + 12 * a for (s, a), value in lift.items()}
    cost = [F(0)]
    for _ in range(k - 1):
        cost.append(cost[-1] + F(rng.randint(0, 24), 2) + 4 * strong)
    reward = tuple(
        tuple(((own[s, a] - cost[a]) / 8, F(0), lift[s, a] / 8) for a in range(k)) for s in range(n)
    )
    return kernel, reward
