"""Covering pairs and local squares, against their definition."""

from __future__ import annotations

from itertools import product as tuples

import pytest

from mfgcheck.game.orders import Order, chain, product
from mfgcheck.verify.clauses import BY_ID, CLAUSES, Shape
from mfgcheck.verify.corners import corners, grid

SPACES = [
    (chain(3), chain(2)),
    (chain(1), chain(3)),
    (chain(3), chain(1)),
    (chain(1), chain(1)),
    (product(2, 3), chain(2)),
    (product(1, 3), product(2, 1)),
    (product(2, 2), product(2, 2)),
]


def positions(states: Order, actions: Order) -> list[tuple[int, ...]]:
    """Positions of all pairs (s, a) in the factors of S and A, by row number."""
    shape = [*states.shape, *actions.shape]
    return list(tuples(*(range(n) for n in shape)))


def step(x: tuple[int, ...], y: tuple[int, ...]) -> int | None:
    """The factor in which y is one higher than x, if that is all."""
    changes = [(i, b - a) for i, (a, b) in enumerate(zip(x, y, strict=True)) if a != b]
    return changes[0][0] if len(changes) == 1 and changes[0][1] == 1 else None


@pytest.mark.parametrize("space", range(len(SPACES)))
@pytest.mark.parametrize("shape", [Shape.PAIR_S, Shape.PAIR_A, Shape.PAIR])
def test_pairs(space: int, shape: Shape) -> None:
    states, actions = SPACES[space]
    where = positions(states, actions)
    split = len(states.shape)
    allowed = {
        Shape.PAIR_S: range(split),
        Shape.PAIR_A: range(split, split + len(actions.shape)),
        Shape.PAIR: range(split + len(actions.shape)),
    }[shape]
    expected = [
        [i, j]
        for i, x in enumerate(where)
        for j, y in enumerate(where)
        if step(x, y) is not None and step(x, y) in allowed
    ]
    found = corners(states, actions, shape)
    assert found.sign == (-1, 1)
    assert found.rows.tolist() == expected


@pytest.mark.parametrize("space", range(len(SPACES)))
def test_squares(space: int) -> None:
    states, actions = SPACES[space]
    where = positions(states, actions)
    n = range(len(where))
    expected = set()
    for low in n:
        sides = [x for x in n if step(where[low], where[x]) is not None]
        for left, right in tuples(sides, sides):
            if left < right:
                top = tuple(max(a, b) for a, b in zip(where[left], where[right], strict=True))
                expected.add((low, frozenset((left, right)), where.index(top)))
    found = corners(states, actions, Shape.SQUARE)
    assert found.sign == (1, -1, -1, 1)
    listed = [(low, frozenset((left, right)), top) for low, left, right, top in found.rows.tolist()]
    assert set(listed) == expected
    assert len(listed) == len(expected)
    assert [(x[0], x[2]) for x in listed] == sorted((x[0], x[2]) for x in listed)


def test_rows() -> None:
    found = corners(chain(2), chain(3), Shape.ROW)
    assert found.rows.tolist() == [[i] for i in range(6)]
    assert found.sign == (1,)


def test_row_numbers_are_state_times_actions_plus_action() -> None:
    lattice = grid(product(2, 3), chain(4))
    assert lattice.labels[(1 * 3 + 2) * 4 + 3] == (1, 2, 3)


def test_clause_ids_are_stable() -> None:
    assert [clause.id for clause in CLAUSES] == [
        "reward.monotone_s",
        "reward.supermodular",
        "reward.increasing_differences",
        "reward.max_monotone_s",
        "kernel.monotone_s",
        "kernel.monotone_a",
        "kernel.monotone_z",
        "kernel.supermodular",
        "kernel.increasing_differences",
    ]
    assert all(BY_ID[clause.id] is clause for clause in CLAUSES)
