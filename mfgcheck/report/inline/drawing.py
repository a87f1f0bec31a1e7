"""Figures as small drawings inside a page: they take the page's colours, light or dark.

A page that is sent to others shall open at once, be read on a telephone and in the dark, and need
no matplotlib where it is made. So its figures are drawn here, in a few kilobytes each; for files of
their own there is `mfgcheck.report.plot`.

Colours are classes, which `page.css` defines: `c0` to `c6` for curves, `above`, `level` and `below`
for the two sides of zero, `scale` for amounts.
"""

from __future__ import annotations

import math
from html import escape

from mfgcheck.report.figures import Curves, HeatMap, Series
from mfgcheck.report.inline.cells import CellsDrawing
from mfgcheck.report.inline.curves import CurvesDrawing
from mfgcheck.report.inline.parts import COLOURS, DASHES, WIDTH, clean, places


def to_svg(figure: Curves | HeatMap) -> str:
    """Return a figure as an `<svg>` element to stand in a page, with its text for those who listen.

    >>> to_svg(Curves("Mean", "step", "mean", [Series("up", [0, 1], [0, 2])]))[:40]
    '<svg viewBox="0 0 420 250" role="img" ar'
    """
    drawn = (
        CurvesDrawing(figure).parts()
        if isinstance(figure, Curves)
        else CellsDrawing(figure).parts()
    )
    height, parts = drawn
    label = escape(clean(figure.text))
    head = f'<svg viewBox="0 0 {places(WIDTH)} {places(height)}" role="img" aria-label="{label}">'
    return "\n".join([head, *parts, "</svg>"])


def legend(figure: Curves | HeatMap) -> list[tuple[str, str]]:
    """Return what the figure's colours mean: small drawings, each with its name."""
    if isinstance(figure, HeatMap):
        return _cell_legend(figure)
    found: dict[str, str] = {}
    for i, series in enumerate(figure.series):
        found.setdefault(series.name, _swatch(series, i))
    for _, what in figure.marks:
        found.setdefault(what, _small('<path class="mark" d="M12 1V11"/>'))
    return [(drawing, name) for name, drawing in found.items()]


def _cell_legend(figure: HeatMap) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    numbers = {v for row in figure.values for v in row if not math.isnan(v)}
    if figure.levels:
        cells = CellsDrawing(figure)
        for i in sorted(int(v) for v in numbers)[:12]:
            shade = f'fill-opacity="{cells.strength(i):.2f}"'
            box = f'<rect class="scale" width="24" height="12" {shade}/>'
            found.append((_small(box), figure.levels[i]))
    if figure.diverging:
        signs = (("above", "above 0", 0.7), ("level", "0", 0.16), ("below", "below 0", 0.7))
        test = {"above": lambda v: v > 0, "level": lambda v: v == 0, "below": lambda v: v < 0}
        for colour, name, strength in signs:
            if any(test[colour](v) for v in numbers):
                box = f'<rect class="{colour}" width="24" height="12" fill-opacity="{strength}"/>'
                found.append((_small(box), name))
    if figure.marks:
        box = '<rect class="frame" x="1" y="1" width="22" height="10"/>'
        found.append((_small(box), figure.marks_label or "framed"))
    return found


def _small(inner: str) -> str:
    return f'<svg class="swatch" viewBox="0 0 24 12" aria-hidden="true">{inner}</svg>'


def _swatch(series: Series, number: int) -> str:
    if series.style == "guide":
        return _small('<path class="guide line" d="M0 6H24"/>')
    colour = f"c{number % COLOURS}"
    if series.style == "points":
        return _small(f'<circle class="{colour} fill" cx="12" cy="6" r="3.5"/>')
    if series.style == "bars":
        return _small(f'<rect class="{colour} fill" width="24" height="12"/>')
    dash = DASHES[number % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return _small(f'<path class="{colour} line" d="M0 6H24"{dashed}/>')
