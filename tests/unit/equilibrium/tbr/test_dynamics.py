"""T-BR and modified T-BR: where they end, and what is said of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Rational as R

from mfgcheck import BadInput, Game, point, product
from mfgcheck.equilibrium.tbr import dynamics as dynamics
from mfgcheck.equilibrium.tbr import response as response
from mfgcheck.equilibrium.tbr import track as track
from mfgcheck.equilibrium.tbr.dynamics import Outcome, Run, modified_t_br, t_br
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.gallery import make
from tests.oracle import operators as slow


def mean(run: Run) -> float:
    labels = np.array([float(x) for x in run.game.states.labels])  # type: ignore[arg-type]
    return float(run.mean_field @ labels)


def tails(z: Any) -> list[float]:
    return [float(z[j:].sum()) for j in range(1, len(z))]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, 20.206121),
        ({"c_f": R(1, 20)}, 20.251057),
        ({"replacement": "state"}, 19.440011),
        ({"c_f": R(1, 20), "replacement": "state"}, 19.500734),
    ],
)
def test_infection_spread_ends_at_the_known_means(
    parameters: dict[str, Any], expected: float
) -> None:
    model = Model.of(make("infection-spread", **parameters))
    gap_states = set()
    for start, rising in (("least", True), ("greatest", False)):
        run = t_br(model, start, accuracy=1e-10)
        assert run.outcome is Outcome.CONVERGED
        assert run.rising is rising
        assert run.fall is None
        assert mean(run) == pytest.approx(expected, abs=6e-7)
        assert run.heights[-1] == pytest.approx(mean(run), abs=1e-12)
        assert run.strategy.tolist() == [4] * 21 + [3, 2, 1, 0]
        assert run.consistency_residual <= 1e-10
        gap_states.add(run.gap_state)
    assert len(gap_states) == 1  # though rounding puts the smallest gap now here, now there


def test_the_path_is_that_of_dense_loops() -> None:
    game = make("infection-spread", states=9, susceptibility="logistic", c_f=R(1))
    run = t_br(game, {8: R(1)}, max_steps=12)
    gamma, eps = 0.75, 0.3
    z = np.eye(9)[8]
    for k in range(len(run.kept)):
        np.testing.assert_allclose(run.mean_fields[k], z, atol=1e-13)
        masses = {s: sympy.Rational(p) for s, p in enumerate(z.tolist()) if p}
        total = sum(masses.values())
        reward, kernel = slow.dense(game, {s: p / total for s, p in masses.items()})
        q = np.zeros((9, 5))
        for _ in range(150):
            q = slow.backup(reward, kernel, q, gamma, eps)
        assert run.strategies[k].tolist() == q.argmax(axis=1).tolist()
        z = slow.push(z, kernel, q.argmax(axis=1), eps)


def test_the_residual_and_the_values_are_those_of_the_last_pair() -> None:
    game = make("audit-c")
    run = t_br(game, accuracy=1e-6)
    m = run.mean_field[1]
    image = m / 4 + 1 / 8 + 1 / 2 / 4  # action 1 by trembling only, with probability 1/4
    assert run.consistency_residual == pytest.approx(2 * abs(m - image), rel=1e-6)
    assert 0 < run.consistency_residual <= 1e-6
    assert run.gap == pytest.approx((1 / 3 - m) / 2, rel=1e-6)
    assert run.optimality_residual <= 1e-14
    assert run.q_error < 1e-13


def test_logistic_infection_spread_cycles() -> None:
    game = make("infection-spread", susceptibility="logistic", c_f=R(1))
    for start in ("least", "greatest"):
        run = t_br(game, start)
        assert (run.outcome, run.period) == (Outcome.CYCLE, 2)
        assert run.cycle is not None
        means = sorted((run.cycle @ np.arange(25)).tolist())
        assert means == pytest.approx([18.7464, 18.8921], abs=5e-5)
        assert np.abs(run.cycle[1] - run.cycle[0]).sum() == pytest.approx(0.1116, abs=5e-5)
        assert run.gap == pytest.approx(2.5e-5, rel=0.02)
        assert run.cycle_aggregates is not None
        assert sorted(run.cycle_aggregates["mean"].tolist()) == pytest.approx(means)
        assert run.rising is None
        assert run.fall is not None


def test_the_limit_of_game_b_depends_on_the_start() -> None:
    model = Model.of(make("audit-b"))
    assert tails(t_br(model).mean_field) == pytest.approx([23 / 50, 1 / 100])
    assert tails(t_br(model, "greatest").mean_field) == pytest.approx([47 / 50, 49 / 100])
    run = t_br(model, {1: 1})
    assert (run.outcome, run.period, run.rising) == (Outcome.CYCLE, 2, None)
    assert run.cycle is not None
    cycle = sorted(tails(z) for z in run.cycle)
    assert cycle[0] == pytest.approx([23 / 50, 23 / 50])
    assert cycle[1] == pytest.approx([47 / 50, 1 / 25])
    assert run.gap == pytest.approx(21 / 400)
    assert run.fall is not None
    assert (run.fall.step, run.fall.upper_set) == (0, (1,))
    assert run.fall.amount == pytest.approx(1 - 23 / 50)


def test_a_cycle_under_one_strategy_is_a_cycle() -> None:
    run = t_br(make("audit-a"), {1: 1})
    assert (run.outcome, run.period) == (Outcome.CYCLE, 2)
    assert (run.strategies == run.strategies[0]).all()


def test_game_c_ends_next_to_a_tie() -> None:
    run = t_br(make("audit-c"))
    assert run.mean_field[1] == pytest.approx(1 / 3, abs=1e-8)
    assert 0 < run.gap < 1e-8
    assert run.ties == ()  # tiny, but the floats can tell
    assert t_br(make("audit-c"), "greatest").mean_field[1] == pytest.approx(2 / 3, abs=1e-8)


def test_game_e_is_all_ties_and_the_selection_decides() -> None:
    low, high = t_br(make("audit-e")), t_br(make("audit-e"), "greatest")
    assert (low.ties, high.ties) == ((0, 1), (0, 1))
    assert (low.strategy.tolist(), high.strategy.tolist()) == ([0, 0], [1, 1])
    assert [low.mean_field[1], high.mean_field[1]] == pytest.approx([3 / 8, 5 / 8])
    other = t_br(make("audit-e"), "least", selection="sup")
    assert other.mean_field[1] == pytest.approx(5 / 8)


def alternating() -> Game:
    """The game of modified T-BR's cycle: P(1|s,a) = 1/4 + a/2, r = s/2 + a (m/2 - 3/8)."""

    def reward(s: Any, a: Any, z: Any) -> Any:
        return s / 2 + a * (z[1] / 2 - R(3, 8))

    def transition(s: Any, a: Any, z: Any) -> Any:
        return {1: R(1, 4) + a / 2, 0: R(3, 4) - a / 2}

    return Game(2, 2, reward, transition, discount="1/2", tremble="1/4")


