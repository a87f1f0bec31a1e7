"""`mfgcheck games` and `mfgcheck new`: games to look at, and one to start from."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mfgcheck.cli.shared import DONE, stdout
from mfgcheck.errors import BadInput

if TYPE_CHECKING:
    from argparse import Namespace


def list_games(options: Namespace) -> int:
    """List the gallery."""
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
    with stdout() as out:
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


def write_game(options: Namespace) -> int:
    """Write a game to start from; a file that exists is left as it is."""
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
    with stdout() as out:
        done = f"{file} is written. Check it with: mfgcheck check {shlex.quote(str(file))}\n"
        out.write(encodable(done, out))
    return DONE
