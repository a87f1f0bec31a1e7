"""The inequalities of a clause, against dense tensors of Fractions."""

from __future__ import annotations

import random
from fractions import Fraction as F
from itertools import chain as concatenate
from itertools import combinations
from math import gcd, lcm
from typing import Any

import numpy as np
import pytest
import sympy

from mfgcheck.game.game import Game
from mfgcheck.game.laws import mixture, point
from mfgcheck.game.orders import Order, chain, product
from mfgcheck.verify.clauses import Shape
from mfgcheck.verify.corners import Corners, corners
from mfgcheck.verify.differences import Family, kernel_family, reward_family

Key = tuple[tuple[int, int], ...]
"""An inequality as (term number, integer) pairs in lowest terms."""

Tensor = dict[int, dict[int, dict[int, F]]]
"""Coefficient of a term in P(x | row): by row, state and term."""

SPACES = [
    (chain(4), chain(2)),
    (chain(3), product(2, 2)),
    (product(2, 2), chain(2)),
    (product(1, 3), chain(2)),
    (product(2, 3), chain(1)),
]


def random_game(states: Order, actions: Order, seed: int, denominator: int) -> Game:
    """A game with two branches that see z through two aggregates, and random laws."""
    rng = random.Random(seed)

    def number() -> F:
        return F(rng.randint(0, denominator), denominator * rng.randint(1, 3))

    def law() -> Any:
        support = rng.sample(states.labels, rng.randint(1, min(3, states.size)))
        weights = [rng.randint(1, denominator) for _ in support]
        total = sum(weights)
        return mixture({x: F(w, total) for x, w in zip(support, weights, strict=True)})

    laws = [law() for _ in range(3)]
    rows = {
        (s, a): (number() / 4, number() / 4, rng.choice(laws), rng.choice(laws), law())
        for s in states.values
        for a in actions.values
    }
    rewards = {key: (number() - number(), number() - number()) for key in rows}
    top = states.labels[-1]

    def transition(s: Any, a: Any, z: Any) -> object:
        p, q, first, second, third = rows[s, a]
        one = sympy.Rational(p.numerator, p.denominator) * z[top]
        two = sympy.Rational(q.numerator, q.denominator) * z[top] ** 2 / 2
        return [(one, first), (two, second), (1 - one - two, third)]

    def reward(s: Any, a: Any, z: Any) -> object:
        c, d = rewards[s, a]
        share = sympy.Rational(d.numerator, d.denominator)
        return sympy.Rational(c.numerator, c.denominator) + share * z[top]

    return Game(states, actions, reward, transition, discount="1/2", tremble=0)


def dense(game: Game) -> Tensor:
    form = game.form
    tensor: Tensor = {}
    for row in range(game.states.size * game.actions.size):
        tensor[row] = {x: {} for x in range(game.states.size)}
        for b in range(int(form.branch_start[row]), int(form.branch_start[row + 1])):
            for t, c in form.weights.row(int(form.branch_weight[b])):
                for x, p in form.laws.row(int(form.branch_law[b])):
                    cell = tensor[row][x]
                    cell[t] = cell.get(t, F(0)) + c * p
    return tensor


