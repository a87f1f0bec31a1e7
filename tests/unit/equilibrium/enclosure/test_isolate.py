"""Fixed points, gaps and stability against plain arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Max

from mfgcheck import Game, gallery
from mfgcheck.equilibrium.enclosure.isolate import Answer, Fixed, Place, locate, width
from mfgcheck.equilibrium.ranges.pieces import Piece, pieces
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.rigor import balls
from tests.unit.equilibrium.games import law_of, plain, trembling

R = Fraction


def fixed_of(game: Game, strategy: list[int]) -> Fixed:
    (piece,) = pieces(Tables.of(game))
    return Fixed(piece, np.array(strategy, dtype=np.int64))


def logistic(rate: Fraction) -> Game:
    """P(1) = rate m (1 - m): fixed points 0 and 1 - 1/rate, of slopes rate and 2 - rate."""
    return Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: s,
        transition=lambda s, a, z: {1: rate * z[1] * (1 - z[1]), 0: 1 - rate * z[1] * (1 - z[1])},
        discount="1/2",
        tremble=0,
    )


@pytest.mark.parametrize("low", [R(1, 2), R(11, 20), R(59, 100), R(3, 5)])
def test_one_fixed_point_is_found_in_the_box_that_has_it(low: Fraction) -> None:
    fixed = fixed_of(logistic(R(5, 2)), [0, 0])
    with balls.precision(128):
        place = locate(fixed, ((low, R(65, 100)),), R(1, 10**12), 128)
    assert isinstance(place, Place)
    ((first, last),) = place.box
    assert first <= R(3, 5) <= last
    assert place.certain
    assert last - first <= R(1, 10**11)


def test_no_fixed_point_in_the_box_that_has_none() -> None:
    fixed = fixed_of(logistic(R(5, 2)), [0, 0])
    with balls.precision(128):
        assert locate(fixed, ((R(61, 100), R(7, 10)),), R(1, 10**12), 128) is Answer.NONE
        assert locate(fixed, ((R(1, 2), R(59, 100)),), R(1, 10**12), 128) is Answer.NONE


def test_two_fixed_points_are_not_taken_for_one() -> None:
    fixed = fixed_of(logistic(R(5, 2)), [0, 0])
    with balls.precision(128):
        assert locate(fixed, ((R(0), R(1)),), R(1, 10**12), 128) is Answer.OPEN


def test_a_double_root_is_not_taken_for_one_or_none() -> None:
    fixed = fixed_of(logistic(R(1)), [0, 0])  # P(1) - m = -m^2
    with balls.precision(128):
        assert locate(fixed, ((R(0), R(1, 10)),), R(1, 10**12), 128) is Answer.OPEN


def test_a_place_whose_image_sticks_out_is_not_certain() -> None:
    # P(1) - m falls with slope 39/40 before 1/2 and 1/40 after it, and is still 1/256000 at the
    # box's end, so there is no zero; but for such slopes Krawczyk's image is as large as the box.
    half = R(1, 1024)

    def up(m: Any) -> Any:
        rest = half / 250 + half / 40
        return R(1, 2) + rest + (m - R(1, 2)) / 40 + R(19, 20) * Max(m - R(1, 2), 0)

    game = Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: s,
        transition=lambda s, a, z: {1: up(z[1]), 0: 1 - up(z[1])},
        discount="1/2",
        tremble=0,
    )
    with balls.precision(128):
        place = locate(
            fixed_of(game, [0, 0]), ((R(1, 2) - half, R(1, 2) + half),), R(1, 10**12), 128
        )
    assert isinstance(place, Place)
    assert not place.certain


@pytest.mark.parametrize(("low", "high"), [(R(0), R(1)), (R(1, 4), R(1, 2)), (R(1, 2), R(4, 7))])
def test_the_kernel_over_a_box_contains_those_of_its_points(low: Fraction, high: Fraction) -> None:
    fixed = fixed_of(logistic(R(5, 2)), [0, 0])
    with balls.precision(128):
        found = fixed.kernel_over(((low, high),), 128)
    assert found is not None
    first, last = balls.bounds(found[0][0, 1]) or (R(1), R(0))
    for m in (low, (low + high) / 2, high):
        assert first <= R(5, 2) * m * (1 - m) <= last


@pytest.mark.parametrize(
    ("rate", "point", "stable"),
    [
        (R(5, 2), R(3, 5), True),  # slope -1/2
        (R(7, 2), R(5, 7), False),  # slope -3/2
        (R(5, 2), R(0), False),  # slope 5/2
        (R(1, 2), R(0), True),  # slope 1/2
        (R(3), R(2, 3), None),  # slope -1: not to be told from eigenvalues
    ],
)
def test_stability(rate: Fraction, point: Fraction, stable: bool | None) -> None:
    fixed = fixed_of(logistic(rate), [0, 0])
    with balls.precision(128):
        assert fixed.stable(((point, point),), 128) is stable


@pytest.mark.parametrize("name", ["infection-spread", "audit-b", "capped-health"])
def test_gaps_and_laws_contain_plain_ones(name: str) -> None:
    game = gallery.make(name)
    (piece,) = pieces(Tables.of(game))
    rng = np.random.default_rng(11)
    n, actions = game.states.size, game.actions.size
    top = R(2, 5)
    z = {game.states.labels[0]: 1 - top, game.states.labels[-1]: top}
    reward, kernel = plain(game, z)
    strategy = rng.integers(actions, size=n)
    fixed = Fixed(piece, strategy)
    at = [(1 - top) * R(phi[0]) + top * R(phi[-1]) for phi in piece.phi]
    box = tuple((x - R(1, 10**6), x + R(1, 10**6)) for x in at)
    with balls.precision(128):
        gaps, law = fixed.gaps(box, 128), fixed.law(box, 128)
    assert gaps is not None
    assert law is not None
    mixed = trembling(game, kernel, strategy)
    eps = float(game.tremble)
    weights = np.full((n, actions), eps / (actions - 1))
    weights[np.arange(n), strategy] = 1 - eps
    gamma = float(game.discount)
    v = np.linalg.solve(np.eye(n) - gamma * mixed, (weights * reward).sum(axis=1))
    q = reward + gamma * kernel @ v
    true = q[np.arange(n), strategy][:, None] - q
    for s in range(n):
        for a in range(actions):
            low, high = balls.bounds(gaps[s][a]) or (0, 0)
            assert low - R(1, 10**9) <= true[s, a] <= high + R(1, 10**9)
            assert high - low < R(1, 1000)
    expected = law_of(mixed)
    for s in range(n):
        low, high = balls.bounds(law[s]) or (0, 0)
        assert low - R(1, 10**9) <= expected[s] <= high + R(1, 10**9)


def test_derivatives_of_the_law_are_those_of_differences() -> None:
    fixed = fixed_of(gallery.make("infection-spread"), [4] * 20 + [3, 2, 1, 0, 0])
    piece: Piece = fixed.piece
    step = R(1, 1000)
    with balls.precision(128):
        found = fixed.values(((R(10), R(10)),), 128)
        up, down = fixed.law(((10 + step,) * 2,), 128), fixed.law(((10 - step,) * 2,), 128)
    assert found is not None
    assert up is not None
    assert down is not None
    rates = [float(found[1][s, 0].mid()) for s in range(25)]
    slopes = [(float(x.mid()) - float(y.mid())) / 0.002 for x, y in zip(up, down, strict=True)]
    np.testing.assert_allclose(rates, slopes, atol=1e-8)
    assert max(map(abs, rates)) > 1e-5  # there is something to compare
    assert width(piece.box) == 24
