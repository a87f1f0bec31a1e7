"""What a result draws, apart from how it is drawn: curves and heat maps as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Style = Literal["line", "steps", "jumps", "points", "bars", "guide"]
"""How a series is drawn: a line; steps, each around its x; jumps at each x, and level in between;
single points; bars that stand on 0; or a thin line to compare with."""

_FEW = 6  # framed cells that are named in the text of a heat map


@dataclass(frozen=True, slots=True)
class Series:
    """One named curve: the numbers `y` over the numbers `x`; a nan in `y` is a gap.

    `low` and `high`, both or neither, are the edges of a band around it, for lines.

    Raises ValueError when the lengths differ, a number is infinite, or a band has its edges the
    wrong way round.

    >>> Series("from the least law", [0, 1, 2], [0, 1.5, 2]).y
    (0.0, 1.5, 2.0)
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    style: Style = "line"
    low: Sequence[float] = ()
    high: Sequence[float] = ()

    def __post_init__(self) -> None:
        for name in ("x", "y", "low", "high"):
            object.__setattr__(self, name, tuple(map(float, getattr(self, name))))
        if len(self.x) != len(self.y):
            raise ValueError(f"series {self.name!r}: {len(self.x)} x and {len(self.y)} y")
        if not all(map(math.isfinite, self.x)) or any(map(math.isinf, self.y)):
            raise ValueError(f"series {self.name!r} has a number that cannot be drawn")
        if not self.low and not self.high:
            return
        if len(self.low) != len(self.x) or len(self.high) != len(self.x):
            raise ValueError(
                f"series {self.name!r}: {len(self.x)} x, and a band of {len(self.low)} and "
                f"{len(self.high)}"
            )
        if any(map(math.isinf, (*self.low, *self.high))):
            raise ValueError(f"series {self.name!r} has a band that cannot be drawn")
        if any(low > high for low, high in zip(self.low, self.high, strict=True)):
            raise ValueError(f"series {self.name!r} has a band whose lower edge is above")


