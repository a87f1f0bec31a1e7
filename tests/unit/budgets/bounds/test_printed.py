"""The printed bounds against their formulas, written once more with mpmath at 50 digits."""

from __future__ import annotations

from fractions import Fraction as R
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.budgets.bounds.printed import Reading, corollary_1, theorem_4, theorem_5, theorem_6
from mfgcheck.budgets.bounds.request import Facts, Request
from mfgcheck.errors import BadInput
from mfgcheck.rigor.tape import precision

W = R(3, 4)
TYPICAL = Request(25, 5, R(3, 4), 12, R(1, 10), R(1, 20))
TAME = Facts(R(1, 5), R(1, 7), R(1, 3))


def mp(x: Any) -> Any:
    """A rational number with 50 digits."""
    return mpmath.mpf(R(x).numerator) / R(x).denominator


def close(amount: Any, value: Any) -> bool:
    """Whether a ball is tight and holds a number that is known to about 50 digits."""
    ball = amount.ball
    if not ball.rad() < abs(ball.mid()) * 10**-40:
        return False
    middle = mpmath.mpf(int(ball.mid().man_exp()[0])) * mpmath.mpf(2) ** int(
        ball.mid().man_exp()[1]
    )
    return bool(abs(middle - value) < value * mpmath.mpf(10) ** -40)


def steps_7(q: Request, b: Any, cover: Any, w: Any) -> Any:
    """(7), without the constant of O(.)."""
    g, e, d = mp(q.discount), mp(q.accuracy), mp(q.failure)
    vmax, beta, size = 1 / (1 - g), (1 - g) / 2, q.states * q.actions
    log = mpmath.log(2 * b * q.iterations * size * vmax / (d * beta * e))
    one = b**2 * cover ** (1 + 3 * w) * vmax**2 / (beta**2 * e**2) * log
    return one ** (1 / w) + (cover / beta * mpmath.log(b * vmax / e)) ** (1 / (1 - w))


def b_4(q: Request, c1: Any, c2: Any, c3: Any) -> Any:
    """B of Theorem 4."""
    g = mp(q.discount)
    d = (mp(c1) + g * mp(c2)) / (1 - g)
    return (1 + mp(c2) + mp(c3) * d) ** (q.iterations + 1) * (mp(c3) + 1)


SMALL = st.fractions(R(1, 50), 3, max_denominator=50)
REQUESTS = st.builds(
    Request,
    st.integers(1, 40),
    st.integers(1, 9),
    st.fractions(0, R(99, 100), max_denominator=100),
    st.integers(1, 60),
    st.fractions(R(1, 1000), R(99, 100), max_denominator=1000),
    st.fractions(R(1, 1000), R(99, 100), max_denominator=1000),
)
EXPONENTS = st.fractions(R(51, 100), R(99, 100), max_denominator=100)


@given(REQUESTS, SMALL, SMALL, SMALL, st.integers(1, 1000), EXPONENTS)
@settings(max_examples=60, deadline=None)
def test_theorem_4(q: Request, c1: R, c2: R, c3: R, cover: int, w: R) -> None:
    found = theorem_4(q, Facts(c1, c2, c3), covering_time=cover, w=w)
    with mpmath.workdps(70):
        b = b_4(q, c1, c2, c3)
        assert close(found.growth, b)
        assert close(found.amount, steps_7(q, b, mp(cover), mp(w)))
    assert found.applies
    assert found.reading is Reading.GIVEN
    assert found.total is None  # c_T4 is nowhere taken to be 1


