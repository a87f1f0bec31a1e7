"""Time one update of each learner: compiled, in numpy, and in plain Python; part of `make bench`.

    python -m benchmarks.learn [--games infection-spread,mturk] [--repeat 5] [--out FILE]

An update of TQ-learning is an action, a next state and a change of one TQ-value; one of Next-MF is
a state, an action and a next state; one of GMBL is a next state. All three ways do the same work on
the same stage, in one process, one after the other, with one thread. Tables show the median, in
nanoseconds of the processor.

`numpy` is what one would write with arrays. The single trajectory has one step after the other, so
it is a loop of calls; agents and samples that do not depend on each other are taken all at once.
Where an update depends on the one before in the table, as in O-TMFQ, the batch is added up as if it
did not: less work than what is asked for. GMBL's samples are one call of the multinomial law, which
has to be given the kernel: a simulator that can only be asked for next states does not give it.
`Python` is the compiled loop as it is written, with lists for arrays.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.check import GOALS, WIDTH, short, table
from benchmarks.learners import Dense
from mfgcheck.gallery import make
from mfgcheck.learning import loops
from mfgcheck.learning.draws import shares
from mfgcheck.learning.learned import chance
from mfgcheck.learning.simulator import Scene, Simulator

GAMES = "infection-spread,mturk"
AGENTS, SEEN, SAMPLES = 1000, 64, 500
STEP = 0.01
MOST_NANOSECONDS, LEAST_RATIO = 60.0, 100.0
LEARNERS = ("TMFQ", "Next-MF", "O-TMFQ", "IQL", "MFQ", "GMBL")
TIMED = ("TMFQ", "O-TMFQ", "IQL")  # those with a target


@dataclass(frozen=True, eq=False)
class Setting:
    """A game at one mean field, in each of the three ways.

    Attributes:
        simulator, scene: as the package has it.
        reward, running: reward (S, A), and running sums of the kernel's rows (S, A, S), dense.
        z: the mean field.
    """

    simulator: Simulator
    scene: Scene
    reward: Any
    running: Any
    z: Any

    @staticmethod
    def of(name: str) -> Setting:
        """Make the setting at the uniform law."""
        game = make(name)
        simulator = Simulator.of(game)
        z = np.full(simulator.shape[0], 1 / simulator.shape[0])
        reward, kernel = Dense.of(game).at(z[None])
        return Setting(simulator, simulator.at(z), reward[0], kernel[0].cumsum(axis=2), z)


Work = Callable[[int], int]
"""Does at least so many updates; returns how many it did."""


def worths(q: Any, tremble: float) -> Any:
    """Return G of tables whose last axis are actions."""
    best, k = q.max(axis=-1), q.shape[-1]
    return (1 - tremble) * best + tremble / (k - 1) * (q.sum(axis=-1) - best)


def whole(size: int, once: Callable[[], object]) -> Work:
    """Return work that is done in batches of one size."""

    def work(updates: int) -> int:
        batches = -(-updates // size)
        for _ in range(batches):
            once()
        return batches * size

    return work


def compiled(here: Setting, learner: str) -> Work:
    """Return the package's loops."""
    simulator, scene, rng = here.simulator, here.scene, chance(0, 0)
    states, actions = simulator.shape
    gamma, eps = simulator.discount, simulator.tremble
    draw, rows, reward = scene.draw, scene.rows, scene.reward
    where = rng.integers(states, size=AGENTS)
    strategy = np.zeros(states, dtype=np.int64)
    chosen, after = np.empty_like(where), np.empty_like(where)
    if learner in ("TMFQ", "O-TMFQ"):
        q, visits = np.zeros((states, actions)), np.zeros((states, actions), dtype=np.int64)
        if learner == "TMFQ":

            def along(updates: int) -> int:
                loops.trajectory(
                    rng, draw, rows, reward, q, visits, 0, updates, STEP, 0.0, gamma, eps, 0.0
                )
                return updates

            return along

        def online() -> None:
            loops.act(rng, draw, rows, strategy, actions, eps, where, chosen, after)
            loops.replay(reward, q, visits, where, chosen, after, STEP, 0.0, gamma, eps)

        return whole(AGENTS, online)
    if learner == "Next-MF":
        law = shares(np.array([0, states]), here.z).reshape(-1, 1)
        counts = np.zeros(states, dtype=np.int64)

        def sampled(updates: int) -> int:
            return int(
                loops.next_law(rng, draw, rows, law, strategy, actions, eps, updates, -1.0, counts)
            )

        return sampled
    if learner == "IQL":
        own = np.zeros((AGENTS, states, actions))
        seen = np.zeros(own.shape, dtype=np.int64)
        return whole(
            AGENTS,
            lambda: loops.act_alone(
                rng, draw, rows, reward, own, seen, where, STEP, 0.0, gamma, eps
            ),
        )
    if learner == "MFQ":
        mine = np.zeros((AGENTS, states, states, actions))
        group = np.stack([rng.choice(AGENTS, SEEN, replace=False) for _ in range(AGENTS)])
        before, later = np.zeros(AGENTS, dtype=np.int64), np.zeros(AGENTS, dtype=np.int64)

        def in_view() -> None:
            loops.mean_seen(where, group, before)
            loops.act_in_view(rng, draw, rows, mine, before, eps, where, chosen, after)
            loops.mean_seen(after, group, later)
            loops.replay_in_view(
                reward, mine, group, before, later, where, chosen, after, STEP, gamma, eps
            )

        return whole(AGENTS * SEEN, in_view)
    model = np.zeros((states, actions, states))
    return whole(
        states * actions * SAMPLES, lambda: loops.sample_model(rng, draw, rows, SAMPLES, model)
    )


