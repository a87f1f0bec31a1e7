"""The sandwich: T-BR from the least and from the greatest law, which close in on every T-MFE.

In a game with strategic complementarities, let b_k be T-BR from the least law with the lowest
maximising actions, and u_k from the greatest law with the highest ones. Then b_k rises, u_k falls,
and b_k <= z_k <= u_k in stochastic dominance for T-BR from any z_0 with any choice among ties, and
for z_k = z any T-MFE.

Let h be the expected number of covering steps above the bottom state, and b <= z, z' <= u. A
coupling of b and z that never goes down shows that ||z - b||_1 <= 2 P(differ) <= 2 (h(z) - h(b));
the same for z', and for u above both. So ||z - z'||_1 is at most 2 (h(z) + h(z') - 2 h(b)) and at
most 2 (2 h(u) - h(z) - h(z')), hence at most their mean, 2 (h(u) - h(b)): twice the width.

Source: a repair of Theorem 2 of Lee et al. (2021), which claims more: T-BR may cycle in between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mfgcheck.equilibrium.tbr.dominance import Dominance
from mfgcheck.equilibrium.tbr.dynamics import Outcome, Run
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.equilibrium.tbr.response import next_law, respond
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
            Twice the width bounds the ||.||_1 distance of any two mean fields in between. The
            paths go on after the runs converged, until this is at most the accuracy.
        k0: the first step at which it is: from there on T-BR is within `accuracy` of every T-MFE,
            whatever it started from, if the paths are a bracket; None if it never is.
        ordered: whether the lower path rose, the upper path fell and the first stayed below the
            second, as far as floats can tell.
        reason: what was observed. (`bracket` proves it, where that is possible.)
    """

    lower: Run
    upper: Run
    accuracy: float
    widths: Floats
    k0: int | None
    ordered: bool
    reason: str

    @property
    def closes(self) -> bool:
        """Whether the two paths came within the accuracy of each other."""
        return self.k0 is not None

    @property
    def sentence(self) -> str:
        """What the sandwich says, in words."""
        if not self.ordered:
            return f"The paths from both ends do not bracket anything: {self.reason}."
        if self.k0 is not None:
            return (
                f"The bracket was observed to close: at step {self.k0} any two mean fields between "
                f"the paths are within {self.accuracy:g} of each other in ||.||_1. If the paths "
                "bracket every T-MFE, as they do in games with strategic complementarities, its "
                f"mean field is unique up to that ({self.reason})."
            )
        ends = (self.lower.outcome, self.upper.outcome)
        if ends == (Outcome.CONVERGED, Outcome.CONVERGED):
            distance = np.abs(self.upper.mean_field - self.lower.mean_field).sum()
            return (
                "The bracket does not close: the limits from the two ends are "
                f"{distance:.6g} apart in ||.||_1. There may be several T-MFE ({self.reason})."
            )
        return f"The bracket does not close within {len(self.widths) - 1} steps ({self.reason})."


def sandwich(
    lower: Run,
    upper: Run,
    accuracy: float,
    max_steps: int,
    model: Model | None = None,
) -> Sandwich:
    """Compare T-BR from the least law with T-BR from the greatest.

    Args:
        lower: T-BR from the least law, with the "inf" selection.
        upper: T-BR from the greatest law, with the "sup" selection.
        accuracy: the ||.||_1 distance for which k0 is asked.
        max_steps: the paths are followed for at most so many steps.
        model: the game's arrays, to save making them again.

    Source: a repair of Theorem 2 of Lee et al. (2021).
    """
    model = Model.of(lower.game) if model is None else model
    ordered, seen = _bracket(lower, upper, Dominance.of(model))
    widths = _widths(lower, upper, accuracy, max_steps, model)
    near = np.flatnonzero(2 * widths <= accuracy)
    return Sandwich(
        lower=lower,
        upper=upper,
        accuracy=accuracy,
        widths=widths,
        k0=int(near[0]) if ordered and near.size else None,
        ordered=ordered,
        reason=seen,
    )


def _bracket(lower: Run, upper: Run, dominance: Dominance) -> tuple[bool, str]:
    """Return whether the paths are a bracket as far as floats can tell, and the words for it."""
    for run, way in ((lower, "rise"), (upper, "fall")):
        if run.fall is not None:
            return (
                False,
                f"observed: the path from the {run.start} law does not {way}, as {run.fall.text}",
            )
    # One rises and the other falls, so it is enough to compare where they end.
    if not dominance.below(lower.mean_fields[-1:], upper.mean_fields[-1:]):
        return False, "observed: the path from the least law does not stay below the other one"
    sets = "" if dominance.all_sets else " on the upper sets that have a least element"
    return True, f"observed: one path rises, the other falls, the first stays below{sets}"


def _widths(lower: Run, upper: Run, accuracy: float, max_steps: int, model: Model) -> Floats:
    paths = [_Path(run, model) for run in (lower, upper)]
    widths: list[float] = []
    for step in range(max_steps + 1):
        low, high = (path.height(step) for path in paths)
        widths.append(high - low)
        if 2 * widths[-1] <= accuracy or all(path.ended(step) for path in paths):
            break
    return np.array(widths)


class _Path:
    """The heights of a run, and those of the steps that would have come after it converged."""

    def __init__(self, run: Run, model: Model) -> None:
        self._model = model
        self._heights: list[float] = run.heights.tolist()
        self._z, self._q = run.mean_field, run.q_values
        self._lowest = run.selection == "inf"
        self._of = run.game.states.coordinates.sum(axis=1).astype(np.float64)
        self._open = run.outcome is Outcome.CONVERGED
        self._still = Dominance.of(model).allowance  # what moves by no more has ended

    def height(self, step: int) -> float:
        """Return the height at a step, or the last one there is."""
        while self._open and step >= len(self._heights):
            self._move()
        return self._heights[min(step, len(self._heights) - 1)]

    def ended(self, step: int) -> bool:
        """Whether nothing comes after this step."""
        return not self._open and step >= len(self._heights) - 1

    def _move(self) -> None:
        stage = self._model.at(self._z)
        answer = respond(stage, self._q)
        z = next_law(stage, answer.lowest if self._lowest else answer.highest)
        self._q = answer.q_values
        if float(np.abs(z - self._z).sum()) <= self._still:
            self._open = False
            return
        self._z = z
        self._heights.append(float(self._of @ z))
