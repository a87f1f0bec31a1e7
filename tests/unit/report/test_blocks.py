"""Blocks keep what they are given and refuse what no renderer could show."""

from __future__ import annotations

import pytest

from mfgcheck.report.blocks import Heading, Table, split_status


def test_table_keeps_rows_as_tuples_so_that_it_cannot_change() -> None:
    row = ["reward.monotone_s", "PROVED"]
    table = Table(["clause", "verdict"], [row])
    row[1] = "REFUTED"
    assert table.rows == (("reward.monotone_s", "PROVED"),)
    assert hash(table) == hash(Table(("clause", "verdict"), (("reward.monotone_s", "PROVED"),)))


@pytest.mark.parametrize("row", [["one"], ["one", "two", "three"]])
def test_ragged_table_is_refused(row: list[str]) -> None:
    with pytest.raises(ValueError, match=r"row 0 of the table has \d cells, not 2"):
        Table(["a", "b"], [row])


@pytest.mark.parametrize("level", [0, 4])
def test_heading_level_out_of_range_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="level 1, 2 or 3"):
        Heading("x", level)


def test_split_status_finds_words_only() -> None:
    assert list(split_status("UNPROVED PROVEDLY")) == [("UNPROVED PROVEDLY", None)]
    assert list(split_status("PROVED")) == [("PROVED", "PROVED")]
    assert list(split_status("")) == []
