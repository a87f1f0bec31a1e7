"""Sparse exact rows, against dictionaries of Fractions."""

from __future__ import annotations

import random
from fractions import Fraction as F

import numpy as np
import pytest

from mfgcheck.game.sparse import Rows, group, integers, largest, widen

Entry = tuple[int, int, int]


def random_rows(seed: int, size: int) -> list[list[Entry]]:
    rng = random.Random(seed)
    return [
        [
            (c, rng.randint(-size, size), rng.randint(1, size))
            for c in rng.sample(range(6), rng.randint(0, 6))
        ]
        for _ in range(8)
    ]


@pytest.mark.parametrize("size", [5, 10**9, 10**40])
def test_rows_hold_what_they_were_given(size: int) -> None:
    given = random_rows(1, size)
    rows = Rows.of(given)
    for i, row in enumerate(given):
        assert rows.row(i) == [(c, F(n, d)) for c, n, d in row]


@pytest.mark.parametrize("size", [5, 10**40])
def test_gather_lists_rows_in_the_order_asked_for(size: int) -> None:
    given = random_rows(2, size)
    rows = Rows.of(given)
    ids = np.array([3, 3, 0, 7, 5])
    owner, column, value = rows.gather(ids)
    found = [
        (int(i), int(c), F(int(v), rows.denominator))
        for i, c, v in zip(owner, column, value, strict=True)
    ]
    assert found == [(i, c, F(n, d)) for i, k in enumerate(ids) for c, n, d in given[k]]


def test_numbers_that_do_not_fit_are_python_ints() -> None:
    assert integers([2**62 - 1, -5]).dtype == np.int64
    assert integers([2**62]).dtype == object
    assert int(integers([10**30])[0]) == 10**30
    assert integers([]).dtype == np.int64


def test_widen_goes_by_the_bound_of_the_results() -> None:
    values = np.array([1, 2])
    assert widen(values, 2**62 - 1).dtype == np.int64
    assert widen(values, 2**62).dtype == object
    assert widen(values.astype(object), 1).dtype == object


def test_largest_is_of_absolute_values() -> None:
    assert largest(np.array([-7, 3])) == 7
    assert largest(np.zeros(0, dtype=np.int64)) == 0
    assert largest(np.array([np.iinfo(np.int64).min])) == 2**63


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("spread", [3, 2**40])  # the wide keys do not fit into one combined key
def test_group_sums_by_key_and_drops_zeros(big: bool, spread: int) -> None:
    rng = random.Random(3)
    scale = 10**30 if big else 1
    keys = [[rng.choice([0, 1, 2]) * spread for _ in range(60)] for _ in range(2)]
    amounts = [rng.randint(-2, 2) * scale for _ in range(60)]
    expected: dict[tuple[int, int], int] = {}
    for i, j, v in zip(*keys, amounts, strict=True):
        expected[i, j] = expected.get((i, j), 0) + v
    columns, sums = group([np.array(key, dtype=np.int64) for key in keys], integers(amounts))
    found = [
        ((int(i), int(j)), int(v)) for i, j, v in zip(columns[0], columns[1], sums, strict=True)
    ]
    assert found == [(key, expected[key]) for key in sorted(expected) if expected[key]]


def test_group_of_nothing() -> None:
    none = np.zeros(0, dtype=np.int64)
    keys, sums = group([none, none], none)
    assert len(keys) == 2
    assert not len(sums)
