"""Exact hulls: weights, clips, reach and covers."""

from __future__ import annotations

from fractions import Fraction as Q
from itertools import product

import pytest

from mfgcheck.rigor import Region
from mfgcheck.rigor.cone import extreme, halfspace, hyperplane, normalised, within
from mfgcheck.rigor.linear import feasible_combination
from mfgcheck.rigor.separation import separated

CURVE = Region.of([(x, x * x) for x in range(5)])


def mix(region: Region, weights: dict[int, Q]) -> tuple[Q, ...]:
    return tuple(
        sum((w * region.points[k][j] for k, w in weights.items()), Q(0))
        for j in range(region.dimension)
    )


def test_the_hull_of_the_curve_has_all_its_points() -> None:
    assert sorted(CURVE.corners) == [0, 1, 2, 3, 4]
    assert len(CURVE.cells) == 3


def test_interior_and_collinear_points_are_no_corners() -> None:
    region = Region.of([(0, 0), (1, 1), (2, 2), (2, 0), (2, 1), (0, 0)])
    assert {region.points[k] for k in region.corners} == {(0, 0), (2, 2), (2, 0)}


@pytest.mark.parametrize(
    "region",
    [
        CURVE,
        Region.of([(0,), (3,), (1,)]),
        Region.of([(1, 2), (3, 6), (2, 4)]),
        Region.of([(1, 1, 1)]),
        Region.of([(x, x * x, x**3) for x in range(6)]),
        Region.of([(x, x * x, x**3) for x in range(60)]),
        Region.of([*product((0, 1), repeat=3)]),
        Region.of([(x, y, x + y) for x in range(3) for y in range(3)]),
    ],
)
def test_weights_give_the_point(region: Region) -> None:
    points = region.points[:6]
    for k, p in enumerate(points):
        q = points[(k + 2) % len(points)]
        inside = tuple((2 * x + y) / 3 for x, y in zip(p, q, strict=True))
        weights = region.barycentric(inside)
        assert weights is not None
        assert mix(region, weights) == inside
        assert min(weights.values()) > 0
        assert sum(weights.values()) == 1
    assert region.contains(region.middle)
    beyond = tuple(x + 10**6 for x in region.middle)
    assert not region.contains(beyond)


def test_a_point_beside_a_flat_region_is_outside() -> None:
    assert not Region.of([(0, 0), (2, 2)]).contains((Q(1), Q(1, 2)))


def test_frames_rewrite_all_coordinates() -> None:
    region = Region.of([(1, 5, 2), (2, 7, 2), (4, 11, 2)])
    assert region.frame.rank == 1
    for point in region.points:
        assert region.frame.lift(region.frame.reduce(point)) == point
        for j in range(3):
            constant, (k,) = region.frame.coordinate(j)
            assert constant + k * region.frame.reduce(point)[0] == point[j]


def test_clips() -> None:
    strip = CURVE.clip(0, Q(1, 2), Q(3, 2))
    assert strip is not None
    assert strip.extent(0) == (Q(1, 2), Q(3, 2))
    for point in strip.points:
        assert CURVE.contains(point)
    # The chord from 0 to 4 bounds the hull above: (3/2, 6) is its highest point in the strip.
    assert strip.contains((Q(3, 2), Q(6)))
    assert CURVE.clip(0, Q(5), None) is None
    edge = CURVE.clip(0, None, Q(0))
    assert edge is not None
    assert edge.frame.rank == 0


def test_cells_cover_the_cube() -> None:
    cube = Region.of([*product((0, 1), repeat=3)])
    cells = [Region(cell) for cell in cube.cells]
    for steps in product(range(5), repeat=3):
        point = tuple(Q(k, 4) for k in steps)
        assert any(cell.contains(point) for cell in cells)


def test_reach() -> None:
    assert CURVE.reach((Q(0), Q(0)), (Q(1), Q(1))) > 0
    assert CURVE.reach((Q(0), Q(0)), (Q(0), Q(1))) == 0
    assert CURVE.reach((Q(0), Q(0)), (Q(-1), Q(0))) == 0
    up = CURVE.reach((Q(2), Q(5)), (Q(0), Q(1)))
    assert 0 < up <= 3  # the chord from 0 to 4 is at 8


def test_empty_and_ragged_regions_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one point"):
        Region(())
    with pytest.raises(ValueError, match="one dimension"):
        Region.of([(1,), (1, 2)])


def test_feasible_combination_says_no() -> None:
    triangle = [(Q(0), Q(0)), (Q(1), Q(0)), (Q(0), Q(1))]
    assert feasible_combination(triangle, (Q(1), Q(1))) is None
    found = feasible_combination(triangle, (Q(1, 2), Q(1, 2)))
    assert found == {1: Q(1, 2), 2: Q(1, 2)}


def test_separation_is_strict() -> None:
    square = [(Q(0), Q(0)), (Q(1), Q(0)), (Q(0), Q(1)), (Q(1), Q(1))]
    assert separated([(Q(2), Q(2)), (Q(3), Q(2)), (Q(2), Q(3))], square)
    assert not separated([(Q(1), Q(1)), (Q(3), Q(2)), (Q(2), Q(3))], square)
    assert not separated([(Q(1, 2), Q(1, 2)), (Q(3), Q(2)), (Q(2), Q(3))], square)


def test_cones() -> None:
    plane = normalised([(2, 2), (1, 0), (1, -3), (0, 0)])
    assert plane == [(1, 1), (1, 0), (1, -3)]
    assert extreme(plane) == [(1, -3), (1, 1)]
    flat = hyperplane(plane, (Q(0), Q(1)))
    assert flat == [(1, 0)]
    up = halfspace(plane, (Q(0), Q(1)))
    assert set(up) == {(1, 1), (1, 0)}
    opposite = normalised([(1, 0), (-1, 0), (0, 1)])
    assert extreme(opposite) == opposite
    diagonal = Region.of([(0, 0), (1, 1)])
    assert within(normalised([(1, 0), (0, 1)]), diagonal.frame) == [(1, 1)]
