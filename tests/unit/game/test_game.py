"""The game object: what it takes, what it refuses, and exact evaluation."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction as F
from typing import Any

import pytest
import sympy
from sympy import Rational as R
from sympy import exp

from mfgcheck.errors import InvalidGame
from mfgcheck.game.game import Game
from mfgcheck.game.laws import point, uniform
from mfgcheck.game.orders import product

GOOD: dict[str, Any] = {
    "states": 3,
    "actions": 2,
    "reward": lambda s, a, z: s * z.mean() - exp(z[0]) * a,
    "transition": lambda s, a, z: [(z.mean() / 4, s), (1 - z.mean() / 4, (point(s) + a).min(2))],
    "discount": "3/4",
    "tremble": "1/5",
}


def game(**changes: Any) -> Game:
    return Game(**{**GOOD, **changes})


def test_numbers_are_fractions() -> None:
    made = game(discount=0.9, tremble=R(1, 3))
    assert (made.discount, made.tremble) == (F(9, 10), F(1, 3))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"discount": 0}, "discount is 0"),
        ({"discount": 1}, "discount is 1"),
        ({"discount": "-1/2"}, "strictly between"),
        ({"discount": None}, "discount"),
        ({"tremble": "-1/10"}, "tremble is -1/10"),
        ({"tremble": "11/10"}, "tremble is 11/10"),
        ({"actions": 1}, "set it to 0"),
        ({"states": 0}, "states: 0 elements"),
        ({"actions": []}, "actions: no labels"),
        ({"reward": 3}, "reward is 3"),
        ({"transition": None}, "transition is None"),
        ({"transition": lambda s, a: point(s)}, "TypeError"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidGame, match=message):
        game(**changes)


@pytest.mark.parametrize("tremble", [0, 1])
def test_the_ends_of_the_range_of_tremble(tremble: int) -> None:
    assert game(tremble=tremble).tremble == tremble


def test_one_state_and_one_action() -> None:
    made = game(states=1, actions=1, tremble=0, transition=lambda s, a, z: point(s))
    assert made.kernel_at(0, 0, {0: 1}) == {0: 1}


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        game().discount = F(1, 2)  # type: ignore[misc]


def test_reward_at_is_exact() -> None:
    z = {0: "1/2", 2: "1/2"}
    assert game().reward_at(2, 1, z) == 2 - exp(R(1, 2))
    assert game().reward_at(sympy.Integer(1), 0.0, z) == 1


def test_kernel_at_is_exact_and_adds_branches_that_meet() -> None:
    z = {0: F(1, 3), 1: F(2, 3)}  # of mean 2/3
    assert game().kernel_at(0, 1, z) == {0: R(1, 6), 1: R(5, 6)}
    assert game().kernel_at(2, 1, z) == {2: 1}


def test_evaluation_agrees_with_the_traced_form() -> None:
    made = game()
    z = {0: F(1, 5), 1: F(3, 10), 2: F(1, 2)}
    at = {
        a.symbol: sum((p * a.values[x] for x, p in z.items()), F(0)) for a in made.form.aggregates
    }
    exact = {symbol: R(v.numerator, v.denominator) for symbol, v in at.items()}
    for row in range(6):
        s, a = divmod(row, 2)
        total = sympy.Add(
            *(
                R(c.numerator, c.denominator) * made.form.terms[t].xreplace(exact)
                for t, c in made.form.rewards.row(int(made.form.reward[row]))
            )
        )
        assert sympy.expand(total - made.reward_at(s, a, z)) == 0


@pytest.mark.parametrize("pair", [(3, 0), (0, 2), ("a", 0), (0, -1)])
def test_only_states_and_actions_are_evaluated(pair: tuple[object, object]) -> None:
    with pytest.raises(InvalidGame, match="not a state and an action"):
        game().reward_at(*pair, {0: 1})


def test_evaluation_needs_a_mean_field() -> None:
    with pytest.raises(InvalidGame, match="sum to 1/2"):
        game().reward_at(0, 0, {0: "1/2"})


def test_labels_of_products() -> None:
    made = game(
        states=product(2, ["lo", "hi"]),
        reward=lambda s, a, z: s[0] * z.tail((0, "hi")),
        transition=lambda s, a, z: point((1, s[1])),
    )
    z = {(0, "hi"): "1/2", (1, "lo"): "1/2"}
    assert made.reward_at((1, "lo"), 0, z) == R(1, 2)
    assert made.kernel_at((0, "hi"), 1, z) == {(1, "hi"): 1}


def test_digest_tells_games_apart_and_names_do_not() -> None:
    first = game().digest
    assert game(name="other", source="a book").digest == first
    assert game().with_parameters({"k": 1}, "other").digest == first
    assert game(discount="1/2").digest != first
    assert game(tremble=0).digest != first
    rewards = [game(reward=lambda s, a, z, k=k: k * z.mean()).digest for k in (1, 2)]
    assert len({first, *rewards}) == 3


def test_digest_tells_labels_apart() -> None:
    def plain(states: object) -> str:
        return game(
            states=states, reward=lambda s, a, z: 0, transition=lambda s, a, z: point(s)
        ).digest

    assert plain(3) == plain([0, 1, 2]) != plain([0, 1, "2"])


def test_parameters_are_copied() -> None:
    parameters = {"k": 1}
    made = game(parameters=parameters)
    parameters["k"] = 2
    assert made.parameters == {"k": 1}
    assert made.with_parameters({"k": 3}).parameters == {"k": 3}
    assert made.parameters == {"k": 1}


def test_notes_name_the_floats() -> None:
    assert game().notes == ()
    made = game(transition=lambda s, a, z: {0: 0.25, 1: 0.75}, discount=0.5)
    assert "0.25, 0.75" in made.notes[0]


def test_uniform_laws_over_states() -> None:
    made = game(transition=lambda s, a, z: uniform(range(3)))
    assert made.kernel_at(0, 0, {1: 1}) == {0: R(1, 3), 1: R(1, 3), 2: R(1, 3)}
