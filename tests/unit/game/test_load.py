"""Loading a game from a file: which game is meant, its parameters, what can go wrong."""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import sympy
from sympy import Rational as R

from mfgcheck.errors import BadInput, InvalidGame
from mfgcheck.game.game import Game
from mfgcheck.game.load import load_file, split_spec
from mfgcheck.game.maker import call_maker, read_settings

HEAD = """
from sympy import Rational as R
import mfgcheck
from mfgcheck import Game, point

def reward(s, a, z):
    return 0

def transition(s, a, z):
    return point(s)
"""
FIRST = HEAD.count("\n") + 1  # the number of the first line after it
GAME = (
    "Game(states={states}, actions=1, reward=reward, transition=transition, discount='1/2', "
    "tremble=0)"
)


def game_of(states: int | str) -> str:
    return GAME.format(states=states)


def write(folder: Path, text: str, name: str = "file.py") -> Path:
    file = folder / name
    file.write_text(HEAD + text)
    return file


def states(game: Game) -> int:
    return len(game.states.labels)


def message(file: Path, name: str | None = None, **settings: str) -> str:
    with pytest.raises(BadInput) as caught:
        load_file(file, name, settings)
    return str(caught.value)


# ---- which game is meant


def test_object_called_game(tmp_path: Path) -> None:
    file = write(tmp_path, f"game = {game_of(2)}\ndef other(): return {game_of(3)}\n")
    assert states(load_file(file)) == 2


def test_function_called_game(tmp_path: Path) -> None:
    file = write(tmp_path, f"def other(): return {game_of(3)}\ndef game(): return {game_of(2)}\n")
    assert states(load_file(file)) == 2


@pytest.mark.parametrize(
    "definition",
    [
        f"def sis(n=2): return {game_of('n')}",
        f"def sis(n=2): return mfgcheck.{game_of('n')}",
        f"Same = Game\ndef sis(n=2): return Same{game_of('n')[4:]}",
        f"def _make(n): return {game_of('n')}\ndef sis(n=2) -> Game: return _make(n)",
        f"def _make(n): return {game_of('n')}\ndef sis(n=2) -> 'mfgcheck.Game': return _make(n)",
        f"import functools\n@functools.lru_cache\ndef sis(n=2): return {game_of('n')}",
    ],
)
def test_the_only_function_that_makes_games(tmp_path: Path, definition: str) -> None:
    file = write(tmp_path, f"{definition}\ndef helper(x): return x\n")
    assert states(load_file(file)) == 2
    assert states(load_file(file, None, {"n": "5"})) == 5


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("game = {}", "file"),
        ("def game(): return {}", "file"),
        ("def sis(): return {}", "sis"),
        ("sis = {}", "sis"),
        ("def sis(): return {}.with_parameters({{}}, 'SIS, 2 states')", "SIS, 2 states"),
    ],
)
def test_a_game_without_a_name_gets_one(tmp_path: Path, text: str, name: str) -> None:
    assert load_file(write(tmp_path, text.format(game_of(2)) + "\n")).name == name


def test_functions_are_not_called_to_find_out(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        f"def explode(): raise SystemExit('called')\ndef sis(): return {game_of(2)}\n",
    )
    assert states(load_file(file)) == 2


def test_imported_makers_are_not_taken_for_the_files_own(tmp_path: Path) -> None:
    write(tmp_path, f"def far(): return {game_of(3)}\n", "neighbour.py")
    file = write(tmp_path, f"from neighbour import far\ndef near(): return {game_of(2)}\n")
    assert states(load_file(file)) == 2
    assert states(load_file(file, "far")) == 3


def test_the_only_game_object_of_another_name(tmp_path: Path) -> None:
    assert states(load_file(write(tmp_path, f"sis = {game_of(2)}\n"))) == 2


def test_a_name_chooses(tmp_path: Path) -> None:
    file = write(tmp_path, f"one = {game_of(1)}\ndef two(): return {game_of(2)}\n")
    assert states(load_file(file, "one")) == 1
    assert states(load_file(file, "two")) == 2