@given(REQUESTS, SMALL, SMALL, SMALL, EXPONENTS, st.data())
@settings(max_examples=60, deadline=None)
def test_theorem_5(q: Request, c1: R, c2: R, c3: R, w: R, data: Any) -> None:
    zeta = data.draw(st.fractions(R(1, 100), R(99, 100), max_denominator=100))
    eps = data.draw(st.fractions(R(1, 100), R(99, 100), max_denominator=100))
    found = theorem_5(q, Facts(c1, c2, c3), regeneration=zeta, tremble=eps, w=w)
    with mpmath.workdps(70):
        g = mp(q.discount)
        d = (mp(c1) + g * mp(c2)) / (1 - g)
        a = max(1 + mp(c2), mp(c3) * d)
        b = ((1 - mp(zeta)) * 2 * a) ** q.iterations * mp(c3) * mp(eps) / ((1 - mp(zeta)) * (a - 1))
        assert close(found.growth, b)
        vmax, beta, e = 1 / (1 - g), (1 - g) / 2, mp(q.accuracy)
        size = q.states * q.actions
        log = mpmath.log(2 * b * q.iterations * size * vmax / (mp(q.failure) * beta * e))
        late = mpmath.log(b * vmax / e)
        if min(log, late) <= 0:
            assert found.amount is None
            assert "logarithm" in found.gap
        else:
            one = (b**2 * vmax**2 / (beta**2 * e**2) * log) ** (1 / mp(w))
            two = (late / beta) ** (1 / (1 - mp(w)))
            assert close(found.amount, size / (mp(eps) * mp(zeta)) * one + two)
    assert found.applies


@given(REQUESTS, SMALL, SMALL, SMALL)
@settings(max_examples=60, deadline=None)
def test_theorem_6(q: Request, c1: R, c2: R, c3: R) -> None:
    found = theorem_6(q, Facts(c1, c2, c3))
    with mpmath.workdps(70):
        b = b_4(q, c1, c2, c3) / (mp(c3) + 1)
        assert close(found.growth, b)
        size, k0, e, d = q.states * q.actions, q.iterations, mp(q.accuracy), mp(q.failure)
        vmax = 1 / (1 - mp(q.discount))
        one = 2 * vmax**4 * b**2 / e**2 * mpmath.log(2 * size * k0 / d)
        two = 2 * b**2 / e**2 * mpmath.log(mpmath.mpf(2) ** q.states * size * k0 / d)
        assert close(found.amount, max(one, two))


@given(REQUESTS, EXPONENTS, st.integers(1, 50), st.data())
@settings(max_examples=60, deadline=None)
def test_corollary_1(q: Request, w: R, cover: int, data: Any) -> None:
    c1, c2, c5 = (data.draw(SMALL) for _ in range(3))
    d = (c1 + q.discount * c2) / (1 - q.discount)
    c4 = data.draw(st.fractions(0, 1, max_denominator=20))
    facts = Facts(c1, c2, R(1), c4=c4, c5=c5)
    found = corollary_1(q, facts, covering_time=cover, w=w)
    if c4 + c5 * d >= 1:
        assert not found.applies
        assert found.amount is None
        assert "not below 1" in found.gap
        return
    with mpmath.workdps(70):
        b = (mp(c5) + 1) / (1 - (mp(c4) + mp(c5) * mp(d)))
        assert close(found.growth, b)
        assert close(found.amount, steps_7(q, b, mp(cover), mp(w)))


def test_corollary_1_where_it_contracts() -> None:
    facts = Facts(R(1, 20), R(1, 20), R(1), c4=R(1, 5), c5=R(1, 10))
    found = corollary_1(TYPICAL, facts, covering_time=300, w=W)
    assert found.applies
    with mpmath.workdps(70):
        b = mpmath.mpf(11) / 10 / (1 - mpmath.mpf(1) / 5 - mpmath.mpf(1) / 10 * 7 / 20)
        assert close(found.growth, b)
        assert close(found.amount, steps_7(TYPICAL, b, mpmath.mpf(300), mp(W)))


