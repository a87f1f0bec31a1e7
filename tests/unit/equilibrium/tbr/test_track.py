"""Cycles: found when they are there, and only then."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from mfgcheck.equilibrium.tbr.track import CLOSE, LONGEST_PERIOD, Repeats
from mfgcheck.game.floats import Floats

ONE = np.zeros(2, dtype=np.int64)


def law(x: float) -> Floats:
    return np.array([1 - x, x])


def watch(path: Callable[[int], float], steps: int = 5000) -> tuple[int, Repeats] | None:
    repeats = Repeats()
    for k in range(steps):
        if repeats.found(law(path(k)), ONE, 2 * abs(path(k + 1) - path(k))):
            return k, repeats
    return None


@pytest.mark.parametrize("period", [2, 3, 7, LONGEST_PERIOD])
@pytest.mark.parametrize("settles", [0, 100])
def test_a_cycle_is_found_with_its_period(period: int, settles: int) -> None:
    values = np.random.default_rng(period).random(period)

    def path(k: int) -> float:
        away = math.sin(k * k) if k < settles else 0.5 ** (k - settles)
        return float(values[k % period]) + 0.1 * away

    found = watch(path)
    assert found is not None
    step, repeats = found
    assert repeats.period == period
    assert sorted(repeats.cycle[:, 1].tolist()) == pytest.approx(sorted(values), abs=1e-9)
    assert step <= 3 * (settles + 50) + 2 * LONGEST_PERIOD + 10 * period


def test_a_path_that_stands_still_is_no_cycle() -> None:
    assert watch(lambda k: 0.5) is None


def test_slow_convergence_is_no_cycle() -> None:
    assert watch(lambda k: 0.5 * (1 - 1e-4) ** k) is None
    assert watch(lambda k: 0.5 + 0.3 * (-1) ** k * (1 - 1e-9) ** k) is None


def test_rounding_around_a_limit_is_no_cycle() -> None:
    assert watch(lambda k: 0.5 + CLOSE * (-1) ** k) is None


def test_what_comes_back_only_a_few_times_is_no_cycle() -> None:
    assert watch(lambda k: (k % 2) / 2 if k < 12 else 1 / (k + 3), 2000) is None


def test_strategies_have_to_repeat_too() -> None:
    repeats = Repeats()
    other = np.ones(2, dtype=np.int64)
    # Three strategies against two mean fields: the pair has period 6.
    found = False
    for k in range(300):
        found = repeats.found(law((k % 2) / 2), other if k % 3 == 0 else ONE, 1.0)
        if found:
            break
    assert found
    assert repeats.period == 6


def test_a_round_with_another_strategy_in_between_does_not_count() -> None:
    repeats = Repeats()
    others = [np.array([k, 0]) for k in range(400)]
    # Back at the anchor the strategy is the same, in between it never is.
    assert not any(
        repeats.found(law((k % 2) / 2), ONE if k % 2 else others[k], 1.0) for k in range(400)
    )
