"""What the commands share: exit statuses, the game that GAME names, settings, the output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from mfgcheck.errors import BadInput

if TYPE_CHECKING:
    from argparse import Namespace
    from fractions import Fraction

    from mfgcheck.game.game import Game
    from mfgcheck.report.blocks import Block

DONE, REFUTED, UNDECIDED, BAD_INPUT, DEFECT, INTERRUPTED = 0, 1, 2, 64, 70, 130


def read_game(spec: str, settings: Mapping[str, str]) -> Game:
    """Make the game that GAME names: one of the gallery's, or one in a file."""
    from mfgcheck import gallery
    from mfgcheck.game.load import call_maker, exists, load_file, split_spec
    from mfgcheck.game.maker import close

    names = gallery.names()
    if spec in names:
        return call_maker(gallery.maker(spec), settings, spec)
    path, name = split_spec(spec)
    like = close(Path(path).stem.replace("_", "-"), names)
    if "." not in path and not any(mark in path for mark in "/\\") and not exists(path):
        raise BadInput(
            f"there is no game called {spec!r}"
            f"{like or ': `mfgcheck games` lists them, and one of yours is given as file.py'}"
        )
    if path.endswith(".py") and like and not exists(path):
        raise BadInput(f"there is no file {path}{like}")
    return load_file(path, name, settings)


def read_settings(pairs: Sequence[str]) -> Mapping[str, str]:
    """Read `--set name=value` options; the same name twice is more likely a slip than a wish.

    >>> read_settings(["c_f=1/20"])
    {'c_f': '1/20'}
    """
    settings: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise BadInput(f"--set {pair}: write it as --set name=value")
        if name in settings:
            raise BadInput(f"--set {name} is given twice: {settings[name]} and {value}")
        settings[name] = value
    return settings


def read_between(text: str, option: str, least: str, most: str) -> Fraction:
    """Read an option that is an exact number in a range, such as 1e-8 or 1/1000.

    >>> read_between("1e-3", "--radius", "1e-30", "1")
    Fraction(1, 1000)
    """
    from fractions import Fraction

    from mfgcheck.errors import InvalidGame
    from mfgcheck.game.numbers import exact

    try:
        number = exact(text, option)
    except InvalidGame as error:
        raise BadInput(str(error)) from None
    if not Fraction(least) <= number <= Fraction(most):
        raise BadInput(
            f"{option} is {text}: it must lie between {least} and {most}, for example 1e-8"
        )
    return number


def check_page(path: str | None) -> None:
    """Say before a long computation that a page could not be written."""
    if path is not None:
        from mfgcheck.report.page import check_page_path

        check_page_path(path)


def write_page(options: Namespace, blocks: Callable[[], Sequence[Block]]) -> None:
    """Write a result as one page where `--html` says; what was there before is replaced at once."""
    if options.html is None:
        return
    from mfgcheck import __version__
    from mfgcheck.report.page import save_page
    from mfgcheck.report.progress import Progress

    # The game's own code may print when its numbers are recomputed.
    with (
        redirect_stdout(sys.stderr),
        Progress(f"drawing {options.html}", sys.stderr, quiet=options.quiet),
    ):
        made = blocks()
    save_page(made, options.html, f"Made by mfgcheck {__version__}.")


def page_then(
    options: Namespace, blocks: Callable[[], Sequence[Block]], show: Callable[[], None]
) -> None:
    """Write a result's page, then show it: neither is lost because the other one fails."""
    try:
        write_page(options, blocks)
    finally:
        show()


@contextmanager
def stdout() -> Iterator[TextIO]:
    """Give the standard output; a reader that has gone away is no error, a full disk is."""
    if sys.stdout is None:  # closed before we were started
        raise BadInput("the output cannot be written: standard output is closed")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
    except OSError as error:
        _forget_stdout()
        raise BadInput(f"the output cannot be written: {error.strerror}") from error


def _forget_stdout() -> None:
    """Send what is still buffered nowhere, so that Python does not try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(message: str) -> None:
    """Print one message for people, and where it came from if that was asked for."""
    if os.environ.get("MFGCHECK_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    if sys.stderr is not None:
        print(f"mfgcheck: {message}", file=sys.stderr)
