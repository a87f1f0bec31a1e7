"""Evidence about the parameters printed in appendix F: exact arithmetic on them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mfgcheck.errors import InvalidGame
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.laws import mixture, point, uniform
from mfgcheck.paper.claim import Finding, confirmed, denied
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status


def rate_rises(first: Fraction, last: Fraction) -> Finding:
    """Whether a learning rate that goes from `first` to `last` does not decay."""
    if last <= first:
        return denied(f"from {first} to {last} is a decay")
    return confirmed(f"{first} < {last}: the rate becomes {last / first} times as large.")


def newcomer_depends_on_leaver(replacement: str) -> Finding:
    """Whether the law of an agent that comes new depends on the state of the one that left."""
    game = make("infection-spread", replacement=replacement, zeta=Fraction(1))
    top = game.states.labels[-1]
    low, high = (game.kernel_at(s, 0, {0: 1}) for s in (game.states.labels[0], top))
    apart = sum(
        (abs(Fraction(str(low.get(x, 0))) - Fraction(str(high.get(x, 0)))))
        for x in game.states.labels
    )
    if not apart:
        return denied("newcomers after an agent at 0 and after one at the top have the same law")
    return confirmed(
        f"If s is the state of the agent that leaves, one that leaves at 0 is replaced by 0 with "
        f"probability {low[0]}, one that leaves at {top} with probability {high[0]}: the two laws "
        f"are {apart} apart in the L1 norm."
    )


def newcomer_leaves_states(states: int, drawn_to: int) -> Finding:
    """Whether uniform on {0, .., drawn_to} does not fit into `states` states, whatever they are."""
    outcomes = drawn_to + 1
    newcomer = mixture({0: Fraction(1, 10), uniform(range(outcomes)): Fraction(9, 10)})
    if outcomes <= states:
        return denied(f"{outcomes} outcomes fit into {states} states")
    refused = _refused(states, newcomer)
    if refused is None:
        return denied("a game with this law was accepted")
    return confirmed(
        f"w2 has {outcomes} different outcomes, 0 to {drawn_to}, each with a chance of "
        f"{Fraction(9, 10) / outcomes} at least, and there are {states} states. On the states 0 to "
        f"{states - 1} the game is refused: {refused}."
    )


def _refused(states: int, newcomer: object) -> str | None:
    def transition(s: object, a: object, z: object) -> list[tuple[str, object]]:
        return [("9/10", point(0)), ("1/10", newcomer)]

    try:
        Game(
            states=states,
            actions=2,
            reward=lambda s, a, z: 0,
            transition=transition,
            discount="3/4",
            tremble="3/10",
        )
    except InvalidGame as error:
        return str(error).split(":", 1)[0]
    return None


def same_failures(game: str, parameter: str, values: Sequence[object]) -> Finding:
    """Whether the same clauses of Definition 1 fail, and at least one, for all values."""
    failing = []
    for value in values:
        report = check(make(game, **{parameter: value}))
        failing.append(
            tuple(v.clause for v in report.clauses.values() if v.status is not Status.PROVED)
        )
    if len(set(failing)) != 1 or not failing[0]:
        return denied(f"{game}: {dict(zip(map(str, values), failing, strict=True))}")
    return confirmed(
        f"In {game} with {parameter} {', '.join(map(str, values))} the same clauses fail: "
        f"{', '.join(failing[0])}."
    )
