"""What is found goes to the standard output, as text or JSON, and its figures to a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from mfgcheck.cli.shared import say, stdout

if TYPE_CHECKING:
    from argparse import Namespace

    from mfgcheck.report.blocks import Block
    from mfgcheck.report.figures import Figure


class Result(Protocol):
    """What a command found: blocks for people and a dict for programs."""

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        ...

    def blocks(self) -> list[Block]:
        """Return it as blocks."""
        ...


def check_plot(path: str | None) -> None:
    """Say before a long computation that its figures could not be saved."""
    if path is not None:
        from mfgcheck.report.plot import check_path

        check_path(path)


def show(options: Namespace, found: Result, figures: Callable[[], Sequence[Figure]]) -> None:
    """Print a result as the options want it, and draw its figures where `--plot` says."""
    from mfgcheck.report.blocks import Heading
    from mfgcheck.report.terminal import write

    blocks = found.blocks()
    with stdout() as out:
        if options.json:
            out.write(json.dumps(found.to_dict(), indent=2, allow_nan=False) + "\n")
        elif not options.quiet:
            write(blocks, out)
    # After the report, so that a disk that is full costs the drawing only.
    if options.plot is not None:
        from mfgcheck.report.plot import save

        drawn = figures()
        if not drawn:
            say(f"there is nothing to draw: {options.plot} is not written")
            return
        title = [block for block in blocks if isinstance(block, Heading)][:1]
        save([*title, *drawn], options.plot)
