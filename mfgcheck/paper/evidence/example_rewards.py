"""Evidence about rewards: their range, and how they move with the mean field."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy

from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Claim, Deadline, Fails, Holds
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence.example_clauses import Parameters
from mfgcheck.verify.assumptions import reward_range
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status

BOUND = "assumption.bounded_reward"


def too_large(game: str, parameters: Parameters) -> Finding:
    """Whether a game's reward leaves [-1, 1]."""
    made = make(game, **parameters)
    verdict = check(made).assumptions[BOUND]
    if verdict.status is not Status.REFUTED:
        return denied(f"|r| <= 1 in {game}: {verdict.status} ({verdict.reason})")
    most = reward_range(made, Deadline()).attained_high
    return confirmed(f"In {game} {verdict.reason}: the largest reward is {most}, above 1.")


def values_too_large(game: str, state: object) -> Finding:
    """Whether values exceed V_max = 1/(1 - gamma) in every state when all others are at `state`."""
    made = make(game)
    least = min(
        Fraction(str(made.reward_at(s, a, {state: 1})))
        for s in made.states.labels
        for a in made.actions.labels
    )
    horizon = 1 / (1 - made.discount)
    if least <= 1:
        return denied(f"with all others at {state} the least reward is {least}, not above 1")
    return confirmed(
        f"In {game} with all others at {state} every reward is at least {least}, so that every "
        f"strategy has a value of at least {least * horizon} in every state, while 1/(1 - gamma) "
        f"is {horizon}."
    )


def bound_follows_susceptibility(
    variants: Sequence[Parameters], least: Fraction = Fraction(1, 6)
) -> Finding:
    """Whether |r| <= 1 in Infection Spread just where p at the top state is at least `least`."""
    told = []
    for variant in variants:
        game = make("infection-spread", **variant)
        top = game.states.labels[-1]
        # With all at the top and a = 0: r = (delta1 + delta2)(1 - p(top)) = 6/5 (1 - p(top)).
        p = 1 - game.reward_at(top, 0, {top: 1}) / sympy.Rational(6, 5)
        expected = Status.PROVED if bool(p >= sympy.Rational(str(least))) else Status.REFUTED
        verdict = check(game).assumptions[BOUND]
        if verdict.status is not expected:
            return denied(f"p({top}) = {p}, and |r| <= 1 is {verdict.status}: {verdict.reason}")
        told.append(f"p({top}) = {p}: {verdict.reason}")
    return confirmed(f"The range of r, certified for {len(told)} p: {'; '.join(told)}.")


def rises_with_mean_field(game: str, variants: Sequence[Parameters] = ({},)) -> Finding:
    """Whether r(s, a, z) is non-decreasing in z, in every state and for every action."""
    count = 0
    for variant in variants:
        made = make(game, **variant)
        for vector in _rewards(made):
            outcome = made.scalars.decide(vector, Claim.NONDECREASING, Deadline())
            if isinstance(outcome, Fails):
                return denied(f"in {game} a reward falls as the mean field rises")
            if not isinstance(outcome, Holds):
                return undecided(f"whether a reward of {game} rises was not decided")
            count += 1
    return confirmed(
        f"In {game} each of the {count // len(variants)} rewards r(s, a, .) is non-decreasing in z "
        f"for stochastic dominance, for each of {len(variants)} susceptibilities."
    )


def _rewards(game: Game) -> list[tuple[tuple[int, int], ...]]:
    """Return the distinct rewards as integer combinations of the game's terms."""
    rows = game.form.rewards
    return [
        tuple((term, int(c * rows.denominator)) for term, c in rows.row(i))
        for i in sorted(set(game.form.reward.tolist()))
    ]
