"""Where aggregates range, and in which directions they move."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction as F

import pytest
import sympy

from mfgcheck import rigor
from mfgcheck.game.mean_field import Aggregate, Value
from mfgcheck.game.orders import Order, chain, product
from mfgcheck.game.setting import Setting, bounds
from mfgcheck.rigor.linear import feasible_combination


def setting(states: Order, *columns: Sequence[Value | int]) -> Setting:
    return Setting(
        states,
        tuple(
            Aggregate(
                sympy.Symbol(f"m{j}", real=True),
                tuple(F(v) if isinstance(v, int) else v for v in column),
            )
            for j, column in enumerate(columns)
        ),
    )


def test_one_aggregate_ranges_between_its_extremes() -> None:
    assert setting(chain(4), [2, -1, 7, 0]).box == [(F(-1), F(7))]


def test_two_aggregates_range_over_the_hull_and_not_the_box() -> None:
    s = setting(chain(3), [0, 1, 2], [0, 1, 4])
    assert s.region.contains((F(1), F(2)))
    assert not s.region.contains((F(1), F(1, 2)))
    assert s.box == [(F(0), F(2)), (F(0), F(4))]


def test_moves_of_a_product_go_along_covers() -> None:
    # phi = (x, y) on the square: the moves are the unit vectors, not the diagonal
    s = setting(product(2, 2), [0, 0, 1, 1], [0, 1, 0, 1])
    assert set(s.moves) == {(F(1), F(0)), (F(0), F(1))}
    for move, (low, high) in s.moves.items():
        change = tuple(a.values[high] - a.values[low] for a in s.aggregates)
        assert change == move


def test_states_that_the_aggregate_does_not_tell_apart_make_no_move() -> None:
    assert list(setting(chain(3), [1, 1, 3]).moves) == [(F(1),)]


@pytest.mark.parametrize(
    ("column", "signs"),
    [([0, 1, 1], {1}), ([3, 2, 0], {-1}), ([0, 2, 1], {1, -1}), ([1, 1, 1], set())],
)
def test_signs(column: list[Value | int], signs: set[int]) -> None:
    assert setting(chain(3), column).signs == (frozenset(signs),)


def test_an_irrational_value_lies_strictly_between_its_bounds() -> None:
    low, high = bounds(sympy.sqrt(2))
    assert low**2 < 2 < high**2
    assert high - low < F(1, 2**100)


def test_a_rational_value_is_its_own_bounds() -> None:
    assert bounds(F(1, 3)) == (F(1, 3),)


def test_irrational_directions_contain_the_true_ones() -> None:
    root = sympy.sqrt(2)
    s = setting(chain(3), [0, 1, 2], [sympy.S.Zero + root, 2 * root, -root])
    # slopes of the true moves: root, then -3 root; rational numbers on both sides of each
    for low, high in ((F(14142, 10000), F(14143, 10000)), (F(-42427, 10000), F(-42426, 10000))):
        slopes = [d[1] / d[0] for d in s.moves]
        near = [v for v in slopes if low < v < high]
        assert near
        exact = root if low > 0 else -3 * root
        assert min(near) <= exact <= max(near)  # as sympy compares them


@pytest.mark.parametrize("seed", range(5))
def test_mean_field_has_the_aggregates_asked_for(seed: int) -> None:
    rng = random.Random(seed)
    s = setting(chain(6), *([rng.randint(-5, 5) for _ in range(6)] for _ in range(2)))
    masses = [F(rng.randint(0, 9)) for _ in range(6)]
    total = sum(masses) or F(1)
    point = tuple(
        sum((p * v for p, v in zip(masses, a.values, strict=True)), F(0)) / total
        for a in s.aggregates
    )
    z = s.mean_field(point)
    assert z is not None
    assert sum(z.values()) == 1
    assert min(z.values()) > 0
    for j, a in enumerate(s.aggregates):
        assert sum(p * a.values[x] for x, p in z.items()) == point[j]
        assert rigor.exact_value(s.at(z)[j]) == point[j]


def test_no_mean_field_outside() -> None:
    assert setting(chain(3), [0, 1, 2]).mean_field((F(5, 2),)) is None


@pytest.mark.parametrize("seed", range(5))
def test_every_rise_of_z_is_a_combination_of_moves(seed: int) -> None:
    """Lemma L4, for random pairs of states x < x' of a product."""
    rng = random.Random(seed)
    states = product(2, 3)
    s = setting(states, *([rng.randint(-3, 3) for _ in range(6)] for _ in range(2)))
    nowhere = (F(0), F(0))
    moves = [*s.moves, nowhere]
    for x in range(6):
        for y in range(6):
            if not states.leq(x, y):
                continue
            change = tuple((a.values[y] - a.values[x]) / 100 for a in s.aggregates)
            assert feasible_combination(moves, change) is not None