def test_a_budget_of_10_to_the_412() -> None:
    # n0 = B^2 x, B = (1 + C2)^(k0 + 1): k0 = 204 and C2 = 9 make B^2 = 10^410.
    q = Request(2, 2, R(0), 204, R(1, 10), R(1, 20))
    found = theorem_6(q, Facts(R(0), R(9), R(0)), constant=R(1, 200))
    with mpmath.workdps(70):
        log = mpmath.log(mpmath.mpf(4) * 4 * 204 * 20)
        assert close(found.amount, mpmath.mpf(10) ** 410 * 200 * log)
        assert close(found.total, mpmath.mpf(10) ** 410 * log)
    assert found.amount is not None
    assert found.amount.text == "2.218e413"
    assert found.amount.count is None
    assert found.total is not None
    assert found.total.text == "1.109e411"


def test_beyond_all_exponents_of_floats() -> None:
    q = Request(1000, 50, R(99, 100), 10**6, R(1, 10**6), R(1, 10**6))
    found = theorem_4(q, Facts(R(1), R(1), R(10**9)), covering_time=10**9, w=R(51, 100))
    assert found.amount is not None
    assert found.amount.log10 > 10**7
    assert "e" in found.amount.text


# Where a hypothesis fails.


def test_no_finite_c3() -> None:
    facts = Facts(R(1, 5), R(1, 7), None)
    for found in (
        theorem_4(TYPICAL, facts, covering_time=300, w=W),
        theorem_6(TYPICAL, facts),
    ):
        assert not found.applies
        assert found.reading is Reading.LIMIT
        assert found.text.startswith(f"{found.theorem} does not apply. Assumption 1(iii)")
        assert found.amount is not None
        assert "whatever C3" in found.text
    online = theorem_5(TYPICAL, facts, regeneration=R(1, 10), tremble=R(3, 10), w=W)
    assert not online.applies
    assert online.amount is None
    assert "tends to 0" in online.text


@given(st.lists(st.fractions(R(1, 10**9), 100), min_size=2, max_size=2, unique=True))
@settings(max_examples=40, deadline=None)
def test_theorems_4_and_6_grow_with_c3(two: list[R]) -> None:
    facts = Facts(R(1, 5), R(1, 7), None)
    low, high = sorted(two)
    for make in (
        lambda c: theorem_4(TYPICAL, facts, covering_time=300, w=W, assumed_c3=c),
        lambda c: theorem_6(TYPICAL, facts, assumed_c3=c),
    ):
        limit = make(None).amount.ball
        assert limit < make(low).amount.ball
        assert make(low).amount.ball < make(high).amount.ball
        assert make(low).reading is Reading.ASSUMED


def test_the_limit_is_the_infimum() -> None:
    facts = Facts(R(1, 5), R(1, 7), None)
    limit = theorem_6(TYPICAL, facts).amount
    near = theorem_6(TYPICAL, facts, assumed_c3=R(1, 10**40)).amount
    assert limit is not None
    assert near is not None
    with precision(BITS):
        assert near.ball / limit.ball < 1 + real(R(1, 10**35))


def test_theorem_5_is_not_monotone_in_c3() -> None:
    # A = C3 D is 5/4, 3/2 with D = 1; k0 = 1, so B is C3 A/(A - 1) up to a factor: 25/4, 9/2.
    q = Request(2, 2, R(1, 2), 1, R(1, 10), R(1, 20))
    facts = Facts(R(9, 20), R(1, 10), None)
    found = [
        theorem_5(q, facts, regeneration=R(1, 2), tremble=R(1), w=W, assumed_c3=c)
        for c in (R(5, 4), R(3, 2))
    ]
    growths = [one.growth.ball for one in found if one.growth is not None]
    assert growths[1] < growths[0]
    with mpmath.workdps(70):
        assert close(found[0].growth, mpmath.mpf(25) / 2)
        assert close(found[1].growth, mpmath.mpf(9))


