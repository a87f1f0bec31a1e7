"""`--html FILE` of check, solve, equilibria and budget: what the page holds, and where it goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mfgcheck import __version__, check, gallery
from mfgcheck.cli import main
from mfgcheck.verify.pictures import exact_text

COMMANDS = ("check", "solve", "equilibria", "budget")

HOSTILE = """
from mfgcheck import Game, point

def game(word="<img src=x onerror=alert(1)>"):
    bad = "<script>alert(1)</script>"
    return Game(states=["a & b", bad, "</style>"], actions=[bad, "top"],
                reward=lambda s, a, z: (s == bad) * (a == bad) + z[bad],
                transition=lambda s, a, z: point(s), discount="1/2", tremble="1/10",
                name=bad + "]]>", source="<b>nowhere</b>")
"""

PLANE = """
from mfgcheck import Game, point, product
from sympy import Rational as R

def game():
    def transition(s, a, z):
        up = R(1, 4) + z.tail((1, 1)) / 4
        return [(up, point((min(s[0] + 1, 2), min(s[1] + a, 1)))), (1 - up, point((0, 0)))]
    return Game(states=product(3, 2), actions=2, reward=lambda s, a, z: s[0] * a - s[0] * s[1],
                transition=transition, discount="1/2", tremble="1/10")
