"""`mfgcheck equilibria`: every T-MFE of a game enclosed, or proved not to exist."""

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
    read_between,
    read_game,
    read_settings,
    say,
)
from mfgcheck.cli.show import check_plot, show

if TYPE_CHECKING:
    from argparse import Namespace


def run_equilibria(options: Namespace) -> int:
    """Look for all T-MFE and print them; the status tells whether the list is complete."""
    settings = read_settings(options.set)
    check_plot(options.plot)
    check_page(options.html)
    radius = read_between(options.radius, "--radius", "1e-30", "1")
    from mfgcheck.equilibrium.enclosure.equilibria import equilibria
    from mfgcheck.equilibrium.words.pages import equilibria_page
    from mfgcheck.report.progress import Progress

    with (
        redirect_stdout(sys.stderr),
        Progress(f"reading {options.game}", sys.stderr, quiet=options.quiet) as progress,
    ):
        found = equilibria(
            read_game(options.game, settings),
            radius=radius,
            max_strategies=options.max_strategies,
            max_boxes=options.max_boxes,
            time_limit=options.time_limit,
            on_progress=progress.update,
        )
    page_then(options, lambda: equilibria_page(found), lambda: show(options, found, found.figures))
    if found.interrupted:
        say("interrupted: what was found before is reported")
        return INTERRUPTED
    return DONE if found.complete else UNDECIDED
