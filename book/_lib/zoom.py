"""Figures of the toolkit as plots that a reader can zoom into, with a still picture beneath.

`zoomable` returns HTML: a still picture with its alternative text, and the figure's numbers. In the
book a script (book/extra/_static/zoom.js) replaces the picture by a plot, drawn by the plot library
that book/vendor.py copied. Both are asked for by the figures themselves, so no other page loads
them. Without JavaScript, and in a notebook outside the book, the picture stays. A page finds the
module by

    import sys
    sys.path.insert(0, "../_lib")
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterable
from html import escape
from typing import Any

import matplotlib
from IPython.display import HTML
from matplotlib.colors import to_hex

from mfgcheck.report import Curves, HeatMap
from mfgcheck.report.figures import Series

# The plot has the colours of the still picture.
from mfgcheck.report.plot import COLOURS, COLOURS_ON_DARK, render

DIGITS = 7
"""Significant digits of the numbers that a plot gets: more than can be seen in it."""

# Sphinx writes the way to the book's root into each page; elsewhere there is nothing to load. What
# is inserted loads in this order (async = false) and once a page.
LOADER = """(() => {
  const root = document.documentElement.dataset.content_root;
  if (root === undefined || document.getElementById("zoom-style")) return;
  const style = document.createElement("link");
  Object.assign(style, { id: "zoom-style", rel: "stylesheet", href: root + "_static/zoom.css" });
  document.head.append(style);
  for (const name of [FILES]) {
    const script = document.createElement("script");
    Object.assign(script, { src: root + "_static/" + name, async: false });
    document.head.append(script);
  }
})();"""


def zoomable(figure: Curves | HeatMap, id: str) -> HTML:
    """Return a figure as a plot to zoom into, with a still picture for where no script runs.

    Args:
        figure: the figure; its one-line text describes it to those who do not see it.
        id: the name of the element, different from all others on the page.

    Raises:
        ValueError: the id is not made of letters, digits and hyphens, beginning with a letter.

    >>> from mfgcheck.report import Curves, Series
    >>> paths = Curves("Mean state", "step", "mean", [Series("from below", [0, 1], [0, 2])])
    >>> '<figure class="zoom" id="paths">' in zoomable(paths, "paths").data
    True
    """
    if not (id[:1].isalpha() and id.replace("-", "a").isalnum() and id.isascii()):
        raise ValueError(f"the id {id!r} is not a letter followed by letters, digits and hyphens")
    return HTML(
        f'<figure class="zoom" id="{id}">\n{still(figure)}\n'
        f'<script type="application/json" class="zoom-data">{script_json(numbers(figure))}</script>'
        f"\n</figure>\n<script>{loader()}</script>"
    )


def still(figure: Curves | HeatMap) -> str:
    """Return the picture of a figure that is seen until a plot takes its place."""
    picture = b64encode(render([figure], "svg")).decode("ascii")
    return (
        '<img class="zoom-still" style="max-width:100%;height:auto" '
        f'alt="{escape(figure.text)}" src="data:image/svg+xml;base64,{picture}">'
    )


def loader(*more: str) -> str:
    """Return the script that loads the plot library, zoom.js and then `more` files of _static."""
    files = ("vendor/plotly-cartesian.min.js", "zoom.js", *more)
    return LOADER.replace("FILES", ", ".join(json.dumps(name) for name in files))


def script_json(data: object) -> str:
    """Return JSON to stand in a `<script>` element, which "</" would end.

    >>> script_json({"a": "</script>"})
    '{"a":"<\\\\/script>"}'
    """
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("</", "<\\/").replace("<!--", "<\\u0021--")


def numbers(figure: Curves | HeatMap) -> dict[str, Any]:
    """Return a figure as plain numbers and texts, the way zoom.js reads it; nan is None.

    >>> from mfgcheck.report import HeatMap
    >>> numbers(HeatMap("Q", "s", "a", "value", ["0", "1"], ["0"], [[0.5, float("nan")]]))["values"]
    [[0.5, None]]
    """
    common = {
        "title": figure.title,
        "x_label": figure.x_label,
        "y_label": figure.y_label,
        "text": figure.text,
    }
    if isinstance(figure, HeatMap):
        return common | {
            "kind": "heat map",
            "value_label": figure.value_label,
            "note": figure.note,
            "columns": list(figure.columns),
            "rows": list(figure.rows),
            "values": [_short(row) for row in figure.values],
            "levels": list(figure.levels),
            "colours": _scale(figure),
            "diverging": figure.diverging,
            "marks": [list(mark) for mark in figure.marks],
            "marks_label": figure.marks_label,
        }
    return common | {
        "kind": "curves",
        "note": figure.note,
        "series": [series_numbers(one) for one in figure.series],
        "marks": [[*_short([x]), what] for x, what in figure.marks],
        "x_names": list(figure.x_names),
        "y_names": list(figure.y_names),
        "log_y": figure.log_y,
        "from_zero": figure.from_zero,
        "colours": {"light": COLOURS, "dark": COLOURS_ON_DARK},
    }


def series_numbers(one: Series) -> dict[str, Any]:
    """Return a series the way zoom.js reads it."""
    found: dict[str, Any] = {
        "name": one.name,
        "style": one.style,
        "x": _short(one.x),
        "y": _short(one.y),
    }
    if one.low:
        found |= {"low": _short(one.low), "high": _short(one.high)}
    return found


def _short(values: Iterable[float]) -> list[float | int | None]:
    return [None if math.isnan(value) else _rounded(value) for value in values]


def _rounded(value: float) -> float | int:
    near = float(f"{value:.{DIGITS}g}")
    return int(near) if near.is_integer() and abs(near) < 10**DIGITS else near


def _scale(figure: HeatMap) -> list[str]:
    name = "RdBu" if figure.diverging and not figure.levels else "cividis"
    number = len(figure.levels) or 33
    scale = matplotlib.colormaps[name].resampled(number)
    return [to_hex(scale(i)) for i in range(number)]
