"""The normal form of weights and rewards, against the expressions they came from."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy
from sympy import Abs, Eq, Max, Min, Ne, Piecewise, exp, log, sqrt, tanh
from sympy import Rational as R

from mfgcheck import rigor
from mfgcheck.errors import InvalidGame
from mfgcheck.game.terms import TermReader, Terms, join, split, to_rigor, vanishes

M, N = sympy.symbols("m n", real=True)
POINTS = [
    (R(x, 4), R(y, 3)) for x in range(-5, 6) for y in (-2, 0, 1, 3)
]  # thresholds at 1/2, 1 and 0 are among them


def read(e: sympy.Expr) -> Terms:
    return TermReader().read(sympy.sympify(e), "it")


def value(terms: Terms, m: sympy.Rational, n: sympy.Rational) -> F:
    """The exact value of a sum of terms at a point, by the arithmetic that proves."""
    at = {0: rigor.const(F(int(m.p), int(m.q))), 1: rigor.const(F(int(n.p), int(n.q)))}
    found = rigor.exact_value(rigor.substitute(to_rigor(join(terms), {M: 0, N: 1}), at))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "e",
    [
        (M + 1) * (M - 1) ** 2 / 3,
        Max(M, N),
        Max(M, N, R(1, 2), -M),
        Min(M, 2 * N, 1),
        Abs(M - N / 2) + 3 * Abs(M),
        Max(0, Min(1, M)) * N,
        Min(M, Max(N, -M)) - Abs(Min(M, 0)),
        Piecewise((1, R(1, 2) <= M), (M, M > 0), (N, True)),
        Piecewise((M**2, R(1, 2) > M), (N, M <= 1), (7, True)),
        Piecewise((1, 1 - 2 * M >= 0), (0, True)),
        Piecewise((1, M < 3), (2, M > 5), (3, True)),
        Piecewise((1, Eq(M, R(1, 2))), (2, Ne(M, 1)), (3, True)),
        Piecewise((1, (M >= 0) & (N > 0)), (2, (M > 1) | (N < 0)), (3, True)),
        Piecewise((1, ~((M >= 0) & (M < 1))), (2, True)),
        Piecewise((1, M >= 0), (2, True)) * Piecewise((3, M > 0), (5, True)),
        Piecewise((1, M >= 0), (2, True)) ** 2,
        Max(Piecewise((M, M >= 0), (N, True)), R(1, 3)),
    ],
)
def test_normal_form_has_the_same_values(e: sympy.Expr) -> None:
    terms = read(e)
    for m, n in POINTS:
        expected = e.subs({M: m, N: n})
        assert value(terms, m, n) == F(int(expected.p), int(expected.q)), (m, n)


@pytest.mark.parametrize(
    "pair",
    [
        (Max(M, N), M + N - Min(M, N)),
        (Abs(M - N), Abs(N - M)),
        (Max(2 * M, 2 * N), 2 * Max(M, N)),
        (Max(M / 3, R(1, 6)), Max(2 * M, 1) / 6),
        (Abs(M), Max(M, -M)),
        (Piecewise((1, M >= 1), (0, True)), 1 - Piecewise((1, M < 1), (0, True))),
        (Piecewise((1, 2 * M > 1), (0, True)), Piecewise((0, R(1, 2) >= M), (1, True))),
        (Piecewise((1, -M <= -1), (0, True)), Piecewise((1, M >= 1), (0, True))),
        ((exp(M) + 1) ** 2, exp(2 * M) + 2 * exp(M) + 1),
        (0.5 * M, M / 2),
    ],
)
def test_equal_functions_have_equal_terms(pair: tuple[sympy.Expr, sympy.Expr]) -> None:
    assert read(pair[0]) == read(pair[1])


def test_steps_at_one_threshold_multiply_to_the_higher() -> None:
    def step(c: int) -> sympy.Expr:
        return Piecewise((1, c <= M), (0, True))

    assert read(step(1) * step(2)) == read(step(2))
    assert read(step(1) * Piecewise((1, M > 1), (0, True))) == read(
        Piecewise((1, M > 1), (0, True))
    )


def test_no_coefficient_is_zero() -> None:
    assert read((M + 1) ** 2 - M**2 - 2 * M - 1) == {}
    assert read(M - M * 1 + 3) == {sympy.S.One: F(3)}


def test_a_reader_remembers_short_floats() -> None:
    reader = TermReader()
    assert reader.read(0.25 * M, "it") == {M: F(1, 4)}
    assert reader.floats == {"0.25"}


@pytest.mark.parametrize(
    ("e", "message"),
    [
        (sympy.sin(M), "sin"),
        (sympy.Heaviside(M), "Heaviside"),
        (sympy.I * M, "not real"),
        (sympy.oo * sympy.S.One, "not a finite number"),
        (sympy.zoo, "not a finite number"),
        (sympy.nan, "not a finite number"),
        (sympy.Float(1) / 3 * M, "rounded"),
        (Piecewise((1, M > 0)), "no value"),
        (Piecewise((1, M > N), (0, True)), "one aggregate"),
        (Piecewise((1, M**2 > 1), (0, True)), "one aggregate"),
        (Piecewise((1, sqrt(2) < M), (0, True)), "one aggregate"),
        (sympy.floor(M), "floor"),
    ],
)
def test_expressions_refused(e: sympy.Expr, message: str) -> None:
    with pytest.raises(InvalidGame, match=message):
        read(e)


@pytest.mark.parametrize(
    "e",
    [
        M - M,
        exp(M) / (1 + exp(M)) + 1 / (1 + exp(M)) - 1,
        1 / (1 + exp(-M)) + 1 / (1 + exp(M)) - 1,
        (M**2 - N**2) / (M - N) - M - N,
        sqrt(M + 1) ** 2 - M - 1,
    ],
)
def test_identities_seen(e: sympy.Expr) -> None:
    assert vanishes(e)


@pytest.mark.parametrize(
    "e",
    [M, R(1, 10**30), exp(M) - 1 - M, M / 10**9, tanh(M) - M, M * N, log(M + 1) - M],
)
def test_what_does_not_vanish_is_not_said_to(e: sympy.Expr) -> None:
    assert not vanishes(e)


def test_split_and_join_are_inverse() -> None:
    e = 3 * M * exp(N) / 7 - R(2, 3) + sqrt(2) * M
    assert join(split(e)) == e
    assert split(e)[sqrt(2) * M] == 1