def test_modified_t_br_cycles_from_the_least_law_if_it_begins_with_the_greatest_strategy() -> None:
    run = modified_t_br(alternating(), first_strategy=[1, 1])
    assert (run.outcome, run.period) == (Outcome.CYCLE, 2)
    assert run.mean_fields[:5, 1].tolist() == pytest.approx([0, 5 / 8, 3 / 8, 5 / 8, 3 / 8])
    assert run.gap == pytest.approx(1 / 16)
    # Both points are the mean fields of T-MFE, which the algorithm visits and leaves again.
    assert run.consistency_residual <= 1e-15


def test_modified_t_br_converges_with_its_own_first_strategy() -> None:
    run = modified_t_br(alternating())
    assert run.outcome is Outcome.CONVERGED
    assert run.mean_field[1] == pytest.approx(3 / 8)
    plain = t_br(alternating())
    assert plain.mean_field[1] == pytest.approx(3 / 8)
    np.testing.assert_array_equal(run.strategy, plain.strategy)


def test_modified_t_br_plays_the_strategy_of_the_step_before() -> None:
    model = Model.of(make("infection-spread", states=7))
    run = modified_t_br(model, max_steps=4, accuracy=1e-13)
    played = [np.zeros(7, dtype=int), *run.strategies]
    for k in range(4):
        stage = model.at(run.mean_fields[k])
        expected = response.next_law(stage, played[k])
        np.testing.assert_allclose(run.mean_fields[k + 1], expected, atol=1e-15)


def test_modified_t_br_from_elsewhere_begins_with_a_best_response() -> None:
    model = Model.of(make("audit-c"))
    run, plain = (f(model, {1: 1}, max_steps=3) for f in (modified_t_br, t_br))
    np.testing.assert_allclose(run.mean_fields[:2], plain.mean_fields[:2], atol=1e-15)


def test_mturk_does_not_depend_on_the_start() -> None:
    model = Model.of(make("mturk"))
    least, greatest = t_br(model, accuracy=1e-10), t_br(model, "greatest", accuracy=1e-10)
    np.testing.assert_allclose(least.mean_field, greatest.mean_field, atol=1e-8)
    assert (least.strategies == greatest.strategy).all()  # the best response is free of z
    limit = least.mean_field
    for k in range(0, 60, 10):  # the error is at most 2 (9/10)^k
        assert np.abs(greatest.mean_fields[k] - limit).sum() <= 2 * 0.9**k + 1e-8


def test_what_does_not_settle_in_time_says_so() -> None:
    run = t_br(make("infection-spread"), max_steps=5)
    assert (run.outcome, run.steps) == (Outcome.LIMIT, 5)
    assert len(run.mean_fields) == len(run.strategies) == len(run.heights) == 6
    assert run.consistency_residual > run.accuracy


