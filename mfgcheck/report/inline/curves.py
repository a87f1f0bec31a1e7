"""Curves, bars and points on their axes, as the elements of a drawing."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence

from mfgcheck.report.figures import Curves, Series, least_step
from mfgcheck.report.inline.parts import (
    COLOURS,
    DASHES,
    LETTER,
    TOP,
    WIDTH,
    clean,
    inside,
    places,
    round_numbers,
    share,
    spaced_names,
    text_at,
    widened,
    xy,
)
from mfgcheck.report.plot import brief_name, some

HEIGHT = 250.0
"""How high a drawing of curves is."""

_BOTTOM = 44.0
_MOST_POINTS = 1_500  # drawn of a curve
_LEAST_BAR = 2.0  # how wide a bar is at least


class CurvesDrawing:
    """Curves on their axes."""

    def __init__(self, figure: Curves) -> None:
        self.figure = figure
        x = [x for series in figure.series for x in series.x] + [x for x, _ in figure.marks]
        y = [y for series in figure.series for y in (*series.y, *series.low, *series.high)]
        y = [value for value in y if not math.isnan(value)]
        bars = any(series.style == "bars" for series in figure.series)
        self.bar = 0.8 * least_step(figure)
        margin = self.bar * 0.7 if bars else 0.0
        self.x0, self.x1 = widened(min(x, default=0) - margin, max(x, default=1) + margin)
        low, high = min(y, default=0.0), max(y, default=1.0)
        if figure.log_y:
            self.y0, self.y1 = widened(math.floor(math.log10(low)), math.ceil(math.log10(high)))
        elif figure.y_names:
            self.y0, self.y1 = -0.3, len(figure.y_names) - 0.7
        else:
            low = min(low, 0.0) if figure.from_zero or bars else low
            self.y0, self.y1 = widened(low, high)
            room = 0.04 * self.y1 - 0.04 * self.y0
            self.y1 = min(self.y1 + room, sys.float_info.max)
            self.y0 = self.y0 if low == 0 else max(self.y0 - room, -sys.float_info.max)
        self.x_ticks, self.y_ticks = self._x_ticks(), self._y_ticks()
        widest = max((len(text) for _, text in self.y_ticks), default=1)
        self.left = 14 + LETTER * widest
        self.right = WIDTH - 12

    def _x_ticks(self) -> list[tuple[float, str]]:
        figure = self.figure
        if figure.x_names:
            return spaced_names(figure.x_names, WIDTH - 90)
        whole = all(x.is_integer() for series in figure.series for x in series.x)
        return round_numbers(self.x0, self.x1, 7, whole=whole)

    def _y_ticks(self) -> list[tuple[float, str]]:
        if self.figure.y_names:
            return [
                (i, brief_name(clean(self.figure.y_names[i])))
                for i in some(len(self.figure.y_names))
            ]
        if self.figure.log_y:
            ticks = round_numbers(self.y0, self.y1, 5, whole=True)
            return [(value, f"1e{round(value)}") for value, _ in ticks]
        return round_numbers(self.y0, self.y1, 5)

    def x(self, value: float) -> float:
        """Return where a number stands from left to right."""
        return self.left + share(value, self.x0, self.x1) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return where a number stands from the top down."""
        return self._height(math.log10(value) if self.figure.log_y else value)

    def _height(self, value: float) -> float:
        low, high = HEIGHT - _BOTTOM, TOP
        return low + share(value, self.y0, self.y1) * (high - low)

    def parts(self) -> tuple[float, list[str]]:
        """Return the height of the drawing, and its elements."""
        figure = self.figure
        parts = [*self._axes()]
        parts += [
            f'<path class="mark" d="M{xy(self.x(x), TOP)}V{places(HEIGHT - _BOTTOM)}"/>'
            for x, _ in figure.marks
        ]
        bars = [series for series in figure.series if series.style == "bars"]
        for i, series in enumerate(figure.series):
            if series.style == "bars":
                at = next(k for k, one in enumerate(bars) if one is series)
                parts.append(self._bars(series, i, at, len(bars)))
            else:
                parts += self._series(series, i)
        return HEIGHT, parts

    def _axes(self) -> Iterator[str]:
        figure, bottom = self.figure, HEIGHT - _BOTTOM
        for value, text in self.y_ticks:
            at = self._height(value)
            yield f'<path class="grid" d="M{xy(self.left, at)}H{places(self.right)}"/>'
            yield text_at(self.left - 5, at + 4, text, "end")
        for value, text in self.x_ticks:
            at = self.x(value)
            yield f'<path class="tick" d="M{xy(at, bottom)}v4"/>'
            yield text_at(inside(at, text), bottom + 17, text, "middle")
        corner, end = xy(self.left, TOP), places(self.right)
        yield f'<path class="axis" d="M{corner}V{places(bottom)}H{end}"/>'
        if not figure.log_y and self.y0 < 0 < self.y1:
            yield f'<path class="zero" d="M{xy(self.left, self.y(0))}H{end}"/>'
        yield text_at(2, 14, clean(figure.y_label), "start")
        yield text_at(self.right, HEIGHT - 6, clean(figure.x_label), "end")

    def _bars(self, series: Series, number: int, at: int, many: int) -> str:
        unit = self.x(self.x0 + self.bar) - self.left
        wide = max(unit / many, _LEAST_BAR)  # seen, however near to each other two states are
        ground, parts = self.y(0), []
        for x, y in zip(series.x, series.y, strict=True):
            if math.isnan(y) or y == 0:
                continue
            left, right = (self.x(x) + (k - many / 2) * wide for k in (at, at + 1))
            top, foot = sorted((self.y(y), ground))
            parts.append(f"M{xy(left, foot)}V{places(top)}H{places(right)}V{places(foot)}Z")
        return f'<path class="c{number % COLOURS} fill" d="{"".join(parts)}"/>'

    def _series(self, series: Series, number: int) -> Iterator[str]:
        guide = series.style == "guide"
        colour = "guide" if guide else f"c{number % COLOURS}"
        if series.low:
            edge = [*zip(series.x, series.high, strict=True)]
            edge += reversed([*zip(series.x, series.low, strict=True)])
            path = self._line([point for point in edge if not math.isnan(point[1])])
            yield f'<path class="{colour} band" d="{path}Z"/>'
        points = [*zip(series.x, series.y, strict=True)]
        kept = [point for point in points if not math.isnan(point[1])]
        if series.style == "points":
            for x, y in _thinned(kept):
                yield self._dot(x, y, colour, 3.5)
            return
        dash = "" if guide else DASHES[number % len(DASHES)]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        path = self._line(_thinned(_corners(points, series.style)))
        yield f'<path class="{colour} line" d="{path}"{dashed}/>'
        if series.style == "line" and len(points) <= 40:
            for x, y in kept:
                yield self._dot(x, y, colour, 2)

    def _dot(self, x: float, y: float, colour: str, radius: float) -> str:
        cx, cy = places(self.x(x)), places(self.y(y))
        return f'<circle class="{colour} fill" cx="{cx}" cy="{cy}" r="{radius}"/>'

    def _line(self, points: Sequence[tuple[float, float]]) -> str:
        path, command = [], "M"
        for x, y in points:
            if math.isnan(y):
                command = "M"
                continue
            path.append(f"{command}{xy(self.x(x), self.y(y))}")
            command = "L"
        return "".join(path)


def _corners(points: Sequence[tuple[float, float]], style: str) -> list[tuple[float, float]]:
    """Return the corners of a line, of steps around each x, or of jumps at each x."""
    if style not in ("steps", "jumps"):
        return list(points)
    found: list[tuple[float, float]] = []
    for i, (x, y) in enumerate(points):
        if i:
            before, at = points[i - 1], x
            if style == "steps":
                at = (before[0] + x) / 2
            found += [(at, before[1]), (at, y)]
        found.append((x, y))
    return found


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out what no eye would see: of each group of very many points all but its extremes."""
    step = 2 * math.ceil(len(points) / _MOST_POINTS)
    if step <= 2:
        return points
    kept = {0, len(points) - 1}
    for start in range(0, len(points), step):
        group = range(start, min(start + step, len(points)))
        numbers = [k for k in group if not math.isnan(points[k][1])]
        gaps = [k for k in group if math.isnan(points[k][1])]
        kept.update(gaps[:1])
        if numbers:
            heights = {k: points[k][1] for k in numbers}
            kept |= {min(numbers, key=heights.__getitem__), max(numbers, key=heights.__getitem__)}
    return [points[k] for k in sorted(kept)]
