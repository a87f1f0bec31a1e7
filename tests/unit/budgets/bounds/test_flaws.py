"""The flaws against brute force and against numbers worked out by hand."""

from __future__ import annotations

import itertools
from fractions import Fraction as R
from math import comb

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from mfgcheck import Game
from mfgcheck.budgets.amount import real
from mfgcheck.budgets.bounds.corrected import proved_d
from mfgcheck.budgets.bounds.flaws import (
    first_too_small,
    lost_factor,
    online_growth,
    optimal_values,
    reaches_golden_ratio,
    value_change,
)
from mfgcheck.budgets.bounds.population import coin_error_chance, sum_of_binomials, too_few_agents
from mfgcheck.budgets.bounds.request import Facts, Request
from mfgcheck.budgets.bounds.stopping import first_update, next_mf, two_equal_samples
from mfgcheck.errors import BadInput, InvalidGame
from mfgcheck.gallery import make

HALF = R(1, 2)

# B.


def first_by_trial(rho: R, missing: R = R(1), limit: int = 60) -> int | None:
    """The first k0 up to a limit at which the sum exceeds B, term by term."""
    for k in range(1, limit + 1):
        if missing * sum(rho**j for j in range(k)) > rho ** (k + 1):
            return k
    return None


@pytest.mark.parametrize(
    ("rho", "k0"),
    [
        (R(1), 2), (R(11, 10), 2), (R(4, 3), 3), (R(3, 2), 4), (R(8, 5), 7),
        (R(1617, 1000), 13), (R(13, 8), None), (R(2), None),
    ],
)  # fmt: skip
def test_first_too_small(rho: R, k0: int | None) -> None:
    found = first_too_small(rho)
    assert (found.iterations if found else None) == k0 == first_by_trial(rho)
    if found:
        assert found.needed == sum(rho**j for j in range(found.iterations))
        assert found.printed == rho ** (found.iterations + 1) < found.needed


@given(st.fractions(1, 3, max_denominator=200), st.fractions(1, 4, max_denominator=20))
@settings(deadline=None)
def test_first_too_small_by_trial(rho: R, missing: R) -> None:
    found = first_too_small(rho, missing)
    tried = first_by_trial(rho, missing, 40)
    if found is None:
        assert tried is None
    elif found.iterations <= 40:
        assert found.iterations == tried
    assert (first_too_small(rho) is None) == reaches_golden_ratio(rho)


def test_the_golden_ratio() -> None:
    # Ratios of Fibonacci numbers come near it from both sides.
    below, above = R(10946, 6765), R(17711, 10946)
    below, above = sorted((below, above))
    assert not reaches_golden_ratio(below)
    assert reaches_golden_ratio(above)
    assert first_too_small(below) is not None
    assert first_too_small(above) is None


def test_the_threshold_at_2_is_the_plastic_number() -> None:
    # 1 + rho > rho^3 below the real root of x^3 = x + 1, which lies in [1.3247, 1.3248].
    for rho, fails in ((R(13247, 10000), True), (R(13248, 10000), False)):
        assert (rho**3 < rho + 1) == fails
        found = first_too_small(rho)
        assert found is not None
        assert (found.iterations == 2) == fails


def test_theorem_6_fails_at_once_without_its_factor() -> None:
    found = first_too_small(R(3, 2), R(3))
    assert found is not None
    assert (found.iterations, found.needed, found.printed) == (1, 3, R(9, 4))


def test_first_too_small_asks_for_numbers_of_at_least_1() -> None:
    with pytest.raises(BadInput, match="rho is 1/2: it must be at least 1"):
        first_too_small(HALF)
    with pytest.raises(BadInput, match="missing is 0"):
        first_too_small(R(2), R(0))


