"""The T-MFE of known games. Numbers are worked out by hand, or come from other programs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from sympy import Integer, Max, Rational

from mfgcheck import Equilibria, Game, equilibria, gallery, point

R = Fraction


def enclosed(found: Equilibria, name: str) -> list[float]:
    """The middles of an aggregate's ranges, each of which is narrow."""
    for one in found.equilibria:
        low, high = one.aggregates[name]
        assert high - low < R(1, 10**9)
    return [float(sum(one.aggregates[name]) / 2) for one in found.equilibria]


@pytest.mark.parametrize(
    ("c_f", "replacement", "mean"),
    [
        (R(1, 20), "full", 20.251057),
        (R(1, 10), "full", 20.206121),
        (R(1, 20), "state", 19.500734),
        (R(1, 10), "state", 19.440011),
    ],
)
def test_infection_spread_has_one(c_f: Fraction, replacement: str, mean: float) -> None:
    found = equilibria(gallery.make("infection-spread", c_f=c_f, replacement=replacement))
    assert found.count == 1
    assert found.sentence == "exactly 1 T-MFE: proved"
    assert enclosed(found, "mean") == [pytest.approx(mean, abs=5e-7)]
    (one,) = found.equilibria
    # Against Proposition 2's conclusion, precautions fall with health.
    assert one.strategy == (4,) * 21 + (3, 2, 1, 0)
    assert one.robust
    assert one.stable is True
    assert one.radius < R(1, 10**10)
    assert float(one.gap[0]) > 0.005 if one.gap else False


def test_logistic_susceptibility_has_none() -> None:
    found = equilibria(gallery.make("infection-spread", susceptibility="logistic", c_f=R(1)))
    assert found.complete
    assert found.count == 0
    assert found.sentence == "no T-MFE: proved"


def test_logistic_susceptibility_with_the_printed_replacement_has_one() -> None:
    game = gallery.make(
        "infection-spread", susceptibility="logistic", c_f=R(1), replacement="state"
    )
    found = equilibria(game)
    assert found.count == 1
    assert enclosed(found, "mean") == [pytest.approx(17.508096, abs=5e-7)]
    assert found.equilibria[0].strategy == (4,) * 22 + (3, 2, 1)


def test_near_the_end_of_the_branch_of_equilibria() -> None:
    # The T-MFE of the strategy ..3210 is lost between these two rates of infection.
    before = equilibria(
        gallery.make("infection-spread", susceptibility="logistic", c_f=R(9962, 10000))
    )
    after = equilibria(
        gallery.make("infection-spread", susceptibility="logistic", c_f=R(9963, 10000))
    )
    assert before.count == 1
    assert before.equilibria[0].strategy == (4,) * 21 + (3, 2, 1, 0)
    assert after.count == 0


def test_a_continuum_is_not_isolated() -> None:
    # audit-a: all agents are redrawn from the tails (min(1, 1/2 + t2), max(0, t1 - 1/2)), so every
    # law with t1 = t2 + 1/2 is consistent.
    found = equilibria(gallery.make("audit-a"), max_boxes=300)
    assert found.count is None
    assert found.sentence.startswith("infinitely many T-MFE, which are not isolated: proved")
    (family,) = found.continua
    t1, t2 = family.aggregates["tail(1)"], family.aggregates["tail(2)"]
    assert t2[0] < t2[1]
    assert [x - R(1, 2) for x in t1] == list(t2)
    assert family.strategy == (0, 0, 0)


