"""Pictures of the book: orders, tails of laws, squares of four numbers, figures of results.

Each function returns HTML with one SVG drawing and a text for those who do not see it, made from
the same numbers. Lines and letters take the colour of the page, and the other colours are seen on a
white ground and on a black one, so that one drawing serves both. A page finds the module by

    import sys
    sys.path.insert(0, "../_lib")
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import pairwise
from typing import Any, TypeAlias

import sympy
from IPython.display import HTML

from mfgcheck.game.numbers import label_text
from mfgcheck.game.orders import Order
from mfgcheck.report import Curves, HeatMap
from mfgcheck.report.plot import render

Point: TypeAlias = tuple[float, float]

BLUE, RED, GREEN, GREY = "#2f80c9", "#d1622b", "#2e8b57", "#808080"
_LINES = ((BLUE, "", "circle"), (RED, "7 4", "square"), (GREEN, "2 3", "circle"), (GREY, "", "no"))
_SIDEWAYS = {1: (0.0,), 2: (-1.0, 1.0), 3: (-1.2, 0.25, 1.2)}


@dataclass(frozen=True)
class Diagram:
    """A Hasse diagram: where each element stands (y upwards), and which ones a line joins.

    Each line leads from the lower element to the upper one.
    """

    points: Mapping[str, Point]
    lines: Sequence[tuple[str, str]]


def diagram(order: Order) -> Diagram:
    """Return the Hasse diagram of a chain, or of a product of two or three chains.

    >>> diagram(Order(((0, 1),))).lines
    [('0', '1')]
    """
    sideways = _SIDEWAYS[len(order.shape)]
    names = [label_text(label) for label in order.labels]
    points = {
        name: (float(sum(c * x for c, x in zip(place, sideways, strict=True))), float(sum(place)))
        for name, place in zip(names, order.coordinates, strict=True)
    }
    lower, upper = order.covers
    return Diagram(points, [(names[i], names[j]) for i, j in zip(lower, upper, strict=True)])


def hasse(
    drawn: Diagram | Order,
    *,
    what: str,
    marked: Iterable[Any] = (),
    notes: Mapping[str, str] | None = None,
    caption: str = "",
) -> HTML:
    """Draw a Hasse diagram: higher elements are higher up, lines join neighbours.

    Args:
        drawn: the order, or the diagram if the elements have places of their own.
        what: what is shown, in a few words, for those who do not see it.
        marked: elements (or their names) to be filled.
        notes: for some names a short text to be written to the right of the element.
        caption: a line below the drawing.
    """
    shown = diagram(drawn) if isinstance(drawn, Order) else drawn
    filled = {name if isinstance(name, str) else label_text(name) for name in marked}
    beside = notes or {}
    halves = {name: max(17.0, 4.6 * len(name) + 5) for name in shown.points}
    across, up, edge = max(64.0, _needed(shown, halves)), 62, max(halves.values()) + 6
    low_x, low_y = (min(p[i] for p in shown.points.values()) for i in (0, 1))
    high_x, high_y = (max(p[i] for p in shown.points.values()) for i in (0, 1))
    margin = 8 * max((len(text) for text in beside.values()), default=0)
    width, height = (high_x - low_x) * across + 2 * edge + margin, (high_y - low_y) * up + 60
    place = {
        name: (edge + (x - low_x) * across, 30 + (high_y - y) * up)
        for name, (x, y) in shown.points.items()
    }
    body = [
        _line(place[lower], place[upper], "currentColor", width=1.3) for lower, upper in shown.lines
    ]
    for name, (x, y) in place.items():
        half = halves[name]
        colour = f'fill="{BLUE}"' if name in filled else 'style="fill:var(--pst-color-background)"'
        body.append(
            f'<rect x="{x - half:.1f}" y="{y - 15:.1f}" width="{2 * half:.1f}" height="30" rx="15" '
            f'{colour} stroke="currentColor" stroke-width="1.3"/>'
        )
        ink = "#ffffff" if name in filled else "currentColor"
        body.append(_text(x, y + 5, name, anchor="middle", ink=ink))
        if name in beside:
            body.append(_text(x + half + 8, y + 5, beside[name], anchor="start"))
    spoken = [f"{what}: Hasse diagram of {len(place)} elements"]
    if len(shown.lines) <= 24:
        spoken.append(", ".join(f"{lower} below {upper}" for lower, upper in shown.lines))
    if filled:
        spoken.append("marked: " + ", ".join(name for name in place if name in filled))
    spoken += [f"{name}: {text}" for name, text in beside.items()]
    return _picture(width, height, body, "; ".join(spoken), caption)


def tails(
    laws: Mapping[str, Sequence[Any] | Mapping[Any, Any]],
    states: Sequence[Any] | None = None,
    *,
    what: str,
    caption: str = "",
) -> HTML:
    """Draw the tails of some laws on a chain: the chance to be at k or above, over k.

    Of two laws, the one whose tails are nowhere lower dominates.

    Args:
        laws: for each name the masses by state number, or {state: mass}.
        states: names of the states from lowest to highest; else 0, 1, 2, ...
        what: what is shown, in a few words, for those who do not see it.
        caption: a line below the drawing.
    """
    longest = max(max(law) + 1 if isinstance(law, Mapping) else len(law) for law in laws.values())
    names = list(states) if states is not None else list(range(longest))
    curves = {name: _tails(law, names) for name, law in laws.items()}
    left, top, wide, tall = 46, 20, 384, 200
    step = wide / max(1, len(names) - 1)
    body = []
    for level, label in ((0.0, "0"), (0.5, "1/2"), (1.0, "1")):
        y = top + tall * (1 - level)
        body.append(_line((left, y), (left + wide, y), "currentColor", width=0.5, opacity=0.4))
        body.append(_text(left - 8, y + 5, label, anchor="end"))
    every = -(-len(names) // 13)
    for k in range(0, len(names), every):
        body.append(_text(left + k * step, top + tall + 20, str(names[k]), anchor="middle"))
    body.append(_text(left + wide / 2, top + tall + 40, "k", anchor="middle"))
    for i, (name, curve) in enumerate(curves.items()):
        colour, dash, marker = _LINES[i % len(_LINES)]
        at = [(left + k * step, top + tall * (1 - float(t))) for k, t in enumerate(curve)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        body.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'
        )
        body += [_marker(x, y, marker, colour) for x, y in at]
        y = top + tall + 62 + 22 * i
        body.append(_line((left, y), (left + 34, y), colour, width=2, dash=dash))
        body.append(_marker(left + 17, y, marker, colour))
        body.append(_text(left + 44, y + 5, name, anchor="start"))
    spoken = [
        f"{name}: " + ", ".join(number(t) for t in curve)
        if len(names) <= 8
        else f"{name}: from {number(curve[0])} down to {number(curve[-1])}"
        for name, curve in curves.items()
    ]
    reach = f"chance to be at k or above, for k from {names[0]} to {names[-1]}"
    alt = "; ".join([f"{what}: {reach}", *spoken])
    return _picture(left + wide + 30, top + tall + 60 + 22 * len(curves), body, alt, caption)


def square(
    values: Sequence[Sequence[Any]],
    columns: tuple[str, str],
    rows: tuple[str, str],
    *,
    what: str,
    caption: str = "",
) -> HTML:
    """Draw the four numbers that supermodularity or increasing differences compare.

    Upwards in each column the row rises; the clause wants the rise on the right to be at least the
    rise on the left.

    Args:
        values: `values[i][j]` at column i (left, right) and row j (lower, upper); exact numbers.
        columns, rows: what the columns and the rows are, lower first.
        what: what the numbers are, in a few words.
        caption: a line below the drawing.
    """
    numbers = [[sympy.sympify(x) for x in column] for column in values]
    rises = [column[1] - column[0] for column in numbers]
    excess = sympy.simplify(rises[1] - rises[0])
    holds = bool(excess >= 0)
    width, box, tall = 464, 130, 52
    lefts, tops = (100, 290), (172, 46)
    body = []
    for i, left in enumerate(lefts):
        middle = left + box / 2
        body.append(_text(middle, 26, columns[i], anchor="middle", bold=True))
        for j, top in enumerate(tops):
            value = float(numbers[i][j])
            if 0 <= value <= 1:
                body.append(
                    f'<rect x="{left}" y="{top}" width="{box * value:.1f}" height="{tall}" '
                    f'fill="{BLUE}" fill-opacity="0.4"/>'
                )
            body.append(
                f'<rect x="{left}" y="{top}" width="{box}" height="{tall}" rx="3" fill="none" '
                'stroke="currentColor" stroke-width="1.2"/>'
            )
            body.append(_text(middle, top + 32, number(numbers[i][j]), anchor="middle"))
        colour = GREEN if holds else RED
        body.append(_line((middle, tops[0] - 5), (middle, tops[1] + tall + 13), colour, width=2.5))
        tip = tops[1] + tall + 5
        body.append(
            f'<path d="M{middle - 6},{tip + 10} L{middle},{tip} L{middle + 6},{tip + 10} Z" '
            f'fill="{colour}"/>'
        )
        rise = number(rises[i], sign=True)
        body.append(_text(middle + 12, (tops[0] + tops[1] + tall) / 2 + 5, rise, anchor="start"))
    for j, top in enumerate(tops):
        body.append(_text(90, top + 32, rows[j], anchor="end", bold=True))
    verdict = f"right less left: {number(excess, sign=True)}" + ("" if holds else ", below 0")
    body.append(_text(width / 2 + 40, 258, verdict, anchor="middle", bold=True))
    spoken = [
        f"{columns[i]} and {rows[j]}: {number(numbers[i][j])}" for i in (0, 1) for j in (0, 1)
    ]
    alt = f"{what}: " + "; ".join([*spoken, verdict])
    return _picture(width, 276, body, alt, caption)


def figure(drawn: Curves | HeatMap) -> HTML:
    """Show a figure of a result, drawn once for light pages and once for dark ones."""
    alt = escape(drawn.text)
    images = []
    style = "max-width:100%;height:auto;padding:0!important;background:none!important"
    for dark in (False, True):
        data = b64encode(render([drawn], "svg", dark=dark)).decode("ascii")
        images.append(
            f'<img class="only-{"dark" if dark else "light"}" style="{style}" '
            f'alt="{alt}" src="data:image/svg+xml;base64,{data}">'
        )
    return HTML("".join(images))


def beside(*pictures: HTML) -> HTML:
    """Set pictures side by side where the screen is wide enough, else below one another."""
    inside = "".join(picture.data for picture in pictures)
    style = "display:flex;flex-wrap:wrap;gap:0 2rem;align-items:flex-end"
    return HTML(f'<div style="{style}">{inside}</div>')


def number(x: Any, *, sign: bool = False) -> str:
    """Return a number for reading: in full if it is short, else rounded to four digits.

    >>> number(Fraction(99, 125)), number(Fraction(-1, 3)), number(2, sign=True)
    ('0.792', '≈ −0.3333', '+2')
    """
    exact = sympy.sympify(x)
    before = "−" if exact < 0 else "+" if sign and exact > 0 else ""
    size = abs(exact)
    if size.is_Rational:
        scaled = size * 10**6
        if scaled.is_Integer:
            whole, rest = divmod(int(scaled), 10**6)
            return before + f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    return f"≈ {before}{float(size):.4g}"


def _needed(shown: Diagram, halves: Mapping[str, float]) -> float:
    """Return what one unit sideways must be for elements of one height not to touch."""
    sides = sorted((y, x, halves[name]) for name, (x, y) in shown.points.items())
    return max(
        ((h1 + h2 + 8) / (x2 - x1) for (y1, x1, h1), (y2, x2, h2) in pairwise(sides) if y1 == y2),
        default=0.0,
    )


def _tails(law: Sequence[Any] | Mapping[Any, Any], names: Sequence[Any]) -> list[Any]:
    masses = [law.get(s, 0) for s in names] if isinstance(law, Mapping) else list(law)
    exact = [sympy.sympify(str(m) if isinstance(m, Fraction) else m) for m in masses]
    return [sum(exact[k:], sympy.Integer(0)) for k in range(len(exact))]


def _line(
    start: Point, end: Point, colour: str, *, width: float, dash: str = "", opacity: float = 1
) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
        f'stroke="{colour}" stroke-width="{width}" stroke-opacity="{opacity}"{dashed}/>'
    )


def _marker(x: float, y: float, kind: str, colour: str) -> str:
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="{colour}"/>'
    if kind == "square":
        return (
            f'<rect x="{x - 3.4:.1f}" y="{y - 3.4:.1f}" width="6.8" height="6.8" fill="{colour}"/>'
        )
    return ""


def _text(
    x: float, y: float, text: str, *, anchor: str, ink: str = "currentColor", bold: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}"{weight}>'
        f"{escape(text)}</text>"
    )


def _picture(width: float, height: float, body: Iterable[str], alt: str, caption: str) -> HTML:
    drawing = "\n".join(body)
    told = "font-size:0.9em;color:inherit;text-align:left"
    below = f'<figcaption style="{told}">{escape(caption)}</figcaption>' if caption else ""
    style = "width:100%;height:auto;font-size:15px;font-family:inherit"
    return HTML(
        f'<figure style="margin:0.8rem 0;padding:0;width:{width:.0f}px;max-width:100%">'
        f'<svg role="img" aria-label="{escape(alt)}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'style="{style}">\n{drawing}\n</svg>{below}</figure>'
    )
