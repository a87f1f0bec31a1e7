"""Small games and their numbers by plain loops, from the users' own functions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from mfgcheck import Game, point
from mfgcheck.budgets.constants.family import weights_of
from tests.oracle.operators import dense

Floats = npt.NDArray[np.float64]
Law = dict[Any, Fraction]


def game_of(reward: Any, transition: Any, states: Any = 2, actions: Any = 1, **more: Any) -> Game:
    """A game with short defaults."""
    settings = {"discount": "1/2", "tremble": "1/4" if actions != 1 else 0} | more
    return Game(states=states, actions=actions, reward=reward, transition=transition, **settings)


def still(reward: Any, **more: Any) -> Game:
    """A game in which nobody moves."""
    return game_of(reward, lambda s, a, z: point(s), **more)


def laws(game: Game, seed: int, count: int) -> list[Law]:
    """All vertices of the simplex, and some random laws."""
    rng = np.random.default_rng(seed)
    labels = game.states.labels
    found = [{x: Fraction(1)} for x in labels]
    for _ in range(count):
        weights = rng.integers(0, 50, len(labels)) + (rng.random() < 0.5)
        if weights.sum():
            total = int(weights.sum())
            found.append({x: Fraction(int(w), total) for x, w in zip(labels, weights, strict=True)})
    return found


def neighbours(game: Game, z: Law) -> Iterator[Law]:
    """Laws with a little mass moved from one state to another."""
    for x, y in itertools.permutations(game.states.labels, 2):
        mass = z.get(x, Fraction(0))
        if mass:
            step = min(mass, Fraction(1, 5000))
            yield z | {x: mass - step, y: z.get(y, Fraction(0)) + step}


def distance(one: Law, other: Law) -> float:
    """The size of the difference of two laws."""
    return float(sum(abs(one.get(x, 0) - other.get(x, 0)) for x in {*one, *other}))


def steepest(game: Game, seed: int = 0, count: int = 1) -> tuple[float, float, float]:
    """The largest quotients for C1, C1 as a sum, and C2 that were seen."""
    found = [0.0, 0.0, 0.0]
    known = [(z, dense(game, z)) for z in laws(game, seed, count)]
    pairs = list(itertools.combinations(known, 2))
    for z, numbers in known:
        pairs += [((z, numbers), (y, dense(game, y))) for y in neighbours(game, z)]
    for (z, (r, p)), (y, (r2, p2)) in pairs:
        far = distance(z, y)
        if far:
            changes = (
                np.abs(r - r2).max(),
                np.abs(r - r2).sum(),
                np.abs(p - p2).sum(axis=2).max(),
            )
            found = [max(old, float(new) / far) for old, new in zip(found, changes, strict=True)]
    return found[0], found[1], found[2]


def trembling_rows(game: Game, kernel: Floats) -> Floats:
    """Rows of the trembling kernels: array (S, A, S), the meant action second."""
    kappa, spread = map(float, weights_of(game))
    return np.asarray(kappa * kernel + spread * kernel.sum(axis=1, keepdims=True))


def largest_tv(game: Game, kernel: Floats) -> float:
    """The largest total variation distance of trembling rows of two different states."""
    rows = trembling_rows(game, kernel)
    best = 0.0
    for s, t in itertools.permutations(range(len(rows)), 2):
        for a, b in itertools.product(range(rows.shape[1]), repeat=2):
            best = max(best, float(np.abs(rows[s, a] - rows[t, b]).sum()) / 2)
    return best


def hitting_times(game: Game, kernel: Floats, meant: tuple[int, ...]) -> Floats:
    """Expected updates until (s*, a*) is tried, by linear equations: array (S*, A*, S)."""
    states, actions, _ = kernel.shape
    kappa, spread = map(float, weights_of(game))
    found = np.zeros((states, actions, states))
    for target, action in itertools.product(range(states), range(actions)):
        moves = np.zeros((states, states))
        for s in range(states):
            for b in range(actions):
                if (s, b) != (target, action):
                    moves[s] += (spread + kappa * (meant[s] == b)) * kernel[s, b]
        found[target, action] = np.linalg.solve(np.eye(states) - moves, np.ones(states))
    return found


def covering_time(game: Game, kernel: Floats, meant: tuple[int, ...]) -> float:
    """Expected updates until all pairs are tried, from the worst state, over sets of pairs."""
    states, actions, _ = kernel.shape
    kappa, spread = map(float, weights_of(game))
    full = (1 << (states * actions)) - 1
    times = {full: np.zeros(states)}
    for tried in range(full - 1, -1, -1):
        moves, known = np.zeros((states, states)), np.ones(states)
        for s in range(states):
            for b in range(actions):
                weight = spread + kappa * (meant[s] == b)
                after = tried | 1 << (s * actions + b)
                if after == tried:
                    moves[s] += weight * kernel[s, b]
                else:
                    known[s] += weight * float(kernel[s, b] @ times[after])
        times[tried] = np.linalg.solve(np.eye(states) - moves, known)
    return float(times[0].max())
