"""Random games with one thing wrong in each, and what it is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from tests.differential.generate import random_spec
from tests.differential.spec import Spec, Term

F = Fraction


def spoiled_spec(seed: int) -> tuple[str, Spec]:
    """Return what was done to the game of this seed, and the result: no longer a game."""
    rng = random.Random(f"spoiled {seed}")
    spec = random_spec(seed)
    what = rng.choice(tuple(SPOILERS))
    return what, SPOILERS[what](spec, rng)


def _with_row(spec: Spec, s: int, a: int, row: tuple[Term, ...]) -> Spec:
    rows = [list(terms) for terms in spec.kernel]
    rows[s][a] = row
    return replace(spec, kernel=tuple(tuple(terms) for terms in rows))


def _spot(spec: Spec, rng: random.Random) -> tuple[int, int, tuple[Term, ...]]:
    s, a = rng.randrange(spec.states.size), rng.randrange(spec.actions.size)
    return s, a, spec.kernel[s][a]


def _short_row(spec: Spec, rng: random.Random) -> Spec:
    s, a, row = _spot(spec, rng)
    scaled = [replace(t, coefficients=tuple(c * F(49, 50) for c in t.coefficients)) for t in row]
    return _with_row(spec, s, a, tuple(scaled))


def _drifting_row(spec: Spec, rng: random.Random) -> Spec:
    """One scalar of the mean field is added to a row that summed to 1."""
    s, a, row = _spot(spec, rng)
    first = row[0]
    coefficients = (*first.coefficients[:-1], first.coefficients[-1] + F(1, 1000))
    return _with_row(spec, s, a, (replace(first, coefficients=coefficients), *row[1:]))


def _negative_weight(spec: Spec, rng: random.Random) -> Spec:
    """Everything goes to one state, and 1/1000 more than there is, owed by another."""
    s, a, _ = _spot(spec, rng)
    zero = (F(0),) * (len(spec.scalars) - 1)
    x, y = rng.sample(range(spec.states.size), 2)
    terms = (Term((F(-1, 1000), *zero), ("point", x)), Term((F(1001, 1000), *zero), ("point", y)))
    return _with_row(spec, s, a, terms)


def _negative_somewhere(spec: Spec, rng: random.Random) -> Spec:
    """The weight 999/1000 - u of an aggregate u that reaches 1: negative near there only."""
    s, a, _ = _spot(spec, rng)
    values = spec.aggregates[0].values
    low, high = min(values), max(values)
    i = len(spec.scalars)
    scalar = ("mul", ("num", 1 / (high - low)), ("add", ("agg", 0), ("num", -low)))
    wide = replace(
        spec,
        scalars=(*spec.scalars, scalar),
        kernel=tuple(
            tuple(
                tuple(replace(t, coefficients=(*t.coefficients, F(0))) for t in row) for row in rows
            )
            for rows in spec.kernel
        ),
        reward=tuple(tuple((*c, F(0)) for c in rows) for rows in spec.reward),
    )
    zero = (F(0),) * (i - 1)
    row = (
        Term((F(999, 1000), *zero, F(-1)), ("point", 0)),
        Term((F(1, 1000), *zero, F(1)), ("point", spec.states.size - 1)),
    )
    return _with_row(wide, s, a, row)


def _discount(spec: Spec, rng: random.Random) -> Spec:
    return replace(spec, discount=rng.choice((F(0), F(1), F(5, 4), F(-1, 2))))


def _tremble(spec: Spec, rng: random.Random) -> Spec:
    return replace(spec, tremble=rng.choice((F(-1, 10), F(11, 10))))


SPOILERS: dict[str, Callable[[Spec, random.Random], Spec]] = {
    "a row sums to 49/50": _short_row,
    "a row's sum moves with the mean field": _drifting_row,
    "a weight is negative": _negative_weight,
    "a weight is negative at some mean field": _negative_somewhere,
    "the discount is not between 0 and 1": _discount,
    "the tremble is not a probability": _tremble,
}
