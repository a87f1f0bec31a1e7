"""Tests of what chance does, with false-alarm rates that are theorems; and small games.

Of n independent draws that hit with probability p, at least c hit with probability at most
exp(-n KL(c/n, p)) if c >= n p, and at most c do if c <= n p (Chernoff).
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mfgcheck import Game
from tests.oracle.operators import backup

Floats = npt.NDArray[np.float64]

ALARM = 1e-6
"""How often one test may fail although nothing is wrong."""


def information(x: float, p: float) -> float:
    """Return KL(x, p) of two coins; infinite where p excludes x."""
    total = 0.0
    for here, there in ((x, p), (1 - x, 1 - p)):
        if here > 0:
            total += here * math.log(here / there) if there > 0 else math.inf
    return total


def surprises(counts: Sequence[int], law: Sequence[float], alarm: float) -> list[int]:
    """Return the outcomes that came so often, or so rarely, that it is less likely than `alarm`.

    A law of floats may be off by 10^-12: what is less likely counts as impossible.
    """
    n, share = sum(counts), alarm / len(counts)
    laws = (0.0 if p < 1e-12 else 1.0 if p > 1 - 1e-12 else p for p in law)
    return [
        i
        for i, (c, p) in enumerate(zip(counts, laws, strict=True))
        if n * information(c / n, p) > math.log(2 / share)
    ]


def off_the_mean(samples: Floats, truth: Floats, slack: float = 1e-4) -> Floats:
    """Return how many standard errors the mean over runs, axis 0, is from the truth.

    `slack` is taken off for what the number of iterations leaves. Student's t with 19 degrees of
    freedom is above 9 in size with a probability of 3e-8.
    """
    runs = samples.shape[0]
    error = samples.std(axis=0, ddof=1) / math.sqrt(runs)
    away = np.maximum(np.abs(samples.mean(axis=0) - truth) - slack, 0.0)
    found: Floats = away / np.maximum(error, 1e-300)
    return found


def optimal(reward: Floats, kernel: Floats, discount: float, tremble: float) -> Floats:
    """Return Q* of a stage, by the oracle's operator."""
    q = np.zeros(reward.shape)
    for _ in range(math.ceil(40 / (1 - discount))):
        q = backup(reward, kernel, q, discount, tremble)
    return q


def pairs(game: Game, most: int) -> Iterator[tuple[int, int]]:
    """Return numbers of states and actions, spread out if they are more than `most`."""
    whole = list(itertools.product(range(game.states.size), range(game.actions.size)))
    step = max(1, len(whole) // most)
    return iter(whole[::step])


def masses(game: Game, weights: Sequence[int]) -> Mapping[Any, Any]:
    """Return the mean field with these weights, repeated up to the last state."""
    from fractions import Fraction

    states = game.states.labels
    row = [w for w, _ in zip(itertools.cycle(weights), states, strict=False)]
    return {x: Fraction(w, sum(row)) for x, w in zip(states, row, strict=True)}


def mean(values: Sequence[float]) -> float:
    return statistics.fmean(values)
