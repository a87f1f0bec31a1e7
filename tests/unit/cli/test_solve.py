"""`mfgcheck solve`: options, exit statuses, files it reads and writes, and its JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from mfgcheck.cli import main
from mfgcheck.report import schema

SWAP = """
from mfgcheck import Game

def game():
    # The next law is the mirror image of the last one: from an end T-BR goes to and fro.
    def transition(s, a, z):
        return {0: z[1], 1: z[0]}

    return Game(states=2, actions=2, reward=lambda s, a, z: a, transition=transition,
                discount="1/2", tremble="1/4")
"""


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema("solution")).validate(result)
    return result


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["solve", *arguments]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert said.err.count("\n") == 1
    return said.err


def axes(file: Path) -> int:
    root = ElementTree.parse(file).getroot()
    return sum(str(e.get("id", "")).startswith("figure-") for e in root.iter())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema("solution"))


def test_both_ends_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "audit-c", "--json"]) == 0
    result = found(capsys)
    assert [run["start"] for run in result["runs"]] == ["least", "greatest"]
    assert result["converged"]
    lower, upper = (run["aggregates"]["z[1]"] for run in result["runs"])
    assert lower == pytest.approx(1 / 3, abs=1e-6)
    assert upper == pytest.approx(2 / 3, abs=1e-6)


@pytest.mark.parametrize("end", ["least", "greatest"])
def test_one_end(capsys: pytest.CaptureFixture[str], end: str) -> None:
    assert main(["solve", "audit-c", "--from", end, "--json"]) == 0
    result = found(capsys)
    assert [run["start"] for run in result["runs"]] == [end]
    assert result["sandwich"] is None


def test_text_for_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["solve", "infection-spread"]) == 0
    said = capsys.readouterr()
    assert "20.206121" in said.out
    assert "4 in states 0..20, 3 in 21, 2 in 22, 1 in 23, 0 in 24" in " ".join(said.out.split())
    assert said.err == ""


def test_a_cycle_is_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "swap.py"
    file.write_text(SWAP)
    assert main(["solve", str(file), "--json"]) == 1
    result = found(capsys)
    assert {run["outcome"] for run in result["runs"]} == {"cycle"}
    assert {run["period"] for run in result["runs"]} == {2}


def test_the_iteration_limit_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "infection-spread", "--max-steps", "2", "--json"]) == 2
    assert {run["outcome"] for run in found(capsys)["runs"]} == {"iteration limit"}


def test_accuracy_and_algorithm_are_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--accuracy", "1/100", "--algorithm", "modified", "--json"]
    assert main(["solve", "infection-spread", *arguments]) == 0
    runs = found(capsys)["runs"]
    assert {run["accuracy"] for run in runs} == {0.01}
    assert {run["algorithm"] for run in runs} == {"modified"}


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "audit-c", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_start_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "swap.py"
    file.write_text(SWAP)
    start = tmp_path / "z.json"
    start.write_text('{"0": "1/2", "1": 0.5}')
    assert main(["solve", str(file), "--from", str(start), "--json"]) == 0
    (run,) = found(capsys)["runs"]
    assert run["start"] == "given"
    assert run["steps"] == 0
    assert run["mean_field"] == [0.5, 0.5]


def test_a_start_that_was_scaled_is_remarked_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = tmp_path / "z.json"
    start.write_text("[0.333333, 0.666666]")
    assert main(["solve", "audit-c", "--from", str(start), "--json"]) == 0
    said = capsys.readouterr()
    json.loads(said.out)
    assert "were scaled to the sum 1" in said.err


def test_a_wrong_start_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = tmp_path / "z.json"
    start.write_text('{"2": 1}')
    assert "there is no state '2'" in refused(capsys, "audit-c", "--from", str(start))
    assert "No such file" in refused(capsys, "audit-c", "--from", "lest")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--accuracy", "0"], "--accuracy is 0: it must lie between 1e-13 and 2"),
        (["--accuracy", "3"], "--accuracy is 3: it must lie between 1e-13 and 2"),
        (["--accuracy", "1e-20"], "--accuracy is 1e-20: it must lie between 1e-13 and 2"),
        (["--accuracy=-1e-8"], "--accuracy is -1e-8: it must lie between"),
        (["--accuracy", "nan"], "--accuracy is 'nan'"),
        (["--accuracy", "small"], "--accuracy is 'small'"),
        (["--accuracy", "1e-999"], "--accuracy is 1e-999: it must"),
        (["--accuracy", "1e-999999999"], "--accuracy is"),
        (["--max-steps", "0"], "'0' is not a positive whole number"),
        (["--max-steps", "1e3"], "'1e3' is not a positive whole number"),
        (["--max-steps", "9" * 5000], "is not a positive whole number"),
        (["--algorithm", "newton"], "invalid choice: 'newton'"),
        (["--plot", "plot.jpg"], "must end in .svg"),
        (["--plot", "no/such/plot.svg"], "there is no directory no/such"),
    ],
)
def test_wrong_options(capsys: pytest.CaptureFixture[str], arguments: list[str], part: str) -> None:
    assert part in refused(capsys, "audit-c", *arguments)


def test_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plot.svg").write_text("before")
    assert main(["solve", "infection-spread", "--plot", "plot.svg", "--quiet"]) == 0
    # Path, width, mass, mass summed up, strategy, TQ-values.
    assert axes(Path("plot.svg")) == 6
    assert os.listdir() == ["plot.svg"]
    assert capsys.readouterr() == ("", "")


def test_a_plot_without_matplotlib_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfgcheck.report.plot.find_spec", lambda name: None)
    said = refused(capsys, "audit-c", "--plot", str(tmp_path / "plot.svg"))
    assert "pip install 'mfgcheck[plot]'" in said
    assert main(["solve", "audit-c", "--quiet"]) == 0


def test_a_disk_that_fills_up_costs_the_drawing_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert main(["solve", "audit-c", "--json", "--plot", str(tmp_path / "plot.svg")]) == 64
    said = capsys.readouterr()
    assert json.loads(said.out)["converged"]
    assert "No space left on device" in said.err
    assert os.listdir(tmp_path) == []


def test_interrupted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from mfgcheck.report.progress import Progress

    calls = 0

    def stop(self: object, done: int, total: int, label: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "update", stop)
    status = main(["solve", "infection-spread", "--json"])
    assert calls >= 3
    assert status == 130
    said = capsys.readouterr()
    assert json.loads(said.out)["interrupted"]
    assert "interrupted" in said.err


def test_a_game_too_large_to_certify_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "infection-spread", "--set", "states=201"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Nothing is proved of T-BR from other starts" in said
    assert "201 states and 5 actions are too many to be asked here: up to 1000 pairs are" in said