def test_one_action_and_one_state() -> None:
    lonely = Game(1, 1, lambda s, a, z: 3, lambda s, a, z: point(0), "1/2", 0)
    run = t_br(lonely)
    assert (run.outcome, run.steps, run.rising, run.gap) == (Outcome.CONVERGED, 0, True, math.inf)
    assert run.q_values.tolist() == [[pytest.approx(6)]]


def test_a_product_order_is_compared_on_its_upper_sets() -> None:
    def transition(s: Any, a: Any, z: Any) -> Any:
        return [(R(1, 2), point((1, s[1]))), (R(1, 2), point((s[0], 1)))]

    game = Game(product(2, 2), 2, lambda s, a, z: s[0] - a, transition, "1/2", "1/4")
    run = t_br(game)
    assert (run.outcome, run.rising) == (Outcome.CONVERGED, True)
    assert run.heights[-1] == pytest.approx(2)
    away = t_br(game, {(0, 1): "1/2", (1, 0): "1/2"})
    assert away.rising is True


def test_the_same_run_twice_is_the_same() -> None:
    model = Model.of(make("infection-spread"))
    one, two = t_br(model), t_br(model)
    np.testing.assert_array_equal(one.mean_fields, two.mean_fields)
    np.testing.assert_array_equal(one.q_values, two.q_values)


@pytest.mark.parametrize("states", [25, 200])  # by linear systems, and by sweeps
def test_dense_and_sparse_ways_agree(states: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model.of(make("infection-spread", states=states, susceptibility="rational"))
    one = t_br(model)
    monkeypatch.setattr(response, "DENSE", 0 if states <= response.DENSE else 1000)
    two = t_br(model)
    assert one.steps == two.steps
    np.testing.assert_allclose(one.mean_fields, two.mean_fields, atol=1e-13)
    assert np.abs(one.q_values - two.q_values).max() <= one.q_error + two.q_error


def test_a_long_path_is_thinned_and_its_ends_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model.of(make("adoption-birth-death"))
    full = t_br(model)
    monkeypatch.setattr(track, "KEPT_NUMBERS", 40 * model.states)
    thin = t_br(model)
    assert thin.steps == full.steps > 100
    assert len(thin.kept) <= 41
    strides = set(np.diff(thin.kept[:-1]).tolist())
    assert strides == {8}
    assert (thin.kept[0], thin.kept[-1]) == (0, thin.steps)
    np.testing.assert_array_equal(thin.mean_fields, full.mean_fields[thin.kept])
    np.testing.assert_array_equal(thin.strategies, full.strategies[thin.kept])
    np.testing.assert_array_equal(thin.heights, full.heights)
    assert thin.rising is True


@pytest.mark.parametrize("watched", [4, 6, 8, 10, 12, 14])  # numbers of mean fields at once
def test_a_fall_is_found_in_a_thinned_path(watched: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model.of(make("sis"))
    full = t_br(model)
    monkeypatch.setattr(track, "KEPT_NUMBERS", 8)
    monkeypatch.setattr(track, "_WATCHED", watched)
    thin = t_br(model)
    assert thin.fall == full.fall
    assert full.fall is not None
    z = full.mean_fields[full.fall.step : full.fall.step + 2]
    assert full.fall.amount == pytest.approx(z[0, 1] - z[1, 1])


def test_an_interrupted_run_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(100))

    def respond(*arguments: Any) -> Any:
        if next(calls) == 4:
            raise KeyboardInterrupt
        return response.respond(*arguments)

    monkeypatch.setattr(dynamics, "respond", respond)
    run = t_br(make("infection-spread"))
    assert (run.outcome, run.steps) == (Outcome.INTERRUPTED, 3)
    np.testing.assert_array_equal(
        run.mean_fields, t_br(make("infection-spread"), max_steps=3).mean_fields
    )


def test_progress_is_told() -> None:
    told: list[tuple[int, int, str]] = []
    t_br(make("mturk"), on_progress=lambda *news: told.append(news), max_steps=500)
    assert [news[0] for news in told] == [0, 16, 32, 48, 64, 80]
    assert {news[1] for news in told} == {500}
    assert "from least" in told[0][2]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"selection": "lowest"}, "inf or sup"),
        ({"accuracy": 0.0}, "accuracy is 0.0"),
        ({"accuracy": math.nan}, "accuracy is nan"),
        ({"accuracy": 1e-17}, "accuracy is 1e-17"),
        ({"max_steps": 0}, "number of steps is 0"),
        ({"start": "bottom"}, "the start is 'bottom'"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(BadInput, match=text):
        t_br(make("audit-c"), **arguments)


@pytest.mark.parametrize("strategy", [[0], [0, 2], [-1, 0]])
def test_a_first_strategy_has_to_be_one(strategy: list[int]) -> None:
    with pytest.raises(BadInput, match="the first strategy must give each of the 2 states"):
        modified_t_br(make("audit-c"), first_strategy=strategy)


def test_a_run_is_no_truth_value() -> None:
    with pytest.raises(TypeError, match=r"run\.outcome"):
        bool(t_br(make("audit-c")))
