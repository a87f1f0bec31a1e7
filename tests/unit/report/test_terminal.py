"""Blocks become text that fits, and is coloured only where a reader sees colours."""

from __future__ import annotations

from collections import Counter
from io import BytesIO, StringIO, TextIOWrapper

import pytest

from mfgcheck.report import Heading, Note, Paragraph, Table, to_text, write

CLAUSE = "kernel.increasing_differences"
BLOCKS = [
    Heading("infection-spread"),
    Table(
        ["clause", "verdict", "how"],
        [
            [CLAUSE, "REFUTED", "interval subdivision with the nested monotone rule, 12 boxes"],
            ["reward.monotone_s", "PROVED", "vertices"],
            ["reward.supermodular", "UNDECIDED", ""],
        ],
        caption="Definition 1",
    ),
    Paragraph("Raising the action adds 0.819 [not markup] :smile: when s = 0."),
    Note("0.1 was read as 1/10"),
]


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def written(stream: StringIO) -> str:
    write(BLOCKS, stream)
    return stream.getvalue()


def letters(text: str) -> Counter[str]:
    """Count what is not layout, since a narrow table folds its cells side by side."""
    return Counter(text.replace("─", "")) - Counter({" ": len(text), "\n": len(text)})


@pytest.mark.parametrize("width", [30, 44, 60, 72, 80, 100, 200])
def test_no_line_is_wider_than_asked_and_no_text_is_lost(width: int) -> None:
    text = to_text(BLOCKS, width)
    assert max(map(len, text.splitlines())) <= width
    # (What is told row by row, as it would not fit side by side, has its headings in every row.)
    assert not letters(to_text(BLOCKS, 200)) - letters(text)
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("width", [72, 80, 100])
def test_clause_ids_stay_whole_where_there_is_room(width: int) -> None:
    assert CLAUSE in to_text(BLOCKS, width)


def test_words_stay_whole_where_a_table_does_not_fit() -> None:
    text = to_text(BLOCKS, 44)
    for line in (f"clause: {CLAUSE}", "verdict: REFUTED", "how: vertices", "verdict: UNDECIDED"):
        assert line in text.splitlines()


def test_markup_in_text_is_text() -> None:
    assert "[not markup] :smile:" in to_text(BLOCKS, 100)


def test_every_kind_of_block_is_shown() -> None:
    text = to_text(BLOCKS, 100)
    for part in ("infection-spread", "Definition 1", "clause", "vertices", "read as 1/10"):
        assert part in text


def test_plain_when_not_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    text = written(StringIO())
    assert "\x1b" not in text
    assert text == to_text(BLOCKS, 100)


def test_columns_sets_the_width_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    assert written(StringIO()) == to_text(BLOCKS, 72)


def test_statuses_are_coloured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    text = written(Terminal())
    assert "\x1b[1;32mPROVED" in text
    assert "\x1b[1;31mREFUTED" in text
    assert "\x1b[1;33mUNDECIDED" in text


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_environment_turns_colours_off(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    assert "\x1b" not in written(Terminal())


def test_a_stream_without_the_characters_still_gets_a_report() -> None:
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii")
    write([*BLOCKS, Paragraph("tail ≥ 1")], stream)
    text = raw.getvalue().decode("ascii")
    assert "-----" in text
    assert "tail ? 1" in text


def test_text_is_text_in_a_notebook_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # There rich would hand it to the notebook's display, and nothing to the stream.
    blocks = [Heading("Report"), Paragraph("Status: PROVED")]
    before = to_text(blocks)
    assert "PROVED" in before
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    assert to_text(blocks) == before
