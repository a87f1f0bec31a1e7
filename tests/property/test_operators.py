"""Laws of the trembling-hand operators, and of T-BR in games with strategic complementarities."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational as R

from mfgcheck import Game, Status, check
from mfgcheck.equilibrium.tbr.dynamics import Outcome, modified_t_br, t_br
from mfgcheck.equilibrium.tbr.model import Model, Stage
from mfgcheck.equilibrium.tbr.response import (
    backup,
    policy_iteration,
    tq_value_iteration,
    trembling_values,
)
from mfgcheck.equilibrium.tbr.sandwich import sandwich
from tests.oracle import operators as slow

ROUNDING = 1e-12


@dataclass(frozen=True)
class Case:
    """A small random game, a mean field, and two tables of values."""

    game: Game
    z: dict[int, Fraction]
    one: np.ndarray
    two: np.ndarray

    @property
    def stage(self) -> Stage:
        return Model.of(self.game).at(slow.vector(self.game, self.z))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n, k = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    small = st.integers(-4, 4)
    rewards = draw(st.lists(st.tuples(small, small), min_size=n * k, max_size=n * k))
    shares = st.lists(st.integers(0, 4), min_size=n, max_size=n).map(
        lambda w: w if any(w) else [1] * n
    )
    laws = draw(st.lists(st.tuples(shares, shares), min_size=n * k, max_size=n * k))

    def reward(s: Any, a: Any, z: Any) -> Any:
        fixed, slope = rewards[int(s) * k + int(a)]
        return R(fixed, 4) + R(slope, 4) * z[n - 1]

    def transition(s: Any, a: Any, z: Any) -> Any:
        first, second = laws[int(s) * k + int(a)]
        m = z[n - 1]
        return {
            x: (1 - m) * R(first[x], sum(first)) + m * R(second[x], sum(second)) for x in range(n)
        }

    discount = draw(st.sampled_from(["1/4", "3/4", "9/10"]))
    tremble = draw(st.sampled_from([R(0), R(1, 3), R(1)])) * R(k - 1, k)
    game = Game(n, k, reward, transition, discount, tremble)
    values = st.lists(small, min_size=n * k, max_size=n * k)
    one, two = (np.array(draw(values), dtype=float).reshape(n, k) for _ in range(2))
    return Case(game, slow.law_of(game, draw(shares)), one, two)


@given(cases())
def test_g_is_nonexpansive_and_monotone(case: Case) -> None:
    model = Model.of(case.game)
    one, two = (trembling_values(model, q) for q in (case.one, case.two))
    assert np.abs(one - two).max() <= np.abs(case.one - case.two).max() + ROUNDING
    above = trembling_values(model, np.maximum(case.one, case.two))
    assert (above >= np.maximum(one, two) - ROUNDING).all()
    np.testing.assert_allclose(trembling_values(model, case.one + 7), one + 7, atol=ROUNDING)


@given(cases())
def test_g_does_not_depend_on_how_ties_are_broken(case: Case) -> None:
    model = Model.of(case.game)
    expected = slow.trembling(case.one.tolist(), float(case.game.tremble))
    np.testing.assert_allclose(trembling_values(model, case.one), expected, atol=ROUNDING)
    np.testing.assert_allclose(trembling_values(model, case.one[:, ::-1]), expected, atol=ROUNDING)


@given(cases())
def test_f_is_a_monotone_contraction(case: Case) -> None:
    stage, gamma = case.stage, float(case.game.discount)
    one, two = backup(stage, case.one), backup(stage, case.two)
    assert np.abs(one - two).max() <= gamma * np.abs(case.one - case.two).max() + ROUNDING
    above = backup(stage, np.maximum(case.one, case.two))
    assert (above >= np.maximum(one, two) - ROUNDING).all()


@given(cases(), st.sampled_from([0.5, 1e-3, 1e-9]))
def test_error_bounds_hold_and_name_the_maximisers(case: Case, accuracy: float) -> None:
    exact = slow.exact_q_values(case.game, case.z)
    best = [max(row) for row in exact]
    for found in (
        tq_value_iteration(case.stage, case.one, accuracy),
        policy_iteration(case.stage, accuracy=accuracy),
    ):
        assert found.error <= accuracy
        for s, row in enumerate(exact):
            for a, q in enumerate(row):
                assert abs(Fraction(float(found.q_values[s, a])) - q) <= Fraction(found.error)
            maximisers = [a for a, q in enumerate(row) if q == best[s]]
            # Nothing is lost: the maximisers lie between the lowest and the highest.
            assert found.lowest[s] <= maximisers[0]
            assert maximisers[-1] <= found.highest[s]
            if s not in found.ties:
                assert maximisers == [found.lowest[s]]


@given(cases())
def test_value_and_policy_iteration_agree(case: Case) -> None:
    one = tq_value_iteration(case.stage, case.one, 1e-11)
    two = policy_iteration(case.stage, accuracy=1e-11)
    assert np.abs(one.q_values - two.q_values).max() <= one.error + two.error
    sure = np.setdiff1d(np.arange(case.stage.model.states), [*one.ties, *two.ties])
    assert (one.lowest[sure] == two.lowest[sure]).all()


@given(cases())
def test_the_next_mean_field_is_a_law_and_that_of_loops(case: Case) -> None:
    game, model = case.game, case.stage.model
    reward, kernel = slow.dense(game, case.z)
    assert reward.shape == (model.states, model.actions)
    run = t_br(model, case.z, max_steps=1, accuracy=1e-13)
    z = slow.vector(game, case.z)
    if run.steps:
        expected = slow.push(z, kernel, run.strategies[0], float(game.tremble))
        np.testing.assert_allclose(run.mean_fields[1], expected, atol=ROUNDING)
    assert (run.mean_fields >= 0).all()
    np.testing.assert_allclose(run.mean_fields.sum(axis=1), 1, atol=1e-15)


@st.composite
def complementary(draw: st.DrawFn) -> Game:
    """A game in which every tail is a sum of rising functions of s, a and m: Definition 1 holds."""
    n, k = draw(st.integers(2, 4)), draw(st.integers(2, 3))

    def rising(length: int) -> list[list[int]]:
        """One rising sequence for each tail, the higher tails below the lower ones."""
        step = st.lists(st.integers(0, 2), min_size=length - 1, max_size=length - 1)
        first = np.cumsum([0, *draw(step)]).tolist()
        return [first] * (n - 1)

    of_s, of_a = rising(n), rising(k)
    of_m = [draw(st.integers(0, 4))] * (n - 1)
    base = sorted(draw(st.lists(st.integers(0, 6), min_size=n - 1, max_size=n - 1)), reverse=True)
    total = max(base) + max(s[-1] for s in of_s) + max(a[-1] for a in of_a) + max(of_m) + 1
    worth, cost = draw(st.integers(0, 3)), draw(st.integers(-3, 3))
    cross, pull = draw(st.integers(0, 2)), draw(st.integers(0, 6))

    def reward(s: Any, a: Any, z: Any) -> Any:
        return R(worth, 4) * s + R(cross, 8) * s * a + a * (R(pull, 8) * z.mean() - R(cost, 8))

    def transition(s: Any, a: Any, z: Any) -> Any:
        m = z.mean() / (n - 1)
        tails = [
            (base[j] + of_s[j][int(s)] + of_a[j][int(a)] + of_m[j] * m) / R(total)
            for j in range(n - 1)
        ]
        edges = [R(1), *tails, R(0)]
        return {x: edges[x] - edges[x + 1] for x in range(n)}

    return Game(n, k, reward, transition, "1/2", draw(st.sampled_from(["1/5", "1/2"])))


@settings(max_examples=60)
@given(complementary(), st.data())
def test_the_sandwich_brackets_t_br_in_games_with_complementarities(
    game: Game, data: st.DataObject
) -> None:
    assert check(game).status is Status.PROVED
    model = Model.of(game)
    n = model.states
    lower, upper = t_br(model), t_br(model, "greatest")
    assert (lower.outcome, upper.outcome) == (Outcome.CONVERGED, Outcome.CONVERGED)
    assert lower.fall is None
    assert upper.fall is None
    for run in (lower, upper):
        assert (np.diff(run.strategies, axis=1) >= 0).all()  # Proposition 2
    bracket = sandwich(lower, upper, 1e-8, 10_000, model)
    assert bracket.ordered
    weights = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    z = slow.law_of(game, weights if any(weights) else [1] * n)
    between = t_br(model, z, data.draw(st.sampled_from(["inf", "sup"])), max_steps=40)
    for k, law in enumerate(between.mean_fields):
        low = lower.mean_fields[min(k, lower.steps)]
        high = upper.mean_fields[min(k, upper.steps)]
        slack = 1e-12 if k < min(lower.steps, upper.steps) else 1e-7  # ends are not limits yet
        tails = [x[::-1].cumsum() for x in (low, law, high)]
        assert (tails[0] <= tails[1] + slack).all()
        assert (tails[1] <= tails[2] + slack).all()
    modified = modified_t_br(model)
    if modified.outcome is Outcome.CONVERGED and not modified.ties and not lower.ties:
        np.testing.assert_allclose(modified.mean_field, lower.mean_field, atol=1e-6)
