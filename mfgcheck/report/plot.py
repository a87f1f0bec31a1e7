"""Figures as SVG, PNG or PDF, drawn by matplotlib: the same bytes for the same figures."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfgcheck.errors import BadInput
from mfgcheck.report.blocks import Block, Heading
from mfgcheck.report.figures import Curves, HeatMap, least_step
from mfgcheck.report.files import check_target, replace_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".svg", ".png", ".pdf")
"""The kinds of file that figures are saved in."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's colours, which those who are colour-blind tell apart as well."""
COLOURS_ON_DARK = ("#56B4E9", "#E69F00", "#2BC79A", "#E8A3CB", "#F0E442", "#FF8A4C", "#FFFFFF")
"""The same on a dark ground."""
_DASHES = ("-", "--", "-.", ":")
_WIDTH, _HEIGHT = 6.0, 3.8  # inches of one figure
_MOST_TICKS = 13
_LONGEST_TICK = 40  # letters of a name at an axis
_UNDRAWABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "mfgcheck",  # the names inside an SVG do not change from run to run
    "svg.fonttype": "none",  # text stays text: to be searched, read aloud and copied
    "pdf.fonttype": 42,
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
_INK, _GROUND = "#e6e6e6", "#121212"
_DARK: dict[Any, Any] = {
    "figure.facecolor": _GROUND,
    "savefig.facecolor": _GROUND,
    "axes.facecolor": _GROUND,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.titlecolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": "#3a3a3a",
}


def available() -> bool:
    """Tell whether matplotlib, the extra `plot`, is installed."""
    return find_spec("matplotlib") is not None


def check_path(path: str | Path) -> Path:
    """Return where figures shall go, if that can work; called before a long computation.

    Raises:
        BadInput: matplotlib is missing, the suffix is not one of `SUFFIXES`, or there is no place
            for the file.
    """
    file = check_target(path, SUFFIXES, "a plot")
    if not available():
        raise BadInput("plots need matplotlib: pip install 'mfgcheck[plot]'")
    return file


def save(blocks: Iterable[Block], path: str | Path, *, dark: bool = False) -> None:
    """Draw the figures among some blocks into one file; what was there before is replaced at once.

    Blocks that are not figures are passed over, except that the first heading is the title. `dark`
    draws light lines on a dark ground.

    Raises:
        BadInput: there is no figure, or the file cannot be written, or see `check_path`.
    """
    file = check_path(path)
    data = render(blocks, file.suffix.lower().removeprefix("."), dark=dark)
    replace_file(file, data)


def render(blocks: Iterable[Block], kind: str = "svg", *, dark: bool = False) -> bytes:
    """Return the figures among some blocks as the bytes of an SVG, PNG or PDF file, light or dark.

    Raises:
        BadInput: there is no figure, or matplotlib is missing.
    """
    if not available():
        raise BadInput("plots need matplotlib: pip install 'mfgcheck[plot]'")
    kept = list(blocks)
    figures = [block for block in kept if isinstance(block, Curves | HeatMap)]
    if not figures:
        raise BadInput("there is nothing to draw")
    title = next((block.text for block in kept if isinstance(block, Heading)), "")
    spoken = clean("; ".join([title] * bool(title) + [figure.text for figure in figures]))
    stream = BytesIO()
    with _style(dark=dark):
        from matplotlib.figure import Figure

        columns = 1 if len(figures) == 1 else 2
        rows = math.ceil(len(figures) / columns)
        page = Figure(figsize=(_WIDTH * columns, _HEIGHT * rows), layout="constrained")
        if title:
            page.suptitle(clean(title), fontsize=13)
        for number, figure in enumerate(figures):
            axes = page.add_subplot(rows, columns, number + 1)
            axes.set_gid(f"figure-{number + 1}")
            axes.set_title(clean(figure.title), loc="left")
            axes.set_xlabel(clean(figure.x_label))
            axes.set_ylabel(clean(figure.y_label))
            if isinstance(figure, Curves):
                _curves(axes, figure, number + 1, dark=dark)
            else:
                _heat_map(axes, figure)
        page.savefig(stream, format=kind, dpi=144, metadata=_metadata(kind, title or spoken))
    data = stream.getvalue()
    if kind != "svg":
        return data
    label = f'<svg role="img" aria-label="{escape(spoken)}" '
    return data.replace(b"<svg ", label.encode(), 1)


def _metadata(kind: str, title: str) -> dict[str, Any]:
    """Return what a file says about itself: no date and no version, which would differ."""
    title = clean(title)
    if kind == "svg":
        return {"Title": title, "Creator": "mfgcheck", "Date": None}
    if kind == "pdf":
        return {"Title": title, "Creator": "mfgcheck", "Producer": None, "CreationDate": None}
    return {"Software": "mfgcheck"}


