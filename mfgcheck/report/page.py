"""Blocks as one page of HTML that needs nothing else: to keep, to print, to send to a colleague."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from mfgcheck.report.blocks import (
    STATUS_COLOURS,
    Block,
    Heading,
    Note,
    Paragraph,
    Table,
    split_status,
)
from mfgcheck.report.figures import Curves, Figure, HeatMap
from mfgcheck.report.files import check_target, replace_file
from mfgcheck.report.inline.drawing import legend, to_svg
from mfgcheck.report.inline.parts import clean

SUFFIXES = (".html", ".htm")
"""How the name of a page may end."""

_CONTENTS_FROM = 4  # sections from which on there is a table of contents
_CODE = re.compile("`(mfgcheck [^`<>\n]+)`")  # backticks in names are left as they are
_LONG_CELL = 24  # letters of a cell that is running text
# The page may load nothing and run nothing, whatever stands in it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def check_page_path(path: str | Path) -> Path:
    """Return where a page shall go, if that can work; called before a long computation.

    Raises:
        BadInput: the name does not end in .html or .htm, or there is no place for the file.
    """
    return check_target(path, SUFFIXES, "a page")


def save_page(blocks: Iterable[Block], path: str | Path, foot: str = "") -> None:
    """Write blocks as one page into a file; what was there before is replaced at once.

    Raises:
        BadInput: the file cannot be written, or see `check_page_path`.
    """
    file = check_page_path(path)
    replace_file(file, to_page(blocks, foot).encode("utf-8"))


def to_page(blocks: Iterable[Block], foot: str = "") -> str:
    r"""Render blocks as one page; every text is escaped, and nothing is loaded from elsewhere.

    The first heading is the title. `foot` stands at the end of the page, in small print. The page
    is HTML5 and well-formed XML.

    >>> page = to_page([Heading("stay: MFG-SC PROVED"), Paragraph("1 < 2")])
    >>> "<title>stay: MFG-SC PROVED</title>" in page, "<p>1 &lt; 2</p>" in page
    (True, True)
    """
    kept = list(blocks)
    title = next((block.text for block in kept if isinstance(block, Heading)), "mfgcheck")
    style = files("mfgcheck.report").joinpath("page.css").read_text(encoding="utf-8")
    body = list(_body(kept))
    end = [f"<footer><p>{_escape(foot)}</p></footer>"] if foot else []
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8"/>',
            f"<title>{_escape(title)}</title>",
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            '<meta name="color-scheme" content="light dark"/>',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>',
            f"<style>\n{style}</style>",
            "</head>",
            "<body>",
            "<main>",
            *body,
            *end,
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _body(blocks: Sequence[Block]) -> Iterable[str]:
    sections = [block for block in blocks if isinstance(block, Heading) and block.level == 2]
    numbers = {id(block): number for number, block in enumerate(sections, 1)}
    told = len(sections) < _CONTENTS_FROM
    figures: list[Figure] = []
    for block in blocks:
        if isinstance(block, Curves | HeatMap):
            figures.append(block)
            continue
        if figures:
            yield _figures(figures)
            figures = []
        if not told and id(block) in numbers:
            told = True
            yield _contents(sections)
        yield _block(block, numbers)
    if figures:
        yield _figures(figures)


def _contents(sections: Sequence[Heading]) -> str:
    items = "\n".join(
        f'<li><a href="#section-{number}">{_text(section.text)}</a></li>'
        for number, section in enumerate(sections, 1)
    )
    return f'<nav aria-label="Contents">\n<ol>\n{items}\n</ol>\n</nav>'


def _block(block: Block, numbers: dict[int, int]) -> str:
    match block:
        case Heading(text, level):
            name = f' id="section-{numbers[id(block)]}"' if id(block) in numbers else ""
            return f"<h{level}{name}>{_text(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{_text(text)}</p>"
        case Note(text):
            return f'<p class="note">{_text(text)}</p>'
        case Table():
            return _table(block)
        case _:
            raise AssertionError("figures are shown together")


def _table(table: Table) -> str:
    # On a narrow screen rows with running text are shown one below the other, as records; tables of
    # numbers, whose first column has no heading, keep their shape and scroll.
    running = any(len(cell) > _LONG_CELL for row in table.rows for cell in row)
    titled = table.columns[:1] != ("",)
    records = running and len(table.columns) > 2 and titled
    caption = f"<caption>{_text(table.caption)}</caption>" if table.caption else ""
    head = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in table.columns)
    rows = []
    for row in table.rows:
        cells = [
            f'<td data-label="{_escape(name)}">{_text(cell)}</td>'
            for name, cell in zip(table.columns, row, strict=True)
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    kind = ' class="records"' if records else "" if titled else ' class="grid"'
    inside = f"<table{kind}>{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n"
    label = _escape(table.caption or ", ".join(table.columns))
    # What scrolls can be reached with the keyboard, so it has to have a name.
    frame = f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">'
    return f"{frame}{inside}" + "\n".join(rows) + "\n</tbody></table></div>"


def _figures(figures: Sequence[Figure]) -> str:
    shown = "\n".join(_figure(figure) for figure in figures)
    return f'<div class="figures">\n{shown}\n</div>'


def _figure(figure: Figure) -> str:
    items = "".join(f"<li>{drawing} {_text(name)}</li>" for drawing, name in legend(figure))
    keys = f"<ul>{items}</ul>" if items else ""
    note = f'<span class="note">{_text(figure.note)}</span>' if figure.note else ""
    caption = f"<figcaption><strong>{_text(figure.title)}</strong>{note}</figcaption>"
    return f"<figure>{caption}\n{to_svg(figure)}\n{keys}</figure>"


def _text(text: str) -> str:
    """Return a text with its statuses in colour and `commands` as such."""
    return _CODE.sub(r"<code>\1</code>", _coloured(text))


def _coloured(text: str) -> str:
    return "".join(
        f'<span class="{STATUS_COLOURS[status]}">{_escape(piece)}</span>'
        if status
        else _escape(piece)
        for piece, status in split_status(text)
    )


def _escape(text: str) -> str:
    return escape(clean(text))
