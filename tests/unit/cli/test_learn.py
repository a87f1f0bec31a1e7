"""`mfgcheck learn`: options, exit statuses, its JSON and its figures."""

from __future__ import annotations

import json
import subprocess
import sys
from inspect import signature
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pytest

from mfgcheck.cli import main
from mfgcheck.cli.parser import make_parser
from mfgcheck.learning.learn import ALGORITHMS
from mfgcheck.learning.model_free import Fixed
from mfgcheck.learning.rates import DECAYING
from mfgcheck.report import schema

QUICK = ("audit-c", "--iterations", "20")


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema("learned")).validate(result)
    return result


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["learn", *arguments]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert said.err.count("\n") == 1
    return said.err


def test_help_tells_the_defaults() -> None:
    options = make_parser().parse_args(["learn", "audit-c"])
    assert options.algorithm == "o-tmfq"
    assert signature(ALGORITHMS["o-tmfq"]).parameters["agents"].default == 1000
    assert signature(ALGORITHMS["mfq"]).parameters["seen"].default == 512
    assert signature(ALGORITHMS["gmbl"]).parameters["samples"].default == 500
    assert (Fixed().updates, Fixed().draws) == (1000, 1000)
    assert str(DECAYING) == "0.01 to 0.001"


@pytest.mark.parametrize(
    ("algorithm", "options"),
    [
        ("tmfq", ("--rule", "50,60")),
        ("gmbl", ("--samples", "7")),
        ("o-tmfq", ("--agents", "30")),
        ("iql", ("--agents", "30")),
        ("mfq", ("--agents", "30", "--seen", "5")),
    ],
)
def test_every_learner_runs(
    algorithm: str, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learn", *QUICK, "--algorithm", algorithm, *options, "--json"]) == 0
    result = found(capsys)
    assert result["algorithm"] == algorithm
    assert len(result["means"]) == 21
    assert np.isclose(sum(result["mean_field"]), 1)
    calls = {"tmfq": 20 * 110, "gmbl": 20 * 7 * 4}.get(algorithm, 20 * 30)
    assert result["samples"] == calls


def test_the_seed_decides(capsys: pytest.CaptureFixture[str]) -> None:
    results = []
    for seed in ("0", "0", "1"):
        assert main(["learn", *QUICK, "--agents", "50", "--seed", seed, "--json"]) == 0
        results.append(found(capsys)["means"])
    assert results[0] == results[1] != results[2]


def test_the_reference_is_the_nearest_equilibrium(capsys: pytest.CaptureFixture[str]) -> None:
    # audit-c has the T-MFE z(1) = 1/3 and 2/3.
    assert main(["learn", *QUICK, "--algorithm", "gmbl", "--samples", "2000", "--json"]) == 0
    said = capsys.readouterr()
    assert "nearest" in said.err
    result = json.loads(said.out)
    m = result["mean_field"][1]
    expected = 2 * min(abs(m - 1 / 3), abs(m - 2 / 3))
    assert abs(result["distances"][-1] - expected) < 1e-6
    assert main(["learn", *QUICK, "--no-reference", "--json"]) == 0
    assert found(capsys)["distances"] is None


def test_figures(tmp_path: Path) -> None:
    file = tmp_path / "run.svg"
    assert main(["learn", *QUICK, "--quiet", "--plot", str(file)]) == 0
    assert ElementTree.parse(file).getroot().tag.endswith("svg")


def test_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert "positive whole number" in refused(capsys, "audit-c", "--iterations", "0")
    assert "positive whole number" in refused(capsys, "audit-c", "--agents", "-3")
    assert "(0, 1]" in refused(capsys, "audit-c", "--rate", "1.5")
    assert "--rate" in refused(capsys, "audit-c", "--rate", "fast")
    assert "(0, 1]" in refused(capsys, "audit-c", "--rate", "nan")
    assert "--rule" in refused(capsys, "audit-c", "--algorithm", "tmfq", "--rule", "soon")
    assert "no option agents" in refused(capsys, "audit-c", "--algorithm", "gmbl", "--agents", "10")
    assert "seen is 512" in refused(capsys, *QUICK, "--algorithm", "mfq", "--agents", "10")
    assert "fewer agents" in refused(capsys, "mturk", "--algorithm", "mfq", "--agents", "100000")
    assert "fewer iterations" in refused(capsys, "mturk", "--iterations", "999999999")
    assert "invalid choice" in refused(capsys, "audit-c", "--algorithm", "sarsa")


def test_an_interrupt_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    # While a loop is compiled an interrupt may be lost, so it comes again, as from a user.
    code = (
        "import threading, _thread, sys, time\n"
        "from mfgcheck.cli import main\n"
        "import mfgcheck.learning.learn\n"
        "def press():\n"
        "    for seconds in (2.5, 10, 20):\n"
        "        time.sleep(seconds)\n"
        "        _thread.interrupt_main()\n"
        "threading.Thread(target=press, daemon=True).start()\n"
        "sys.exit(main(['learn', 'infection-spread', '--iterations', '2000000']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stderr == "mfgcheck: interrupted\n"
