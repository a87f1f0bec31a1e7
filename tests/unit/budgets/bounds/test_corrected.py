"""The repaired bounds: sums against worst cases, sample numbers against exact probabilities."""

from __future__ import annotations

from fractions import Fraction as R
from math import comb
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.budgets.bounds.corrected import (
    contraction_factor,
    contraction_steps,
    corollary_1,
    proved_d,
    theorem_4,
    theorem_5,
    theorem_6,
)
from mfgcheck.budgets.bounds.request import Facts, Request
from mfgcheck.budgets.bounds.samples import law_samples, value_samples, visits
from mfgcheck.budgets.bounds.sums import geometric_sum, lagged_sum
from mfgcheck.errors import BadInput
from mfgcheck.rigor.tape import precision

W = R(3, 4)
TYPICAL = Request(25, 5, R(3, 4), 12, R(1, 10), R(1, 20))
TAME = Facts(R(1, 5), R(1, 7), R(1, 3))
FACTORS = st.fractions(0, 3, max_denominator=12)
STEPS = st.integers(1, 25)


def is_exactly(ball: Any, value: R, bits: int = 200) -> bool:
    """Whether a ball is tight and contains a rational number."""
    with precision(BITS):
        off = abs(ball - real(value))
        return bool(ball.overlaps(real(value)) and off < real(abs(value) / 2**bits))


def digits(ball: Any) -> Any:
    """The middle of a ball with 50 digits, having seen that it is tight."""
    assert ball.rad() < abs(ball.mid()) * 1e-45
    mantissa, exponent = ball.mid().man_exp()
    return mpmath.mpf(int(mantissa)) * mpmath.mpf(2) ** int(exponent)


# Sums.


@given(FACTORS, FACTORS, STEPS)
def test_sums_are_their_recursions(now: R, before: R, steps: int) -> None:
    last, f = R(0), R(0)
    for _ in range(steps):
        last, f = f, now * f + before * last + 1
        assert f >= last
    assert is_exactly(lagged_sum(now, before, steps), f)
    total = sum((now + before) ** j for j in range(steps))
    assert is_exactly(geometric_sum(now + before, steps), R(total))
    assert f <= total
    # The sum with max(1, .) of a cruder argument is never better.
    assert total <= sum(max(R(1), now + before) ** j for j in range(steps))


def test_sums_near_1_keep_their_digits() -> None:
    ratio = 1 + R(1, 10**70)
    assert is_exactly(geometric_sum(ratio, 3), 3 + 3 * R(1, 10**70) + R(1, 10**140))
    assert is_exactly(geometric_sum(R(1), 10**9), R(10**9))
    with precision(BITS):
        assert (geometric_sum(R(2), 10**6) - real(2) ** 10**6).contains(-1)


@given(FACTORS, FACTORS, FACTORS, st.integers(1, 12), st.data())
@settings(max_examples=60)
def test_no_errors_beat_the_growth_of_theorems_4_and_6(
    c2: R, c3: R, d: R, k0: int, data: Any
) -> None:
    q = Request(2, 2, R(1, 2), k0, R(1, 10), R(1, 20))
    facts = Facts(R(1), c2, c3)
    growth = theorem_6(q, facts, d=d).growth.ball
    assert theorem_4(q, facts, d=d, covering_time=9, w=W).growth.ball.overlaps(growth)
    share = st.fractions(0, 1, max_denominator=8)
    errors, worst = R(0), R(0)
    for _ in range(k0):
        in_q, in_law = data.draw(share), data.draw(share)
        errors = (1 + c2 + c3 * d) * errors + c3 * in_q + in_law
        worst = (1 + c2 + c3 * d) * worst + c3 + 1
    assert is_exactly(growth, worst)  # attained: no smaller number would do for this recursion
    assert errors <= worst


@given(FACTORS, FACTORS, FACTORS, st.integers(1, 12), st.integers(1, 9), st.data())
@settings(max_examples=60)
def test_no_errors_beat_the_growth_of_theorem_5(
    c2: R, c3: R, d: R, k0: int, tenths: int, data: Any
) -> None:
    zeta = R(tenths, 10)
    q = Request(2, 2, R(1, 2), k0, R(1, 10), R(1, 20))
    found = theorem_5(
        q, Facts(R(1), c2, c3), regeneration=zeta, least_chance=R(1, 2), tremble=R(1, 4), w=W, d=d
    )
    share = st.fractions(0, 1, max_denominator=8)
    path, worst = [R(0), R(0)], [R(0), R(0)]
    for _ in range(k0):
        in_q, in_law = data.draw(share), data.draw(share)
        for e, x, y in ((path, in_q, in_law), (worst, R(1), R(1))):
            e.append((1 - zeta) * ((1 + c2) * e[-1] + c3 * d * e[-2] + c3 * x) + y)
    assert is_exactly(found.growth.ball, worst[-1])
    assert path[-1] <= worst[-1]
    x = (1 - zeta) * (1 + c2 + c3 * d)
    if x < 1:
        assert worst[-1] <= ((1 - zeta) * c3 + 1) / (1 - x)


