"""Evidence about best responses in the paper's examples: how they move with health and crowd."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from mfgcheck.equilibrium.alternatives.contraction import contraction
from mfgcheck.equilibrium.alternatives.response import free_response
from mfgcheck.equilibrium.exact.stage import ExactModel, ExactResponse, Strategy
from mfgcheck.equilibrium.order.level import order_preserving
from mfgcheck.gallery import make
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence.example_clauses import Parameters
from mfgcheck.verify.verdict import Status


def gains_fall(parameters: Parameters) -> Finding:
    """Whether in Infection Spread a higher mean field can lower what more precaution is worth.

    TQ-values, in rationals, with all others at the least state and with all at the greatest.
    """
    game = make("infection-spread", **parameters)
    ends = _at_ends(ExactModel.of(game))
    if ends is None:
        return undecided("the numbers are not rational")
    low, high = (end.q_values for end in ends)
    changes = [
        ((high[s][a + 1] - high[s][a]) - (low[s][a + 1] - low[s][a]), s, a)
        for s in range(len(low))
        for a in range(len(low[0]) - 1)
    ]
    worst, s, a = min(changes)
    if worst >= 0:
        return denied("no gain from more precaution is lower with the higher mean field")
    falling = sum(change < 0 for change, _, _ in changes)
    return confirmed(
        f"Between all others at health 0 and all others at {len(low) - 1}, the gain "
        f"Q*(s, a+1) - Q*(s, a) from more precaution falls in {falling} of {len(changes)} cases, "
        f"by {_decimal(-worst)} at s = {s} from a = {a} to {a + 1} (exact rationals, rounded here)."
    )


def response_falls(parameters: Parameters) -> Finding:
    """Whether in Infection Spread the only best response to a higher mean field is lower."""
    game = make("infection-spread", **parameters)
    ends = _at_ends(ExactModel.of(game))
    if ends is None:
        return undecided("the numbers are not rational")
    low, high = ends
    lower = [s for s, (x, y) in enumerate(zip(low.lowest, high.highest, strict=True)) if x > y]
    if not lower or not (low.gap and high.gap):
        return denied("no best response is lower at the higher mean field, without a tie")
    s = lower[0]
    return confirmed(
        f"At s = {s} the one best action is {low.lowest[s]} when all others are at health 0 and "
        f"{high.highest[s]} when all are at {len(low.lowest) - 1}: it falls (no ties: the gaps are "
        f"{_decimal(low.gap)} and {_decimal(high.gap)} at least)."
    )


def response_is_fixed(variants: Sequence[Parameters], *, falling: bool = True) -> Finding:
    """Whether in Infection Spread one strategy is the only best response to every mean field.

    Args:
        variants: the parameters.
        falling: ask that it never rises with health, and falls somewhere; else that it never
            falls, as Proposition 2 has it.
    """
    found: list[Strategy] = []
    for variant in variants:
        response = free_response(ExactModel.of(make("infection-spread", **variant)))
        if response.status is not Status.PROVED or response.strategy is None:
            return denied(f"{dict(variant)}: {response.status} ({response.reason})")
        strategy = response.strategy
        steps = [y - x for x, y in pairwise(strategy)]
        if not (min(steps) < 0 >= max(steps) if falling else min(steps) >= 0):
            return denied(f"{dict(variant)}: {strategy_text(strategy)}")
        found.append(strategy)
    told = " or ".join(dict.fromkeys(map(strategy_text, found)))
    return confirmed(
        f"With each of {len(variants)} sets of parameters one strategy alone is optimal at all "
        f"mean fields, and it falls with health: {told}, from health 0 up."
    )


def keeps_order(game: str, variants: Sequence[Parameters]) -> Finding:
    """Whether a higher mean field leads to a higher next law, so that T-BR is monotone."""
    methods = []
    for variant in variants:
        verdict = order_preserving(make(game, **variant))
        if verdict.status is not Status.PROVED:
            told = f"{game} {dict(variant)}: {verdict.sentence}"
            return denied(told) if verdict.status is Status.REFUTED else undecided(told)
        methods.append(verdict.method)
    return confirmed(
        f"In {game} with each of {len(variants)} sets of parameters a higher mean field leads to a "
        f"higher next law, so that T-BR rises from the least law, falls from the greatest, and "
        f"converges ({methods[0]})."
    )


def draws_together(game: str, parameters: Parameters) -> Finding:
    """Whether one strategy is optimal at all mean fields, and its mean fields draw together."""
    model = ExactModel.of(make(game, **parameters))
    response = free_response(model)
    if response.status is not Status.PROVED or response.strategy is None:
        return denied(f"{game}: {response.reason}")
    found = contraction(model, response.strategy, always=True)
    if found.status is not Status.PROVED:
        return denied(f"{game}: {found.reason}")
    return confirmed(
        f"In {game} {response.reason}: the best response is {strategy_text(response.strategy)} "
        f"always. {found.follows[0].upper()}{found.follows[1:]}."
    )


def response_differs(game: str, one: Parameters, other: Parameters) -> Finding:
    """Whether the best response, the same for all mean fields, differs between two parameters."""
    strategies = []
    for parameters in (one, other):
        response = free_response(ExactModel.of(make(game, **parameters)))
        if response.strategy is None:
            return denied(f"{game} {dict(parameters)}: no single best response")
        strategies.append(response.strategy)
    first, second = strategies
    if first == second:
        return denied(f"in {game} the best response is the same with both")
    return confirmed(
        f"In {game} the best response is {strategy_text(first)} with {_told(one)}, and "
        f"{strategy_text(second)} with {_told(other)}."
    )


def strategy_text(strategy: Strategy) -> str:
    """Return a strategy with repeated actions counted.

    >>> strategy_text((4, 4, 4, 3, 0, 0))
    '4^3 3 0^2'
    """
    runs: list[list[int]] = []
    for action in strategy:
        if runs and runs[-1][0] == action:
            runs[-1][1] += 1
        else:
            runs.append([action, 1])
    return " ".join(f"{action}^{times}" if times > 1 else str(action) for action, times in runs)


def _at_ends(model: ExactModel) -> tuple[ExactResponse, ExactResponse] | None:
    size = model.tables.shape[0]
    stages = [model.at(tuple(Fraction(int(s == x)) for s in range(size))) for x in (0, size - 1)]
    low, high = stages
    return None if low is None or high is None else (low.best_response(), high.best_response())


def _decimal(value: Fraction) -> str:
    return f"{float(value):.3g}"


def _told(parameters: Parameters) -> str:
    return ", ".join(f"{key} = {value}" for key, value in parameters.items())
