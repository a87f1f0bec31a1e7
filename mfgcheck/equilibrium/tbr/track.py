"""What is kept of a path of mean fields, and how a cycle is recognised."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from mfgcheck.equilibrium.tbr.dominance import Direction, Dominance
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.game.floats import Floats

Ints = npt.NDArray[np.int64]

KEPT_NUMBERS = 1 << 23
"""So many numbers of mean fields are kept (64 MB, and as much for the strategies); of a longer path
every second mean field, then every fourth, and so on, is kept, and always the last."""

_WATCHED = 1 << 18  # numbers of mean fields that are looked at together for their direction

CLOSE = 1e-12
"""Mean fields whose ||.||_1 distance is at most this are the same to a cycle, if the path moved by
at least 1000 times as much in between."""

LONGEST_PERIOD = 64
"""Cycles that take more steps are not recognised."""

_ROUNDS = 8  # times that a cycle must come back


class Track:
    """Collects the mean fields and strategies of a run."""

    def __init__(self, model: Model, *, expected: bool | None) -> None:
        """Start with nothing; `expected` is the direction of the path if it is known."""
        order = model.game.states
        self._text = order.text
        self._height = order.coordinates.sum(axis=1).astype(np.float64)
        self._direction = Direction(Dominance.of(model), expected=expected)
        self._heights: list[float] = []
        self._kept: list[tuple[int, Floats, Ints]] = []
        self._stride = 1
        self._most = max(2, KEPT_NUMBERS // model.states)
        self._watch = max(2, _WATCHED // model.states)
        self._unwatched: list[Floats] = []

    def add(self, z: Floats, actions: Ints) -> None:
        """Add the next mean field and the strategy that is greedy for it."""
        step = len(self._heights)
        self._heights.append(float(self._height @ z))
        self._unwatched.append(z)
        if len(self._unwatched) > self._watch:
            self._look()
        if self._kept and np.array_equal(actions, self._kept[-1][2]):
            actions = self._kept[-1][2]  # one array for as long as the strategy stays
        if self._kept and self._kept[-1][0] % self._stride:
            self._kept.pop()  # it was there as the last one only
        self._kept.append((step, z, actions))
        if len(self._kept) > self._most:
            self._stride *= 2
            self._kept = [item for item in self._kept if not item[0] % self._stride]
            if self._kept[-1][0] != step:
                self._kept.append((step, z, actions))

    def _look(self) -> None:
        first = len(self._heights) - len(self._unwatched)
        self._direction.feed(np.array(self._unwatched), first, self._text)
        self._unwatched = self._unwatched[-1:]

    def end(self) -> tuple[Ints, Floats, Ints, Floats, Direction]:
        """Return numbers, mean fields, strategies (all as kept), heights, and the direction."""
        self._look()
        steps, path, strategies = zip(*self._kept, strict=True)
        return (
            np.array(steps, dtype=np.int64),
            np.array(path),
            np.array(strategies),
            np.array(self._heights),
            self._direction,
        )


class Repeats:
    """Recognises cycles: a path that comes back, again and again, to where it was.

    Brent's method: each mean field is compared with one anchor, which is moved forward now and
    then. When the path has come back to the anchor after p >= 2 steps with the same strategy, the
    anchor stays until the path has done so eight times (so that a slow spiral into a limit is not
    taken for a cycle), and then the last p strategies have to be those of the round before.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[Floats, Ints]] = deque(maxlen=2 * LONGEST_PERIOD)
        self._anchor: tuple[Floats, Ints] | None = None
        self._since, self._reach = 0, 1
        self._moved = 0.0
        self._candidate = 0

    def found(self, z: Floats, actions: Ints, moves: float) -> bool:
        """Add the next mean field and its strategy; return whether there is a cycle.

        `moves` is the ||.||_1 distance from here to the mean field that comes next.
        """
        self._moved = max(self._moved, moves)
        self._recent.append((z, actions))
        self._since += 1
        if self._anchor is None:
            self._place(z, actions)
        elif self._candidate:
            if self._since % self._candidate == 0:
                if not self._back(z, actions):
                    self._place(z, actions)
                elif self._since >= _ROUNDS * self._candidate:
                    return self._same_strategies()
        elif self._since > 1 and self._back(z, actions):
            self._candidate = self._since
        elif self._since >= self._reach:
            self._reach = min(2 * self._reach, LONGEST_PERIOD)
            self._place(z, actions)
        return False

    def _back(self, z: Floats, actions: Ints) -> bool:
        assert self._anchor is not None
        before, strategy = self._anchor
        return float(np.abs(z - before).sum()) <= CLOSE < self._moved / 1000 and np.array_equal(
            actions, strategy
        )

    def _place(self, z: Floats, actions: Ints) -> None:
        self._anchor = z, actions
        self._since, self._candidate, self._moved = 0, 0, 0.0

    def _same_strategies(self) -> bool:
        p = self._candidate
        last = list(self._recent)[-2 * p :]
        same = all(np.array_equal(a[1], b[1]) for a, b in zip(last[:p], last[p:], strict=True))
        if not same:
            self._place(*self._recent[-1])
        return same

    @property
    def period(self) -> int:
        """The period of the cycle that was found."""
        return self._candidate

    @property
    def cycle(self) -> Floats:
        """The last mean fields of the cycle that was found, array (period, S)."""
        return np.array([z for z, _ in list(self._recent)[-self._candidate :]])
