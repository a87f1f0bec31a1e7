"""States that trembling strategies never leave: why the covering time may be infinite.

Every trembling strategy that gives all actions a positive chance moves, at a fixed mean field z,
from s to the states x with P(x | s, b, z) > 0 for some b. A set of states closed under these
moves that is not everything is never left once entered, so pairs outside it are never tried
again. Moves are kept unless their probability is exactly 0: a set that is closed under more moves
is closed under fewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from mfgcheck import rigor
from mfgcheck.budgets.constants.family import Family
from mfgcheck.equilibrium.ranges.pieces import place_of
from mfgcheck.game.setting import Masses
from mfgcheck.game.validate import mean_field_text
from mfgcheck.rigor.chains import closed_classes
from mfgcheck.rigor.smooth import at_point

_MOST = 200  # mean fields tried


@dataclass(frozen=True)
class ClosedClass:
    """A set of states that is never left at one mean field.

    Attributes:
        states: their numbers; not all states.
        mean_field: masses by state number.
    """

    states: tuple[int, ...]
    mean_field: Masses

    def text(self, family: Family) -> str:
        """The class in the user's labels."""
        game = family.game
        names = [game.states.text(s) for s in self.states]
        shown = ", ".join(names if len(names) <= 8 else [*names[:7], f".. ({len(names)} states)"])
        at = f" where z is {mean_field_text(game.states, self.mean_field)}"
        return f"{{{shown}}} is never left{at if family.aggregates else ''}"


def find_closed_class(family: Family) -> ClosedClass | None:
    """Return a set of states that is never left at some mean field with all mass at one state.

    Args:
        family: the kernel.

    >>> from mfgcheck.budgets.constants.family import kernel_family, whole_tables
    >>> from mfgcheck.game.game import Game
    >>> from mfgcheck.game.laws import point
    >>> stay = Game(states=3, actions=1, reward=lambda s, a, z: 0, discount="1/2", tremble=0,
    ...             transition=lambda s, a, z: [(z[2], point(0)), (1 - z[2], point(s))])
    >>> family = kernel_family(whole_tables(stay))
    >>> find_closed_class(family).text(family)
    '{0} is never left where z is all mass at 0'
    """
    states, actions = family.game.states.size, family.game.actions.size
    corners = sorted(family.setting.distinct.values())[:_MOST] if family.aggregates else [0]
    for x in corners:
        z = {x: Fraction(1)}
        place = place_of(family.pieces, z)
        if place is None:
            continue
        piece, box = place
        if any(low != high for low, high in box):
            continue
        point = tuple(low for low, _ in box)
        values = [at_point(f, point) for f in piece.functions]
        moves = _moves(family, values).reshape(states, actions, states).max(axis=1)
        kernel = tuple(tuple(map(Fraction, row)) for row in moves.astype(int).tolist())
        for found in closed_classes(kernel):
            if len(found) < states:
                return ClosedClass(found, z)
    return None


def _moves(family: Family, values: list[rigor.Expression]) -> npt.NDArray[np.bool_]:
    """Return array (S * A, S): False where a probability is exactly 0."""
    used = family.parts != 0
    moves = np.asarray(used.any(axis=2), dtype=bool)
    exact = [rigor.exact_value(v) for v in values]
    zero = {k for k, v in enumerate(exact) if v == 0}
    known: dict[tuple[int, ...], bool] = {}
    for row, column in np.argwhere(moves).tolist():
        vector = tuple(int(c) for c in family.parts[row, column])
        if vector not in known:
            involved = [k for k, c in enumerate(vector) if c and k not in zero]
            if all(exact[k] is not None for k in involved):
                total = sum(((exact[k] or Fraction(0)) * vector[k] for k in involved), Fraction(0))
                known[vector] = total != 0
            else:
                scaled = (rigor.mul(rigor.const(Fraction(vector[k])), values[k]) for k in involved)
                known[vector] = rigor.add(*scaled) != rigor.ZERO
        moves[row, column] = known[vector]
    return moves
