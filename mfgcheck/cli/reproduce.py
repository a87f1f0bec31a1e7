"""`mfgcheck reproduce`: the paper's experiments, run, drawn, and compared with what it says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from mfgcheck.cli.shared import DONE, INTERRUPTED, say, stdout

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_options(
    command: ArgumentParser, count: Callable[[str], int], natural: Callable[[str], int]
) -> None:
    """Give the command its options; `count` and `natural` read whole numbers."""
    command.add_argument(
        "figures", nargs="+", metavar="FIGURE", help="fig1 .. fig10, or all of them: all"
    )
    command.add_argument(
        "--scale",
        choices=("quick", "paper"),
        default="quick",
        help="quick: all figures in about a minute, too short for some of what the paper says (the "
        "default); paper: as many iterations and runs as the paper has",
    )
    command.add_argument(
        "--runs", type=count, metavar="N", help="20 by default; with --scale quick, 4"
    )
    command.add_argument(
        "--workers",
        type=count,
        metavar="N",
        help="runs made at once, which changes nothing but the time; one for each processor by "
        "default",
    )
    command.add_argument("--seed", type=natural, default=0, metavar="N", help="0 by default")
    command.add_argument(
        "--out",
        metavar="DIR",
        help="where runs, figures and the comparison go; reproduced-quick or reproduced-paper by "
        "default. Runs that are there already are not made again",
    )
    command.add_argument("--json", action="store_true", help="print the comparison as JSON")
    command.add_argument(
        "--quiet", action="store_true", help="no progress and no report: only the files"
    )
    command.set_defaults(run=run_reproduce)


def run_reproduce(options: Namespace) -> int:
    """Run the experiments of some figures, print the comparison, and draw them."""
    from mfgcheck.paper.experiments.files import write_comparison, write_figures
    from mfgcheck.paper.experiments.reproduce import reproduce
    from mfgcheck.paper.experiments.runner import Interrupted
    from mfgcheck.report.progress import Progress
    from mfgcheck.report.terminal import write

    out = f"reproduced-{options.scale}" if options.out is None else options.out
    try:
        with (
            redirect_stdout(sys.stderr),
            Progress("reading the stored runs", sys.stderr, quiet=options.quiet) as progress,
        ):
            found = reproduce(
                options.figures,
                out,
                options.scale,
                options.runs,
                seed=options.seed,
                workers=options.workers,
                on_progress=progress.update,
            )
            progress.update(0, None, "drawing the figures")
            page = write_comparison(found, out)
            folder = write_figures(found, out)
    except Interrupted as stopped:
        say(
            f"interrupted: {stopped.done} of {stopped.total} runs are kept in {out}; the same "
            "command goes on from there"
        )
        return INTERRUPTED
    with stdout() as stream:
        if options.json:
            stream.write(json.dumps(found.to_dict(), indent=2, allow_nan=False) + "\n")
        elif not options.quiet:
            write(found.blocks(), stream)
    if not options.quiet:
        where = "without figures, which need matplotlib: pip install 'mfgcheck[plot]'"
        say(f"see {page}, and {folder}" if folder is not None else f"see {page}, {where}")
    return DONE
