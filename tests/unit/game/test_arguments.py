"""What public functions refuse, in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mfgcheck import BadInput, certify, check, equilibria, levels, order_preserving, solve
from mfgcheck.equilibrium.order.level import unique_by_order
from mfgcheck.gallery import make

GAME = make("audit-c")


@pytest.mark.parametrize("function", [solve, equilibria, order_preserving, unique_by_order])
def test_what_is_no_game(function: Callable[[Any], object]) -> None:
    with pytest.raises(BadInput, match="was given NoneType: None"):
        function(None)
    with pytest.raises(BadInput, match=r"'coordination' is a text, .*mfgcheck.gallery.make"):
        function("coordination")


@pytest.mark.parametrize("limit", [-1, 0, float("nan"), True, "5"])
def test_what_is_no_time(limit: Any) -> None:
    for function in (equilibria, order_preserving, unique_by_order):
        with pytest.raises(BadInput, match="a positive number of seconds"):
            function(GAME, time_limit=limit)
    with pytest.raises(BadInput, match="a positive number of seconds"):
        levels(GAME, check(GAME), limit)
    with pytest.raises(BadInput, match="a positive number of seconds"):
        certify(solve(GAME), time_limit=limit)


def test_what_is_no_solution_and_a_report_on_another_game() -> None:
    with pytest.raises(BadInput, match=r"certify\(solve\(game\)\)"):
        certify(GAME)  # type: ignore[arg-type]
    for other in (check(make("audit-d")), None):
        with pytest.raises(BadInput, match=r"levels\(game, check\(game\)\)"):
            levels(GAME, other)  # type: ignore[arg-type]


def test_a_start_may_be_an_array() -> None:
    (run,) = solve(GAME, np.array([0.25, 0.75])).runs
    assert run.start == "given"
    assert run.mean_fields[0].tolist() == [0.25, 0.75]


def test_results_read_well() -> None:
    assert str(levels(GAME, check(GAME))).startswith("Beyond the definition")
    assert str(order_preserving(GAME)).startswith("Order-preserving: PROVED")
