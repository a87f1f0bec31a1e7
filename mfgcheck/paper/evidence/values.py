"""Evidence about TQ-values: F's fixed point against all strategies, and the printed strategy."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mfgcheck.game.numbers import exact
from mfgcheck.paper.claim import Finding, confirmed, denied
from mfgcheck.paper.evidence import brute, games


def printed_strategy(values: Sequence[object], tremble: object) -> Finding:
    """Whether the strategy as printed, 1 - eps for every action of the argmax, is no law.

    Args:
        values: the TQ-values of the actions in a state.
        tremble: eps.
    """
    q = [exact(x, "a value") for x in values]
    eps, others = exact(tremble, "the tremble"), len(q) - 1
    total = sum((1 - eps if x == max(q) else eps / others for x in q), Fraction(0))
    text = (
        f"with the TQ-values {', '.join(map(str, q))} and eps = {eps} the probabilities sum to "
        f"{total}"
    )
    return denied(f"{text}.") if total == 1 else confirmed(f"{text}, not to 1.")


def fixed_point_is_best(names: Sequence[str], tremble: object, parts: int = 2) -> Finding:
    """Whether F's fixed point is the largest Q over all strategies, in games at many mean fields.

    Args:
        names: games, see `games.named`.
        tremble: the tremble of the games of the grid.
        parts: mean fields are those whose masses are multiples of 1/parts.
    """
    made = games.named(names, tremble)
    cases = strategies = 0
    for game in made:
        for law in brute.laws(game.states, parts):
            stage = brute.stage_at(game, law)
            q, best = brute.fixed_point(stage), brute.best(stage)
            cases += 1
            strategies += game.actions.size**game.states.size
            if q != best.q_values or brute.smoothed(stage, q) != best.values:
                return denied(
                    f"in the {game.name} at tremble {game.tremble} F's fixed point has the values "
                    f"{_text(brute.smoothed(stage, q))}, and the best strategy {_text(best.values)}"
                )
    return confirmed(
        f"in {len(made)} games at {cases} mean fields the fixed point of F is the largest Q of all "
        f"{strategies} strategies."
    )


def fixed_point_is_not_best(rewards: Sequence[object], tremble: object) -> Finding:
    """Whether in the game with one state and these rewards F's fixed point is not the largest Q."""
    game = games.one_state(rewards, tremble)
    wrong = games.objection_at_any_tremble(game)
    if wrong is not None:
        return wrong
    stage = brute.stage_at(game, (Fraction(1),))
    q, best = brute.fixed_point(stage), brute.best(stage)
    (found,), (top,) = brute.smoothed(stage, q), best.values
    text = (
        f"one state, rewards {', '.join(map(str, rewards))}, discount 1/2, eps = {game.tremble}: "
        f"the fixed point of F has the value {found}, the best strategy {top}"
    )
    return confirmed(f"{text}.") if found < top else denied(f"{text}.")


def _text(values: Sequence[Fraction]) -> str:
    return ", ".join(map(str, values))
