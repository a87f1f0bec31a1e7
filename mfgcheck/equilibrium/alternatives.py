"""What helps when a game has no strategic complementarities: small exact tests, with their limits.

Each test names its theorem, and says what follows for T-MFE and what does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mfgcheck.equilibrium.contraction import Contraction, contraction
from mfgcheck.equilibrium.exact import ExactModel, Strategy
from mfgcheck.equilibrium.finding import Finding
from mfgcheck.equilibrium.lasry_lions import Monotonicity, lasry_lions
from mfgcheck.verify.verdict import Status

__all__ = [
    "Contraction",
    "Finding",
    "FreeResponse",
    "Monotonicity",
    "contraction",
    "free_response",
    "lasry_lions",
]


@dataclass(frozen=True, kw_only=True)
class FreeResponse(Finding):
    """Whether the best response is the same for all mean fields.

    Attributes:
        optimal: if so, for each state the numbers of all optimal actions; None where the game's
            numbers are not rational.
    """

    optimal: tuple[tuple[int, ...], ...] | None = None

    @property
    def strategy(self) -> Strategy | None:
        """The best response if it is one strategy, without ties; else None."""
        if self.optimal is None or any(len(actions) > 1 for actions in self.optimal):
            return None
        return tuple(actions[0] for actions in self.optimal)


def free_response(model: ExactModel) -> FreeResponse:
    """Test whether z enters neither the kernel nor any difference of two rewards.

    Then Q* moves by the same number in all states and actions as z moves, and the optimal actions
    stay. The test is of the form of the game, and so UNDECIDED where z does enter, unless the
    optimal actions are seen to differ between the laws with all mass at the first state and all
    mass at the last.

    Source: own; F_z(Q + c) = F_z(Q) + gamma c.

    >>> from mfgcheck.gallery import make
    >>> free_response(ExactModel.of(make("mturk", states=10))).strategy
    (4, 4, 4, 4, 4, 4, 4, 4, 4, 3)
    """
    if not model.aggregates:
        stage = model.stage({})
        optimal = None if stage is None else stage.best_response().optimal
        return _found(
            Status.PROVED,
            "z enters neither the kernel nor the difference of two rewards",
            optimal,
            "T-BR plays the same best response from the first step on, and a T-MFE is a stationary "
            "law of it (or of any choice among ties)",
        )
    names = ", ".join(model.tables.game.scalars.aggregates[j].name for j in model.aggregates)
    size = model.tables.shape[0]
    ends = []
    for x in (0, size - 1):
        law = tuple(Fraction(int(s == x)) for s in range(size))
        stage = model.at(law)
        ends.append(None if stage is None else stage.best_response().optimal)
    first, last = ends
    if first is not None and last is not None:
        for s, (one, other) in enumerate(zip(first, last, strict=True)):
            if not set(one) & set(other):
                state = model.tables.game.states.text(s)
                reason = (
                    f"in state {state} no action is optimal both with all mass at the first state "
                    "and with all mass at the last"
                )
                return _found(Status.REFUTED, reason)
    reason = f"{names} enters the kernel or a difference of rewards: this test does not apply"
    return _found(Status.UNDECIDED, reason)


def _found(
    status: Status,
    reason: str,
    optimal: tuple[tuple[int, ...], ...] | None = None,
    follows: str = "",
) -> FreeResponse:
    return FreeResponse(
        test="free-response",
        status=status,
        claim="the best response is the same for all mean fields",
        reason=reason,
        theorem="the TQ-value operator commutes with adding a number: F(Q + c) = F(Q) + gamma c",
        source="own",
        follows=follows,
        not_follows=(
            "that the T-MFE is unique or that T-BR converges does not follow by itself: see the "
            "contraction test"
            if status == Status.PROVED
            else ""
        ),
        optimal=optimal,
    )