def test_audit_b() -> None:
    # Tails (.9 g1(t2) + .05, .9 g2(t1) + .05) for the mean action 1/5 or 4/5 of the trembling hand.
    # Strategy 0: t = (.9/2 + 1/100, 1/100). Strategy 1 with both clips at their upper ends:
    # (.9 + 4/100, .45 + 4/100). Between:
    # t1 = .45 + 1.8 (t2 - 1/8) + .04, t2 = 1.8 (t1 - 5/8) + .04.
    found = equilibria(gallery.make("audit-b"))
    assert found.count == 3
    t1, t2 = enclosed(found, "tail(1)"), enclosed(found, "tail(2)")
    u2 = (1.8 * (0.45 - 1.8 / 8 + 0.04 - 0.625) + 0.04) / (1 - 1.8**2)
    u1 = 0.45 + 1.8 * (u2 - 1 / 8) + 0.04
    assert sorted(zip(t1, t2, strict=True)) == [
        (pytest.approx(0.46), pytest.approx(0.01)),
        (pytest.approx(u1), pytest.approx(u2)),
        (pytest.approx(0.94), pytest.approx(0.49)),
    ]
    by_mean = sorted(found.equilibria, key=lambda one: one.aggregates["tail(1)"])
    assert [one.stable for one in by_mean] == [True, False, True]  # slope (9/5)^2 in the middle


def test_audit_c_has_one_on_a_tie() -> None:
    # Greedy 0: m = m/4 + 1/8 + (1/4)/2, m = 1/3, where the gap (m - 1/3)/2 vanishes.
    # Greedy 1: m = m/4 + 1/8 + (3/4)/2, m = 2/3.
    found = equilibria(gallery.make("audit-c"))
    assert found.count == 2
    low, high = found.equilibria
    assert low.aggregates["z[1]"] == (R(1, 3), R(1, 3))
    assert low.gap == (0, 0)
    assert not low.robust
    assert low.strategy == (0, 0)
    assert low.mean_field == ((R(2, 3), R(2, 3)), (R(1, 3), R(1, 3)))
    assert high.robust
    assert high.strategy == (1, 1)
    assert high.aggregates["z[1]"][0] <= R(2, 3) <= high.aggregates["z[1]"][1]
    assert high.gap is not None
    assert high.gap[0] <= R(1, 6) <= high.gap[1]


def test_audit_d_has_one_that_is_not_the_limit_of_t_br() -> None:
    found = equilibria(gallery.make("audit-d"))
    assert found.count == 1
    assert found.equilibria[0].mean_field == ((R(1, 4), R(1, 4)), (R(3, 4), R(3, 4)))


def test_audit_e_has_one_for_every_strategy() -> None:
    # Every action ties everywhere: the law of (a0, a1) is stationary for P(1 | s) = 1/4 + abar_s/2
    # with abar 1/4 or 3/4, so z(1) = p0 / (1 - p1 + p0) with p = 3/8 or 5/8.
    found = equilibria(gallery.make("audit-e"))
    assert found.count == 4
    assert not any(one.robust for one in found.equilibria)
    masses = {one.strategy: one.mean_field[1] for one in found.equilibria}
    p = {0: R(3, 8), 1: R(5, 8)}
    for a0 in (0, 1):
        for a1 in (0, 1):
            z1 = p[a0] / (1 - p[a1] + p[a0])
            assert masses[(a0, a1)] == (z1, z1)


def test_coordination_without_field() -> None:
    # P(1 | s) = 1/2 + s/8 + abar/4 with abar = -3/5 or 3/5, and the action 1 is the better one
    # exactly if m > 0. Equal actions: m = m/4 + abar/2, so m = -+2/5. At m = 0 all strategies are
    # optimal: (-1, 1) has P(1 | -1) = 9/40 and P(1 | 1) = 31/40, (1, -1) has 21/40 and 19/40, and
    # both have the mean 0.
    found = equilibria(gallery.make("coordination"))
    assert found.count == 4
    assert enclosed(found, "mean") == [pytest.approx(x, abs=1e-9) for x in (-0.4, 0, 0, 0.4)]
    assert [one.robust for one in found.equilibria] == [True, False, False, True]
    assert {one.strategy for one in found.equilibria if not one.robust} == {(-1, 1), (1, -1)}


