"""Known verdicts: zeros at ends and inside, kinks, jumps, infinite slopes, poles, limits."""

from __future__ import annotations

import time
from fractions import Fraction as Q

import pytest

from mfgcheck.rigor import (
    Expression,
    Limits,
    Proved,
    Refuted,
    Region,
    Undecided,
    add,
    const,
    exp,
    log,
    mul,
    positive_part,
    power,
    prove_finite,
    prove_nondecreasing,
    prove_nonnegative,
    sqrt,
    step,
    subtract,
    tanh,
    var,
)

m, n, o = var(0), var(1), var(2)
LINE = Region.of([(0,), (24,)])
CURVE = Region.of([(x, x * x) for x in range(5)])
SQUARE = Region.of([(0, 0), (1, 0), (0, 1), (1, 1)])
LIMITS = Limits(max_cells=3000)


def times(k: int | Q, e: Expression) -> Expression:
    return mul(const(k), e)


def grows(k: int | Q) -> Expression:
    return exp(times(k, m))


VARIANCE = subtract(n, mul(m, m))
NONNEGATIVE = [
    ("exp", grows(Q(-1, 20)), LINE),
    ("zero at the end", subtract(const(1), grows(Q(-1, 20))), LINE),
    ("zero at the other end", subtract(grows(Q(-1, 20)), exp(const(Q(-6, 5)))), LINE),
    ("m e^-m", mul(m, grows(-1)), LINE),
    ("double zero at the end", add(grows(1), const(-1), times(-1, m)), LINE),
    (
        "triple zero at the end",
        add(grows(1), const(-1), times(-1, m), times(Q(-1, 2), power(m, 2))),
        LINE,
    ),
    ("interior double zero", power(add(power(m, 2), const(-200)), 2), LINE),
    ("interior double zero, expanded", add(mul(m, m), times(-2, m), const(1)), LINE),
    ("rational function", add(power(add(m, const(1)), -1), times(Q(-1, 25), const(1))), LINE),
    ("root", sqrt(m), LINE),
    ("root against its chord", subtract(sqrt(m), times(Q(1, 24), m)), LINE),
    ("variance", VARIANCE, CURVE),
    ("exp of the variance", subtract(exp(VARIANCE), const(1)), CURVE),
    ("square on a line", power(subtract(m, n), 2), SQUARE),
    (
        "zero inside an edge",
        add(power(add(m, const(Q(-1, 3))), 4), n),
        SQUARE,
    ),
    ("zero on a diagonal", add(exp(subtract(m, n)), const(-1), n, times(-1, m)), SQUARE),
    ("kink", positive_part(subtract(m, n)), SQUARE),
    ("on a flat region", subtract(n, m), Region.of([(0, 0), (2, 2)])),
    ("one point", subtract(m, const(3)), Region.of([(3,)])),
    ("nothing", const(0), LINE),
]


@pytest.mark.parametrize(
    ("f", "region"), [c[1:] for c in NONNEGATIVE], ids=[c[0] for c in NONNEGATIVE]
)
def test_proved(f: Expression, region: Region) -> None:
    result = prove_nonnegative(f, region, LIMITS)
    assert isinstance(result, Proved), result
    assert result.method
    # The same function, lowered by a hair, is refuted where it was 0 and never proved then.
    lowered = prove_nonnegative(subtract(f, const(Q(1, 10**9))), region, LIMITS)
    if isinstance(lowered, Refuted):
        assert region.contains(lowered.point)


@pytest.mark.parametrize(
    ("f", "region"),
    [
        (subtract(const(1), m), LINE),
        (subtract(grows(Q(-1, 20)), const(Q(3012, 10**4))), LINE),
        (subtract(VARIANCE, const(Q(1, 10))), CURVE),
        (subtract(power(subtract(m, n), 2), const(Q(1, 10**6))), SQUARE),
        (log(m), LINE),
        (add(mul(m, n), times(-1, m), const(Q(1, 3))), SQUARE),
        (subtract(tanh(m), times(Q(9, 10), m)), LINE),
        (subtract(step(add(m, const(-5)), True), const(Q(1, 2))), LINE),
        (subtract(const(Q(1, 2)), step(add(m, const(-24)), False)), LINE),
    ],
)
def test_refuted(f: Expression, region: Region) -> None:
    result = prove_nonnegative(f, region, LIMITS)
    assert isinstance(result, Refuted), result
    assert region.contains(result.point)


