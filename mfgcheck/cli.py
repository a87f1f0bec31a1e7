"""The command line: `mfgcheck check | games | new`.

Nothing heavy is imported until a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from mfgcheck.errors import BadInput, MfgCheckError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from mfgcheck.game.game import Game

DONE, REFUTED, UNDECIDED, BAD_INPUT, DEFECT, INTERRUPTED = 0, 1, 2, 64, 70, 130
_STATUSES = {"PROVED": DONE, "REFUTED": REFUTED, "UNDECIDED": UNDECIDED}

_EXIT_STATUS = """\
exit status:
  0  proved, or done         2  undecided                     70  a defect of mfgcheck
  1  refuted                64  bad input or wrong usage     130  interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line on `argv` (by default the process's own) and return the exit status.

    >>> main(["check", "no-such-file.py"])
    64
    """
    try:
        return _run(argv)
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except MfgCheckError as error:
        _say(str(error))
        return BAD_INPUT
    except MemoryError:
        _say("this needs more memory than there is: try fewer states or actions")
        return BAD_INPUT
    except Exception as error:  # the last resort: what gets here is a defect of ours
        _say(
            f"sorry, this is a defect of mfgcheck, not of your game: {type(error).__name__}: "
            f"{error}\nPlease report it with this message, the command and the game's file; "
            "MFGCHECK_DEBUG=1 in the environment shows where it happened."
        )
        return DEFECT


def _run(argv: Sequence[str] | None) -> int:
    options: argparse.Namespace | None = None
    with _stdout(), suppress(SystemExit):
        options = _parser().parse_args(argv)
    if options is None:  # --help and --version end parsing, once they have printed
        return DONE
    command: Callable[[argparse.Namespace], int] = options.run
    return command(options)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line and end as every bad input does."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message} (`{self.prog} --help` tells more)")

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        # argparse's own one passes over a disk that is full.
        (file or sys.stdout).write(self.format_help())


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        import mfgcheck

        print(f"mfgcheck {mfgcheck.__version__}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="mfgcheck",
        description="Decide whether a finite mean field game has strategic complementarities,\n"
        "with a proof or a counterexample for every clause of the definition.",
        epilog=_EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    check = commands.add_parser(
        "check",
        help="decide every clause for a game, over all mean fields",
        epilog=_EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    check.add_argument("game", metavar="GAME", help="a gallery name, file.py or file.py:name")
    check.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a parameter of the game, exactly: 1/20, 0.05, 1e-3, true, a text",
    )
    check.add_argument(
        "--clause",
        action="append",
        metavar="ID",
        help="check this clause only, for example kernel.supermodular; may be repeated",
    )
    check.add_argument("--json", action="store_true", help="print the report as JSON")
    check.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="SECONDS",
        help="stop deciding after so long; what is open then is UNDECIDED",
    )
    check.add_argument(
        "--quiet", action="store_true", help="no progress and no report: only the exit status"
    )
    check.set_defaults(run=_check)

    games = commands.add_parser("games", help="list the gallery", allow_abbrev=False)
    games.add_argument("--json", action="store_true", help="print the list as JSON")
    games.set_defaults(run=_games)

    new = commands.add_parser("new", help="write a game to start from", allow_abbrev=False)
    new.add_argument("file", metavar="FILE", help="the file to write, ending in .py")
    new.set_defaults(run=_new)
    return parser


def _check(options: argparse.Namespace) -> int:
    settings = _settings(options.set)
    from mfgcheck import check
    from mfgcheck.report.progress import Progress
    from mfgcheck.report.terminal import write

    clauses = _clauses(options.clause)
    progress = Progress(f"reading {options.game}", sys.stderr)
    # What a game's own code prints must not get into the report.
    with redirect_stdout(sys.stderr):
        if options.quiet:
            report = check(_game(options.game, settings), clauses, options.time_limit)
        else:
            with progress:
                report = check(
                    _game(options.game, settings),
                    clauses,
                    options.time_limit,
                    on_progress=progress.update,
                )
    with _stdout() as out:
        if options.json:
            out.write(json.dumps(report.to_dict(), indent=2, allow_nan=False) + "\n")
        elif not options.quiet:
            write(report.blocks(), out)
    if report.interrupted:
        _say("interrupted: what was decided before is reported")
        return INTERRUPTED
    return _STATUSES[report.status.value]


def _games(options: argparse.Namespace) -> int:
    from mfgcheck import gallery
    from mfgcheck.report.blocks import Table
    from mfgcheck.report.terminal import write

    listed = []
    for name in gallery.names():
        game = gallery.make(name)
        listed.append(
            {
                "name": name,
                "summary": gallery.summary(name),
                "states": len(game.states.labels),
                "actions": len(game.actions.labels),
                "source": game.source,
            }
        )
    with _stdout() as out:
        if options.json:
            out.write(json.dumps({"schema": "mfgcheck.games/1", "games": listed}, indent=2) + "\n")
        else:
            rows = [
                [
                    str(game["name"]),
                    str(game["summary"]),
                    f"{game['states']} x {game['actions']}",
                    str(game["source"] or ""),
                ]
                for game in listed
            ]
            write([Table(["game", "what it is", "size", "source"], rows)], out)
    return DONE


def _new(options: argparse.Namespace) -> int:
    import shlex
    from importlib.resources import files

    from mfgcheck.report.terminal import encodable

    text = files("mfgcheck").joinpath("templates", "game.py.txt").read_text(encoding="utf-8")
    file = Path(options.file)
    if file.suffix != ".py":
        raise BadInput(f"a game is a Python file: {options.file!r} must end in .py")
    # The name goes into a docstring, so one with quotes or the like does not.
    name = file.name if re.fullmatch(r"[\w.-]+", file.name) else "FILE"
    # Written beside its place and then renamed, so that a full disk leaves no half a game behind.
    temporary = file.with_name(f".mfgcheck-{os.getpid()}.tmp")
    try:
        if os.path.lexists(file):
            raise BadInput(f"{file} exists already, and is left as it is")
        try:
            with temporary.open("x", encoding="utf-8") as stream:
                stream.write(text.replace("FILE", name))
            temporary.rename(file)
        finally:
            temporary.unlink(missing_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadInput(f"{file} cannot be written: {reason}") from error
    with _stdout() as out:
        done = f"{file} is written. Check it with: mfgcheck check {shlex.quote(str(file))}\n"
        out.write(encodable(done, out))
    return DONE


def _settings(pairs: Sequence[str]) -> Mapping[str, str]:
    """Read `--set name=value` options; the same name twice is more likely a slip than a wish."""
    settings: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise BadInput(f"--set {pair}: write it as --set name=value")
        if name in settings:
            raise BadInput(f"--set {name} is given twice: {settings[name]} and {value}")
        settings[name] = value
    return settings


def _clauses(asked: Sequence[str] | None) -> list[str] | None:
    if asked is None:
        return None
    from mfgcheck.verify.clauses import BY_ID

    for clause in asked:
        if clause not in BY_ID:
            raise BadInput(f"there is no clause {clause!r}; the clauses are {', '.join(BY_ID)}")
    return list(dict.fromkeys(asked))


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return seconds


def _game(spec: str, settings: Mapping[str, str]) -> Game:
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


@contextmanager
def _stdout() -> Iterator[TextIO]:
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


def _say(message: str) -> None:
    """Print one message for people, and where it came from if that was asked for."""
    if os.environ.get("MFGCHECK_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    if sys.stderr is not None:
        print(f"mfgcheck: {message}", file=sys.stderr)
