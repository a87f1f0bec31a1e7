"""Blocks as text for a terminal: coloured where that helps a reader, plain everywhere else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from io import StringIO
from typing import TYPE_CHECKING, TextIO

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

if TYPE_CHECKING:
    from rich.table import Table as RichTable
    from rich.text import Text

PLAIN_WIDTH = 100
"""Columns used when the output is not a terminal and COLUMNS is not set."""

_HEADING_STYLES = {1: "bold", 2: "bold", 3: "underline"}
_GAP = 3  # blanks between two columns of a table: one of padding either side of a blank divider
_NARROWEST = 16  # a column of running text narrower than this is hard to read


def to_text(blocks: Iterable[Block], width: int = PLAIN_WIDTH, *, colour: bool = False) -> str:
    r"""Render blocks as text of at most `width` columns, with ANSI colours when `colour`.

    >>> print(to_text([Heading("Report"), Paragraph("Status: PROVED")]))
    Report
    <BLANKLINE>
    Status: PROVED
    <BLANKLINE>
    """
    from rich.console import Console

    stream = StringIO()
    console = Console(
        file=stream,
        width=max(width, 20),
        force_terminal=colour,
        force_jupyter=False,  # in a notebook, rich would show the text and return nothing
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},  # everything is decided here, nothing by the environment
    )
    for number, block in enumerate(blocks):
        if number:
            console.print()
        match block:
            case Heading(text, level):
                console.print(_text(text, _HEADING_STYLES[level]))
            case Paragraph(text):
                console.print(_text(text))
            case Note(text):
                console.print(_text(text, "dim"))
            case Table():
                if block.caption:
                    console.print(_text(block.caption, "italic"))
                console.print(_table(block, console.width))
            case Curves() | HeatMap():
                console.print(_text(f"Figure. {block.text}", "dim"))
    # Rich pads table lines to their full width; trailing blanks only get in the way of a diff.
    lines = stream.getvalue().split("\n")
    return "\n".join(lines if colour else [line.rstrip() for line in lines])


def write(blocks: Iterable[Block], stream: TextIO) -> None:
    """Render blocks to a stream, with its width, and in colour only if it is a terminal.

    The NO_COLOR convention (no-color.org) and TERM=dumb are honoured.
    """
    terminal = stream.isatty()
    width = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if terminal else plain_width()
    text = to_text(blocks, width, colour=terminal and wants_colour())
    stream.write(encodable(text, stream))
    stream.flush()


def encodable(text: str, stream: TextIO) -> str:
    """Replace what the stream's encoding has no character for, so that writing cannot fail."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.replace("─", "-").encode(encoding, "replace").decode(encoding)
    return text


def plain_width() -> int:
    """Return the width for output that goes to a file or a pipe: COLUMNS, or `PLAIN_WIDTH`."""
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) > 0 else PLAIN_WIDTH


def wants_colour() -> bool:
    """Tell whether the environment leaves colours on for a terminal."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    made = Text(style=style, overflow="fold")
    for piece, status in split_status(text):
        made.append(piece, style=f"bold {STATUS_COLOURS[status]}" if status else None)
    return made


def _table(table: Table, width: int) -> RichTable | Text:
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table as RichTable

    columns = [
        [heading, *(row[number] for row in table.rows)]
        for number, heading in enumerate(table.columns)
    ]
    needs = [max(cell_len(cell) for cell in cells) for cells in columns]
    # A clause id or a status cut in two is unreadable, so columns of single words keep their
    # width whenever the columns of running text can still be read in what is left.
    words = [not any(" " in cell for cell in cells) for cells in columns]
    least = sum(
        need if word else min(need, _NARROWEST) for need, word in zip(needs, words, strict=True)
    )
    keep_words = least + _GAP * (len(columns) - 1) <= width
    if not keep_words and len(columns) > 2:
        return _records(table)

    made = RichTable(
        box=box.Box("    \n    \n ── \n    \n    \n    \n    \n    \n"),
        show_edge=False,
        pad_edge=False,
        padding=(0, 1),
        header_style="bold",
    )
    for heading, word in zip(table.columns, words, strict=True):
        made.add_column(_text(heading), no_wrap=word and keep_words, overflow="fold")
    for row in table.rows:
        made.add_row(*(_text(cell) for cell in row))
    return made


def _records(table: Table) -> Text:
    """Render a table that does not fit: row by row, a line a cell, so that words stay whole."""
    from rich.text import Text

    made = Text(overflow="fold")
    for number, row in enumerate(table.rows):
        if number:
            made.append("\n")
        for heading, cell in zip(table.columns, row, strict=True):
            made.append(f"{heading}: ", style="bold")
            made.append_text(_text(cell)).append("\n")
    made.rstrip()
    return made
