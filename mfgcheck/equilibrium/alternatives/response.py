"""What helps when a game has no strategic complementarities: small exact tests, with their limits.

Each test names its theorem, and says what follows for T-MFE and what does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mfgcheck.equilibrium.alternatives.contraction import Contraction, contraction
from mfgcheck.equilibrium.alternatives.finding import Finding
from mfgcheck.equilibrium.alternatives.lasry_lions import Monotonicity, lasry_lions
from mfgcheck.equilibrium.exact.stage import ExactModel, ExactStage, Strategy
from mfgcheck.equilibrium.ranges.optimal import Rivals, may_be_optimal, middle_terms, propose
from mfgcheck.equilibrium.ranges.pieces import pieces, term_span
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.verify.verdict import Status

__all__ = [
    "Contraction",
    "Finding",
    "FreeResponse",
    "Monotonicity",
    "constant_response",
    "contraction",
    "free_response",
    "lasry_lions",
]


@dataclass(frozen=True, kw_only=True)
class FreeResponse(Finding):
    """Whether the best response is the same for all mean fields.

    Attributes:
        optimal: if so, for each state the numbers of all optimal actions; None where the game's
            numbers are not rational. Actions that do exactly the same count as one, the lowest.
    """

    optimal: tuple[tuple[int, ...], ...] | None = None

    @property
    def strategy(self) -> Strategy | None:
        """The best response if it is one strategy, without ties; else None.

        Of actions that do exactly the same it names the lowest.
        """
        if self.optimal is None or any(len(actions) > 1 for actions in self.optimal):
            return None
        return tuple(actions[0] for actions in self.optimal)


def free_response(model: ExactModel) -> FreeResponse:
    """Test whether the best response is the same for all mean fields.

    It is if z enters neither the kernel nor any difference of two rewards: then Q* moves by the
    same number in all states and actions as z moves. Where z does enter, the optimal actions may
    be seen to differ between the laws with all mass at the first state and all mass at the last;
    else one strategy may be shown to be strictly best in all boxes of aggregates.

    Source: own; F_z(Q + c) = F_z(Q) + gamma c.

    >>> from mfgcheck.gallery import make
    >>> free_response(ExactModel.of(make("mturk", states=10))).strategy
    (4, 4, 4, 4, 4, 4, 4, 4, 4, 3)
    """
    if model.tables.kappa == 0:
        return _found(
            Status.PROVED,
            "the tremble makes all strategies the same",
            None,
            "T-BR plays the same from the first step on, whatever is optimal",
        )
    if not model.aggregates:
        stage = model.stage({})
        optimal = None if stage is None else _optimal(model, stage)
        return _found(
            Status.PROVED,
            "z enters neither the kernel nor the difference of two rewards",
            optimal,
            "T-BR plays the same best response from the first step on, and a T-MFE is a stationary "
            "law of it (or of any choice among ties)",
        )
    size = model.tables.shape[0]
    ends = []
    for x in (0, size - 1):
        law = tuple(Fraction(int(s == x)) for s in range(size))
        stage = model.at(law)
        ends.append(None if stage is None else _optimal(model, stage))
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
    strategy = constant_response(model.tables)
    if strategy is not None:
        return _found(
            Status.PROVED,
            "one strategy is strictly best in all boxes of aggregates (lemma E1)",
            tuple((action,) for action in strategy),
            "T-BR plays the same best response from the first step on",
        )
    return _found(Status.UNDECIDED, "neither one strategy for all mean fields was shown nor two")


def _optimal(model: ExactModel, stage: ExactStage) -> tuple[tuple[int, ...], ...]:
    """Return all optimal actions by state; of those that do exactly the same the lowest."""
    lines = zip(stage.best_response().optimal, model.tables.distinct, strict=True)
    return tuple(tuple(a for a in actions if line[a]) for actions, line in lines)


def constant_response(tables: Tables, max_boxes: int = 400) -> Strategy | None:
    """Return the one strategy that is strictly best at every mean field; None if none was shown.

    By lemma E1 on boxes of aggregates, which are cut while several actions may be optimal.
    """
    found: set[Strategy] = set()
    for piece in pieces(tables):
        rivals = Rivals(piece)
        waiting = [(piece.box, tables.distinct)]
        for _ in range(max_boxes):
            if not waiting:
                break
            box, among = waiting.pop()
            terms = term_span(piece, box, 40)
            if terms is None:
                return None
            proposal = propose(tables, middle_terms(terms))
            mask = may_be_optimal(rivals, terms, proposal, among) if tables.kappa else among
            if (mask.sum(axis=1) == 1).all():
                found.add(tuple(mask.argmax(axis=1).tolist()))
            elif box:
                sides = [high - low for low, high in box]
                i = sides.index(max(sides))
                low, high = box[i]
                middle = (low + high) / 2
                for part in ((low, middle), (middle, high)):
                    waiting.append(((*box[:i], part, *box[i + 1 :]), mask))
            else:
                return None
            if len(found) > 1:
                return None
        if waiting:
            return None
    return found.pop() if found else None


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
        theorem="lemma E1; the TQ-value operator takes Q + c to F(Q) + gamma c",
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
