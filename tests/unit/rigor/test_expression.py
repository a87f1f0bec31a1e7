"""Canonical forms: what must cancel does, and simplification never changes a value."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as Q

import pytest

from mfgcheck.rigor import (
    ZERO,
    Expression,
    Mul,
    add,
    children,
    const,
    derivative,
    enclose,
    exp,
    log,
    mul,
    positive_part,
    power,
    sign,
    slope,
    sqrt,
    step,
    substitute,
    subtract,
    tanh,
    to_text,
    var,
    variables,
)
from mfgcheck.rigor.calculus import NotDifferentiable
from mfgcheck.rigor.interval import exact_value

m, n = var(0), var(1)


def test_equal_terms_cancel_exactly() -> None:
    e = exp(const(Q(-6, 5)))
    assert subtract(e, e) == ZERO
    assert add(mul(const(Q(1, 3)), e, m), mul(const(Q(-1, 3)), m, e)) == ZERO
    assert add(mul(add(m, const(-1)), n), mul(add(const(1), mul(const(-1), m)), n)) == ZERO


def test_a_rational_times_a_sum_is_expanded() -> None:
    assert mul(const(3), add(m, const(2))) == add(const(6), mul(const(3), m))


def test_order_does_not_matter() -> None:
    assert add(m, n, exp(m)) == add(exp(m), n, m)
    assert hash(mul(m, n, exp(n))) == hash(mul(exp(n), n, m))


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (exp(const(0)), const(1)),
        (log(const(1)), const(0)),
        (log(exp(m)), m),
        (exp(log(m)), m),
        (sqrt(const(Q(9, 16))), const(Q(3, 4))),
        (power(const(8), Q(2, 3)), const(4)),
        (power(const(Q(2, 3)), -2), const(Q(9, 4))),
        (mul(sqrt(const(2)), sqrt(const(2))), const(2)),
        (mul(exp(m), exp(n)), exp(add(m, n))),
        (power(m, 0), const(1)),
        (mul(const(0), exp(m)), const(0)),
        (positive_part(mul(const(2), m)), mul(const(2), positive_part(m))),
        (step(const(0), False), const(1)),
        (step(const(0), True), const(0)),
        (tanh(mul(const(-1), m)), mul(const(-1), tanh(m))),
    ],
)
def test_folding(got: Expression, wanted: Expression) -> None:
    assert got == wanted


def test_the_root_of_an_even_power_is_kept() -> None:
    absolute = sqrt(power(m, 2))
    assert sign(substitute(absolute, {0: const(-3)})) == 1
    assert sqrt(power(m, 2)) != m


def test_a_negative_factor_stays_under_the_root() -> None:
    e = sqrt(add(mul(const(-4), m), const(4)))
    assert substitute(e, {0: const(0)}) == const(2)
    assert substitute(e, {0: const(1)}) == ZERO


def test_derivatives() -> None:
    assert derivative(mul(m, n), 0) == n
    assert derivative(power(m, 3), 0) == mul(const(3), power(m, 2))
    assert derivative(log(m), 0) == power(m, -1)
    assert derivative(exp(mul(const(-2), m)), 0) == mul(const(-2), exp(mul(const(-2), m)))
    assert derivative(tanh(m), 0) == subtract(const(1), power(tanh(m), 2))
    assert derivative(positive_part(m), 0) == slope(m)
    assert derivative(step(m, True), 0) == ZERO
    assert derivative(sqrt(m), 0) == mul(const(Q(1, 2)), power(m, Q(-1, 2)))
    with pytest.raises(NotDifferentiable):
        derivative(slope(m), 0)


def test_substitution_is_simultaneous() -> None:
    assert substitute(subtract(m, n), {0: n, 1: m}) == subtract(n, m)
    assert variables(substitute(exp(add(m, n)), {0: const(1)})) == {1}


def test_text() -> None:
    e = subtract(const(Q(1, 2)), mul(const(Q(3, 4)), exp(mul(const(Q(-1, 20)), m))))
    assert to_text(e, ["mean"]) == "1/2 - 3/4*exp(-1/20*mean)"
    assert to_text(step(m, False)) == "[m0 >= 0]"
    assert repr(positive_part(add(m, const(-3)))) == "positive_part(-3 + m0)"


def test_a_pole_at_a_constant_is_not_folded_away() -> None:
    assert enclose(power(const(0), -1), ()).upper is None
    assert enclose(log(const(0)), ()).lower is None
    assert enclose(sqrt(const(-1)), ()).lower is None


def test_roots_of_numbers_are_multiplied() -> None:
    """sqrt(3) sqrt(4/3) = 2, which no enclosure can show."""
    product = mul(power(const(3), Q(1, 2)), power(const(Q(4, 3)), Q(1, 2)))
    assert product == const(2)
    assert mul(power(const(2), Q(1, 2)), power(const(3), Q(1, 3))) != mul(
        power(const(6), Q(1, 2)), const(1)
    )


def value(e: Expression, point: dict[int, Q]) -> Q | None:
    return exact_value(substitute(e, {j: const(x) for j, x in point.items()}))


def test_a_repeated_factor_is_not_a_single_one() -> None:
    """x (2 x y) is 2 x^2 y, and differs from 2 x y in value and in name."""
    x, y = m, n
    product = mul(x, mul(const(2), mul(x, y)))
    assert product != mul(const(2), x, y)
    assert product == mul(const(2), power(x, 2), y)
    assert value(subtract(product, mul(const(2), x, y)), {0: Q(3), 1: Q(1)}) == 12


@pytest.mark.parametrize(
    ("built", "true"),
    [
        (mul(sqrt(mul(m, n)), sqrt(mul(m, n)), m), lambda x, y: x * x * y),
        (
            mul(power(sqrt(add(const(3), mul(const(3), m))), 2), add(const(1), m)),
            lambda x, _: 3 * (1 + x) ** 2,
        ),
        (mul(sqrt(power(m, 2)), sqrt(power(m, 2)), power(m, 2)), lambda x, _: x**4),
        (mul(exp(log(m)), m), lambda x, _: x * x),
        (mul(exp(add(log(m), n)), exp(mul(const(-1), n)), m), lambda x, _: x * x),
    ],
)
def test_factors_that_become_others_are_collected_again(
    built: Expression, true: Callable[[Q, Q], Q]
) -> None:
    for x, y in ((Q(3), Q(1)), (Q(1, 2), Q(5)), (Q(7), Q(2, 3))):
        assert value(built, {0: x, 1: y}) == true(x, y)
    assert not any(
        len(set(node.factors)) < len(node.factors)
        for node in _nodes(built)
        if isinstance(node, Mul)
    )


def _nodes(e: Expression) -> list[Expression]:
    return [e, *(inner for child in children(e) for inner in _nodes(child))]
