"""Matrices of balls contain what plain fractions give."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from mfgcheck.rigor import balls

F = Fraction
THIRDS = [F(1, 3), F(-2, 3), F(5, 7), F(3**50, 7**40)]


def contains(x: Any, true: Fraction) -> bool:
    low, high = balls.bounds(x) or (F(1), F(0))
    return low <= true <= high


def square(*entries: tuple[str, str]) -> Any:
    """A 2x2 matrix of ranges."""
    cells = [balls.ball(F(low), F(high)) for low, high in entries]
    return balls.arb_mat(2, 2, cells)


def exactly(*entries: str) -> Any:
    return square(*((x, x) for x in entries))


@pytest.mark.parametrize("bits", [10, 53, 200])
@pytest.mark.parametrize(("low", "high"), [*itertools.product(THIRDS, repeat=2)])
def test_a_ball_contains_its_ends(bits: int, low: Fraction, high: Fraction) -> None:
    with balls.precision(bits):
        x = balls.ball(min(low, high), max(low, high))
    assert contains(x, low)
    assert contains(x, high)
    assert contains(x, (low + high) / 2)


def test_an_unbounded_ball_has_no_bounds() -> None:
    assert balls.bounds(balls.arb("nan")) is None
    assert balls.bounds(balls.arb(0, "inf")) is None


def test_integers_of_any_size_are_exact() -> None:
    big = 3**200
    with balls.precision(1000):
        difference = balls.matrix([[big, 1]]) - balls.matrix([[big - 1, 1]])
    assert difference.tolist() == [[1, 0]]


@pytest.mark.parametrize("bits", [10, 53])
def test_a_scaled_sum_contains_the_true_one(bits: int) -> None:
    # (1/3 (1, 2) - 5/7 (3, 4))/11
    with balls.precision(bits):
        factors = [balls.ball(x, x) for x in (F(1, 3), F(-5, 7))]
        found = balls.scaled_sum([balls.matrix([[1, 2]]), balls.matrix([[3, 4]])], factors, 11)
    assert contains(found[0, 0], (F(1, 3) - 3 * F(5, 7)) / 11)
    assert contains(found[0, 1], (F(2, 3) - 4 * F(5, 7)) / 11)


def test_a_solution_contains_those_of_all_systems() -> None:
    ends = (("2", "3"), ("-1/3", "1/3"), ("1/2", "1"), ("2", "5/2"))
    with balls.precision(53):
        found = balls.solve(square(*ends), balls.arb_mat(2, 1, [1, balls.ball(F(1), F(4, 3))]))
    assert found is not None
    for a, b, c, d in itertools.product(*(map(F, pair) for pair in ends)):
        for right in (F(1), F(4, 3)):
            determinant = a * d - b * c
            assert contains(found[0, 0], (d - b * right) / determinant)
            assert contains(found[1, 0], (a * right - c) / determinant)


def test_a_matrix_that_may_be_singular_is_not_solved() -> None:
    side = balls.arb_mat(2, 1, [1, 1])
    assert balls.solve(square(("1", "1"), ("1", "1"), ("1", "1"), ("9/10", "11/10")), side) is None
    assert balls.solve(square(("1", "1"), ("1", "1"), ("1", "1"), ("1", "1")), side) is None


@pytest.mark.parametrize(
    ("entries", "inside"),
    [
        (("1/2", "0", "0", "-9/10"), True),
        (("0", "1000", "0", "0"), True),  # nilpotent: both eigenvalues are 0
        (("0", "-99/100", "99/100", "0"), True),  # a turn that shrinks
        (("0", "-1", "1", "0"), None),  # a turn: both have modulus 1
        (("0", "-2", "2", "0"), None),  # none is real
        (("1", "0", "0", "1/2"), None),  # exactly 1
        (("-1", "0", "0", "1/2"), None),
        (("1000001/1000000", "5", "0", "1/2"), False),
        (("-1000001/1000000", "5", "0", "1/2"), False),
        (("2", "0", "0", "3"), None),  # the determinants have even signs
    ],
)
def test_eigenvalues_within_the_unit_circle(entries: tuple[str, ...], inside: bool | None) -> None:
    assert balls.spectrum_inside(exactly(*entries)) is inside


def test_eigenvalues_of_a_ball_that_reaches_1_are_not_told() -> None:
    zero = ("0", "0")
    assert balls.spectrum_inside(square(("9/10", "11/10"), zero, zero, zero)) is None
    assert balls.spectrum_inside(square(("9/10", "99/100"), zero, zero, zero)) is True
    assert balls.spectrum_inside(square(("101/100", "11/10"), zero, zero, zero)) is False


@pytest.mark.parametrize("bits", [128, 384])
def test_a_large_system_is_solved_in_pieces(bits: int) -> None:
    n = 230
    masses = np.random.default_rng(1).integers(1, 9, (n, n))
    with balls.precision(bits):
        a = balls.matrix((-masses + np.diag(10 * n * np.ones(n, dtype=int))).tolist())
        b = balls.matrix([[k, 1] for k in range(n)])
        found, plain = balls.solve(a, b), a.solve(b)
    assert found is not None
    for x, y in zip(found.entries(), plain.entries(), strict=True):
        assert x.overlaps(y)
        assert float(x.rad()) < 2.0 ** (10 - bits)


def test_a_large_system_that_may_be_singular_has_no_solution() -> None:
    n = 210
    ones = balls.matrix([[1] * n] * n)
    assert balls.solve(ones, balls.matrix([[1]] * n)) is None
    wide = balls.arb_mat([[balls.ball(F(-1), F(1)) for _ in range(n)] for _ in range(n)])
    assert balls.solve(wide, balls.matrix([[1]] * n)) is None


def test_powers_stop_when_they_are_told_to() -> None:
    slow = balls.matrix([[0, 4], [0, 0]])
    assert balls.spectrum_inside(slow) is True
    assert balls.spectrum_inside(slow, lambda: True) is None
