"""Runs replay bit for bit, in any thread; black boxes; what is asked for wrongly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from mfgcheck import Game, point, uniform
from mfgcheck.errors import BadInput, MfgCheckError
from mfgcheck.gallery import make
from mfgcheck.learning.learn import ALGORITHMS, learn
from mfgcheck.learning.learned import Learned, chance
from mfgcheck.learning.model_free import Fixed, Printed, tmfq
from mfgcheck.learning.population import iql, mfq, o_tmfq
from mfgcheck.learning.rates import Rate
from mfgcheck.learning.simulator import Simulator, black_box
from tests.oracle.operators import dense
from tests.unit.learning.sampling import ALARM, Floats, surprises

SMALL: dict[str, dict[str, Any]] = {
    "tmfq": {"iterations": 4, "rule": Fixed(60, 60)},
    "gmbl": {"iterations": 4, "samples": 15},
    "o-tmfq": {"iterations": 6, "agents": 40},
    "iql": {"iterations": 6, "agents": 40},
    "mfq": {"iterations": 6, "agents": 40, "seen": 7},
}


def content(run: Learned) -> tuple[bytes, ...]:
    return (
        run.mean_fields.tobytes(), run.q.tobytes(), run.strategies.tobytes(), run.samples.tobytes()
    )  # fmt: skip


def small(name: str, game: Any = "two-lotteries", **options: Any) -> Learned:
    game = make(game) if isinstance(game, str) else game
    return learn(game, name, **{**SMALL[name], **options})


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_seed_replays_and_others_differ(name: str) -> None:
    once = content(small(name, seed=3, run=2))
    assert content(small(name, seed=3, run=2)) == once
    others = [content(small(name, seed=s, run=r)) for s, r in ((3, 1), (2, 2), (2, 3), (32, 0))]
    assert len({once, *others}) == 5


@pytest.mark.parametrize("name", ALGORITHMS)
def test_threads_at_once_give_the_same_as_one_after_the_other(name: str) -> None:
    options: dict[str, Any] = {"iterations": 40}
    if name == "tmfq":
        options["rule"] = Fixed(20_000, 20_000)
    after = [content(small(name, seed=s, **options)) for s in range(4)]
    found: dict[int, tuple[bytes, ...]] = {}
    ready = threading.Barrier(4)

    def work(seed: int) -> None:
        ready.wait()
        found[seed] = content(small(name, seed=seed, **options))

    threads = [threading.Thread(target=work, args=(s,)) for s in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[s] for s in range(4)] == after


@pytest.mark.parametrize("name", ALGORITHMS)
def test_what_a_run_holds(name: str) -> None:
    game = make("two-lotteries")
    reference = np.full(25, 1 / 25)
    told: list[tuple[int, int]] = []
    run = small(
        name, reference=reference, on_progress=lambda done, total, what: told.append((done, total))
    )
    steps = SMALL[name]["iterations"]
    assert run.mean_fields.shape == (steps + 1, 25)
    assert run.mean_fields.sum(axis=1) == pytest.approx(np.ones(steps + 1), abs=1e-12)
    assert run.mean_fields[0].tolist() == [1, *[0] * 24]  # the least law
    assert run.strategies.shape == (steps, 25)
    assert run.q.shape == (25, 5)
    assert run.distances is not None
    assert run.distances[0] == pytest.approx(2 * 24 / 25)
    assert run.means == pytest.approx(run.mean_fields @ np.arange(25))
    assert told == [(k, steps) for k in range(1, steps + 1)]
    whole = json.loads(json.dumps(run.to_dict()))
    assert whole["algorithm"] == run.algorithm == name
    assert whole["samples"] == run.samples.sum()
    assert str(game.name) in str(run)
    assert [len(figure.title) > 0 for figure in run.figures()] == [True, True]
    with pytest.raises(TypeError):
        bool(run)


def test_samples_are_next_states_drawn() -> None:
    calls = []

    def step(s: int, a: int, z: Floats, rng: np.random.Generator) -> int:
        calls.append((s, a))
        return int(rng.integers(3))

    box = black_box(3, 2, lambda z: np.ones((3, 2)), step, "1/2", "1/4")
    for name in ALGORITHMS:
        calls.clear()
        assert small(name, box).samples.sum() == len(calls) > 0
    calls.clear()
    run = tmfq(box, 3, Fixed(5, 7), synchronous=True)
    assert run.samples.tolist() == [5 * 6 + 7] * 3
    assert len(calls) == 3 * 37


# Black boxes.


def boxed(game: Game) -> Simulator:
    """Audit game F as a black box, which draws next states from its exact kernel."""
    kernel = dense(game, {0: Fraction(1)})[1]  # it does not depend on the mean field

    def step(s: int, a: int, z: Floats, rng: np.random.Generator) -> int:
        return int(rng.choice(2, p=kernel[s, a]))

    def reward(z: Floats) -> Floats:
        found: Floats = np.array([[0.0, 0.0], [0.5, 0.5]]) - z[1] / 2
        return found

    return black_box([0, 1], [0, 1], reward, step, game.discount, game.tremble)


@pytest.mark.parametrize("name", ["tmfq", "gmbl", "o-tmfq"])
def test_black_boxes_have_the_law_of_the_game(name: str) -> None:
    # Audit game F with so few samples that each strategy is learned sometimes. How often both ways
    # of drawing end with each strategy, and above or below a mean state, is compared with their
    # common share, which both are nearer to than to the true one.
    game = make("audit-f")
    box = boxed(game)
    options: dict[str, dict[str, Any]] = {
        "tmfq": {"rule": Fixed(30, 10), "rate": Rate(0.5)},
        "gmbl": {"samples": 4},
        "o-tmfq": {"agents": 20, "rate": Rate(0.5)},
    }
    runs = 400
    cells: list[dict[tuple[Any, ...], int]] = []
    for simulator, seed in ((game, 1), (box, 2)):
        seen: dict[tuple[Any, ...], int] = {}
        for run in range(runs):
            made = learn(simulator, name, iterations=3, seed=seed, run=run, **options[name])
            key = (*made.strategies[1].tolist(), bool(made.mean_fields[-1][1] > 0.55))
            seen[key] = seen.get(key, 0) + 1
        cells.append(seen)
    keys = sorted(set(cells[0]) | set(cells[1]))
    assert len(keys) > 2
    for key in keys:
        first, second = (seen.get(key, 0) for seen in cells)
        share = (first + second) / (2 * runs)
        both = [surprises([c, runs - c], [share, 1 - share], ALARM) for c in (first, second)]
        assert both == [[], []], key


def coin(**changes: Any) -> Simulator:
    given: dict[str, Any] = {
        "states": 2, "actions": 2, "reward": lambda z: np.zeros((2, 2)),
        "step": lambda s, a, z, rng: 1, "discount": "1/2", "tremble": "1/4",
    }  # fmt: skip
    return black_box(**{**given, **changes})


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("found", [2, -1, 0.5, None, "1", True, float("nan")])
def test_a_step_to_no_state_is_an_error(name: str, found: Any) -> None:
    with pytest.raises(BadInput, match="must be the number of a state"):
        small(name, coin(step=lambda s, a, z, rng: found))


@pytest.mark.parametrize(
    "reward",
    [
        np.zeros(2), np.zeros((3, 2)), np.full((2, 2), np.nan), np.full((2, 2), np.inf), None, "r",
        [[1, 2], [3]], 1.0,
    ],
    ids=str,
)  # fmt: skip
def test_a_reward_of_the_wrong_shape_is_an_error(reward: Any) -> None:
    with pytest.raises(BadInput, match="reward gives"):
        small("tmfq", coin(reward=lambda z: reward))


def test_a_black_box_cannot_change_the_mean_field() -> None:
    def spoil(s: int, a: int, z: Floats, rng: np.random.Generator) -> int:
        z[0] = 1.0
        return 1

    with pytest.raises(ValueError, match="read-only"):
        small("gmbl", coin(step=spoil))


def test_a_start_and_a_first_strategy_stand_in_the_result() -> None:
    game = make("audit-c")
    assert "start" not in small("o-tmfq", game).options
    for name in ALGORITHMS:
        assert small(name, game, start=[0.25, 0.75]).options["start"] == [0.25, 0.75]
    assert small("o-tmfq", game, first={0: 1, 1: 0}).options["first"] == [1, 0]


@pytest.mark.parametrize(
    "changes", [{"discount": 1}, {"discount": 0}, {"tremble": "3/5"}, {"tremble": -1}]
)
def test_black_boxes_out_of_range(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="must lie"):
        coin(**changes)


def test_numpy_integers_are_numbers_of_states() -> None:
    run = small("o-tmfq", coin(step=lambda s, a, z, rng: np.int64(1)))
    assert run.mean_fields[-1].tolist() == [0, 1]


# Bad input.

EVERYWHERE: tuple[dict[str, Any], ...] = (
    {"iterations": 0}, {"iterations": -1}, {"iterations": 2.5}, {"iterations": True},
    {"iterations": 10**12}, {"iterations": 10**40}, {"seed": -1}, {"seed": 0.5}, {"run": -1},
    {"start": {0: "1/2"}}, {"start": {99: 1}}, {"start": np.ones(3) / 3}, {"start": "low"},
    {"start": np.full(25, np.nan)}, {"start": np.array([2.0, -1.0, *[0.0] * 23])},
    {"reference": np.ones(3)}, {"reference": np.ones(25)}, {"reference": "z"}, {"unknown": 1},
)  # fmt: skip
SOME: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tmfq", {"rule": "fixed"}), ("tmfq", {"rate": 0.1}), ("o-tmfq", {"rate": "fast"}),
    ("iql", {"rate": 1}), ("mfq", {"rate": None}), ("mfq", {"rate": Rate(power=0.85)}),
    ("gmbl", {"samples": 0}), ("gmbl", {"samples": 10**40}), ("gmbl", {"accuracy": 0}),
    ("gmbl", {"accuracy": float("nan")}), ("o-tmfq", {"agents": 0}), ("o-tmfq", {"passes": 0}),
    ("o-tmfq", {"agents": 10**11}), ("iql", {"agents": 10**11}), ("mfq", {"agents": 10**11}),
    ("mfq", {"agents": 10**5, "seen": 10**5}), ("mfq", {"seen": 41}), ("mfq", {"seen": 0}),
    ("iql", {"agents": 0}), ("o-tmfq", {"first": {0: 0}}), ("o-tmfq", {"first": [0] * 25}),
    ("o-tmfq", {"first": {s: 7 for s in range(25)}}),
    ("o-tmfq", {"first": {s: 0 for s in range(26)}}),
)  # fmt: skip


@pytest.mark.parametrize("options", EVERYWHERE, ids=str)
@pytest.mark.parametrize("name", ALGORITHMS)
def test_bad_options_of_all(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(MfgCheckError):
        small(name, **options)


@pytest.mark.parametrize(("name", "options"), SOME, ids=str)
def test_bad_options_of_some(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        small(name, **options)


@pytest.mark.parametrize(
    "make_rule",
    [
        lambda: Fixed(0, 1), lambda: Fixed(1, 0), lambda: Fixed(10**30, 1), lambda: Printed(0.0),
        lambda: Printed(eps2=-1.0), lambda: Printed(float("nan")), lambda: Printed(at_most=0),
        lambda: Printed("a"), lambda: Printed(eps2=None), lambda: Printed(np.zeros(2)),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_bad_rules(make_rule: Callable[[], object]) -> None:
    with pytest.raises(BadInput):
        make_rule()


def test_unknown_algorithms_and_games() -> None:
    with pytest.raises(BadInput, match="there is no algorithm 'sarsa': there are tmfq, gmbl"):
        learn(make("audit-c"), "sarsa")
    with pytest.raises(BadInput, match="there is no algorithm"):
        learn(make("audit-c"), ["gmbl"])  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="accuracy is 'x'"):
        learn(make("audit-c"), "gmbl", accuracy="x")
    with pytest.raises(BadInput, match="gmbl has no option agents"):
        learn(make("audit-c"), "gmbl", agents=3)
    with pytest.raises(MfgCheckError):
        learn("audit-c", "gmbl")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_tremble_that_is_too_large(name: str) -> None:
    game = Game(
        states=2, actions=2, reward=lambda s, a, z: s, transition=lambda s, a, z: point(a),
        discount="1/2", tremble="3/4",
    )  # fmt: skip
    with pytest.raises(BadInput, match="tremble"):
        small(name, game)


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize(("states", "actions"), [(1, 1), (1, 3), (4, 1)])
def test_one_state_or_one_action(name: str, states: int, actions: int) -> None:
    game = Game(
        states=states, actions=actions, reward=lambda s, a, z: s - a,
        transition=lambda s, a, z: uniform(range(states)), discount="1/2", tremble=0,
    )  # fmt: skip
    run = small(name, game)
    assert run.q.shape == (states, actions)
    assert np.all(run.strategies[-1] < actions)
    if states == 1:
        assert np.all(run.mean_fields == 1)


@pytest.mark.parametrize("name", ["o-tmfq", "iql", "mfq"])
def test_one_agent_is_a_population(name: str) -> None:
    options = {"agents": 1, **({"seen": 1} if name == "mfq" else {})}
    run = small(name, **options)
    assert set(run.mean_fields.max(axis=1)) == {1.0}
    assert run.samples.tolist() == [1] * 6


def test_chance_is_the_generator_it_says() -> None:
    # One stream for each (seed, run), by numpy's own rule for children of a seed.
    wanted = np.random.SeedSequence(9).spawn(4)[3]
    assert chance(9, 3).random() == np.random.Generator(np.random.PCG64(wanted)).random()


# What options do, by hand: one state, one action, reward 1, discount 1/2, so that an update with
# step 1/2 takes q to 1/2 + 3/4 q, and n of them take 0 to 2 (1 - (3/4)^n).


def lonely() -> Simulator:
    return black_box(1, 1, lambda z: np.ones((1, 1)), lambda s, a, z, rng: 0, "1/2", 0)


HALF = Rate(0.5)


@pytest.mark.parametrize(
    ("run", "updates"),
    [
        (lambda: tmfq(lonely(), 3, Fixed(2, 1), HALF), 6),
        (lambda: tmfq(lonely(), 3, Fixed(2, 1), HALF, keep=False), 2),
        (lambda: tmfq(lonely(), 3, Fixed(2, 1), HALF, synchronous=True), 6),
        (lambda: tmfq(lonely(), 3, Fixed(2, 1), HALF, synchronous=True, keep=False), 2),
        (lambda: o_tmfq(lonely(), 3, 2, HALF), 6),
        (lambda: o_tmfq(lonely(), 3, 2, HALF, keep=False), 2),
        (lambda: o_tmfq(lonely(), 3, 2, HALF, passes=2), 12),
        (lambda: iql(lonely(), 3, 4, HALF), 3),
        (lambda: mfq(lonely(), 3, 4, HALF, seen=2), 6),
    ],
)
def test_values_after_so_many_updates(run: Callable[[], Learned], updates: int) -> None:
    assert run().q == pytest.approx(np.array([[2 * (1 - 0.75**updates)]]), abs=1e-14)


@pytest.mark.parametrize(
    "run",
    [
        lambda rate: tmfq(lonely(), 3, Fixed(1, 1), rate),
        lambda rate: tmfq(lonely(), 3, Fixed(1, 1), rate, synchronous=True),
        lambda rate: o_tmfq(lonely(), 3, 1, rate),
        lambda rate: iql(lonely(), 3, 1, rate),
        lambda rate: mfq(lonely(), 3, 1, rate, seen=1),
    ],
)
def test_the_learning_rate_changes_between_iterations(run: Callable[[Rate], Learned]) -> None:
    q = 0.0
    for step in (1 / 2, 1 / 4, 1 / 8):
        q += step * (1 + q / 2 - q)
    assert run(Rate(1 / 2, 1 / 8)).q == pytest.approx(np.array([[q]]), abs=1e-14)


def test_the_learning_rate_counts_updates_of_an_iteration() -> None:
    # With power 1 the first of each iteration has step 1: q becomes 1 + q/2, then half of the way.
    q = 0.0
    for step in (1, 1 / 2, 1, 1 / 2):
        q += step * (1 + q / 2 - q)
    for run in (
        tmfq(lonely(), 2, Fixed(2, 1), Rate(power=1)),
        tmfq(lonely(), 2, Fixed(2, 1), Rate(power=1), synchronous=True),
        o_tmfq(lonely(), 2, 2, Rate(power=1)),
    ):
        assert run.q == pytest.approx(np.array([[q]]), abs=1e-14)
    q = 0.0
    for step in (1, 1 / 2, 1 / 3, 1 / 4):  # agents that learn alone count all of them
        q += step * (1 + q / 2 - q)
    assert iql(lonely(), 4, 2, Rate(power=1)).q == pytest.approx(np.array([[q]]), abs=1e-14)


def test_fixed_numbers_of_updates_never_stop_early() -> None:
    assert tmfq(coin(), 2, Fixed(50, 3)).samples.tolist() == [53, 53]  # where all rewards are 0


def test_a_trajectory_goes_on_through_iterations_or_starts_anew() -> None:
    states: list[int] = []

    def step(s: int, a: int, z: Floats, rng: np.random.Generator) -> int:
        states.append(s)
        return (s + 1) % 50

    box = black_box(50, 1, lambda z: np.ones((50, 1)), step, "1/2", 0)
    goes_on = []
    for keep in (True, False):
        states.clear()
        tmfq(box, 20, Fixed(3, 1), keep=keep, seed=1)
        assert len(states) == 80
        goes_on.append(
            sum(states[i] == (states[i - 2] + 1) % 50 for i in range(4, 80, 4))  # [i - 1]: Next-MF
        )
    assert goes_on[0] == 19
    assert goes_on[1] < 5  # by chance: 19 times 1/50


def test_mfq_acts_by_the_part_of_its_table_for_the_mean_that_it_sees() -> None:
    # The state is the number of the step, modulo 3, for all agents: so the part for a mean is
    # learned where the state is that mean, and nowhere else, and is what is shown at the end.
    box = black_box(3, 1, lambda z: np.ones((3, 1)), lambda s, a, z, rng: (s + 1) % 3, "1/2", 0)
    run = mfq(box, 7, 4, HALF, seen=4)
    assert run.mean_fields.argmax(axis=1).tolist() == [0, 1, 2, 0, 1, 2, 0, 1]
    assert run.q[1, 0] > 0
    assert run.q[[0, 2], 0].tolist() == [0, 0]
