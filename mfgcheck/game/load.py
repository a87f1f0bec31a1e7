"""Loading a game from a Python file: `file.py`, or `file.py:name` for one of several in it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from types import CodeType, ModuleType

from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.maker import call_maker, close, describe, raise_foreign, shown

UNNAMED = "game"
"""The name of a game that was given none; a report then shows that of its function or file."""

__all__ = ["call_maker", "exists", "load_file", "split_spec"]


def split_spec(spec: str) -> tuple[str, str | None]:
    r"""Split `file.py:name` into the file and the name, which is None when there is none.

    A colon that belongs to the path (of a file that exists, or after a drive letter) is left in it.

    >>> split_spec("games.py:sis"), split_spec(r"C:\games\sis.py")
    (('games.py', 'sis'), ('C:\\games\\sis.py', None))
    """
    path, colon, name = spec.rpartition(":")
    if not colon or exists(spec):
        return spec, None
    if path.endswith(".py") or (name.isidentifier() and len(path) > 1):
        return path, name
    return spec, None


def load_file(
    path: str | Path, name: str | None = None, settings: Mapping[str, str] | None = None
) -> Game:
    """Run a Python file and return the game in it.

    That is what is called `name`; without one, `game` (a `Game`, or a function that makes one),
    or else the only public function defined in the file that makes games: one annotated
    `-> Game`, or whose code names `Game`. `settings` are its parameters, as texts.

    Raises:
        BadInput: there is no such file, it does not run, or it does not say which game is meant.
        InvalidGame: what it describes is not a game.
    """
    file = _python_file(path)
    with _importable(file.parent):
        module = _run(file)
        found, made = _find(module, name, shown(file))
        where = f"{shown(file)}:{found}"
        if isinstance(made, Game):
            if settings:
                raise BadInput(
                    f"{where} is a Game and has no parameters to set: make it a function, "
                    f"`def {found}({', '.join(settings)}): ... return Game(...)`"
                )
            game = made
        else:
            game = call_maker(made, settings or {}, where)
    if game.name == UNNAMED:
        return game.with_parameters(game.parameters, file.stem if found == "game" else found)
    return game


def exists(path: str) -> bool:
    """Tell whether there is a file or directory of this name; a name no file can have is none.

    >>> exists("no/such/file.py"), exists("x" * 5000)
    (False, False)
    """
    try:
        return bool(path) and Path(path).exists()
    except (OSError, ValueError):
        return False


def _python_file(path: str | Path) -> Path:
    """Return the file, absolute, or say what is in the way of reading it."""
    text = str(path)
    file = Path(text)
    try:
        if "\0" in text:  # pathlib would only say that there is no such file
            raise ValueError("it has a null character in it")
        if file.is_dir():
            raise BadInput(f"{text} is a directory: give the file in it, {file / 'game.py'} say")
        if file.suffix != ".py":
            raise BadInput(f"{text!r} is not a Python file: a game is given as file.py")
        if not file.exists():
            raise BadInput(f"there is no file {text}{_similar(file)}")
        if not file.is_file():
            raise BadInput(f"{text} is not a regular file")
    except (OSError, ValueError) as error:  # a name too long, say
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadInput(f"{text!r} cannot be the name of a file: {reason}") from error
    return file.resolve()


def _similar(file: Path) -> str:
    if not file.parent.is_dir():
        return f": there is no directory {file.parent}"
    beside = [entry.name for entry in file.parent.iterdir() if entry.suffix == ".py"]
    return close(file.name, beside)


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let a game import its neighbours while it is loaded, and leave no trace of them.

    A neighbour that stayed in `sys.modules` would be taken for its namesake beside another game,
    and would keep its old content after being edited.
    """
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        if str(folder) in sys.path:
            sys.path.remove(str(folder))
        neighbours = {name for name in set(sys.modules) - before if _lies_in(name, folder)}
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in neighbours:
                del sys.modules[name]


def _lies_in(name: str, folder: Path) -> bool:
    origin = getattr(sys.modules[name], "__file__", None)
    if "." in name or not origin:
        return False
    file = Path(origin)
    return folder == (file.parent.parent if file.stem == "__init__" else file.parent)


class _SourceLoader(SourceFileLoader):
    """Reads the file as it is now: a cached compilation can be out of date within its second."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        data = self.get_data(path)
        if b"\0" in data:
            raise BadInput("there are null characters in it, so it is no Python text")
        return self.source_to_code(data, path)


def _run(file: Path) -> ModuleType:
    # A module name of its own: `random.py` holding a game must not become the module `random`.
    name = "mfgcheck_file_" + re.sub(r"\W", "_", file.stem)
    loader = _SourceLoader(name, str(file))
    spec = ModuleSpec(name, loader, origin=str(file))
    spec.has_location = True  # gives the module its __file__
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up while they are made
    try:
        loader.exec_module(module)
    except OSError as error:
        if error.filename == str(file):
            raise BadInput(f"{shown(file)} cannot be read: {error.strerror}") from error
        raise_foreign(error, shown(file), file)
    except (Exception, SystemExit) as error:  # foreign code: whatever it raises is its author's
        raise_foreign(error, shown(file), file)
    return module


def _find(
    module: ModuleType, name: str | None, where: str
) -> tuple[str, Game | Callable[..., object]]:
    """Return the game, or the function that makes it, and its name."""
    public = {key: value for key, value in vars(module).items() if not key.startswith("_")}
    makers = {key: value for key, value in public.items() if _makes_games(value, module)}
    games = {key: value for key, value in public.items() if isinstance(value, Game)}
    if name is not None:
        if not name.isidentifier():
            raise BadInput(f"{where}: {name!r} is not a name; write {where}:name{_list(makers)}")
        if name not in vars(module):
            raise BadInput(
                f"{where} has nothing called {name}"
                f"{close(name, [*makers, *games]) or _list([*makers, *games])}"
            )
        return name, _game_or_function(vars(module)[name], f"{where}:{name}")
    if "game" in public and not isinstance(public["game"], ModuleType):
        return "game", _game_or_function(public["game"], f"{where}:game")
    for found in (makers, games):
        if len(found) == 1:
            return next(iter(found.items()))
        if found:
            raise BadInput(
                f"{where} has {len(found)} games: name one, as in {where}:{next(iter(found))}"
                f"{_list(found)}"
            )
    raise BadInput(
        f"there is no game in {where}: it needs a function that returns a Game, or a Game "
        "called game (`mfgcheck new FILE` writes one to start from)"
    )


def _game_or_function(thing: object, where: str) -> Game | Callable[..., object]:
    if isinstance(thing, Game) or (callable(thing) and not isinstance(thing, type)):
        return thing
    what = "a class" if isinstance(thing, type) else describe(thing)
    raise BadInput(f"{where} is {what}: it must be a Game or a function that returns one")


def _list(names: Mapping[str, object] | list[str]) -> str:
    return f" (there are {', '.join(names)})" if names else ""


def _makes_games(thing: object, module: ModuleType) -> bool:
    """Tell whether a function defined in this file makes games, without calling it."""
    if not callable(thing):
        return False
    function = inspect.unwrap(thing)
    if not inspect.isfunction(function) or function.__module__ != module.__name__:
        return False
    returns = function.__annotations__.get("return")
    if returns is Game or (isinstance(returns, str) and returns.split(".")[-1] == "Game"):
        return True
    scope = function.__globals__
    return any(word == "Game" or scope.get(word) is Game for word in function.__code__.co_names)