def test_two_games_and_no_name(tmp_path: Path) -> None:
    file = write(tmp_path, f"def sis(): return {game_of(1)}\ndef sir(): return {game_of(2)}\n")
    said = message(file)
    assert "has 2 games" in said
    assert "there are sis, sir" in said
    assert "file.py:sis" in said


def test_no_game(tmp_path: Path) -> None:
    assert "there is no game in" in message(write(tmp_path, "x = 1\n"))


def test_unknown_name_lists_those_there_are(tmp_path: Path) -> None:
    file = write(tmp_path, f"def sis(): return {game_of(1)}\ndef beach(): return {game_of(2)}\n")
    assert "nothing called siss; did you mean sis?" in message(file, "siss")
    assert "(there are sis, beach)" in message(file, "xyz")
    assert "'not-a-name' is not a name" in message(file, "not-a-name")
    assert "'' is not a name" in message(file, "")


@pytest.mark.parametrize(
    ("text", "what"),
    [("game = 3", "an int"), ("game = {}", "a dict"), ("class game: pass", "a class")],
)
def test_game_is_something_else(tmp_path: Path, text: str, what: str) -> None:
    said = message(write(tmp_path, text + "\n"))
    assert f"file.py:game is {what}: it must be a Game or a function that returns one" in said


def test_maker_returns_something_else(tmp_path: Path) -> None:
    assert "returned a dict, not a Game" in message(write(tmp_path, "def game(): return {}\n"))
    assert "returned nothing, not a Game" in message(write(tmp_path, "def game(): pass\n"))


# ---- parameters


TENTH, HALF = R(1, 10), Fraction(1, 2)


def maker(
    rate=TENTH,
    share=HALF,
    scale=0.5,
    size=3,
    shared=True,
    kind="exp",
    open=None,
    level: int | None = None,
    table=(1, 2),
):
    """One parameter of every kind."""


@pytest.mark.parametrize(
    ("name", "text", "value", "type_"),
    [
        ("rate", "1/20", R(1, 20), sympy.Rational),
        ("rate", "0.05", R(1, 20), sympy.Rational),
        ("rate", "1e-3", R(1, 1000), sympy.Rational),
        ("rate", "-2", R(-2), sympy.Integer),
        ("rate", " .5 ", R(1, 2), sympy.Rational),
        ("share", "2/4", R(1, 2), sympy.Rational),
        ("scale", "0.1", R(1, 10), sympy.Rational),
        ("size", "30", 30, int),
        ("size", "3e1", 30, int),
        ("shared", "false", False, bool),
        ("shared", "ON", True, bool),
        ("kind", "rational", "rational", str),
        ("kind", "1/20", "1/20", str),
        ("open", "1/20", R(1, 20), sympy.Rational),
        ("open", "word", "word", str),
        ("level", "7", 7, int),
    ],
)
def test_a_text_is_read_by_the_type_of_the_default(
    name: str, text: str, value: object, type_: type
) -> None:
    read = read_settings(maker, {name: text}, "maker")[name]
    assert read == value
    assert isinstance(read, type_)


@pytest.mark.parametrize(
    ("name", "text", "needed"),
    [
        ("rate", "fast", "must be a number such as 1/20, 0.05 or 1e-3, not 'fast'"),
        ("rate", "nan", "must be a number"),
        ("rate", "inf", "must be a number"),
        ("rate", "1/0", "must be a number"),
        ("rate", "1e999999999", "must be a number"),
        ("rate", "", "must be a number"),
        ("rate", "__import__('os')", "must be a number"),
        ("size", "2.5", "must be an integer, not '2.5'"),
        ("shared", "2", "must be true or false, not '2'"),
        ("level", "high", "must be an integer"),
        ("table", "1", "is a tuple and can only be changed in the file"),
        ("raet", "1", "no parameter 'raet'; did you mean rate?"),
        ("zzz", "1", "it has rate, share, scale"),
    ],
)
def test_what_cannot_be_set(name: str, text: str, needed: str) -> None:
    with pytest.raises(BadInput, match=r"^maker") as caught:
        read_settings(maker, {name: text}, "maker")
    assert needed in str(caught.value)


def test_required_parameters_are_named() -> None:
    def needy(n, rate):
        raise AssertionError("not to be called")

    with pytest.raises(BadInput, match=r"needs a value for rate: give --set rate=\.\.\."):
        call_maker(needy, {"n": "3"}, "needy")