def test_online_growth() -> None:
    found = online_growth(R(3, 5), R(1, 10), R(1), 40)
    path = [R(0), R(0)]
    for _ in range(40):
        path.append(R(2, 5) * (R(11, 10) * path[-1] + path[-2] + 1))
    assert found.needed == path[-1]
    assert found.printed == R(22, 25) ** 40 / (R(2, 5) * R(1, 10))
    assert (round(found.needed, 4), round(found.printed, 4)) == (R(24776, 10**4), R(1504, 10**4))
    with pytest.raises(BadInput, match="A = max"):
        online_growth(R(3, 5), R(0), R(1), 40)


# D.


def test_values_move_faster_than_the_printed_d_allows() -> None:
    found = value_change(make("audit-g"), {0: 1}, {1: 1}, R(0), R(1, 10))
    # V(0) = -4; V(1) = 4 at m = 1; V(1) = 1 + 3/4 (9/10 V(1) - 4/10) = 28/13 at m = 0.
    assert found.change == 4 - R(28, 13) == R(24, 13)
    assert found.distance == 2
    assert found.printed == R(3, 5)
    assert found.proved == R(12, 5)
    assert found.refutes


@given(
    st.fractions(R(1, 20), 1, max_denominator=20),
    st.fractions(0, 1, max_denominator=8),
    st.fractions(0, 1, max_denominator=8),
)
@settings(max_examples=25, deadline=None)
def test_values_of_audit_g(eta: R, m: R, n: R) -> None:
    game = make("audit-g", eta=sympy.Rational(eta.numerator, eta.denominator))
    found = value_change(game, {0: 1 - m, 1: m}, {0: 1 - n, 1: n}, R(0), eta)

    def value(x: R) -> R:
        leave = eta * (1 - x)
        return (1 - 3 * leave) / (1 - R(3, 4) * (1 - leave))

    assert found.change == abs(value(m) - value(n))
    assert found.distance == 2 * abs(m - n)
    assert found.change <= found.proved


def test_near_1_no_smaller_d_is_enough() -> None:
    # The slope at m = 1 is gamma C2/(1 - gamma)^2.
    tiny = R(1, 10**6)
    found = value_change(make("audit-g"), {0: tiny, 1: 1 - tiny}, {1: 1}, R(0), R(1, 10))
    assert R(999, 1000) * found.proved < found.change <= found.proved
    assert proved_d(Facts(R(0), R(1, 10), None), R(3, 4)) == 4 * R(3, 10)


def test_what_all_rewards_share_counts() -> None:
    # audit-f takes m/2 from everyone: V* falls by 1 from m = 0 to m = 1, and Q* with it.
    game = make("audit-f")
    found = value_change(game, {0: 1}, {1: 1}, R(1, 4), R(0))
    assert found.change == 1
    assert not found.refutes  # (1/4)/(1 - 1/2) * 2
    low = optimal_values(game, {0: 1})
    # V = 3/4 max + 1/4 min, which is 5/16 and 13/16 at m = 0.
    assert [R(3, 4) * max(q) + R(1, 4) * min(q) for q in low] == [R(5, 16), R(13, 16)]


def test_values_have_to_be_rational() -> None:
    with pytest.raises(BadInput, match="not rational"):
        optimal_values(make("two-lotteries"), {24: 1})
    with pytest.raises(InvalidGame):
        optimal_values(make("audit-g"), {0: "1/2"})
    with pytest.raises(BadInput, match="C2 is -1"):
        value_change(make("audit-g"), {0: 1}, {1: 1}, R(0), R(-1))


# A finite population.


def test_ten_thousand_agents() -> None:
    found = coin_error_chance(10**4, R(2, 100))
    near = sum(comb(10**4, h) for h in range(4900, 5101))
    assert found == 1 - R(near, 2**10000)
    assert round(found, 6) == R(44426, 10**6)
    # With "at least" for "more than" it is .0466.
    at_least = found + R(2 * comb(10**4, 5100), 2**10000)
    assert round(at_least, 6) == R(46586, 10**6)


