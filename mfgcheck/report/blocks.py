"""What a result says, apart from how it is shown: a sequence of a few kinds of block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mfgcheck.report.figures import Curves, HeatMap

STATUS_COLOURS = {
    "PROVED": "green",
    "REFUTED": "red",
    "UNDECIDED": "yellow",
    "TRUE UNDER": "yellow",
    "REPAIRED": "yellow",
    "OPEN": "yellow",
    "AGREES": "green",
    "DISAGREES": "red",
    "CANNOT BE TOLD": "yellow",
}
"""The words that renderers colour wherever they stand as a word, and the colour of each."""

_STATUS = re.compile(r"\b(" + "|".join(STATUS_COLOURS) + r")\b")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above what belongs together; level 1 is the title, 2 a section, 3 a part of one.

    >>> Heading("Clauses", level=2)
    Heading(text='Clauses', level=2)
    """

    text: str
    level: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 3:
            raise ValueError(f"a heading has level 1, 2 or 3, not {self.level}")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, wrapped by whoever shows it; a line break in it is kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark that may be passed over, shown more quietly than a paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under named columns; sequences given are kept as tuples.

    Raises ValueError when a row has more or fewer cells than there are columns.

    >>> Table(["clause", "verdict"], [["reward.monotone_s", "PROVED"]]).rows
    (('reward.monotone_s', 'PROVED'),)
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""

    def __post_init__(self) -> None:
        # Tuples, so that a block once made stays as it is and can be hashed.
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"row {number} of the table has {len(row)} cells, not {len(self.columns)}"
                )


Block = Heading | Paragraph | Note | Table | Curves | HeatMap


def split_status(text: str) -> Iterator[tuple[str, str | None]]:
    """Cut a text into (piece, status) pairs, status being None outside the status words.

    >>> list(split_status("MFG-SC: REFUTED."))
    [('MFG-SC: ', None), ('REFUTED', 'REFUTED'), ('.', None)]
    """
    for number, piece in enumerate(_STATUS.split(text)):
        if piece:
            yield piece, piece if number % 2 else None
