"""Mean fields at which the clauses of a game are looked at in floating point, and its terms there.

Aggregates are summed exactly, and jumps decided so: in floats an aggregate may fall on the wrong
side of a threshold that it meets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import sympy

from mfgcheck import rigor
from mfgcheck.game.floats import Floats, approximate, to_float
from mfgcheck.game.game import Game
from mfgcheck.game.mean_field import Value
from mfgcheck.game.numbers import rational
from mfgcheck.game.terms import Above, AtLeast, to_rigor
from mfgcheck.verify.pictures import ANY_FIELD
from mfgcheck.verify.story import mass_text
from mfgcheck.verify.verdict import Verdict

MOST_FIELDS = 40  # states at which all mass is tried
_MOST_PAIRS = 80


@dataclass(frozen=True)
class Probe:
    """Mean fields to look at.

    Attributes:
        laws: the mean fields, each as masses by the numbers of the states.
        pairs: which of them to compare, each as (lower, higher), for claims about changes in z.
        text: which they are, in words; the same for the pairs in `pairs_text`.
    """

    laws: tuple[Mapping[int, Fraction], ...]
    pairs: tuple[tuple[int, int], ...]
    text: str
    pairs_text: str


def probe(game: Game, room: int = MOST_FIELDS) -> Probe:
    """Return mean fields that tell much of a game: all mass at one of some states, an even spread.

    >>> from mfgcheck import Game, point
    >>> stay = Game(states=3, actions=1, reward=lambda s, a, z: s, discount="3/4", tremble=0,
    ...             transition=lambda s, a, z: point(s))
    >>> [[str(mass) for mass in law.values()] for law in probe(stay, 2).laws]
    [['1'], ['1'], ['1/3', '1/3', '1/3']]
    """
    states = game.states
    size = states.size
    chosen = np.unique(np.linspace(0, size - 1, min(size, room)).round().astype(np.int64))
    laws = [{x: Fraction(1)} for x in chosen.tolist()]
    laws.append(dict.fromkeys(range(size), Fraction(1, size)))
    if states.is_chain:
        pairs = list(pairwise(range(len(chosen))))
    else:
        position = states.coordinates[chosen]
        below = (position[:, None] <= position[None, :]).all(axis=2) & ~np.eye(
            len(chosen), dtype=bool
        )
        # Only those with nothing in between, which add up to all the others.
        between = (below.astype(np.int64) @ below.astype(np.int64)) > 0
        pairs = [(int(i), int(j)) for i, j in np.argwhere(below & ~between)][:_MOST_PAIRS]
    last = len(chosen)
    pairs += [(0, last), (last, last - 1)] if size > 1 else []
    number = len(chosen)
    return Probe(
        tuple(laws),
        tuple(pairs),
        f"least over {number} mean fields with all mass at one state, and an even spread",
        "least change when all mass moves from one state to the next, or by way of an even spread",
    )


def at_witness(game: Game, verdict: Verdict) -> Probe:
    """Return the mean fields of a counterexample."""
    witness = verdict.witness
    if witness is None:
        raise AssertionError("a refuted clause has a witness")
    named = [witness.z] if witness.z2 is None else [witness.z, witness.z2]
    laws = tuple({game.states.index[x]: Fraction(mass) for x, mass in law.items()} for law in named)
    there = mass_text(witness.z)
    text = f"at the mean field of the counterexample, {there}"
    if ANY_FIELD in witness.text:
        text = f"{ANY_FIELD}, for example with {there}"
    if witness.z2 is None:
        return Probe(laws, (), text, text)
    pairs_text = (
        f"change between the mean fields of the counterexample, {there}, and "
        f"{mass_text(witness.z2)}"
    )
    return Probe(laws, ((0, 1),), text, pairs_text)


def terms_at(game: Game, laws: Sequence[Mapping[int, Fraction]]) -> Floats:
    """Return the terms at some mean fields, (terms, n); nan where a jump cannot be told."""
    form = game.form
    totals = {a.symbol: [_total(a.values, law) for law in laws] for a in form.aggregates}
    known = {m: np.array([_near(v) for v in values]) for m, values in totals.items()}
    steps: dict[sympy.Expr, sympy.Symbol] = {}
    found = np.empty((len(form.terms), len(laws)))
    for row, term in zip(found, form.terms, strict=True):
        for step in term.atoms(AtLeast, Above) - steps.keys():
            steps[step] = sympy.Dummy(real=True)
            known[steps[step]] = np.array([_jump(step, v) for v in totals[step.args[0]]])
        row[:] = approximate(term.xreplace(steps), known)
    return found


def _total(values: Sequence[Value], law: Mapping[int, Fraction]) -> Value:
    """Return an aggregate at a mean field, exactly."""
    fractions, others = Fraction(0), []
    for x, mass in law.items():
        value = values[x]
        if isinstance(value, Fraction):
            fractions += mass * value
        else:
            others.append(rational(mass) * value)
    return sympy.Add(rational(fractions), *others) if others else fractions


def _near(value: Value) -> float:
    return to_float(value) if isinstance(value, Fraction) else float(approximate(value, {}))


def _jump(step: sympy.Expr, value: Value) -> float:
    """Return a step where its aggregate has this value: 0 or 1, nan if it cannot be told."""
    c = step.args[1]
    if isinstance(value, Fraction):
        value = rational(value)
    sign = rigor.sign(to_rigor(sympy.expand(value - c), {}))
    if sign is None:
        return float("nan")
    return float(sign > 0 or (sign == 0 and isinstance(step, AtLeast)))
