"""Stochastic dominance between mean fields in floating point, up to a stated rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfgcheck.equilibrium.tbr.model import ULP, Model
from mfgcheck.game.floats import Floats
from mfgcheck.game.orders import Order
from mfgcheck.verify.upper_sets import TooManyUpperSets, upper_sets

_ENUMERATED = 40  # states of a product order up to which its upper sets are tried one by one
_CHUNK = 1 << 22  # numbers handled at once


@dataclass(frozen=True)
class Fall:
    """A step of a path that goes against the direction that the path has taken.

    Attributes:
        step: it happens between mean fields number `step` and `step + 1`.
        upper_set: numbers of the minimal states of the upper set whose mass moves the wrong way.
        amount: by how much that mass does, a positive number.
        rising: whether the path was rising.
        text: the same as a sentence.
    """

    step: int
    upper_set: tuple[int, ...]
    amount: float
    rising: bool
    text: str


@dataclass(frozen=True, eq=False)
class Dominance:
    """Compares mean fields by the masses of upper sets.

    Attributes:
        order: the states.
        allowance: masses that differ by no more count as equal: 2^-52 times the number of states
            and of the roundings in one step. It is an allowance for rounding, not a proof.
    """

    order: Order
    allowance: float

    @staticmethod
    def of(model: Model) -> Dominance:
        """Return what compares the mean fields of a game."""
        return Dominance(model.game.states, ULP * (model.states + model.longest))

    @cached_property
    def _enumerated(self) -> tuple[Floats, tuple[tuple[int, ...], ...]] | None:
        if self.order.is_chain or self.order.size > _ENUMERATED:
            return None
        try:
            members, minimal = upper_sets(self.order, tuple(range(self.order.size)))
        except TooManyUpperSets:
            return None
        return members.T.astype(np.float64), minimal

    @property
    def all_sets(self) -> bool:
        """Whether all upper sets are looked at; if not, those with a least element are.

        Then dominance can be refuted, but what looks like dominance may be none.
        """
        return self.order.is_chain or self._enumerated is not None

    def masses(self, differences: Floats) -> Floats:
        """Return the masses of the upper sets, array (N, sets), of N signed measures (N, S)."""
        if self._enumerated is not None:
            found: Floats = differences @ self._enumerated[0]
            return found
        grid = differences.reshape(len(differences), *self.order.shape)
        for axis in range(1, grid.ndim):
            grid = np.flip(np.flip(grid, axis).cumsum(axis), axis)
        return grid.reshape(differences.shape)

    def minimal(self, number: int) -> tuple[int, ...]:
        """Return the minimal states of the upper set with this number in `masses`."""
        return self._enumerated[1][number] if self._enumerated is not None else (number,)

    def below(self, low: Floats, high: Floats) -> bool:
        """Whether low[i] is dominated by high[i] for all i, arrays (N, S)."""
        return all(
            bool((self.masses(high[part] - low[part]) >= -self.allowance).all())
            for part in self._parts(len(low))
        )

    def _parts(self, n: int) -> list[slice]:
        sets = len(self._enumerated[1]) if self._enumerated is not None else self.order.size
        size = max(1, _CHUNK // max(sets, 1))
        return [slice(i, i + size) for i in range(0, n, size)]


class Direction:
    """Watches a path: whether it rises or falls throughout, and the first step that does not."""

    def __init__(self, dominance: Dominance, *, expected: bool | None) -> None:
        """Start to watch; `expected` is the direction if it is known (True is rising)."""
        self._dominance = dominance
        self._rising = expected
        self._moved = False
        self.fall: Fall | None = None

    @property
    def rising(self) -> bool | None:
        """True if the path rises throughout, False if it falls, None if neither."""
        if self.fall is not None:
            return None
        return True if not self._moved else self._rising

    def feed(self, path: Floats, first: int, text: Callable[[int], str]) -> None:
        """Look at consecutive mean fields (N, S), the first of which has the number `first`.

        `text` gives the name of a state, for the sentence.
        """
        for part in self._dominance._parts(len(path) - 1):
            if self.fall is None:
                block = path[part.start : part.stop + 1]
                self._feed(np.diff(block, axis=0), first + part.start, text)

    def _feed(self, steps: Floats, first: int, text: Callable[[int], str]) -> None:
        masses = self._dominance.masses(steps)
        allowance = self._dominance.allowance
        rises = masses.min(axis=1) >= -allowance
        falls = masses.max(axis=1) <= allowance
        moves = np.flatnonzero(~(rises & falls))
        if not moves.size:
            return
        self._moved = True
        if self._rising is None:
            self._rising = not falls[moves[0]]
        wrong = np.flatnonzero(~(rises if self._rising else falls))
        if wrong.size:
            at = int(wrong[0])
            row = masses[at] if self._rising else -masses[at]
            self.fall = self._say(int(row.argmin()), float(-row.min()), first + at, text)

    def _say(self, number: int, amount: float, step: int, text: Callable[[int], str]) -> Fall:
        minimal = self._dominance.minimal(number)
        rising = bool(self._rising)
        above = " or ".join(map(text, minimal))
        sentence = (
            f"from step {step} to {step + 1} the mass of the states at or above {above} "
            f"{'falls' if rising else 'rises'} by {amount:.3g}"
        )
        return Fall(step, minimal, amount, rising, sentence)
