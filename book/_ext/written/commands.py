"""The commands with their options and exit statuses, from the parser itself."""

from __future__ import annotations

import argparse
import re
from typing import Any

from mfgcheck.cli.parser import make_parser
from written.docstrings import plain


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    return dict(_commands(make_parser()).choices)


def _commands(parser: argparse.ArgumentParser) -> Any:
    return next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))


def command(name: str) -> str:
    """Describe a command: what it does, how it is called, its options."""
    listed = _commands(make_parser())
    parser = listed.choices[name]
    does = next(action.help for action in listed._choices_actions if action.dest == name) or ""
    arguments = [
        _metavar(action) + " ..." * (action.nargs in ("*", "+"))
        for action in parser._actions
        if not action.option_strings
    ]
    return "\n\n".join(
        [
            f"{plain(does[:1].upper() + does[1:])}.",
            f"```{{code-block}} text\n{' '.join([parser.prog, *arguments, '[OPTIONS]'])}\n```",
            f"```{{program}} {parser.prog}\n```",
            *(_option(action) for action in parser._actions if action.dest != "help"),
        ]
    )


def _metavar(action: argparse.Action) -> str:
    if action.metavar is not None:
        return str(action.metavar)
    return "|".join(action.choices) if action.choices else action.dest.upper()


def _option(action: argparse.Action) -> str:
    takes = "" if action.nargs == 0 else _metavar(action)
    title = " ".join([*action.option_strings, takes]).strip()
    return f"````{{option}} {title}\n{plain(action.help or '')}\n````"


def statuses(name: str = "") -> dict[int, str]:
    """Return what each exit status means, as `--help` tells it: of a command, or of all of them.

    >>> statuses("solve")[1], statuses()[70]
    ('a run cycles', 'a defect of mfgcheck')
    """
    text = (parsers()[name] if name else make_parser()).epilog or ""
    found = re.findall(r"(\d+)  (\S.*?)(?=\s{2,}\d+  |\s*$)", text, flags=re.M)
    return {int(status): meaning for status, meaning in found}


def exit_statuses() -> str:
    """Return a table of the exit statuses that differ by command, and a list of the others."""
    lines = ["| command | 0 | 1 | 2 |", "| --- | --- | --- | --- |"]
    for name in parsers():
        told = statuses(name) or {0: "done"}
        cells = (plain(told.get(status, "")) for status in (0, 1, 2))
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    others = [
        f"{status}: {meaning}" for status, meaning in sorted(statuses().items()) if status > 2
    ]
    return "\n".join([*lines, "", f"Of all commands: {'; '.join(others)}."])
