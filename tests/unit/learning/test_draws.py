"""What is drawn has the law that the game's own functions give."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational, exp, sqrt

from mfgcheck import Game, mixture, point, uniform
from mfgcheck.gallery import make
from mfgcheck.learning import draws
from mfgcheck.learning.compiled import plain
from mfgcheck.learning.draws import TICKETS, next_state, place, played, shares
from mfgcheck.learning.learned import chance
from mfgcheck.learning.simulator import Simulator
from tests.oracle.operators import play, vector
from tests.unit.learning.sampling import ALARM, masses, pairs, surprises

R = Rational
DRAWS = 100_000
"""Enough to see a probability that is off by 0.02: see the test of that."""
WEIGHTS = ((1, 0, 0), (1, 2, 3, 0), (0, 3, 5, 1, 7))


def irrational() -> Game:
    """Weights exp(-m), and a root of m; an outcome of probability 0 first, in the middle, last."""

    def transition(s: Integer, a: Integer, z: Any) -> list[tuple[Any, object]]:
        quick = exp(-z.mean() - a) / 2
        slow = sqrt(1 + z[1]) / 4
        ends = mixture({0: 0, 1: R(1, 3), 2: 0, 3: R(2, 3)})
        return [
            (quick, ends),
            (slow, uniform(range(s + 1))),
            (1 - quick - slow, mixture({0: R(1, 7), 1: R(6, 7), 2: 0, 3: 0})),
        ]

    return Game(
        states=4, actions=3, reward=lambda s, a, z: s, transition=transition,
        discount="1/2", tremble="1/3", name="irrational",
    )  # fmt: skip


def switches() -> Game:
    """Weights that are 0 at some mean fields, at the first, middle or last branch."""

    def transition(s: Integer, a: Integer, z: Any) -> list[tuple[Any, object]]:
        return [(z[0], point(0)), (z[1], uniform([1, 2])), (z[2], point(a))]

    return Game(
        states=3, actions=2, reward=lambda s, a, z: a, transition=transition,
        discount="1/2", tremble=0, name="switches",
    )  # fmt: skip


def ladder() -> Game:
    """One outcome everywhere: nothing to draw."""
    return Game(
        states=5, actions=3, reward=lambda s, a, z: s,
        transition=lambda s, a, z: point(min(s + a, 4)), discount="1/2", tremble=0, name="ladder",
    )  # fmt: skip


GAMES: dict[str, Callable[[], Game]] = {
    **{
        name: partial(make, name)
        for name in ("infection-spread", "mturk", "audit-b", "sis", "two-lotteries")
    },
    "irrational": irrational,
    "switches": switches,
    "ladder": ladder,
}


@numba.njit
def tally(rng: Any, draw: Any, s: int, a: int, rows: Any, counts: Any, n: int) -> None:
    for _ in range(n):
        counts[draw(rng, s, a, rows)] += 1


@numba.njit
def tally_played(rng: Any, meant: int, actions: int, tremble: float, counts: Any, n: int) -> None:
    for _ in range(n):
        counts[played(rng, meant, actions, tremble)] += 1


def counted(simulator: Simulator, z: Any, s: int, a: int, seed: int) -> list[int]:
    scene = simulator.at(z)
    counts = np.zeros(simulator.shape[0], dtype=np.int64)
    tally(chance(seed, 0), scene.draw, s, a, scene.rows, counts, DRAWS)
    found: list[int] = counts.tolist()
    return found


def kernel_row(game: Game, s: int, a: int, z: Any) -> list[float]:
    """The law of the next state from the game's own function."""
    law = game.kernel_at(game.states.labels[s], game.actions.labels[a], z)
    return [float(law.get(x, 0)) for x in game.states.labels]


@pytest.mark.parametrize("name", GAMES)
def test_next_states_have_the_law_of_the_kernel(name: str) -> None:
    # False alarms: 1e-6 in all, shared by pairs, mean fields and outcomes.
    game = GAMES[name]()
    simulator = Simulator.of(game)
    for number, weights in enumerate(WEIGHTS):
        z = masses(game, weights)
        some = list(pairs(game, 25))
        for s, a in some:
            law = kernel_row(game, s, a, z)
            seed = (number * game.states.size + s) * game.actions.size + a
            counts = counted(simulator, vector(game, z), s, a, seed)
            assert not surprises(counts, law, ALARM / (len(WEIGHTS) * len(some))), (s, a, z)


