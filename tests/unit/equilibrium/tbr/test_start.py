"""Where a run starts: masses as a person writes them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from mfgcheck import BadInput, Game, point, product
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.equilibrium.tbr.start import check_limits, starting_law


def model(states: Any = 3) -> Model:
    return Model.of(Game(states, 1, lambda s, a, z: 1, lambda s, a, z: point(s), "1/2", 0))


@pytest.mark.parametrize(
    "masses",
    [{0: "1/4", 2: "3/4"}, {0: Fraction(1, 4), 2: 0.75}, {0: 0.25, 1: 0, 2: "0.75"}],
)
def test_masses_are_read(masses: dict[Any, Any]) -> None:
    name, z = starting_law(model(), masses)
    assert (name, z.tolist()) == ("given", [0.25, 0.0, 0.75])


def test_floats_that_sum_to_1_up_to_rounding_are_scaled() -> None:
    _, z = starting_law(model(10), dict.fromkeys(range(10), 0.1))
    assert z.sum() == pytest.approx(1, abs=1e-16)
    _, z = starting_law(model(3), np.array([0.1, 0.2, 0.7]))
    assert z.tolist() == [0.1, 0.2, 0.7]


def test_the_ends_of_a_product_order_are_its_bottom_and_top() -> None:
    grid = model(product(2, 3))
    assert starting_law(grid, "least")[1].tolist() == [1, 0, 0, 0, 0, 0]
    assert starting_law(grid, "greatest")[1].tolist() == [0, 0, 0, 0, 0, 1]
    assert starting_law(grid, {(1, 0): 1})[1].tolist() == [0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("start", "text"),
    [
        ("both", "must be least, greatest, or masses"),
        ({3: 1}, "3, which is not a state"),
        ({True: 1}, "True, which is not a state"),
        ({0: "1/3", 1: "1/3"}, "sum to 2/3, not 1"),
        ({0: "1/3", 1: 0.3333}, "sum to 0.66663.*, not 1"),
        ({0: 1.5, 1: -0.5}, "the state 1 the mass -0.5"),
        ({0: "nothing"}, "start's mass of 0"),
        ({0: float("nan")}, "the mass nan"),
        ({0: float("inf")}, "the mass inf"),
        ({}, "sum to 0, not 1"),
        (np.ones(2) / 2, r"shape \(2,\)"),
    ],
)
def test_what_is_no_law_is_refused(start: Any, text: str) -> None:
    with pytest.raises(BadInput, match=text):
        starting_law(model(), start)


def test_limits() -> None:
    check_limits(1e-13, 1)
    for accuracy in (True, "1e-8", 3.0):
        with pytest.raises(BadInput, match="accuracy"):
            check_limits(accuracy, 1)  # type: ignore[arg-type]
    for steps in (True, 1.5, -1):
        with pytest.raises(BadInput, match="number of steps"):
            check_limits(1e-8, steps)  # type: ignore[arg-type]
