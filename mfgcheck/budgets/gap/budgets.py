"""What a budget from gaps consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from mfgcheck.budgets.gap.tq_learning import Learning
from mfgcheck.game.sparse import Exact


class Scheme(StrEnum):
    """How one learns.

    GMBL: a model from samples of each pair, and the next mean field from the same samples; or from
        others, in steps that have `draws`, where the learner may choose between alike actions.
    TMFQ: synchronous TQ-learning, and the next mean field from simulated transitions.
    O_TMFQ: a population that plays; its transitions are the samples of TQ-learning.
    """

    GMBL = "gmbl"
    TMFQ = "tmfq"
    O_TMFQ = "o-tmfq"


@dataclass(frozen=True)
class Shares:
    """How the failure probability is split: the events that cost most have the largest share.

    Attributes:
        drift: for the mean fields of all steps together.
        first, second: at one step, for the events of the first and of the second order.
    """

    drift: Fraction
    first: Fraction
    second: Fraction

    @staticmethod
    def of(failure: Fraction, steps: int) -> Shares:
        """Split it for a number of steps."""
        return Shares(failure / 10, failure * 17 / 20 / steps, failure / 20 / steps)


@dataclass(frozen=True, eq=False)
class StepBudget:
    """What one step of a learner needs.

    Attributes:
        step: k.
        radius: e_k: the learner's mean field is within it of y_k.
        gap: the smallest gap that has to be identified; None if there is none.
        tolerated: how many pairs need not be told apart, besides actions that do exactly the same.
        samples: array (S, A), samples n(s, a) of each pair for the best response.
        draws: samples for the next mean field besides these.
        uniform: the number of samples that would do if it has to be the same for all pairs.
        learning: step size and number of updates, where TQ-learning is used.
    """

    step: int
    radius: Fraction
    gap: Fraction | None
    tolerated: int
    samples: Exact
    draws: int
    uniform: int
    learning: Learning | None

    @property
    def calls(self) -> int:
        """All calls of the simulator in this step."""
        return int(self.samples.sum()) + self.draws


@dataclass(frozen=True, eq=False)
class GapBudget:
    """A budget with which a learner is sure to end near a T-MFE, but for the failure probability.

    Attributes:
        scheme: the algorithm.
        accuracy: the learner ends within twice this of z*, in ||.||_1.
        failure: the probability with which that may go wrong.
        steps: one entry for each step 0, .., k0 - 1.
        draws: N, draws (or agents) behind each next mean field.
        distance: a bound of ||y_k0 - z*||_1, between the path's end and the T-MFE.
        radius: e_k0, a bound of ||z_k0 - y_k0||_1.
        agents: how many agents, for O-TMFQ; None for the others.
    """

    scheme: Scheme
    accuracy: Fraction
    failure: Fraction
    steps: tuple[StepBudget, ...]
    draws: int
    distance: Fraction
    radius: Fraction
    agents: int | None = None

    @property
    def calls(self) -> int:
        """The certified total number of simulator calls (of transitions of agents, for O-TMFQ)."""
        if self.agents is not None:
            return self.agents * len(self.steps)
        return sum(step.calls for step in self.steps)

    @property
    def uniform_calls(self) -> int | None:
        """The total if all pairs of a step have equally many samples; None for O-TMFQ."""
        if self.agents is not None:
            return None
        return sum(step.uniform * step.samples.size + step.draws for step in self.steps)

    @property
    def gap(self) -> Fraction | None:
        """The smallest gap that has to be identified on the way."""
        return min((step.gap for step in self.steps if step.gap is not None), default=None)
