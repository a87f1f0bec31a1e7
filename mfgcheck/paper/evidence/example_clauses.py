"""Evidence about Definition 1 itself, and about the clauses that the paper's examples satisfy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from mfgcheck.gallery import make, names
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence.definition import objection
from mfgcheck.verify.best_reward import decide_best_reward
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status
from mfgcheck.verify.witness import Witness, enclosed, recompute

Parameters: TypeAlias = Mapping[str, object]

FAMILY: tuple[Parameters, ...] = tuple(
    {"susceptibility": p, "replacement": w}
    for p in ("exp", "rational", "logistic", "linear")
    for w in ("full", "state")
)
"""Infection Spread at the printed parameters: four p that fit the text, both readings of w2."""


def satisfied(games: Sequence[str]) -> Finding:
    """Whether all these games of the gallery satisfy Definition 1, clause by clause."""
    for name in games:
        wrong = objection(make(name))
        if wrong is not None:
            return wrong
    return confirmed(
        f"All nine clauses are proved, for all mean fields, of {' and of '.join(games)}."
    )


def holds(game: str, clauses: Sequence[str], variants: Sequence[Parameters] = ({},)) -> Finding:
    """Whether `check` proves these clauses of a game, with each of these parameters."""
    for variant in variants:
        report = check(make(game, **variant), list(clauses))
        if report.status is not Status.PROVED:
            told = f"{game}{_with(variant)}: {report.status}"
            return denied(told) if report.status is Status.REFUTED else undecided(told)
    return confirmed(f"Proved for all mean fields: {', '.join(clauses)}; {_number(variants)}.")


def fails(
    game: str,
    clause: str,
    variants: Sequence[Parameters] = ({},),
    *,
    unclipped: bool = False,
) -> Finding:
    """Whether a clause fails, with each of these parameters.

    The failure is computed anew from the functions that make the game.

    Args:
        game: a game of the gallery.
        clause: the clause's id.
        variants: the parameters.
        unclipped: ask for a failure at states and actions where the ends of the state space moved
            no outcome.
    """
    found: list[Witness] = []
    for variant in variants:
        made = make(game, **variant)
        verdict = check(made, [clause]).clauses[clause]
        witness = verdict.witness
        if unclipped and witness is not None and _clipped(made, witness):
            witness = witness.unclipped
        if verdict.status is not Status.REFUTED or witness is None:
            return denied(f"{game}{_with(variant)}: {clause} does not fail in this way")
        if enclosed(recompute(made, witness))[1] >= 0:
            return denied(f"{game}{_with(variant)}: the failure does not come out again")
        found.append(witness)
    return confirmed(f"{found[0].text} It fails {_number(variants)}.")


def best_reward(games: Sequence[str] | None = None) -> Finding:
    """Whether max_a r is non-decreasing in s wherever r is, decided without use of that.

    Args:
        games: games of the gallery, each with r non-decreasing in s; all such games by default.
    """
    asked = names() if games is None else games
    compared = 0
    for name in asked:
        game = make(name)
        first = check(game, ["reward.monotone_s"]).status
        if first is not Status.PROVED:
            if games is None:
                continue
            return denied(f"in {name} the reward is not non-decreasing in s")
        if decide_best_reward(game, Status.UNDECIDED, Deadline()).status is not Status.PROVED:
            return denied(f"in {name} the best reward was not shown to be non-decreasing in s")
        compared += 1
    return confirmed(
        f"In the {compared} games of the gallery in which r is non-decreasing in s, so is the best "
        "reward; it was compared between neighbouring states, and the first clause not used."
    )


def jumps(game: str) -> Finding:
    """Whether a game satisfies Definition 1 though it is not continuous in z."""
    made = make(game)
    wrong = objection(made)
    if wrong is not None:
        return wrong
    verdict = check(made).assumptions["assumption.continuous"]
    if verdict.status is not Status.REFUTED:
        return denied(f"{game} is not known to jump")
    return confirmed(f"{game} satisfies all clauses of Definition 1, and {verdict.reason}.")


def literal_states(states: int, actions: int) -> Finding:
    """Whether s' = s + a, without a cap, leads out of the states 0, .., `states` - 1."""
    top, most = states - 1, actions - 1
    survivors = Fraction(9, 10)  # 1 - zeta
    leaving = [(s, a) for s in range(states) for a in range(actions) if s + a > top]
    if not leaving:
        return denied("no state and action lead out of the states")
    refused = _refused(states, actions)
    if refused is None:
        return denied("the literal dynamics were accepted")
    return confirmed(
        f"From s = {top} the action a = {most} leads the healthy to {top + most}, which is not a "
        f"state; so it is with {len(leaving)} of the {states * actions} pairs (s, a), with "
        f"probability {survivors} (1 - i_z). As a game it is refused: {refused}."
    )


def _refused(states: int, actions: int) -> str | None:
    from mfgcheck.errors import InvalidGame
    from mfgcheck.game.laws import point

    try:
        Game(
            states=states,
            actions=actions,
            reward=lambda s, a, z: 0,
            transition=lambda s, a, z: [("9/10", point(s + a)), ("1/10", point(0))],
            discount="3/4",
            tremble="3/10" if actions > 1 else 0,
        )
    except InvalidGame as error:
        return str(error).split(":", 1)[0]
    return None


def _clipped(game: Game, witness: Witness) -> bool:
    """Whether a clip moved an outcome at one of the corners (any corner: they are all compared)."""
    (s, a), (s2, a2) = witness.corners[0], witness.corners[-1]
    states = (game.states.index[s], game.states.index[s2])
    actions = (game.actions.index[a], game.actions.index[a2])
    rows = (x * game.actions.size + y for x in states for y in actions)
    return any(bool(game.form.clipped[row]) for row in rows)


def _with(variant: Parameters) -> str:
    told = ", ".join(f"{key} {value}" for key, value in variant.items())
    return f" ({told})" if told else ""


def _number(variants: Sequence[Parameters]) -> str:
    if len(variants) == 1:
        return f"in the game{_with(variants[0])}"
    keys = sorted({key for variant in variants for key in variant})
    return f"in all {len(variants)} variants tried ({', '.join(keys)})"
