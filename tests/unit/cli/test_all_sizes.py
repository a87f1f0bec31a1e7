"""`mfgcheck check --all-sizes`: more in the report, the same exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mfgcheck.cli import main
from mfgcheck.report import schema


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema()).validate(result)
    return result


@pytest.mark.parametrize(("game", "status"), [("capped-health", 0), ("sis", 1)])
def test_the_status_is_that_of_the_game_given(
    capsys: pytest.CaptureFixture[str], game: str, status: int
) -> None:
    states = ["--set", "states=6"] if game == "capped-health" else []
    assert main(["check", game, *states, "--all-sizes", "--json"]) == status
    result = found(capsys)["all_sizes"]
    assert result["status"] == ("PROVED" if status == 0 else "UNDECIDED")


def test_a_clause_that_holds_here_may_fail_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--set", "states=4", "--set", "actions=2", "--clause", "kernel.supermodular"]
    assert main(["check", "mturk", *arguments, "--all-sizes", "--json"]) == 0
    result = found(capsys)
    assert result["status"] == "PROVED"
    assert set(result["all_sizes"]["clauses"]) == {"kernel.supermodular"}
    verdict = result["all_sizes"]["clauses"]["kernel.supermodular"]
    assert verdict["status"] == "REFUTED"
    assert verdict["fails_from"] == [[2, 5], [3, 4], [4, 3], [5, 2]]


def test_without_the_option_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "audit-e", "--json"]) == 0
    assert "all_sizes" not in found(capsys)


def test_text_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "infection-spread", "--set", "states=5", "--all-sizes"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert said.index("Definition 1, for all mean fields") < said.index("At all sizes")
    assert "This family was read" in said
    assert "delta1*(1 - exp(-s/20))" in said
    assert "fails at every |S| >= 2, |A| >= 2" in said
    assert "every delta1, delta2, delta3 > 0" in said


def test_a_file_with_a_neighbour_and_no_parameters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pay.py").write_text("def pay(s, a):\n    return s - a\n")
    file = tmp_path / "game.py"
    file.write_text(
        "from mfgcheck import Game, point\nfrom pay import pay\n"
        "def step(c=0.5):\n"
        "    print('noise')\n"
        "    return Game(states=3, actions=2, reward=lambda s, a, z: c * pay(s, a),\n"
        "                transition=lambda s, a, z: point(s + a).clip(0, 2),\n"
        "                discount='1/2', tremble='1/5')\n"
    )
    assert main(["check", str(file), "--all-sizes", "--json"]) == 1
    result = found(capsys)["all_sizes"]
    assert result["clauses"]["reward.monotone_s"]["scope"] == "every c > 0"
    assert result["clauses"]["kernel.supermodular"]["fails_from"] == [[2, 2]]


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import mfgcheck.verify.all_sizes.decide as module

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "all_sizes", stop)
    assert main(["check", "audit-e", "--all-sizes", "--json"]) == 130
    captured = capsys.readouterr()
    assert json.loads(captured.out)["status"] == "PROVED"
    assert "interrupted" in captured.err
