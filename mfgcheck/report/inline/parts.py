"""What drawings of all kinds are made of: sizes, texts, and the numbers and names on axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from mfgcheck.report.plot import brief_name, clean

WIDTH = 420.0
"""How wide a drawing is, in units of its own; a page scales it."""
TOP = 26.0
"""Above the axes."""
LETTER = 6.4
"""About the width of a letter."""
DASHES = ("", "6 3", "7 3 2 3", "2 3")
"""How the lines of one drawing are told apart without colours."""
COLOURS = 7
"""How many classes of colours for curves there are: c0, c1, .."""


def widened(low: float, high: float) -> tuple[float, float]:
    """Return a range that has room: a single number is given some on both sides."""
    if low < high:
        return low, high
    room = abs(low) / 10 or 0.5
    return low - room, high + room


def round_numbers(
    low: float, high: float, most: int, *, whole: bool = False
) -> list[tuple[float, str]]:
    """Return round numbers in a range, at most so many, each with its text.

    >>> round_numbers(0, 2.1, 5)
    [(0.0, '0'), (0.5, '0.5'), (1.0, '1'), (1.5, '1.5'), (2.0, '2')]
    """
    size = 10.0 ** math.floor(math.log10((high - low) / most))
    steps = (size * k for k in (1, 2, 5, 10, 20, 50))
    step = next(s for s in steps if (high - low) / s <= most)
    if whole:
        step = max(1.0, step)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [(k * step, short(k * step)) for k in range(first, last + 1)]


def spaced_names(names: Sequence[str], width: float) -> list[tuple[float, str]]:
    """Return as many of the names as there is room for, evenly spaced, each with its place."""
    most = max(12, int(width / max(len(names), 1) / LETTER) - 1)  # letters of one
    shown = [brief_name(clean(name)) for name in names]
    shown = [name if len(name) <= most else f"{name[: most - 2]}.." for name in shown]
    widest = max(map(len, shown), default=1) * LETTER + 8
    room = max(1, int(width / widest))
    for step in (k * 10**e for e in range(9) for k in (1, 2, 5)):
        if math.ceil(len(names) / step) <= room:
            return [(float(i), shown[i]) for i in range(0, len(names), step)]
    return []


def short(value: float) -> str:
    """Return a number in four digits.

    >>> short(0.123456), short(0.0)
    ('0.1235', '0')
    """
    return f"{value:.4g}".replace("-", "\u2212") if value else "0"


def places(value: float) -> str:
    """Return a length with as many places as one sees."""
    return f"{value:.1f}".removesuffix(".0")


def xy(x: float, y: float) -> str:
    """Return a point of a path.

    >>> xy(1, 2.25)
    '1 2.2'
    """
    return f"{places(x)} {places(y)}"


def inside(x: float, text: str) -> float:
    """Return the middle nearest to x at which a text does not stick out of the drawing.

    >>> inside(420, "a = 1")
    404.0
    """
    half = len(text) * LETTER / 2
    return min(max(x, half), WIDTH - half)


def text_at(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    """Return a text whose start, middle or end is at a point; `kind` is its class."""
    place = f'x="{places(x)}" y="{places(y)}" text-anchor="{anchor}"'
    named = f' class="{kind}"' if kind else ""
    return f"<text {place}{named}>{escape(text)}</text>"
