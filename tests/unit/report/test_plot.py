"""Plots: what is in the file, the same bytes each time, and files replaced as a whole."""

from __future__ import annotations

import base64
import errno
import os
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest

from mfgcheck.errors import BadInput
from mfgcheck.report import Block, Curves, Heading, HeatMap, Paragraph, Series, save, to_html
from mfgcheck.report.plot import check_path, render

PATHS = Curves(
    "Mean state",
    "step",
    "mean",
    [
        Series("from below", [0, 1, 2], [0, 1.5, 2]),
        Series("from above", [0, 1, 2], [4, float("nan"), 2], "steps"),
        Series("diagonal", [0, 2], [0, 2], "guide"),
        Series("T-MFE", [2], [2], "points"),
    ],
    marks=[(1, "tie"), (1.5, "tie")],
)
WIDTH = Curves("Width", "step", "width", [Series("w", [0, 1], [1, 1e-8])], log_y=True)
STRATEGY = HeatMap(
    "Strategy", "state", "step", "action", ["low", "high"], ["0"], [[0, 1]], ["stay", "go"]
)
VALUES = HeatMap("Values", "state", "action", "Q", ["low", "high"], ["stay"], [[-1.5, 2]])
BLOCKS: list[Block] = [Heading("A game"), PATHS, Paragraph("text"), WIDTH, STRATEGY, VALUES]
HOSTILE = '<b> & "q" $\\foo$ \x00\x1b\ud800 漢'


def svg(blocks: list[Block]) -> ElementTree.Element:
    return ElementTree.fromstring(render(blocks))


def ids(root: ElementTree.Element, kind: str) -> list[str]:
    found = [element.get("id", "") for element in root.iter()]
    return [name for name in found if re.fullmatch(rf"{kind}(-\d+)+", name)]


def words(root: ElementTree.Element) -> str:
    return " ".join(text for element in root.iter() if (text := element.text))


def test_every_figure_has_axes_and_every_series_a_curve() -> None:
    root = svg(BLOCKS)
    assert len(ids(root, "figure")) == 4
    assert sorted(ids(root, "curve")) == [
        "curve-1-1",
        "curve-1-2",
        "curve-1-3",
        "curve-1-4",
        "curve-2-1",
    ]
    assert len(ids(root, "mark")) == 2


def test_titles_labels_and_names_are_text() -> None:
    said = words(svg(BLOCKS))
    for part in ("A game", "Mean state", "from above", "diagonal", "stay", "go", "1e-8", "high"):
        assert part in said


def test_what_is_marked_twice_is_named_once() -> None:
    assert len(re.findall(r"\btie\b", words(svg([Heading("A game"), PATHS])))) == 1


