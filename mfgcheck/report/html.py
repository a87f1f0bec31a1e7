"""Blocks as a fragment of HTML that needs nothing else: no script, style sheet or font."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape

from mfgcheck.report.blocks import (
    STATUS_COLOURS,
    Block,
    Heading,
    Note,
    Paragraph,
    Table,
    split_status,
)
from mfgcheck.report.figures import Curves, HeatMap
from mfgcheck.report.inline.parts import clean

# Dark enough for a white page and light enough for a dark one (contrast above 4 on both).
_COLOURS = {"green": "#2e8540", "red": "#d83933", "yellow": "#a86b00"}
_HEADING_TAGS = {1: "h3", 2: "h4", 3: "h5"}  # a page that shows a result has its own h1 and h2
_CELL = 'style="text-align:left;vertical-align:top;padding:0.15em 1em 0.15em 0"'


def to_html(blocks: Iterable[Block]) -> str:
    """Render blocks as one `<div>`; every text is escaped.

    >>> print(to_html([Paragraph("1 < 2")]))
    <div class="mfgcheck">
    <p style="white-space:pre-line">1 &lt; 2</p>
    </div>
    """
    return "\n".join(['<div class="mfgcheck">', *(_block(block) for block in blocks), "</div>"])


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            tag = _HEADING_TAGS[level]
            return f"<{tag}>{_text(text)}</{tag}>"
        case Paragraph(text):
            return f'<p style="white-space:pre-line">{_text(text)}</p>'
        case Note(text):
            return f'<p style="white-space:pre-line;opacity:0.7">{_text(text)}</p>'
        case Table():
            return _table(block)
        case Curves() | HeatMap():
            return _figure(block)


def _table(table: Table) -> str:
    left = 'style="text-align:left"'
    caption = f"<caption {left}>{_text(table.caption)}</caption>" if table.caption else ""
    head = "".join(f'<th scope="col" {_CELL}>{_text(cell)}</th>' for cell in table.columns)
    rows = "\n".join(
        "<tr>" + "".join(f"<td {_CELL}>{_text(cell)}</td>" for cell in row) + "</tr>"
        for row in table.rows
    )
    # In a frame of its own, so that on a narrow screen the table scrolls and not the page.
    return (
        f'<div style="overflow-x:auto"><table>{caption}<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _figure(figure: Curves | HeatMap) -> str:
    """Return a drawing inside the page, or its text where matplotlib is not installed."""
    from mfgcheck.report.plot import available, render

    if not available():
        return f'<p style="opacity:0.7">Figure. {_escape(figure.text)}</p>'
    # As an image, since the names inside drawings that stand on one page must not meet.
    data = b64encode(render([figure], "svg")).decode("ascii")
    style = "max-width:100%;height:auto"
    return (
        f'<img style="{style}" alt="{_escape(figure.text)}" src="data:image/svg+xml;base64,{data}">'
    )


def _text(text: str) -> str:
    return "".join(
        f"<span {_look(status)}>{_escape(piece)}</span>" if status else _escape(piece)
        for piece, status in split_status(text)
    )


def _escape(text: str) -> str:
    return escape(clean(text))


def _look(status: str) -> str:
    # By its class, a page that knows whether it is light or dark may choose its own colour.
    colour = STATUS_COLOURS[status]
    return f'class="status-{colour}" style="color:{_COLOURS[colour]};font-weight:600"'