"""


def page(file: Path) -> ElementTree.Element:
    text = file.read_text(encoding="utf-8")
    assert len(text) < 1_000_000
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert element.tag not in ("script", "link", "iframe", "object", "embed")
        assert "src" not in element.attrib
        assert element.get("href", "#").startswith("#")
        if element.tag == "svg":
            assert element.get("aria-label") or element.get("aria-hidden") == "true"
    assert f"mfgcheck {__version__}" in words(root)
    return root


def words(root: ElementTree.Element) -> str:
    return " ".join("".join(root.itertext()).split())


def headings(root: ElementTree.Element) -> list[str]:
    return ["".join(e.itertext()) for e in root.iter() if e.tag in ("h1", "h2", "h3")]


def drawings(root: ElementTree.Element) -> list[str]:
    return [e.get("aria-label", "") for e in root.iter("svg") if not e.get("aria-hidden")]


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert said.err.count("\n") == 1
    return said.err


REFUTED = [
    name
    for name in gallery.names()
    if any(
        verdict == "REFUTED" and not clause.startswith("assumption")
        for clause, verdict in gallery.expected(name).items()
    )
]


@pytest.mark.parametrize("name", REFUTED)
def test_every_counterexample_is_drawn_with_its_exact_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = tmp_path / "report.html"
    assert main(["check", name, "--quiet", "--html", str(file)]) == 1
    assert capsys.readouterr() == ("", "")
    root = page(file)
    said = words(root)
    count = 0
    for verdict in check(gallery.make(name)).clauses.values():
        if verdict.witness is not None:
            count += 1
            assert " ".join(verdict.witness.text.split()) in said
            assert exact_text(verdict.witness.value) in said
            assert any(verdict.clause in heading for heading in headings(root))
    assert count
    assert sum("mean field" in label.split(":")[0] for label in drawings(root)) == count


def test_a_game_that_is_proved_shows_room_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.html"
    assert main(["check", "capped-health", "--html", str(file)]) == 0
    assert "MFG-SC PROVED" in capsys.readouterr().out  # the report as ever
    root = page(file)
    assert "Counterexamples" not in headings(root)
    assert "observed and proves nothing" in words(root)
    below = [td.text or "" for td in root.iter("td") if td.get("data-label") == "cells below 0"]
    assert len(below) == 9
    assert all(text.startswith("0 of") for text in below)


def test_a_stranger_learns_what_the_words_mean_and_what_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.html"
    assert main(["check", "infection-spread", "--set", "c_f=1/20", "--html", str(file)]) == 1
    said = words(page(file))
    assert "It holds for every mean field." in said
    assert "Neither a proof nor a counterexample was found." in said
    assert "c_f = 1/20" in said
    assert gallery.make("infection-spread").digest not in said  # another game
    assert "9/10 - 9*exp(-mean/20)/200" in said


def test_a_product_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plane.py").write_text(PLANE)
    file = tmp_path / "report.html"
    game = str(tmp_path / "plane.py")
    assert main(["check", game, "--quiet", "--html", str(file)]) == 1
    assert any(label.startswith("Signed sum of the laws") for label in drawings(page(file)))


def test_levels_and_all_sizes_are_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.html"
    arguments = ["check", "coordination", "--levels", "--all-sizes", "--html", str(file)]
    assert main([*arguments, "--quiet"]) == 0
    root = page(file)
    for heading in ("Beyond the definition", "The equilibria"):
        assert heading in headings(root)
    assert "exactly 4 T-MFE: proved" in words(root)
    assert any("sizes" in heading for heading in headings(root))


def test_the_order_that_breaks_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.html"
    assert main(["check", "sis", "--levels", "--quiet", "--html", str(file)]) == 1
    root = page(file)
    assert "Why the order is not preserved" in headings(root)
    assert any(label.startswith("Tails of the next laws") for label in drawings(root))


@pytest.mark.parametrize("clauses", [["kernel.supermodular"], ["reward.monotone_s"]])
def test_a_selection_of_clauses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], clauses: list[str]
) -> None:
    file = tmp_path / "report.html"
    chosen = [part for clause in clauses for part in ("--clause", clause)]
    main(["check", "infection-spread", *chosen, "--quiet", "--html", str(file)])
    assert f"({len(clauses)} of 9 clauses)" in headings(page(file))[0]


@pytest.mark.parametrize(
    ("command", "heading", "drawing"),
    [
        ("solve", "T-BR converged from both ends", "Mean state along the way"),
        ("equilibria", "exactly 2 T-MFE: proved", "The map whose fixed points are the T-MFE"),
        ("budget", "how many samples to learn its equilibrium", "audit-c: budget of"),
    ],
)
def test_the_other_commands(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    heading: str,
    drawing: str,
) -> None:
    file = tmp_path / "report.html"
    main([command, "audit-c", "--json", "--html", str(file)])
    said = capsys.readouterr()
    assert json.loads(said.out)["game"]["name"] == "audit-c"
    assert said.err == ""
    root = page(file)
    assert heading in headings(root)[0]
    assert "The game as it was read" in headings(root)
    assert command == "budget" or any(label.startswith(drawing) for label in drawings(root))


@pytest.mark.parametrize("command", COMMANDS)
def test_hostile_names_are_only_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (tmp_path / "hostile.py").write_text(HOSTILE)
    file = tmp_path / "report.html"
    main([command, str(tmp_path / "hostile.py"), "--quiet", "--html", str(file)])
    root = page(file)
    said = words(root)
    assert "<script>alert(1)</script>" in said
    assert "<img src=x onerror=alert(1)>" in said
    assert "<b>nowhere</b>" in said
    assert not any(element.tag in ("img", "b") for element in root.iter())


# ---- files


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("page.txt", "must end in .html, .htm"),
        ("page.svg", "must end in .html, .htm"),
        ("no/such/page.html", "there is no directory no/such"),
        ("folder.html", "is a directory"),
        ("locked.html", "read-only"),
    ],
)
def test_a_bad_path_is_refused_before_the_work(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    name: str,
    part: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.html").mkdir()
    Path("locked.html").write_text("before")
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "locked.html")
    # A game that does not exist: it would be complained of if it had been looked for.
    said = refused(capsys, command, "no-such-game", "--html", name)
    assert part in said
    assert Path("locked.html").read_text() == "before"


def test_a_second_run_replaces_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.html"
    main(["check", "audit-a", "--quiet", "--html", str(file)])
    first = file.read_text(encoding="utf-8")
    main(["check", "audit-c", "--quiet", "--html", str(file)])
    assert "audit-a" in first
    assert "audit-a:" not in words(page(file))
    assert os.listdir(tmp_path) == ["report.html"]


def interrupting(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    from mfgcheck.report.progress import Progress

    calls = 0

    def stop(self: object, done: int, total: int, label: str) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "update", stop)


def test_what_was_decided_before_an_interrupt_is_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupting(monkeypatch, 3)
    file = tmp_path / "report.html"
    assert main(["check", "infection-spread", "--quiet", "--html", str(file)]) == 130
    said = words(page(file))
    assert "2 PROVED" in said
    assert "UNDECIDED" in said
    assert os.listdir(tmp_path) == ["report.html"]


def half(stop: BaseException) -> Callable[[Path, bytes], int]:
    def write(self: Path, data: bytes) -> int:
        with self.open("wb") as stream:
            stream.write(data[: len(data) // 2])
        raise stop

    return write


@pytest.mark.parametrize(
    ("stop", "status"), [(KeyboardInterrupt(), 130), (OSError(28, os.strerror(28)), 64)]
)
def test_an_interrupt_or_a_full_disk_leaves_no_half_file(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    stop: BaseException,
    status: int,
) -> None:
    file = tmp_path / "report.html"
    file.write_text("before")
    monkeypatch.setattr(Path, "write_bytes", half(stop))
    assert main(["check", "audit-a", "--json", "--html", str(file)]) == status
    assert json.loads(capsys.readouterr().out)["status"] == "PROVED"  # the report is not lost
    assert file.read_text() == "before"
    assert os.listdir(tmp_path) == ["report.html"]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_report_is_not_lost_where_the_page_cannot_be_drawn(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    def fail(*anything: object) -> None:
        raise OverflowError("too large")

    monkeypatch.setattr("mfgcheck.report.page.to_page", fail)
    file = tmp_path / "report.html"
    assert main([command, "audit-c", "--json", "--html", str(file)]) == 70
    said = capsys.readouterr()
    assert json.loads(said.out)["game"]["name"] == "audit-c"
    assert "OverflowError" in said.err
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_is_not_lost_where_the_report_cannot_be_printed(
    tmp_path: Path, command: str
) -> None:
    file = tmp_path / "report.html"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mfgcheck", command, "audit-c", "--html", str(file)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 64
    assert "the output cannot be written" in done.stderr
    assert "audit-c" in words(page(file))


def test_without_matplotlib_there_are_drawings_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import builtins

    real: Any = builtins.__import__

    def without(name: str, *more: Any, **others: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ModuleNotFoundError(name)
        return real(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    file = tmp_path / "report.html"
    assert main(["solve", "infection-spread", "--quiet", "--html", str(file)]) == 0
    assert len(drawings(page(file))) >= 5
