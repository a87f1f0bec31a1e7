"""Inequalities with unknown functions, decided for all of them at once (lemma L9).

A proof treats each value of an unknown function as a coordinate of its own. A refutation looks at
mean fields at which every argument is a number, where the difference is an expression in values
at numbers, and asks for which functions it is negative.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import sympy

from mfgcheck import rigor
from mfgcheck.game.inequalities import (
    Claim,
    Deadline,
    Fails,
    Holds,
    Open,
    Outcome,
    Vector,
    limits,
    trouble,
)
from mfgcheck.game.instance import Scope, weigh
from mfgcheck.game.numbers import rational
from mfgcheck.game.orders import Order
from mfgcheck.game.setting import Masses, Setting
from mfgcheck.game.terms import Above, AtLeast, to_rigor
from mfgcheck.game.values import coefficients, least

if TYPE_CHECKING:
    from mfgcheck.game.inequalities import Scalars

_MOST_VERTICES = 40
_FEW = 4
_MORE = 24  # candidates looked at after a first failure, for one that more functions share
_MOST_RANK, _MOST_POINTS = 5, 400  # of regions on which more than affine functions are decided
_PATIENCE = 2.0  # seconds for a proof that is not at once found on these
_PARTS = 4


def decide_family(
    scalars: Scalars,
    f: rigor.Expression,
    numbers: tuple[int, ...],
    vector: Vector,
    claim: Claim,
    deadline: Deadline,
) -> Outcome:
    """Decide a claim for every unknown function; `f` has the coordinates `numbers`."""
    setting = scalars.setting(numbers)
    affine = coefficients(f, len(numbers))
    if claim is Claim.NONNEGATIVE:
        if affine is not None and _least(affine, setting) >= 0:
            return Holds("affine: exact at the vertices")
    elif affine is not None and _rises(affine, setting):
        return Holds("affine: exact along every move")
    found = _refuted(scalars, vector, claim, deadline)
    if found is not None:
        return found
    question = f"whether {scalars.text(vector)} is {_WORDS[claim]}"
    if affine is not None:
        return Open(f"{question}: not proved, and neither were functions found that show otherwise")
    if not decidable(setting):
        return Open(f"{question}: it has too many values of unknown functions")
    limit = patience(numbers, deadline)
    result = (
        rigor.prove_nonnegative(f, setting.region, limit)
        if claim is Claim.NONNEGATIVE
        else rigor.prove_nondecreasing(f, setting.region, setting.directions, limit)
    )
    if isinstance(result, rigor.Proved):
        return Holds(result.method)
    if isinstance(result, rigor.Undecided):
        return Open(f"{question}: {trouble(result)}")
    return Open(f"{question}: no functions and mean fields were found that show it is not")


_WORDS = {Claim.NONNEGATIVE: ">= 0", Claim.NONDECREASING: "non-decreasing in z"}


def decidable(setting: Setting) -> bool:
    """Whether functions that are not affine can be decided on the region in sensible time."""
    if not setting.values:
        return True
    if setting.heights is None or len(setting.region.points) > _MOST_POINTS:
        return False
    return setting.region.frame.rank <= _MOST_RANK


def patience(numbers: Sequence[int], deadline: Deadline) -> rigor.Limits:
    """Return what one decision with unknown functions may cost.

    In many coordinates cells cost much and help little, and a clause has many inequalities.
    """
    soon = time.monotonic() + _PATIENCE
    at = soon if deadline.at is None else min(soon, deadline.at)
    return replace(limits(tuple(numbers), deadline), deadline=at)


def _least(affine: list[Fraction], setting: Setting) -> Fraction:
    """Return the least value of an affine function over the setting's region."""
    n = len(setting.aggregates)
    own = min(
        sum((c * m for c, m in zip(affine[1 : n + 1], point, strict=True)), Fraction(0))
        for point, _ in setting.corners
    )
    return own + least([affine[0], *affine[n + 1 :]], setting.values)


def _rises(affine: list[Fraction], setting: Setting) -> bool:
    return all(
        sum((c * d for c, d in zip(affine[1:], direction, strict=True)), Fraction(0)) >= 0
        for direction in setting.directions
    )


