"""The comparison with the oracle does object when there is something to object to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import pytest

from mfgcheck import Status, check
from tests.differential.as_game import game_of
from tests.differential.as_plain import plain_game
from tests.differential.campaign import mean_fields
from tests.differential.compare import complaints, order_objections
from tests.differential.generate import random_spec
from tests.golden.mutants import MUTANTS, plain_mutant
from tests.oracle import MeanField, PlainGame, chain, examine, vertices

CLAUSE = "kernel.supermodular"


def first_seed() -> int:
    """Return the first seed whose game breaks the clause on the oracle's grid."""
    for seed in range(1000):
        spec = random_spec(seed)
        plain = plain_game(spec)
        if examine(plain, mean_fields(spec, plain, seed), [CLAUSE])[CLAUSE].violated:
            return seed
    raise AssertionError("no such game")


def objections(change: Callable[[Any], Any]) -> list[str]:
    """Return what is said about the report of that game with its verdict changed."""
    seed = first_seed()
    spec = random_spec(seed)
    plain, game = plain_game(spec), game_of(spec)
    report = check(game)
    verdicts = {**report.clauses, CLAUSE: change(report.clauses[CLAUSE])}
    changed = SimpleNamespace(clauses=verdicts, assumptions=report.assumptions)
    found = complaints(spec, plain, game, changed, examine(plain, mean_fields(spec, plain, seed)))
    return [text for text in found if text.startswith(CLAUSE)]


def with_witness(**fields: Any) -> Callable[[Any], Any]:
    """Return a change of some fields of the verdict's witness."""
    return lambda verdict: replace(verdict, witness=replace(verdict.witness, **fields))


def swapped(verdict: Any) -> Any:
    """Return the verdict with its witness's corners the wrong way round."""
    low, high = verdict.witness.corners
    return replace(verdict, witness=replace(verdict.witness, corners=(high, low)))


def test_a_true_report_is_accepted() -> None:
    assert objections(lambda verdict: verdict) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda v: replace(v, status=Status.PROVED, witness=None), "PROVED, but the oracle has"),
        (lambda v: replace(v, witness=None), "without a witness"),
        (lambda v: replace(v, status=Status.UNDECIDED), "without a reason"),
        (lambda v: with_witness(value=v.witness.value * 2)(v), "its value is"),
        (with_witness(upper=1.0), "not certified negative"),
        (with_witness(lower=-9.0, upper=-8.0), "not in its bounds"),
        (with_witness(upper_set=(0,)), "not closed upwards"),
        (with_witness(z={0: 2}), "cannot be read"),
        (swapped, "do not fit"),
    ],
)
def test_a_false_report_is_not(change: Callable[[Any], Any], words: str) -> None:
    assert any(words in text for text in objections(change))


@pytest.mark.parametrize(
    ("corners", "upper_set", "vertex", "words"),
    [
        ([(1, 0), (2, 1)], (2,), 0, None),
        ([(1, 1), (2, 2)], (2,), 0, "smaller: corners (1, 0), (2, 1)"),
        ([(1, 0), (2, 1)], (1, 2), 0, "smaller: corners (1, 0), (2, 1), upper set (2,)"),
        ([(1, 0), (2, 1)], (2,), 1, "an earlier vertex violates: 0"),
    ],
)
def test_only_the_smallest_witness_is_accepted(
    corners: list[tuple[int, int]], upper_set: tuple[int, ...], vertex: int, words: str | None
) -> None:
    (mutant,) = [mutant for mutant in MUTANTS if mutant.clause == CLAUSE]
    place = (corners, upper_set, vertices(3)[vertex], None)
    value = mutant.value * len(upper_set)
    found = list(order_objections(CLAUSE, plain_mutant(mutant), place, value))
    assert len(found) == (words is not None)
    assert words is None or found[0].startswith(words)


@pytest.mark.parametrize(
    ("low", "high", "value", "accepted"),
    [(0, 2, F(-3, 10), True), (0, 1, F(-1, 10), False), (1, 2, F(-2, 10), False)],
)
def test_only_the_largest_fall_across_mean_fields_is_accepted(
    low: int, high: int, value: F, accepted: bool
) -> None:
    """The chance of 1 is 5/10, 4/10 and 2/10 at the vertices, so it falls most from 0 to 2."""
    heights = (F(5, 10), F(4, 10), F(2, 10))

    def kernel(s: int, a: int, z: MeanField) -> list[F]:
        up = sum((p * h for p, h in zip(z, heights, strict=True)), F(0))
        return [1 - up, up, F(0)]

    game = PlainGame(chain(3), chain(1), kernel, lambda s, a, z: F(s))
    place = ([(0, 0)], (1, 2), vertices(3)[low], vertices(3)[high])
    found = list(order_objections("kernel.monotone_z", game, place, value))
    assert (found == []) == accepted
    assert all(text.startswith("a larger violation: -0.3") for text in found)