def test_the_growth_of_corollary_1() -> None:
    q = Request(3, 2, R(1, 2), 7, R(1, 10), R(1, 20))
    facts = Facts(R(0), R(1, 10), None, c4=R(1, 5), c5=R(1, 2))
    # D = (1/2)(1/10)/(1/2)^2 = 1/5, so C4 + C5 D = 3/10.
    assert contraction_factor(q, facts) == R(3, 10)
    error = R(0)
    for _ in range(7):
        error = R(3, 10) * error + R(3, 2)
    found = corollary_1(q, facts, covering_time=9, w=W)
    assert is_exactly(found.growth.ball, error)
    assert error < R(3, 2) / (1 - R(3, 10))


@given(st.fractions(R(1, 50), R(49, 50), max_denominator=50), st.fractions(R(1, 10**4), 2))
def test_contraction_steps(kappa: R, accuracy: R) -> None:
    k = contraction_steps(kappa, accuracy)
    assert 2 * kappa**k <= accuracy
    # The first one; a whole ratio of logarithms may be met one step late.
    assert k == 0 or 2 * kappa ** (k - 1) >= accuracy


def test_contraction_steps_at_the_ends() -> None:
    assert contraction_steps(R(0), R(1, 10)) == 1
    assert contraction_steps(R(1, 2), R(2)) == 0
    for kappa in (R(1), R(-1, 10)):
        with pytest.raises(BadInput, match="C4"):
            contraction_steps(kappa, R(1, 10))


# Samples.


def chance_of_error(n: int, error: R) -> R:
    """P(||p - (1/2, 1/2)||_1 >= error) for n fair tosses."""
    return R(sum(comb(n, h) for h in range(n + 1) if abs(R(2 * h, n) - 1) >= error), 2**n)