def in_numpy(here: Setting, learner: str) -> Work:
    """Return the same work with numpy, all at once where nothing waits for the update before."""
    rng, running, reward = np.random.default_rng(0), here.running, here.reward
    states, actions = here.simulator.shape
    gamma, eps = here.simulator.discount, here.simulator.tremble

    def play(meant: Any) -> Any:
        other = rng.integers(actions - 1, size=meant.shape)
        other += other >= meant
        return np.where(rng.random(meant.shape) < eps, other, meant)

    def step(s: Any, a: Any) -> Any:
        return (rng.random(s.size)[:, None] >= running[s, a]).sum(axis=1).clip(max=states - 1)

    where = rng.integers(states, size=AGENTS)
    everyone = np.arange(AGENTS)
    if learner == "TMFQ":
        q = np.zeros((states, actions))

        def along(updates: int) -> int:
            s = 0
            for _ in range(updates):
                a = int(q[s].argmax())
                if rng.random() < eps:
                    other = int(rng.integers(actions - 1))
                    a = other + (other >= a)
                following = int(np.searchsorted(running[s, a], rng.random(), side="right"))
                following = min(following, states - 1)
                q[s, a] += STEP * (reward[s, a] + gamma * worths(q[following], eps) - q[s, a])
                s = following
            return updates

        return along
    if learner == "Next-MF":
        strategy = np.zeros(states, dtype=np.int64)

        def sampled(updates: int) -> int:
            for _ in range(-(-updates // 10_000)):
                s = rng.choice(states, size=10_000, p=here.z)
                np.bincount(step(s, play(strategy[s])), minlength=states)
            return -(-updates // 10_000) * 10_000

        return sampled
    if learner == "O-TMFQ":
        q = np.zeros((states, actions))

        def online() -> None:
            a = play(q.argmax(axis=1)[where])
            after = step(where, a)
            target = reward[where, a] + gamma * worths(q, eps)[after]
            np.add.at(q, (where, a), STEP * (target - q[where, a]))
            where[:] = after

        return whole(AGENTS, online)
    if learner == "IQL":
        own = np.zeros((AGENTS, states, actions))

        def alone() -> None:
            a = play(own[everyone, where].argmax(axis=1))
            after = step(where, a)
            target = reward[where, a] + gamma * worths(own[everyone, after], eps)
            own[everyone, where, a] += STEP * (target - own[everyone, where, a])
            where[:] = after

        return whole(AGENTS, alone)
    if learner == "MFQ":
        mine = np.zeros((AGENTS, states, states, actions))
        group = np.stack([rng.choice(AGENTS, SEEN, replace=False) for _ in range(AGENTS)])

        def in_view() -> None:
            before = np.rint(where[group].mean(axis=1)).astype(np.int64)
            a = play(mine[everyone, before, where].argmax(axis=1))
            after = step(where, a)
            later = np.rint(after[group].mean(axis=1)).astype(np.int64)
            s, chosen = where[group], a[group]
            values = worths(mine[everyone, later], eps)
            target = reward[s, chosen] + gamma * np.take_along_axis(values, after[group], axis=1)
            at = (everyone[:, None], before[:, None], s, chosen)
            np.add.at(mine, at, STEP * (target - mine[at]))
            where[:] = after

        return whole(AGENTS * SEEN, in_view)
    kernel = np.diff(running, prepend=0.0, axis=2).clip(0.0)
    kernel /= kernel.sum(axis=2, keepdims=True)
    return whole(
        states * actions * SAMPLES, lambda: np.divide(rng.multinomial(SAMPLES, kernel), SAMPLES)
    )


def in_python(here: Setting, learner: str) -> Work | None:
    """Return the same work with lists, where it is a loop of single updates."""
    rng, reward = random.Random(0), here.reward.tolist()
    running = here.running.tolist()
    states, actions = here.simulator.shape
    gamma, eps = here.simulator.discount, here.simulator.tremble

    def play(meant: int) -> int:
        if rng.random() >= eps:
            return meant
        other = int(rng.random() * (actions - 1))
        return other + 1 if other >= meant else other

    def place(row: list[float]) -> int:
        u, first, last = rng.random(), 0, len(row)
        while last - first > 1:
            middle = (first + last) // 2 - 1
            if u < row[middle]:
                last = middle + 1
            else:
                first = middle + 1
        return first

    def worth(row: list[float]) -> float:
        best = max(row)
        return (1 - eps) * best + eps / (actions - 1) * (sum(row) - best)

    def update(q: list[list[float]], s: int, a: int, following: int) -> None:
        q[s][a] += STEP * (reward[s][a] + gamma * worth(q[following]) - q[s][a])

    where = [rng.randrange(states) for _ in range(AGENTS)]
    strategy = [0] * states
    if learner == "TMFQ":
        table = [[0.0] * actions for _ in range(states)]

        def along(updates: int) -> int:
            s = 0
            for _ in range(updates):
                a = play(table[s].index(max(table[s])))
                following = place(running[s][a])
                update(table, s, a, following)
                s = following
            return updates

        return along
    if learner == "Next-MF":
        law, counts = np.cumsum(here.z).tolist(), [0] * states

        def sampled(updates: int) -> int:
            for _ in range(updates):
                s = place(law)
                counts[place(running[s][play(strategy[s])])] += 1
            return updates

        return sampled
    if learner == "O-TMFQ":
        table = [[0.0] * actions for _ in range(states)]

        def online() -> None:
            chosen = [play(strategy[s]) for s in where]
            after = [place(running[s][a]) for s, a in zip(where, chosen, strict=True)]
            for s, a, following in zip(where, chosen, after, strict=True):
                update(table, s, a, following)

        return whole(AGENTS, online)
    if learner == "IQL":
        own = [[[0.0] * actions for _ in range(states)] for _ in range(AGENTS)]

        def alone() -> None:
            for i, s in enumerate(where):
                a = play(own[i][s].index(max(own[i][s])))
                following = place(running[s][a])
                update(own[i], s, a, following)
                where[i] = following

        return whole(AGENTS, alone)
    if learner == "GMBL":
        seen = [[[0] * states for _ in range(actions)] for _ in range(states)]

        def model() -> None:
            for s in range(states):
                for a in range(actions):
                    for _ in range(10):
                        seen[s][a][place(running[s][a])] += 1

        return whole(states * actions * 10, model)
    return None  # MFQ's tables are millions of numbers


def nanoseconds(work: Work, seconds: float, repeat: int) -> float:
    """Return the median time of an update, by the processor, of runs that take about so long."""
    updates = work(1)  # compiles
    while True:
        started = time.process_time()
        done = work(updates)
        taken = time.process_time() - started
        if taken > seconds / 4:
            break
        updates *= 4
    samples = []
    for _ in range(repeat):
        started = time.process_time()
        done = work(updates)
        samples.append((time.process_time() - started) / done)
    return 1e9 * statistics.median(samples)


def measure(names: Sequence[str], repeat: int, console: Console) -> list[dict[str, Any]]:
    """Time all learners, in all ways, in some games."""
    rows = []
    for name in names:
        here = Setting.of(name)
        for learner in LEARNERS:
            if learner == "MFQ" and here.simulator.shape[0] > 50:
                continue  # its tables do not fit
            with console.status(f"{name}, {learner}"):
                row: dict[str, Any] = {"game": name, "learner": learner}
                ways = (("compiled", compiled), ("numpy", in_numpy), ("python", in_python))
                for way, prepare in ways:
                    work = prepare(here, learner)
                    row[way] = None if work is None else nanoseconds(work, 0.2, repeat)
                rows.append(row)
    return rows


def tables(rows: Sequence[dict[str, Any]]) -> list[Table]:
    """Return the results as tables."""
    times = table(
        "One update, ns of the processor, one thread (x: times as long as compiled)",
        ("game", "learner", "compiled", "numpy", "x", "Python", "x"),
    )
    goals = table("Targets", GOALS)
    shown = ""
    for row in rows:
        name = "" if row["game"] == shown else row["game"]
        shown = row["game"]
        cells = [short(row["compiled"])]
        for way in ("numpy", "python"):
            known = row[way] is not None
            cells += [short(row[way]), short(row[way] / row["compiled"])] if known else ["", ""]
        times.add_row(name, row["learner"], *cells)
        for job, value, target, unit, met in targets(row):
            verdict = "[green]met[/]" if met else "[red]missed[/]"
            goals.add_row(job, "", f"{short(value)} {unit}", f"{short(target)} {unit}", verdict)
    return [made for made in (times, goals) if made.row_count]


def targets(row: dict[str, Any]) -> list[tuple[str, float, float, str, bool]]:
    """Return what was to be reached by a learner on Infection Spread, and what was."""
    found = []
    if row["game"] == "infection-spread":
        if row["learner"] in TIMED:
            value = row["compiled"]
            job = f"{row['learner']}, one update"
            found.append((job, value, MOST_NANOSECONDS, "ns", value <= MOST_NANOSECONDS))
        if row["learner"] == "TMFQ":
            ratio = row["numpy"] / row["compiled"]
            job = "TMFQ, faster than numpy"
            found.append((job, ratio, LEAST_RATIO, "x", ratio >= LEAST_RATIO))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print tables, and write the numbers to a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learn", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--games", default=GAMES, help=f"of the gallery (default {GAMES})")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each (default 5)")
    parser.add_argument("--out", type=Path, help="write all numbers to this JSON file")
    options = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    rows = measure(options.games.split(","), options.repeat, console)
    for made in tables(rows):
        console.print(made)
    if options.out is not None:
        results = {"schema": "mfgcheck.benchmark-learn/1", "updates": rows}
        options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
