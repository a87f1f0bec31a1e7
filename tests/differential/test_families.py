"""Verdicts on random games with unknown functions against the oracle at many concrete ones.

MFGCHECK_RANDOM_FAMILIES sets how many games are drawn; they are the same on every run.
"""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import pytest
import sympy

from mfgcheck import Game, InvalidGame, Report, Status, Witness, check
from mfgcheck.game.instance import Scope
from tests.differential.families import (
    FamilySpec,
    concrete,
    family_game,
    plain_game,
    random_spec,
)
from tests.oracle.definition import CLAUSES, PlainGame, examine
from tests.oracle.mean_fields import between, distinct, grid, vertices

F = Fraction
GAMES = int(os.environ.get("MFGCHECK_RANDOM_FAMILIES", "80"))
CHUNKS = 8


def drawn(seed: int) -> tuple[FamilySpec, Game]:
    """Return the first game with unknown functions that is one, from a seed on."""
    for attempt in itertools.count():
        spec = random_spec(seed + 100_000 * attempt)
        try:
            game = family_game(spec)
        except InvalidGame as error:
            if "negative" not in str(error):
                raise
        else:
            if game.unknown:
                return spec, game
    raise AssertionError


def plain_value(game: PlainGame, witness: Witness) -> Fraction:
    """Return what the witness says is negative, from the oracle's functions alone."""

    def number(pair: tuple[Any, Any], z: Any) -> Fraction:
        if witness.upper_set is None:
            return game.reward(*pair, z)
        law = game.kernel(*pair, z)
        return sum((law[x] for x in witness.upper_set), F(0))

    def at(law: Mapping[Any, Fraction]) -> Fraction:
        z = tuple(law.get(x, F(0)) for x in range(game.states.size))
        if witness.clause == "reward.max_monotone_s":
            (s, _), (t, _) = witness.corners
            actions = range(game.actions.size)
            return max(game.reward(t, a, z) for a in actions) - max(
                game.reward(s, a, z) for a in actions
            )
        low, high = witness.corners[0], witness.corners[-1]
        if len(witness.corners) == 1:
            return number(low, z)
        if "supermodular" in witness.clause:
            one, other = (low[0], high[1]), (high[0], low[1])
            return number(high, z) + number(low, z) - number(one, z) - number(other, z)
        return number(high, z) - number(low, z)

    return at(witness.z) if witness.z2 is None else at(witness.z2) - at(witness.z)


def exhibited(spec: FamilySpec, witness: Witness) -> dict[str, Callable[[Fraction], Fraction]]:
    """Return the functions that a witness shows, and any other ones where it needs none."""
    assert witness.instance is not None
    shown = {p.label: steps for p, steps in witness.instance.functions.items()}
    return {name: shown.get(name, lambda x, low=low: low) for name, (low, _) in spec.bounds.items()}


def as_sympy(steps: Any, low: Fraction) -> Callable[[Any], Any]:
    """Return a step function for the user's side."""

    def number(q: Fraction) -> sympy.Rational:
        return sympy.Rational(q.numerator, q.denominator)

    if not hasattr(steps, "steps"):
        return lambda x: number(low)
    parts = [(number(height), number(point)) for point, height in steps.steps]

    def value(x: Any) -> Any:
        pieces = [(height, x <= point) for height, point in parts]
        return sympy.Piecewise(*pieces, (number(steps.last), True))

    return value


def choices(spec: FamilySpec) -> list[dict[str, Any]]:
    """Return concrete functions in the places of the unknown ones, with the kind of each."""
    rng = random.Random(spec.seed)
    made = {name: concrete(bounds, rng) for name, bounds in spec.bounds.items()}
    for table in made.values():
        for f in table.values():
            values = [f(F(k, 4)) for k in range(-16, 57)]
            assert values == sorted(values, reverse=True)
    kinds = list(made["p"])
    rotated = kinds[4:] + kinds[:4]
    together = list(zip(kinds, rotated, strict=True)) + list(zip(kinds, kinds, strict=True))
    if len(made) == 1:
        return [{"p": made["p"][kind], "kinds": {"p": kind}} for kind in kinds]
    return [{"p": made["p"][k], "q": made["q"][m], "kinds": {"p": k, "q": m}} for k, m in together]