@pytest.mark.parametrize("error", [R(1, 2), R(1, 5), R(1, 10)])
@pytest.mark.parametrize("failure", [R(1, 5), R(1, 20), R(1, 1000)])
def test_law_samples_of_a_coin(error: R, failure: R) -> None:
    n = law_samples(2, error, failure).count
    assert n is not None
    assert chance_of_error(n, error) <= failure
    assert chance_of_error(n // 4, error) > failure  # at most 4 times what is needed


@given(st.lists(st.fractions(0, 1, max_denominator=9), min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_law_samples_of_agents_that_differ(chances: list[R]) -> None:
    # Agents of several kinds: independent, but of different laws.
    error, failure = R(1, 2), R(1, 5)
    n = law_samples(2, error, failure).count
    assert n is not None
    agents = [chances[i % len(chances)] for i in range(n)]
    law = [R(1)]
    for p in agents:
        law = [
            (law[h] * (1 - p) if h < len(law) else 0) + (law[h - 1] * p if h else 0)
            for h in range(len(law) + 1)
        ]
    mean = sum(agents, R(0)) / n
    off = sum((x for h, x in enumerate(law) if 2 * abs(R(h, n) - mean) >= error), R(0))
    assert off <= failure


@pytest.mark.parametrize("states", [2, 3, 25, 400])
def test_law_samples_formula(states: int) -> None:
    e, d = R(1, 10), R(1, 50)
    with mpmath.workdps(60):
        union = 2 * mpmath.log((2**states - 2) * mpmath.mpf(50))
        mean = (mpmath.sqrt(states - 1) + mpmath.sqrt(2 * mpmath.log(50))) ** 2
        assert law_samples(states, e, d).count == int(mpmath.ceil(min(union, mean) * 100))
        assert (union < mean) == (states < 400)  # both are used


def test_value_samples_formula() -> None:
    with mpmath.workdps(60):
        g, v, e, d = (mpmath.mpf(3) / 4, mpmath.mpf(4), mpmath.mpf(1) / 10, mpmath.mpf(1) / 20)
        n = mpmath.ceil(2 * g**2 * v**4 / e**2 * mpmath.log(2 * 125 / d))
    assert value_samples(125, R(3, 4), R(4), R(1, 10), R(1, 20)).count == int(n)
    assert value_samples(125, R(0), R(1), R(1, 10), R(1, 20)).count == 1


@given(st.integers(1, 12), st.fractions(R(1, 10), R(9, 10), max_denominator=10))
@settings(max_examples=40, deadline=None)
def test_visits(needed: int, chance: R) -> None:
    failure, pairs = R(1, 10), 2
    counts = [x.count for x in visits(R(needed), chance, pairs, failure)]
    agents = max(x for x in counts if x is not None)
    few = sum(comb(agents, h) * chance**h * (1 - chance) ** (agents - h) for h in range(needed))
    assert few <= failure / pairs


def test_visits_of_many_samples() -> None:
    by_values, by_visits = visits(R(500), R(1, 4), 2, R(1, 10))
    assert by_values.count == 4000  # half of the 1,000 to expect
    assert by_visits.count == 96  # 32 ln 20 = 95.9


# The theorems as wholes.


def test_theorem_4_formula() -> None:
    q, facts = TYPICAL, TAME
    found = theorem_4(q, facts, covering_time=300, w=W, constant=R(2))
    with mpmath.workdps(60):
        g = mpmath.mpf(3) / 4
        c1, c2, c3 = mpmath.mpf(1) / 5, mpmath.mpf(1) / 7, mpmath.mpf(1) / 3
        d = c1 / (1 - g) + g * c2 / (1 - g) ** 2
        rho = 1 + c2 + c3 * d
        b = (c3 + 1) * (rho**12 - 1) / (rho - 1)
        e3, d3, v, beta, w = mpmath.mpf(1) / 10 / b, mpmath.mpf(1) / 20 / 24, 4, (1 - g) / 2, 0.75
        log = mpmath.log(125 * v / (d3 * beta * e3))
        one = (mpmath.mpf(300) ** (1 + 3 * w) * v**2 / (beta * e3) ** 2 * log) ** (
            1 / mpmath.mpf(w)
        )
        two = (300 / beta * mpmath.log(v / e3)) ** 4
        assert mpmath.almosteq(digits(found.growth.ball), b, 1e-45)
        assert mpmath.almosteq(digits(found.parts[0].amount.ball), one + two, 1e-45)
        laws = 2 * mpmath.log((2**25 - 2) / d3) / e3**2
        assert found.parts[1].amount.count == int(mpmath.ceil(laws))
        calls = mpmath.ceil(2 * (one + two)) + mpmath.ceil(laws)
        assert found.per_iteration is not None
        assert found.total is not None
        assert mpmath.almosteq(digits(found.per_iteration.ball), calls, 1e-45)
        assert mpmath.almosteq(digits(found.total.ball), 12 * calls, 1e-45)
    assert found.failure == R(1, 480)


def test_theorem_6_formula() -> None:
    q = Request(3, 2, R(1, 2), 6, R(1, 10), R(1, 20))
    found = theorem_6(q, Facts(R(1, 5), R(1, 7), R(1, 3)))
    with mpmath.workdps(60):
        d = mpmath.mpf(2) / 5 + mpmath.mpf(2) / 7
        rho = 1 + mpmath.mpf(1) / 7 + d / 3
        e = mpmath.mpf(1) / 10 / (mpmath.mpf(4) / 3 * (rho**6 - 1) / (rho - 1))
        values = 2 * mpmath.mpf(4) / e**2 * mpmath.log(4 * 6 * 6 * 20)
        union = 2 * mpmath.log((2**3 - 2) * 6 * 12 * 20)
        mean = (mpmath.sqrt(2) + mpmath.sqrt(2 * mpmath.log(6 * 12 * 20))) ** 2
        n0 = int(mpmath.ceil(max(values, min(union, mean) / e**2)))
    assert found.parts[0].amount.count == n0
    assert found.per_iteration is not None
    assert found.per_iteration.count == 6 * n0
    assert found.total is not None
    assert found.total.count == 36 * n0
    assert "n0" not in found.parts[0].what


def test_theorem_6_where_laws_need_more_samples_than_values() -> None:
    q = Request(3, 2, R(1, 50), 1, R(1, 10), R(1, 20))
    found = theorem_6(q, Facts(R(0), R(0), R(0)))
    with mpmath.workdps(60):
        union = 2 * mpmath.log((2**3 - 2) * 6 * 2 * 20)
        n0 = int(mpmath.ceil(union * 100))
    assert found.parts[0].amount.count == n0


def test_theorem_5_where_visits_need_the_most_agents() -> None:
    q = Request(3, 2, R(1, 2), 1, R(9, 10), R(1, 20))
    found = theorem_5(
        q, Facts(R(0), R(0), R(0)), regeneration=R(1, 100), least_chance=R(1, 100),
        tremble=R(1, 100), w=W, constant=R(1, 10**9),
    )  # fmt: skip
    values, by_visits, laws = (part.total.count for part in found.parts if part.total)
    assert by_visits is not None
    assert values is not None
    assert laws is not None
    assert by_visits > max(values, laws)
    assert found.per_iteration is not None
    assert found.per_iteration.count == by_visits


def test_theorem_5_takes_the_largest() -> None:
    q = Request(3, 3, R(1, 2), 6, R(1, 10), R(1, 20))

    def bound(**changes: Any) -> Any:
        values = {"regeneration": R(1, 10), "least_chance": R(1, 4), "tremble": R(1, 5), "w": W}
        return theorem_5(q, Facts(R(0), R(1, 9), R(1, 9)), **{**values, **changes})

    found = bound(constant=R(1))
    assert found.per_iteration.count == max(part.total.count for part in found.parts)
    assert bound().per_iteration is None
    # An agent is at a pair with chance (1/10)(1/4)(1/10), as 1/5 is shared by two other actions.
    with precision(BITS):
        by_visits = 8 * 400 * (real(9) * real(4 * 6 * 20)).log()
        assert bound().parts[1].amount.ball.overlaps(by_visits)
    # Where the hand trembles much, the intended action is the rarest: 1 - 9/10 < 9/20.
    assert bound(tremble=R(9, 10)).parts[1].text == bound().parts[1].text
    assert bound(least_chance=R(1, 8)).parts[1].amount.ball > bound().parts[1].amount.ball


def test_the_right_d() -> None:
    assert proved_d(Facts(R(1), R(2), None), R(1, 2)) == 2 + 4
    assert proved_d(Facts(R(1), R(2), None, reward_bound=R(3)), R(1, 2)) == 2 + 12
    assert proved_d(Facts(R(1), R(2), None), R(1, 2), R(1, 2)) == 2 + 1
    assert proved_d(Facts(None, R(2), None), R(1, 2)) is None


def test_10_to_the_412() -> None:
    q = Request(2, 2, R(3, 4), 200, R(1, 10), R(1, 20))
    found = theorem_6(q, Facts(R(1), R(1), R(4)))
    assert found.total is not None
    assert found.total.log10 > 412
    assert "e" in found.total.text
    assert found.to_dict()["theorem"] == "Theorem 6"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accuracy": R(0)}, "accuracy is 0: it must be above 0"),
        ({"accuracy": R(1)}, "accuracy is 1"),
        ({"failure": R(0)}, "failure is 0"),
        ({"failure": R(1)}, "failure is 1"),
        ({"iterations": 0}, r"iterations \(k0\) is 0"),
        ({"states": 1}, "states is 1"),
    ],
)
def test_nothing_to_do(changes: dict[str, Any], message: str) -> None:
    values = {
        "states": 2, "actions": 2, "discount": R(1, 2), "iterations": 3,
        "accuracy": R(1, 10), "failure": R(1, 20),
    }  # fmt: skip
    q = Request(**{**values, **changes})
    facts = Facts(R(0), R(0), R(0), c4=R(0), c5=R(0))
    for make in (
        lambda: theorem_4(q, facts, covering_time=20, w=W),
        lambda: theorem_6(q, facts),
        lambda: corollary_1(q, facts, covering_time=20, w=W),
        lambda: theorem_5(
            q, facts, regeneration=R(1, 2), least_chance=R(1, 2), tremble=R(1, 2), w=W
        ),
    ):
        with pytest.raises(BadInput, match=message):
            make()


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="C3 is not given: no theorem that needs a finite C3"):
        theorem_6(TYPICAL, Facts(R(1), R(1), None))
    with pytest.raises(BadInput, match="C1 is not given"):
        theorem_6(TYPICAL, Facts(None, R(1), R(1)))
    with pytest.raises(BadInput, match="w is 1/2: it must be above 1/2 and below 1"):
        theorem_4(TYPICAL, TAME, covering_time=20, w=R(1, 2))
    with pytest.raises(BadInput, match=r"C4 \+ C5 D is 1: Corollary 1 needs it to be below 1"):
        corollary_1(TYPICAL, Facts(R(0), R(0), None, c4=R(1), c5=R(1)), covering_time=9, w=W)
    with pytest.raises(BadInput, match="D is -1"):
        theorem_6(TYPICAL, TAME, d=R(-1))
    online = {"regeneration": R(1, 2), "least_chance": R(1, 25), "tremble": R(1, 2), "w": W}
    for name, value in (
        ("regeneration", R(0)), ("regeneration", R(1)), ("least_chance", R(0)),
        ("least_chance", R(1, 24)), ("tremble", R(0)), ("tremble", R(1)),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=f"{name}.* is {value}"):
            theorem_5(TYPICAL, TAME, **{**online, name: value})
    for bad in (R(0), R(-1)):
        with pytest.raises(BadInput, match="error is"):
            law_samples(2, bad, R(1, 2))
    with pytest.raises(BadInput, match="failure is 1: it must be below 1"):
        law_samples(2, R(1, 2), R(1))
    with pytest.raises(BadInput, match="one state"):
        law_samples(1, R(1, 2), R(1, 2))
