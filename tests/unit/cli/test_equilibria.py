"""`mfgcheck equilibria`: options, exit statuses, its JSON and its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from inspect import signature
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from mfgcheck import equilibria
from mfgcheck.cli import main
from mfgcheck.cli.parser import make_parser
from mfgcheck.report import schema


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema("equilibria")).validate(result)
    return result


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["equilibria", *arguments]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert said.err.count("\n") == 1
    return said.err


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema("equilibria"))


def test_the_options_defaults_are_those_of_the_function() -> None:
    options = make_parser().parse_args(["equilibria", "audit-c"])
    parameters = signature(equilibria).parameters
    assert Fraction(options.radius) == parameters["radius"].default
    for name in ("max_strategies", "max_boxes", "time_limit"):
        assert getattr(options, name) == parameters[name].default


def test_one_equilibrium(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equilibria", "infection-spread", "--json"]) == 0
    result = found(capsys)
    assert (result["complete"], result["count"], result["undecided"]) == (True, 1, [])
    (only,) = result["equilibria"]
    low, high = map(Fraction, only["aggregates"]["mean"])
    assert 0 < high - low < Fraction(1, 10**8)
    assert low < Fraction("20.2061214532") < high + Fraction(1, 10**9)
    assert only["strategy"] == [4] * 21 + [3, 2, 1, 0]
    assert only["robust"] is True
    assert len(only["mean_field"]) == 25
    assert sum(Fraction(mass[0]) for mass in only["mean_field"]) <= 1
    assert sum(Fraction(mass[1]) for mass in only["mean_field"]) >= 1


def test_exact_numbers_stay_exact(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equilibria", "audit-c", "--json"]) == 0
    first, second = found(capsys)["equilibria"]
    assert first["aggregates"]["z[1]"] == ["1/3", "1/3"]
    assert (first["gap"], first["robust"]) == (["0", "0"], False)
    low, high = map(Fraction, second["aggregates"]["z[1]"])
    assert low <= Fraction(2, 3) <= high


def test_text_for_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["equilibria", "infection-spread"]) == 0
    said = capsys.readouterr()
    for part in (
        "exactly 1 T-MFE: proved",
        "20.20612145",
        "0..20",
        "decreases in the state: 4 in state 20, 3 in state 21",
    ):
        assert part in " ".join(said.out.split())
    assert said.err == ""


LOGISTIC = ["infection-spread", "--set", "susceptibility=logistic", "--set", "c_f=1"]


def test_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equilibria", *LOGISTIC]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "no T-MFE: proved" in said
    assert "T-BR cannot converge to a T-MFE" in said
    assert main(["equilibria", *LOGISTIC, "--json"]) == 0
    assert found(capsys)["count"] == 0


def test_incomplete_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equilibria", *LOGISTIC, "--max-boxes", "1", "--json"]) == 2
    result = found(capsys)
    assert (result["complete"], result["count"]) == (False, None)
    assert result["undecided"]
    assert main(["equilibria", *LOGISTIC, "--max-boxes", "1"]) == 2
    assert "--max-boxes" in capsys.readouterr().out


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equilibria", "audit-c", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--radius", "0"], "--radius is 0: it must lie between 1e-30 and 1"),
        (["--radius", "2"], "--radius is 2: it must lie between 1e-30 and 1"),
        (["--radius", "inf"], "--radius is 'inf'"),
        (["--radius", "1e-900"], "--radius is 1e-900: it must lie"),
        (["--max-strategies", "0"], "'0' is not a positive whole number"),
        (["--max-boxes=-5"], "'-5' is not a positive whole number"),
        (["--time-limit", "0"], "is not a positive number of seconds"),
        (["--plot", "plot.txt"], "must end in .svg"),
    ],
)
def test_wrong_options(capsys: pytest.CaptureFixture[str], arguments: list[str], part: str) -> None:
    assert part in refused(capsys, "audit-c", *arguments)


def test_a_tremble_that_is_too_large_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "game.py"
    file.write_text(
        "from mfgcheck import Game, point\n"
        "game = Game(states=2, actions=2, reward=lambda s, a, z: a, discount='1/2',\n"
        "            tremble='3/4', transition=lambda s, a, z: point(a))\n"
    )
    assert "tremble 3/4" in refused(capsys, str(file))


def test_the_map_is_drawn_with_its_fixed_points(tmp_path: Path) -> None:
    file = tmp_path / "plot.svg"
    file.write_text("before")
    assert main(["equilibria", "audit-c", "--quiet", "--plot", str(file)]) == 0
    root = ElementTree.parse(file).getroot()
    ids = [str(e.get("id", "")) for e in root.iter()]
    # The map, the laws, the laws summed up, the strategies.
    assert sum(name.startswith("figure-") for name in ids) == 4
    assert sum(name.startswith("mark-1-") for name in ids) == 1
    label = root.get("aria-label") or ""
    assert "T-MFE (0.333333 to 0.666667)" in label
    assert "computed in floating point, for orientation" in label
    assert os.listdir(tmp_path) == ["plot.svg"]
    assert str(tmp_path) not in file.read_text()


def test_nothing_to_draw_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plot.svg"
    arguments = ["equilibria", "audit-a", "--max-boxes", "1", "--quiet", "--plot", str(file)]
    assert main(arguments) == 2
    assert "there is nothing to draw" in capsys.readouterr().err
    assert not file.exists()


def test_interrupted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from mfgcheck.report.progress import Progress

    def stop(self: object, done: int, total: int, label: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "update", stop)
    status = main(["equilibria", *LOGISTIC, "--json"])
    assert status == 130
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert result["interrupted"]
    assert result["count"] is None
    assert "interrupted" in said.err


@pytest.mark.parametrize("command", ["equilibria", "solve"])
def test_a_reader_that_goes_away_is_no_error(command: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mfgcheck", command, "audit-c", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=120) == 0
    process.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["equilibria", "solve"])
def test_full_disk_is_one_message(command: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mfgcheck", command, "audit-c"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 64
    assert done.stderr == "mfgcheck: the output cannot be written: No space left on device\n"