def _refuted(scalars: Scalars, vector: Vector, claim: Claim, deadline: Deadline) -> Fails | None:
    """Return the failure that most functions share among those looked at."""
    states = scalars.states
    fixed = not any(scalars.varies[t] for t, _ in vector)
    places: Iterable[tuple[Masses, Masses | None]]
    if claim is Claim.NONDECREASING:
        places = ordered(states)
    else:
        places = ((z, None) for z in mean_fields(states))
    best: Fails | None = None
    left = _MORE
    for z, z2 in itertools.islice(places, 1) if fixed else places:
        change = difference(scalars, vector, z, z2)
        instance = None if change is None else weigh(change)
        if best is not None:
            left -= 1
        if instance is not None and (best is None or instance.scope > best.scope):
            how = "at a mean field" if z2 is None else "between two mean fields"
            best = Fails(z, z2, f"{how}, {instance.claim}", fixed, instance)
        if best is not None and (best.scope is Scope.EVERY or left <= 0):
            break
        if deadline.passed:
            break
    return best


def difference(
    scalars: Scalars, vector: Vector, z: Masses, z2: Masses | None = None
) -> sympy.Expr | None:
    """Return the function of an inequality at z, or at z2 less at z, in values at numbers.

    None if it jumps at an irrational number of which it could not be told whether it is reached.
    """
    here = _sum_at(scalars, vector, z)
    if z2 is None or here is None:
        return here
    there = _sum_at(scalars, vector, z2)
    return None if there is None else sympy.expand(there - here)


def _sum_at(scalars: Scalars, vector: Vector, z: Masses) -> sympy.Expr | None:
    at = {
        a.symbol: sympy.Add(
            *(
                rational(mass) * (rational(v) if isinstance(v, Fraction) else v)
                for mass, v in ((mass, a.values[x]) for x, mass in z.items())
            )
        )
        for a in scalars.aggregates
    }
    whole = sympy.Add(*(c * scalars.terms[t].xreplace(at) for t, c in vector))
    steps = {step: _step_value(step) for step in whole.atoms(AtLeast, Above)}
    if None in steps.values():
        return None
    return sympy.expand(whole.xreplace(steps))


def _step_value(step: sympy.Expr) -> sympy.Integer | None:
    """Return a step at a number; the trace sees to it that it does not depend on functions."""
    m, c = step.args
    sign = rigor.sign(to_rigor(sympy.expand(m - c), {}))
    if sign is None:
        return None
    return sympy.Integer(int(sign > 0 or (sign == 0 and isinstance(step, AtLeast))))


def _close(lower: list[int], upper: list[int], top: int) -> Iterator[tuple[Masses, Masses]]:
    """Yield pairs so close that a function may jump between them where nothing else moves much."""
    one = Fraction(1)
    for k in (6, 20):
        small = Fraction(1, 2**k)
        half = {0: one / 2, top: one / 2}
        yield half, {0: half[0] - small, top: half[top] + small}
        for x, y in zip(lower, upper, strict=True):
            yield {x: one}, {x: one - small, y: small}
            yield {x: small, y: one - small}, {y: one}


def mean_fields(states: Order) -> Iterator[Masses]:
    """Yield mean fields to try: all mass at one state, the ends first, then at two states."""
    top = states.size - 1
    chosen = np.unique(np.linspace(0, top, min(states.size, _MOST_VERTICES)).astype(int)).tolist()
    for x in dict.fromkeys([0, top, *chosen]):
        yield {x: Fraction(1)}
    if top:
        for k in range(1, _PARTS):
            share = Fraction(k, _PARTS)
            yield {0: 1 - share, top: share}


def ordered(states: Order) -> Iterator[tuple[Masses, Masses]]:
    """Yield pairs of mean fields to try, the first below the second, the ends first."""
    one, top = Fraction(1), states.size - 1
    if not top:
        return
    yield {0: one}, {top: one}
    chosen = np.unique(np.linspace(0, top, min(states.size, 12)).astype(int)).tolist()
    for x, y in itertools.combinations(chosen, 2):
        if (x, y) != (0, top) and states.leq(x, y):
            yield {x: one}, {y: one}
    lower, upper = (part.tolist() for part in states.covers)
    for x, y in itertools.islice(zip(lower, upper, strict=True), 2 * _MOST_VERTICES):
        if x not in chosen or y not in chosen:
            yield {x: one}, {y: one}
    yield from _close(lower[:_FEW], upper[:_FEW], top)
    middle = [{0: 1 - Fraction(k, _PARTS), top: Fraction(k, _PARTS)} for k in range(1, _PARTS)]
    for low, high in itertools.combinations([{0: one}, *middle, {top: one}], 2):
        if len(low) > 1 or len(high) > 1:
            yield low, high
