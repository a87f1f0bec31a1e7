"""Games at which a careless search proves what is false: sizes, cancellations, jumps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Max, Piecewise, exp
from sympy import Rational as R

from mfgcheck import Game, check, equilibria, gallery, point, solve, uniform
from mfgcheck.equilibrium.levels import Levels, levels
from mfgcheck.equilibrium.ranges.tables import Tables, span_of, weigh
from mfgcheck.errors import BadInput, InvalidGame
from mfgcheck.report.blocks import Table
from mfgcheck.verify.verdict import Status


def game(
    states: int,
    actions: int,
    reward: Callable[[Any, Any, Any], object],
    transition: Callable[[Any, Any, Any], object],
    discount: object = "1/2",
    tremble: object = 0,
) -> Game:
    return Game(states, actions, reward, transition, discount, tremble)


def test_an_aggregate_that_cancels_out_does_not_take_the_place_of_one_that_matters() -> None:
    # z[1] is asked for first, and its weight cancels: half each to 0 and 1 is uniform.
    # P(1) = 1/16 + (7/8) p with p = (8/7)(m - 2 (m - 5/8)^3 - 1/16): m = 5/8 only.
    def reward(s: Any, a: Any, z: Any) -> Any:
        return R(s, 3) + 0 * z[1]

    def transition(s: Any, a: Any, z: Any) -> list[tuple[Any, Any]]:
        share = z[1]
        m = (1 - z.mean(lambda x: 1 - 2 * x)) / 2
        p = (m - 2 * (m - R(5, 8)) ** 3 - R(1, 16)) * R(8, 7)
        return [
            (share / 16, point(0)),
            (share / 16, point(1)),
            (R(1, 8) - share / 8, uniform([0, 1])),
            (R(7, 8) * p, point(1)),
            (R(7, 8) * (1 - p), point(0)),
        ]

    found = equilibria(game(2, 1, reward, transition), max_boxes=300)
    assert found.count in (1, None)
    assert found.count or not found.complete  # and never "none"


def test_two_closed_classes_at_a_single_value_are_no_continuum() -> None:
    # Only at the mean 5/2 do 1 and 3 stay; everywhere else they, too, go to 0, as 2 always does.
    def transition(s: Any, a: Any, z: Any) -> Any:
        m = z.mean()
        there = Piecewise((1, (m <= R(5, 2)) & (m >= R(5, 2))), (0, True))
        target = {0: 0, 1: 1, 2: 0, 3: 1}[int(s)]
        return [(there, target), (1 - there, 0)] if target else {0: 1}

    found = equilibria(game(4, 1, lambda s, a, z: 0, transition))
    # All mass at 0 is the one T-MFE: laws on the states that stay, {0, 1}, have a mean <= 1.
    assert not found.continua
    assert [one.mean_field[0] for one in found.equilibria] == [(1, 1)]


@pytest.mark.parametrize("size", [1000, 2**37, 2**38 - 3])
def test_large_rewards_do_not_overflow(size: int) -> None:
    # The sign of m - m^2 says that action 0 is the better one at every m in (0, 1).
    unit = R(1, 1024)

    def mean(z: Any) -> Any:
        return z.mean(lambda x: (x + 1) * unit)

    def transition(s: Any, a: Any, z: Any) -> Any:
        p = mean(z) + R(1, 4) if a == 0 else R(3, 4) - mean(z)
        return [(p, 1), (1 - p, 0)]

    def reward(s: Any, a: Any, z: Any) -> Any:
        return (1 - 2 * a) * size * (mean(z) - mean(z) ** 2) + s * 10**4

    found = equilibria(game(2, 2, reward, transition, "1/100"))
    assert found.count == 1
    expected = (0, 0) if size > 10**6 else (1, 1)  # small ones do not outweigh the states' 10^4
    assert found.equilibria[0].strategy == expected


@pytest.mark.parametrize("size", [R(1000), R(135 * 10**9)])
def test_large_aggregates_do_not_overflow(size: R) -> None:
    def transition(s: Any, a: Any, z: Any) -> Any:
        if s == 2:
            return {2: 1}
        m = z.mean(lambda x: x * size)
        w = (m + Max(m - size / 100, 0) + Max(m - size / 50, 0)) / (16 * size) + R(1, 4)
        return [(w, 2), (1 - w, 0)]

    found = equilibria(game(3, 2, lambda s, a, z: R(s, 3) + a, transition, "1/2", "1/2"))
    assert found.count == 1  # 2 absorbs everything
    assert found.equilibria[0].mean_field[2] == (1, 1)


def test_sums_of_sizes_do_not_overflow() -> None:
    # Three terms near 2^62: their sizes add up to more than 64 bits hold.
    span = span_of([(Fraction(2**38), Fraction(2**38))] * 3, 23)
    c = np.zeros((1, 3), dtype=np.int64)
    found = weigh(c, span, 1)
    assert found.low[0] <= -3 * 2**38
    assert found.high[0] >= 3 * 2**38


def test_large_weights_that_nearly_cancel_are_multiplied_exactly() -> None:
    # phi = x/2^63, so that the weights have coefficients of 2^63.
    big = 2**63

    def transition(s: Any, a: Any, z: Any) -> Any:
        m = z.mean(lambda x: R(x, big))
        return {
            0: R(1, 4) + m * big / 16,
            1: R(1, 4) - m * big / 16,
            2: R(1, 4) + m * big / 16,
            3: R(1, 4) - m * big / 16,
        }

    tables = Tables.of(game(4, 1, lambda s, a, z: s, transition))
    v = np.array([[3], [1], [4], [1]], dtype=np.int64)
    exact = np.einsum("sakt,tc->sakc", tables.kernel.astype(object), v.astype(object))
    assert (tables.multiply(v).astype(object) == exact).all()


def test_nothing_is_stable_or_robust_at_a_jump() -> None:
    # P(1) = 1/4, 1/2, 3/4 for z[1] below, at and above 1/2.
    def transition(s: Any, a: Any, z: Any) -> Any:
        m = z[1]
        up = Piecewise((R(1, 4), m < R(1, 2)), (R(3, 4), m > R(1, 2)), (R(1, 2), True))
        return {1: up, 0: 1 - up}

    found = equilibria(game(2, 1, lambda s, a, z: s, transition))
    assert found.count == 3
    assert [one.stable for one in found.equilibria] == [True, None, True]
    assert [one.robust for one in found.equilibria] == [True, False, True]


def test_a_point_of_contact_is_not_robust() -> None:
    # P(1) - m = -(m - 1/2)^2 (m - 1/4) / 4: the least change removes the double root at 1/2.
    def transition(s: Any, a: Any, z: Any) -> Any:
        up = z[1] - (z[1] - R(1, 2)) ** 2 * (z[1] - R(1, 4)) / 4
        return {1: up, 0: 1 - up}

    found = equilibria(game(2, 1, lambda s, a, z: s, transition))
    assert [one.robust for one in found.equilibria] == [True, False]


@pytest.mark.parametrize("radius", ["1e-6", "1e-10", "1e-20"])
def test_the_radius_is_kept(radius: str) -> None:
    # A double root at 1/sqrt 2, which only exact algebra finds, and one at 1/4.
    def transition(s: Any, a: Any, z: Any) -> Any:
        m = z[1]
        up = m - (m**2 - R(1, 2)) ** 2 * (m - R(1, 4)) / 4
        return {1: up, 0: 1 - up}

    found = equilibria(game(2, 1, lambda s, a, z: s, transition), radius=radius)
    assert found.count == 2
    assert all(one.radius <= Fraction(radius) for one in found.equilibria)


@pytest.mark.parametrize(
    ("discount", "reward"),
    [
        ("1/100000000000000000000", lambda s, a, z: s + a),
        ("99999999999999999999/100000000000000000000", lambda s, a, z: s + a),
        ("1/2", lambda s, a, z: 0),
        ("1/2", lambda s, a, z: a * exp(800 * z[1])),
    ],
)
def test_extreme_data_give_an_answer(discount: str, reward: Callable[..., object]) -> None:
    def transition(s: Any, a: Any, z: Any) -> Any:
        up = R(1, 4) + z[1] / 4 + R(a, 4)
        return {1: up, 0: 1 - up}

    found = equilibria(game(2, 2, reward, transition, discount, "1/4"), max_boxes=300)
    assert found.count is None or found.count >= 1


def test_what_is_at_the_edge_is_not_robust() -> None:
    # In the gallery's epidemic nobody is infected in the T-MFE; any infection from outside ends it.
    found = equilibria(gallery.make("sis"))
    (one,) = found.equilibria
    assert one.aggregates["z[infected]"] == (0, 0)
    assert not one.robust


def rising(discount: object = "1/2", tremble: object = "1/5", size: object = 1) -> Game:
    """A game with complementarities: whoever is up earns more, and the more the more are up."""

    def transition(s: Any, a: Any, z: Any) -> Any:
        up = R(1, 4) + z[1] / 4 + R(a, 4)
        return {1: up, 0: 1 - up}

    return game(2, 2, lambda s, a, z: (s + a * z[1]) * size, transition, discount, tremble)


HUGE, TINY = R(10) ** 400, R(10) ** -400


@pytest.mark.parametrize("size", [R(10) ** 301, HUGE, R(10) ** 3000, TINY, R(10) ** -3000])
def test_the_unit_of_the_rewards_does_not_matter(size: R) -> None:
    plain, found = equilibria(rising()), equilibria(rising(size=size))
    assert found.count == plain.count == 1
    (one,), (other,) = found.equilibria, plain.equilibria
    assert (one.strategy, one.robust, one.stable) == (other.strategy, other.robust, other.stable)
    assert one.gap is not None
    assert other.gap is not None
    factor = Fraction(int(size.p), int(size.q))
    assert other.gap[0] * factor <= one.gap[1]
    assert one.gap[0] <= other.gap[1] * factor
    assert 0.5 <= Tables.of(rising(size=size)).reward_floats.max() < 2


def test_rewards_of_usual_size_keep_their_unit() -> None:
    tables = Tables.of(rising(size=100))
    assert tables.scaled[1] == tables.reward_denominator
    assert (tables.scaled[0] == tables.rewards).all()


@pytest.mark.parametrize(
    ("discount", "tremble"),
    [
        *(("0.999999999999999999", tremble) for tremble in ("1/5", TINY, R(1, 2) - TINY)),
        *((1 - tiny, "1/5") for tiny in (TINY, R(10) ** -3000)),
        (TINY, TINY),
    ],
)
def test_extreme_discounts_and_trembles_are_decided(discount: object, tremble: object) -> None:
    assert equilibria(rising(discount, tremble)).count == 1


@pytest.mark.parametrize("tremble", [TINY, R(1, 2) - TINY])
def test_what_differs_by_too_little_is_left_open_with_a_reason(tremble: object) -> None:
    found = equilibria(rising(1 - TINY, tremble))
    assert found.count is None
    assert all(one.reason for one in found.undecided)


BEYOND_FLOATS = {
    "rewards of 10^301": (rising(size=R(10) ** 301), "too large for floating point"),
    "rewards of 10^400": (rising(size=HUGE), "too large for floating point"),
    "rewards of 10^295 for 10^10 steps": (
        rising(1 - R(10) ** -10, size=R(10) ** 295),
        "too large for floating point",
    ),
    "rewards of 10^-400": (rising(size=TINY), "none above 10^-400 in size, are too small"),
    "discount 1 - 10^-18": (rising("0.999999999999999999"), "1 less the discount is 1e-18"),
    "discount 1 - 10^-400": (rising(1 - TINY), "1 less the discount is 10^-400"),
}


@pytest.mark.parametrize("name", BEYOND_FLOATS)
def test_what_floats_cannot_hold_is_said_and_costs_one_level_only(name: str) -> None:
    made, why = BEYOND_FLOATS[name]
    with pytest.raises(BadInput, match=re.escape(why)):
        solve(made)
    found = levels(made, check(made))
    assert isinstance(found.observed, str)
    assert why in found.observed
    assert not isinstance(found.order, str)
    assert found.order.status is Status.PROVED
    assert not isinstance(found.equilibria, str)
    assert found.equilibria.count == 1
    assert f"T-BR not run: {found.observed}" in [row[1] for row in _levels_table(found).rows]
    json.dumps(found.to_dict(), allow_nan=False)
    # The map of the aggregate is drawn with floats, the law of the T-MFE is not.
    titles = [figure.title for figure in found.equilibria.figures()]
    assert "Laws of the state" in titles
    assert not any(title.startswith("The map") for title in titles)


def _levels_table(found: Levels) -> Table:
    (table,) = (b for b in found.blocks() if isinstance(b, Table) and b.columns[0] == "level")
    return table


def test_a_level_that_cannot_be_run_does_not_take_down_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise BadInput("no order today")

    monkeypatch.setattr("mfgcheck.equilibrium.levels.order_preserving", fail)
    made = rising()
    found = levels(made, check(made))
    assert found.order == "no order today"
    assert not isinstance(found.equilibria, str)
    assert found.equilibria.count == 1


def test_what_underflow_takes_away_is_within_the_error() -> None:
    # e^(-8000) is 0 in floats; the true best action is 1 in both states.
    made = game(
        2, 2, lambda s, a, z: a * exp(-8000 * z[1]), lambda s, a, z: {0: R(1, 3), 1: R(2, 3)}
    )
    found = solve(made, "greatest", max_steps=1)
    assert found.runs[0].q_error > 0
    assert found.runs[0].ties == (0, 1)


@pytest.mark.parametrize("size", [10**400, Fraction(1, 10**400)])
def test_labels_of_any_size(size: Any) -> None:
    def transition(s: Any, a: Any, z: Any) -> Any:
        up = R(1, 4) + z[size] / 4 + (R(1, 4) if a else 0)
        return {size: up, 0: 1 - up}

    def reward(s: Any, a: Any, z: Any) -> Any:
        return (1 if s else 0) + (z[size] if a else 0)

    made = Game([0, size], [0, size], reward, transition, "1/2", "1/5")
    assert equilibria(made).count == 1
    found = solve(made)
    assert found.converged
    assert found.figures()


def test_weights_of_extreme_size() -> None:
    def transition(s: Any, a: Any, z: Any) -> list[tuple[Any, Any]]:
        i = R(1, 3) + z.mean() / 99 + s * TINY
        return [(i, point(s + a + 1).clip(0, 7)), (1 - i, point(0))]

    made = game(8, 2, lambda s, a, z: -s * a, transition, "1/2", TINY)
    assert equilibria(made).count == 1
    assert solve(made).converged


@pytest.mark.parametrize(
    "make",
    [
        lambda: rising(1 - R(10) ** -5000),
        lambda: rising(tremble=R(10) ** -5000),
        lambda: rising(size=R(10) ** 5000),
        lambda: rising(size=R(10) ** -5000),
        lambda: rising(size=exp(R(10) ** -5000)),
    ],
)
def test_numbers_that_python_does_not_write_are_refused(make: Callable[[], Game]) -> None:
    with pytest.raises(InvalidGame, match="a number of more than 4000 digits, about"):
        make()


def test_denominators_that_are_longer_together_have_a_digest() -> None:
    # Each weight is short; their common denominator has more than 4,300 digits.
    def transition(s: Any, a: Any, z: Any) -> Any:
        up = R(1, 10**300 + 2 * int(s) + 1)
        return {s: 1 - up, 0: up} if s else {0: 1}

    one, other = (game(30, 1, lambda s, a, z, k=k: s + k, transition) for k in (0, 1))
    assert one.form.weights.denominator > 10**4300
    assert one.digest != other.digest
