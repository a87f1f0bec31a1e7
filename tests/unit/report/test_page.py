"""Pages: well-formed, self-contained, told to those who do not see, and safe whatever they hold."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mfgcheck.errors import BadInput
from mfgcheck.report import (
    Block,
    Curves,
    Heading,
    HeatMap,
    Note,
    Paragraph,
    Series,
    Table,
)
from mfgcheck.report.page import check_page_path, save_page, to_page

HOSTILE = "<script>alert(\"x\")</script> </style> & 'y' `<b>` \x00\ud800 漢"
CLEAN = "<script>alert(\"x\")</script> </style> & 'y' `<b>` \ufffd\ufffd 漢"
LINES = Curves("Paths", "step", "mean", [Series("up", [0, 1, 2], [0, 1.5, 2])])
CELLS = HeatMap("Slack", "state", "action", "slack", ["0", "1"], ["a"], [[-1, 2]], diverging=True)
BLOCKS: list[Block] = [
    Heading("A game: MFG-SC REFUTED"),
    Paragraph("text, and `mfgcheck solve`"),
    Heading("First", 2),
    LINES,
    CELLS,
    Heading("Second", 2),
    Table(["clause", "verdict"], [["kernel.monotone_s", "PROVED"]], "Verdicts"),
    Heading("Third", 2),
    Heading("part", 3),
    Note("small"),
    Heading("Third", 2),
    CELLS,
]


def parsed(page: str) -> ElementTree.Element:
    assert page.startswith("<!DOCTYPE html>\n")
    return ElementTree.fromstring(page)


def hostile_figures() -> list[Block]:
    series = [Series(HOSTILE, [0, 1], [0, 1]), Series(HOSTILE, [0, 1], [0, 1], "bars")]
    cells = HeatMap(
        HOSTILE, HOSTILE, HOSTILE, HOSTILE, [HOSTILE, "x"], [HOSTILE], [[0, 1]], [HOSTILE, "y"],
        marks=[(0, 0)], marks_label=HOSTILE, note=HOSTILE,
    )  # fmt: skip
    marks = [(0.0, HOSTILE)]
    named = Curves(HOSTILE, HOSTILE, HOSTILE, series, marks, [HOSTILE, HOSTILE], note=HOSTILE)
    return [named, cells]


def words(root: ElementTree.Element) -> str:
    return "".join(root.itertext())


def test_a_page_is_well_formed_and_names_itself() -> None:
    root = parsed(to_page(BLOCKS, "Made by us."))
    assert root.tag == "html"
    assert root.get("lang") == "en"
    assert root.findtext("head/title") == "A game: MFG-SC REFUTED"
    assert [e.text for e in root.iter("h1")] == ["A game: MFG-SC "]
    assert len(list(root.iter("h1"))) == 1
    assert "width=device-width" in to_page(BLOCKS)
    assert "Made by us." in words(root)


def test_nothing_runs_and_nothing_is_loaded() -> None:
    page = to_page([*BLOCKS, *hostile_figures()])
    root = parsed(page)
    tags = {element.tag for element in root.iter()}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    for element in root.iter():
        assert "src" not in element.attrib
        assert element.get("href", "#").startswith("#")
        assert not any(name.lower().startswith("on") for name in element.attrib)
    style = root.findtext("head/style") or ""
    assert "url(" not in style
    assert "@import" not in style
    assert "://" not in page
    policy = root.find("head/meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None
    assert "default-src 'none'" in (policy.get("content") or "")


def test_every_text_is_escaped_in_every_place() -> None:
    blocks: list[Block] = [
        Heading(HOSTILE),
        Heading(HOSTILE, 2),
        Paragraph(HOSTILE),
        Note(HOSTILE),
        Table([HOSTILE], [[HOSTILE]], caption=HOSTILE),
        *hostile_figures(),
    ]
    root = parsed(to_page(blocks, HOSTILE))
    assert not list(root.iter("script"))
    assert not list(root.iter("b"))
    assert words(root).replace("`", "").count(CLEAN.replace("`", "")) >= 16
    assert root.findtext("head/title") == CLEAN


def test_every_drawing_is_told_to_those_who_do_not_see() -> None:
    root = parsed(to_page(BLOCKS))
    drawings = [svg for svg in root.iter("svg") if svg.get("aria-hidden") != "true"]
    assert [svg.get("aria-label") for svg in drawings] == [LINES.text, CELLS.text, CELLS.text]
    assert all(svg.get("role") == "img" for svg in drawings)


def test_contents_lead_to_every_section_once() -> None:
    root = parsed(to_page(BLOCKS))
    links = [a.get("href", "") for a in root.iter("a")]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert links == [f"#{name}" for name in ids]
    assert len(set(ids)) == 4
    assert [a.text for a in root.iter("a")] == ["First", "Second", "Third", "Third"]


def test_a_short_page_has_no_contents() -> None:
    assert not list(parsed(to_page(BLOCKS[:6])).iter("nav"))


def test_statuses_have_colours_in_headings_tables_and_text() -> None:
    page = to_page(BLOCKS)
    assert '<span class="red">REFUTED</span></h1>' in page
    assert '<td data-label="verdict"><span class="green">PROVED</span></td>' in page


def test_commands_are_shown_as_such() -> None:
    assert "<p>text, and <code>mfgcheck solve</code></p>" in to_page(BLOCKS)


def test_backticks_in_names_are_kept() -> None:
    assert "<p>states `a` and `b`</p>" in to_page([Paragraph("states `a` and `b`")])


def test_a_name_cannot_turn_the_text_around() -> None:
    turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    page = to_page([Heading(turning), Table([turning], [[turning]], turning)], turning)
    assert not set(turning) & set(page)


def test_tables_of_running_text_become_records_and_tables_of_numbers_do_not() -> None:
    long = "a sentence of more than a few words"
    page = to_page([Table(["a", "b", "c"], [["x", "y", long]])])
    assert '<table class="records">' in page
    for table in (
        Table(["", "b", "c"], [["x", "1", long]]),
        Table(["a", "b", "c"], [["x", "1", "2"]]),
        Table(["a", "b"], [["x", long]]),
    ):
        assert "records" not in to_page([table]).split("</style>")[1]


def test_what_scrolls_can_be_reached_and_has_a_name() -> None:
    frame = next(e for e in parsed(to_page(BLOCKS)).iter("div") if e.get("class") == "scroll")
    assert (frame.get("tabindex"), frame.get("role")) == ("0", "region")
    assert frame.get("aria-label") == "Verdicts"


def test_colours_have_enough_contrast_in_both_themes() -> None:
    style = to_page([]).split("<style>")[1].split("</style>")[0]
    light, dark = (
        dict(re.findall(r"--(\w+): (#\w{6})", part))
        for part in (style.split("@media")[0], style.split("@media")[1])
    )
    assert light.keys() == dark.keys()
    for theme in (light, dark):
        for name in ("ink", "quiet", "link", "green", "red", "yellow"):
            assert contrast(theme[name], theme["paper"]) >= 4.5, name
        for name in [name for name in theme if re.fullmatch(r"c\d|above|below|scale", name)]:
            assert contrast(theme[name], theme["paper"]) >= 3, name


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_same_blocks_give_the_same_page() -> None:
    assert to_page(BLOCKS) == to_page(BLOCKS)


# ---- files


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text("before")
    save_page(BLOCKS, file)
    assert file.read_text(encoding="utf-8") == to_page(BLOCKS)
    save_page(BLOCKS[:2], file)
    assert file.read_text(encoding="utf-8") == to_page(BLOCKS[:2])
    assert os.listdir(tmp_path) == ["report.html"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_who_may_read_a_file_stays_as_it_was(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "report.html"
    file.write_text("before")
    file.chmod(mode)
    save_page(BLOCKS, file)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_new_file_is_as_open_as_others(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    save_page(BLOCKS, tmp_path / "report.html")
    modes = {file.stat().st_mode for file in tmp_path.iterdir()}
    assert len(modes) == 1


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("page.txt", "must end in .html, .htm"),
        ("page", "must end in .html"),
        ("", "must end in .html"),
        ("no/such/page.html", "there is no directory"),
        ("folder.html", "is a directory"),
        ("nul\0.html", "cannot be"),
        ("x" * 5000 + ".html", "File name too long"),
    ],
)
def test_where_no_page_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, part: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(BadInput, match=re.escape(part)):
        check_page_path(name)
    with pytest.raises(BadInput, match=re.escape(part)):
        save_page(BLOCKS, name)


@pytest.mark.parametrize("there", [True, False], ids=["file", "directory"])
def test_what_is_read_only_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    file = tmp_path / "page.html"
    if there:
        file.write_text("before")
    protected = file if there else tmp_path
    # Permissions do not bind the superuser, so the answer to the question is given instead.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != protected)
    with pytest.raises(BadInput, match="read-only"):
        save_page(BLOCKS, file)
    assert not there or file.read_text() == "before"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(errno.ENOSPC, "full")])
def test_what_stops_the_writing_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    file = tmp_path / "page.html"
    file.write_text("before")

    def half(self: Path, data: bytes) -> int:
        with self.open("wb") as stream:
            stream.write(data[:10])
        raise error

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else BadInput):
        save_page(BLOCKS, file)
    assert file.read_text() == "before"
    assert os.listdir(tmp_path) == ["page.html"]


def test_through_a_link_the_file_behind_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    target = tmp_path / "kept" / "page.html"
    link = tmp_path / "page.html"
    link.symlink_to(target)
    save_page(BLOCKS, link)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == to_page(BLOCKS)
