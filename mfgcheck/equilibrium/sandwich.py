"""The sandwich: T-BR from the least and from the greatest law, which close in on every T-MFE."""

from __future__ import annotations

from dataclasses import dataclass

from mfgcheck.equilibrium.dynamics import Run
from mfgcheck.game.floats import Floats


@dataclass(frozen=True, eq=False)
class Sandwich:
    """A lower path that rises, an upper path that falls, and how far they are apart.

    Attributes:
        lower: the run from the least law with the lowest maximising actions.
        upper: the run from the greatest law with the highest maximising actions.
        accuracy: the distance, in ||.||_1, within which k0 is asked for.
        widths: array (K + 1,), at each step the expected number of covering steps between the two
            (on a chain the Wasserstein-1 distance, the sum of the differences of the tails).
            Twice the width bounds the ||.||_1 distance of any two mean fields in between.
        k0: the first step from which on T-BR is within `accuracy` of every T-MFE, whatever it
            started from; None if the paths did not come that close, or are no bracket.
        ordered: whether the lower path rose, the upper path fell and the first stayed below the
            second, as far as floats can tell.
        certified: whether it is proved that the paths bracket every T-MFE.
        reason: why it is, or what was observed.
    """

    lower: Run
    upper: Run
    accuracy: float
    widths: Floats
    k0: int | None
    ordered: bool
    certified: bool
    reason: str

    @property
    def closes(self) -> bool:
        """Whether the two paths came within the accuracy of each other."""
        return self.k0 is not None
