"""Heat maps as the elements of a drawing: cells, names on both axes, the scale of colours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from itertools import groupby

from mfgcheck.report.figures import HeatMap
from mfgcheck.report.inline.parts import (
    LETTER,
    TOP,
    WIDTH,
    clean,
    digits_for,
    inside,
    places,
    share,
    short,
    spaced_names,
    text_at,
    xy,
)
from mfgcheck.report.plot import brief_name, some

_MOST_CELLS = 6_000  # drawn of a heat map
_FAILURE, _FRAME = 2.0, 6.0  # how wide cells below 0, and frames, are at least
_WITH_NUMBERS = 6  # columns up to which cells show their numbers


class CellsDrawing:
    """A heat map: cells on two axes of names, and the scale of their colours."""

    def __init__(self, figure: HeatMap) -> None:
        self.figure = figure
        across = len(figure.columns)
        step = max(1, math.ceil(across * max(len(figure.rows), 1) / _MOST_CELLS))
        self.columns = list(range(0, across, step))  # the first of each group that is one cell
        self.step = step
        names = [brief_name(clean(name)) for name in figure.rows]
        self.left = 12 + LETTER * min(max(map(len, names), default=1), 18)
        self.high = min(34.0, max(150 / max(len(figure.rows), 1), 1.4))
        self.numbered = len(self.columns) <= _WITH_NUMBERS and self.high >= 14
        self.bottom = TOP + self.high * len(figure.rows)
        self.marks = set(figure.marks)
        numbers = [v for row in figure.values for v in row if not math.isnan(v)]
        self.least, self.most = min(numbers, default=0.0), max(numbers, default=0.0)
        self.digits = digits_for([self.least, self.most], (self.most - self.least) / 100)
        widest = max(len(short(v, self.digits)) for v in (self.least, self.most))
        scale = max(72.0, 30 + 1.15 * LETTER * widest)  # digits are wide letters
        self.right = WIDTH - (12 if figure.levels or self.numbered else scale)
        self.width = (self.right - self.left) / max(len(self.columns), 1)

    def parts(self) -> tuple[float, list[str]]:
        """Return the height of the drawing, and its elements."""
        figure = self.figure
        parts = [text_at(2, 14, clean(figure.y_label), "start")]
        for row in range(len(figure.rows)):
            parts += sorted(self._row(row), key=lambda part: 'class="below"' in part)
        parts += [
            _rect("frame", *self._at_least(_FRAME, column // self.step, 1, row))
            for column, row in figure.marks
        ]
        parts.append(
            f'<path class="axis" d="M{xy(self.left, TOP)}V{places(self.bottom)}'
            f'H{places(self.right)}"/>'
        )
        parts += self._ticks()
        if not (figure.levels or self.numbered):
            parts += self._scale()
        label = clean(figure.x_label)
        if self.step > 1:
            how = "each cell: the least" if figure.diverging else "drawn: 1"
            label += f" ({how} of {self.step})"
        parts.append(text_at(self.right, self.bottom + 36, label, "end"))
        return self.bottom + 42, parts

    def _x(self, column: float) -> float:
        return self.left + column * self.width

    def _y(self, row: int) -> float:
        return self.bottom - (row + 1) * self.high

    def _at_least(
        self, least: float, first: int, many: int, row: int
    ) -> tuple[float, float, float, float]:
        """Return the place and size of cells side by side, widened to what can be seen."""
        wide = many * self.width
        more = max(0.0, least - wide)
        return self._x(first) - more / 2, self._y(row), wide + more, self.high

    def _row(self, row: int) -> Iterator[str]:
        figure = self.figure
        drawn = [self._drawn(row, first) for first in self.columns]
        values = [figure.values[row][column] for column in drawn]
        # Neighbours that look the same are one rectangle: most maps have few distinct values.
        looks = [
            str(place) if self.numbered else short(value, max(self.digits, 6))
            for place, value in enumerate(values)
        ]
        for _, group in groupby(range(len(values)), key=looks.__getitem__):
            cells = list(group)
            first, last = cells[0], cells[-1]
            value = values[first]
            if math.isnan(value):
                continue
            shown = self._value(value)
            if last > first and self.step > 1 and figure.diverging:
                shown = f"at least {shown}"
            told = escape(clean(f"{self._place(row, drawn[first], drawn[last])}: {shown}"))
            shade = f' fill-opacity="{self.strength(value):.2f}"><title>{told}</title></rect>'
            kind = colour_class(figure, value)
            least = _FAILURE if kind == "below" else 0.0
            yield _rect(kind, *self._at_least(least, first, len(cells), row), shade)
            if self.numbered and len(shown) * LETTER < self.width:
                at = self._x(first + 0.5)
                yield text_at(at, self._y(row) + self.high / 2 + 4, shown, "middle", "cell")

    def _drawn(self, row: int, first: int) -> int:
        """Return which column of a group is drawn: where the sign matters, no failure is lost."""
        group = range(first, min(first + self.step, len(self.figure.columns)))
        if not self.figure.diverging:
            return next((column for column in group if (column, row) in self.marks), first)
        numbers = self.figure.values[row]
        return min(group, key=lambda k: math.inf if math.isnan(numbers[k]) else numbers[k])

    def _place(self, row: int, first: int, last: int) -> str:
        figure = self.figure
        to = f" to {figure.columns[last]}" if last > first else ""
        across = f"{figure.x_label} {figure.columns[first]}{to}"
        up = f"{figure.y_label} {figure.rows[row]}".strip()
        return f"{across}, {up}" if up else across

    def _value(self, value: float) -> str:
        levels = self.figure.levels
        if levels and value.is_integer() and 0 <= value < len(levels):
            return levels[int(value)]
        return short(value, self.digits)

    def strength(self, value: float) -> float:
        """Return how strong the colour of a value is, from 0 to 1."""
        if self.figure.diverging:
            far = max(abs(self.least), abs(self.most)) or 1.0
            return 0.16 if value == 0 else 0.25 + 0.65 * abs(value) / far
        return 0.15 + 0.75 * share(value, self.least, self.most)

    def _ticks(self) -> Iterator[str]:
        figure = self.figure
        names = [figure.columns[column] for column in self.columns]
        for at, text in spaced_names(names, self.right - self.left):
            yield text_at(inside(self._x(at + 0.5), text), self.bottom + 17, text, "middle")
        most = max(1, int((self.bottom - TOP) / 14))
        for row in some(len(figure.rows)) if len(figure.rows) > most else range(len(figure.rows)):
            text = brief_name(clean(figure.rows[row]))
            text = text if len(text) <= 18 else f"{text[:16]}.."
            yield text_at(self.left - 5, self._y(row) + self.high / 2 + 4, text, "end")

    def _scale(self) -> Iterator[str]:
        """The colours from the least to the greatest value, beside the map."""
        figure, left = self.figure, self.right + 10
        if self.least == self.most:
            yield text_at(left, TOP + 12, short(self.least, self.digits), "start")
            return
        low, high = self.least, self.most
        if figure.diverging:
            low, high = min(low, 0.0), max(high, 0.0)
        steps, top = 24, TOP
        tall = max(self.bottom - top, 60.0)
        for i in range(steps):
            at = (i + 0.5) / steps
            value = high * (1 - at) + low * at
            shade = f' fill-opacity="{self.strength(value):.2f}"/>'
            kind, size = colour_class(figure, value), tall / steps
            yield _rect(kind, left, top + i * size, 10, size, shade)
        ends = [(high, 8.0), (low, tall)]
        zero = (1 - share(0.0, low, high)) * tall
        if figure.diverging and 18 < zero < tall - 12:
            ends.append((0.0, zero + 4))
        for value, at in ends:
            yield text_at(left + 14, top + at, short(value, self.digits), "start")


def colour_class(figure: HeatMap, value: float) -> str:
    """Return the class of colour of a value."""
    if not figure.diverging:
        return "scale"
    return "level" if value == 0 else "above" if value > 0 else "below"


def _rect(kind: str, x: float, y: float, width: float, height: float, more: str = "/>") -> str:
    return (
        f'<rect class="{kind}" x="{places(x)}" y="{places(y)}" width="{places(width)}" '
        f'height="{places(height)}"{more}'
    )
