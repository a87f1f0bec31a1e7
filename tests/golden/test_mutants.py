"""Each clause is told apart from the others, and its smallest witness is the one shown."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy

from mfgcheck import Game, check
from tests.golden.mutants import MUTANTS, Mutant, plain_mutant
from tests.oracle import CLAUSES, examine, grid

BY_CLAUSE = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.clause)


def game_of(mutant: Mutant) -> Game:
    """Return the mutant as a game of the package."""

    def q(x: Fraction) -> sympy.Rational:
        return sympy.Rational(x.numerator, x.denominator)

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        tail1, tail2 = mutant.tails(int(s), int(a), z.mean(), q)
        return {0: 1 - tail1, 1: tail1 - tail2, 2: tail2}

    return Game(
        states=3,
        actions=3,
        reward=lambda s, a, z: mutant.reward(int(s), int(a), z.mean(), q),
        transition=transition,
        discount="1/2",
        tremble="1/5",
    )


def test_every_clause_but_the_implied_one_has_a_mutant() -> None:
    assert {mutant.clause for mutant in MUTANTS} == {*CLAUSES} - {"reward.max_monotone_s"}


@BY_CLAUSE
def test_the_oracle_sees_that_clause_alone_broken(mutant: Mutant) -> None:
    findings = examine(plain_mutant(mutant), grid(3, 8))
    assert [clause for clause in CLAUSES if findings[clause].violated] == [mutant.clause]


@BY_CLAUSE
def test_that_clause_alone_is_refuted(mutant: Mutant) -> None:
    report = check(game_of(mutant))
    statuses = {clause: verdict.status.value for clause, verdict in report.clauses.items()}
    assert statuses == {**dict.fromkeys(CLAUSES, "PROVED"), mutant.clause: "REFUTED"}


@BY_CLAUSE
def test_the_smallest_witness_is_shown(mutant: Mutant) -> None:
    game = game_of(mutant)
    witness = check(game, [mutant.clause]).clauses[mutant.clause].witness
    assert witness is not None
    assert witness.corners == mutant.corners
    assert witness.upper_set == mutant.upper_set
    assert witness.z == {mutant.z: 1}
    assert witness.z2 == (None if mutant.z2 is None else {mutant.z2: 1})
    value = sympy.Rational(mutant.value.numerator, mutant.value.denominator)
    assert witness.value == value
    assert witness.replay(game) == value
    assert witness.lower <= value <= witness.upper < 0
