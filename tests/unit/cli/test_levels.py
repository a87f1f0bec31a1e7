"""`mfgcheck check --levels`: more in the report, the same exit status."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from mfgcheck.cli import main
from mfgcheck.equilibrium import levels
from mfgcheck.report import schema


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema()).validate(result)
    return result


@pytest.mark.parametrize(("game", "status"), [("audit-c", 0), ("infection-spread", 1)])
def test_levels_do_not_change_the_status(
    capsys: pytest.CaptureFixture[str], game: str, status: int
) -> None:
    assert main(["check", game, "--levels", "--json"]) == status
    result = found(capsys)
    assert result["levels"]["definition"] == result["status"]
    assert result["levels"]["equilibria"]["complete"]
    assert result["levels"]["observed"]["converged"]


def test_without_the_option_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "audit-c", "--json"]) == 0
    assert "levels" not in found(capsys)


def test_text_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "audit-c", "--levels"]) == 0
    said = capsys.readouterr().out
    assert said.index("Definition 1, for all mean fields") < said.index("Beyond the definition")
    assert "exactly 2 T-MFE: proved" in said


def test_what_cannot_be_computed_is_told_and_spoils_nothing(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "game.py"
    file.write_text(
        "from mfgcheck import Game, point\n"
        "game = Game(states=2, actions=2, reward=lambda s, a, z: s, discount='1/2',\n"
        "            tremble='3/4', transition=lambda s, a, z: point(s))\n"
    )
    assert main(["check", str(file), "--levels", "--json"]) == 0
    result = found(capsys)
    assert "tremble 3/4" in result["levels"]["equilibria"]["reason"]
    assert "tremble 3/4" in result["levels"]["observed"]["reason"]


@pytest.mark.parametrize(
    ("level", "at"),
    [
        ("order_preserving", lambda found: found["order_preserving"]["reason"]),
        ("equilibria", lambda found: found["equilibria"]["reason"]),
        ("solve", lambda found: found["observed"]["reason"]),
        ("unique_by_order", lambda found: found["unique_by_order"]["reason"]),
        ("free_response", lambda found: found["findings"][0]["reason"]),
        ("lasry_lions", lambda found: found["findings"][-1]["reason"]),
    ],
)
def test_a_level_without_memory_costs_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level: str, at: Any
) -> None:
    def full(*args: object, **options: object) -> None:
        raise MemoryError

    monkeypatch.setattr(levels, level, full)
    assert main(["check", "infection-spread", "--set", "states=4", "--levels", "--json"]) == 1
    result = found(capsys)
    assert result["status"] == "REFUTED"
    assert at(result["levels"]) == "it needs more memory than there is"
    assert main(["check", "infection-spread", "--set", "states=4", "--levels"]) == 1
    assert "memory" in capsys.readouterr().out


def test_an_interrupted_level_leaves_the_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(levels, "equilibria", stop)
    assert main(["check", "audit-c", "--levels", "--json"]) == 130
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert result["status"] == "PROVED"
    assert "levels" not in result
    assert "interrupted" in said.err
