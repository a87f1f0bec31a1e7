"""One update at a time against exact arithmetic, on tables of floats read as fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfgcheck import Game, point, uniform
from mfgcheck.errors import BadInput
from mfgcheck.learning import loops
from mfgcheck.learning.draws import worth
from mfgcheck.learning.learned import chance
from mfgcheck.learning.model_based import smoothed, solve_model
from mfgcheck.learning.rates import DECAYING, PRINTED, Rate
from mfgcheck.learning.simulator import Simulator
from tests.oracle.operators import trembling
from tests.unit.learning.sampling import Floats, optimal

STATES, ACTIONS = 3, 3
GAMMA, EPSILON = 0.75, 0.3
RATES = ((0.25, 0.0), (1.0, 0.0), (1.0, 0.85), (0.5, 1.0))

table = st.lists(
    st.lists(st.floats(-4, 4, width=32), min_size=ACTIONS, max_size=ACTIONS),
    min_size=STATES, max_size=STATES,
).map(np.array)  # fmt: skip


def exact_worth(row: Sequence[float], epsilon: float) -> F:
    """G of one row: the best action with 1 - epsilon, the others alike with what is left."""
    found = trembling([[F(x) for x in row]], F(epsilon))[0]
    assert isinstance(found, F)
    return found


def updated(old: float, step: float, reward: float, later: Sequence[float]) -> float:
    """Equation (6), exactly: (1 - alpha) Q + alpha (r + gamma G)."""
    alpha = F(step)
    target = F(reward) + F(GAMMA) * exact_worth(later, EPSILON)
    return float((1 - alpha) * F(old) + alpha * target)


def near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-14, abs=1e-14)


def somewhere() -> Any:
    """A stage of a game whose next state is one of two, or a certain one."""
    game = Game(
        states=STATES, actions=ACTIONS, reward=lambda s, a, z: s - a,
        transition=lambda s, a, z: uniform([s, a]) if a else point(0),
        discount="3/4", tremble="3/10",
    )  # fmt: skip
    return Simulator.of(game).at(np.array([0.5, 0.25, 0.25]))


SCENE = somewhere()


@given(
    st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=5), st.sampled_from([0, 0.25, 0.5])
)
def test_worth_is_g_of_the_paper(row: list[float], epsilon: float) -> None:
    q = np.array([row])
    wanted = exact_worth(row, epsilon) if len(row) > 1 else F(row[0])
    assert worth(q, 0, epsilon) == near(float(wanted))
    assert smoothed(q, epsilon)[0] == near(float(wanted))


def test_worth_at_ties_and_with_one_action() -> None:
    assert worth(np.array([[2.0, 2.0, -1.0]]), 0, 0.5) == 0.5 * 2 + 0.25 * 2 - 0.25
    assert worth(np.array([[7.0]]), 0, 0.5) == 7
    assert worth(np.array([[1.0, 1.0]]), 0, 0.375) == 1


@pytest.mark.parametrize(("scale", "power"), RATES)
@given(q=table, reward=table, seed=st.integers(0, 1000))
def test_trajectory(scale: float, power: float, q: Floats, reward: Floats, seed: int) -> None:
    rng = chance(seed, 0)
    visits, s = np.zeros((STATES, ACTIONS), dtype=np.int64), seed % STATES
    for _ in range(6):
        before, seen = q.copy(), visits.copy()
        made, following = loops.trajectory(
            rng, SCENE.draw, SCENE.rows, reward, q, visits, s, 1, scale, power, GAMMA, EPSILON, 0.0
        )
        assert made == 1
        [(here, a)] = np.argwhere(visits != seen).tolist()
        assert here == s
        assert visits[s, a] == seen[s, a] + 1
        assert following in ({s, a} if a else {0})
        before[s, a] = updated(
            before[s, a], scale / (seen[s, a] + 1.0) ** power, reward[s, a], before[following]
        )
        assert q == near(before)  # and nothing else has changed
        s = following


def test_a_trajectory_in_one_piece_or_in_many_is_the_same() -> None:
    reward = np.arange(9.0).reshape(3, 3)
    results = []
    for pieces in ([400], [1] * 150 + [250]):
        q, visits, rng, s = np.zeros((3, 3)), np.zeros((3, 3), dtype=np.int64), chance(5, 0), 0
        for n in pieces:
            _, s = loops.trajectory(
                rng, SCENE.draw, SCENE.rows, reward, q, visits, s, n, 1.0, 0.7, GAMMA, EPSILON, 0.0
            )
        results.append((q.tobytes(), visits.tobytes(), s))
    assert results[0] == results[1]


@pytest.mark.parametrize(("scale", "power"), RATES)
@given(q=table, reward=table)
def test_synchronous_rounds_start_from_the_values_before(
    scale: float, power: float, q: Floats, reward: Floats
) -> None:
    # The next state of (s, a) is (s + a) mod 3, for certain. Equation (18) has G(Q)(s), which
    # would be of the state itself, and not of the next one.
    game = Game(
        states=3, actions=3, reward=lambda s, a, z: s,
        transition=lambda s, a, z: point(int(s + a) % 3), discount="3/4", tremble="3/10",
    )  # fmt: skip
    scene = Simulator.of(game).at(np.array([1.0, 0.0, 0.0]))
    wanted = q.copy()
    for t in range(2):
        before = wanted.copy()
        for s in range(3):
            for a in range(3):
                wanted[s, a] = updated(
                    before[s, a], scale / (t + 1.0) ** power, reward[s, a], before[(s + a) % 3]
                )
    loops.synchronous(
        chance(0, 0), scene.draw, scene.rows, reward, q, 2, scale, power, GAMMA, EPSILON
    )
    assert q == near(wanted)


steps = st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=8)


@pytest.mark.parametrize(("scale", "power"), RATES)
@given(q=table, reward=table, seen=steps)
def test_replay_goes_through_the_buffer_in_order(
    scale: float, power: float, q: Floats, reward: Floats, seen: list[tuple[int, int, int]]
) -> None:
    wanted, times = q.copy(), np.zeros((STATES, ACTIONS), dtype=np.int64)
    for s, a, following in seen:
        step = scale / (times[s, a] + 1.0) ** power
        wanted[s, a] = updated(wanted[s, a], step, reward[s, a], wanted[following])
        times[s, a] += 1
    visits = np.zeros((STATES, ACTIONS), dtype=np.int64)
    agents, chosen, after = (np.array(column) for column in zip(*seen, strict=True))
    loops.replay(reward, q, visits, agents, chosen, after, scale, power, GAMMA, EPSILON)
    assert q == near(wanted)
    assert np.array_equal(visits, times)


@pytest.mark.parametrize(("scale", "power"), RATES)
@given(tables=st.lists(table, min_size=4, max_size=4), reward=table, seed=st.integers(0, 99))
def test_act_alone_updates_each_agent_by_its_own_step(
    scale: float, power: float, tables: list[Floats], reward: Floats, seed: int
) -> None:
    q, rng = np.stack(tables), chance(seed, 0)
    visits = np.zeros(q.shape, dtype=np.int64)
    agents = np.array([0, 1, 2, 1])
    for _ in range(4):
        wanted, seen, before = q.copy(), visits.copy(), agents.copy()
        loops.act_alone(
            rng, SCENE.draw, SCENE.rows, reward, q, visits, agents, scale, power, GAMMA, EPSILON
        )
        changed = np.argwhere(visits != seen).tolist()
        assert [(i, s) for i, s, _ in changed] == list(enumerate(before.tolist()))
        for i, s, a in changed:
            assert agents[i] in ({s, a} if a else {0})
            step = scale / (seen[i, s, a] + 1.0) ** power
            later = wanted[i, agents[i]].copy()
            wanted[i, s, a] = updated(wanted[i, s, a], step, reward[s, a], later)
        assert q == near(wanted)


@given(
    tables=st.lists(table, min_size=9, max_size=9),
    reward=table,
    seen=st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=3, max_size=3),
    before=st.lists(st.integers(0, 2), min_size=3, max_size=3),
    after=st.lists(st.integers(0, 2), min_size=3, max_size=3),
    group=st.lists(st.permutations(range(3)).map(lambda p: p[:2]), min_size=3, max_size=3),
)
def test_replay_in_view_learns_from_those_seen(
    tables: list[Floats], reward: Floats, seen: list[tuple[int, int, int]],
    before: list[int], after: list[int], group: list[list[int]],
) -> None:  # fmt: skip
    q = np.stack(tables).reshape(3, 3, STATES, ACTIONS)
    wanted = q.copy()
    for i in range(3):
        for j in group[i]:
            s, a, following = seen[j]
            old, later = wanted[i, before[i], s, a], wanted[i, after[i], following]
            wanted[i, before[i], s, a] = updated(old, 0.25, reward[s, a], later)
    agents, chosen, following_states = (np.array(column) for column in zip(*seen, strict=True))
    loops.replay_in_view(
        reward, q, np.array(group), np.array(before), np.array(after), agents, chosen,
        following_states, 0.25, GAMMA, EPSILON,
    )  # fmt: skip
    assert q == near(wanted)


@given(st.lists(st.integers(0, 24), min_size=4, max_size=4))
def test_mean_seen_is_the_mean_state_rounded(states: list[int]) -> None:
    group = np.array([[0, 1], [3, 2], [1, 3], [0, 0]])
    found = np.empty(4, dtype=np.int64)
    loops.mean_seen(np.array(states), group, found)
    for i, (j, k) in enumerate(group.tolist()):
        assert abs(F(states[j] + states[k], 2) - int(found[i])) <= F(1, 2)
    # Halves go up.
    assert found.tolist() == [(states[j] + states[k] + 1) // 2 for j, k in group.tolist()]


def test_a_sampled_model_has_so_many_samples_of_each_pair() -> None:
    seen = np.full((3, 3, 3), 9.0)
    loops.sample_model(chance(0, 0), SCENE.draw, SCENE.rows, 50, seen)
    assert seen.sum(axis=2) == near(np.ones((3, 3)))
    for s in range(3):
        assert seen[s, 0].tolist() == [1, 0, 0]  # for certain
        for a in (1, 2):
            assert set(np.flatnonzero(seen[s, a]).tolist()) == {s, a}
            assert seen[s, a] * 50 == near(np.rint(seen[s, a] * 50))


@settings(max_examples=20)
@given(table, st.sampled_from([0.5, 0.9, 0.999]))
def test_a_model_is_solved_to_its_accuracy(reward: Floats, discount: float) -> None:
    kernel = chance(1, 0).dirichlet(np.ones(3), size=(3, 3))
    found = solve_model(reward, kernel, np.zeros((3, 3)), discount, EPSILON, 1e-10)
    once = reward + discount * kernel @ smoothed(found, EPSILON)
    allowance = 1e-12 * np.abs(reward).max() / (1 - discount)
    assert np.abs(once - found).max() <= 1e-10 * (1 - discount) + allowance
    if discount == 0.5:
        assert found == pytest.approx(optimal(reward, kernel, discount, EPSILON), abs=2e-10)


def test_a_model_that_would_take_a_million_rounds_is_refused_at_once() -> None:
    kernel = chance(1, 0).dirichlet(np.ones(3), size=(3, 3))
    with pytest.raises(BadInput, match=r"so near 1 \(by 1e-09\).*a million rounds"):
        solve_model(np.ones((3, 3)), kernel, np.zeros((3, 3)), 1 - 1e-9, EPSILON, 1e-10)


def test_rates_go_geometrically_from_first_to_last() -> None:
    rate = Rate(1e-2, 1e-4)
    assert [rate.at(k, 3) for k in range(3)] == [near(1e-2), near(1e-3), near(1e-4)]
    assert rate.at(0, 1) == 1e-2
    assert Rate(0.5).at(7, 9) == 0.5
    # Appendix F.1 prints a rate that rises, and calls it decaying.
    assert [PRINTED.at(0, 9), PRINTED.at(8, 9)] == [near(1e-3), near(1e-2)]
    assert [DECAYING.at(0, 9), DECAYING.at(8, 9)] == [near(1e-2), near(1e-3)]


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 0}, {"first": -0.1}, {"first": 1.5}, {"first": float("nan")}, {"last": 0},
        {"last": 2}, {"first": "1"}, {"first": True}, {"power": -1}, {"power": float("inf")},
        {"power": float("nan")}, {"power": None},
    ],
)  # fmt: skip
def test_rates_out_of_range(arguments: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="learning rate"):
        Rate(**arguments)
