"""What public functions are given: refused with one sentence where it cannot be what is meant."""

from __future__ import annotations

from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.unknown import refuse_family


def need_game(thing: object) -> None:
    """Refuse what is no game, or stands for many: numbers are computed of one.

    Raises:
        BadInput: it is not a `Game`, or one with unknown functions.
    """
    if isinstance(thing, Game):
        refuse_family(thing.unknown)
        return
    if isinstance(thing, str):
        raise BadInput(
            f"{thing!r} is a text, not a Game: mfgcheck.gallery.make makes one of a name"
        )
    raise BadInput(f"this takes a Game, and was given {type(thing).__name__}: {thing!r:.60}")


def need_seconds(time_limit: float | None) -> None:
    """Refuse a time limit that is none; None is one that never ends.

    Raises:
        BadInput: it is not a positive number.
    """
    if time_limit is None:
        return
    number = isinstance(time_limit, (int, float)) and not isinstance(time_limit, bool)
    if not number or not time_limit > 0:
        raise BadInput(f"the time limit is {time_limit!r}: it must be a positive number of seconds")
