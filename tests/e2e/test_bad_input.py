"""Everything that can be wrong with what a user gives: one clear message, and exit status 64."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mfgcheck.cli import main

HEAD = """\
from sympy import Max, Piecewise, Rational as R, exp, log, nan, oo, sin, sqrt
from mfgcheck import Game, mixture, point, uniform

def stay(s, a, z):
    return point(s)

def nothing(s, a, z):
    return 0

def _make(reward=nothing, transition=stay, states=3, actions=2, discount="1/2", tremble=0):
    return Game(states=states, actions=actions, reward=reward, transition=transition,
                discount=discount, tremble=tremble)

"""


FIRST = HEAD.count("\n") + 1  # the number of the first line after it


@dataclass(frozen=True)
class Case:
    """A file, the arguments after it, and what the message must say."""

    id: str
    text: str
    says: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    name: str = field(default="game.py")


def row(law: str) -> str:
    """A game whose row at (s=1, a=1) is `law`, and whose other rows stay where they are."""
    return f"game = _make(transition=lambda s, a, z: {law} if (s, a) == (1, 1) else point(s))"


def reward(value: str) -> str:
    return f"game = _make(reward=lambda s, a, z: {value})"


CASES = [
    # -- the file
    Case("syntax error", "def game(:\n    pass\n", (f"game.py:{FIRST}: ", "    def game(:\n", "^")),
    Case("no game in it", "x = 1\n", ("there is no game in", "game.py", "mfgcheck new")),
    Case(
        "two games and no name",
        "def sis(): return Game(**{})\ndef sir(): return Game(**{})\n",
        ("has 2 games", "sis, sir", "game.py:sis"),
    ),
    Case("name not in it", "game = _make()\n", ("nothing called sis",), name="game.py:sis"),
    Case(
        "maker raises",
        "def game():\n    return _make(states=[][0])\n",
        (f"game.py:{FIRST + 1}: IndexError: list index out of range",),
    ),
    Case("file raises", "1 / 0\n", (f"game.py:{FIRST}: ZeroDivisionError: division by zero",)),
    Case("file exits", "raise SystemExit(3)\n", (f"game.py:{FIRST}: SystemExit: 3",)),
    Case("maker returns no game", "def game(): return 3\n", ("returned an int, not a Game",)),
    Case(
        "a forgotten argument",
        "game = Game(states=3)\n",
        (f"game.py:{FIRST}: TypeError", "actions"),
    ),
    # -- parameters
    Case(
        "unknown parameter",
        "def game(c_f=R(1, 10)): return _make()\n",
        ("no parameter 'c_g'", "did you mean c_f?"),
        ("--set", "c_g=1"),
    ),
    Case(
        "parameter of the wrong type",
        "def game(n=3): return _make(states=n)\n",
        ("n must be an integer, not '2.5'",),
        ("--set", "n=2.5"),
    ),
    Case(
        "parameter that makes no game",
        "def game(n=3): return _make(states=n)\n",
        ("states", "at least one"),
        ("--set", "n=0"),
    ),
    Case("setting on an object", "game = _make()\n", ("no parameters to set",), ("--set", "n=2")),
    Case("required parameter", "def game(n): return _make()\n", ("needs a value for n",)),
    # -- the spaces and numbers
    Case("no states", "game = _make(states=0)\n", ("states", "at least one")),
    Case("no actions", "game = _make(actions=[])\n", ("actions", "at least one")),
    Case("negative number of states", "game = _make(states=-2)\n", ("states: -2",)),
    Case("a state twice", "game = _make(states=['a', 'a'])\n", ("label a occurs twice",)),
    Case("discount 1", "game = _make(discount=1)\n", ("discount is 1", "strictly between 0 and 1")),
    Case("discount nan", "game = _make(discount=float('nan'))\n", ("discount is nan", "finite")),
    Case("discount a word", "game = _make(discount='high')\n", ("discount is 'high'",)),
    Case("discount infinite", "game = _make(discount='inf')\n", ("discount is 'inf'", "finite")),
    Case("long float", "game = _make(discount=7/24)\n", ("discount", "rounded", "R(7, 24)")),
    Case("tremble 2", "game = _make(tremble=2)\n", ("tremble is 2", "between 0 and 1")),
    Case(
        "tremble with one action",
        "game = _make(actions=1, tremble='1/10')\n",
        ("one action", "set it to 0"),
    ),
    # -- functions
    Case(
        "reward not callable", "game = _make(reward=3)\n", ("reward is 3", "function of (s, a, z)")
    ),
    Case("transition not callable", "game = _make(transition=None)\n", ("transition is None",)),
    Case("reward raises", reward("{}[s]"), ("reward(s=0, a=0) raised KeyError",)),
    Case("reward of other arguments", "game = _make(reward=lambda s, a: s)", ("TypeError",)),
    Case("reward returns nothing", reward("None"), ("returned nothing", "return")),
    Case("transition returns nothing", row("None"), ("(s=1, a=1)", "returned nothing")),
    Case("transition returns a function", row("print"), ("(s=1, a=1)", "it must return a law")),
    # -- rows
    Case(
        "row sums to 49/50",
        row("{0: R(1, 2), 1: R(12, 25)}"),
        ("kernel row (s=1, a=1) sums to 49/50, not 1: add the missing 1/50",),
    ),
    Case(
        "row sums to 51/50",
        row("{0: R(1, 2), 1: R(13, 25)}"),
        ("kernel row (s=1, a=1) sums to 51/50, not 1",),
    ),
    Case(
        "row that sums to 1 at some mean fields only",
        row("[(z[0], point(0)), (1 - z[1], point(1))]"),
        ("kernel row (s=1, a=1)", "sum"),
    ),
    Case(
        "weight negative at some mean field",
        row("[(z.mean() - 1, point(0)), (2 - z.mean(), point(1))]"),
        ("kernel row (s=1, a=1)", "is negative at the mean field with", "all mass at 0"),
    ),
    Case(
        "weight negative inside the simplex only",
        row(
            "[((z[0] - R(1, 2))**2 - R(1, 100), point(0)), "
            "(1 - (z[0] - R(1, 2))**2 + R(1, 100), point(1))]"
        ),
        ("kernel row (s=1, a=1)", "is negative at the mean field with"),
    ),
    Case(
        "transcendental weight negative",
        row("[(exp(-z.mean()) - R(1, 2), point(0)), (R(3, 2) - exp(-z.mean()), point(1))]"),
        ("kernel row (s=1, a=1)", "is negative at the mean field with"),
    ),
    Case("constant weight negative", row("{0: R(3, 2), 1: R(-1, 2)}"), ("(s=1, a=1)", "negative")),
    Case(
        "law leaves the states",
        "game = _make(transition=lambda s, a, z: point(s) + a)",
        ("(s=2, a=1)", "3", "not a state", "clip"),
    ),
    Case("law on another kind of state", row("point('up')"), ("(s=1, a=1)", "up", "not a state")),
    Case("law over no outcome", row("uniform([])"), ("at least one outcome",)),
    Case("mixture of 49/50", row("mixture({0: R(49, 50)})"), ("sum to 49/50, not 1",)),
    # -- expressions
    Case("reward nan", reward("nan"), ("reward(s=0, a=0)", "finite")),
    Case("reward float nan", reward("float('nan')"), ("reward(s=0, a=0)", "finite")),
    Case("reward infinite", reward("oo"), ("reward(s=0, a=0)", "finite")),
    Case("reward float infinite", reward("float('-inf')"), ("reward(s=0, a=0)", "finite")),
    Case("reward with a pole", reward("1 / z.mean()"), ("reward", "finite")),
    Case("reward log of 0", reward("log(s)"), ("reward(s=0, a=0)", "finite")),
    Case("reward not real", reward("sqrt(-1 - z.mean())"), ("reward",)),
    Case("reward imaginary", reward("sqrt(s - 1)"), ("reward(s=0, a=0)", "real")),
    Case("reward a text", reward("'much'"), ("reward(s=0, a=0)",)),
    Case("reward sin", reward("sin(z.mean())"), ("reward(s=0, a=0)", "sin", "not among")),
    Case(
        "weight sin",
        row("[(sin(z.mean())**2, point(0)), (1 - sin(z.mean())**2, point(1))]"),
        ("(s=1, a=1)", "sin", "not among"),
    ),
    Case(
        "Piecewise in two aggregates",
        reward("Piecewise((1, z[0] > z[1]), (0, True))"),
        ("reward(s=0, a=0)", "one aggregate"),
    ),
    Case(
        "Piecewise with a gap",
        reward("Piecewise((1, z[0] > R(1, 2)))"),
        ("reward(s=0, a=0)", "Piecewise", "True"),
    ),
    Case("mass of no state", reward("z[7]"), ("z[7]", "not a state")),
    Case("mean field taken for an array", reward("sum(z)"), ("z.mean(phi), z[x] or z.tail(x)",)),
    Case("comparison with the mean field", reward("1 if z[0] > 0 else 0"), ("reward(s=0, a=0)",)),
]


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    status = main(["check", *arguments])
    said = capsys.readouterr()
    assert status == 64, said.err
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert said.err.count("mfgcheck: ") == 1
    assert "Traceback" not in said.err
    return said.err


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_bad_file(
    case: Case,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("game.py").write_text(HEAD + case.text)
    said = complaint(capsys, case.name, *case.arguments)
    for part in case.says:
        assert part in said


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("gmae.py", ("there is no file gmae.py", "did you mean game.py?")),
        ("no/such/game.py", ("there is no file no/such/game.py",)),
        (".", ("is a directory",)),
        ("game.txt", ("'game.txt' is not a Python file",)),
        ("infection-sprea", ("no game called 'infection-sprea'", "infection-spread")),
        ("game.py:", ("'' is not a name",)),
        ("nul\0.py", ("cannot be the name of a file",)),
        ("x" * 5000 + ".py", ("cannot be the name of a file",)),
    ],
)
def test_wrong_file_name(
    name: str,
    parts: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("game.py").write_text(HEAD + "game = _make()\n")
    Path("game.txt").write_text("")
    said = complaint(capsys, name)
    for part in parts:
        assert part in said


@pytest.mark.parametrize("setting", ["cf=1/20", "c_f=fast", "c_f=1e999999999", "susceptibility=x"])
def test_bad_parameters_of_a_gallery_game(setting: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = complaint(capsys, "infection-spread", "--set", setting)
    assert said.startswith("mfgcheck: infection-spread")


def test_parameter_that_makes_a_gallery_game_invalid(capsys: pytest.CaptureFixture[str]) -> None:
    said = complaint(capsys, "infection-spread", "--set", "c_f=5")
    assert "negative" in said


@pytest.mark.parametrize("command", [["-m", "mfgcheck"], ["-c", "import mfgcheck.cli as c, sys\n"
                                                          "sys.exit(c.main())"]])  # fmt: skip
def test_as_a_process(command: list[str], tmp_path: Path) -> None:
    file = tmp_path / "game.py"
    file.write_text(HEAD + row("{0: R(1, 2), 1: R(12, 25)}"))
    done = subprocess.run(
        [sys.executable, *command, "check", str(file)],
        env={**os.environ, "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 64
    assert done.stdout == ""
    assert "sums to 49/50, not 1" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("mfgcheck: ")


# ---- what looks odd and is legal


@pytest.mark.parametrize(
    "text",
    [
        "game = _make(states=1, actions=1)",
        "game = _make(states=1)",
        "game = _make(actions=1)",
        "game = _make(states=['only'], actions=['none'])",
        "game = _make(transition=lambda s, a, z: {s: 1, (s + 1) % 3: 0})",
        "game = _make(reward=lambda s, a, z: 0.1 * s)",
    ],
)
def test_small_and_odd_games_are_legal(
    text: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "game.py"
    file.write_text(HEAD + text)
    assert main(["check", str(file), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["status"] == "PROVED"
    assert {verdict["status"] for verdict in report["clauses"].values()} == {"PROVED"}


# ---- what sample budgets make of it


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (row("{0: R(1, 2), 1: R(12, 25)}"), ("sums to 49/50, not 1",)),
        ("game = _make(tremble='3/4')", ("tremble 3/4", "lower the tremble")),
        (reward("1 / z.mean()"), ("reward", "finite")),
        ("x = 1", ("there is no game in",)),
    ],
)
def test_budgets_of_bad_files(
    text: str, parts: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "game.py"
    file.write_text(HEAD + text)
    assert main(["budget", str(file)]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert "Traceback" not in said.err
    assert all(part in said.err for part in parts)


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        ("game = _make(states=1, actions=1)", 0, "there is one state"),
        ("game = _make(states=1)", 0, "there is one state"),
        # Nobody moves: all laws are T-MFE.
        ("game = _make(actions=1)", 2, "there is no T-MFE to aim at"),
        # All actions are alike, so that nothing has to be told; only the law is to be learned.
        (
            "game = _make(transition=lambda s, a, z: uniform(range(3)), tremble='1/4')",
            0,
            "no gap matters",
        ),
        # Rewards beyond 1: the printed theorems do not apply, and the certified number does.
        (
            "game = _make(reward=lambda s, a, z: 5 * s - a, tremble='1/4',\n"
            "             transition=lambda s, a, z: uniform(range(3)))",
            0,
            "they reach 10",
        ),
        # An exact tie where it matters, and soft strategies in place of it.
        (
            "game = _make(states=2, tremble='1/4', reward=lambda s, a, z: R(s, 2) - R(a, 8),\n"
            "             transition=lambda s, a, z: {1: R(1, 4) + R(a, 2), 0: R(3, 4) - R(a, 2)})",
            0,
            "two actions tie",
        ),
    ],
)
def test_budgets_of_odd_games(
    text: str, status: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "game.py"
    file.write_text(HEAD + text)
    assert main(["budget", str(file)]) == status
    said = capsys.readouterr()
    assert says in " ".join(said.out.split())
    assert said.err == ""
    assert main(["budget", str(file), "--json"]) == status
    json.loads(capsys.readouterr().out)