def test_a_reader_that_does_not_see_hears_what_is_shown() -> None:
    root = svg(BLOCKS)
    assert root.get("role") == "img"
    label = root.get("aria-label") or ""
    for part in ("A game", PATHS.text, WIDTH.text, STRATEGY.text, VALUES.text):
        assert part in label


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_the_same_figures_give_the_same_bytes(kind: str) -> None:
    first = render(BLOCKS, kind)
    assert first == render(BLOCKS, kind)
    assert first.startswith({"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[kind])
    assert render([VALUES], kind) != render([STRATEGY], kind)


def test_neither_date_nor_version_nor_path_is_told() -> None:
    text = render(BLOCKS).decode()
    assert "date" not in text
    assert matplotlib.__version__ not in text
    assert os.getcwd() not in text


def test_a_users_own_style_neither_matters_nor_is_changed() -> None:
    usual = render([PATHS])
    with matplotlib.rc_context({"lines.linewidth": 9.0, "svg.fonttype": "path"}):
        assert render([PATHS]) == usual
        assert matplotlib.rcParams["lines.linewidth"] == 9.0


def test_text_is_text_whatever_it_holds() -> None:
    figure = Curves(HOSTILE, HOSTILE, HOSTILE, [Series(HOSTILE, [0], [1])], [(0, HOSTILE)])
    heat = HeatMap(HOSTILE, HOSTILE, HOSTILE, HOSTILE, [HOSTILE], [HOSTILE], [[0]], [HOSTILE])
    root = svg([Heading(HOSTILE), figure, heat])
    assert '<b> & "q" $\\foo$ \ufffd\ufffd\ufffd 漢' in words(root)
    render([Heading(HOSTILE), figure, heat], "png")
    render([Heading(HOSTILE), figure, heat], "pdf")


def test_many_names_are_thinned() -> None:
    names = [f"state-{i}" for i in range(500)]
    root = svg([Curves("x", "state", "y", [Series("a", range(500), range(500))], x_names=names)])
    assert 5 <= len(re.findall(r"state-\d+", words(root))) <= 14


def test_long_names_leave_room_for_the_drawing() -> None:
    names = [str(10**400), "short"]
    figure = Curves("x", "state", "y", [Series("a", range(2), range(2))], x_names=names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = words(svg([figure]))
    assert "short" in shown
    assert "10000000000000000000.." in shown


def test_html_holds_the_drawing_itself_and_its_words() -> None:
    html = to_html([PATHS, VALUES])
    drawings = re.findall(r'alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)"', html)
    assert [alt for alt, _ in drawings] == [PATHS.text, VALUES.text]
    root = ElementTree.fromstring(base64.b64decode(drawings[0][1]))
    assert len(ids(root, "curve")) == 4
    assert "http" not in html


# ---- files


@pytest.mark.parametrize("name", ["plot.svg", "plot.PNG", "plot.pdf"])
def test_a_file_is_written_and_replaced(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("before")
    save(BLOCKS, file)
    assert file.read_bytes() == render(BLOCKS, file.suffix[1:].lower())
    assert os.listdir(tmp_path) == [name]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    target, link = tmp_path / "target.svg", tmp_path / "link.svg"
    link.symlink_to(target)
    save([PATHS], link)
    assert link.is_symlink()
    assert target.read_bytes() == render([PATHS])


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link.svg"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(pipe.read_bytes)
        save([PATHS], link)
        assert pipe.is_fifo()
        assert seen.result(timeout=20) == render([PATHS])
    assert sorted(os.listdir(tmp_path)) == ["link.svg", "pipe"]


def test_a_device_that_takes_nothing_is_told_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        assert self == device
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    device = tmp_path / "full.svg"
    os.mkfifo(device)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BadInput, match="cannot be written: No space left on device"):
        save([PATHS], device)
    assert device.is_fifo()


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = tmp_path / "plot.svg"
    file.write_text("before")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BadInput, match="cannot be written: No space left on device"):
        save([PATHS], file)
    assert file.read_text() == "before"
    assert os.listdir(tmp_path) == ["plot.svg"]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("plot.jpg", "must end in .svg, .png, .pdf"),
        ("plot", "must end in .svg"),
        ("", "must end in .svg"),
        ("no/such/plot.svg", "there is no directory"),
        ("folder.svg", "is a directory"),
        ("nul\0.svg", "cannot be"),
        ("x" * 5000 + ".svg", "File name too long"),
    ],
)
def test_where_nothing_can_be_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, part: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(BadInput, match=re.escape(part)):
        check_path(name)
    with pytest.raises(BadInput, match=re.escape(part)):
        save([PATHS], name)


def test_without_figures_there_is_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nothing to draw"):
        save([Heading("A game"), Paragraph("text")], tmp_path / "plot.svg")
    assert os.listdir(tmp_path) == []


def test_without_matplotlib_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfgcheck.report.plot.find_spec", lambda name: None)
    with pytest.raises(BadInput, match=re.escape("pip install 'mfgcheck[plot]'")):
        check_path(tmp_path / "plot.svg")
    with pytest.raises(BadInput, match=re.escape("pip install 'mfgcheck[plot]'")):
        render([PATHS])


def test_a_band_is_drawn_behind_its_line() -> None:
    band = Series("mean", [0, 1, 2], [1, 2, 3], "line", [0, 1, 2], [2, 3, 4])
    root = svg([Curves("Mean", "step", "mean", [band, Series("plain", [0, 2], [0, 2])])])
    assert ids(root, "band") == ["band-1-1"]
    order = [element.get("id", "") for element in root.iter()]
    assert order.index("band-1-1") < order.index("curve-1-1")


def test_guides_of_one_name_are_named_once() -> None:
    guides = [Series("T-MFE", [0, 1], [y, y], "guide") for y in (1, 2)]
    root = svg([Curves("Mean", "step", "mean", [Series("a", [0, 1], [0, 1]), *guides])])
    assert len(ids(root, "curve")) == 3
    assert len(re.findall("T-MFE", words(root))) == 1


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_dark_figures_are_dark_and_light_ones_are_not_changed(kind: str) -> None:
    before = render([PATHS], kind)
    dark = render([PATHS, VALUES], kind, dark=True)
    assert dark == render([PATHS, VALUES], kind, dark=True)
    assert dark != render([PATHS, VALUES], kind)
    assert render([PATHS], kind) == before
    if kind == "svg":
        assert b"#121212" in dark
        assert b"#121212" not in before


def test_a_dark_figure_is_saved(tmp_path: Path) -> None:
    save([PATHS], tmp_path / "dark.svg", dark=True)
    assert (tmp_path / "dark.svg").read_bytes() == render([PATHS], dark=True)