def primitive(vector: dict[int, F]) -> Key:
    nonzero = {t: c for t, c in vector.items() if c}
    if not nonzero:
        return ()
    scale = lcm(*(c.denominator for c in nonzero.values()))
    whole = {t: int(c * scale) for t, c in nonzero.items()}
    common = gcd(*whole.values())
    return tuple((t, c // common) for t, c in sorted(whole.items()))


def proper_upper_sets(order: Order) -> list[tuple[int, ...]]:
    elements = range(order.size)
    subsets = concatenate.from_iterable(combinations(elements, k) for k in range(1, order.size))
    return [u for u in subsets if all(y in u for x in u for y in elements if order.leq(x, y))]


def of_kernel(game: Game, where: Corners, varying: bool) -> dict[Key, set[tuple[int, int]]]:
    """All inequalities, each with the (corner, size of the upper set) pairs that give it."""
    tensor = dense(game)
    constant = {t for t, numbers in enumerate(game.scalars.aggregates_of) if not numbers}
    found: dict[Key, set[tuple[int, int]]] = {}
    for i, rows in enumerate(where.rows.tolist()):
        for upper in proper_upper_sets(game.states):
            total: dict[int, F] = {}
            for sign, row in zip(where.sign, rows, strict=True):
                for x in upper:
                    for t, c in tensor[row][x].items():
                        if not (varying and t in constant):
                            total[t] = total.get(t, F(0)) + sign * c
            key = primitive(total)
            if key:
                found.setdefault(key, set()).add((i, len(upper)))
    return found


def listed(family: Family) -> list[Key]:
    return [tuple(sorted(family.vectors.vector(i))) for i in range(len(family.vectors))]


@pytest.mark.parametrize("denominator", [4, 10**6, 10**25])  # the last needs Python integers
@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("space", range(len(SPACES)))
def test_kernel_family_is_that_of_the_dense_tensor(
    space: int, shape: Shape, denominator: int
) -> None:
    for seed in range(3):
        game = random_game(*SPACES[space], seed, denominator)
        where = corners(game.states, game.actions, shape)
        varying = shape in (Shape.ROW, Shape.PAIR)
        expected = of_kernel(game, where, varying)
        family = kernel_family(game, where, varying=varying)
        found = listed(family)
        assert set(found) == set(expected)
        assert len(found) == len(set(found))
        for key, corner in zip(found, family.corner.tolist(), strict=True):
            first = min(i for i, _ in expected[key])
            assert corner == first
        assert family.corner.tolist() == sorted(family.corner.tolist())


@pytest.mark.parametrize("space", [0, 2])
def test_the_upper_set_is_the_smallest_at_its_corner(space: int) -> None:
    game = random_game(*SPACES[space], 7, 4)
    where = corners(game.states, game.actions, Shape.PAIR_S)
    expected = of_kernel(game, where, varying=False)
    family = kernel_family(game, where, varying=False)
    for i, key in enumerate(listed(family)):
        generators = family.upper_set(int(family.upper[i]))
        assert generators is not None
        up = {y for x in generators for y in game.states.up_set(x).tolist()}
        smallest = min(size for corner, size in expected[key] if corner == family.corner[i])
        assert len(up) == smallest


@pytest.mark.parametrize("denominator", [4, 10**6, 10**25])
@pytest.mark.parametrize("shape", [Shape.PAIR_S, Shape.SQUARE, Shape.PAIR])
@pytest.mark.parametrize("space", range(len(SPACES)))
def test_reward_family(space: int, shape: Shape, denominator: int) -> None:
    game = random_game(*SPACES[space], 5, denominator)
    where = corners(game.states, game.actions, shape)
    rewards = [dict(game.form.rewards.row(int(i))) for i in game.form.reward]
    for varying in (False, True):
        expected: dict[Key, int] = {}
        for i, rows in enumerate(where.rows.tolist()):
            total: dict[int, F] = {}
            for sign, row in zip(where.sign, rows, strict=True):
                for t, c in rewards[row].items():
                    if t or not varying:  # term 0 is the constant
                        total[t] = total.get(t, F(0)) + sign * c
            if primitive(total):
                expected.setdefault(primitive(total), i)
        family = reward_family(game, where, varying=varying)
        assert listed(family) == sorted(expected, key=lambda key: expected[key])
        assert family.corner.tolist() == sorted(expected.values())
        assert set(family.upper.tolist()) <= {-1}


@pytest.mark.parametrize("size", [1, 2**61, 2**62, 2**63, 10**19, 10**60])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_single_coefficient_keeps_its_sign(size: int, sign: int) -> None:
    game = Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: sign * size * s,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    where = corners(game.states, game.actions, Shape.PAIR_S)
    assert listed(reward_family(game, where, varying=False)) == [((0, sign),)]


@pytest.mark.parametrize("size", [3, 2**61, 10**30])
def test_a_single_kernel_coefficient_keeps_its_sign(size: int) -> None:
    share = sympy.Rational(1, size + 1)
    game = Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: 0,
        transition=lambda s, a, z: {0: (1 + share * s) / 2, 1: (1 - share * s) / 2},
        discount="1/2",
        tremble=0,
    )
    where = corners(game.states, game.actions, Shape.PAIR_S)
    assert listed(kernel_family(game, where, varying=False)) == [((0, -1),)]


def test_corners_without_clips_are_remembered() -> None:
    game = Game(
        states=4,
        actions=2,
        reward=lambda s, a, z: 0,
        transition=lambda s, a, z: (point(s) - 1 + 2 * a).clip(0, 3),
        discount="1/2",
        tremble=0,
    )
    where = corners(game.states, game.actions, Shape.PAIR_A)
    family = kernel_family(game, where, varying=False)
    # rows (0, 0) and (3, 1) are clipped, so the corners at s = 0 and s = 3 touch a clip
    assert family.corner.tolist() == [0]
    free = where.rows[family.free_corner[0]]
    assert free.tolist() == [2, 3]
    assert family.free_order.tolist() == [0]


def test_many_corners_are_done_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    game = random_game(chain(6), chain(3), 1, 9)
    where = corners(game.states, game.actions, Shape.SQUARE)
    whole = kernel_family(game, where, varying=False)
    monkeypatch.setattr("mfgcheck.verify.differences._CHUNK", 3)
    parts = kernel_family(game, where, varying=False)
    assert listed(whole) == listed(parts)
    np.testing.assert_array_equal(whole.corner, parts.corner)
    np.testing.assert_array_equal(whole.upper, parts.upper)
