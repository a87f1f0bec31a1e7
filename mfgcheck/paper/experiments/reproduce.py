"""`reproduce`: run the paper's experiments, draw its figures, and compare with its sentences."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from mfgcheck.errors import BadInput
from mfgcheck.learning.learned import count
from mfgcheck.paper.experiments.compare import Compared, compare
from mfgcheck.paper.experiments.runner import Progress, Runs, needed, run_all
from mfgcheck.paper.experiments.setting import Scale, Setting, scale_of
from mfgcheck.paper.experiments.store import Store
from mfgcheck.paper.experiments.table import FigureOf, chosen
from mfgcheck.report.blocks import Block
from mfgcheck.report.figures import Figure

MOST_RUNS = 1000
MOST_WORKERS = 256


@dataclass(frozen=True, eq=False)
class Experiments:
    """The experiments of some figures, run.

    Attributes:
        figures: the figures.
        scale: how much was run.
        runs: how many runs of each setting were asked for.
        seed: of their chance.
        settings: what was run.
        kept: the runs.
        compared: the paper's sentences.
        seconds: how long it took.
    """

    figures: tuple[FigureOf, ...]
    scale: Scale
    runs: int
    seed: int
    settings: tuple[Setting, ...]
    kept: Runs
    compared: tuple[Compared, ...]
    seconds: float

    def __bool__(self) -> NoReturn:
        raise TypeError("experiments are not a truth value: look at compared")

    def drawn(self) -> list[Figure]:
        """Return the figures as plain numbers, in the order of the paper."""
        from mfgcheck.paper.experiments.drawing import draw

        return [draw(figure, self.kept, self.scale) for figure in self.figures]

    def markdown(self) -> str:
        """Return the comparison as a page of Markdown."""
        from mfgcheck.paper.experiments.words import experiments_markdown

        return experiments_markdown(self)

    def to_dict(self) -> dict[str, object]:
        """Return the comparison as JSON holds it (schema `mfgcheck.experiments/1`)."""
        from mfgcheck.paper.experiments.words import experiments_dict

        return experiments_dict(self)

    def blocks(self) -> list[Block]:
        """Return the comparison as blocks, which terminals and notebooks render."""
        from mfgcheck.paper.experiments.words import experiments_blocks

        return experiments_blocks(self)

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())


def reproduce(
    figures: Iterable[str],
    out: str | Path,
    scale: str | Scale = "quick",
    runs: int | None = None,
    *,
    seed: int = 0,
    workers: int | None = None,
    on_progress: Progress | None = None,
) -> Experiments:
    """Run the paper's experiments and compare what comes out with what the paper says.

    Args:
        figures: "fig1" .. "fig10", or "all".
        out: a folder; finished runs are kept in it, and are not run again.
        scale: "quick", "paper", or one of your own.
        runs: of each setting; by default 20 at the paper's scale, 4 at the quick one.
        seed: of the chance.
        workers: how many runs go on at once; by default as many as there are processors. The
            result does not depend on it.
        on_progress: called as (runs done, runs in all, what comes next).

    Raises:
        BadInput: there is no such figure or scale, a number is out of its range, the folder cannot
            be written, or has runs of something else.
        Interrupted: from the keyboard; finished runs are kept.

    Source: Lee et al. (2021), section 6 and appendix F.
    """
    started = time.perf_counter()
    wanted = chosen(figures)
    size = scale_of(scale) if isinstance(scale, str) else scale
    number = count(size.runs if runs is None else runs, "runs")
    beside = count(processors() if workers is None else workers, "workers")
    if number > MOST_RUNS or beside > MOST_WORKERS:
        raise BadInput(f"at most {MOST_RUNS} runs, and {MOST_WORKERS} workers")
    count(seed, "seed", least=0)
    settings = needed((one for figure in wanted for one in figure.settings()), size)
    kept = run_all(
        settings, number, Store.at(out), seed=seed, workers=beside, on_progress=on_progress
    )
    return Experiments(
        wanted,
        size,
        number,
        seed,
        settings,
        kept,
        compare(wanted, kept, size),
        time.perf_counter() - started,
    )


def processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1