def test_theorem_5_tends_to_nothing() -> None:
    q = Request(2, 2, R(1, 2), 1, R(1, 10), R(1, 20))
    facts = Facts(R(1), R(1), None)
    found = [
        theorem_5(q, facts, regeneration=R(1, 2), tremble=R(1, 4), w=W, assumed_c3=c)
        for c in (R(1), R(1, 10), R(1, 10**9))
    ]
    assert [one.growth.text for one in found if one.growth] == ["1", "1", "1"]  # rounded up
    assert found[2].growth is not None
    assert found[2].growth.ball < 1e-8
    assert found[2].amount is None
    assert found[2].gap == "B is so small that a logarithm is not positive"


def test_rewards_beyond_1() -> None:
    found = theorem_6(TYPICAL, Facts(R(1, 5), R(1, 7), R(1, 3), reward_bound=R(693, 10)))
    assert not found.applies
    assert "693/10" in found.text
    assert found.text.index("does not apply") < found.text.index("c_T6")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"accuracy": R(0)}, "accuracy < 1: it is 0, which the theorem admits"),
        ({"failure": R(0)}, "failure probability < 1: it is 0, which the theorem admits"),
        ({"iterations": 0}, "k0 is 0"),
    ],
)
def test_zeros_that_the_paper_admits(changes: dict[str, Any], reason: str) -> None:
    values = {
        "states": 2, "actions": 2, "discount": R(1, 2), "iterations": 3,
        "accuracy": R(1, 10), "failure": R(1, 20),
    }  # fmt: skip
    q = Request(**{**values, **changes})
    for found in (
        theorem_4(q, TAME, covering_time=20, w=W),
        theorem_5(q, TAME, regeneration=R(1, 10), tremble=R(3, 10), w=W),
        theorem_6(q, TAME),
        corollary_1(q, Facts(R(0), R(0), R(1), c4=R(0), c5=R(0)), covering_time=20, w=W),
    ):
        assert not found.applies
        assert found.amount is None
        assert any(reason in why for why in found.why_not)
        assert "is 0" in found.gap


@pytest.mark.parametrize("w", [R(1, 2), R(1), R(0), R(-1), R(2)])
def test_exponents_out_of_range(w: R) -> None:
    found = theorem_4(TYPICAL, TAME, covering_time=20, w=w)
    assert not found.applies
    assert f"1/2 < w < 1: w is {w}" in found.why_not
    assert (found.amount is None) == (w != R(1, 2))  # the formula itself takes 1/2


def test_covering_time() -> None:
    found = theorem_4(TYPICAL, TAME, covering_time=None, w=W)
    assert not found.applies
    assert found.amount is None
    assert found.gap == "the covering time is infinite"
    with pytest.raises(BadInput, match="covering_time is 0: it must be at least 1"):
        theorem_4(TYPICAL, TAME, covering_time=0, w=W)


@pytest.mark.parametrize(("zeta", "eps"), [(R(0), R(1, 5)), (R(1), R(1, 5)), (R(1, 5), R(0))])
def test_theorem_5_without_regeneration_or_tremble(zeta: R, eps: R) -> None:
    found = theorem_5(TYPICAL, TAME, regeneration=zeta, tremble=eps, w=W)
    assert not found.applies
    assert found.amount is None
    assert found.gap


def test_theorem_5_divides_by_0() -> None:
    found = theorem_5(TYPICAL, Facts(R(0), R(0), R(1)), regeneration=R(1, 2), tremble=R(1, 2), w=W)
    assert not found.applies
    assert found.gap == "A = 1, and B divides by A - 1"
    assert "A = max(1 + C2, C3 D) > 1: A is 1" in found.why_not


def test_constants_that_are_not_finite() -> None:
    for facts in (Facts(None, R(1), R(1)), Facts(R(1), None, R(1))):
        for found in (
            theorem_4(TYPICAL, facts, covering_time=20, w=W),
            theorem_5(TYPICAL, facts, regeneration=R(1, 2), tremble=R(1, 2), w=W),
            theorem_6(TYPICAL, facts),
            corollary_1(TYPICAL, facts, covering_time=20, w=W),
        ):
            assert not found.applies
            assert found.amount is None
            assert found.growth is None
            assert "not finite" in found.gap


