"""Evidence about T-BR (Algorithm 1) and modified T-BR (Algorithm 6): runs in exact arithmetic."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy

from mfgcheck.equilibrium.enclosure.equilibria import equilibria
from mfgcheck.equilibrium.exact.replay import Ending, ExactRun, exact_run
from mfgcheck.equilibrium.exact.stage import Law
from mfgcheck.equilibrium.order.bracket import bracket
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence import brute, games
from mfgcheck.paper.evidence.definition import objection


def cycles(game: str, start: Mapping[Any, object], *, strict: bool = False) -> Finding:
    """Whether T-BR from a mean field comes back after two steps or more, whatever wins ties.

    Args:
        game: a game of the gallery.
        start: where T-BR starts, {state: mass}.
        strict: ask that on the cycle one action be the best by a margin.
    """
    made = make(game)
    wrong = objection(made)
    if wrong is not None:
        return wrong
    runs = {selection: exact_run(made, start, selection) for selection in ("inf", "sup")}
    if any(run.ending is not Ending.CYCLE for run in runs.values()):
        endings = ", ".join(f"{name}: {run.ending}" for name, run in runs.items())
        return denied(f"T-BR in {game} does not cycle ({endings})")
    run = runs["inf"]
    gap = run.cycle_gap
    if strict and not (gap is not None and gap > 0):
        return denied(f"in {game} actions tie on the cycle")
    margin = f", one action being best by {gap} at least" if gap else ""
    return confirmed(
        f"{game} satisfies Definition 1, and T-BR from {_law_text(start)} enters a cycle of "
        f"{run.period} steps{margin}: {_cycle_text(run)}.",
    )


def ties(game: str, start: Mapping[Any, object]) -> Finding:
    """Whether T-BR can go on for ever between two mean fields, as ties are broken now so, now so.

    Args:
        game: a game of the gallery with the states 0 and 1.
        start: where T-BR starts, {state: mass}; it goes on with the higher optimal actions, then
            with the lower ones, and so on.
    """
    made = make(game)
    wrong = objection(made)
    if wrong is not None:
        return wrong
    here = brute.point(made.states, {s: Fraction(str(mass)) for s, mass in start.items()})
    path = [here]
    for step in range(5):
        stage = brute.stage_at(made, path[-1])
        response = stage.best_response()
        if not response.tied:
            return denied(f"in {game} no actions tie at {law_text(path[-1])}.")
        mu = response.highest if step % 2 == 0 else response.lowest
        path.append(stage.distribution(path[-1], mu))
    text = " -> ".join(map(law_text, path[:4]))
    if path[1] != path[3] or path[2] != path[4] or path[1] == path[2]:
        return denied(f"in {game} T-BR with changing choices does not alternate: {text}.")
    return confirmed(
        f"{game} satisfies Definition 1, the optimal actions tie at each mean field met, and T-BR "
        f"goes {text} and so on for ever."
    )


def no_accuracy_step(game: str, start: Mapping[Any, object], accuracy: object) -> Finding:
    """Whether T-BR from a mean field is never near one and the same law for good.

    Args:
        game: a game of the gallery.
        start: where T-BR starts, {state: mass}.
        accuracy: the ||.||_1 distance.
    """
    made = make(game)
    cycle = cycles(game, start)
    if cycle.confirmed is not True:
        return cycle
    laws = exact_run(made, start).cycle
    widest = max(distance(p, q) for p, q in itertools.combinations(laws, 2))
    text = (
        f"in {game} T-BR from {_law_text(start)} alternates between laws at the distance {widest}, "
        f"and no law is within less than {widest / 2} of both"
    )
    return confirmed(f"{text}.") if Fraction(str(accuracy)) < widest / 2 else denied(f"{text}.")


def both_ends(names: Sequence[str]) -> Finding:
    """Whether T-BR from the least law rises, from the greatest falls, to T-MFE around all others.

    Args:
        names: games of the gallery on which both runs end.
    """
    told = []
    for name in names:
        made = make(name)
        wrong = objection(made)
        if wrong is not None:
            return wrong
        labels, sets = made.states.labels, brute.upper_sets(made.states)
        low = exact_run(made, {labels[0]: 1}, "inf")
        high = exact_run(made, {labels[-1]: 1}, "sup")
        for run, way in ((low, 1), (high, -1)):
            if run.ending is not Ending.FIXED:
                return denied(f"T-BR from an end of {name} was not seen to end: {run.ending}.")
            for p, q in itertools.pairwise(run.mean_fields[::way]):
                if not brute.below(sets, p, q):
                    return denied(f"T-BR from an end of {name} goes back.")
        bottom, top = low.mean_fields[-1], high.mean_fields[-1]
        everything = equilibria(made)
        if not everything.complete or everything.continua:
            return denied(f"the T-MFE of {name} were not all told apart.")
        for found in everything.equilibria:
            for upper in sets:
                least = sum(found.mean_field[x][0] for x in upper)
                most = sum(found.mean_field[x][1] for x in upper)
                lowest, highest = sum(bottom[x] for x in upper), sum(top[x] for x in upper)
                if most < lowest or least > highest:
                    return denied(f"a T-MFE of {name} lies outside.")
                inside = lowest <= least and most <= highest
                ends = found.strategy in (low.strategies[-1], high.strategies[-1])
                if not (inside or ends):  # the ends themselves are known exactly, not enclosed
                    return undecided(f"whether a T-MFE of {name} lies between was not decided.")
        told.append(f"{name} {law_text(bottom)} and {law_text(top)}")
    return confirmed(
        f"T-BR goes one way and ends in T-MFE, from the least law and from the greatest: in "
        f"{'; in '.join(told)}. All other T-MFE lie between."
    )


def accuracy_steps(names: Sequence[str], accuracy: object) -> Finding:
    """Whether for each of some games a step is certified from which T-BR from every start is near.

    Args:
        names: games of the gallery, whose states form a chain.
        accuracy: the ||.||_1 distance.
    """
    told = []
    for name in names:
        made = make(name)
        step = _accuracy_step(made, Fraction(str(accuracy)))
        if isinstance(step, Finding):
            return step
        told.append(f"{step} in {name}")
    return confirmed(
        f"from every start and with any choice among ties T-BR is within {accuracy} of the T-MFE "
        f"from this step on: {', '.join(told)}."
    )


def accuracy_step_without_contraction(low: object, high: object, accuracy: object) -> Finding:
    """Whether such a step is certified in a game in which T-BR draws two mean fields apart.

    Args:
        low, high: masses of the state 1 of the two mean fields.
        accuracy: the ||.||_1 distance.
    """
    game = games.linear(*map(_plain, (0, 0, 0, "1/4", "-1/4")))
    step = _accuracy_step(game, Fraction(str(accuracy)))
    if isinstance(step, Finding):
        return step
    laws = [(1 - m, m) for m in (Fraction(str(low)), Fraction(str(high)))]
    images = []
    for law in laws:
        stage = brute.stage_at(game, law)
        response = stage.best_response()
        if response.tied:
            return denied(f"actions tie at {law_text(law)}.")
        images.append(stage.distribution(law, response.lowest))
    before, after = distance(*laws), distance(*images)
    text = (
        f"in the {game.name} T-BR takes the laws with z(1) = {low} and {high}, at the distance "
        f"{before}, to laws at the distance {after}; from step {step} on it is within {accuracy} "
        "of the T-MFE from every start"
    )
    return confirmed(f"{text}.") if after > before else denied(f"{text}.")


def distance(p: Law, q: Law) -> Fraction:
    """Return ||p - q||_1."""
    return sum((abs(x - y) for x, y in zip(p, q, strict=True)), Fraction(0))


def _accuracy_step(game: Game, accuracy: Fraction) -> int | Finding:
    """Return the certified step of a game, or why there is none."""
    wrong = objection(game)
    if wrong is not None:
        return wrong
    found = bracket(game, accuracy, "Definition 1 is proved")
    if found.k0 is None:
        return denied(
            f"in {game.name} the runs from both ends stay {found.width} apart: {found.ended}."
        )
    return found.k0


def _plain(number: object) -> Any:
    return sympy.Rational(str(number))


def _cycle_text(run: ExactRun) -> str:
    return " -> ".join(law_text(law) for law in (*run.cycle, run.cycle[0]))


def law_text(law: tuple[Fraction, ...]) -> str:
    """Return a law as its masses, state by state.

    >>> law_text((Fraction(1, 2), Fraction(0), Fraction(1, 2)))
    '(1/2, 0, 1/2)'
    """
    return "(" + ", ".join(map(str, law)) + ")"


def _law_text(masses: Mapping[Any, object]) -> str:
    return ", ".join(f"mass {mass} at {state}" for state, mass in masses.items())
