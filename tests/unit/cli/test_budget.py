"""`mfgcheck budget`: options, exit statuses, its JSON and its figures."""

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

from mfgcheck import budget
from mfgcheck.cli import main
from mfgcheck.cli.parser import make_parser
from mfgcheck.report import schema

STAYS = """
from mfgcheck import Game, point

game = Game(states=2, actions=2, reward=lambda s, a, z: s, discount="1/2", tremble="1/4",
            transition=lambda s, a, z: point(s))
"""
"""Nobody moves, so that every law is a T-MFE and none stands alone."""


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema("budget")).validate(result)
    return result


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["budget", *arguments]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert said.err.count("\n") == 1
    return said.err


@pytest.fixture
def stays(tmp_path: Path) -> str:
    file = tmp_path / "stays.py"
    file.write_text(STAYS)
    return str(file)


def test_the_options_defaults_are_those_of_the_function() -> None:
    options = make_parser().parse_args(["budget", "audit-c"])
    parameters = signature(budget).parameters
    for name in ("accuracy", "failure", "samples", "time_limit"):
        assert getattr(options, name) == parameters[name].default
    assert options.theorem == "all"


def test_a_budget_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "audit-f", "--json"]) == 0
    result = found(capsys)
    assert result["k0"] == 1
    assert set(result["gap_based"]) == {"tmfq", "o-tmfq", "gmbl"}
    assert all(one["calls"] > 0 for one in result["gap_based"].values())
    assert result["bought"] is None
    assert result["calls_per_second"] > 1000


def test_none_is_2(stays: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", stays, "--json"]) == 2
    result = found(capsys)
    assert "there is no T-MFE to aim at" in result["target"]["reason"]
    assert result["calls_per_second"] is None
    assert main(["budget", stays]) == 2
    assert "There is no number to use" in capsys.readouterr().out


def test_text_for_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    assert main(["budget", "coordination"]) == 0
    said = capsys.readouterr()
    whole = " ".join(said.out.split())
    places = [
        whole.index(part)
        for part in (
            "coordination: how many samples",
            "Wanted: after k0 steps",
            "Constants of the game",
            "The paper's theorems do not apply where",
            "as printed corrected gap-based, certified",
            "Use the gap-based number:",
            "million calls a second (measured just now",
            "Another equilibrium, without gaps",
        )
    ]
    assert places == sorted(places)
    assert said.err == ""


def test_accuracy_and_failure(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["budget", "audit-f", "--theorem", "6", "--json"]
    assert main(arguments) == 0
    usual = found(capsys)
    assert main([*arguments, "--accuracy", "1e-2", "--failure", "0.001"]) == 0
    more = found(capsys)
    assert (more["accuracy"], more["failure"]) == ("1/100", "1/1000")
    assert more["gap_based"]["gmbl"]["calls"] > 10 * usual["gap_based"]["gmbl"]["calls"]


@pytest.mark.parametrize(
    ("theorem", "scheme", "names"),
    [("4", "tmfq", {"4", "Corollary 1"}), ("5", "o-tmfq", {"5"}), ("6", "gmbl", {"6"})],
)
def test_one_theorem(
    theorem: str, scheme: str, names: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["budget", "audit-f", "--theorem", theorem, "--json"]) == 0
    result = found(capsys)
    assert set(result["gap_based"]) == {scheme}
    assert set(result["printed"]) == set(result["corrected"]) == names


def test_samples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "audit-f", "--samples", "5000", "--json"]) == 0
    bought = found(capsys)["bought"]
    assert bought["samples"] == 5000
    assert bought["budget"]["calls"] <= 5000
    assert 0 < Fraction(bought["accuracy"]) < Fraction(1, 10)
    assert main(["budget", "audit-f", "--samples", "5"]) == 0  # there is a budget all the same
    assert "What 5 calls buy: no accuracy" in " ".join(capsys.readouterr().out.split())


def test_billions_of_samples(capsys: pytest.CaptureFixture[str]) -> None:
    many = "20000000000000"
    assert main(["budget", "audit-f", "--theorem", "6", "--samples", many, "--json"]) == 0
    bought = found(capsys)["bought"]
    assert (bought["samples"], bought["accuracy"]) == (int(many), "1/1000")


def test_assumptions(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["budget", "coordination", "--theorem", "6", "--json"]
    assert main(arguments) == 0
    assert found(capsys)["printed"]["6"]["reading"] == "in the limit 0"
    assert main([*arguments, "--assume", "C3=1", "--assume", "c_T6=1"]) == 0
    result = found(capsys)
    assert result["assumed"] == {"C3": "1", "c_T6": "1"}
    printed = result["printed"]["6"]
    assert (printed["reading"], printed["constant"]) == ("as assumed", "1")
    assert printed["total"] == printed["amount"]
    assert not printed["applies"]


def test_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "audit-g", "--set", "eta=1/5", "--theorem", "6", "--json"]) == 0
    result = found(capsys)
    (c2,) = (one for one in result["constants"] if one["name"] == "C2")
    assert c2["upper"] == "0.2"


