"""The command line: `mfgcheck check | solve | equilibria | budget | learn | audit | ..`.

Nothing heavy is imported until a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import suppress

from mfgcheck.cli.parser import make_parser
from mfgcheck.cli.shared import BAD_INPUT, DEFECT, DONE, INTERRUPTED, say, stdout
from mfgcheck.errors import MfgCheckError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line on `argv` (by default the process's own) and return the exit status.

    >>> main(["check", "no-such-file.py"])
    64
    """
    try:
        return _run(argv)
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except MfgCheckError as error:
        say(str(error))
        return BAD_INPUT
    except MemoryError:
        say("this needs more memory than there is: try fewer states or actions")
        return BAD_INPUT
    except Exception as error:  # the last resort: what gets here is a defect of ours
        say(
            f"sorry, this is a defect of mfgcheck, not of your game: {type(error).__name__}: "
            f"{error}\nPlease report it with this message, the command and the game's file; "
            "MFGCHECK_DEBUG=1 in the environment shows where it happened."
        )
        return DEFECT


def _run(argv: Sequence[str] | None) -> int:
    options: argparse.Namespace | None = None
    with stdout(), suppress(SystemExit):
        options = make_parser().parse_args(argv)
    if options is None:  # --help and --version end parsing, once they have printed
        return DONE
    command: Callable[[argparse.Namespace], int] = options.run
    return command(options)
