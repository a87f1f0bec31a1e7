"""The polytopes of values: against brute force over step functions on a grid."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
import sympy
from sympy import Rational as R

from mfgcheck import InvalidGame, decreasing
from mfgcheck.game.mean_field import TracedMeanField
from mfgcheck.game.orders import chain
from mfgcheck.game.setting import Setting
from mfgcheck.game.terms import TermReader
from mfgcheck.game.values import UnknownValue, joint_vertices, span, unknown_values, vertices

F = Fraction
p, q = decreasing("p", 0, 1), decreasing("q", "1/2", 2)
M, N = sympy.symbols("m n", real=True)


def values(*applications: object, **columns: list[Fraction]) -> list[UnknownValue]:
    functionals = {sympy.Symbol(name, real=True): column for name, column in columns.items()}
    return list(dict.fromkeys(unknown_values(applications, functionals).values()))  # type: ignore[arg-type]


def test_numbers_form_a_chain() -> None:
    found = vertices(values(p(3), p(1), p(2)))
    assert found is not None
    assert set(found) == {(0, 0, 0), (0, 1, 0), (0, 1, 1), (1, 1, 1)}


def test_a_number_within_the_range_of_an_aggregate_is_free() -> None:
    found = vertices(values(p(M), p(1), m=[F(0), F(2)]))
    assert found is not None
    assert set(found) == set(itertools.product((0, 1), repeat=2))


@pytest.mark.parametrize(
    ("number", "missing"), [(0, (1, 0)), (-1, (1, 0)), (2, (0, 1)), (5, (0, 1))]
)
def test_a_number_beside_the_range_of_an_aggregate_is_not(
    number: int, missing: tuple[int, int]
) -> None:
    found = vertices(values(p(M), p(number), m=[F(0), F(2)]))
    assert found is not None
    assert set(found) == set(itertools.product((0, 1), repeat=2)) - {missing}


def test_aggregates_are_compared_state_by_state() -> None:
    columns = {"m": [F(0), F(1), F(2)], "n": [F(1), F(1), F(3)]}
    found = vertices(values(p(M), p(N), **columns))
    assert found is not None
    assert (0, 1) not in found
    assert (1, 0) in found
    crossing = vertices(values(p(M), p(2 - M), m=columns["m"]))
    assert crossing is not None
    assert len(crossing) == 4


def test_aggregates_are_compared_after_all_of_the_expression() -> None:
    shifted = vertices(values(p(M), p(M + R(1, 2)), p(2 * M - 3), m=[F(0), F(1), F(2)]))
    assert shifted is not None
    assert all(a >= b and c >= a for a, b, c in shifted)


def test_equal_arguments_share_a_value() -> None:
    assert len(values(p(M), p(N - 1), m=[F(0), F(1)], n=[F(1), F(2)])) == 1
    assert len(values(p(M + N), p(1), m=[F(0), F(1)], n=[F(1), F(0)])) == 1
    assert len(values(p(1), q(1))) == 2


def test_functions_do_not_bind_each_other() -> None:
    found = joint_vertices(values(p(1), q(1), p(2)))
    assert found is not None
    every = itertools.product((0, 1), (F(1, 2), 2), (0, 1))
    assert set(found) == {(a, b, c) for a, b, c in every if a >= c}


def test_a_function_without_freedom_has_one_vertex() -> None:
    fixed = decreasing("p", "1/3", "1/3")
    assert vertices(values(fixed(M), fixed(1), m=[F(0), F(2)])) == [(F(1, 3), F(1, 3))]


def test_too_many_vertices_are_not_listed() -> None:
    columns = {f"m{i}": [F(int(x == i)) for x in range(13)] for i in range(13)}
    names = [sympy.Symbol(name, real=True) for name in columns]
    assert joint_vertices(values(*map(p, names), **columns)) is None


def test_irrational_arguments_are_refused() -> None:
    with pytest.raises(InvalidGame, match="rational values only"):
        unknown_values([p(M)], {M: [sympy.exp(1), F(1)]})


@pytest.mark.parametrize(
    ("e", "least", "most"),
    [
        (p(1), 0, 1),
        (1 - p(1), 0, 1),
        (p(1) - p(4), 0, 1),
        (p(4) - p(1), -1, 0),
        (p(1) + p(4), 0, 2),
        (p(1) - 2 * p(2) + p(3), -1, 1),
        (q(1) - q(2), 0, F(3, 2)),
        (p(1) - p(2) + q(1), F(1, 2), 3),
        (p(0) * 3 + 1, 1, 4),
    ],
)
def test_span_is_exact_for_affine_expressions(
    e: sympy.Expr, least: Fraction, most: Fraction
) -> None:
    assert span(e) == (least, most)


def test_span_contains_what_is_not_affine() -> None:
    found = span(p(1) * p(2) - p(1))
    assert found is not None
    assert found[0] <= -1
    assert found[1] >= 0
    assert span(1 / p(1)) is None


def setting(*expressions: object) -> Setting:
    reader = TermReader()
    z = TracedMeanField(chain(3))
    mean = z.mean()
    unknown = z.mean(lambda x: 1 - p(x))
    for e in expressions:
        reader.read(e(mean), "it")  # type: ignore[operator]
    known = unknown_values(reader.unknown, {s: a.values for s, a in z.aggregates.items()})
    chosen = tuple(z.aggregates[s] for s in (mean, unknown))
    return Setting(chain(3), chosen, tuple(dict.fromkeys(known.values())))


def test_values_move_against_their_arguments_alone() -> None:
    where = setting(lambda m: p(m), lambda m: p(-m), lambda m: p(3))
    assert where.signs == ({1}, {1}, {-1}, {1}, set())
    assert [d for d in where.directions if any(d[2:])] == [(0, 0, -1, 0, 0), (0, 0, 0, 1, 0)]
    assert all(not any(d[:2]) for d in where.directions if any(d[2:]))


def test_an_aggregate_of_unknown_values_is_boxed() -> None:
    where = setting()
    assert where.box == [(0, 2), (0, 1)]
    # 1 - p(x + 1) - (1 - p(x)) lies between 0 and 1
    assert set(where.moves) == {(1, 0), (1, 1)}


def test_a_value_that_may_move_both_ways() -> None:
    z = TracedMeanField(chain(3))
    m = z.mean(lambda x: (x - 1) ** 2)
    (value,) = unknown_values([p(m)], {m: z.aggregates[m].values}).values()
    where = Setting(chain(3), (), (value,))
    assert where.signs == ({1, -1},)
    assert where.box == [(0, 1)]
    assert where.region.points == ((0,), (1,))
