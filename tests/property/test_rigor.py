"""The deciders against an oracle that shares no code with them: nested tuples and mpmath."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as Q
from itertools import pairwise, product
from typing import Any

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mfgcheck import rigor
from mfgcheck.rigor.outcome import Limits, Proved, Refuted, Undecided
from mfgcheck.rigor.region import Region

LIMITS = Limits(max_cells=400)

# A formula is ("const", q) | ("var", j) | ("add", f, g) | ("mul", f, g) | ("power", f, q)
# | ("exp" | "log" | "tanh" | "pos", f) | ("step", f, strict).
Formula = tuple[Any, ...]


def build(f: Formula) -> rigor.Expression:
    match f:
        case ("const", value):
            return rigor.const(value)
        case ("var", j):
            return rigor.var(j)
        case ("add", g, h):
            return rigor.add(build(g), build(h))
        case ("mul", g, h):
            return rigor.mul(build(g), build(h))
        case ("power", g, exponent):
            return rigor.power(build(g), exponent)
        case ("step", g, strict):
            return rigor.step(build(g), strict)
        case (name, g):
            make = {
                "exp": rigor.exp,
                "log": rigor.log,
                "tanh": rigor.tanh,
                "pos": rigor.positive_part,
            }
            return make[name](build(g))
    raise AssertionError(f)


class Undefined(Exception):
    pass


@pytest.fixture(autouse=True)
def _forty_digits() -> Iterator[None]:
    with mpmath.workdps(40):
        yield


def value(f: Formula, at: tuple[Q, ...]) -> Any:
    """The value with 40 digits; raises Undefined outside the domain."""
    match f:
        case ("const", q):
            return mpmath.mpf(q.numerator) / q.denominator
        case ("var", j):
            return mpmath.mpf(at[j].numerator) / at[j].denominator
        case ("add", g, h):
            return value(g, at) + value(h, at)
        case ("mul", g, h):
            return value(g, at) * value(h, at)
        case ("power", g, exponent):
            x = value(g, at)
            if (x == 0 and exponent < 0) or (x < 0 and exponent.denominator > 1):
                raise Undefined
            if exponent.denominator == 1:
                return x ** int(exponent)
            return x ** (mpmath.mpf(exponent.numerator) / exponent.denominator)
        case ("step", g, strict):
            x = value(g, at)
            return mpmath.mpf(1 if x > 0 or (x == 0 and not strict) else 0)
        case ("exp", g):
            return mpmath.exp(value(g, at))
        case ("log", g):
            x = value(g, at)
            if x <= 0:
                raise Undefined
            return mpmath.log(x)
        case ("tanh", g):
            return mpmath.tanh(value(g, at))
        case ("pos", g):
            return max(value(g, at), mpmath.mpf(0))
    raise AssertionError(f)


def at_or_none(f: Formula, at: tuple[Q, ...]) -> Any:
    try:
        return value(f, at)
    except (Undefined, OverflowError):
        return None


SMALL = st.builds(Q, st.integers(-4, 4), st.sampled_from([1, 2, 3, 4]))


def formulas(dimension: int, steps: bool = True) -> st.SearchStrategy[Formula]:
    variable = st.integers(0, dimension - 1).map(lambda j: ("var", j))
    leaf = st.one_of(SMALL.map(lambda q: ("const", q)), variable, variable)
    shifted = st.builds(lambda v, q: ("add", v, ("const", q)), variable, SMALL)

    def grow(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        options = [
            st.tuples(st.just("add"), inner, inner),
            st.tuples(st.just("mul"), inner, inner),
            st.tuples(st.just("power"), inner, st.sampled_from([Q(2), Q(3), Q(-1), Q(1, 2)])),
            st.tuples(st.sampled_from(["exp", "tanh"]), inner),
            inner.map(lambda f: ("log", ("add", ("const", Q(5)), f))),
            inner.map(lambda f: ("power", ("add", ("const", Q(6)), f), Q(-1))),
            st.tuples(st.just("pos"), inner),
        ]
        if steps:
            options.append(st.tuples(st.just("step"), shifted, st.booleans()))
            options.append(st.tuples(st.just("pos"), shifted))
        return st.one_of(options)

    return st.recursive(leaf, grow, max_leaves=6)


def clouds(dimension: int) -> st.SearchStrategy[list[tuple[Q, ...]]]:
    point = st.tuples(
        *[st.builds(Q, st.integers(-4, 6), st.sampled_from([1, 1, 2, 3]))] * dimension
    )
    return st.lists(point, min_size=1, max_size=5)


def combine(points: list[tuple[Q, ...]], weights: tuple[int, ...]) -> tuple[Q, ...]:
    total = sum(weights)
    return tuple(
        sum((w * x for w, x in zip(weights, column, strict=True)), Q(0)) / total
        for column in zip(*points, strict=True)
    )


def samples(points: list[tuple[Q, ...]]) -> list[tuple[Q, ...]]:
    """Points of the hull: all mixtures with weights in quarters or thirds of a few points."""
    found = set(points)
    for weights in product(range(4), repeat=len(points)):
        if sum(weights) in (2, 3, 4, 6):
            found.add(combine(points, weights))
    return sorted(found)[:250]


def line_samples(low: Q, high: Q) -> list[tuple[Q, ...]]:
    return [(low + (high - low) * k / 60,) for k in range(61)]


def assert_weights(point: tuple[Q, ...], region: Region) -> None:
    weights = region.barycentric(point)
    assert weights is not None
    assert all(w > 0 for w in weights.values())
    assert sum(weights.values()) == 1
    mixed = [
        sum((w * region.points[k][j] for k, w in weights.items()), Q(0))
        for j in range(region.dimension)
    ]
    assert tuple(mixed) == tuple(point)


def agree_nonnegative(f: Formula, points: list[tuple[Q, ...]]) -> str:
    region = Region(tuple(points))
    result = rigor.prove_nonnegative(build(f), region, LIMITS)
    at = line_samples(min(points)[0], max(points)[0]) if len(points[0]) == 1 else samples(points)
    if isinstance(result, Proved):
        for point in at:
            seen = at_or_none(f, point)
            assert seen is None or seen > mpmath.mpf(10) ** -30 * -(1 + abs(seen)), (f, point)
    elif isinstance(result, Refuted):
        assert_weights(result.point, region)
        seen = at_or_none(f, result.point)
        assert seen is None or seen < mpmath.mpf(10) ** -30, (f, result)
    elif result.lower is not None:
        for point in at:
            seen = at_or_none(f, point)
            bound = mpmath.mpf(result.lower.numerator) / result.lower.denominator
            assert seen is None or seen >= bound - mpmath.mpf(10) ** -25 * (1 + abs(seen))
    return type(result).__name__


@settings(max_examples=300)
@given(formulas(1), clouds(1))
def test_nonnegative_on_an_interval(f: Formula, points: list[tuple[Q, ...]]) -> None:
    agree_nonnegative(f, points)


@settings(max_examples=150)
@given(formulas(2), clouds(2))
def test_nonnegative_on_a_polygon(f: Formula, points: list[tuple[Q, ...]]) -> None:
    agree_nonnegative(f, points)


@settings(max_examples=40)
@given(formulas(3), clouds(3))
def test_nonnegative_on_a_polytope(f: Formula, points: list[tuple[Q, ...]]) -> None:
    agree_nonnegative(f, points)


@settings(max_examples=150)
@given(formulas(1, steps=False), clouds(1), st.integers(-2, 2))
def test_near_ties_against_the_value_at_a_point(
    f: Formula, points: list[tuple[Q, ...]], nudge: int
) -> None:
    """f - f(a) is 0 at the end a; a shift by 1e-12 decides which way it falls."""
    inner: Formula = f
    for j, x in enumerate(points[0]):
        inner = fix(inner, j, x)
    tie = ("add", f, ("mul", ("const", Q(-1)), inner))
    shifted = ("add", tie, ("const", Q(nudge, 10**12)))
    assume(at_or_none(f, points[0]) is not None)
    name = agree_nonnegative(shifted, points)
    if nudge < 0:
        assert name != "Proved"


def fix(f: Formula, j: int, x: Q) -> Formula:
    if f == ("var", j):
        return ("const", x)
    return tuple(fix(g, j, x) if isinstance(g, tuple) else g for g in f)


UNITS = st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), min_size=1, max_size=3)


def agree_monotone(
    f: Formula, points: list[tuple[Q, ...]], directions: list[tuple[int, ...]]
) -> None:
    region = Region(tuple(points))
    result = rigor.prove_nondecreasing(build(f), region, directions, LIMITS)
    if isinstance(result, Proved):
        at = line_samples(min(points)[0], max(points)[0]) if len(points[0]) == 1 else None
        for p in (at or samples(points))[:80]:
            for d in directions:
                for t in (Q(1, 50), Q(1, 3), Q(1), Q(2)):
                    q = tuple(x + t * y for x, y in zip(p, d, strict=True))
                    if not region.contains(q):
                        continue
                    low, high = at_or_none(f, p), at_or_none(f, q)
                    if low is not None and high is not None:
                        slack = mpmath.mpf(10) ** -30 * (1 + abs(low))
                        assert low <= high + slack, (f, p, q)
    elif isinstance(result, Refuted):
        assert result.direction is not None
        assert_weights(result.point, region)
        side = 1 if result.anchor == "from" else -1
        t = region.reach(result.point, tuple(side * y for y in result.direction))
        assert t > 0
        t = min(t, Q(1)) / 2**20
        moved = tuple(x + side * t * y for x, y in zip(result.point, result.direction, strict=True))
        assert_weights(moved, region)
        here, there = at_or_none(f, result.point), at_or_none(f, moved)
        if here is not None and there is not None:
            first, last = (here, there) if side > 0 else (there, here)
            assert last < first + mpmath.mpf(10) ** -30 * (1 + abs(first)), (f, result)


@settings(max_examples=300)
@given(formulas(1), clouds(1), st.sampled_from([1, -2]))
def test_monotone_on_an_interval(f: Formula, points: list[tuple[Q, ...]], d: int) -> None:
    agree_monotone(f, points, [(d,)])


@settings(max_examples=150)
@given(formulas(2), clouds(2), UNITS)
def test_monotone_on_a_polygon(
    f: Formula, points: list[tuple[Q, ...]], directions: list[tuple[int, int]]
) -> None:
    agree_monotone(f, points, list(directions))


STEPPED = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([Q(0), Q(1), Q(2)]), st.booleans(), SMALL),
    min_size=1,
    max_size=3,
)


@settings(max_examples=200)
@given(STEPPED, clouds(2), UNITS)
def test_jumps_on_a_polygon(
    jumps: list[tuple[int, Q, bool, Q]],
    points: list[tuple[Q, ...]],
    directions: list[tuple[int, int]],
) -> None:
    """Sums and products of steps: points on the breakpoints are samples on purpose."""
    f: Formula = ("const", Q(0))
    for k, (j, at, strict, weight) in enumerate(jumps):
        jump = ("step", ("add", ("var", j), ("const", -at)), strict)
        term = ("mul", ("const", weight), jump)
        f = ("add", f, term) if k % 2 == 0 else ("add", f, ("mul", term, ("var", 1 - j)))
    agree_monotone(f, points, list(directions))


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(-3, 6), st.integers(1, 3), st.integers(1, 3)), max_size=3),
    st.booleans(),
)
def test_products_of_roots_are_decided(roots: list[tuple[int, int, int]], flip: bool) -> None:
    """In one variable a polynomial is always decided: its roots are known here."""
    m = rigor.var(0)
    factors = [
        rigor.power(rigor.add(m, rigor.const(Q(-top, bottom))), times)
        for top, bottom, times in roots
    ]
    f = rigor.mul(rigor.const(-1 if flip else 1), *factors)
    result = rigor.prove_nonnegative(f, Region.of([(0,), (5,)]), LIMITS)
    cuts = sorted({Q(0), Q(5), *(Q(t, b) for t, b, _ in roots if 0 < Q(t, b) < 5)})

    def sample(x: Q) -> Q:
        out = Q(-1 if flip else 1)
        for top, bottom, times in roots:
            out *= (x - Q(top, bottom)) ** times
        return out

    truth = all(sample((a + b) / 2) >= 0 for a, b in pairwise(cuts))
    assert not isinstance(result, Undecided)
    assert isinstance(result, Proved) == truth


@settings(max_examples=150)
@given(st.lists(st.tuples(SMALL, SMALL, SMALL), min_size=1, max_size=2), SMALL, clouds(2))
def test_quadratics_are_decided(
    squares: list[tuple[Q, Q, Q]], weight: Q, points: list[tuple[Q, ...]]
) -> None:
    """A sum of squares of affine forms is proved; minus a product, it is decided."""
    x, y = rigor.var(0), rigor.var(1)
    f = rigor.add(
        *(
            rigor.power(
                rigor.add(
                    rigor.mul(rigor.const(a), x), rigor.mul(rigor.const(b), y), rigor.const(c)
                ),
                2,
            )
            for a, b, c in squares
        )
    )
    region = Region(tuple(points))
    assert isinstance(rigor.prove_nonnegative(f, region, LIMITS), Proved)
    g = rigor.add(f, rigor.mul(rigor.const(weight), x, y))
    result = rigor.prove_nonnegative(g, region, LIMITS)
    assert not isinstance(result, Undecided)
    if isinstance(result, Proved):
        for p in samples(points):
            total = weight * p[0] * p[1]
            total += sum((a * p[0] + b * p[1] + c) ** 2 for a, b, c in squares)
            assert total >= 0


@pytest.mark.parametrize("strict", [True, False])
def test_a_step_is_its_definition(strict: bool) -> None:
    u = rigor.add(rigor.var(0), rigor.const(-1))
    f = rigor.add(rigor.const(Q(-1, 2)), rigor.step(u, strict))
    at_jump = rigor.prove_nonnegative(f, Region.of([(1,), (2,)]), LIMITS)
    assert isinstance(at_jump, Refuted if strict else Proved)
