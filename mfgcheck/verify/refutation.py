"""From a failed inequality to a witness that has been replayed."""

from __future__ import annotations

from dataclasses import replace

from mfgcheck.errors import InvalidGame
from mfgcheck.game.game import Game
from mfgcheck.game.instance import weigh
from mfgcheck.game.orders import Order
from mfgcheck.game.separable import trace
from mfgcheck.game.setting import Masses
from mfgcheck.verify.story import tell
from mfgcheck.verify.upper_sets import closure
from mfgcheck.verify.witness import Law, Witness, enclosed, recompute


def make_witness(
    game: Game,
    clause: str,
    rows: tuple[int, ...],
    generators: tuple[int, ...] | None,
    z: Masses,
    z2: Masses | None,
    *,
    everywhere: bool = False,
) -> Witness:
    """Return the witness at the given corner rows, upper set (minimal states) and mean fields.

    `everywhere` says that the mean field does not matter, for the text.

    With unknown functions the witness says for which of them the value is negative, as far as the
    value that was recomputed shows it.

    Raises:
        InvalidGame: the game's functions answer otherwise than when the game was made.
        AssertionError: the replayed value is not certified negative; that would be a defect.
    """
    states, actions = game.states, game.actions
    ends = rows if len(rows) == 1 else (rows[0], rows[-1])
    place = Witness(
        clause=clause,
        corners=tuple(
            (states.labels[row // actions.size], actions.labels[row % actions.size]) for row in ends
        ),
        upper_set=None
        if generators is None
        else tuple(states.labels[x] for x in closure(states, generators)),
        minimal=None if generators is None else tuple(states.labels[x] for x in generators),
        z=_law(states, z),
        z2=None if z2 is None else _law(states, z2),
    )
    value = recompute(game, place)
    instance = weigh(value) if game.unknown else None
    lower, upper = enclosed(value if instance is None else instance.settle(value))
    if not upper < 0:
        again = trace(states, actions, game.reward, game.transition)
        if again.digest() != game.form.digest():
            raise InvalidGame(
                "reward or transition answers differently when called again: they must be pure "
                "functions of (s, a, z)"
            )
        raise AssertionError(f"the witness of {clause} does not replay: {place} gives {value}")
    witness = replace(place, value=value, lower=lower, upper=upper, instance=instance)
    return replace(witness, text=tell(game, witness, everywhere=everywhere))


def _law(states: Order, z: Masses) -> Law:
    return {states.labels[x]: mass for x, mass in z.items() if mass}
