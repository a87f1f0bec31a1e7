"""Calling the function that makes a game, with parameters given as texts (`--set name=value`)."""

from __future__ import annotations

import difflib
import inspect
import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

import sympy

from mfgcheck.errors import BadInput, InvalidGame, MfgCheckError
from mfgcheck.game.game import Game
from mfgcheck.game.numbers import exact, rational

_TRUTH = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?(\d+/0*[1-9]\d*|(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?)")
_KINDS_BY_ANNOTATION = {
    "bool": "truth",
    "int": "integer",
    "str": "text",
    "float": "number",
    "Fraction": "number",
    "Rational": "number",
}
_NEEDED = {
    "truth": "true or false",
    "integer": "an integer",
    "number": "a number such as 1/20, 0.05 or 1e-3",
}
_PACKAGE = Path(__file__).resolve().parent.parent


def call_maker(maker: Callable[..., object], settings: Mapping[str, str], where: str) -> Game:
    """Make a game by calling its function, and note in it every keyword argument used.

    A text is read by the type of the parameter's default: numbers exactly (as sympy rationals, or
    as ints where the default is one), True and False as `true` and `false`, texts as they are.
    `where` names the function in messages.

    Raises:
        BadInput: an unknown, missing or unreadable parameter; the function raises, or returns
            something else than a `Game`.
        InvalidGame: what it describes is not a game.

    >>> def maker(share=0.5):
    ...     return Game(states=2, actions=1, reward=lambda s, a, z: share * s, discount="1/2",
    ...                 transition=lambda s, a, z: {s: 1}, tremble=0)
    >>> call_maker(maker, {"share": "1/20"}, "maker").parameters
    {'share': 1/20}
    """
    arguments = read_settings(maker, settings, where)
    code = getattr(inspect.unwrap(maker), "__code__", None)
    file = Path(code.co_filename) if code else None
    try:
        made = maker(**arguments)
    except (Exception, SystemExit) as error:  # foreign code: whatever it raises is its author's
        raise_foreign(error, where, file)
    if not isinstance(made, Game):
        raise BadInput(
            f"{where} returned {describe(made)}, not a Game: end it with `return Game(...)`"
        )
    return made.with_parameters({**made.parameters, **arguments}, maker=maker)


def read_settings(
    maker: Callable[..., object], settings: Mapping[str, str], where: str
) -> dict[str, object]:
    """Return every keyword argument to call `maker` with: the defaults, overlaid by `settings`.

    >>> def maker(c_f=sympy.Rational(1, 10), size=25, kind="exp"): ...
    >>> read_settings(maker, {"c_f": "0.05", "size": "30"}, "maker")
    {'c_f': 1/20, 'size': 30, 'kind': 'exp'}
    """
    parameters = {
        name: parameter
        for name, parameter in inspect.signature(maker).parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
    for name in settings:
        if name not in parameters:
            raise BadInput(f"{where} has no parameter {name!r}{_known(name, parameters)}")
    arguments: dict[str, object] = {}
    for name, parameter in parameters.items():
        if name in settings:
            arguments[name] = _read(settings[name], parameter, where)
        elif parameter.default is not parameter.empty:
            arguments[name] = parameter.default
    missing = [name for name in parameters if name not in arguments]
    if missing:
        raise BadInput(
            f"{where} needs a value for {', '.join(missing)}: give "
            + " ".join(f"--set {name}=..." for name in missing)
            + ", or a default in the file"
        )
    return arguments


def close(name: str, names: Iterable[str]) -> str:
    """Return `; did you mean ...?` for the names that look like `name`, or nothing.

    >>> close("cf", ["c_f", "zeta"])
    '; did you mean c_f?'
    """
    found = difflib.get_close_matches(name, list(names), n=3)
    return f"; did you mean {' or '.join(found)}?" if found else ""


def describe(thing: object) -> str:
    """Name a thing by its type, for messages.

    >>> describe({}), describe(None), describe(1)
    ('a dict', 'nothing', 'an int')
    """
    if thing is None:
        return "nothing"
    name = type(thing).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def raise_foreign(error: BaseException, where: str, file: Path | None) -> NoReturn:
    """Raise what a user's code raised as one message with the line of that code.

    The line is the innermost one in `file` or beside it, since that is where the mend is. What
    happens within this package, once it has been called with arguments of the right kind, is a
    defect of ours and is raised as it is.
    """
    folder = file.resolve().parent if file else None
    frames = traceback.extract_tb(error.__traceback__)
    files = [Path(frame.filename).resolve() for frame in frames]
    theirs = max((i for i, path in enumerate(files) if path.parent == folder), default=-1)
    ours = max((i for i, path in enumerate(files) if path.is_relative_to(_PACKAGE)), default=-1)
    place = where
    if theirs >= 0 and not files[theirs].is_relative_to(_PACKAGE):
        # In a game of the gallery the line is no help to whoever set its parameters.
        place = f"{shown(files[theirs])}:{frames[theirs].lineno}"
    if isinstance(error, MfgCheckError):
        # Said by this package in its own words; only the place is missing.
        kind = InvalidGame if isinstance(error, InvalidGame) else BadInput
        raise kind(f"{place}: {error}") from error
    if isinstance(error, SyntaxError) and error.filename:
        raise BadInput(syntax_message(error)) from error
    if ours > theirs >= 0 and not isinstance(error, (TypeError, ValueError)):
        raise error
    text = str(error).strip()
    raise BadInput(f"{place}: {type(error).__name__}{': ' if text else ''}{text}") from error


def syntax_message(error: SyntaxError) -> str:
    """Return the place of a syntax error, what is wrong, and the line with a mark under it."""
    message = f"{shown(error.filename or '?')}:{error.lineno or 1}: {error.msg}"
    if not error.text:
        return message
    line = error.text.rstrip("\n").expandtabs(1)
    mark = " " * max((error.offset or 1) - 1, 0) + "^"
    return f"{message}\n    {line}\n    {mark}"


def shown(path: str | Path) -> str:
    """Return a path as messages print it: relative to where we are, if it lies there."""
    file = Path(path)
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


def _known(name: str, parameters: Mapping[str, object]) -> str:
    if not parameters:
        return ": it has none"
    return close(name, parameters) or f": it has {', '.join(parameters)}"


def _kind(parameter: inspect.Parameter) -> str:
    default = parameter.default
    if default is parameter.empty or default is None:
        annotation = parameter.annotation
        name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
        return _KINDS_BY_ANNOTATION.get(name.split("|")[0].strip().split(".")[-1], "either")
    if isinstance(default, bool):
        return "truth"
    if isinstance(default, int):
        return "integer"
    if isinstance(default, (Fraction, float, Decimal, sympy.Expr)):
        return "number"
    return "text" if isinstance(default, str) else "other"


def _read(text: str, parameter: inspect.Parameter, where: str) -> object:
    kind = _kind(parameter)
    value = text.strip()
    if kind == "other":
        raise BadInput(
            f"{where}: {parameter.name} is {describe(parameter.default)} and can only be changed "
            "in the file"
        )
    if kind == "truth" and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    if kind in ("integer", "number", "either") and _NUMBER.fullmatch(value):
        # The pattern bounds the exponent: 1e999999999 would take all memory to write out.
        number = exact(value, parameter.name)
        if kind != "integer":
            return rational(number)
        if number.denominator == 1:
            return number.numerator
    if kind in ("text", "either"):
        return text
    raise BadInput(f"{where}: {parameter.name} must be {_NEEDED[kind]}, not {text!r}")
