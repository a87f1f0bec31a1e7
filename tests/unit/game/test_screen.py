"""The screen proves many inequalities at once, and only true ones."""

from __future__ import annotations

import random
from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest
import sympy
from sympy import exp

from mfgcheck.game.inequalities import Claim, Deadline, Scalars
from mfgcheck.game.mean_field import Aggregate
from mfgcheck.game.orders import chain
from mfgcheck.game.screen import Vectors, in_order, proved_together
from mfgcheck.game.terms import AtLeast

M = sympy.Symbol("m", real=True)
GRID = [F(i, 40) for i in range(81)]  # of the range [0, 2] of m


def scalars(*terms: sympy.Expr, values: tuple[int, ...] = (0, 1, 2)) -> Scalars:
    aggregate = Aggregate(M, tuple(F(v) for v in values))
    return Scalars(chain(len(values)), (aggregate,), (sympy.S.One, *terms))


def vectors(*rows: dict[int, int]) -> Vectors:
    width = max(len(row) for row in rows)
    term = np.full((len(rows), width), -1, dtype=np.int64)
    big = any(abs(c) >= 2**62 for row in rows for c in row.values())
    coefficient = np.zeros((len(rows), width), dtype=object if big else np.int64)
    for i, row in enumerate(rows):
        for j, (t, c) in enumerate(row.items()):
            term[i, j], coefficient[i, j] = t, c
    return Vectors(term, coefficient)


def proved(s: Scalars, v: Vectors, claim: Claim = Claim.NONNEGATIVE) -> list[bool]:
    flags = proved_together(s, v, claim, Deadline())
    return [bool(flag) for flag in flags]


def test_bounds_of_one_term_are_exact() -> None:
    s = scalars(M)
    assert proved(s, vectors({1: 1}, {0: -2, 1: 1}, {0: 2, 1: -1}, {1: -1})) == [
        True,
        False,
        True,
        False,
    ]


def test_a_violation_of_one_part_in_ten_to_the_thirty_is_not_passed() -> None:
    s = scalars(M)
    big = 10**30
    assert proved(s, vectors({0: 2 * big, 1: -big}, {0: 2 * big - 1, 1: -big})) == [True, False]


def test_slopes() -> None:
    s = scalars(M, exp(-M))
    claim = Claim.NONDECREASING
    assert proved(s, vectors({1: 1}, {2: -1}, {2: 1}, {1: 1, 2: 1}), claim) == [
        True,
        True,
        False,
        True,
    ]


def test_an_aggregate_that_falls_along_the_states_turns_slopes_round() -> None:
    s = scalars(M, values=(2, 1, 0))
    assert proved(s, vectors({1: 1}, {1: -1}), Claim.NONDECREASING) == [False, True]


def test_an_aggregate_that_goes_both_ways_leaves_only_what_is_free_of_it() -> None:
    s = scalars(M, values=(0, 2, 1))
    assert proved(s, vectors({1: 1}, {1: -1}, {0: 5}), Claim.NONDECREASING) == [
        False,
        False,
        True,
    ]


def test_the_slope_of_a_step_proves_nothing() -> None:
    s = scalars(AtLeast(M, sympy.S.One))
    rows = [{1: -k - 1} for k in range(100)]  # as many as it takes for the finer screen
    assert not any(proved(s, vectors(*rows), Claim.NONDECREASING))


@pytest.mark.parametrize("claim", list(Claim))
@pytest.mark.parametrize("seed", range(4))
def test_no_false_inequality_is_proved(seed: int, claim: Claim) -> None:
    rng = random.Random(seed)
    s = scalars(M, M**2, 1 / (1 + M))
    rows = [{t: rng.randint(-4, 4) for t in range(4)} for _ in range(300)]
    flags = proved(s, vectors(*rows), claim)
    assert any(flags)
    for row, flag in zip(rows, flags, strict=True):
        values = [row[0] + row[1] * m + row[2] * m * m + F(row[3]) / (1 + m) for m in GRID]
        fine = (
            min(values) >= 0
            if claim is Claim.NONNEGATIVE
            else all(x <= y for x, y in pairwise(values))
        )
        assert fine or not flag, row


def test_many_inequalities_are_screened_on_cells() -> None:
    s = scalars(M, M**2)
    rows = [{0: 3 * k, 1: -2 * k, 2: k} for k in range(1, 101)]  # k ((m - 1)^2 + 2)
    assert all(proved(s, vectors(*rows)))
    assert not any(proved(s, vectors(*rows[:9])))  # few: 3 - 2 m + [0, 4] does not show it


def test_vectors_come_without_padding_and_in_order() -> None:
    v = vectors({3: 1, 0: -2}, {1: 5})
    assert v.vector(0) == ((0, -2), (3, 1))
    assert v.vector(1) == ((1, 5),)
    assert v.take(np.array([1])).vector(0) == ((1, 5),)


def test_in_order_skips_what_is_proved_and_asks_once() -> None:
    s = scalars(M)
    v = vectors({1: 1}, {1: -1}, {0: 1, 1: -1})
    flags = np.array([True, False, False])
    known: dict[int, object] = {}
    first = list(in_order(s, v, [2, 0, 1], flags, Claim.NONNEGATIVE, Deadline(), known))  # type: ignore[arg-type]
    assert [i for i, _ in first] == [2, 1]
    again = list(in_order(s, v, [1], flags, Claim.NONNEGATIVE, Deadline(), known))  # type: ignore[arg-type]
    assert again[0][1] is known[1]