def test_a_function_without_parameters_says_so() -> None:
    with pytest.raises(BadInput, match="no parameter 'n': it has none"):
        read_settings(lambda: None, {"n": "3"}, "maker")


def test_parameters_of_the_game_are_all_that_was_used(tmp_path: Path) -> None:
    file = write(tmp_path, f"def sis(n=2, rate=R(1, 10), kind='exp'): return {game_of('n')}\n")
    assert load_file(file).parameters == {"n": 2, "rate": R(1, 10), "kind": "exp"}
    changed = load_file(file, None, {"rate": "1/20"})
    assert changed.parameters == {"n": 2, "rate": R(1, 20), "kind": "exp"}


def test_settings_on_an_object_are_refused(tmp_path: Path) -> None:
    said = message(write(tmp_path, f"game = {game_of(2)}\n"), None, rate="1")
    assert "is a Game and has no parameters to set: make it a function" in said


# ---- running the file


def test_syntax_error_shows_the_line(tmp_path: Path) -> None:
    said = message(write(tmp_path, "def game(:\n    pass\n"))
    assert f"file.py:{FIRST}: " in said
    assert "\n    def game(:\n             ^" in said


def test_error_while_the_file_runs(tmp_path: Path) -> None:
    said = message(write(tmp_path, "x = 1\ny = x / 0\n"))
    assert said.endswith(f"file.py:{FIRST + 1}: ZeroDivisionError: division by zero")


def test_error_in_the_maker_shows_the_innermost_line_of_the_user(tmp_path: Path) -> None:
    text = "def inner():\n    return [][3]\ndef game():\n    return inner()\n"
    said = message(write(tmp_path, text))
    assert said.endswith(f"file.py:{FIRST + 1}: IndexError: list index out of range")


