"""The path that a learner is to follow: T-BR, or modified T-BR, as exact laws with a small defect.

T-BR itself is not computed exactly (its numbers grow without end). The *reference path* y_0, y_1,
.. consists of laws with dyadic masses, found in floating point, so that each is known exactly; the
*defect* ||y_(k+1) - Phi(y_k, mu_k)||_1, about 10^-13, is bounded with outward rounding. That mu_k
is the best response to every mean field near y_k is proved elsewhere (`identify`); where it is not,
no budget is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from mfgcheck.budgets.gap.ball import Ball, StrategyRows, ball_around
from mfgcheck.equilibrium.enclosure.enclosed import Equilibrium
from mfgcheck.equilibrium.exact.stage import Strategy
from mfgcheck.equilibrium.ranges.pieces import Piece, pieces
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.equilibrium.tbr.response import BestResponse, next_law, respond
from mfgcheck.game.floats import Floats
from mfgcheck.game.game import Game
from mfgcheck.game.sparse import Exact

LAW_BITS = 50
UNIT = 1 << LAW_BITS


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a reference path.

    Attributes:
        law: array (S,) of integers, the masses of y_k times 2^50.
        learned: the strategy that is greedy for y_k, which has to be identified; None where
            nothing is learned.
        played: the strategy with which y_k goes on to y_(k+1).
        rows: the trembling kernel of `played`.
        defect: an upper bound of ||y_(k+1) - Phi(y_k, played)||_1.
    """

    law: Exact
    learned: Strategy | None
    played: Strategy
    rows: StrategyRows
    defect: Fraction

    @property
    def masses(self) -> tuple[Fraction, ...]:
        """The law y_k, by state number."""
        return masses_of(self.law)


@dataclass(frozen=True, eq=False)
class ReferencePath:
    """A path of mean fields, exactly known, that T-BR or modified T-BR follows up to defects.

    Attributes:
        tables: the game's numbers.
        parts: the parts of the range of aggregates.
        algorithm: "t-br" or "modified".
        steps: the steps 0, 1, .., each with the mean field that it starts from.
        last: array (S,), the law after the last step, times 2^50.
    """

    tables: Tables
    parts: tuple[Piece, ...]
    algorithm: str
    steps: tuple[Step, ...]
    last: Exact

    def law(self, k: int) -> Exact:
        """Return y_k, times 2^50."""
        return self.last if k == len(self.steps) else self.steps[k].law

    def ball(self, k: int, radius: Fraction) -> Ball | None:
        """Return the mean fields within a radius of y_k; None if the game may jump there."""
        return ball_around(self.parts, masses_of(self.law(k)), radius)

    @cached_property
    def taus(self) -> tuple[Fraction, ...]:
        """For each step a bound of the Dobrushin coefficient of K_k: of `played`, at y_k.

        1 where the kernel at y_k is not told.
        """
        known: dict[object, Fraction] = {}
        found = []
        for k, step in enumerate(self.steps):
            point = self.ball(k, Fraction(0))
            key = None if point is None else (step.played, tuple(point.terms))
            if key not in known:
                known[key] = Fraction(1) if point is None else step.rows.dobrushin(point)
            found.append(known[key])
        return tuple(found)

    def distance(self, k: int, there: Equilibrium) -> Fraction:
        """Return an upper bound of ||y_k - z*||_1, for an enclosed T-MFE (mu*, z*)."""
        return sum(
            (
                max(abs(p - low), abs(p - high))
                for p, (low, high) in zip(masses_of(self.law(k)), there.mean_field, strict=True)
            ),
            Fraction(0),
        )


def masses_of(law: Exact) -> tuple[Fraction, ...]:
    """Return a law in units of 2^-50 as fractions."""
    return tuple(Fraction(int(p), UNIT) for p in law)


def reference_path(game: Game, steps: int, algorithm: str = "t-br") -> ReferencePath:
    """Follow T-BR, or modified T-BR, from the least law for a number of steps.

    Modified T-BR (Algorithm 6) plays mu_(k-1) at y_k; its first two steps play the lowest action
    everywhere, and learning begins at y_1: at y_0 all agents are in one state.

    Raises:
        BadInput: the tremble is too large, or a number of the game is beyond float64.

    Source: Lee et al. (2021), Algorithms 1 and 6 (which leaves the first step open).

    >>> from mfgcheck.gallery import make
    >>> path = reference_path(make("coordination"), 2)
    >>> [round(float(step.masses[1]), 12) for step in path.steps]
    [0.0, 0.225]
    """
    model, tables = Model.of(game), Tables.of(game)
    parts = tuple(pieces(tables))
    laws: list[Exact] = [_dyadic(model.least)]
    answer: BestResponse | None = None
    found: list[tuple[Strategy | None, Strategy]] = []
    lowest = (0,) * model.states
    before = lowest
    for k in range(steps):
        stage = model.at(np.asarray(laws[-1] / UNIT, dtype=np.float64))
        answer = respond(stage, None if answer is None else answer.q_values)
        greedy = tuple(answer.lowest.tolist())
        played = greedy if algorithm == "t-br" else before
        learned = greedy if algorithm == "t-br" or k else None
        if algorithm != "t-br":
            before = greedy if k else lowest
        found.append((learned, played))
        laws.append(_dyadic(next_law(stage, np.array(played))))
    rows: dict[Strategy, StrategyRows] = {}
    made = []
    for k, (learned, played) in enumerate(found):
        if played not in rows:
            rows[played] = StrategyRows.of(tables, played)
        defect = _defect(parts, rows[played], laws[k], laws[k + 1])
        made.append(Step(laws[k], learned, played, rows[played], defect))
    return ReferencePath(tables, parts, algorithm, tuple(made), laws[-1])


def _dyadic(z: Floats) -> Exact:
    """Return a law as integers that sum to 2^50, near the given floats."""
    law = np.array([round(p * UNIT) for p in z.tolist()], dtype=object)
    law[int(np.argmax(law))] += UNIT - int(law.sum())
    return law


def _defect(parts: Sequence[Piece], rows: StrategyRows, law: Exact, following: Exact) -> Fraction:
    """Return an upper bound of ||y' - y K_y||_1; 2 where the kernel at y is not told."""
    ball = ball_around(parts, masses_of(law), Fraction(0))
    if ball is None:
        return Fraction(2)
    low, high, scale = rows.next_law(law, UNIT, ball)
    target = following.astype(object) * (scale // UNIT)
    far = np.maximum(np.abs(low - target), np.abs(high - target))
    return min(Fraction(2), Fraction(int(far.sum()), scale))
