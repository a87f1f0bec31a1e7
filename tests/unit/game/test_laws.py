"""Exact laws: arithmetic by hand, equality, clipping, mixtures, blends."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy
from sympy import Rational as R

from mfgcheck.errors import InvalidGame
from mfgcheck.game.laws import Blend, Law, mixture, point, uniform

COIN = uniform([0, 1])


def law(value: object) -> Law:
    assert isinstance(value, Law)
    return value


def test_sum_of_two_dice_is_triangular() -> None:
    die = uniform(range(1, 4))
    assert law(die + die).probabilities == {
        2: F(1, 9),
        3: F(2, 9),
        4: F(3, 9),
        5: F(2, 9),
        6: F(1, 9),
    }


def test_difference_of_a_law_with_itself_is_of_independent_draws() -> None:
    assert law(COIN - COIN).probabilities == {-1: F(1, 4), 0: F(1, 2), 1: F(1, 4)}


@pytest.mark.parametrize("k", [2, sympy.Integer(2), F(2), "exactly"])
def test_shifts(k: object) -> None:
    if k == "exactly":
        assert law(COIN + R(1, 2)).outcomes == (F(1, 2), F(3, 2))
        return
    assert law(COIN + k).outcomes == (2, 3)
    assert law(k + COIN).outcomes == (2, 3)
    assert law(COIN - k).outcomes == (-2, -1)
    assert law(k - COIN).outcomes == (1, 2)


def test_clip_max_min() -> None:
    base = uniform([-1, 0, 1, 2])
    assert base.clip(0, 1).probabilities == {0: F(1, 2), 1: F(1, 2)}
    assert base.max(1).probabilities == {1: F(3, 4), 2: F(1, 4)}
    assert base.min(0).probabilities == {-1: F(1, 4), 0: F(3, 4)}


def test_clipped_says_whether_an_outcome_moved() -> None:
    assert not COIN.clip(0, 1).clipped
    assert COIN.clip(0, 0).clipped
    assert law(COIN.max(1) + 3).clipped
    assert law(mixture({COIN.max(1): "1/2", 5: "1/2"})).clipped
    assert not law(COIN + 7).clipped


def test_equal_laws_are_equal_whatever_the_way_to_them() -> None:
    ways = [
        uniform([0, 1]),
        law(mixture({0: "0.5", 1: R(1, 2)})),
        uniform([1, 0, 1, 0]),
        law(COIN + 1 - 1),
        COIN.clip(0, 5),
        uniform([0, 1, 2, 3]).map(lambda x: x % 2),
        law(mixture({uniform(range(2)): 1})),
    ]
    assert len(set(ways)) == 1


def test_map_receives_exact_numbers_and_may_return_labels() -> None:
    assert uniform([1, 2]).map(lambda x: x / 4).outcomes == (F(1, 4), F(1, 2))
    named = uniform([1, 2]).map(lambda x: "one" if x == 1 else ("two", x))
    assert named.probabilities == {"one": F(1, 2), ("two", 2): F(1, 2)}


def test_mixture_of_laws() -> None:
    mixed = law(mixture({0: F(1, 10), uniform([1, 2, 3]): "0.9"}))
    assert mixed.probabilities == {0: F(1, 10), 1: F(3, 10), 2: F(3, 10), 3: F(3, 10)}


def test_a_weight_of_zero_leaves_its_law_out() -> None:
    assert law(mixture({0: 1, 99: 0})).outcomes == (0,)


def test_float_weights_are_remembered() -> None:
    mixed = law(mixture({0: 0.1, 1: 0.9}))
    assert mixed.probabilities[0] == F(1, 10)
    assert mixed.floats == {"0.1", "0.9"}
    assert law(mixed + 1).floats == {"0.1", "0.9"}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({0: "1/2", 1: "1/3"}, "sum to 5/6"),
        ({0: "3/2", 1: "-1/2"}, "negative"),
        ({0: 1 / 3, 1: 2 / 3}, "rounded"),
        ({0: None}, "mixture weight"),
        ({None: 1}, "not a label"),
        ({}, "sum to 0"),
    ],
)
def test_mixtures_refused(weights: dict[object, object], message: str) -> None:
    with pytest.raises(InvalidGame, match=message):
        mixture(weights)


def test_a_symbolic_weight_makes_a_blend_with_the_same_arithmetic() -> None:
    q = sympy.Symbol("q", real=True)
    blend = mixture({0: q, uniform([2, 4]): 1 - q})
    assert isinstance(blend, Blend)
    moved = (blend + 1).min(3)
    assert isinstance(moved, Blend)
    assert moved.parts == ((q, point(1)), (1 - q, point(3)))
    both = blend + COIN
    assert isinstance(both, Blend)
    assert both.parts[0] == (q, COIN)
    squared = blend + blend
    assert isinstance(squared, Blend)
    assert sympy.expand(sum(weight for weight, _ in squared.parts)) == 1


def test_a_blend_inside_a_mixture_multiplies_out() -> None:
    q = sympy.Symbol("q", real=True)
    inner = mixture({0: q, 1: 1 - q})
    outer = mixture({inner: "1/2", 5: "1/2"})
    assert isinstance(outer, Blend)
    assert outer.parts == ((q / 2, point(0)), ((1 - q) / 2, point(1)), (R(1, 2), point(5)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: uniform([]),
        lambda: uniform(range(0)),
        lambda: COIN.clip(1, 0),
        lambda: point("a") + 1,
        lambda: COIN + "a",
        lambda: COIN + sympy.Symbol("m"),
        lambda: point((0, 1)).clip(0, 1),
        lambda: COIN.map(lambda x: None),
    ],
)
def test_laws_refused(make: object) -> None:
    with pytest.raises(InvalidGame):
        make()  # type: ignore[operator]


def test_outcomes_of_several_kinds_are_fine() -> None:
    mixed = law(mixture({"a": "1/4", 1: "1/4", (0, 1): "1/2"}))
    assert mixed == law(mixture({(0, 1): "1/2", 1: "1/4", "a": "1/4"}))