@dataclass(frozen=True, slots=True)
class Curves:
    """Several series over one axis.

    Attributes:
        title, x_label, y_label: what is shown, over what, and in what.
        series: the curves.
        marks: positions on the x axis to mark by a vertical line, each with what it marks.
        x_names, y_names: what to call 0, 1, 2, .. on an axis, where they stand for states or
            actions.
        log_y: whether the y axis is logarithmic; all y are then positive.
        from_zero: whether the y axis begins at 0.
        note: a remark that belongs below the title.

    Raises ValueError where a logarithmic axis has no place for a number.

    >>> Curves("Mean state", "step", "mean", [Series("from below", [0, 1], [0, 2])]).text
    'Mean state: mean over step from 0 to 1; from below (0 to 2)'
    """

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]
    marks: Sequence[tuple[float, str]] = ()
    x_names: Sequence[str] = ()
    y_names: Sequence[str] = ()
    log_y: bool = False
    from_zero: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("series", "x_names", "y_names"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "marks", tuple((float(x), text) for x, text in self.marks))
        if self.log_y and any(y <= 0 for series in self.series for y in (*series.y, *series.low)):
            raise ValueError(f"{self.title!r} has a logarithmic axis, and a number that is not > 0")

    @property
    def text(self) -> str:
        """The figure in one line, for those who do not see it."""
        x = [x for series in self.series for x in series.x]
        reach = f" from {_name(min(x), self.x_names)} to {_name(max(x), self.x_names)}" if x else ""
        drawn = [_series_text(one, self.y_names) for one in self.series if one.style != "guide"]
        counted: dict[str, int] = {}
        for _, what in self.marks:
            counted[what] = counted.get(what, 0) + 1
        drawn += [f"{number} x {what}" if number > 1 else what for what, number in counted.items()]
        axes = f"{self.title}: {self.y_label} over {self.x_label}{reach}"
        return "; ".join([axes, *drawn]) + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A number for each row and column, shown as a colour.

    Attributes:
        title, x_label, y_label, value_label: what is shown, over what, and in what.
        columns, rows: names of the columns and of the rows.
        values: for each row the numbers, by column; a nan is left white.
        levels: names of the values 0, 1, 2, .. where these are all there are; none on a scale
            that is continuous.
        diverging: whether the sign is what matters: one colour above 0, another one below.
        marks: cells to frame, each as its column and its row.
        marks_label: what the frames mean.
        note: a remark that belongs below the title.

    Raises ValueError when a row has not one number per column, a number is infinite, or a mark
    is outside.

    >>> HeatMap("TQ-values", "state", "action", "value", ["0", "1"], ["0"], [[0.5, 2]]).text
    'TQ-values: value by state (2) and action (1), from 0.5 to 2'
    """

    title: str
    x_label: str
    y_label: str
    value_label: str
    columns: Sequence[str]
    rows: Sequence[str]
    values: Sequence[Sequence[float]]
    levels: Sequence[str] = ()
    diverging: bool = False
    marks: Sequence[tuple[int, int]] = ()
    marks_label: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("columns", "rows", "levels", "marks"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "values", tuple(tuple(map(float, row)) for row in self.values))
        if [len(row) for row in self.values] != [len(self.columns)] * len(self.rows):
            raise ValueError(
                f"{self.title!r}: not {len(self.rows)} rows of {len(self.columns)} numbers"
            )
        if any(map(math.isinf, self._numbers())):
            raise ValueError(f"{self.title!r} has a number that cannot be drawn")
        across, up = range(len(self.columns)), range(len(self.rows))
        if any(column not in across or row not in up for column, row in self.marks):
            raise ValueError(f"{self.title!r} marks a cell that it does not have")

    def _numbers(self) -> Iterable[float]:
        return (value for row in self.values for value in row)

    @property
    def text(self) -> str:
        """The figure in one line, for those who do not see it."""
        axes = f"{self.x_label} ({len(self.columns)})"
        axes += f" and {self.y_label} ({len(self.rows)})" if self.y_label else ""
        said = f"{self.title}: {self.value_label} by {axes}{_range(self._numbers(), self.levels)}"
        framed = [
            ", ".join(filter(None, (self.columns[column], self.rows[row])))
            for column, row in self.marks
        ]
        if 0 < len(framed) <= _FEW:
            said += f"; {self.marks_label or 'framed'} at {'; '.join(framed)}"
        return said + (f" ({self.note})" if self.note else "")


Figure = Curves | HeatMap


def least_step(figure: Curves) -> float:
    """Return how far apart the bars of a figure are at least; 1 where there is one.

    >>> least_step(Curves("z", "state", "mass", [Series("z", [0, 2, 3], [0, 0, 1], "bars")]))
    1.0
    """
    x = sorted({x for series in figure.series if series.style == "bars" for x in series.x})
    return min((right - left for left, right in pairwise(x)), default=1.0)


def _series_text(series: Series, names: Sequence[str]) -> str:
    numbers = [y for y in series.y if not math.isnan(y)]
    if not numbers:
        return f"{series.name} (nothing)"
    low, high = _name(min(numbers), names), _name(max(numbers), names)
    reach = low if low == high else f"{low} to {high}"
    return f"{series.name} ({reach}{_band_text(series)})"


def _band_text(series: Series) -> str:
    pairs = zip(series.low, series.high, strict=True)
    widths = [high - low for low, high in pairs if not math.isnan(high - low)]
    return f", in a band up to {max(widths):.3g} wide" if widths else ""


def _range(values: Iterable[float], names: Sequence[str]) -> str:
    numbers = [value for value in values if not math.isnan(value)]
    if not numbers:
        return ""
    return f", from {_name(min(numbers), names)} to {_name(max(numbers), names)}"


def _name(value: float, names: Sequence[str]) -> str:
    if names and value.is_integer() and 0 <= value < len(names):
        return names[int(value)]
    return f"{value:.6g}"
