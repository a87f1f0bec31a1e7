"""What helps when a game has no strategic complementarities: small exact tests, with their limits.

Each test names its theorem, and says what follows for T-MFE and what does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.equilibrium.alternatives.contraction import Contraction, contraction
from mfgcheck.equilibrium.alternatives.finding import Finding
from mfgcheck.equilibrium.alternatives.lasry_lions import Monotonicity, lasry_lions
from mfgcheck.equilibrium.exact.stage import ExactModel, ExactStage, Strategy
from mfgcheck.equilibrium.ranges.optimal import Mask, Rivals, may_be_optimal, middle_terms, propose
from mfgcheck.equilibrium.ranges.pieces import pieces, place_of, term_span
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.game.inequalities import Deadline
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

_BITS = 64
_MOST_ENDS = 30  # states at which all mass is tried
_MOST_EXACT = 200  # states up to which the game at one mean field is solved in rationals


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


def free_response(model: ExactModel, deadline: Deadline | None = None) -> FreeResponse:
    """Test whether the best response is the same for all mean fields.

    It is if z enters neither the kernel nor any difference of two rewards: then Q* moves by the
    same number in all states and actions as z moves. Where z does enter, the optimal actions may be
    seen to differ between two laws that each have all mass at one state; else one strategy may be
    shown to be strictly best in all boxes of aggregates.

    Source: own; F_z(Q + c) = F_z(Q) + gamma c.

    >>> from mfgcheck.gallery import make
    >>> free_response(ExactModel.of(make("mturk", states=10))).strategy
    (4, 4, 4, 4, 4, 4, 4, 4, 4, 3)
    """
    deadline = deadline or Deadline()
    if model.tables.kappa == 0:
        return _found(
            Status.PROVED,
            "the tremble makes all strategies the same",
            None,
            "T-BR plays the same from the first step on, whatever is optimal",
        )
    if not model.aggregates:
        stage = model.stage({}) if model.tables.shape[0] <= _MOST_EXACT else None
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
    for x in (0, size - 1) if size <= _MOST_EXACT else ():
        law = tuple(Fraction(int(s == x)) for s in range(size))
        stage = model.at(law)
        ends.append(None if stage is None else _optimal(model, stage))
    first, last = ends or (None, None)
    if first is not None and last is not None:
        for s, (one, other) in enumerate(zip(first, last, strict=True)):
            if not set(one) & set(other):
                state = model.tables.game.states.text(s)
                reason = (
                    f"in state {state} no action is optimal both with all mass at the first state "
                    "and with all mass at the last"
                )
                return _found(Status.REFUTED, reason)
    apart = _apart(model.tables, deadline)
    if apart:
        return _found(Status.REFUTED, apart)
    strategy = constant_response(model.tables, deadline=deadline)
    if strategy is not None:
        return _found(
            Status.PROVED,
            "one strategy is strictly best in all boxes of aggregates (lemma E1)",
            tuple((action,) for action in strategy),
            "T-BR plays the same best response from the first step on",
        )
    if deadline.passed:
        return _found(Status.UNDECIDED, "the time is over")
    return _found(Status.UNDECIDED, "neither one strategy for all mean fields was shown nor two")


def _optimal(model: ExactModel, stage: ExactStage) -> tuple[tuple[int, ...], ...]:
    """Return all optimal actions by state; of those that do exactly the same the lowest."""
    lines = zip(stage.best_response().optimal, model.tables.distinct, strict=True)
    return tuple(tuple(a for a in actions if line[a]) for actions, line in lines)


def _apart(tables: Tables, deadline: Deadline) -> str:
    """Name two mean fields with all mass at one state and no optimal action in common; or nothing.

    By lemma E1 at single mean fields.
    """
    game = tables.game
    parts = pieces(tables)
    size = game.states.size
    seen: list[tuple[int, Mask]] = []
    for x in dict.fromkeys([0, *range(0, size, -(-size // _MOST_ENDS)), size - 1]):
        if deadline.passed:
            break
        found = place_of(parts, {x: Fraction(1)})
        terms = None if found is None else term_span(*found, _BITS)
        if found is None or terms is None:
            continue
        proposal = propose(tables, middle_terms(terms))
        mask = may_be_optimal(Rivals(found[0]), terms, proposal, tables.distinct)
        for y, before in seen:
            for s in np.flatnonzero(~np.any(mask & before, axis=1)).tolist():
                return (
                    f"in state {game.states.text(s)} no action is optimal both with all mass at "
                    f"{game.states.text(y)} and with all mass at {game.states.text(x)} (lemma E1)"
                )
        seen.append((x, mask))
    return ""


def constant_response(
    tables: Tables, max_boxes: int = 400, deadline: Deadline | None = None
) -> Strategy | None:
    """Return the one strategy that is strictly best at every mean field; None if none was shown.

    By lemma E1 on boxes of aggregates, which are cut while several actions may be optimal.
    """
    found: set[Strategy] = set()
    for piece in pieces(tables):
        rivals = Rivals(piece)
        waiting = [(piece.box, tables.distinct)]
        for _ in range(max_boxes):
            if not waiting or (deadline is not None and deadline.passed):
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
