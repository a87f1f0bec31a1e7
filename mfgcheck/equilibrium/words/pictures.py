"""Which figures show a result: paths, laws, strategies, values, and the map of one aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from mfgcheck.errors import BadInput
from mfgcheck.game.floats import Floats, to_float
from mfgcheck.game.game import Game
from mfgcheck.report.figures import Curves, Figure, HeatMap, Series, Style

if TYPE_CHECKING:
    from mfgcheck.equilibrium.enclosure.enclosed import Equilibria, Range
    from mfgcheck.equilibrium.solve import Solution
    from mfgcheck.equilibrium.tbr.dynamics import Run

_MOST_LAWS = 6  # laws in one figure that can still be told apart
_MOST_CELLS = 200_000  # of a heat map
_MOST_STEPS = 200  # rows of a heat map over steps


def solution_figures(solution: Solution) -> list[Figure]:
    """Return what there is to draw of T-BR runs.

    The state along the way, the width of the sandwich, the laws at the end (of each phase, for a
    cycle), the strategies, and the TQ-values.
    """
    game, runs = solution.game, solution.runs
    figures: list[Figure] = [_path(game, runs)]
    if solution.sandwich is not None and solution.sandwich.ordered:
        figures += _widths(solution.sandwich.widths)
    figures += _laws(game, [law for run in runs for law in _final_laws(run)])
    strategies = [run.strategy for run in runs]
    chosen = _distinct([(_from(run), mu) for run, mu in zip(runs, strategies, strict=True)])
    figures.append(_strategies(game, chosen))
    for run in runs:
        figures += _along(game, run)
    # Two runs with one strategy at the end have nearly the same values.
    for name, strategy in chosen:
        number = next(i for i, mu in enumerate(strategies) if mu is strategy)
        figures += _values(game, name, runs[number].q_values)
    return figures


def equilibria_figures(found: Equilibria) -> list[Figure]:
    """Return what there is to draw of a search for all T-MFE.

    With one aggregate that matters the map whose fixed points the T-MFE are (drawn with floats, for
    orientation only); the laws and the strategies of the T-MFE.
    """
    from mfgcheck.equilibrium.words.response_map import map_figure

    game = found.game
    try:
        figures = map_figure(found)
    except BadInput:  # the map is drawn with floats, which cannot hold every game that is solved
        figures = []
    laws = [
        (f"T-MFE {number}", np.array([_middle(mass) for mass in one.mean_field]))
        for number, one in enumerate(found.equilibria, 1)
    ]
    if laws:
        figures += _laws(game, laws)
        index = game.actions.index
        chosen = [
            (name, np.array([index[label] for label in one.strategy]))
            for (name, _), one in zip(laws, found.equilibria, strict=True)
            if one.strategy is not None
        ]
        if chosen:
            figures.append(_strategies(game, chosen))
    return figures


def _path(game: Game, runs: Sequence[Run]) -> Curves:
    numbers = _numbers(game)
    if numbers is None:
        what = "height of the state"
        note = "mean number of steps above the lowest state"
        series = [Series(_from(run), range(len(run.heights)), run.heights.tolist()) for run in runs]
    else:
        what, note = "mean state", ""
        series = [
            Series(_from(run), run.kept.tolist(), (run.mean_fields @ numbers).tolist())
            for run in runs
        ]
    return Curves(f"{what.capitalize()} along the way", "step", what, series, note=note)


def _widths(widths: Floats) -> list[Figure]:
    positive = np.where(widths > 0, widths, np.nan)
    if np.isnan(positive).all():
        return []
    series = [Series("width", range(len(widths)), positive.tolist())]
    return [Curves("Width of the sandwich", "step", "upper less lower path", series, log_y=True)]


def _final_laws(run: Run) -> list[tuple[str, Floats]]:
    if run.cycle is None:
        return [(_from(run), run.mean_field)]
    return [
        (f"{_from(run)}, phase {phase} of {len(run.cycle)}", law)
        for phase, law in enumerate(run.cycle, 1)
    ]


def _laws(game: Game, laws: Sequence[tuple[str, Floats]]) -> list[Figure]:
    shown, note = laws[:_MOST_LAWS], _first(len(laws))
    figures: list[Figure] = [
        _over_states(game, "Laws of the state", "mass", shown, "line", note=note)
    ]
    if game.states.is_chain:
        sums = [(name, np.minimum(np.cumsum(law), 1.0)) for name, law in shown]
        title = "The same, summed up from below"
        figures.append(_over_states(game, title, "mass up to the state", sums, "jumps", note=note))
    return figures


def _strategies(game: Game, strategies: Sequence[tuple[str, Any]]) -> Figure:
    actions = [game.actions.text(a) for a in range(game.actions.size)]
    shape = game.states.shape
    title = "Likeliest action"
    if len(shape) == 2 and min(shape) > 1 and len(strategies) == 1:
        rows, columns = ([str(label) for label in chain] for chain in game.states.chains)
        values = strategies[0][1].reshape(shape)
        return HeatMap(
            title, "second coordinate", "first coordinate", "action", columns, rows, values, actions
        )
    shown = strategies[:_MOST_LAWS]
    note = _first(len(strategies))
    return _over_states(game, title, "action", shown, "steps", y_names=actions, note=note)


def _first(many: int) -> str:
    """Say that more lines than can be told apart were left out."""
    return f"the first {_MOST_LAWS} of {many}" if many > _MOST_LAWS else ""


def _along(game: Game, run: Run) -> list[Figure]:
    """The strategy at each step, if it changes; of very many steps those up to the last change."""
    changes = np.flatnonzero((run.strategies[1:] != run.strategies[:-1]).any(axis=1)) + 1
    if not changes.size:
        return []
    # A cycle is at the end of a path, and what comes to rest has changed at its beginning.
    last, many = int(changes[-1]), len(run.kept)
    end = min(max(last + 2, _MOST_STEPS), many)
    start = max(0, end - _MOST_STEPS)
    table, kept = run.strategies[start:end], run.kept[start:end].tolist()
    if table.size > _MOST_CELLS:
        return []
    later = "; it does not change later" if end < many else ""
    note = f"steps {kept[0]} to {kept[-1]} of {run.steps}{later}"
    states = [game.states.text(s) for s in range(game.states.size)]
    actions = [game.actions.text(a) for a in range(game.actions.size)]
    steps = [str(step) for step in kept]
    title = f"Likeliest action along the way, {_from(run)}"
    drawn = HeatMap(title, "state", "step", "action", states, steps, table.tolist(), actions)
    return [drawn if many <= _MOST_STEPS else replace(drawn, note=note)]


def _values(game: Game, name: str, q: Floats) -> list[Figure]:
    if q.size > _MOST_CELLS or not np.isfinite(q).all():
        return []
    states = [game.states.text(s) for s in range(game.states.size)]
    actions = [game.actions.text(a) for a in range(game.actions.size)]
    title = f"TQ-values at the end, {name}"
    return [HeatMap(title, "state", "action", "TQ-value", states, actions, q.T.tolist())]


def _over_states(
    game: Game,
    title: str,
    what: str,
    lines: Sequence[tuple[str, Floats]],
    style: Style,
    *,
    y_names: Sequence[str] = (),
    note: str = "",
) -> Curves:
    numbers = _numbers(game)
    size = game.states.size
    x = range(size) if numbers is None else numbers.tolist()
    names = [game.states.text(s) for s in range(size)] if numbers is None else []
    series = [Series(name, x, y.tolist(), style) for name, y in lines]
    return Curves(
        title,
        "state",
        what,
        series,
        x_names=names,
        y_names=y_names,
        from_zero=not y_names,
        note=note,
    )


def _numbers(game: Game) -> Floats | None:
    """Return the states as numbers, if they are numbers and rise."""
    labels = game.states.labels
    if len(game.states.shape) > 1:
        return None
    numbers = [to_float(label) for label in labels if isinstance(label, int | Fraction)]
    rising = all(x < y for x, y in pairwise(numbers)) and np.all(np.isfinite(numbers))
    return np.array(numbers) if len(numbers) == len(labels) and rising else None


def _distinct(named: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the strategies that differ, each with the run or the two runs that it comes from."""
    found: dict[bytes, tuple[list[str], Any]] = {}
    for name, array in named:
        found.setdefault(array.tobytes(), ([], array))[0].append(name)
    return [
        ("from both ends" if len(names) == 2 else names[0], array)
        for names, array in found.values()
    ]


def _from(run: Run) -> str:
    return f"from the {run.start} law"


def _middle(bounds: Range) -> float:
    return float((bounds[0] + bounds[1]) / 2)
