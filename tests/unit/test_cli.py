"""The command line: options, exit statuses, what goes to which stream, and `new`."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from inspect import signature
from pathlib import Path

import jsonschema
import pytest

from mfgcheck import gallery
from mfgcheck.cli import main
from mfgcheck.report import schema

NOISY = """
from mfgcheck import Game, point

print("made by a game that talks")

def game(size=2):
    def transition(s, a, z):
        print("and talks")
        return point(s)

    return Game(
        states=size, actions=1, reward=lambda s, a, z: s * sign, transition=transition,
        discount="1/2", tremble=0,
    )

sign = 1
"""


@pytest.fixture
def game(tmp_path: Path) -> Path:
    file = tmp_path / "noisy.py"
    file.write_text(NOISY)
    return file


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mfgcheck", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mfgcheck: ")
    assert "Traceback" not in said.err
    return said.err


# ---- help and wrong usage


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr()
    for word in ("check", "solve", "equilibria", "games", "new", "exit status", "130"):
        assert word in said.out
    assert said.err == ""


OPTIONS = {
    "check": ("--clause", "--levels", "--time-limit"),
    "solve": ("--from", "--algorithm", "--accuracy", "--max-steps", "--plot"),
    "equilibria": ("--radius", "--max-strategies", "--max-boxes", "--time-limit", "--plot"),
}


@pytest.mark.parametrize("command", OPTIONS)
def test_help_of_a_command_names_its_options(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    for option in ("--set", "--json", "--quiet", *OPTIONS[command]):
        assert option in said


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from mfgcheck.cli import main; main(['--help']); "
        "heavy = 'sympy numpy flint rich matplotlib dataclasses fractions'.split(); "
        "print([m for m in heavy if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_help_answers_at_once() -> None:
    def seconds(*arguments: str) -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        return time.perf_counter() - started

    bare = min(seconds("-c", "pass") for _ in range(5))
    helped = min(seconds("-m", "mfgcheck", "--help") for _ in range(5))
    assert helped - bare < 0.15


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    import mfgcheck

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mfgcheck {mfgcheck.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], "COMMAND"),
        (["chek"], "invalid choice: 'chek'"),
        (["check"], "required: GAME"),
        (["check", "sis", "--sett", "x=1"], "unrecognized arguments: --sett"),
        (["check", "sis", "--js"], "unrecognized arguments: --js"),
        (["check", "sis", "--set"], "argument --set: expected one argument"),
        (["check", "sis", "--set", "x"], "--set x: write it as --set name=value"),
        (["check", "sis", "--set", "=1"], "write it as --set name=value"),
        (["check", "sis", "--set", "x=1", "--set", "x=2"], "--set x is given twice: 1 and 2"),
        (["new"], "required: FILE"),
        *(
            (["check", "sis", "--time-limit", text], "is not a positive number of seconds")
            for text in ("0", "-1", "nan", "inf", "soon", "")
        ),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], part: str) -> None:
    said = refused(capsys, *arguments)
    assert part in said
    assert said.count("\n") == 1


def test_unknown_clause_lists_the_clauses(capsys: pytest.CaptureFixture[str], game: Path) -> None:
    said = refused(capsys, "check", str(game), "--clause", "kernel.monotone")
    assert "no clause 'kernel.monotone'" in said
    assert "reward.monotone_s" in said
    assert "kernel.increasing_differences" in said


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("infection-sprad", "did you mean infection-spread"),
        ("infection_spread", "did you mean infection-spread"),
        ("infection_spread.py", "there is no file infection_spread.py; did you mean infection-"),
        ("qqqqq", "`mfgcheck games` lists them"),
        ("", "`mfgcheck games` lists them"),
        ("infection-spread:x", "did you mean infection-spread"),
    ],
)
def test_unknown_game(capsys: pytest.CaptureFixture[str], name: str, part: str) -> None:
    assert part in refused(capsys, "check", name)


# ---- check


def test_report_goes_to_stdout_and_the_games_own_talk_does_not(
    capsys: pytest.CaptureFixture[str], game: Path
) -> None:
    assert main(["check", str(game)]) == 0
    said = capsys.readouterr()
    assert "PROVED" in said.out
    assert "reward.monotone_s" in said.out
    assert "talks" not in said.out
    assert "talks" in said.err


def test_json_is_the_report_and_nothing_else(
    capsys: pytest.CaptureFixture[str], game: Path
) -> None:
    assert main(["check", str(game), "--json", "--set", "size=3"]) == 0
    report = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema()).validate(report)
    assert report["status"] == "PROVED"
    assert report["game"]["states"] == 3
    assert report["game"]["parameters"] == {"size": 3}
    assert len(report["clauses"]) == 9


def test_refuted_is_1_and_its_json_is_valid(capsys: pytest.CaptureFixture[str], game: Path) -> None:
    game.write_text(NOISY.replace("sign = 1", "sign = -1"))
    assert main(["check", str(game), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema()).validate(report)
    assert report["clauses"]["reward.monotone_s"]["status"] == "REFUTED"


def test_one_clause(capsys: pytest.CaptureFixture[str], game: Path) -> None:
    game.write_text(NOISY.replace("sign = 1", "sign = -1"))
    clause = "kernel.monotone_s"
    assert main(["check", str(game), "--clause", clause, "--clause", clause, "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["clauses"]) == [clause]


def test_quiet_prints_no_report(capsys: pytest.CaptureFixture[str], game: Path) -> None:
    assert main(["check", str(game), "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_undecided_is_2(capsys: pytest.CaptureFixture[str], game: Path) -> None:
    # e^m - e m touches 0 at m = 1, which bisection of [0, 2] meets, so the mean is shifted.
    shifted = "(z.mean() + R(1, 3))"
    touching = f"reward=lambda s, a, z: s * (exp{shifted} - exp(1) * {shifted})"
    text = NOISY.replace("reward=lambda s, a, z: s * sign", touching)
    game.write_text("from sympy import Rational as R, exp\n" + text)
    arguments = ["check", str(game), "--clause", "reward.monotone_s"]
    assert main(arguments) == 2
    assert "UNDECIDED" in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema()).validate(report)
    assert report["status"] == "UNDECIDED"
    assert report["clauses"]["reward.monotone_s"]["reason"]


# ---- how it ends


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def command(options: object) -> int:
        raise error

    monkeypatch.setattr("mfgcheck.cli.parser.list_games", command)


def test_interrupt_is_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raising(monkeypatch, KeyboardInterrupt())
    assert main(["games"]) == 130
    assert capsys.readouterr().err == "mfgcheck: interrupted\n"


def test_defect_is_70_with_an_apology(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MFGCHECK_DEBUG", raising=False)
    raising(monkeypatch, IndexError("off by one"))
    assert main(["games"]) == 70
    said = capsys.readouterr().err
    assert "sorry, this is a defect of mfgcheck" in said
    assert "IndexError: off by one" in said
    assert "Traceback" not in said


def test_debugging_shows_where(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MFGCHECK_DEBUG", "1")
    raising(monkeypatch, IndexError("off by one"))
    assert main(["games"]) == 70
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["games"], ["games", "--json"]])
def test_a_reader_that_goes_away_is_no_error(arguments: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mfgcheck", *arguments],
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
            [sys.executable, "-m", "mfgcheck", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 64
    assert done.stderr == "mfgcheck: the output cannot be written: No space left on device\n"


def test_output_without_the_characters_of_the_report(game: Path) -> None:
    done = run("check", str(game), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "PROVED" in done.stdout


# ---- games


@pytest.mark.parametrize("name", gallery.names())
def test_every_report_of_the_gallery_keeps_to_the_schema(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["check", name, "--json"])
    report = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema()).validate(report)
    assert status == {"PROVED": 0, "REFUTED": 1, "UNDECIDED": 2}[report["status"]]
    assert report["game"]["parameters"].keys() == signature(gallery.maker(name)).parameters.keys()


def test_games_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["games", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["games"]
    assert [game["name"] for game in listed] == list(gallery.names())
    assert all(game["summary"] and game["source"] and game["states"] > 0 for game in listed)
    assert main(["games"]) == 0
    table = capsys.readouterr().out
    assert "infection-spread" in table
    assert "25 x 5" in table


# ---- new


def test_new_writes_a_game_that_is_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine.py"]) == 0
    assert "mfgcheck check mine.py" in capsys.readouterr().out
    assert os.listdir() == ["mine.py"]
    assert main(["check", "mine.py"]) == 0
    assert main(["check", "mine.py", "--set", "luck=1/4", "--json"]) == 0
    assert "mfgcheck check mine.py --set luck=1/4 --json" in Path("mine.py").read_text()


def test_the_change_that_new_suggests_does_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.py"
    assert main(["new", str(file)]) == 0
    text = file.read_text()
    law = "(point(s) + a).clip(0, TOP)"
    assert law in text
    branches = "[(success, high), (1 - success, low)]"
    assert branches in text
    text = text.replace("Game, uniform", "Game, point, uniform").replace(branches, law, 1)
    file.write_text(text)
    capsys.readouterr()
    assert main(["check", str(file), "--json"]) == 1
    clauses = json.loads(capsys.readouterr().out)["clauses"]
    refuted = [clause for clause, verdict in clauses.items() if verdict["status"] == "REFUTED"]
    assert refuted == ["kernel.supermodular"]


def test_new_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.py"
    file.write_text("precious")
    assert "exists already" in refused(capsys, "new", str(file))
    assert file.read_text() == "precious"
    dangling = tmp_path / "link.py"
    dangling.symlink_to(tmp_path / "nowhere.py")
    assert "exists already" in refused(capsys, "new", str(dangling))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("mine.txt", "must end in .py"),
        ("mine", "must end in .py"),
        ("", "must end in .py"),
        ("no/such/mine.py", "cannot be written: No such file or directory"),
        ("x" * 5000 + ".py", "cannot be written: File name too long"),
        ("nul\0.py", "cannot be written"),
    ],
)
def test_new_where_nothing_can_be_written(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    part: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert part in refused(capsys, "new", name)
    assert os.listdir() == []


def test_new_on_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "rename", full)
    assert "No space left on device" in refused(capsys, "new", str(tmp_path / "mine.py"))
    assert list(tmp_path.iterdir()) == []


def test_new_with_a_name_that_no_docstring_could_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / 'a """ b.py'
    assert main(["new", str(file)]) == 0
    assert main(["check", str(file), "--quiet"]) == 0
