"""Compiled loops of the learners. `draw(rng, s, a, rows)` gives a next state; `q` is (S, A).

The step of an update is scale / (n + 1)^power, where n counts the updates of the pair before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mfgcheck.learning.compiled import compiled
from mfgcheck.learning.draws import TICKETS, Floats, Ints, meant, place, played, worth


@compiled
def trajectory(
    rng: np.random.Generator,
    draw: Callable[..., int],
    rows: Any,
    reward: Floats,
    q: Floats,
    visits: Ints,
    s: int,
    updates: int,
    scale: float,
    power: float,
    discount: float,
    tremble: float,
    tolerance: float,
) -> tuple[int, int]:
    """TQ-learning along one trajectory (equation (6)); `q` and `visits` are changed.

    It ends after so many updates, or after the first that changes `q` by less than `tolerance`.

    Returns:
        How many updates were made, and the state that was reached.
    """
    for t in range(updates):
        a = played(rng, meant(q, s), q.shape[1], tremble)
        following = draw(rng, s, a, rows)
        step = scale * (visits[s, a] + 1.0) ** -power
        visits[s, a] += 1
        change = step * (reward[s, a] + discount * worth(q, following, tremble) - q[s, a])
        q[s, a] += change
        s = following
        if abs(change) < tolerance:
            return t + 1, s
    return updates, s


@compiled
def synchronous(
    rng: np.random.Generator,
    draw: Callable[..., int],
    rows: Any,
    reward: Floats,
    q: Floats,
    rounds: int,
    scale: float,
    power: float,
    discount: float,
    tremble: float,
) -> None:
    """Synchronous TQ-learning (equation (18), corrected): each round updates every pair once.

    All updates of a round start from the values before it; `q` is changed.
    """
    states, actions = q.shape
    values = np.empty(states)
    for t in range(rounds):
        step = scale * (t + 1.0) ** -power
        for s in range(states):
            values[s] = worth(q, s, tremble)
        for s in range(states):
            for a in range(actions):
                following = draw(rng, s, a, rows)
                q[s, a] += step * (reward[s, a] + discount * values[following] - q[s, a])


@compiled
def next_law(
    rng: np.random.Generator,
    draw: Callable[..., int],
    rows: Any,
    law: Ints,
    strategy: Ints,
    actions: int,
    tremble: float,
    draws: int,
    tolerance: float,
    counts: Ints,
) -> int:
    """Next-MF (Algorithm 4): how often each state came next, added to `counts`, array (S,).

    A state from the law with these `shares`, array (S, 1), a trembling action, a next state. It
    ends after so many draws, or when one more moved the empirical law by at most `tolerance` in
    ||.||_1.

    Returns:
        How many draws were made.
    """
    for j in range(1, draws + 1):
        s = place(law, 0, law.size, rng.random() * TICKETS)
        a = played(rng, strategy[s], actions, tremble)
        following = draw(rng, s, a, rows)
        if tolerance >= 0.0 and j > 1:
            # From counts c to c + e_s': ||.||_1 = 2 (1 - c(s')/(j-1)) / j. Rounded once, so that it
            # is at most the tolerance, as it was given, where it is so exactly.
            moved = 2.0 * (j - 1 - counts[following]) / (j * (j - 1.0))
            counts[following] += 1
            if moved <= tolerance:
                return j
        else:
            counts[following] += 1
    return draws


@compiled
def sample_model(
    rng: np.random.Generator, draw: Callable[..., int], rows: Any, samples: int, seen: Floats
) -> None:
    """Replace `seen`, array (S, A, S), by empirical laws of so many next states of each pair."""
    states, actions, _ = seen.shape
    seen[:] = 0.0
    for s in range(states):
        for a in range(actions):
            for _ in range(samples):
                seen[s, a, draw(rng, s, a, rows)] += 1.0
    seen /= samples


@compiled
def act(
    rng: np.random.Generator,
    draw: Callable[..., int],
    rows: Any,
    strategy: Ints,
    actions: int,
    tremble: float,
    agents: Ints,
    chosen: Ints,
    following: Ints,
) -> None:
    """Let all agents act by one strategy: their actions and next states replace the last two."""
    for i in range(agents.size):
        chosen[i] = played(rng, strategy[agents[i]], actions, tremble)
        following[i] = draw(rng, agents[i], chosen[i], rows)


@compiled
def replay(
    reward: Floats,
    q: Floats,
    visits: Ints,
    agents: Ints,
    chosen: Ints,
    following: Ints,
    scale: float,
    power: float,
    discount: float,
    tremble: float,
) -> None:
    """TQ-learning on a memory buffer, in the order of the agents; `q` and `visits` are changed."""
    for i in range(agents.size):
        s, a = agents[i], chosen[i]
        step = scale * (visits[s, a] + 1.0) ** -power
        visits[s, a] += 1
        q[s, a] += step * (reward[s, a] + discount * worth(q, following[i], tremble) - q[s, a])


@compiled
def act_alone(
    rng: np.random.Generator,
    draw: Callable[..., int],
    rows: Any,
    reward: Floats,
    q: Floats,
    visits: Ints,
    agents: Ints,
    scale: float,
    power: float,
    discount: float,
    tremble: float,
) -> None:
    """Independent Q-learning: agent i acts by q[i], learns from its own step, and moves.

    `q` and `visits`, arrays (N, S, A), and `agents` are changed.
    """
    _, states, actions = q.shape
    lines = q.reshape(-1, actions)  # a view of each agent's table would cost an eighth of an update
    for i in range(agents.size):
        s = agents[i]
        line = i * states + s
        a = played(rng, meant(lines, line), actions, tremble)
        following = draw(rng, s, a, rows)
        step = scale * (visits[i, s, a] + 1.0) ** -power
        visits[i, s, a] += 1
        target = reward[s, a] + discount * worth(lines, i * states + following, tremble)
        lines[line, a] += step * (target - lines[line, a])
        agents[i] = following


@compiled
def act_in_view(
    rng: np.random.Generator,
    draw: Callable[..., int],
    rows: Any,
    q: Floats,
    seen: Ints,
    tremble: float,
    agents: Ints,
    chosen: Ints,
    following: Ints,
) -> None:
    """Let agent i act by q[i, seen[i]], array (N, M, S, A); actions and next states replace."""
    for i in range(agents.size):
        mine = q[i, seen[i]]
        chosen[i] = played(rng, meant(mine, agents[i]), mine.shape[1], tremble)
        following[i] = draw(rng, agents[i], chosen[i], rows)


@compiled
def replay_in_view(
    reward: Floats,
    q: Floats,
    group: Ints,
    before: Ints,
    after: Ints,
    agents: Ints,
    chosen: Ints,
    following: Ints,
    scale: float,
    discount: float,
    tremble: float,
) -> None:
    """MFQ: each agent learns from the steps of the agents that it sees, array `group` (N, K).

    Agent i updates q[i, before[i]], with the values of q[i, after[i]]; `q` is changed.
    """
    for i in range(agents.size):
        mine, later = q[i, before[i]], q[i, after[i]]
        for j in group[i]:
            s, a = agents[j], chosen[j]
            mine[s, a] += scale * (
                reward[s, a] + discount * worth(later, following[j], tremble) - mine[s, a]
            )


@compiled
def mean_seen(agents: Ints, group: Ints, found: Ints) -> None:
    """Replace `found`, array (N,), by the mean state number of each agent's group, rounded."""
    for i in range(group.shape[0]):
        total = 0
        for j in group[i]:
            total += agents[j]
        found[i] = int(total / group.shape[1] + 0.5)
