"""Learning from a population that lives in the game: O-TMFQ (Algorithm 3), IQL, and MFQ."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.numbers import normal_label
from mfgcheck.learning import loops
from mfgcheck.learning.draws import Floats, Ints
from mfgcheck.learning.learned import Learned, Path, Progress, chance, compared, count, fits, law
from mfgcheck.learning.rates import DECAYING, Rate, need_rate
from mfgcheck.learning.simulator import Simulator

_EACH = 8  # numbers that an agent takes, with what draws them


def o_tmfq(
    game: Game | Simulator,
    iterations: int = 100,
    agents: int = 1000,
    rate: Rate = DECAYING,
    *,
    passes: int = 1,
    keep: bool = True,
    first: Mapping[Any, object] | None = None,
    start: Mapping[Any, object] | Floats | None = None,
    seed: int = 0,
    run: int = 0,
    reference: Floats | None = None,
    on_progress: Progress | None = None,
) -> Learned:
    """Learn by Algorithm 3: all agents act by the last strategy, and one table learns from all.

    Args:
        game: a game, or a black box.
        iterations: steps of the population, at least 1.
        agents: how many, at least 1.
        rate: of TQ-learning.
        passes: how often TQ-learning goes over the samples of a step.
        keep: start TQ-learning from the last step's values, as in appendix F.1, not from 0.
        first: the strategy of the first step, {state: action}; the lowest action if not given. The
            paper leaves it open, and from a bad one the algorithm need not converge (see the
            ledger, `mfgcheck audit algorithm-6`).
        start: from what law the agents' first states are drawn, the least law by default.
        seed, run: where chance comes from.
        reference: a law to compare with, array (S,).
        on_progress: called between iterations.

    Raises:
        BadInput: an option is out of its range, or the game cannot be computed with in floats.

    Source: Lee et al. (2021), Algorithm 3.

    >>> from mfgcheck.gallery import make
    >>> o_tmfq(make("two-lotteries"), 4, agents=50).samples.tolist()
    [50, 50, 50, 50]
    """
    started = time.perf_counter()
    simulator = Simulator.of(game)
    there = compared(simulator, reference)
    steps, crowd = count(iterations, "iterations"), count(agents, "agents")
    rounds = count(passes, "passes")
    need_rate(rate)
    fits(_EACH * crowd, "the population", "agents")
    rng = chance(seed, run)
    where = _places(simulator, start, crowd, rng)
    z = _empirical(where, simulator)
    path = Path(simulator, z, steps, on_progress)
    strategy = _first(simulator, first)
    q = np.zeros(simulator.shape)
    chosen, following = np.empty_like(where), np.empty_like(where)
    for k in range(steps):
        scene = simulator.at(z)
        scene.loop(loops.act)(
            rng, scene.draw, scene.rows, strategy, simulator.shape[1], simulator.tremble,
            where, chosen, following,
        )  # fmt: skip
        if not keep:
            q[:] = 0.0
        visits = np.zeros(simulator.shape, dtype=np.int64)
        for _ in range(rounds):
            loops.replay(
                scene.reward, q, visits, where, chosen, following, rate.at(k, steps), rate.power,
                simulator.discount, simulator.tremble,
            )  # fmt: skip
        strategy = q.argmax(axis=1)
        where, following = following, where
        z = _empirical(where, simulator)
        path.add(k, z, strategy, crowd)
    options = {
        "iterations": steps, "agents": crowd, "rate": str(rate), "passes": rounds, "keep": keep,
        **_given(simulator, start, first),
    }  # fmt: skip
    return Learned(
        simulator, "o-tmfq", options, seed, run, path.mean_fields, path.strategies, q,
        path.samples, there, time.perf_counter() - started,
    )  # fmt: skip


def iql(
    game: Game | Simulator,
    iterations: int = 100,
    agents: int = 1000,
    rate: Rate = DECAYING,
    *,
    start: Mapping[Any, object] | Floats | None = None,
    seed: int = 0,
    run: int = 0,
    reference: Floats | None = None,
    on_progress: Progress | None = None,
) -> Learned:
    """Let every agent learn alone, from its own steps, in its own table (IQL, a baseline).

    An agent makes one update in each iteration, so the learning rate counts those of a pair since
    the run began.

    Args:
        game, iterations, agents, rate, start, seed, run, reference, on_progress: as for `o_tmfq`.

    Raises:
        BadInput: an option is out of its range, or the tables do not fit in memory.

    Source: Lee et al. (2021), section 6 and appendix F.1.

    >>> from mfgcheck.gallery import make
    >>> iql(make("audit-c"), 4, agents=50).strategies.shape
    (4, 2)
    """
    started = time.perf_counter()
    simulator = Simulator.of(game)
    there = compared(simulator, reference)
    steps, crowd = count(iterations, "iterations"), count(agents, "agents")
    need_rate(rate)
    fits(2 * crowd * simulator.shape[0] * simulator.shape[1], "the tables of all agents", "agents")
    rng = chance(seed, run)
    where = _places(simulator, start, crowd, rng)
    z = _empirical(where, simulator)
    path = Path(simulator, z, steps, on_progress)
    q = np.zeros((crowd, *simulator.shape))
    visits = np.zeros(q.shape, dtype=np.int64)
    for k in range(steps):
        scene = simulator.at(z)
        scene.loop(loops.act_alone)(
            rng, scene.draw, scene.rows, scene.reward, q, visits, where, rate.at(k, steps),
            rate.power, simulator.discount, simulator.tremble,
        )  # fmt: skip
        z = _empirical(where, simulator)
        # What most agents mean is counted at the end only: it costs more than a step.
        path.add(k, z, _commonest(q) if k == steps - 1 else path.strategies[k], crowd)
    path.strategies[:-1] = -1
    options = {
        "iterations": steps, "agents": crowd, "rate": str(rate), **_given(simulator, start),
    }  # fmt: skip
    return Learned(
        simulator, "iql", options, seed, run, path.mean_fields, path.strategies, q.mean(axis=0),
        path.samples, there, time.perf_counter() - started,
    )  # fmt: skip


def mfq(
    game: Game | Simulator,
    iterations: int = 100,
    agents: int = 1000,
    rate: Rate = DECAYING,
    *,
    seen: int = 512,
    start: Mapping[Any, object] | Floats | None = None,
    seed: int = 0,
    run: int = 0,
    reference: Floats | None = None,
    on_progress: Progress | None = None,
) -> Learned:
    """Let every agent learn from a fixed group of agents, by their mean state (MFQ, a baseline).

    An agent's table has a part for each mean state of its group, rounded to a state number; all
    samples of the group update the part of the mean before the step, with the values of that of
    the mean after it.

    Args:
        game, iterations, agents, rate, start, seed, run, reference, on_progress: as for `o_tmfq`.
        seen: how many agents are in a group, drawn once; at most `agents`.

    Raises:
        BadInput: an option is out of its range, or the tables do not fit in memory.

    Source: Lee et al. (2021), section 6 and appendix F.1, after Yang et al. (2018). The paper does
        not say how the mean enters the table, nor what the group is if there are fewer agents.

    >>> from mfgcheck.gallery import make
    >>> mfq(make("two-lotteries"), 4, agents=50, seen=10).samples.tolist()
    [50, 50, 50, 50]
    """
    started = time.perf_counter()
    simulator = Simulator.of(game)
    there = compared(simulator, reference)
    steps, crowd = count(iterations, "iterations"), count(agents, "agents")
    size = count(seen, "seen")
    if size > crowd:
        raise BadInput(f"seen is {size}, but there are {crowd} agents")
    states, actions = simulator.shape
    fits(crowd * states * states * actions, "the tables of all agents", "agents")
    fits(crowd * size, "the groups of all agents", "agents, or seen")
    need_rate(rate)
    if rate.power:
        raise BadInput("MFQ has no counts of visits: give a rate with power 0")
    rng = chance(seed, run)
    where = _places(simulator, start, crowd, rng)
    group = np.stack([rng.choice(crowd, size, replace=False) for _ in range(crowd)])
    z = _empirical(where, simulator)
    path = Path(simulator, z, steps, on_progress)
    q = np.zeros((crowd, states, states, actions))
    before, after = np.empty(crowd, dtype=np.int64), np.empty(crowd, dtype=np.int64)
    chosen, following = np.empty_like(where), np.empty_like(where)
    loops.mean_seen(where, group, before)
    for k in range(steps):
        scene = simulator.at(z)
        scene.loop(loops.act_in_view)(
            rng, scene.draw, scene.rows, q, before, simulator.tremble, where, chosen, following
        )
        loops.mean_seen(following, group, after)
        loops.replay_in_view(
            scene.reward, q, group, before, after, where, chosen, following, rate.at(k, steps),
            simulator.discount, simulator.tremble,
        )  # fmt: skip
        where, following = following, where
        before, after = after, before
        z = _empirical(where, simulator)
        path.add(k, z, path.strategies[k], crowd)
    mine = q[np.arange(crowd), before]
    path.strategies[:-1] = -1
    path.strategies[-1] = _commonest(mine)
    options = {
        "iterations": steps, "agents": crowd, "rate": str(rate), "seen": size,
        **_given(simulator, start),
    }  # fmt: skip
    return Learned(
        simulator, "mfq", options, seed, run, path.mean_fields, path.strategies, mine.mean(axis=0),
        path.samples, there, time.perf_counter() - started,
    )  # fmt: skip


def _places(
    simulator: Simulator,
    start: Mapping[Any, object] | Floats | None,
    agents: int,
    rng: np.random.Generator,
) -> Ints:
    """Return the agents' first states, drawn from a law, by number."""
    drawn: Ints = rng.choice(simulator.shape[0], size=agents, p=law(simulator, start, "the start"))
    return drawn.astype(np.int64)