@pytest.mark.parametrize(
    ("h", "means"),
    [(R(1, 10), [-0.4, 0.4]), (R(-1, 10), [-0.4, 0.4]), (R(1, 2), [0.4]), (R(-1, 2), [-0.4])],
)
def test_coordination_with_a_field(h: Fraction, means: list[float]) -> None:
    # The threshold moves to m = -h; the mixed strategies have the mean 0, which is no tie then.
    found = equilibria(gallery.make("coordination", h=h))
    assert found.count == len(means)
    assert enclosed(found, "mean") == [pytest.approx(x) for x in means]
    assert all(one.robust for one in found.equilibria)


def test_coordination_with_the_threshold_on_an_equilibrium() -> None:
    found = equilibria(gallery.make("coordination", h=R(2, 5)))  # threshold -2/5
    assert found.count == 2
    assert [one.robust for one in found.equilibria] == [False, True]
    assert found.equilibria[0].aggregates["mean"] == (R(-2, 5), R(-2, 5))


def test_mturk_has_one() -> None:
    found = equilibria(gallery.make("mturk"))
    assert found.count == 1
    assert found.boxes == 1  # the crowd does not matter for the best response
    assert found.equilibria[0].robust


def test_an_irrational_tie() -> None:
    # P(1) - m = (1/2 - m^2)/4, so m = 1/sqrt 2, where the reward of the action 1 is 0 as well.
    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Any]:
        up = z[1] + (Rational(1, 2) - z[1] ** 2) / 4
        return {1: up, 0: 1 - up}

    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s + a * (z[1] ** 2 - Rational(1, 2)),
        transition=transition,
        discount="1/2",
        tremble="1/4",
    )
    found = equilibria(game)
    # Both actions lead to the same laws; in each state either may be played at the tie.
    assert found.count == 4
    assert all(one.gap == (0, 0) for one in found.equilibria)
    for value in enclosed(found, "z[1]"):
        assert value == pytest.approx(0.5**0.5, abs=1e-9)


def test_a_fixed_point_where_two_curves_touch() -> None:
    # P(1) = m - (m - 1/2)^2 m: a double root at 1/2, and one at 0.
    def transition(s: Integer, a: Integer, z: Any) -> dict[int, Any]:
        up = z[1] - z[1] * (z[1] - Rational(1, 2)) ** 2
        return {1: up, 0: 1 - up}

    game = Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: s,
        transition=transition,
        discount="1/2",
        tremble=0,
    )
    found = equilibria(game)
    assert found.count == 2
    assert [one.mean_field[1] for one in found.equilibria] == [(0, 0), (R(1, 2), R(1, 2))]


def test_everybody_stays() -> None:
    game = Game(
        states=3,
        actions=2,
        reward=lambda s, a, z: s * z.mean() - a,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble="1/4",
    )
    found = equilibria(game)
    assert found.continua[0].aggregates["mean"] == (0, 2)
    assert found.count is None


def test_a_segment_ends_where_another_action_becomes_better() -> None:
    # P(1) = m: every m is consistent; the action 1 is the better one for m > 1/3.
    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s + a * (z[1] - Rational(1, 3)),
        transition=lambda s, a, z: {1: z[1], 0: 1 - z[1]},
        discount="1/2",
        tremble="1/4",
    )
    found = equilibria(game)
    assert found.count is None
    ends = {one.strategy: one.aggregates["z[1]"] for one in found.continua}
    assert ends[(0, 0)] == (0, R(1, 3))
    assert ends[(1, 1)] == (R(1, 3), 1)


def test_kinks_and_jumps() -> None:
    # P(1) = 1/4 + max(0, m - 1/2): 1/4 is the only fixed point (m - 1/4 = m for m > 1/2 is none).
    game = Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: s,
        transition=lambda s, a, z: {
            1: Rational(1, 4) + Max(0, z[1] - Rational(1, 2)),
            0: Rational(3, 4) - Max(0, z[1] - Rational(1, 2)),
        },
        discount="1/2",
        tremble=0,
    )
    found = equilibria(game)
    assert found.count == 1
    assert (
        found.equilibria[0].aggregates["z[1]"][0]
        <= R(1, 4)
        <= found.equilibria[0].aggregates["z[1]"][1]
    )
