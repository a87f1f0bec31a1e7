"""`mfgcheck check`: every clause of Definition 1; `--levels` and `--all-sizes` add to that."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from mfgcheck.cli.shared import (
    DONE,
    INTERRUPTED,
    REFUTED,
    UNDECIDED,
    check_page,
    page_then,
    read_game,
    read_settings,
    say,
    stdout,
)
from mfgcheck.errors import BadInput

if TYPE_CHECKING:
    from argparse import Namespace

    from mfgcheck.equilibrium.levels import Levels
    from mfgcheck.report.blocks import Block
    from mfgcheck.report.progress import Progress
    from mfgcheck.verify.all_sizes.result import AllSizes
    from mfgcheck.verify.check import Report

_STATUSES = {"PROVED": DONE, "REFUTED": REFUTED, "UNDECIDED": UNDECIDED}


def run_check(options: Namespace) -> int:
    """Check a game and print the report; the exit status is the verdict on the clauses."""
    settings = read_settings(options.set)
    check_page(options.html)
    from mfgcheck import check
    from mfgcheck.game.arguments import need_game
    from mfgcheck.report.progress import Progress

    clauses = _clauses(options.clause)
    levels: Levels | None = None
    sizes: AllSizes | None = None
    # What a game's own code prints must not get into the report.
    with (
        redirect_stdout(sys.stderr),
        Progress(f"reading {options.game}", sys.stderr, quiet=options.quiet) as progress,
    ):
        game = read_game(options.game, settings)
        if options.levels:
            need_game(game)  # before the work, not after it
        report = check(game, clauses, options.time_limit, on_progress=progress.update)
        if options.levels and not report.interrupted:
            levels = _levels(report, options.time_limit, progress)
        if options.all_sizes and not report.interrupted:
            sizes = _all_sizes(report, progress)
    page_then(
        options,
        lambda: _page(report, levels, sizes),
        lambda: _show(options, report, levels, sizes),
    )
    stopped = levels.interrupted if levels is not None else bool(options.levels)
    stopped = stopped or (sizes is None and bool(options.all_sizes))
    if report.interrupted or stopped:
        say("interrupted: what was decided before is reported")
        return INTERRUPTED
    return _STATUSES[report.status.value]


def _show(
    options: Namespace, report: Report, levels: Levels | None, sizes: AllSizes | None
) -> None:
    """Print the report as the options want it, with what was asked for beyond the clauses."""
    from mfgcheck.report.terminal import write

    with stdout() as out:
        if options.json:
            found = report.to_dict()
            found |= {} if levels is None else {"levels": levels.to_dict()}
            found |= {} if sizes is None else {"all_sizes": sizes.to_dict()}
            out.write(json.dumps(found, indent=2, allow_nan=False) + "\n")
        elif not options.quiet:
            more = [result.blocks() for result in (levels, sizes) if result is not None]
            write([*report.blocks(), *(block for blocks in more for block in blocks)], out)


def _page(report: Report, levels: Levels | None, sizes: AllSizes | None) -> list[Block]:
    """Return the report's page, with what was asked for beyond the clauses."""
    more: list[Block] = []
    if levels is not None:
        from mfgcheck.equilibrium.words.pages import levels_page

        more += levels_page(levels)
    if sizes is not None:
        more += sizes.blocks()
    return report.page_blocks(more)


def _levels(report: Report, time_limit: float | None, progress: Progress) -> Levels | None:
    """Return the levels beyond the definition; None if that was stopped from the keyboard."""
    from mfgcheck.equilibrium.levels import levels

    try:
        return levels(report.game, report, time_limit, on_progress=progress.update)
    except KeyboardInterrupt:  # the report on the clauses is not lost
        return None


def _all_sizes(report: Report, progress: Progress) -> AllSizes | None:
    """Return the verdicts for all sizes; None if that was stopped from the keyboard."""
    from mfgcheck.verify.all_sizes.decide import all_sizes

    progress.update(0, 1, "all sizes")
    try:
        return all_sizes(report.game).only(report.clauses)
    except KeyboardInterrupt:
        return None


def _clauses(asked: Sequence[str] | None) -> list[str] | None:
    if asked is None:
        return None
    from mfgcheck.verify.clauses import BY_ID

    for clause in asked:
        if clause not in BY_ID:
            raise BadInput(f"there is no clause {clause!r}; the clauses are {', '.join(BY_ID)}")
    return list(dict.fromkeys(asked))