def test_error_in_a_neighbour_shows_its_line(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("\n\nraise RuntimeError('no data')\n")
    said = message(write(tmp_path, "import neighbour\n"))
    assert said.endswith("neighbour.py:3: RuntimeError: no data")


def test_syntax_error_in_a_neighbour_names_it(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("\nx = (\n")
    assert "neighbour.py:2: " in message(write(tmp_path, "import neighbour\n"))


@pytest.mark.parametrize("call", ["import sys; sys.exit('no')", "raise KeyError"])
def test_whatever_the_file_raises_is_one_message(tmp_path: Path, call: str) -> None:
    assert f"file.py:{FIRST}: " in message(write(tmp_path, call + "\n"))


def test_interrupting_is_not_an_error_of_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, "raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        load_file(file)


def test_a_defect_of_ours_is_not_put_on_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mfgcheck.game import game

    file = write(tmp_path, f"def game(): return {game_of(2)}\n")
    monkeypatch.setattr(game, "trace", lambda *arguments: [][0])
    # The lambda stands in this file, so give the frame to the package.
    code = game.trace.__code__.replace(co_filename=game.__file__)
    game.trace.__code__ = code
    with pytest.raises(IndexError):
        load_file(file)


def test_a_wrong_argument_to_us_is_the_files(tmp_path: Path) -> None:
    file = write(tmp_path, "from mfgcheck import uniform\nlaw = uniform(3)\n")
    with pytest.raises((BadInput, InvalidGame), match=rf"file\.py:{FIRST + 1}: "):
        load_file(file)


def test_an_invalid_game_stays_one_and_gets_its_line(tmp_path: Path) -> None:
    file = write(tmp_path, f"def game():\n    return {game_of(0)}\n")
    with pytest.raises(InvalidGame, match=rf"file\.py:{FIRST + 1}: "):
        load_file(file)


def test_the_file_is_read_as_it_is_now(tmp_path: Path) -> None:
    file = write(tmp_path, f"def game(): return {game_of(2)}\n")
    stamp = file.stat()
    assert states(load_file(file)) == 2
    write(tmp_path, f"def game(): return {game_of(3)}\n")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert states(load_file(file)) == 3
    assert not (tmp_path / "__pycache__").exists()


def test_a_file_may_be_called_like_a_module(tmp_path: Path) -> None:
    import random

    assert states(load_file(write(tmp_path, f"game = {game_of(2)}\n", "random.py"))) == 2
    assert sys.modules["random"] is random


def test_dataclasses_work_in_a_game_file(tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        f"{HEAD}@dataclass\nclass Size:\n    n: int\n"
        f"def game(): return {game_of('Size(2).n')}\n"
    )
    assert states(load_file(file)) == 2


def test_neighbours_of_one_game_are_not_those_of_another(tmp_path: Path) -> None:
    for n in (1, 2):
        folder = tmp_path / str(n)
        folder.mkdir()
        (folder / "sizes.py").write_text(f"n = {n}\n")
        file = write(folder, f"from sizes import n\ndef game(): return {game_of('n')}\n")
        assert states(load_file(file)) == n
    assert "sizes" not in sys.modules


def test_the_search_path_is_left_as_it_was(tmp_path: Path) -> None:
    before = list(sys.path)
    load_file(write(tmp_path, f"game = {game_of(2)}\n"))
    message(write(tmp_path, "raise ValueError\n"))
    assert sys.path == before


def test_relative_paths_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, f"game = {game_of(2)}\n")
    monkeypatch.chdir(tmp_path)
    assert states(load_file("file.py")) == 2
    assert states(load_file("./file.py")) == 2


# ---- the path


def test_missing_file_suggests_its_like(tmp_path: Path) -> None:
    write(tmp_path, "", "infection.py")
    assert message(tmp_path / "infction.py").endswith("infction.py; did you mean infection.py?")
    assert "there is no directory" in message(tmp_path / "no" / "file.py")


def test_directory_is_refused(tmp_path: Path) -> None:
    assert "is a directory: give the file in it" in message(tmp_path)


@pytest.mark.parametrize("name", ["game.toml", "game", "game.pyc", ""])
def test_not_python(tmp_path: Path, name: str) -> None:
    file = tmp_path / "x" / name
    if name:
        file.parent.mkdir()
        file.write_text("")
    assert "is not a Python file" in message(file)


@pytest.mark.parametrize("name", ["x" * 5000 + ".py", "nul\0.py"])
def test_impossible_names(name: str) -> None:
    assert "cannot be the name of a file" in message(Path(name))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs files it may not read")
def test_unreadable_file_of_a_stranger(tmp_path: Path) -> None:
    file = write(tmp_path, "")
    file.chmod(0)
    assert "cannot be read: Permission denied" in message(file)


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mfgcheck.game import load

    def refuse(self: object, path: str) -> bytes:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(load._SourceLoader, "get_data", refuse)
    assert "file.py cannot be read: Permission denied" in message(write(tmp_path, ""))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert "is not a regular file" in message(tmp_path / "pipe.py")


@pytest.mark.parametrize(
    ("spec", "path", "name"),
    [
        ("file.py", "file.py", None),
        ("file.py:sis", "file.py", "sis"),
        ("dir:with/colon/file.py", "dir:with/colon/file.py", None),
        ("dir:with/file.py:sis", "dir:with/file.py", "sis"),
        ("C:\\games\\file.py", "C:\\games\\file.py", None),
        ("C:\\games\\file.py:sis", "C:\\games\\file.py", "sis"),
        ("C:file", "C:file", None),
        ("C:file.py", "C:file.py", None),
        ("file.py:", "file.py", ""),
        ("file.py:not-a-name", "file.py", "not-a-name"),
        ("sis:rate", "sis", "rate"),
    ],
)
def test_split(spec: str, path: str, name: str | None) -> None:
    assert split_spec(spec) == (path, name)


def test_a_colon_in_the_name_of_a_file_that_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a:b.py").write_text("")
    Path("odd.py:name").write_text("")
    assert split_spec("a:b.py") == ("a:b.py", None)
    assert split_spec("a:b.py:name") == ("a:b.py", "name")
    assert split_spec("odd.py:name") == ("odd.py:name", None)


def test_null_characters_are_blamed_on_the_file(tmp_path: Path) -> None:
    file = tmp_path / "game.py"
    file.write_bytes(b"x = 1\0")
    with pytest.raises(BadInput, match=r"game\.py.*: there are null characters in it") as found:
        load_file(file)
    assert "frozen" not in str(found.value)
