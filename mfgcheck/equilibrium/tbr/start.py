"""What a run starts from: mean fields and limits as a person gives them, read and checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.errors import BadInput, InvalidGame
from mfgcheck.game.floats import Floats
from mfgcheck.game.numbers import exact, normal_label

Start: TypeAlias = str | Mapping[Any, object] | Floats
"""Where to start: "least", "greatest", masses by state label, or an array (S,)."""

ROUNDING = 1e-12
"""Masses given as floats have to sum to 1 up to this, and are then scaled to do so."""

SMALLEST = 1e-13
"""The smallest accuracy that may be asked for: below, rounding hides the difference."""


def starting_law(model: Model, start: Start) -> tuple[str, Floats]:
    """Return how a start is called ("least", "greatest" or "given") and the mean field (S,).

    Raises:
        BadInput: it is not a law on the game's states.

    >>> from mfgcheck import Game, point
    >>> stay = Game(states=3, actions=1, reward=lambda s, a, z: s, discount="3/4", tremble=0,
    ...             transition=lambda s, a, z: point(s))
    >>> starting_law(Model.of(stay), {1: "1/4", 2: 0.75})
    ('given', array([0.  , 0.25, 0.75]))
    """
    if isinstance(start, str):
        if start in ("least", "greatest"):
            return start, model.least if start == "least" else model.greatest
        raise BadInput(
            f"the start is {start!r}: it must be least, greatest, or masses by state label"
        )
    if isinstance(start, Mapping):
        masses = _masses(model, start)
    else:
        masses = np.array(start, dtype=np.float64)
        if masses.shape != (model.states,):
            raise BadInput(
                f"the start is an array of shape {masses.shape}, not of one mass for each of the "
                f"{model.states} states"
            )
    for i in np.flatnonzero(~(masses >= 0) | ~np.isfinite(masses)):
        raise BadInput(
            f"the start gives the state {model.game.states.text(int(i))} the mass {masses[i]}: "
            "masses are numbers from 0 to 1"
        )
    total = math.fsum(masses)
    if not abs(total - 1) <= ROUNDING:
        raise BadInput(f"the masses of the start sum to {total:.17g}, not 1")
    return "given", masses / total


def _masses(model: Model, start: Mapping[Any, object]) -> Floats:
    states = model.game.states
    masses = np.zeros(model.states)
    known: list[Fraction] = []
    for label, mass in start.items():
        try:
            i = states.index.get(normal_label(label))
        except InvalidGame:
            i = None
        if i is None:
            raise BadInput(f"the start gives a mass to {label!r}, which is not a state of the game")
        if isinstance(mass, (float, np.floating)):
            masses[i] += float(mass)
            continue
        try:
            known.append(exact(mass, f"the start's mass of {states.text(i)}"))
        except InvalidGame as error:
            raise BadInput(str(error)) from None
        masses[i] += float(known[-1])
    total = sum(known, Fraction(0))
    if len(known) == len(start) and total != 1:
        raise BadInput(f"the masses of the start sum to {total}, not 1")
    return masses


def check_limits(accuracy: float, max_steps: int) -> None:
    """Refuse an accuracy or a number of steps that make no sense.

    Raises:
        BadInput: the accuracy is not a number from 1e-13 to 2, or there is no step.
    """
    number = isinstance(accuracy, (int, float)) and not isinstance(accuracy, bool)
    if not (number and SMALLEST <= accuracy <= 2):
        raise BadInput(
            f"the accuracy is {accuracy!r}: it must be a number from {SMALLEST:g} (what floating "
            "point can tell apart) to 2 (the largest distance of two laws)"
        )
    if isinstance(max_steps, bool) or not isinstance(max_steps, int) or max_steps < 1:
        raise BadInput(f"the number of steps is {max_steps!r}: it must be a whole number above 0")
