"""Dobrushin's coefficient, the minorant and C4 against plain loops."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sympy import Piecewise, exp
from sympy import Rational as R

from mfgcheck import mixture, point
from mfgcheck.budgets.constants.constant import Proof
from mfgcheck.budgets.constants.family import whole_tables
from mfgcheck.budgets.constants.lipschitz import bound_c2
from mfgcheck.budgets.constants.mixing import bound_c4, bound_tau, minorant
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from tests.differential.as_game import game_of as random_game
from tests.differential.generate import random_spec
from tests.oracle.operators import dense
from tests.unit.budgets.constants.brute import game_of, largest_tv, laws, steepest, trembling_rows

F = Fraction


def free(transition: object, **more: object) -> Game:
    return game_of(lambda s, a, z: 0, transition, **more)


def test_by_hand() -> None:
    # kappa = 1/2, spread = 1/4: meaning a = 1 in state 1 ends at 1 with 3/4 + 1/4 * 1/2, meaning
    # a = 0 in state 0 ends there with 1/4 * 1/2 (rows (0, 1/2) in state 0 and (1/2, 1) in 1).
    game = free(
        lambda s, a, z: mixture({point(1): R(s + a, 2), point(0): 1 - R(s + a, 2)}), actions=2
    )
    found = bound_tau(whole_tables(game), Deadline())
    assert found.proof is Proof.EXACT
    assert found.upper == F(3, 4) + F(1, 8) - F(1, 8)
    assert "s = 0 meaning 0 against s = 1 meaning 1" in found.where


def test_rows_of_one_state_are_not_compared() -> None:
    # Two rows of state 0 are 1/2 apart, but only one of them is played.
    game = free(
        lambda s, a, z: mixture(
            {point(1): R(2 + (1 - s) * (2 * a - 1), 4), point(0): R(2 - (1 - s) * (2 * a - 1), 4)}
        ),
        actions=2,
        tremble=0,
    )
    found = bound_tau(whole_tables(game), Deadline())
    assert found.upper == F(1, 4)
    one = free(lambda s, a, z: point(0), states=1, actions=2)
    assert bound_tau(whole_tables(one), Deadline()).upper == 0


def test_no_tremble_to_play_with() -> None:
    game = free(lambda s, a, z: point(a), actions=2, tremble="1/2")  # kappa = 0
    assert bound_tau(whole_tables(game), Deadline()).upper == 0
    wide = free(lambda s, a, z: point(a), actions=2, tremble="3/4")  # kappa = -1/2
    assert bound_tau(whole_tables(wide), Deadline()).upper == F(1, 2)


@pytest.mark.parametrize("name", ["mturk", "infection-spread"])
def test_regeneration(name: str) -> None:
    tables = whole_tables(make(name))
    assert bound_tau(tables, Deadline()).upper == F(9, 10)
    least = minorant(tables)
    assert least.total == F(1, 10)
    size = tables.shape[0]
    assert least.masses[0] == F(1, 10) * (F(1, 10) + F(9, 10 * size))
    assert least.masses[size - 1] == F(9, 100 * size)


@pytest.mark.parametrize("seed", range(12))
def test_against_loops(seed: int) -> None:
    game = random_game(random_spec(seed))
    tables = whole_tables(game)
    tau, least = bound_tau(tables, Deadline(5)), minorant(tables)
    c4 = bound_c4(tau, bound_c2(tables, Deadline(5)))
    assert tau.upper is not None
    seen, lowest = 0.0, np.ones(tables.shape[0])
    for z in laws(game, seed, 4):
        _, kernel = dense(game, z)
        seen = max(seen, largest_tv(game, kernel))
        lowest = np.minimum(lowest, kernel.min(axis=(0, 1)))
    assert seen <= float(tau.upper) + 1e-9
    assert float(tau.lower) <= float(tau.upper)
    if tau.where.count("all mass at") or ";" not in tau.where:
        assert seen >= float(tau.lower) - 1e-9
    masses = np.array([float(x) for x in least.masses])
    assert (masses <= lowest + 1e-12).all()
    assert ([float(x) for x in least.attained] >= masses).all()
    assert float(tau.upper) <= 1 - least.total + F(1, 10**6)
    assert c4.upper is None or c4.upper >= tau.upper


def test_the_minorant_is_tight() -> None:
    for seed in range(16):
        least = minorant(whole_tables(random_game(random_spec(seed))))
        gaps = [y - x for x, y in zip(least.masses, least.attained, strict=True)]
        assert max(gaps) <= F(1, 4)
    found = minorant(whole_tables(make("two-lotteries")))
    assert found.total >= sum(found.attained) - F(1, 10**4)


def test_a_minimum_inside() -> None:
    # P(1) = 1/4 + (m - 1/2)^2 is least at m = 1/2, which is not a vertex.
    game = free(
        lambda s, a, z: [
            (R(1, 4) + (z[1] - R(1, 2)) ** 2, point(1)),
            (R(3, 4) - (z[1] - R(1, 2)) ** 2, point(0)),
        ]
    )
    least = minorant(whole_tables(game))
    assert F(1, 4) - F(1, 1000) <= least.masses[1] <= F(1, 4)
    assert F(1, 2) - F(1, 1000) <= least.masses[0] <= F(1, 2)


def test_jumps_do_not_matter_here() -> None:
    game = free(
        lambda s, a, z: [
            (Piecewise((R(s, 4), z[1] > R(1, 2)), (R(s, 2), True)), point(1)),
            (1 - Piecewise((R(s, 4), z[1] > R(1, 2)), (R(s, 2), True)), point(0)),
        ]
    )
    assert bound_tau(whole_tables(game), Deadline()).upper == F(1, 2)


def test_irrational_terms() -> None:
    game = free(
        lambda s, a, z: [(s * exp(-z[1]) / 2, point(1)), (1 - s * exp(-z[1]) / 2, point(0))]
    )
    tau = bound_tau(whole_tables(game), Deadline())
    assert tau.upper is not None
    assert tau.lower <= F(1, 2) <= tau.upper <= F(1, 2) + F(1, 10**9)


def test_c4_holds() -> None:
    # One action: Phi(z) itself.
    for seed in (2, 7, 11):
        game = random_game(random_spec(seed))
        tables = whole_tables(game)
        c4 = bound_c4(bound_tau(tables, Deadline(5)), bound_c2(tables, Deadline(5)))
        if c4.upper is None:
            continue
        known = []
        for z in laws(game, seed, 4):
            _, kernel = dense(game, z)
            masses = np.array([float(z.get(x, F(0))) for x in game.states.labels])
            known.append((masses, masses @ trembling_rows(game, kernel)[:, 0]))
        for z, after in known:
            for y, after2 in known:
                far = np.abs(z - y).sum()
                assert np.abs(after - after2).sum() <= float(c4.upper) * far + 1e-9


def test_c4_is_not_tau_alone() -> None:
    # P(1 | .) = m: all rows agree, and yet Phi moves as fast as z.
    game = free(lambda s, a, z: [(z[1], point(1)), (1 - z[1], point(0))])
    tables = whole_tables(game)
    c4 = bound_c4(bound_tau(tables, Deadline()), bound_c2(tables, Deadline()))
    assert c4.upper == 1
    assert steepest(game)[2] == pytest.approx(1)