@pytest.mark.parametrize(
    "f",
    [
        power(m, -1),
        power(m, -2),
        mul(m, log(m)),
        power(add(m, const(-5)), -2),
        positive_part(log(add(m, const(-1)))),
        sqrt(subtract(m, const(1))),
        tanh(power(add(m, const(-3)), -1)),
    ],
)
def test_what_is_not_defined_everywhere_is_never_proved(f: Expression) -> None:
    assert not isinstance(prove_nonnegative(f, LINE, LIMITS), Proved)
    assert not isinstance(prove_nondecreasing(f, LINE, [(1,)], LIMITS), Proved)
    assert not prove_finite(f, LINE, LIMITS)


def test_a_pole_does_not_pass_for_monotone() -> None:
    minus = times(-1, power(m, -1))
    assert not isinstance(prove_nondecreasing(minus, Region.of([(-1,), (1,)]), [(1,)]), Proved)
    odd = times(-1, power(add(m, const(-5)), -3))
    assert not isinstance(prove_nondecreasing(odd, LINE, [(1,)]), Proved)


def test_infinite_slope() -> None:
    assert isinstance(prove_nondecreasing(sqrt(m), LINE, [(1,)]), Proved)
    assert isinstance(prove_nondecreasing(sqrt(m), LINE, [(-1,)]), Refuted)
    assert prove_finite(sqrt(m), LINE)


def jump(at: int, strict: bool) -> Expression:
    return step(add(m, const(-at)), strict)


def test_jumps_on_a_line() -> None:
    assert isinstance(prove_nondecreasing(jump(5, True), LINE, [(1,)]), Proved)
    down = prove_nondecreasing(times(-1, jump(5, True)), LINE, [(1,)])
    assert isinstance(down, Refuted)
    assert (down.point, down.anchor) == ((5,), "from")
    closed = prove_nondecreasing(times(-1, jump(5, False)), LINE, [(1,)])
    assert isinstance(closed, Refuted)
    assert (closed.point, closed.anchor) == ((5,), "to")
    # At the ends only the side that the region has counts.
    assert isinstance(prove_nondecreasing(times(-1, jump(0, False)), LINE, [(1,)]), Proved)
    assert isinstance(prove_nondecreasing(times(-1, jump(0, True)), LINE, [(1,)]), Refuted)
    assert isinstance(prove_nondecreasing(times(-1, jump(24, True)), LINE, [(1,)]), Proved)
    assert isinstance(prove_nondecreasing(times(-1, jump(24, False)), LINE, [(1,)]), Refuted)


def test_a_single_raised_value_is_seen() -> None:
    spike = subtract(jump(5, False), jump(5, True))  # 1 at m = 5, else 0
    up = prove_nondecreasing(add(spike, times(10, m)), LINE, [(1,)])
    assert isinstance(up, Refuted)
    assert up.anchor == "from"
    assert isinstance(prove_nonnegative(spike, LINE), Proved)
    at = prove_nonnegative(subtract(const(Q(1, 2)), spike), LINE)
    assert isinstance(at, Refuted)
    assert at.point == (5,)


def test_jumps_inside_a_hyperplane() -> None:
    """1 on the line m = 1/2 only, times -n: the walk inside the line decreases."""
    at = add(m, const(Q(-1, 2)))
    on = subtract(step(at, False), step(at, True))
    f = add(m, mul(on, times(-1, n)))
    result = prove_nondecreasing(f, SQUARE, [(0, 1)])
    assert isinstance(result, Refuted)
    assert result.point[0] == Q(1, 2)
    # Two directions that cross the line to and fro: their sum moves inside it.
    result = prove_nondecreasing(f, SQUARE, [(1, 1), (-1, 1)])
    assert isinstance(result, Refuted)


