"""Farkas's multipliers: found, checked, and refused when they are wrong."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfgcheck.rigor.farkas import multipliers, refutes

# x + y >= 3, -x >= -1, -y >= -1: no solution, by (1, 1, 1).
ROWS = [[Fraction(1), Fraction(1)], [Fraction(-1), Fraction(0)], [Fraction(0), Fraction(-1)]]
BOUNDS = [Fraction(3), Fraction(-1), Fraction(-1)]


def fractions(*numbers: int) -> list[Fraction]:
    return [Fraction(x) for x in numbers]


def test_right_multipliers_are_accepted() -> None:
    assert refutes(ROWS, BOUNDS, fractions(1, 1, 1))
    assert refutes(ROWS, BOUNDS, fractions(2, 3, 2))  # 6 - 5 > 0


@pytest.mark.parametrize(
    "wrong",
    [
        fractions(0, 0, 0),  # proves 0 >= 0
        fractions(1, 1, 0),  # leaves y
        fractions(1, 2, 2),  # 3 - 4 < 0
        fractions(1, 1, 2),  # 3 - 3 = 0 is not enough
        fractions(-1, 1, 1),
        fractions(-1, -1, -1),
    ],
)
def test_wrong_multipliers_are_refused(wrong: list[Fraction]) -> None:
    assert not refutes(ROWS, BOUNDS, wrong)


def test_multipliers_of_another_size_are_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        refutes(ROWS, BOUNDS, fractions(1, 1))
    with pytest.raises(ValueError, match="length"):
        refutes([fractions(1, 1), fractions(1)], fractions(1, 1), fractions(1, 1))


def test_they_are_found() -> None:
    found = multipliers(ROWS, BOUNDS)
    assert found is not None
    assert refutes(ROWS, BOUNDS, found)


def test_none_where_there_is_a_solution() -> None:
    assert multipliers(ROWS, fractions(2, -1, -1)) is None
    assert multipliers([], []) is None


systems = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.tuples(st.lists(st.integers(-3, 3), min_size=width, max_size=width), st.integers(-3, 3)),
        min_size=1,
        max_size=5,
    )
)


@given(systems, st.data())
def test_a_system_has_a_solution_or_multipliers(
    system: list[tuple[list[int], int]], data: st.DataObject
) -> None:
    """What is returned is checked; where nothing is, a planted solution must not be refuted."""
    rows = [fractions(*row) for row, _ in system]
    bounds = fractions(*(bound for _, bound in system))
    found = multipliers(rows, bounds)
    if found is not None:
        assert refutes(rows, bounds, found)
        width = len(rows[0])
        x = data.draw(st.lists(st.fractions(0, 5), min_size=width, max_size=width))
        values = [sum(a * v for a, v in zip(row, x, strict=True)) for row in rows]
        assert any(value < bound for value, bound in zip(values, bounds, strict=True))


@given(systems, st.data())
def test_a_solvable_system_has_none(
    system: list[tuple[list[int], int]], data: st.DataObject
) -> None:
    rows = [fractions(*row) for row, _ in system]
    width = len(rows[0])
    x = data.draw(st.lists(st.integers(0, 4), min_size=width, max_size=width))
    bounds = [
        sum((a * v for a, v in zip(row, x, strict=True)), Fraction(0)) - abs(slack)
        for row, (_, slack) in zip(rows, system, strict=True)
    ]
    assert multipliers(rows, bounds) is None
