"""The figures of the paper, from runs: means over runs, with a band of one standard deviation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mfgcheck.paper.experiments.reference import reference
from mfgcheck.paper.experiments.rules import Ran
from mfgcheck.paper.experiments.runner import Runs
from mfgcheck.paper.experiments.setting import Scale
from mfgcheck.paper.experiments.store import Kept
from mfgcheck.paper.experiments.table import FigureOf
from mfgcheck.report.figures import Curves, Figure, HeatMap, Series

if TYPE_CHECKING:
    from mfgcheck.learning.draws import Floats

_Y = {
    "law": "mass",
    "cdf": "share of agents at or below",
    "mean": "mean state",
    "distance": "||z - T-MFE||_1",
}


def draw(figure: FigureOf, runs: Runs, scale: Scale) -> Figure:
    """Return a figure of the paper as plain numbers.

    Args:
        figure: which.
        runs: the runs of its settings.
        scale: at which they were made.
    """
    first = figure.readings[0]
    lines = []
    for line in figure.lines:
        setting = scale.of(first.of(line.setting))
        lines.append(Ran(line.name, runs[setting.key], reference(setting)))
    if figure.draws == "values":
        return _values(figure, lines[0])
    number = min(len(line.runs) for line in lines)
    note = f"{number} runs, mean and standard deviation; {first.text}"
    over_states = figure.draws in ("law", "cdf")
    if figure.draws == "distance":
        lines = [line for line in lines if line.reference is not None]
        note += "" if lines else "; no T-MFE was enclosed to measure from"
    series = [_series(figure, line) for line in lines]
    if figure.reference and figure.draws != "distance":
        series += _references(figure, lines)
    return Curves(
        figure.title,
        "state" if over_states else "iteration",
        _Y[figure.draws],
        series,
        from_zero=True,
        note=note,
    )


def _series(figure: FigureOf, line: Ran) -> Series:
    of: dict[str, Callable[[Kept], Floats]] = {
        "law": lambda one: one.last,
        "cdf": lambda one: np.cumsum(one.last),
        "mean": lambda one: one.means,
        "distance": lambda one: np.abs(one.mean_fields - line.known.law).sum(axis=1),
    }
    found = np.stack([of[figure.draws](one) for one in line.runs])
    mean = found.mean(axis=0)
    spread = found.std(axis=0, ddof=1) if len(line.runs) > 1 else np.zeros_like(mean)
    over_states = figure.draws in ("law", "cdf")
    x = np.arange(mean.size) if over_states else line.runs[0].iterations
    # No share is below 0, nor any mean state: a band that reached there would show what is not.
    low, high = np.maximum(mean - spread, 0), mean + spread
    return Series(line.name, x.tolist(), mean.tolist(), "line", low.tolist(), high.tolist())


def _references(figure: FigureOf, lines: list[Ran]) -> list[Series]:
    """Return the T-MFE of the lines, each once, as far as they are known."""
    found: list[Series] = []
    seen: list[Floats] = []
    for line in lines:
        if line.reference is None or any(law is line.reference.law for law in seen):
            continue
        seen.append(line.reference.law)
        if figure.draws == "mean":
            ends = [0, int(line.runs[0].iterations[-1])]
            found.append(Series("T-MFE", ends, [line.reference.mean] * 2, "guide"))
        else:
            law = line.reference.law
            y = law if figure.draws == "law" else np.cumsum(law)
            found.append(Series("T-MFE", range(law.size), y.tolist(), "guide"))
    return found


def _values(figure: FigureOf, line: Ran) -> HeatMap:
    q = np.mean([one.q for one in line.runs], axis=0)
    states, actions = q.shape
    return HeatMap(
        f"{figure.title}: mean of {len(line.runs)} runs",
        "state",
        "action",
        "TQ-value",
        [str(s) for s in range(states)],
        [str(a) for a in range(actions)],
        q.T.tolist(),
    )