def test_corner_values() -> None:
    """A function that is low at one corner of the grid only."""
    u, v = add(m, const(Q(-1, 2))), add(n, const(Q(-1, 2)))
    at_u = subtract(step(u, False), step(u, True))
    at_v = subtract(step(v, False), step(v, True))
    dip = times(-1, mul(at_u, at_v))
    for directions in ([(1, 0)], [(0, 1)], [(1, 1)], [(1, -1)]):
        assert isinstance(prove_nondecreasing(dip, SQUARE, directions), Refuted)


def test_kinks() -> None:
    capped = subtract(const(1), positive_part(subtract(const(1), times(Q(1, 12), m))))
    assert isinstance(prove_nondecreasing(capped, LINE, [(1,)]), Proved)
    assert isinstance(prove_nondecreasing(positive_part(subtract(m, n)), SQUARE, [(1, 0)]), Proved)
    down = prove_nondecreasing(positive_part(subtract(m, n)), SQUARE, [(0, 1)])
    assert isinstance(down, Refuted)
    assert down.point[0] > down.point[1]


def test_directions() -> None:
    assert isinstance(prove_nondecreasing(mul(m, n), SQUARE, [(1, 0), (0, 1), (3, 1)]), Proved)
    assert isinstance(prove_nondecreasing(mul(m, n), SQUARE, [(1, -1)]), Refuted)
    assert isinstance(prove_nondecreasing(subtract(m, n), SQUARE, [(2, 1)]), Proved)
    flat = Region.of([(0, 0), (1, 1)])
    assert isinstance(prove_nondecreasing(times(-1, m), flat, [(1, 0)]), Proved)
    assert isinstance(prove_nondecreasing(times(-1, m), flat, [(1, 0), (0, 1)]), Refuted)


def test_a_refutation_off_the_closure_stays_in_the_open_piece() -> None:
    f = mul(step(m, True), add(const(-1), m))  # -1 just above 0, but 0 at 0
    result = prove_nonnegative(f, Region.of([(0,), (2,)]))
    assert isinstance(result, Refuted)
    assert 0 < result.point[0] < 1
    falling = mul(step(m, True), add(const(1), times(-1, m)))  # up at 0, then down
    down = prove_nondecreasing(falling, Region.of([(0,), (2,)]), [(1,)])
    assert isinstance(down, Refuted)
    assert down.point[0] > 0


def test_three_variables() -> None:
    region = Region.of([(x, x * x, x**3) for x in range(6)])
    f = add(VARIANCE, times(Q(1, 10), exp(times(-1, o))))
    assert isinstance(prove_nonnegative(f, region), Proved)
    assert isinstance(prove_nonnegative(subtract(VARIANCE, const(1)), region), Refuted)


def test_a_cover_larger_than_the_region_refutes_only_inside() -> None:
    region = Region.of([(x, x * x, x**3, x**4) for x in range(40)])
    assert not region.exact
    assert isinstance(prove_nonnegative(add(n, const(1), exp(times(-1, o))), region), Proved)
    result = prove_nonnegative(add(VARIANCE, const(1)), region, Limits(max_cells=60))
    assert not isinstance(result, Refuted)
    low = prove_nonnegative(subtract(exp(times(-1, o)), const(Q(1, 2))), region)
    assert isinstance(low, Refuted)
    assert region.contains(low.point)


def test_a_jump_across_the_variables_does_not_pass_for_smooth() -> None:
    """A narrow band of negative values that misses all corners and the first centroids."""
    slanted = add(m, times(Q(1, 100), n))
    enter = step(add(slanted, const(Q(-1, 10))), False)
    leave = step(add(times(-1, slanted), const(Q(3, 20))), False)
    f = subtract(const(Q(1, 2)), mul(enter, leave))
    assert isinstance(prove_nonnegative(f, SQUARE, LIMITS), Refuted)
    assert isinstance(prove_nondecreasing(f, SQUARE, [(1, 0)], LIMITS), Refuted)


