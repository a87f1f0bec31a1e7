"""`mfgcheck solve`: T-BR from one or both ends, or from a mean field of one's own."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from mfgcheck.cli.shared import (
    DONE,
    INTERRUPTED,
    REFUTED,
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


_MOST_CERTIFIED = 1_000  # pairs of state and action up to which the bracket is to be proved
_PATIENCE = 5.0  # seconds for each part of that


def run_solve(options: Namespace) -> int:
    """Run T-BR and print what it did; the status tells whether every run converged."""
    settings = read_settings(options.set)
    check_plot(options.plot)
    check_page(options.html)
    accuracy = float(read_between(options.accuracy, "--accuracy", "1e-13", "2"))
    from mfgcheck import check
    from mfgcheck.cli.start import ENDS, read_mean_field
    from mfgcheck.equilibrium.certify import certify, not_asked
    from mfgcheck.equilibrium.solve import solve
    from mfgcheck.equilibrium.tbr.dynamics import Outcome
    from mfgcheck.equilibrium.words.pages import solution_page
    from mfgcheck.report.progress import Progress

    with (
        redirect_stdout(sys.stderr),
        Progress(f"reading {options.game}", sys.stderr, quiet=options.quiet) as progress,
    ):
        game = read_game(options.game, settings)
        start, remark = (
            (options.start, "")
            if options.start in ENDS
            else read_mean_field(options.start, game.states)
        )
        found = solve(
            game,
            start,
            algorithm=options.algorithm,
            accuracy=accuracy,
            max_steps=options.max_steps,
            on_progress=progress.update,
        )
        if game.states.size * game.actions.size <= _MOST_CERTIFIED:
            progress.update(0, 1, "proving the bracket")
            found = certify(found, check(game, time_limit=_PATIENCE), _PATIENCE)
        elif not found.interrupted:
            found = not_asked(
                found,
                f"{game.states.size} states and {game.actions.size} actions are too many to be "
                f"asked here: up to {_MOST_CERTIFIED} pairs are",
            )
    if remark:
        say(remark)
    page_then(options, lambda: solution_page(found), lambda: show(options, found, found.figures))
    if found.interrupted:
        say("interrupted: what was done before is reported")
        return INTERRUPTED
    if any(run.outcome is Outcome.CYCLE for run in found.runs):
        return REFUTED
    return DONE if found.converged else UNDECIDED