def contradictions(spec: FamilySpec, report: Report) -> list[str]:
    """Return what the oracle objects to."""
    wrong = []
    n = spec.states
    fields = distinct([*vertices(n), *grid(n, 3), *between(n, 6)])
    cases = choices(spec)
    for case in cases:
        found = examine(plain_game(spec, case), fields)
        for clause in CLAUSES:
            verdict = report.clauses[clause]
            if verdict.status is Status.PROVED and found[clause].violated:
                wrong.append(f"{spec.seed} {clause}: proved, but fails for {case['kinds']}")
    for clause, verdict in report.clauses.items():
        for witness in (verdict.witness, verdict.witness and verdict.witness.unclipped):
            if witness is not None:
                wrong += [f"{spec.seed} {clause}: {e}" for e in objections(spec, witness, cases)]
    return wrong


def objections(spec: FamilySpec, witness: Witness, cases: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with a witness: its value, or those of which it says the same."""
    instance = witness.instance
    assert instance is not None
    value = plain_value(plain_game(spec, exhibited(spec, witness)), witness)
    wrong = []
    if not value < 0 or not witness.lower <= value <= witness.upper < 0:
        wrong.append(f"the value is {value}, not {witness.lower}..{witness.upper}")
    for steps in instance.functions.values():
        low, high = spec.bounds[steps.name]
        heights = [height for _, height in steps.steps] + [steps.last]
        if heights != sorted(heights, reverse=True) or not low <= heights[-1] <= heights[0] <= high:
            wrong.append(f"no non-increasing function: {steps.text}")
    for case in cases:
        strict = all(case["kinds"][name].startswith("strict") for name in instance.strict)
        if instance.scope is Scope.EVERY or (instance.scope is Scope.STRICT and strict):
            degenerate = any(
                spec.bounds[name][0] == spec.bounds[name][1] for name in instance.strict
            )
            value = plain_value(plain_game(spec, case), witness)
            if not degenerate and not value < 0:
                wrong.append(f"{instance.claim} it should be negative: {value}, {case['kinds']}")
    return wrong


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_verdict_contradicts_the_oracle(chunk: int) -> None:
    counts: Counter[str] = Counter()
    for seed in range(chunk, GAMES, CHUNKS):
        spec, game = drawn(seed)
        report = check(game, time_limit=30)
        assert not contradictions(spec, report)
        for verdict in report.clauses.values():
            counts[verdict.status] += 1
            if verdict.witness is not None and verdict.witness.instance is not None:
                counts[verdict.witness.instance.scope.name] += 1
    assert counts["UNDECIDED"] <= sum(counts[s] for s in ("PROVED", "REFUTED")) / 20, counts
    assert min(counts[key] for key in ("PROVED", "REFUTED", "ONE", "STRICT", "EVERY")) > 0, counts


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_verdict_contradicts_the_checker_at_a_concrete_function(chunk: int) -> None:
    def number(q: Fraction) -> sympy.Rational:
        return sympy.Rational(q.numerator, q.denominator)

    for seed in range(chunk, GAMES // 2, CHUNKS):
        spec, game = drawn(seed)
        report = check(game, time_limit=30)
        for decay in (F(1, 3), F(3)):
            functions = {
                name: lambda x, low=low, high=high, decay=decay: (
                    number(low) + number(high - low) * sympy.exp(-number(decay) * (x + 4))
                )
                for name, (low, high) in spec.bounds.items()
            }
            at_one = check(family_game(spec, functions), time_limit=2)
            for clause, verdict in report.clauses.items():
                if verdict.status is Status.PROVED:
                    assert at_one.clauses[clause].status is not Status.REFUTED, (seed, clause)
                instance = verdict.witness and verdict.witness.instance
                if (
                    instance
                    and instance.scope > Scope.ONE
                    and all(spec.bounds[name][0] < spec.bounds[name][1] for name in instance.strict)
                ):
                    assert at_one.clauses[clause].status is not Status.PROVED, (seed, clause)
        for clause, verdict in report.clauses.items():
            if verdict.witness is None:
                continue
            shown = {
                name: as_sympy(steps, spec.bounds[name][0])
                for name, steps in exhibited(spec, verdict.witness).items()
            }
            there = check(family_game(spec, shown), [clause], time_limit=2)
            assert there.clauses[clause].status is not Status.PROVED, (seed, clause)
