"""`mfgcheck reproduce`: options, exit statuses, its JSON, its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mfgcheck.cli import main
from mfgcheck.cli.parser import make_parser
from mfgcheck.paper.experiments import runner, setting
from mfgcheck.report import plot, schema
from tests.unit.paper.experiments.tiny import TINY


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(setting.SCALES, "quick", TINY)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["reproduce", *arguments]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert said.err.count("\n") == 1
    return said.err


def test_json_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "new" / "out")
    assert main(["reproduce", "fig9", "--out", out, "--runs", "3", "--json"]) == 0
    said = capsys.readouterr()
    result: dict[str, Any] = json.loads(said.out)
    jsonschema.Draft202012Validator(schema("experiments")).validate(result)
    assert (result["runs"], result["scale"]["name"]) == (3, "tiny")
    assert [one["figure"] for one in result["sentences"]] == ["fig9"]
    assert "comparison.md" in said.err
    assert (tmp_path / "new" / "out" / "figures" / "fig9-dark.svg").is_file()
    # The same command, from the stored runs.
    assert main(["reproduce", "fig9", "--out", out, "--runs", "3", "--json", "--quiet"]) == 0
    said = capsys.readouterr()
    again = json.loads(said.out)
    assert again["sentences"] == result["sentences"]
    assert said.err == ""


def test_text_and_no_figures_without_matplotlib(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plot, "find_spec", lambda name: None)
    assert main(["reproduce", "fig10", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "fig10" in said.out
    assert "matplotlib" in said.err
    assert not (tmp_path / "figures").exists()


def test_interrupted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "wait", stop)
    assert main(["reproduce", "fig9", "--out", str(tmp_path)]) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: interrupted: 0 of 4 runs are kept")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["fig11"], "no figure 'fig11'"),
        ([], "FIGURE"),
        (["fig1", "--runs", "0"], "--runs"),
        (["fig1", "--runs", "99999"], "1000 runs"),
        (["fig1", "--workers", "no"], "--workers"),
        (["fig1", "--seed", "-1"], "--seed"),
        (["fig1", "--scale", "huge"], "--scale"),
    ],
)
def test_wrong_input_is_told_in_one_line(
    arguments: list[str], what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert what in refused(capsys, *arguments, "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    assert "is a file" in refused(capsys, "fig9", "--out", str(file))
    assert "cannot be written" in refused(capsys, "fig9", "--out", str(file / "deeper"))
    assert "cannot be" in refused(capsys, "fig9", "--out", "/proc/none")


def test_runs_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "fig9", "--out", str(tmp_path), "--quiet"]) == 0
    capsys.readouterr()
    said = refused(capsys, "fig9", "--out", str(tmp_path), "--seed", "3")
    assert "seed is 0, not 3" in said


def test_help_tells_the_defaults() -> None:
    options = make_parser().parse_args(["reproduce", "all"])
    assert (options.scale, options.runs, options.out, options.workers) == (
        "quick",
        None,
        None,
        None,
    )
    assert setting.PAPER.runs == 20
