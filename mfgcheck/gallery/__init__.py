"""The gallery: games to look at, to check, and to start one's own from.

Each file here is written as a user writes a game: with the public API alone. Beside the game it
keeps the verdicts to expect (`EXPECTED`) and why, worked out by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from types import ModuleType

from mfgcheck import Game
from mfgcheck.errors import BadInput

__all__ = ["expected", "make", "maker", "names", "summary"]

# Name of a game -> the module here that has it; its maker has the same name with underscores.
_MODULES = {
    "infection-spread": "infection_spread",
    "mturk": "mturk",
    "capped-health": "capped_health",
    "two-lotteries": "two_lotteries",
    "coordination": "coordination",
    "adoption-birth-death": "adoption_birth_death",
    "sis": "sis",
    "beach-bar": "beach_bar",
    "audit-a": "audit_a",
    "audit-b": "audit_b",
    "audit-c": "audit_c",
    "audit-d": "audit_d",
    "audit-e": "audit_e",
    "audit-f": "audit_f",
    "audit-g": "audit_g",
    "fair-coin": "fair_coin",
}


def names() -> tuple[str, ...]:
    """Return the names of all games.

    >>> names()[:3]
    ('infection-spread', 'mturk', 'capped-health')
    """
    return tuple(_MODULES)


def maker(name: str) -> Callable[..., Game]:
    """Return the function that makes a game; its keyword arguments are the game's parameters.

    Raises:
        BadInput: there is no such game.

    >>> maker("mturk").__name__
    'mturk'
    """
    found: Callable[..., Game] = getattr(_module(name), _MODULES[name])
    return found


def make(name: str, **parameters: object) -> Game:
    """Return a game of the gallery, with some of its parameters set; it keeps all of them.

    Raises:
        BadInput: there is no such game.

    >>> make("mturk", states=10).parameters["delta3"]
    1/10
    """
    function = maker(name)
    defaults = {key: p.default for key, p in signature(function).parameters.items()}
    return function(**parameters).with_parameters({**defaults, **parameters})


def expected(name: str) -> dict[str, str]:
    """Return the verdicts to expect at the default parameters, by clause and assumption.

    >>> expected("sis")["kernel.increasing_differences"]
    'REFUTED'
    """
    return dict(_module(name).EXPECTED)


def summary(name: str) -> str:
    """Return one line that says what a game is.

    >>> summary("sis")
    'An epidemic in which agents may take precautions.'
    """
    return (maker(name).__doc__ or "").strip().split("\n", 1)[0]


def _module(name: str) -> ModuleType:
    if name not in _MODULES:
        raise BadInput(f"there is no game {name!r} in the gallery; it has {', '.join(_MODULES)}")
    return import_module(f"mfgcheck.gallery.{_MODULES[name]}")
