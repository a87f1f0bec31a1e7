"""Cells and the points in them, against plain enumeration."""

from __future__ import annotations

import random
from itertools import product as tuples

import pytest
import sympy
from sympy import Abs, Max, Min

from mfgcheck.verify.all_sizes.abstract import TOP, A, S
from mfgcheck.verify.all_sizes.points import occurrence
from mfgcheck.verify.all_sizes.tails import Cell, NotLinear, cells, comparison

OUTCOMES = [
    S + A,
    Max(S + A - 2, 0),
    Min(Max(S + A - 1, 0), TOP),
    Min(S + 1, 6 * A, TOP),
    Max(S - A, A - S + 1),
    Min(S, 2 * A) + 1,
    3 - Min(S, A),
    2 * Max(S, 1) - A,
    Abs(S - A) + 1,
    Min(Max(S, A), 3 + S - A),
    Max(Min(S, 4), Min(A, 2)),
    sympy.Integer(2),
    sympy.Integer(-1),
    TOP,
]
CORNERS = [(0, 0), (1, 0), (0, 1), (1, 1)]


def inside(cell: Cell, s: int, a: int, t: int) -> bool:
    """Whether a point lies in a cell, by its definition."""
    return all(
        (low is None or low <= alpha * s + beta * a - t)
        and (high is None or alpha * s + beta * a - t <= high)
        for (alpha, beta), low, high in cell.bounds
    )


@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
def test_cells_settle_all_comparisons(outcome: sympy.Expr) -> None:
    c = comparison(outcome)
    found = cells([c], CORNERS)
    for s, a, t in tuples(range(6), range(5), range(1, 7)):
        homes = [cell for cell in found if inside(cell, s, a, t)]
        assert len(homes) == 1
        for ds, da in CORNERS:
            value = outcome.subs({S: s + ds, A: a + da, TOP: 9})
            assert homes[0].holds(c, (ds, da)) == bool(value >= t)


@pytest.mark.parametrize(
    "outcome", [S * A, S / 2, S**2, Min(S, TOP) - 1, sympy.floor(S / 2), S + sympy.sqrt(2), TOP - S]
)
def test_other_outcomes_are_refused(outcome: sympy.Expr) -> None:
    with pytest.raises(NotLinear):
        comparison(outcome)


def test_too_many_cells_are_refused() -> None:
    many = [comparison(k * S + j * A + i) for k in (1, 2) for j in (1, 2) for i in range(14)]
    with pytest.raises(NotLinear, match="too many"):
        cells(many, CORNERS)


@pytest.mark.parametrize("seed", range(60))
def test_the_smallest_sizes_are_those_of_enumeration(seed: int) -> None:
    r = random.Random(seed)
    forms = r.sample([(1, 1), (1, 0), (0, 1), (2, -1), (-1, 1), (0, 3), (0, 0), (3, 2)], 2)
    made = []
    for _ in range(r.choice([1, 1, 2])):
        bounds = []
        for form in forms:
            low = r.choice([None, r.randint(-4, 3)])
            high = r.choice([None, (low if low is not None else -2) + r.randint(0, 3)])
            bounds.append((form, low, high))
        made.append(Cell(tuple(bounds)))
    raised = r.choice([(0, 0), (1, 0), (0, 1), (1, 1)])
    found = occurrence(made, raised)
    most = 12
    points = [
        (max(s + raised[0], t) + 1, max(a + raised[1] + 1, 2))
        for s, a, t in tuples(range(most), range(most), range(1, most))
        if any(inside(cell, s, a, t) for cell in made)
    ]
    expected = {
        x for x in points if not any(y != x and y[0] <= x[0] and y[1] <= x[1] for y in points)
    }
    near = {x for x in found.sizes if x[0] <= most and x[1] <= most}
    if found.known:
        assert near == {x for x in expected if x[0] <= most and x[1] <= most}
    if found.example is not None:
        assert any(inside(cell, *found.example) for cell in made)


def test_a_cell_that_no_integer_meets_is_not_settled() -> None:
    # 2 s - 2 a = 1 has real solutions with large a and no integer ones.
    cell = Cell((((2, 0), 0, 0), ((0, 2), 1, 1)))
    found = occurrence([cell], (0, 0))
    assert found.sizes == ()
    assert not found.known


def test_an_empty_cell_is_known_to_be_so() -> None:
    cell = Cell((((1, 1), 3, None), ((1, 1), None, 2)))
    assert occurrence([cell], (0, 0)).known