def test_quiet(capsys: pytest.CaptureFixture[str], stays: str) -> None:
    assert main(["budget", "audit-f", "--quiet"]) == 0
    assert main(["budget", stays, "--quiet"]) == 2
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--accuracy", "0"], "accuracy is 0: it must be above 0 and below 1"),
        (["--accuracy=-1/10"], "accuracy is -1/10: it must be above 0 and below 1"),
        (["--accuracy", "1"], "accuracy is 1: it must be above 0 and below 1"),
        (["--accuracy", "2"], "accuracy is 2: it must be"),
        (["--accuracy", "nan"], "accuracy is 'nan'"),
        (["--accuracy", "abc"], "accuracy is 'abc'"),
        (["--accuracy", "1e-999999999"], "accuracy is"),
        (["--failure", "0"], "failure is 0: it must be above 0 and below 1"),
        (["--failure", "1"], "failure is 1: it must be"),
        (["--failure", "inf"], "failure is 'inf'"),
        (["--theorem", "7"], "invalid choice: '7'"),
        (["--samples", "0"], "'0' is not a positive whole number"),
        (["--samples=-3"], "'-3' is not a positive whole number"),
        (["--samples", "1e3"], "'1e3' is not a positive whole number"),
        (["--samples", "9" * 5000], "is not a positive whole number"),
        (["--assume", "C3"], "--assume C3: write it as --assume NAME=VALUE"),
        (["--assume", "C3="], "--assume C3=: write it as"),
        (["--assume", "C9=1"], "nothing called C9 can be assumed"),
        (["--assume", "C3=0"], "C3 is 0: it must be above 0"),
        (["--assume", "C3=x"], "C3 is 'x'"),
        (["--assume", "w=2"], "w is 2: it must be above 1/2 and below 1"),
        (["--assume", "L=0.5"], "L is 1/2: it must be at least 1"),
        (["--assume", "C3=1", "--assume", "C3=2"], "--assume C3 is given twice: 1 and 2"),
        (["--time-limit", "0"], "is not a positive number of seconds"),
        (["--plot", "plot.txt"], "must end in .svg"),
        (["--plot", "no/such/plot.svg"], "there is no directory no/such"),
        (["--set", "n=3"], "no parameter"),
    ],
)
def test_wrong_options(capsys: pytest.CaptureFixture[str], arguments: list[str], part: str) -> None:
    assert part in refused(capsys, "audit-c", *arguments)


def test_a_tremble_that_is_too_large_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "game.py"
    file.write_text(STAYS.replace("1/4", "3/4"))
    assert "tremble 3/4" in refused(capsys, str(file))


def test_plot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plot.svg"
    file.write_text("before")
    assert main(["budget", "audit-f", "--quiet", "--plot", str(file)]) == 0
    assert capsys.readouterr() == ("", "")
    root = ElementTree.parse(file).getroot()
    ids = [str(e.get("id", "")) for e in root.iter()]
    assert sum(name.startswith("figure-") for name in ids) == 3  # a learner each
    label = root.get("aria-label") or ""
    for part in (
        "audit-f: budget of TMFQ (Theorem 4)",
        "budget of O-TMFQ (Theorem 5)",
        "budget of GMBL (Theorem 6)",
        "gap-based, certified",
        "as printed, over its constant",
        "corrected",
    ):
        assert part in label
    assert os.listdir(tmp_path) == ["plot.svg"]


def test_nothing_to_draw_is_said(
    stays: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plot.svg"
    assert main(["budget", stays, "--quiet", "--plot", str(file)]) == 2
    assert "there is nothing to draw" in capsys.readouterr().err
    assert not file.exists()


@pytest.mark.parametrize("at", [1, 4, 6])
def test_interrupted(
    at: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mfgcheck.report.progress import Progress

    def stop(self: object, done: int, total: int, label: str) -> None:
        if done == at:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "update", stop)
    assert main(["budget", "audit-f", "--json", "--samples", "5000"]) == 130
    said = capsys.readouterr()
    assert "interrupted" in said.err
    if at < 3:  # nothing is there yet
        assert said.out == ""
        return
    result = json.loads(said.out)
    jsonschema.Draft202012Validator(schema("budget")).validate(result)
    assert result["interrupted"]
    assert "calls" in result["gap_based"]["tmfq"]
    assert (result["gap_based"]["gmbl"] == {"reason": "interrupted before"}) == (at < 6)
    assert result["bought"] is None


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mfgcheck", "budget", "fair-coin", "--json"],
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
def test_full_disk_is_one_message() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mfgcheck", "budget", "fair-coin"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 64
    assert done.stderr == "mfgcheck: the output cannot be written: No space left on device\n"
