"""`mfgcheck budget`: how many samples are enough to learn a game's equilibrium."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from mfgcheck.cli.shared import (
    DONE,
    INTERRUPTED,
    UNDECIDED,
    check_page,
    page_then,
    read_game,
    read_settings,
    say,
)
from mfgcheck.cli.show import check_plot, show
from mfgcheck.errors import BadInput

if TYPE_CHECKING:
    from argparse import Namespace


def run_budget(options: Namespace) -> int:
    """Compute budgets and print them; the status tells whether a certified one was found."""
    settings, assumed = read_settings(options.set), _read_assumed(options.assume)
    check_plot(options.plot)
    check_page(options.html)
    from dataclasses import replace

    from mfgcheck.budgets.budget import THEOREMS, budget
    from mfgcheck.budgets.rate import estimate_rate
    from mfgcheck.budgets.words import budget_page
    from mfgcheck.report.progress import Progress

    theorems = THEOREMS if options.theorem == "all" else (options.theorem,)
    with (
        redirect_stdout(sys.stderr),
        Progress(f"reading {options.game}", sys.stderr, quiet=options.quiet) as progress,
    ):
        game = read_game(options.game, settings)
        found = budget(
            game,
            options.accuracy,
            options.failure,
            theorems,
            assume=assumed,
            samples=options.samples,
            time_limit=options.time_limit,
            on_progress=progress.update,
        )
        if found.best is not None:
            found = replace(found, rate=estimate_rate(game))
    page_then(options, lambda: budget_page(found), lambda: show(options, found, found.figures))
    if found.interrupted:
        say("interrupted: what was found before is reported")
        return INTERRUPTED
    return UNDECIDED if found.best is None else DONE


def _read_assumed(pairs: list[str]) -> dict[str, str]:
    """Read `--assume NAME=VALUE` options.

    >>> _read_assumed(["C3=1/2"])
    {'C3': '1/2'}
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not value:
            raise BadInput(f"--assume {pair}: write it as --assume NAME=VALUE, for example C3=1")
        if name in found:
            raise BadInput(f"--assume {name} is given twice: {found[name]} and {value}")
        found[name] = value
    return found
