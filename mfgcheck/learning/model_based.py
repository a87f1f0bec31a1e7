"""GMBL (Algorithm 5): a model from samples at each mean field, and its exact best response."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.learning import loops
from mfgcheck.learning.draws import Floats, Ints
from mfgcheck.learning.learned import (
    Learned,
    Path,
    Progress,
    chance,
    compared,
    count,
    fits,
    law,
    positive,
)
from mfgcheck.learning.simulator import Simulator

_ROUNDS = 1_000_000  # of TQ-value iteration, which contracts by the discount


def gmbl(
    game: Game | Simulator,
    iterations: int = 100,
    samples: int = 500,
    *,
    accuracy: float = 1e-10,
    start: Mapping[Any, object] | Floats | None = None,
    seed: int = 0,
    run: int = 0,
    reference: Floats | None = None,
    on_progress: Progress | None = None,
) -> Learned:
    """Learn by Algorithm 5: sample every pair at z_k, solve the sampled model, step in it.

    Args:
        game: a game, or a black box.
        iterations: of the mean field, at least 1.
        samples: n_0, next states drawn of each state and action, in each iteration.
        accuracy: TQ-value iteration ends when the values of the sampled model are known so well.
        start: z_0, the least law by default.
        seed, run: where chance comes from.
        reference: a law to compare with, array (S,).
        on_progress: called between iterations.

    Raises:
        BadInput: an option is out of its range, or the game cannot be computed with in floats.

    Source: Lee et al. (2021), Algorithm 5, appendix B.

    >>> from mfgcheck.gallery import make
    >>> gmbl(make("audit-c"), 4, 100).samples.tolist()
    [400, 400, 400, 400]
    """
    started = time.perf_counter()
    simulator = Simulator.of(game)
    there = compared(simulator, reference)
    steps, n = count(iterations, "iterations"), count(samples, "samples")
    positive(accuracy, "accuracy")
    states, actions = simulator.shape
    fits(states * states * actions, "a sampled model", "states")
    rng = chance(seed, run)
    z = law(simulator, start, "the start")
    path = Path(simulator, z, steps, on_progress)
    seen = np.zeros((states, actions, states))
    q = np.zeros(simulator.shape)
    for k in range(steps):
        scene = simulator.at(z)
        scene.loop(loops.sample_model)(rng, scene.draw, scene.rows, n, seen)
        q = solve_model(scene.reward, seen, q, simulator.discount, simulator.tremble, accuracy)
        strategy = q.argmax(axis=1)
        mu = trembling(strategy, actions, simulator.tremble)
        z = (z[:, None] * mu).ravel() @ seen.reshape(-1, states)
        z /= z.sum()
        path.add(k, z, strategy, n * states * actions)
    options: dict[str, object] = {"iterations": steps, "samples": n, "accuracy": accuracy}
    if start is not None:
        options["start"] = path.mean_fields[0].tolist()
    return Learned(
        simulator, "gmbl", options, seed, run, path.mean_fields, path.strategies, q, path.samples,
        there, time.perf_counter() - started,
    )  # fmt: skip


def solve_model(
    reward: Floats, kernel: Floats, q: Floats, discount: float, tremble: float, accuracy: float
) -> Floats:
    """Return the TQ-values (S, A) of a model, to an accuracy in its reward's units.

    Args:
        reward: array (S, A).
        kernel: array (S, A, S).
        q: where TQ-value iteration starts, array (S, A).
        discount, tremble: of the game.
        accuracy: how far the values may be off, but for rounding.

    Raises:
        BadInput: the discount is so near 1 that this would take more than a million rounds.
    """
    rows = kernel.reshape(-1, kernel.shape[2])
    # A step of size x leaves an error of at most x discount/(1 - discount). Rounding moves values,
    # which may be as large as the reward over 1 - discount, for ever.
    largest = float(np.abs(reward).max()) / (1 - discount)
    enough = max(accuracy * (1 - discount) / discount, 1e-14 * largest)
    step = math.inf
    while step > enough:
        better = reward + discount * (rows @ smoothed(q, tremble)).reshape(reward.shape)
        step = float(np.abs(better - q).max())
        q = better
        # Each round makes the step smaller by the discount at least.
        if step > enough and math.log(step / enough) > -_ROUNDS * math.log(discount):
            raise BadInput(
                f"the discount is so near 1 (by {1 - discount:.1g}) that the values of a sampled "
                f"model are not known to {accuracy:g} in a million rounds: take a smaller one"
            )
    return q


def smoothed(q: Floats, tremble: float) -> Floats:
    """Return G(q), array (S,)."""
    actions = q.shape[1]
    best: Floats = q.max(axis=1)
    if actions == 1:
        return best
    mean: Floats = (1 - tremble) * best + tremble / (actions - 1) * (q.sum(axis=1) - best)
    return mean


def trembling(strategy: Ints, actions: int, tremble: float) -> Floats:
    """Return the trembling strategy (S, A) whose likeliest actions these are."""
    mu = np.full((strategy.size, actions), tremble / max(1, actions - 1))
    mu[np.arange(strategy.size), strategy] = 1 - tremble
    return mu
