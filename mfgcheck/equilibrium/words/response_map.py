"""The map of one aggregate, m -> phi . z_mu(m), drawn with floats: an orientation, no proof.

At each m the strategy mu that is greedy for m is taken, and z_mu(m) is the stationary law of its
trembling kernel at m. T-MFE are the places where this map meets the diagonal; where the strategy
changes there is a tie, and the map jumps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.equilibrium.tbr.model import Model, Stage
from mfgcheck.equilibrium.tbr.response import respond, strategy_law
from mfgcheck.game.floats import Floats
from mfgcheck.report.figures import Curves, Figure, Series

if TYPE_CHECKING:
    from mfgcheck.equilibrium.enclosure.enclosed import Equilibria, Range

_GRID = 201
_MOST_STATES = 1_000  # beyond, the map takes longer than the search
_DENSE = 300  # states up to which stationary laws come from a linear system
_MOST_SWEEPS = 5_000
_SETTLED = 1e-9  # of a stationary law, in ||.||_1; else there is a gap in the map
_HALVINGS = 40
_MOST_JUMPS = 60
NOTE = "computed in floating point, for orientation"


@dataclass(frozen=True)
class _Point:
    """The map at one m: the strategy (as bytes, to compare) and the value, nan if not found."""

    m: float
    strategy: bytes
    value: float


def map_figure(found: Equilibria) -> list[Figure]:
    """Return the map with the diagonal, the fixed points and the jumps; nothing if it has no place.

    There is one if exactly one aggregate matters, and it is not the same at all mean fields.
    """
    game = found.game
    if game.states.size > _MOST_STATES:
        return []
    relevant = Tables.of(game).aggregates
    if len(relevant) != 1:
        return []
    j = relevant[0]
    corners = game.scalars.setting((j,)).corners
    (low,), first = corners[0]
    (high,), last = corners[-1]
    if not low < high:
        return []
    sampler = _Sampler(Model.of(game), j, first, last)
    points, jumps = sampler.curve()
    name = game.form.aggregates[j].name
    ends = [points[0].m, points[-1].m]
    series = [
        Series("where the best response leads", [p.m for p in points], [p.value for p in points]),
        Series("diagonal", ends, ends, "guide"),
        *_dots("T-MFE", [one.aggregates.get(name) for one in found.equilibria]),
        *_dots("not decided", [one.aggregates.get(name) for one in found.undecided]),
    ]
    return [
        Curves(
            "The map whose fixed points are the T-MFE",
            f"{name} of the mean field",
            f"{name} of the stationary law",
            series,
            marks=[(m, "tie: the strategy changes") for m in jumps],
            note=NOTE,
        )
    ]


def _dots(name: str, places: Sequence[Range | None]) -> Iterator[Series]:
    at = [float((low + high) / 2) for low, high in filter(None, places)]
    if at:
        yield Series(name, at, at, "points")


class _Sampler:
    """Values of the map on the line of mean fields between two states' point masses."""

    def __init__(self, model: Model, aggregate: int, first: int, last: int) -> None:
        self.model, self.phi = model, model.phi[aggregate]
        self.first, self.last = first, last
        self.q: Floats | None = None  # the TQ-values before, to start the next ones from
        self.law: Floats | None = None

    def at(self, share: float) -> _Point:
        """Return the map at the mean field with this share of its mass at the upper state."""
        z = np.zeros(self.model.states)
        z[self.first] = 1 - share
        z[self.last] += share
        stage = self.model.at(z)
        response = respond(stage, self.q)
        self.q = response.q_values
        actions = response.lowest
        law = self.stationary(stage, actions)
        value = float("nan") if law is None else float(self.phi @ law)
        return _Point(float(self.phi @ z), actions.tobytes(), value)

    def stationary(self, stage: Stage, actions: npt.NDArray[np.int64]) -> Floats | None:
        """Return the stationary law of the trembling kernel; None if it was not found."""
        mu = strategy_law(self.model, actions)
        n = self.model.states
        if n <= _DENSE:
            system = stage.matrix(mu).T - np.eye(n)
            system[-1] = 1.0
            try:
                law = np.linalg.solve(system, np.eye(n)[-1])
            except np.linalg.LinAlgError:  # more than one stationary law
                return None
            law = np.maximum(law, 0.0)
            return law if self.moved(stage, mu, law) <= _SETTLED else None
        law = stage.mean_field if self.law is None else self.law
        for _ in range(_MOST_SWEEPS):
            new = stage.push(mu * law[:, None])
            change = float(np.abs(new - law).sum())
            law = (new + law) / 2  # lazy, since the kernel may be periodic
            if change <= _SETTLED:
                self.law = law
                return law
        return None

    def moved(self, stage: Stage, mu: Floats, law: Floats) -> float:
        """Return how far one step moves a law, in ||.||_1."""
        total = float(law.sum())
        if not total > 0.5:
            return float("inf")
        return float(np.abs(stage.push(mu * law[:, None]) - law).sum())

    def curve(self) -> tuple[list[_Point], list[float]]:
        """Return the map from the lowest to the highest m, and the places where it may jump."""
        shares = np.linspace(0.0, 1.0, _GRID).tolist()
        before = self.at(shares[0])
        points, jumps = [before], list[float]()
        for left, right in pairwise(shares):
            after = self.at(right)
            if after.strategy != before.strategy and len(jumps) < _MOST_JUMPS:
                below, above = self.between(left, before, right, after)
                place = (below.m + above.m) / 2
                jumps.append(place)
                points += [below, _Point(place, b"", float("nan")), above]
            points.append(after)
            before = after
        return points, jumps

    def between(
        self, left: float, below: _Point, right: float, above: _Point
    ) -> tuple[_Point, _Point]:
        """Return two points close to each other, with different strategies."""
        for _ in range(_HALVINGS):
            middle = (left + right) / 2
            point = self.at(middle)
            if point.strategy == below.strategy:
                left, below = middle, point
            else:
                right, above = middle, point
        return below, above
