"""Balls of mean fields: what they enclose, at random laws inside, read through the user's game."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Rational as R

from mfgcheck import Game
from mfgcheck.budgets.gap.ball import BITS, Ball, StrategyRows, ball_around
from mfgcheck.gallery import make
from mfgcheck.game.sparse import Exact
from tests.unit.budgets.gap.games import (
    SLACK,
    Law,
    balls,
    far,
    law,
    mixed,
    next_law,
    numbers,
    parts_of,
    plain_game,
    size,
    weights,
    within,
)

UNIT = 1 << 20


def dyadic(z: Sequence[F]) -> tuple[Exact, Law]:
    """A law near a given one, as integers over 2^20 and as fractions."""
    whole = [int(p * UNIT) for p in z]
    whole[0] += UNIT - sum(whole)
    return np.array(whole, dtype=object), tuple(F(p, UNIT) for p in whole)


def strategies(rng: random.Random, game: Game, count: int) -> list[tuple[int, ...]]:
    return [
        tuple(rng.randrange(game.actions.size) for _ in range(game.states.size))
        for _ in range(count)
    ]


def test_terms_are_enclosed_at_every_law_inside() -> None:
    rng, seen, decimals = random.Random(1), 0, 0
    for game, centre, radius, around in balls(1, 20):
        tables, _ = parts_of(game)
        (mu,) = strategies(rng, game, 1)
        rows = StrategyRows.of(tables, mu)
        n = game.states.size
        for z in [centre, *(within(rng, centre, radius) for _ in range(3))]:
            at = numbers(game, z)
            kernel = mixed(weights(game, mu), at.kernel)
            starts = [dyadic([F(int(s == x)) for x in range(n)]) for s in range(n)]
            for whole, start in [*starts, dyadic(z)]:
                low, high, scale = rows.next_law(whole, UNIT, around)
                true = next_law(start, kernel)
                for x in range(n):
                    assert F(int(low[x]), scale) - at.slack <= true[x]
                    assert true[x] <= F(int(high[x]), scale) + at.slack
                    seen += 1
            decimals += not at.exact
            # Terms that are the same for all (s, a) are left out: differences of rewards count.
            first = tables.rewards[0, 0].astype(object)
            for s in range(n):
                for a in range(game.actions.size):
                    parts = [
                        F(int(c), tables.reward_denominator) for c in tables.rewards[s, a] - first
                    ]
                    ends = [
                        sorted((c * x, c * y))
                        for c, (x, y) in zip(parts, around.terms, strict=True)
                    ]
                    gain = at.reward[s][a] - at.reward[0][0]
                    assert sum(e[0] for e in ends) - at.slack <= gain
                    assert gain <= sum(e[1] for e in ends) + at.slack
    assert seen > 800
    assert decimals > 5


def test_a_ball_of_radius_0_is_tight() -> None:
    checked = 0
    for game, centre, radius, around in balls(2, 20):
        if radius:
            continue
        tables, _ = parts_of(game)
        for first, last in around.terms:
            assert last - first < F(1, 2**40)
        mu = (0,) * game.states.size
        whole, start = dyadic(centre)
        low, high, scale = StrategyRows.of(tables, mu).next_law(whole, UNIT, around)
        true = next_law(start, mixed(weights(game, mu), numbers(game, centre).kernel))
        for x, p in enumerate(true):
            assert F(int(high[x]), scale) - p < F(1, 2**40)
            assert p - F(int(low[x]), scale) < F(1, 2**40)
        checked += 1
    assert checked > 5


def test_steepness_and_dobrushin_against_pairs_of_laws() -> None:
    rng, known, tight = random.Random(3), 0, 0
    for game, centre, radius, around in balls(3, 12):
        tables, _ = parts_of(game)
        for mu in strategies(rng, game, 1):
            rows = StrategyRows.of(tables, mu)
            chances = weights(game, mu)
            steep, tau = rows.steepness(around), rows.dobrushin(around)
            assert 0 <= tau <= 1
            for _ in range(3):
                y, z = within(rng, centre, radius), within(rng, centre, radius)
                one, other = (mixed(chances, numbers(game, x).kernel) for x in (y, z))
                for first in one:
                    for second in one:
                        assert far(first, second) / 2 <= tau + SLACK
                moved = max(far(p, q) for p, q in zip(one, other, strict=True))
                if steep is not None:
                    assert moved <= steep * far(y, z) + SLACK
                    known += 1
                    tight += moved > 0 and moved >= steep * far(y, z) / 3
    assert known > 30
    assert tight > 2


def test_dobrushin_at_a_point_is_the_largest_distance_of_two_rows() -> None:
    for game, centre, radius, around in balls(4, 20):
        if radius:
            continue
        tables, _ = parts_of(game)
        mu = (game.actions.size - 1,) * game.states.size
        kernel = mixed(weights(game, mu), numbers(game, centre).kernel)
        true = max(far(p, q) / 2 for p in kernel for q in kernel)
        found = StrategyRows.of(tables, mu).dobrushin(around)
        assert true - SLACK <= found <= true + F(1, 2**40)


def test_steepness_is_attained_where_the_kernel_is_affine() -> None:
    # P(1) = 1/4 + m/2 with m = z[1]: a row moves by 2 |dm| / 2 = ||dz||_1 / 2.
    game = Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: 0,
        transition=lambda s, a, z: {1: R(1, 4) + z[1] / 2, 0: R(3, 4) - z[1] / 2},
        discount="1/2",
        tremble=0,
    )
    tables, parts = parts_of(game)
    around = ball_around(parts, (F(1, 2), F(1, 2)), F(1, 4))
    assert around is not None
    steep = StrategyRows.of(tables, (0, 0)).steepness(around)
    assert steep is not None
    assert F(1, 2) <= steep < F(1, 2) + F(1, 2**40)


def test_rates_without_a_bound_are_not_made_up() -> None:
    def root(s: object, a: object, z: Any) -> dict[int, sympy.Expr]:
        up = sympy.sqrt(z[1]) / 2
        return {1: up, 0: 1 - up}

    game = Game(
        states=2, actions=1, reward=lambda s, a, z: 0, transition=root, discount="1/2", tremble=0
    )
    tables, parts = parts_of(game)
    rows = StrategyRows.of(tables, (0, 0))
    at_zero = ball_around(parts, (F(1), F(0)), F(1, 10))
    assert at_zero is not None
    assert rows.steepness(at_zero) is None
    away = ball_around(parts, (F(1, 2), F(1, 2)), F(1, 10))
    assert away is not None
    # d/dm sqrt(m)/2 = 1/(4 sqrt m), largest at m = 9/20; a row moves by 2 |dp|, m by ||.||/2.
    exact = 1 / (4 * sympy.sqrt(R(9, 20)))
    steep = rows.steepness(away)
    assert steep is not None
    assert exact <= R(steep.numerator, steep.denominator) <= exact * R(1001, 1000)


def jumping(relation: str) -> Game:
    """P(1) jumps at z[1] = 1/2."""

    def transition(s: object, a: object, z: Any) -> dict[int, sympy.Expr]:
        m = z[1]
        upper = m >= R(1, 2) if relation == ">=" else m > R(1, 2)
        up = sympy.Piecewise((R(3, 4), upper), (R(1, 4), True))
        return {1: up, 0: 1 - up}

    return Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: 0,
        transition=transition,
        discount="1/2",
        tremble=0,
    )


@pytest.mark.parametrize("relation", [">=", ">"])
def test_a_ball_that_reaches_a_jump_is_none(relation: str) -> None:
    _, parts = parts_of(jumping(relation))

    def around(mass: F, radius: F) -> Ball | None:
        return ball_around(parts, (1 - mass, mass), radius)

    # The mass moves by at most half of ||.||_1.
    assert around(F(2, 5), F(1, 5) - F(1, 10**9)) is not None
    assert around(F(2, 5), F(1, 5) + F(1, 10**9)) is None
    assert around(F(3, 5), F(1, 5) - F(1, 10**9)) is not None
    assert around(F(3, 5), F(1, 5) + F(1, 10**9)) is None
    # On the jump itself the game is known, but nowhere around it.
    there = around(F(1, 2), F(0))
    if there is not None:
        rows = StrategyRows.of(there.piece.tables, (0, 0))
        low, high, scale = rows.next_law(np.array([1, 1], dtype=object), 2, there)
        true = F(3, 4) if relation == ">=" else F(1, 4)
        assert F(int(low[1]), scale) <= true <= F(int(high[1]), scale)
    assert around(F(1, 2), F(1, 10**9)) is None


def test_several_aggregates_that_depend_on_each_other() -> None:
    # z[0], z[1] and z[2] sum to 1: two coordinates tell all of them.
    def transition(s: object, a: object, z: Any) -> dict[int, sympy.Expr]:
        masses = [z[x] for x in range(3)]
        return {0: (masses[0] + masses[1]) / 2, 1: masses[2] / 2, 2: R(1, 2)}

    game = Game(
        states=3,
        actions=2,
        reward=lambda s, a, z: a * z[0] * z[2],
        transition=transition,
        discount="1/2",
        tremble="1/10",
    )
    tables, parts = parts_of(game)
    rng = random.Random(8)
    for _ in range(40):
        centre = law(rng, 3)
        around = ball_around(parts, centre, F(1, 10))
        assert around is not None
        rows = StrategyRows.of(tables, (0, 1, 0))
        steep = rows.steepness(around)
        assert steep is not None
        y, z = within(rng, centre, F(1, 10)), within(rng, centre, F(1, 10))
        one, other = (mixed(weights(game, (0, 1, 0)), numbers(game, x).kernel) for x in (y, z))
        assert max(far(p, q) for p, q in zip(one, other, strict=True)) <= steep * far(y, z)


def test_reward_alone_sees_the_mean_field() -> None:
    rng = random.Random(9)
    game = plain_game(rng, aggregates=0)
    tables, parts = parts_of(game)
    around = ball_around(parts, law(rng, 3), F(2))
    assert around is not None
    assert StrategyRows.of(tables, (0, 0, 0)).steepness(around) == 0
    assert make("audit-f").kernel_at(0, 0, {0: 1}) == make("audit-f").kernel_at(0, 0, {1: 1})
    _, parts = parts_of(make("audit-f"))
    around = ball_around(parts, (F(1, 3), F(2, 3)), F(2))
    assert around is not None
    assert StrategyRows.of(around.piece.tables, (1, 0)).steepness(around) == 0


def test_units() -> None:
    for _, _, _, around in balls(6, 10):
        terms = around.kernel_terms
        assert terms.bits == BITS
        for (low, high), x, y in zip(around.terms, terms.low, terms.high, strict=False):
            assert F(int(x), 1 << BITS) <= low <= high <= F(int(y), 1 << BITS)


def test_a_vector_that_sums_to_0_shrinks_by_dobrushin() -> None:
    rng = random.Random(11)
    for game, centre, _, around in balls(7, 8):
        tables, _ = parts_of(game)
        mu = (0,) * game.states.size
        kernel = mixed(weights(game, mu), numbers(game, centre).kernel)
        tau = StrategyRows.of(tables, mu).dobrushin(around)
        y, z = law(rng, game.states.size), law(rng, game.states.size)
        v = [p - q for p, q in zip(y, z, strict=True)]
        assert size(next_law(v, kernel)) <= tau * size(v) + SLACK