@given(st.integers(1, 40), st.fractions(0, R(11, 10), max_denominator=20))
@settings(deadline=None)
def test_coin_error_chance(agents: int, distance: R) -> None:
    far = sum(comb(agents, h) for h in range(agents + 1) if 2 * abs(R(h, agents) - HALF) > distance)
    assert coin_error_chance(agents, distance) == R(far, 2**agents)


def test_sum_of_binomials() -> None:
    assert sum_of_binomials(30, 4, 17) == sum(comb(30, k) for k in range(4, 18))
    assert sum_of_binomials(5, 4, 3) == 0


@pytest.mark.parametrize("constant", [R(1, 100), R(1, 10), R(1)])
def test_whatever_the_constant_theorem_5_has_too_few_agents(constant: R) -> None:
    found = [too_few_agents(R(1, 10**n), R(1, 20), constant) for n in (1, 3, 8)]
    assert all(one.printed.applies for one in found)
    assert len({one.agents for one in found}) == 1
    assert found[-1].chance > R(97, 100) > R(1, 20)


def test_too_few_agents_is_theorem_5_on_fair_coin() -> None:
    game = make("fair-coin")
    assert (game.tremble, game.discount) == (R(1, 4), HALF)
    found = too_few_agents(R(1, 1000), R(1, 20), R(1, 100))
    assert found.printed.growth is not None
    assert found.printed.growth.ball.overlaps(real(R(1, 1000)))
    # The theorem promises twice the accuracy.
    wide = too_few_agents(R(1, 50), R(1, 20), R(1, 100))
    far = [h for h in range(wide.agents + 1) if abs(R(2 * h, wide.agents) - 1) > R(2, 50)]
    assert wide.chance == R(sum(comb(wide.agents, h) for h in far), 2**wide.agents)
    with pytest.raises(BadInput, match="accuracy is 0"):
        too_few_agents(R(0), R(1, 20), R(1))
    with pytest.raises(BadInput, match="more agents than"):
        too_few_agents(R(1, 10), R(1, 20), R(10) ** 30)
    with pytest.raises(BadInput, match="computed up to 400000"):
        too_few_agents(R(1, 10), R(1, 20), R(100))


# Stopping rules.


def run_next_mf(law: list[R], tolerance: R) -> dict[tuple[int, ...], R]:
    """Algorithm 4 on every sequence of samples, comparing laws entry by entry."""
    found: dict[tuple[int, ...], R] = {}
    waiting: list[tuple[tuple[int, ...], R]] = [((), R(1))]
    while waiting:
        seen, chance = waiting.pop()
        for s, p in enumerate(law):
            after = (*seen, s)
            counts = tuple(after.count(x) for x in range(len(law)))
            if seen:
                now = [R(c, len(after)) for c in counts]
                before = [R(seen.count(x), len(seen)) for x in range(len(law))]
                moved = sum((abs(x - y) for x, y in zip(now, before, strict=True)), R(0))
                if moved <= tolerance:
                    found[counts] = found.get(counts, R(0)) + chance * p
                    continue
            waiting.append((after, chance * p))
    return found


@pytest.mark.parametrize(
    "law", [[HALF, HALF], [R(1, 3), R(2, 3)], [R(1, 2), R(1, 3), R(1, 6)]], ids=str
)
@pytest.mark.parametrize("tolerance", [R(1, 2), R(1, 3), R(1, 4)])
def test_next_mf_sequence_by_sequence(law: list[R], tolerance: R) -> None:
    found = next_mf(law, tolerance)
    assert found.results == run_next_mf(law, tolerance)
    assert sum(found.results.values()) == 1


@pytest.mark.parametrize("tolerance", [R(1, 2), R(1, 10), R(1, 50), R(1, 200)])
def test_next_mf_on_a_coin(tolerance: R) -> None:
    found = next_mf([HALF, HALF], tolerance)
    assert found.times[2] == HALF  # whatever the tolerance
    assert found.failure(R(99, 100)) == HALF
    assert found.failure(R(1)) == 0  # an error of 1 is not larger than 1
    assert found.results[2, 0] == found.results[0, 2] == R(1, 4)
    assert found.error((2, 0)) == 1
    assert max(found.times) <= 2 / tolerance
    assert found.mean_error > HALF
    assert sum(found.times.values()) == 1


