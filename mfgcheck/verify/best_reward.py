"""The clause on max over a of r(s, a, z): implied by monotonicity in s, or decided by itself."""

from __future__ import annotations

import time
from fractions import Fraction
from functools import reduce

import numpy as np
import sympy

from mfgcheck import rigor
from mfgcheck.game.family import decidable, difference, mean_fields, patience
from mfgcheck.game.floats import Floats, to_float
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import (
    Claim,
    Deadline,
    Holds,
    Vector,
    trouble,
)
from mfgcheck.game.instance import weigh
from mfgcheck.game.setting import Masses
from mfgcheck.verify.clauses import Shape
from mfgcheck.verify.corners import corners
from mfgcheck.verify.refutation import make_witness
from mfgcheck.verify.verdict import Status, Verdict

_ID = "reward.max_monotone_s"


def decide_best_reward(game: Game, monotone: Status | None, deadline: Deadline) -> Verdict:
    """Decide whether max over a of r(s, a, z) is non-decreasing in s for all mean fields.

    It is if r is non-decreasing in s, as all actions are available in all states (lemma L8);
    `monotone` is what is known of that. Otherwise the best reward in the higher state has to
    reach each reward of the lower one.
    """
    started = time.perf_counter()
    if monotone is Status.PROVED:
        seconds = time.perf_counter() - started
        return Verdict(_ID, Status.PROVED, "implied", seconds, implied_by="reward.monotone_s")
    reasons: list[str] = []
    for low, high in _covers(game):
        if deadline.passed:
            reasons.append("the time limit was reached")
            break
        search = _refuted_for_some if game.unknown else _refuted_at_vertices
        found = search(game, low, high)
        if found is None:
            found = _compare(game, low, high, reasons, deadline)
        if found is not None:
            rows = (low * game.actions.size, high * game.actions.size)
            witness = make_witness(game, _ID, rows, None, found, None)
            seconds = time.perf_counter() - started
            return Verdict(_ID, Status.REFUTED, "counterexample", seconds, witness=witness)
    seconds = time.perf_counter() - started
    if reasons:
        return Verdict(_ID, Status.UNDECIDED, "best rewards", seconds, reason=reasons[0])
    return Verdict(_ID, Status.PROVED, "best rewards of neighbouring states", seconds)


def _covers(game: Game) -> list[tuple[int, int]]:
    rows = corners(game.states, game.actions, Shape.PAIR_S).rows // game.actions.size
    return sorted({(int(low), int(high)) for low, high in rows})


def _vector(game: Game, s: int, a: int) -> dict[int, Fraction]:
    return dict(game.form.rewards.row(int(game.form.reward[s * game.actions.size + a])))


def _difference(game: Game, high: tuple[int, int], low: tuple[int, int]) -> Vector:
    terms = _vector(game, *high)
    for t, c in _vector(game, *low).items():
        terms[t] = terms.get(t, Fraction(0)) - c
    scale = game.form.rewards.denominator
    return tuple((t, int(c * scale)) for t, c in sorted(terms.items()) if c)


def _refuted_at_vertices(game: Game, low: int, high: int) -> Masses | None:
    scalars = game.scalars

    def best(s: int) -> Floats:
        rows = [_vector(game, s, a) for a in range(game.actions.size)]
        values = np.zeros((len(rows), game.states.size))
        for value, row in zip(values, rows, strict=True):
            for t, c in row.items():
                value += to_float(c) * scalars.float_values(t)
        return np.asarray(values.max(axis=0))

    with np.errstate(all="ignore"):  # where floats overflow, the exact test below decides
        falls = best(high) - best(low)
        margin = 1e-9 * (1 + float(np.abs(falls).max()))
    for x in np.flatnonzero(~(falls > margin)).tolist():
        if _falls_at(game, low, high, {x: Fraction(1)}):
            return {x: Fraction(1)}
    return None


def _refuted_for_some(game: Game, low: int, high: int) -> Masses | None:
    """Return a mean field where the best reward falls for some choice of the unknown functions."""

    def best(s: int, z: Masses) -> sympy.Expr | None:
        rows = (_vector(game, s, a) for a in range(game.actions.size))
        scale = game.form.rewards.denominator
        vectors = (tuple((t, int(c * scale)) for t, c in row.items()) for row in rows)
        values = [difference(game.scalars, vector, z) for vector in vectors]
        return None if None in values else sympy.Max(*values)

    for z in mean_fields(game.states):
        before, after = best(low, z), best(high, z)
        if before is not None and after is not None and weigh(after - before) is not None:
            return z
    return None


def _falls_at(game: Game, low: int, high: int, z: Masses) -> bool:
    """Whether, for certain, some reward in the lower state exceeds all in the higher at z."""

    def negative(vector: Vector) -> bool:
        f, numbers = game.scalars.function(vector)
        at = game.scalars.setting(numbers).at(z) if numbers else {}
        return rigor.sign(rigor.substitute(f, at)) == -1

    actions = range(game.actions.size)
    return any(
        all(negative(_difference(game, (high, b), (low, a))) for b in actions) for a in actions
    )


def _compare(
    game: Game, low: int, high: int, reasons: list[str], deadline: Deadline
) -> Masses | None:
    """Prove that the best reward does not fall, or return where it does, or add a reason."""
    actions = range(game.actions.size)
    for a in actions:
        options = [_difference(game, (high, b), (low, a)) for b in actions]
        if any(
            isinstance(game.scalars.decide(option, Claim.NONNEGATIVE, deadline), Holds)
            for option in sorted(options, key=len)
        ):
            continue
        numbers = tuple(
            sorted({j for v in options for t, _ in v for j in game.scalars.aggregates_of[t]})
        )
        question = (
            f"whether the best reward at s={game.states.text(high)} always reaches that of "
            f"a={game.actions.text(a)} at s={game.states.text(low)}"
        )
        if not numbers:
            reasons.append(f"{question}: the sign of a constant could not be told")
            continue
        places = {j: rigor.var(i) for i, j in enumerate(numbers)}
        functions = [
            rigor.substitute(
                rigor.add(
                    *(
                        rigor.mul(rigor.const(Fraction(c)), game.scalars.expression(t))
                        for t, c in option
                    )
                ),
                places,
            )
            for option in options
        ]
        best = reduce(_maximum, functions)
        setting = game.scalars.setting(numbers)
        if not decidable(setting):
            reasons.append(f"{question}: it has too many values of unknown functions")
            continue
        limit = rigor.Limits(deadline=deadline.at)
        if game.unknown:
            limit = patience(numbers, deadline)
        result = rigor.prove_nonnegative(best, setting.region, limit)
        if isinstance(result, rigor.Refuted) and not game.unknown:
            z = setting.mean_field(result.point)
            if z is not None and _falls_at(game, low, high, z):
                return z
        if isinstance(result, rigor.Refuted):
            shown = "was found that shows" if game.unknown else "shows"
            reasons.append(f"{question}: negative so close to M that no mean field {shown} it")
        elif isinstance(result, rigor.Undecided):
            reasons.append(f"{question}: {trouble(result)}")
    return None


def _maximum(f: rigor.Expression, g: rigor.Expression) -> rigor.Expression:
    less = rigor.mul(rigor.const(Fraction(-1)), g)
    return rigor.add(g, rigor.positive_part(rigor.add(f, less)))