def test_corollary_1_at_1() -> None:
    # D = (1/2 + 3/4 * 0)/(1/4) = 2.
    found = corollary_1(
        TYPICAL, Facts(R(1, 2), R(0), R(1), c4=R(1, 2), c5=R(1, 4)), covering_time=20, w=W
    )
    assert found.why_not == ("Assumption 2: C4 + C5 D < 1: C4 + C5 D is 1",)
    assert found.amount is None


def test_corollary_1_without_c5() -> None:
    facts = Facts(R(1, 5), R(1, 7), None, c4=R(1, 2), c5=None)
    found = corollary_1(TYPICAL, facts, covering_time=20, w=W)
    assert not found.applies
    assert found.reading is Reading.LIMIT
    assert found.growth is not None
    assert found.growth.text == "2"  # 1/(1 - 1/2)
    assert "whatever C5" in found.text
    assumed = corollary_1(TYPICAL, facts, covering_time=20, w=W, assumed_c5=R(1, 10))
    assert assumed.amount is not None
    assert found.amount is not None
    assert found.amount.ball < assumed.amount.ball
    assert any("C4 is 1 already" in why for why in corollary_1(
        TYPICAL, Facts(R(0), R(0), None, c4=R(1)), covering_time=20, w=W
    ).why_not)  # fmt: skip


def test_the_constant() -> None:
    one = theorem_4(TYPICAL, TAME, covering_time=300, w=W, constant=R(7, 2))
    assert one.total is not None
    assert one.amount is not None
    assert (one.total.ball / one.amount.ball).overlaps(one.total.ball * 0 + 3.5)
    assert "c_T4 = 7/2" in one.text
    with pytest.raises(BadInput, match="constant is 0: it must be above 0"):
        theorem_4(TYPICAL, TAME, covering_time=300, w=W, constant=R(0))


def test_json() -> None:
    found = theorem_4(TYPICAL, Facts(R(1), R(1), None), covering_time=300, w=W).to_dict()
    assert found["applies"] is False
    assert found["symbol"] == "c_T4"
    assert found["total"] is None


# What is no request.


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accuracy": R(-1, 10)}, "accuracy is -1/10: it must be a number from 0 to 2"),
        ({"accuracy": "nan"}, "accuracy is 'nan'"),
        ({"accuracy": float("nan")}, "accuracy is nan"),
        ({"accuracy": R(5, 2)}, "accuracy is 5/2"),
        ({"failure": R(-1)}, "failure is -1"),
        ({"failure": "inf"}, "failure is 'inf'"),
        ({"failure": R(11, 10)}, "failure is 11/10: it must be a number from 0 to 1"),
        ({"iterations": -1}, r"iterations \(k0\) is -1: it must be at least 0"),
        ({"iterations": 2.0}, "whole number"),
        ({"iterations": True}, "whole number"),
        ({"states": 0}, "states is 0: it must be at least 1"),
        ({"actions": 0}, "actions is 0"),
        ({"discount": R(1)}, "discount is 1: it must be below 1"),
        ({"discount": R(-1, 2)}, "discount is -1/2: it must be at least 0"),
        ({"discount": None}, "discount is None"),
    ],
)
def test_bad_requests(changes: dict[str, Any], message: str) -> None:
    values = {
        "states": 2, "actions": 2, "discount": R(1, 2), "iterations": 3,
        "accuracy": R(1, 10), "failure": R(1, 20),
    }  # fmt: skip
    with pytest.raises(BadInput, match=message):
        Request(**{**values, **changes})


def test_bad_facts() -> None:
    with pytest.raises(BadInput, match="C2 is -1: it must be at least 0"):
        Facts(R(1), R(-1), None)
    with pytest.raises(BadInput, match="reward_bound is 'x'"):
        Facts(R(1), R(1), None, reward_bound="x")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="assumed C3 is 0: it must be above 0"):
        theorem_6(TYPICAL, TAME, assumed_c3=R(0))