@contextmanager
def _style(*, dark: bool) -> Iterator[None]:
    """Draw in our style, whatever the user's own is, and leave theirs as it was."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE | _DARK if dark else _STYLE)
        # A label in a script that the font lacks is still drawn, by the reader's own font.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _curves(axes: Axes, figure: Curves, number: int, *, dark: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    # Of the colours that are told apart, these are seen on a dark ground.
    colours = COLOURS_ON_DARK if dark else COLOURS
    told: set[str] = set()
    for i, series in enumerate(figure.series):
        guide = series.style == "guide"
        look: dict[str, Any] = {
            "color": colours[i % len(colours)],
            # Guides all look the same: those of one name are told once.
            "label": "_" if guide and series.name in told else clean(series.name),
            "gid": f"curve-{number}-{i + 1}",
        }
        told.add(series.name)
        if series.low:
            gid = f"band-{number}-{i + 1}"
            axes.fill_between(
                series.x, series.low, series.high, color=look["color"], alpha=0.2, lw=0, gid=gid
            )
        if series.style == "bars":
            # One beside the other where there are several.
            many = sum(one.style == "bars" for one in figure.series)
            place = sum(one.style == "bars" for one in figure.series[:i])
            wide = 0.8 * least_step(figure) / many
            centres = [value + (place - (many - 1) / 2) * wide for value in series.x]
            axes.bar(centres, series.y, wide, **look)
        elif series.style == "points":
            axes.plot(series.x, series.y, "o", markersize=6, zorder=4, **look)
        elif guide:
            look["color"] = "#777777"
            axes.plot(series.x, series.y, "--", linewidth=1, **look)
        else:
            dash = _DASHES[i % len(_DASHES)]
            steps = {"steps": "steps-mid", "jumps": "steps-post"}.get(series.style, "default")
            few = len(series.x) <= 40 and series.style == "line"
            axes.plot(
                series.x,
                series.y,
                dash,
                drawstyle=steps,
                linewidth=1.6,
                marker="." if few else None,
                **look,
            )
    marked: set[str] = set()
    for i, (x, what) in enumerate(figure.marks):
        label = "_" if what in marked else clean(what)
        marked.add(what)
        gid = f"mark-{number}-{i + 1}"
        axes.axvline(x, color="#999999", linestyle=":", linewidth=1, label=label, gid=gid)
    if figure.log_y:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"1e{round(math.log10(y))}"))
    if figure.x_names:
        _name_ticks(axes, "x", figure.x_names)
    elif all(x.is_integer() for series in figure.series for x in series.x):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if figure.y_names:
        _name_ticks(axes, "y", figure.y_names)
        axes.set_ylim(-0.3, len(figure.y_names) - 0.7)
    if figure.from_zero:
        axes.set_ylim(bottom=0)
    axes.legend()
    if figure.note:
        axes.set_title(clean(f"{figure.title}\n{figure.note}"), loc="left")


def _heat_map(axes: Axes, figure: HeatMap) -> None:
    import matplotlib
    from matplotlib.colors import BoundaryNorm, Normalize
    from matplotlib.patches import Rectangle
    from matplotlib.ticker import FixedLocator

    axes.grid(visible=False)
    page = axes.get_figure()
    if page is None:
        raise AssertionError("axes that were just made have a figure")
    levels = len(figure.levels)
    look: dict[str, Any] = {"cmap": "cividis"}
    if levels:
        look["cmap"] = matplotlib.colormaps["cividis"].resampled(levels)
        look["norm"] = BoundaryNorm([level - 0.5 for level in range(levels + 1)], levels)
    elif figure.diverging:
        # Both sides of zero on one scale: equal amounts have equally strong colours.
        far = max((abs(v) for row in figure.values for v in row if v == v), default=0.0) or 1.0
        look = {"cmap": "RdBu", "norm": Normalize(-far, far)}
    image = axes.imshow(
        figure.values, aspect="auto", origin="lower", interpolation="nearest", **look
    )
    for column, row in figure.marks:
        box = Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor="#777777", lw=2)
        axes.add_patch(box)
    bar = page.colorbar(image, ax=axes, label=clean(figure.value_label))
    if levels:
        ticks = some(levels)
        bar.locator = FixedLocator(ticks)
        bar.set_ticks(ticks, labels=[clean(figure.levels[i]) for i in ticks])
    _name_ticks(axes, "x", figure.columns)
    _name_ticks(axes, "y", figure.rows)
    if figure.note:
        axes.set_title(clean(f"{figure.title}\n{figure.note}"), loc="left")


def _name_ticks(axes: Axes, axis: str, names: Sequence[str]) -> None:
    ticks = some(len(names))
    labels = [brief_name(clean(names[i])) for i in ticks]
    if axis == "y":
        axes.set_yticks(ticks, labels=labels)
        return
    crowded = sum(map(len, labels)) > 60
    axes.set_xticks(ticks, labels=labels, rotation=45 if crowded else 0)


def brief_name(text: str) -> str:
    """Shorten a name that would leave the drawing no room."""
    return text if len(text) <= _LONGEST_TICK else f"{text[: _LONGEST_TICK // 2]}.."


def some(number: int) -> list[int]:
    """Return evenly spaced ones of the numbers below `number`, few enough to be labelled."""
    for step in (k * 10**e for e in range(9) for k in (1, 2, 5)):
        if (number - 1) // step < _MOST_TICKS:
            return list(range(0, number, step))
    return [0, number - 1]


def clean(text: str) -> str:
    """Replace what no SVG may hold: control characters, and bytes that are no text."""
    return _UNDRAWABLE.sub("\ufffd", text)
