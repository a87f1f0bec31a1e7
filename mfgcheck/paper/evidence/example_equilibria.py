"""Evidence about the T-MFE of the paper's examples, and of MFE beside T-MFE: all enclosed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from sympy import Rational

from mfgcheck.equilibrium.alternatives.response import free_response
from mfgcheck.equilibrium.enclosure.equilibria import equilibria
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence.definition import objection
from mfgcheck.paper.evidence.example_clauses import Parameters
from mfgcheck.paper.evidence.example_responses import strategy_text

HEALTH = "mean"


def none_exists(variants: Sequence[Parameters]) -> Finding:
    """Whether Infection Spread has no T-MFE at all, with each of these parameters."""
    for variant in variants:
        found = equilibria(make("infection-spread", **variant))
        if found.count != 0:
            told = f"{_told(variant)}: {found.sentence}"
            return undecided(told) if found.count is None else denied(told)
    told = "; ".join(map(_told, variants))
    return confirmed(f"Infection Spread has no T-MFE, proved on all mean fields, with {told}.")


def one_exists(game: str, variants: Sequence[Parameters]) -> Finding:
    """Whether there is exactly one T-MFE, with each of these parameters."""
    told = []
    for variant in variants:
        found = equilibria(make(game, **variant))
        if found.count != 1:
            return denied(f"{game}, {_told(variant)}: {found.sentence}")
        (one,) = found.equilibria
        strategy = one.strategy
        if strategy is None:
            return denied(f"{game}, {_told(variant)}: the tremble makes all strategies the same")
        where = f"mean {_mean(one.aggregates)}, " if HEALTH in one.aggregates else ""
        actions = strategy_text(tuple(map(int, map(str, strategy))))
        told.append(f"{_told(variant)}: {where}strategy {actions}")
    return confirmed(f"In {game} there is exactly one T-MFE, proved: {'; '.join(told)}.")


def means_differ(
    variants: Sequence[Parameters],
    labels: Sequence[Sequence[int] | None] = (),
) -> Finding:
    """Whether readings of Infection Spread have T-MFE with mean healths that are all different.

    Args:
        variants: the parameters of each reading; with each there must be exactly one T-MFE.
        labels: for each reading the actions' numbers, None for 0, 1, ..; all None by default.
    """
    ranges: list[tuple[Fraction, Fraction]] = []
    told = []
    actions = labels or [None] * len(variants)
    for variant, numbers in zip(variants, actions, strict=True):
        found = equilibria(_relabelled(variant, numbers))
        if found.count != 1:
            return denied(f"{_told(variant)}: {found.sentence}")
        ranges.append(found.equilibria[0].aggregates[HEALTH])
        which = _told(variant)
        which += f", actions {numbers[0]} to {numbers[-1]}" if numbers is not None else ""
        told.append(f"{which}: {_mean(found.equilibria[0].aggregates)}")
    if any(high >= low for (_, high), (low, _) in pairwise(sorted(ranges))):
        return denied(f"some mean healths may be the same: {'; '.join(told)}")
    return confirmed(f"Exactly one T-MFE each, and different mean healths: {'; '.join(told)}.")


def lever(tremble: str) -> Game:
    """Return the game on two states with P(1 | s, a) = 1/4 + a/2 and r = s/2, free of z."""

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = Rational(1, 4) + a / 2
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s / 2,
        transition=transition,
        discount="1/2",
        tremble=tremble,
        name="lever",
    )


def no_refinement(tremble: str) -> Finding:
    """Whether in an MFG-SC no T-MFE mean field is one of an MFE.

    `lever` at this tremble and at none: without a tremble one action alone is optimal in each
    state, whatever the mean field, so that mixed strategies add no MFE.
    """
    game, calm = lever(tremble), lever("0")
    wrong = objection(game)
    if wrong is not None:
        return wrong
    if free_response(ExactModel.of(calm)).strategy is None:
        return denied("without a tremble several actions are optimal somewhere")
    found, plain = equilibria(game), equilibria(calm)
    if found.count != 1 or plain.count != 1:
        return denied(f"with the tremble {found.sentence}, without it {plain.sentence}")
    masses = [both.equilibria[0].mean_field[1] for both in (found, plain)]
    (low, high), (low_0, high_0) = masses
    if high >= low_0 and high_0 >= low:
        return denied("the T-MFE and the MFE may have the same mean field")
    return confirmed(
        "The game with P(1 | s, a) = 1/4 + a/2 and r = s/2 satisfies Definition 1. With a tremble "
        f"of {tremble} its only T-MFE has z(1) = {_number(low, high)}, and its only MFE has z(1) = "
        f"{_number(low_0, high_0)}, as a = 1 alone is optimal without a tremble."
    )


def _relabelled(variant: Parameters, numbers: Sequence[int] | None) -> Game:
    game = make("infection-spread", **variant)
    if numbers is None:
        return game
    return Game(
        states=game.states.size,
        actions=list(numbers),
        reward=game.reward,
        transition=game.transition,
        discount=game.discount,
        tremble=game.tremble,
        name=game.name,
    )


def _mean(aggregates: Mapping[str, tuple[Fraction, Fraction]]) -> str:
    low, high = aggregates[HEALTH]
    return f"{float((low + high) / 2):.4f}"


def _number(low: Fraction, high: Fraction) -> str:
    return str(low) if low == high else f"{float((low + high) / 2):.6g}"


def _told(variant: Parameters) -> str:
    return ", ".join(f"{key} {value}" for key, value in variant.items()) or "as printed"