def test_two_equal_samples() -> None:
    even = two_equal_samples([R(1, 25)] * 25)
    assert (even.chance, even.errors) == (R(1, 25), {R(48, 25): R(1, 25)})
    law = [R(1, 2), R(1, 3), R(1, 6)]
    found, whole = two_equal_samples(law), next_mf(law, R(1, 30))
    assert found.chance == whole.times[2] == sum(p * p for p in law)
    for s, p in enumerate(law):
        twice = tuple(2 * int(i == s) for i in range(3))
        assert whole.results[twice] == p * p
        assert whole.error(twice) == 2 * (1 - p)
        assert found.errors[2 * (1 - p)] == p * p


def test_a_point_mass_is_learnt_at_once() -> None:
    found = next_mf([R(0), R(1)], R(1, 10))
    assert found.results == {(0, 2): 1}
    assert found.mean_error == 0


def test_next_mf_bad_input() -> None:
    with pytest.raises(BadInput, match="the law sums to 5/6"):
        next_mf([HALF, R(1, 3)], HALF)
    with pytest.raises(BadInput, match=r"law\[1\] is -1/2"):
        two_equal_samples([R(3, 2) - HALF, R(-1, 2)])
    with pytest.raises(BadInput, match="tolerance is 0: it must be above 0"):
        next_mf([HALF, HALF], R(0))
    with pytest.raises(BadInput, match="more than 50000 counts"):
        next_mf([R(1, 5)] * 5, R(1, 100))


def test_algorithm_2_stops_at_its_first_step() -> None:
    found = first_update(make("fair-coin"), {0: 1}, 0, 1, HALF)
    assert found.stops_always
    # V = s + (1/2)(V(0) + V(1))/2: V(0) = 1/2, V(1) = 3/2.
    assert found.error == R(3, 2)
    other = first_update(make("fair-coin"), {0: 1}, 1, 0, R(1, 100))
    assert (other.change, other.stops_always) == (R(1, 100), False)
    with pytest.raises(BadInput, match="rate is 2"):
        first_update(make("fair-coin"), {0: 1}, 1, 0, R(2))
    with pytest.raises(InvalidGame):
        first_update(make("fair-coin"), {0: 1}, 7, 0, R(1))


def test_the_entry_that_was_updated_counts() -> None:
    game = Game(
        states=1, actions=2, reward=lambda s, a, z: 1 - a, discount=HALF, tremble=0,
        transition=lambda s, a, z: {0: 1},
    )  # fmt: skip
    # Q* = (2, 1), and Q_1 = (alpha, 0).
    assert first_update(game, {0: 1}, 0, 0, R(1)).error == 1
    assert first_update(game, {0: 1}, 0, 0, R(1, 4)).error == R(7, 4)


# The lost factor 2.


@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 99), st.integers(1, 99))
def test_lost_factor(states: int, actions: int, k0: int, percent: int) -> None:
    delta = R(percent, 100)
    found = lost_factor(Request(states, actions, HALF, k0, R(1, 10), delta))
    assert found.each == delta / k0
    assert found.total == 2 * delta


def test_lost_factor_needs_a_failure_probability() -> None:
    with pytest.raises(BadInput, match="failure is 0"):
        lost_factor(Request(2, 2, HALF, 3, R(1, 10), R(0)))
    with pytest.raises(BadInput, match="k0"):
        lost_factor(Request(2, 2, HALF, 0, R(1, 10), R(1, 10)))


def test_laws_of_samples_are_found_by_position() -> None:
    law = [R(1, 6), R(1, 3), R(1, 2)]
    total = R(0)
    for first, second in itertools.product(range(3), repeat=2):
        total += law[first] * law[second] * (first == second)
    assert two_equal_samples(law).chance == total
