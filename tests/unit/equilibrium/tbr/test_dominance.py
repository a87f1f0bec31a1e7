"""Dominance of mean fields by upper sets, and the direction of a path."""

from __future__ import annotations

import numpy as np
import pytest

from mfgcheck import chain, product
from mfgcheck.equilibrium.tbr.dominance import Direction, Dominance
from mfgcheck.game.floats import Floats
from mfgcheck.game.orders import Order


def watch(order: Order, path: list[list[float]], expected: bool | None = None) -> Direction:
    direction = Direction(Dominance(order, 1e-14), expected=expected)
    direction.feed(np.array(path), 0, order.text)
    return direction


def test_masses_of_a_chain_are_its_tails() -> None:
    found = Dominance(chain(3), 0.0).masses(np.array([[0.2, 0.3, 0.5]]))
    np.testing.assert_allclose(found, [[1.0, 0.8, 0.5]])


def test_all_upper_sets_of_a_small_product_are_tried() -> None:
    order = product(2, 2)
    # (0,1) and (1,0) each lose; only the upper set of both tells.
    low, high = np.array([0.0, 0.5, 0.5, 0.0]), np.array([0.5, 0.0, 0.0, 0.5])
    dominance = Dominance(order, 0.0)
    assert dominance.all_sets
    assert not dominance.below(low[None], high[None])
    step = watch(order, [low.tolist(), high.tolist()], expected=True).fall
    assert step is not None
    assert (step.upper_set, step.amount) == ((1, 2), 0.5)
    assert "at or above (0, 1) or (1, 0) falls by 0.5" in step.text


def test_only_principal_upper_sets_of_a_large_product_are_tried() -> None:
    order = product(7, 7)
    dominance = Dominance(order, 0.0)
    assert not dominance.all_sets
    z = np.random.default_rng(3).dirichlet(np.ones(49), size=2)
    expected = [[row[order.up_set(x)].sum() for x in range(49)] for row in z]
    np.testing.assert_allclose(dominance.masses(z), expected)


@pytest.mark.parametrize(
    ("path", "rising"),
    [
        ([[1, 0], [0.5, 0.5], [0.5, 0.5], [0, 1]], True),
        ([[0, 1], [0, 1], [0.5, 0.5], [1, 0]], False),
        ([[0.5, 0.5]], True),
        ([[0.5, 0.5], [0.5, 0.5]], True),
        ([[0.5, 0.5], [0.4, 0.6], [0.5, 0.5]], None),
    ],
)
def test_directions(path: list[list[float]], rising: bool | None) -> None:
    assert watch(chain(2), path).rising is rising


def test_a_first_step_against_what_was_expected_is_a_fall() -> None:
    fall = watch(chain(2), [[0.5, 0.5], [0.75, 0.25]], expected=True).fall
    assert fall is not None
    assert (fall.step, fall.amount, fall.rising) == (0, 0.25, True)
    assert watch(chain(2), [[0.5, 0.5], [0.75, 0.25]]).fall is None


def test_the_fall_is_the_first_and_at_the_worst_upper_set() -> None:
    path = [[0.4, 0.3, 0.3], [0.3, 0.4, 0.3], [0.4, 0.5, 0.1], [1, 0, 0]]
    fall = watch(chain(3), path).fall
    assert fall is not None
    assert (fall.step, fall.upper_set) == (1, (2,))
    assert fall.amount == pytest.approx(0.2)


def test_what_a_falling_path_must_not_do() -> None:
    fall = watch(chain(2), [[0, 1], [0.5, 0.5], [0.25, 0.75]]).fall
    assert fall is not None
    assert (fall.step, fall.rising, fall.amount) == (1, False, 0.25)
    assert "rises by 0.25" in fall.text


@pytest.mark.parametrize(("change", "rising"), [(-0.9e-14, True), (-1.2e-14, None)])
def test_rounding_is_allowed_for_and_no_more(change: float, rising: bool | None) -> None:
    path = [[0.5, 0.5], [0.4, 0.6], [0.4, 0.6 + change]]
    assert watch(chain(2), path).rising is rising


def test_a_path_may_be_fed_in_pieces() -> None:
    z: Floats = np.array([[1, 0], [0.5, 0.5], [0.6, 0.4], [0, 1.0]])
    direction = Direction(Dominance(chain(2), 1e-14), expected=None)
    direction.feed(z[:2], 0, str)
    assert direction.rising is True
    direction.feed(z[1:], 1, str)
    assert direction.fall is not None
    assert direction.fall.step == 1
