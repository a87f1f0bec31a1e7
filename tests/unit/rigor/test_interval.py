"""Enclosures hold the true values, are narrow, and know nothing outside a domain."""

from __future__ import annotations

from fractions import Fraction as Q

import flint
import mpmath
import pytest

from mfgcheck.rigor import (
    Expression,
    Interval,
    add,
    const,
    enclose,
    enclose_constant,
    exact_value,
    exp,
    log,
    mul,
    positive_part,
    power,
    sign,
    slope,
    sqrt,
    step,
    subtract,
    tanh,
    var,
)
from mfgcheck.rigor.tape import NOTHING, PARTIAL, arb, compile_tape, fmpq, multiply_ranges

m, n = var(0), var(1)
WHOLE = Interval(None, None)


def test_ends_at_zero_stay_exact() -> None:
    box = [(Q(0), Q(24))]
    assert enclose(m, box) == Interval(Q(0), Q(24))
    assert enclose(sqrt(m), box).lower == 0
    assert enclose(subtract(const(1), exp(mul(const(Q(-1, 20)), m))), box).lower == 0
    assert enclose(subtract(m, const(Q(1, 3))), [(Q(1, 3), Q(1))]).lower == 0


def test_even_powers_are_tight() -> None:
    assert enclose(power(m, 2), [(Q(-1), Q(2))]) == Interval(Q(0), Q(4))
    assert enclose(mul(m, m), [(Q(-3), Q(2))]) == Interval(Q(0), Q(9))
    assert enclose(power(m, 3), [(Q(-1), Q(2))]) == Interval(Q(-1), Q(8))


@pytest.mark.parametrize(
    ("e", "box"),
    [
        (power(m, -1), (Q(0), Q(1))),
        (power(m, -1), (Q(-1), Q(1))),
        (power(m, -2), (Q(-1), Q(1))),
        (log(m), (Q(0), Q(1))),
        (log(m), (Q(-1), Q(1))),
        (sqrt(m), (Q(-1), Q(1))),
        (tanh(log(m)), (Q(-1), Q(1))),
        (power(log(m), 2), (Q(-1), Q(1))),
        (positive_part(log(m)), (Q(0), Q(1))),
    ],
)
def test_outside_a_domain_nothing_is_known(e: Expression, box: tuple[Q, Q]) -> None:
    assert enclose(e, [box]) == WHOLE


def test_steps_and_slopes() -> None:
    assert enclose(step(m, True), [(Q(0), Q(0))]) == Interval(Q(0), Q(0))
    assert enclose(step(m, False), [(Q(0), Q(0))]) == Interval(Q(1), Q(1))
    assert enclose(step(m, True), [(Q(-1), Q(0))]) == Interval(Q(0), Q(0))
    assert enclose(step(m, False), [(Q(-1), Q(0))]) == Interval(Q(0), Q(1))
    assert enclose(slope(m), [(Q(0), Q(1))]) == Interval(Q(0), Q(1))
    assert enclose(slope(m), [(Q(1, 9), Q(1))]) == Interval(Q(1), Q(1))


@pytest.mark.parametrize("bits", [24, 64, 300])
@pytest.mark.parametrize(
    ("e", "true"),
    [
        (exp(const(Q(-6, 5))), lambda: mpmath.exp(mpmath.mpf(-6) / 5)),
        (log(const(7)), lambda: mpmath.log(7)),
        (tanh(const(Q(1, 3))), lambda: mpmath.tanh(mpmath.mpf(1) / 3)),
        (sqrt(const(2)), lambda: mpmath.sqrt(2)),
        (power(const(5), Q(-2, 3)), lambda: mpmath.mpf(5) ** (-mpmath.mpf(2) / 3)),
    ],
)
def test_constants_are_enclosed_narrowly(e: Expression, true: object, bits: int) -> None:
    found = enclose_constant(e, bits)
    assert found.lower is not None
    assert found.upper is not None
    assert found.upper - found.lower < Q(1, 2 ** (bits - 8))
    with mpmath.workdps(150):
        middle = true()  # type: ignore[operator]
        assert mpmath.mpf(found.lower.numerator) / found.lower.denominator < middle
        assert middle < mpmath.mpf(found.upper.numerator) / found.upper.denominator


def test_products_of_ranges_against_all_corners() -> None:
    ends = [-3, -1, 0, 2, 5]
    ranges = [(a, b) for a in ends for b in ends if a <= b]
    for a, b in ranges:
        for c, d in ranges:
            low, high = multiply_ranges(arb(a), arb(b), arb(c), arb(d))
            corners = [a * c, a * d, b * c, b * d]
            assert (low, high) == (min(corners), max(corners))


def test_zero_times_an_infinite_bound_is_zero() -> None:
    infinite = arb.pos_inf()
    low, high = multiply_ranges(arb(0), arb(1), arb(2), infinite)
    assert low == 0
    assert high == infinite


def test_partial_results_never_leave_as_claims() -> None:
    slope_of_root = compile_tape(power(m, Q(-1, 2)), 64)
    low, _, level = slope_of_root.over([(fmpq(0),), (fmpq(4),)])
    assert low == arb(0.5)
    assert level == PARTIAL
    assert compile_tape(log(m), 64).over([(fmpq(-1),), (fmpq(4),)]) == NOTHING


def test_signs() -> None:
    assert sign(const(0)) == 0
    assert sign(subtract(exp(const(1)), const(Q(2718281828459045, 10**15)))) == 1
    tiny = add(exp(const(Q(1, 10**30))), const(-1), const(Q(-1, 10**30)))
    assert sign(tiny) == 1
    assert sign(subtract(mul(sqrt(const(2)), sqrt(const(3))), sqrt(const(6)))) == 0
    assert sign(subtract(add(log(const(2)), log(const(3))), log(const(6)))) is None
    assert sign(log(const(-1))) is None
    assert sign(exp(const(-(10**9)))) == 1
    with pytest.raises(ValueError, match="depends on its variables"):
        sign(m)


def test_exact_value() -> None:
    assert exact_value(const(Q(1, 3))) == Q(1, 3)
    assert exact_value(exp(const(1))) is None


def test_huge_numbers_stay_sound() -> None:
    found = enclose(exp(exp(m)), [(Q(0), Q(200))])
    assert found.upper is None
    small = enclose(exp(mul(const(-1), exp(m))), [(Q(0), Q(200))])
    assert small.lower == 0


def test_the_difference_of_two_overflows_tells_nothing() -> None:
    tower = exp(exp(exp(exp(m))))
    higher = exp(exp(exp(exp(add(m, const(1))))))
    found = enclose(positive_part(subtract(higher, tower)), [(Q(9), Q(10))])
    assert found == Interval(Q(0), None)


def test_the_working_precision_is_restored() -> None:
    before = flint.ctx.prec
    enclose(exp(m), [(Q(0), Q(1))], bits=333)
    sign(subtract(sqrt(const(2)), sqrt(const(3))))
    assert flint.ctx.prec == before
