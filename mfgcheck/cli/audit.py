"""`mfgcheck audit`: the claims of the paper, decided by evidence that is run."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from mfgcheck.cli.shared import DONE, INTERRUPTED, REFUTED, UNDECIDED, say, stdout

if TYPE_CHECKING:
    from argparse import Namespace


def run_audit(options: Namespace) -> int:
    """Run the ledger's evidence and print it; the status tells whether it is as claimed."""
    from mfgcheck.paper.audit import audit
    from mfgcheck.report.progress import Progress
    from mfgcheck.report.terminal import write

    with (
        redirect_stdout(sys.stderr),
        Progress("reading the ledger", sys.stderr, quiet=options.quiet) as progress,
    ):
        found = audit(options.claims or None, progress.update, full=options.full)
    with stdout() as out:
        if options.json:
            out.write(json.dumps(found.to_dict(), indent=2, allow_nan=False) + "\n")
        elif not options.quiet:
            write(found.blocks(), out)
    if found.interrupted:
        say("interrupted: the claims that were done are reported")
        return INTERRUPTED
    return {True: DONE, False: REFUTED, None: UNDECIDED}[found.as_claimed]
