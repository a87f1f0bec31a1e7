"""The sandwich: when it closes, how wide it is, and what it may say."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Rational as R

from mfgcheck import Game, point, product
from mfgcheck.equilibrium.tbr.dynamics import t_br
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.equilibrium.tbr.sandwich import Sandwich, sandwich
from mfgcheck.gallery import make


def both(game: Game, accuracy: float = 1e-8) -> Sandwich:
    model = Model.of(game)
    runs = (t_br(model, start, accuracy=accuracy) for start in ("least", "greatest"))
    return sandwich(*runs, accuracy, 10_000, model)


def test_it_closes_on_infection_spread_and_brackets_other_paths() -> None:
    game = make("infection-spread")
    found = both(game)
    assert found.ordered
    assert found.closes
    assert found.k0 == len(found.widths) - 1
    assert 2 * found.widths[found.k0] <= 1e-8 < 2 * found.widths[found.k0 - 1]
    assert found.reason.startswith("observed")
    assert "was observed to close" in found.sentence
    # Every path in between is within twice the width, and stays in between.
    other = t_br(game, {5: R(1, 2), 20: R(1, 2)})
    for k in range(18):
        low, z, high = (run.mean_fields[k] for run in (found.lower, other, found.upper))
        tails = [x[::-1].cumsum() for x in (low, z, high)]
        assert (tails[0] <= tails[1] + 1e-14).all()
        assert (tails[1] <= tails[2] + 1e-14).all()
        assert found.widths[k] == pytest.approx((tails[2] - tails[0]).sum(), abs=1e-12)
        assert np.abs(z - low).sum() <= 2 * found.widths[k] + 1e-12


def test_it_goes_on_after_the_runs_converged() -> None:
    found = both(make("mturk"))
    assert found.k0 is not None
    assert found.k0 > max(found.lower.steps, found.upper.steps)


@pytest.mark.parametrize("accuracy", [1.0, 1e-3, 1e-6])
def test_k0_is_the_first_step_that_is_near_enough(accuracy: float) -> None:
    found = both(make("two-lotteries"), accuracy)
    widths = found.widths
    assert found.k0 == next(k for k, width in enumerate(widths) if 2 * width <= accuracy)
    assert (np.diff(widths) <= 1e-12).all()


@pytest.mark.parametrize(
    ("name", "distance"), [("coordination", 0.8), ("audit-c", 2 / 3), ("audit-b", 1.92)]
)
def test_it_does_not_close_where_the_limits_differ(name: str, distance: float) -> None:
    found = both(make(name))
    assert found.ordered
    assert not found.closes
    if name != "audit-b":
        assert f"{distance:.6g} apart" in found.sentence
    assert "does not close" in found.sentence
    assert found.widths[-1] == pytest.approx(
        found.upper.heights[-1] - found.lower.heights[-1], abs=1e-7
    )


def test_paths_that_are_not_monotone_are_no_bracket() -> None:
    found = both(make("infection-spread", susceptibility="logistic", c_f=R(1)))
    assert (found.ordered, found.k0) == (False, None)
    assert "do not bracket anything" in found.sentence
    assert "does not rise" in found.reason


def test_paths_that_cross_are_no_bracket() -> None:
    model = Model.of(make("coordination"))
    runs = t_br(model), t_br(model, "greatest")
    found = sandwich(runs[1], runs[0], 1e-8, 100, model)
    assert not found.ordered
    assert "stay below" in found.reason


def test_a_limit_of_steps_is_kept() -> None:
    model = Model.of(make("mturk"))
    runs = (t_br(model, start, max_steps=20) for start in ("least", "greatest"))
    found = sandwich(*runs, 1e-8, 20, model)
    assert len(found.widths) == 21
    assert found.k0 is None
    assert "does not close within 20 steps" in found.sentence


def test_twice_the_width_bounds_distances_on_products_too() -> None:
    def transition(s: tuple[R, R], a: R, z: object) -> list[tuple[object, object]]:
        return [(R(1, 2), point((a, s[1]))), (R(1, 2), point((s[0], 1)))]

    game = Game(product(2, 3), 2, lambda s, a, z: a * (s[0] - 1), transition, "1/2", "1/4")
    found = both(game)
    assert found.ordered
    for low, high, width in zip(
        found.lower.mean_fields, found.upper.mean_fields, found.widths, strict=False
    ):
        assert np.abs(high - low).sum() <= 2 * width + 1e-12