def _given(
    simulator: Simulator,
    start: Mapping[Any, object] | Floats | None,
    first: Mapping[Any, object] | None = None,
) -> dict[str, object]:
    """Return where a run was asked to begin, as far as it was."""
    found: dict[str, object] = {}
    if start is not None:
        found["start"] = law(simulator, start, "the start").tolist()
    if first is not None:
        found["first"] = _first(simulator, first).tolist()
    return found


def _empirical(where: Ints, simulator: Simulator) -> Floats:
    found: Floats = np.bincount(where, minlength=simulator.shape[0]) / where.size
    return found


def _first(simulator: Simulator, first: Mapping[Any, object] | None) -> Ints:
    if first is None:
        return np.zeros(simulator.shape[0], dtype=np.int64)
    if not isinstance(first, Mapping):
        raise BadInput(f"the first strategy is {first!r}: it must be {{state: action}}")
    given = {normal_label(s): normal_label(a) for s, a in first.items()}
    for s in given:
        if s not in simulator.states.index:
            raise BadInput(f"the first strategy has the state {s}, which is none")
    for s in simulator.states.labels:
        if given.get(s) not in simulator.actions.index:
            raise BadInput(f"the first strategy names no action for the state {s}")
    return np.array([simulator.actions.index[given[s]] for s in simulator.states.labels])


def _commonest(q: Floats) -> Ints:
    """Return the action that most agents mean in each state, the lowest of several."""
    best = q.argmax(axis=2)
    votes = np.stack([(best == a).sum(axis=0) for a in range(q.shape[2])])
    found: Ints = votes.argmax(axis=0)
    return found