def test_an_end_value_that_cannot_be_told_is_not_taken_for_zero() -> None:
    hidden_zero = subtract(add(log(const(2)), log(const(3))), log(const(6)))
    below = const(-Q(1, 10**700))  # beyond the precision that signs are told with
    f = add(exp(m), const(-1), hidden_zero, below)
    assert isinstance(prove_nonnegative(f, LINE, LIMITS), Undecided)
    assert isinstance(prove_nonnegative(add(m, hidden_zero, below), LINE, LIMITS), Undecided)


def test_too_few_coordinates_are_refused() -> None:
    with pytest.raises(ValueError, match="variable 1"):
        prove_nonnegative(n, LINE)
    with pytest.raises(ValueError, match="variable 1"):
        prove_nondecreasing(n, LINE, [(1,)])
    with pytest.raises(ValueError, match="variable 1"):
        prove_finite(n, LINE)
    with pytest.raises(ValueError, match="needs 1 coordinates"):
        prove_nondecreasing(m, LINE, [(1, 0)])


def test_huge_values_do_not_break_the_search() -> None:
    steep = subtract(exp(exp(m)), exp(const(1)))
    assert isinstance(prove_nonnegative(steep, LINE), Proved)
    falling = subtract(const(1), mul(n, exp(exp(m))))
    result = prove_nonnegative(falling, Region.of([(0, 0), (24, 0), (0, 1)]), Limits(500))
    assert isinstance(result, Refuted)


def test_undecided_is_honest() -> None:
    touch = power(subtract(grows(Q(1, 10)), const(2)), 2)
    lifted = add(exp(times(Q(1, 5), m)), times(-4, grows(Q(1, 10))), const(4))
    assert isinstance(prove_nonnegative(touch, LINE), Proved)
    result = prove_nonnegative(lifted, LINE)
    assert isinstance(result, Undecided)
    assert result.lower is not None
    assert -Q(1, 10**6) < result.lower <= 0


def test_limits_are_respected() -> None:
    f = add(sqrt(add(VARIANCE, const(Q(1, 10**12)))), times(Q(-1, 10), subtract(m, n)))
    hard = subtract(mul(exp(f), exp(times(-1, f))), const(1))
    assert isinstance(prove_nonnegative(hard, CURVE), Proved)  # it cancels
    touching = power(subtract(exp(subtract(m, n)), const(1)), 2)
    skew = add(m, times(Q(-1, 3), n), const(Q(-1, 7)))
    slow = add(exp(times(2, skew)), times(-2, exp(skew)), const(1))
    assert isinstance(prove_nonnegative(touching, SQUARE), Proved)
    start = time.monotonic()
    result = prove_nonnegative(slow, SQUARE, Limits(10**9, start + 0.3))
    assert time.monotonic() - start < 1.5
    assert isinstance(result, Undecided)
    few = prove_nonnegative(slow, SQUARE, Limits(max_cells=50))
    assert isinstance(few, Undecided)
    assert few.cells <= 60


def test_deep_bisection_ends() -> None:
    f = subtract(exp(subtract(m, const(Q(1, 3)))), add(m, const(Q(2, 3))))
    result = prove_nonnegative(f, LINE, Limits(depth=20))
    assert isinstance(result, Undecided)
    assert result.cells < 2000


def test_a_kink_that_is_open_on_a_cell_is_tried_both_ways() -> None:
    """-max(m - m^2 - 1/5, 0) falls and rises again, but is flat at both ends of [0, 1]."""
    hump = subtract(subtract(m, mul(m, m)), const(Q(1, 5)))
    unit = Region.of([(0,), (1,)])
    result = prove_nondecreasing(times(-1, positive_part(hump)), unit, [(1,)], LIMITS)
    assert isinstance(result, Refuted)
    assert Q(1, 4) < result.point[0] < Q(1, 2)


def test_a_product_rule_with_a_repeated_factor() -> None:
    """(m - 3/2) e^(m^2) falls on (1/2, 1): its slope is e^(m^2) (1 + 2 m^2 - 3 m)."""
    bump = exp(power(m, 2))
    f = add(mul(m, bump), times(Q(-3, 2), bump))
    result = prove_nondecreasing(f, Region.of([(0,), (1,)]), [(1,)], LIMITS)
    assert isinstance(result, Refuted)
    assert Q(1, 2) < result.point[0] < 1
