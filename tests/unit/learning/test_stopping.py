"""The paper's stopping rules do what their exact law says, and stop as early as it says."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfgcheck import Game
from mfgcheck.budgets.bounds.stopping import first_update, next_mf, two_equal_samples
from mfgcheck.errors import BadInput
from mfgcheck.gallery import make
from mfgcheck.learning import loops
from mfgcheck.learning.compiled import plain
from mfgcheck.learning.draws import TICKETS
from mfgcheck.learning.learned import chance
from mfgcheck.learning.model_free import Fixed, Printed, next_mean_field, tmfq
from mfgcheck.learning.rates import Rate
from mfgcheck.learning.simulator import Simulator
from tests.unit.learning.sampling import ALARM, surprises

RUNS = 20_000


def thirds() -> Game:
    return Game(
        states=3, actions=1, reward=lambda s, a, z: s,
        transition=lambda s, a, z: {0: F(1, 6), 1: F(1, 3), 2: F(1, 2)}, discount="1/2", tremble=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "law", "eps"),
    [
        ("fair-coin", (F(1, 2), F(1, 2)), F(1, 20)),
        ("fair-coin", (F(1, 2), F(1, 2)), F(1, 3)),
        ("thirds", (F(1, 6), F(1, 3), F(1, 2)), F(1, 5)),
    ],
)
def test_next_mf_stops_with_its_exact_law(name: str, law: tuple[F, ...], eps: F) -> None:
    game = thirds() if name == "thirds" else make(name)
    simulator = Simulator.of(game)
    scene, rng = simulator.at(np.eye(1, len(law))[0]), chance(1, 0)
    strategy, rule = np.zeros(len(law), dtype=np.int64), Printed(eps2=float(eps))
    seen: Counter[tuple[int, ...]] = Counter()
    for _ in range(RUNS):
        z, drawn = next_mean_field(rng, simulator, scene, strategy, rule)
        seen[tuple(np.rint(z * drawn).astype(int).tolist())] += 1
    exact = next_mf(law, eps).results
    assert set(seen) <= set(exact)
    counts = [seen[result] for result in exact]
    assert not surprises(counts, [float(p) for p in exact.values()], ALARM / 2)
    twos = sum(count for result, count in seen.items() if sum(result) == 2 and max(result) == 2)
    equal = float(two_equal_samples(law).chance)
    assert not surprises([twos, RUNS - twos], [equal, 1 - equal], ALARM / 2)
    assert surprises([twos, RUNS - twos], [equal - 0.03, 1.03 - equal], ALARM / 2)


@given(
    st.lists(st.integers(0, 2), min_size=1, max_size=60),
    st.sampled_from([F(1, 10), F(1, 20), F(1, 3), F(2, 15), F(1, 100), F(2, 3)]),
)
def test_next_mf_stops_where_exact_arithmetic_does(states: list[int], eps: F) -> None:
    # Also where the change equals the tolerance, as 2/20 does 1/10.
    wanted = len(states)
    for j in range(2, len(states) + 1):
        before, after = ([states[:n].count(x) for x in range(3)] for n in (j - 1, j))
        moved = sum(abs(F(b, j) - F(a, j - 1)) for a, b in zip(before, after, strict=True))
        if moved <= eps:
            wanted = j
            break
    script = iter(states)

    def draw(rng: Any, s: int, a: int, rows: Any) -> int:
        return next(script)

    counts = np.zeros(3, dtype=np.int64)
    law = np.full((1, 1), int(TICKETS), dtype=np.int64)
    drawn = plain(loops.next_law)(
        chance(0, 0), draw, None, law, np.array([0]), 1, 0.0, len(states), float(eps), counts
    )
    assert drawn == wanted
    assert counts.tolist() == [states[:wanted].count(x) for x in range(3)]


def test_fixed_numbers_of_draws_never_stop_early() -> None:
    simulator = Simulator.of(make("fair-coin"))
    scene, strategy = simulator.at(np.array([1.0, 0.0])), np.zeros(2, dtype=np.int64)
    for seed in range(50):
        _, drawn = next_mean_field(chance(seed, 0), simulator, scene, strategy, Fixed(1, 40))
        assert drawn == 40


def trained(reward: float, eps1: float) -> int:
    """How many updates the printed rule makes where every reward is the same, with step 1/8."""
    simulator = Simulator.of(make("fair-coin"))
    scene = simulator.at(np.array([1.0, 0.0]))
    q, visits = np.zeros((2, 2)), np.zeros((2, 2), dtype=np.int64)
    rewards = np.full((2, 2), reward)
    made, _ = loops.trajectory(
        chance(4, 0), scene.draw, scene.rows, rewards, q, visits, 0, 10_000, 0.125, 0.0,
        simulator.discount, simulator.tremble, eps1,
    )  # fmt: skip
    assert visits.sum() == made
    return int(made)


def test_tq_learning_stops_at_once_where_the_reward_is_zero() -> None:
    flaw = first_update(make("fair-coin"), {0: 1}, 0, 0, F(1, 8))
    assert flaw.stops_always
    assert flaw.error == F(3, 2)
    for eps1 in (1e-12, 1e-3, 1.0):
        assert trained(0.0, eps1) == 1


def test_tq_learning_goes_on_where_the_first_update_changes_more() -> None:
    assert trained(1.0, 0.125) > 1  # a change of exactly the tolerance is not below it
    assert trained(1.0, 0.1250001) == 1


def test_tmfq_with_the_printed_rule_learns_nothing_of_a_zero_reward() -> None:
    # From state 0 of the fair coin, where r = 0, the first update changes nothing.
    starts = set()
    for seed in range(30):
        learned = tmfq(make("fair-coin"), 1, Printed(1e-9, 0.5, 200), Rate(0.5), seed=seed)
        early = bool(np.all(learned.q == 0))
        starts.add(early)
        if early:  # one update, and Next-MF ends with 2 draws, or with 3 or 4
            assert 3 <= learned.samples[0] <= 5
    assert starts == {True, False}


def test_the_printed_rule_ends_at_most_where_it_is_told_to() -> None:
    learned = tmfq(make("audit-f"), 3, Printed(1e-12, 1e-12, 50), Rate(0.5), seed=1)
    assert np.all(learned.samples <= 100)


def test_the_printed_rule_is_for_one_trajectory() -> None:
    with pytest.raises(BadInput, match="one trajectory"):
        tmfq(make("audit-f"), 3, Printed(), synchronous=True)
