"""What drawings of all kinds are made of: sizes, texts, and the numbers and names on axes."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from html import escape

from mfgcheck.report.plot import brief_name
from mfgcheck.report.plot import clean as drawable

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

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # turn the text after them around
_MOST = sys.float_info.max
_LEAST_WIDTH = 1e-300  # of a range that has round numbers


def clean(text: str) -> str:
    """Return a text as it can stand in a page, whatever characters a name has.

    >>> clean("a\\u202eb")
    'a\ufffdb'
    """
    return _TURNING.sub("\ufffd", drawable(text))


def widened(low: float, high: float) -> tuple[float, float]:
    """Return a range that has room: a single number is given some on both sides."""
    if low < high:
        return low, high
    room = abs(low) / 10 or 0.5
    return max(low - room, -_MOST), min(high + room, _MOST)


def share(value: float, low: float, high: float) -> float:
    """Return where a number stands in a range, from 0 to 1, however wide the range is.

    >>> share(1, 0, 4), share(0, -1.5e308, 1.5e308), share(1, 1, 1)
    (0.25, 0.5, 0.5)
    """
    if math.isinf(high - low):
        value, low, high = value / 4, low / 4, high / 4
    return (value - low) / (high - low) if low < high else 0.5


def round_numbers(
    low: float, high: float, most: int, *, whole: bool = False
) -> list[tuple[float, str]]:
    """Return round numbers in a range, at most so many, each with its text.

    >>> round_numbers(0, 2.1, 5)
    [(0.0, '0'), (0.5, '0.5'), (1.0, '1'), (1.5, '1.5'), (2.0, '2')]
    """
    wide = high - low
    if not _LEAST_WIDTH < wide < math.inf:  # there floats cannot count steps
        return [(v, short(v)) for v in sorted({low, 0.0, high}) if low <= v <= high]
    size = 10.0 ** math.floor(math.log10(wide / most))
    steps = (size * k for k in (1, 2, 5, 10, 20, 50))
    step = next(s for s in steps if wide / s <= most)
    if whole:
        step = max(1.0, step)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    numbers = [k * step for k in range(first, last + 1)]
    digits = digits_for(numbers, step / 100)
    return [(number, short(number, digits)) for number in numbers]


def digits_for(numbers: Sequence[float], error: float) -> int:
    """Return how many digits write all numbers with at most an error; at least 4.

    >>> digits_for([1e9, 1e9 + 0.5], 0.01), digits_for([0.5, 1], 0.01)
    (11, 4)
    """

    def near(number: float, digits: int) -> bool:
        return abs(float(f"{number:.{digits}g}") - number) <= error

    enough = (n for n in range(4, 17) if all(near(number, n) for number in numbers))
    return next(enough, 17) if error > 0 else 4


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


def short(value: float, digits: int = 4) -> str:
    """Return a number in so many digits.

    >>> short(0.123456), short(0.0)
    ('0.1235', '0')
    """
    return f"{value:.{digits}g}".replace("-", "\u2212") if value else "0"


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
