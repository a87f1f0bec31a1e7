"""Two mean fields whose next laws are in the wrong order, to look at."""

from __future__ import annotations

import sympy

from mfgcheck.equilibrium.order.fall import Fall, next_mass
from mfgcheck.game.game import Game
from mfgcheck.report.figures import Curves, Figure, Series
from mfgcheck.verify.pictures import axis, mean_fields

_MOST_STATES = 60  # of a game for which the next laws are computed anew, exactly


def fall_figures(game: Game, fall: Fall) -> list[Figure]:
    """Return the two mean fields, and on a chain the tails of the next laws; none if too large."""
    if game.states.size > _MOST_STATES:
        return []
    figures: list[Figure] = [mean_fields(game, fall.z, fall.z2)]
    if not game.states.is_chain:
        return figures
    labels = game.states.labels
    x, names = axis(game.states)
    series = []
    for name, z, actions in (
        ("from the lower mean field", fall.z, fall.actions),
        ("from the higher mean field", fall.z2, fall.actions2),
    ):
        masses = [_float(next_mass(game, z, actions, (label,))) for label in labels]
        series.append(Series(name, x, [min(1.0, sum(masses[t:])) for t in range(len(labels))]))
    place = x[game.states.index[fall.minimal[0]]]
    mark = [(place, "where the order breaks")]
    label = "mass of the states >= t"
    title = "Tails of the next laws"
    figures.append(Curves(title, "t", label, series, mark, names, from_zero=True))
    return figures


def _float(value: sympy.Expr) -> float:
    return float(value.evalf(17))
