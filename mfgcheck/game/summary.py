"""A game in few words, as every report begins: its name, size, numbers and parameters."""

from __future__ import annotations

import sympy

from mfgcheck.game.game import Game
from mfgcheck.game.numbers import brief
from mfgcheck.game.unknown import family_text


def game_dict(game: Game) -> dict[str, object]:
    """Return what reports in JSON say of a game; exact numbers are texts.

    >>> from mfgcheck.game.laws import point
    >>> stay = Game(states=3, actions=1, reward=lambda s, a, z: s, discount="3/4", tremble=0,
    ...             transition=lambda s, a, z: point(s), name="stay")
    >>> {key: value for key, value in game_dict(stay).items() if key != "digest"}
    {'name': 'stay', 'states': 3, 'actions': 1, 'discount': '3/4', 'tremble': '0',
     'parameters': {}, 'notes': []}
    """
    return {
        "name": game.name,
        "digest": game.digest,
        "states": game.states.size,
        "actions": game.actions.size,
        "discount": str(game.discount),
        "tremble": str(game.tremble),
        "parameters": {key: _plain(value) for key, value in game.parameters.items()},
        "notes": [*game.notes, *game.doubts],
    }


def game_line(game: Game) -> str:
    """Return a game's size, numbers and parameters in one line.

    >>> from mfgcheck.game.laws import point
    >>> stay = Game(states=3, actions=1, reward=lambda s, a, z: s, discount="3/4", tremble=0,
    ...             transition=lambda s, a, z: point(s), parameters={"c": 2})
    >>> game_line(stay)
    '3 states, 1 action, discount 3/4, tremble 0; c=2'
    """
    parameters = ", ".join(f"{key}={value}" for key, value in game.parameters.items())
    spaces = f"{count(game.states.size, 'state')}, {count(game.actions.size, 'action')}"
    size = f"{spaces}, discount {brief(game.discount)}, tremble {brief(game.tremble)}"
    size += f"; {parameters}" if parameters else ""
    return size + (f"; {family_text(game.unknown)}" if game.unknown else "")


def count(number: int, one: str, more: str = "") -> str:
    """Return a number of things, in the plural where it is not one.

    >>> count(1, "state"), count(2, "state"), count(0, "box", "boxes")
    ('1 state', '2 states', '0 boxes')
    """
    return f"{number} {one if number == 1 else more or one + 's'}"


def _plain(value: object) -> object:
    if isinstance(value, (bool, int, str)) or value is None:
        return value
    if isinstance(value, sympy.Integer):
        return int(value)
    return str(value)
