"""Slanted kinks: decided exactly, in agreement with what is true by hand."""

from __future__ import annotations

from fractions import Fraction as Q

from mfgcheck.rigor import (
    Expression,
    Proved,
    Refuted,
    Region,
    add,
    const,
    mul,
    positive_part,
    prove_nondecreasing,
    prove_nonnegative,
    substitute,
    subtract,
    var,
)
from mfgcheck.rigor.interval import exact_value
from mfgcheck.rigor.lift import lift

X, Y = var(0), var(1)
TRIANGLE = Region.of([(0, 0), (1, 0), (0, 1)])


def minimum(u: Expression, v: Expression) -> Expression:
    return subtract(u, positive_part(subtract(u, v)))


def test_the_smaller_of_two_is_below_their_weighted_mean() -> None:
    gap = subtract(add(mul(const(Q(1, 3)), X), mul(const(Q(2, 3)), Y)), minimum(X, Y))
    assert isinstance(prove_nonnegative(gap, TRIANGLE), Proved)  # zero along the whole diagonal


def test_a_gap_that_opens_only_on_one_side_of_the_diagonal() -> None:
    gap = subtract(mul(const(Q(1, 2)), X), minimum(X, Y))  # negative where x/2 < y < ..., x > 0
    result = prove_nonnegative(gap, TRIANGLE)
    assert isinstance(result, Refuted)
    assert len(result.point) == 2
    assert TRIANGLE.contains(result.point)
    x, y = result.point
    assert x / 2 < min(x, y)


def test_the_minimum_rises_in_each_argument_and_falls_against_one() -> None:
    assert isinstance(prove_nondecreasing(minimum(X, Y), TRIANGLE, [(1, 0), (0, 1)]), Proved)
    result = prove_nondecreasing(minimum(X, Y), TRIANGLE, [(-1, 0)])
    assert isinstance(result, Refuted)
    assert result.direction is not None
    assert len(result.direction) == 2


def test_lifting_changes_no_value() -> None:
    f = add(minimum(X, Y), positive_part(add(X, Y, const(-1))))
    g, region, moves = lift(f, TRIANGLE, [(1, 2)])
    assert moves == [(Q(1), Q(2), Q(-1), Q(3))]
    for low, high in zip(TRIANGLE.points, region.points, strict=True):
        values = [
            exact_value(substitute(e, {j: const(x) for j, x in enumerate(point)}))
            for e, point in ((f, low), (g, high))
        ]
        assert values[0] == values[1]


def test_nothing_is_lifted_without_a_slanted_kink() -> None:
    f = add(positive_part(subtract(X, const(Q(1, 2)))), mul(X, Y))
    assert lift(f, TRIANGLE, [])[:2] == (f, TRIANGLE)