@pytest.mark.parametrize("name", ["infection-spread", "audit-b", "sis", "two-lotteries"])
def test_that_test_sees_one_probability_that_is_off_by_a_fiftieth(name: str) -> None:
    # 0.02 is 12.6 standard errors or more, and the alarm sounds from 6.7 on: at its worst, near
    # 1/2, such an error is missed with a probability of 2e-9.
    game = GAMES[name]()
    simulator = Simulator.of(game)
    z = masses(game, WEIGHTS[1])
    for s, a in pairs(game, 10):
        law = kernel_row(game, s, a, z)
        high = int(np.argmax(law))
        other = (high + 1) % len(law)
        law[high] -= 0.02
        law[other] += 0.02
        if law[other] <= 1:
            counts = counted(simulator, vector(game, z), s, a, 7)
            assert surprises(counts, law, ALARM / (len(WEIGHTS) * 25)), (s, a)


@pytest.mark.parametrize("tremble", [0.0, 0.2, 0.75])
@pytest.mark.parametrize("meant", [0, 2, 3])
def test_the_hand_trembles_to_each_other_action_alike(meant: int, tremble: float) -> None:
    counts = np.zeros(4, dtype=np.int64)
    tally_played(chance(11, meant), meant, 4, tremble, counts, DRAWS)
    assert not surprises(counts.tolist(), play([meant], 4, tremble)[0], ALARM)
    wrong = play([(meant + 1) % 4], 4, tremble)[0] if tremble != 0.75 else [0.27, 0.27, 0.23, 0.23]
    assert surprises(counts.tolist(), wrong, ALARM)


def test_one_action_is_played_without_chance() -> None:
    rng = chance(0, 0)
    assert [played(rng, 0, 1, 0.5) for _ in range(5)] == [0] * 5
    assert rng.random() == chance(0, 0).random()  # nothing was drawn


def test_two_actions_that_always_tremble_are_swapped() -> None:
    assert [played(chance(i, 0), i % 2, 2, 1.0) for i in range(20)] == [
        1 - i % 2 for i in range(20)
    ]


weights = st.lists(st.integers(0, 4), min_size=1, max_size=9).filter(any)


@given(weights, st.integers(0, 3), st.data())
def test_place_is_the_first_share_above_the_ticket(
    given_weights: list[int], before: int, data: st.DataObject
) -> None:
    value = np.array([1.0] * before + [float(w) for w in given_weights])
    starts = np.array([0, before, value.size] if before else [0, value.size])
    table = shares(starts, value)[:, None]
    last = value.size
    edges = {0, int(TICKETS) - 1}
    for share in table[before:, 0]:
        edges |= {int(share) - 1, int(share), int(share) + 1}
    tickets = [t for t in edges if 0 <= t < TICKETS]
    tickets.append(data.draw(st.integers(0, int(TICKETS) - 1)))
    for ticket in tickets:
        found = place(table, before, last, float(ticket))
        wanted = next(i for i in range(before, last) if ticket < table[i, 0])
        assert found == wanted == plain(place)(table, before, last, float(ticket))
        assert value[found] > 0  # what has no share is not drawn


@given(st.lists(weights, min_size=1, max_size=4))
def test_shares_are_those_of_each_part(parts: list[list[int]]) -> None:
    start = np.cumsum([0, *map(len, parts)])
    found = shares(start, np.array([float(w) for part in parts for w in part]))
    for begin, part in zip(start, parts, strict=False):
        for i in range(len(part)):
            share = sum(part[: i + 1]) / sum(part)
            assert found[begin + i] / TICKETS == pytest.approx(share, abs=1e-14)
        assert found[begin + len(part) - 1] == TICKETS


def test_weights_below_zero_by_rounding_are_never_drawn() -> None:
    found = shares(np.array([0, 3]), np.array([-1e-17, 1.0, -1e-17]))
    assert found.tolist() == [0, TICKETS, TICKETS]


def test_drawing_compiled_and_not_gives_the_same() -> None:
    game = make("infection-spread")
    scene = Simulator.of(game).at(vector(game, masses(game, WEIGHTS[1])))
    assert scene.rows is not None
    one, two = chance(3, 0), chance(3, 0)
    for s, a in pairs(game, 60):
        assert next_state(one, s, a, scene.rows) == plain(next_state)(two, s, a, scene.rows)
    assert one.random() == two.random()


def test_scenes_do_not_share_what_depends_on_the_mean_field() -> None:
    game = make("sis")
    simulator = Simulator.of(game)
    low, high = (simulator.at(np.array(z)) for z in ([1.0, 0.0], [0.0, 1.0]))
    # Where nobody is infected nobody catches it; where all are, most do.
    assert {low.draw(chance(0, i), 1, 0, low.rows) for i in range(50)} == {0, 1}
    assert {high.draw(chance(0, i), 1, 0, high.rows) for i in range(50)} == {1}
    assert {low.draw(chance(0, i), 1, 0, low.rows) for i in range(50)} == {0, 1}


def test_the_best_action_is_the_lowest_of_several() -> None:
    q = np.array([[1.0, 2.0, 2.0], [0.0, 0.0, 0.0], [-3.0, -2.0, -1.0]])
    assert [draws.meant(q, s) for s in range(3)] == [1, 0, 2] == q.argmax(axis=1).tolist()
