"""C1 and C2: values by hand, bounds against plain difference quotients, jumps and kinks."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from sympy import Abs, Max, Piecewise, exp, sqrt, tanh
from sympy import Rational as R

from mfgcheck import point
from mfgcheck.budgets.constants.constant import Constant, Proof
from mfgcheck.budgets.constants.family import whole_tables
from mfgcheck.budgets.constants.lipschitz import bound_c1, bound_c1_sum, bound_c2
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from tests.differential.as_game import game_of as random_game
from tests.differential.generate import random_spec
from tests.unit.budgets.constants.brute import game_of, steepest, still

F = Fraction


def three(game: Game) -> tuple[Constant, Constant, Constant]:
    tables = whole_tables(game)
    c1, c1_sum, c2 = (f(tables, Deadline(1)) for f in (bound_c1, bound_c1_sum, bound_c2))
    return c1, c1_sum, c2


def exactly(constant: Constant, value: Fraction | int) -> bool:
    return constant.proof is Proof.EXACT and constant.lower == constant.upper == value


def test_a_game_whose_kernel_alone_moves() -> None:
    # P(1 | 1, m) = 9/10 + m/10, and ||z - z'||_1 = 2 |m - m'|.
    game = game_of(
        lambda s, a, z: 2 * s - 1,
        lambda s, a, z: [(R(9, 10) + z[1] / 10, point(s)), (R(1, 10) - z[1] / 10, point(0))],
        discount="3/4",
    )
    c1, _, c2 = three(game)
    assert exactly(c1, 0)
    assert exactly(c2, F(1, 10))


def test_mturk() -> None:
    c1, c1_sum, c2 = three(make("mturk"))
    assert exactly(c1, F(99, 10))
    assert exactly(c1_sum, 500 * F(99, 10))
    assert exactly(c2, 0)


def test_infection_spread() -> None:
    c1, _, c2 = three(make("infection-spread"))
    # 1/5 of the mean immunity, which ranges from 0 to 1 - e^(-6/5).
    value = (1 - exp(R(-6, 5))) / 10
    assert c1.upper is not None
    assert float(c1.upper) == pytest.approx(float(value), rel=1e-9)
    assert c1.lower <= F(str(sympy.N(value, 40))) <= c1.upper
    # i = e^(-m/20)/10 has slope 1/200 at m = 0; span 24; and from a = 1 on, infected and healthy
    # are apart by 2 * 9/10 * 9/10 (where no clip brings them together).
    assert c2.upper is not None
    assert float(c2.upper) == pytest.approx(12 / 200 * 1.62, rel=1e-5)


def test_two_lotteries_reward() -> None:
    c1, c1_sum, _ = three(make("two-lotteries"))
    assert exactly(c1, F(4 * 24, 400) / 2)
    assert exactly(c1_sum, 25 * F(10 * 24, 400) / 2)


@pytest.mark.parametrize("seed", range(12))
def test_difference_quotients_never_exceed_the_bounds(seed: int) -> None:
    game = random_game(random_spec(seed))
    found = three(game)
    for constant, seen in zip(found, steepest(game, seed), strict=True):
        if constant.proof in (Proof.EXACT, Proof.BOUNDED):
            assert constant.upper is not None
            assert seen <= float(constant.upper) * (1 + 1e-9) + 1e-9
            assert constant.lower <= constant.upper
            if constant.where.count("all mass at"):
                assert seen >= float(constant.lower) * 0.99
        if constant.proof is Proof.NONE:
            assert constant.where


def test_bounds_are_tight() -> None:
    tight = [
        constant.upper - constant.lower <= constant.upper / 1000
        for seed in range(8)
        for constant in three(random_game(random_spec(seed)))
        if constant.upper
    ]
    assert sum(tight) >= 0.9 * len(tight) > 8


def test_a_jump_has_no_constant() -> None:
    step = still(lambda s, a, z: Piecewise((1, z[1] >= R(1, 3)), (0, True)))
    c1, c1_sum, c2 = three(step)
    assert c1.proof is c1_sum.proof is Proof.NONE
    assert c1.upper is None
    assert c1.text == "none is finite"
    assert "jumps by 1 where z is 2/3 at 0, 1/3 at 1" in c1.where
    assert exactly(c2, 0)


def test_a_jump_of_the_kernel_leaves_the_reward_alone() -> None:
    c1, _, c2 = three(make("audit-d"))
    assert exactly(c1, 0)
    assert c2.proof is Proof.NONE


def test_an_isolated_value_is_a_jump() -> None:
    odd = still(lambda s, a, z: Piecewise((0, z[1] > R(1, 3)), (0, z[1] < R(1, 3)), (5, True)))
    assert three(odd)[0].proof is Proof.NONE


def test_jumps_that_cancel_do_not_count() -> None:
    # z for z >= 1/2, 1 - z below: no jump at 1/2, slopes 1 and -1.
    bent = still(lambda s, a, z: Piecewise((z[1], z[1] >= R(1, 2)), (1 - z[1], True)))
    assert exactly(three(bent)[0], F(1, 2))


def test_a_jump_at_the_end_counts() -> None:
    at_end = still(lambda s, a, z: Piecewise((1, z[1] >= 1), (0, True)))
    assert three(at_end)[0].proof is Proof.NONE


def test_a_step_beyond_the_range_does_not() -> None:
    beyond = still(lambda s, a, z: Piecewise((1, z[1] >= 2), (z[1], True)))
    assert exactly(three(beyond)[0], F(1, 2))


def test_kinks() -> None:
    assert exactly(three(still(lambda s, a, z: 3 * Abs(z[1] - R(1, 3))))[0], F(3, 2))
    nested = still(lambda s, a, z: Max(0, Max(0, 2 * z[1] - 1) - R(1, 2)))
    assert exactly(three(nested)[0], 1)


def test_a_kink_across_two_aggregates() -> None:
    # max(z1, z2) over three states: from one to the other nothing is faster than 1/2.
    found = three(still(lambda s, a, z: Max(z[1], 2 * z[2]), states=3))[0]
    assert found.upper is not None
    assert found.lower == 1 <= found.upper <= F(1001, 1000)


def test_several_aggregates() -> None:
    # z1 - z2: moving mass from 2 to 1 counts twice; 3 z1 z2 at (1/2, 1/2): slopes 3/2 and 3/2.
    linear = still(lambda s, a, z: z[1] - z[2], states=3)
    assert exactly(three(linear)[0], 1)
    square = still(lambda s, a, z: 3 * z[1] * z[2], states=3)
    # D = 3 (z2, z1) against (0, 0) or each other: at z1 = 1, D = (0, 3): 3/2.
    assert exactly(three(square)[0], F(3, 2))


def test_an_interior_maximum_of_the_slope() -> None:
    found = three(still(lambda s, a, z: tanh(4 * z[1] - 2)))[0]
    assert found.upper is not None
    assert F(1999999, 10**6) <= found.lower <= 2 <= found.upper <= F(2000003, 10**6)


def test_irrational_functionals() -> None:
    found = three(still(lambda s, a, z: z.mean(lambda x: sqrt(2) * x)))[0]
    assert found.upper is not None
    assert float(found.lower) == pytest.approx(2**0.5 / 2, rel=1e-12)
    assert found.lower**2 <= F(1, 2) <= found.upper**2
    both = three(
        still(
            lambda s, a, z: z.mean(lambda x: sqrt(2) * x) * z.mean(lambda x: sqrt(3) * x**2),
            states=3,
        )
    )[0]
    assert both.upper is not None
    assert float(both.lower) > 0
    assert float(both.lower) <= float(both.upper) <= float(both.lower) * 1.01


def test_an_infinite_slope_is_not_called_finite() -> None:
    found = three(still(lambda s, a, z: sqrt(z[1])))[0]
    assert found.proof is Proof.OPEN
    assert found.upper is None
    assert found.text == "not known"


def test_hidden_cancellation_leaves_nothing() -> None:
    e = exp
    found = three(still(lambda s, a, z: e(z[1]) / (1 + e(z[1])) + 1 / (1 + e(z[1]))))[0]
    assert exactly(found, 0)


def test_one_state_has_one_mean_field() -> None:
    for constant in three(game_of(lambda s, a, z: z[0], lambda s, a, z: point(0), states=1)):
        assert exactly(constant, 0)


def test_many_aggregates_go_row_by_row() -> None:
    c1, c1_sum, _ = three(make("beach-bar"))
    assert c1.lower <= F(1, 4) <= (c1.upper or 0) <= F(1, 4) + F(1, 10**5)
    assert c1_sum.upper is not None
    assert c1_sum.upper <= 33 * F(1, 4) + F(1, 10**3)
