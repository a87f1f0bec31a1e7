"""How many next states a simulator draws in a second on this machine."""

from __future__ import annotations

import time

import numpy as np

from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.game.game import Game

_DRAWS = 1_000_000
_PAIRS = 64  # rows that are kept at hand


def estimate_rate(game: Game) -> float:
    """Return how many next states numpy draws in a second from rows of a game's kernel.

    Rows at the least mean field are written out as cumulative sums; a draw is a random pair, a
    random number, and a search in that row. Other simulators may be faster or slower.
    """
    model = Model.of(game)
    stage = model.at(model.least)
    rng = np.random.default_rng(0)
    pairs = rng.integers(model.states * model.actions, size=_PAIRS)
    laws = []
    for pair in pairs.tolist():
        joint = np.zeros((model.states, model.actions))
        joint[pair // model.actions, pair % model.actions] = 1.0
        laws.append(stage.push(joint))
    # One sorted list for all rows: row i covers the numbers from i to i + 1.
    ends = (np.cumsum(np.array(laws), axis=1) + np.arange(_PAIRS)[:, None]).ravel()
    started = time.perf_counter()
    row = rng.integers(_PAIRS, size=_DRAWS)
    found = np.searchsorted(ends, row + rng.random(_DRAWS)) % model.states
    del found
    return _DRAWS / (time.perf_counter() - started)
