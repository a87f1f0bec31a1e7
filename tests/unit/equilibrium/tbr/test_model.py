"""The arrays of a game, against dense ones made by running its functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Rational as R

from mfgcheck import BadInput, Game, InvalidGame, point, product, uniform
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.equilibrium.tbr.response import strategy_law
from mfgcheck.gallery import make
from tests.oracle import operators as slow


def grid() -> Game:
    """A game on a product of two chains, with two aggregates and a step."""

    def reward(s: Any, a: Any, z: Any) -> Any:
        step = sympy.Piecewise((1, z.tail((1, 1)) > R(1, 4)), (0, True))
        return s[0] + s[1] * z[(0, 0)] - a * step / 3

    def transition(s: Any, a: Any, z: Any) -> Any:
        w = z.mean(lambda x: x[0] / 2)
        return [(w, point((1, s[1]))), (1 - w, uniform([(0, 0), (s[0], 2)])), (0, point((0, 0)))]

    return Game(product(2, 3), 3, reward, transition, discount="2/3", tremble="1/2", name="grid")


GAMES = {
    "infection": lambda: make("infection-spread", states=7, actions=3),
    "infection, printed": lambda: make("infection-spread", states=6, replacement="state"),
    "linear": lambda: make("infection-spread", states=5, susceptibility="linear"),
    "mturk": lambda: make("mturk", states=8),
    "two-lotteries": lambda: make("two-lotteries"),
    "sis": lambda: make("sis"),
    "beach-bar": lambda: make("beach-bar"),
    "audit-b": lambda: make("audit-b"),
    "audit-d": lambda: make("audit-d"),
    "grid": grid,
}


@pytest.mark.parametrize("name", GAMES)
def test_rewards_expectations_and_pushes_are_those_of_dense_arrays(name: str) -> None:
    game = GAMES[name]()
    model, n, k = Model.of(game), game.states.size, game.actions.size
    random = np.random.default_rng(7)
    for weights in ([1] * n, random.integers(0, 9, n).tolist(), [0] * (n - 1) + [1]):
        z = slow.law_of(game, weights if sum(weights) else [1] * n)
        reward, kernel = slow.dense(game, z)
        at = slow.vector(game, z)
        stage = model.at(at)
        v = random.normal(size=n)
        np.testing.assert_allclose(stage.reward, reward, rtol=0, atol=1e-13)
        np.testing.assert_allclose(stage.expect(v), kernel @ v, rtol=0, atol=1e-13)
        actions = random.integers(0, k, n)
        mu = np.array(slow.play(actions, k, float(game.tremble)))
        np.testing.assert_allclose(strategy_law(model, actions), mu, atol=1e-15)
        pushed = stage.push(mu * at[:, None])
        expected = slow.push(at, kernel, actions, float(game.tremble))
        np.testing.assert_allclose(pushed, expected, rtol=0, atol=1e-14)
        np.testing.assert_allclose(
            stage.matrix(mu), np.einsum("sa,sat->st", mu, kernel), atol=1e-14
        )


def test_a_law_that_all_rows_share_is_stored_once() -> None:
    n = 600
    model = Model.of(make("infection-spread", states=n))
    arrays = [value for value in vars(model).values() if isinstance(value, np.ndarray)]
    numbers = sum(array.size for array in arrays)
    assert numbers < 100 * n  # a dense kernel has 5 n^2 = 3000 n


def test_a_tremble_that_breaks_proposition_1_is_refused() -> None:
    def game(tremble: str) -> Game:
        return Game(2, 2, lambda s, a, z: a, lambda s, a, z: point(a), "1/2", tremble)

    with pytest.raises(BadInput, match=r"tremble 3/4 is above \(\|A\|-1\)/\|A\| = 1/2"):
        Model.of(game("3/4"))
    assert Model.of(game("1/2")).likely == 0.0


def test_one_action_and_one_state() -> None:
    lonely = Game(1, 1, lambda s, a, z: 3, lambda s, a, z: point(0), "1/2", 0)
    stage = Model.of(lonely).at(np.ones(1))
    assert stage.reward.tolist() == [[3.0]]
    assert stage.push(np.ones((1, 1))).tolist() == [1.0]


def test_aggregates_stay_in_their_range() -> None:
    game = Game(2, 1, lambda s, a, z: sympy.sqrt(1 - z[1]), lambda s, a, z: point(s), "1/2", 0)
    model = Model.of(game)
    assert model.aggregates(np.array([0.0, 1 + 1e-15])) == [1.0]
    assert model.at(np.array([-1e-16, 1 + 1e-15])).reward.tolist() == [[0.0], [0.0]]


@pytest.mark.parametrize(
    ("reward", "text"),
    [
        (lambda s, a, z: sympy.exp(1000 * z[1]), r"exp\(1000\*z\[1\]\) .* too large .* z\[1\] = 1"),
        (lambda s, a, z: R(10) ** 400 * z[1], "too large for floating point"),
        (lambda s, a, z: R(10) ** 305 * z[1], "rewards or weights .* too large"),
        (lambda s, a, z: sympy.exp(sympy.Integer(900)), r"exp\(900\) .* too large"),
    ],
)
def test_numbers_beyond_floats_are_refused_in_words(reward: Any, text: str) -> None:
    game = Game(2, 1, reward, lambda s, a, z: point(s), "1/2", 0)
    with pytest.raises(BadInput, match=text):
        Model.of(game).at(np.array([0.0, 1.0]))


def test_a_kernel_that_is_no_law_is_noticed() -> None:
    stage = Model.of(make("audit-b")).at(np.array([0.2, 0.3, 0.5]))
    with pytest.raises(InvalidGame, match="has mass 2"):
        stage.push(np.ones((3, 2)) / 3)


def test_a_mass_that_rounding_made_negative_is_0() -> None:
    stay = Model.of(Game(2, 1, lambda s, a, z: 0, lambda s, a, z: point(s), "1/2", 0))
    pushed = stay.at(np.array([1.0, 0.0])).push(np.array([[1.0], [-1e-18]]))
    assert pushed.tolist() == [1.0, 0.0]


def test_the_rounding_allowance_covers_the_rounding_of_an_expectation() -> None:
    game = make("infection-spread", states=9)
    z = slow.law_of(game, list(range(1, 10)))
    stage = Model.of(game).at(slow.vector(game, z))
    reward, _ = slow.dense(game, z)
    v = np.full(9, 1 / 3)
    error = np.abs(stage.reward + 0.75 * stage.expect(v) - (reward + 0.25)).max()
    assert error <= stage.rounding(1 / 3) < 1e-13
