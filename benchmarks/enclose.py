"""Time the search for all T-MFE, beside a scan that proves nothing: part of `make bench`.

    python -m benchmarks.enclose [--states 25,50,100] [--out FILE]

The games are Infection Spread with its defaults, with a susceptibility at which it has no T-MFE at
25 states (logistic, c_f = 1), and with the replacement as printed (laws of many sizes). The scan
solves the game in dense floating point at 4,001 values of the mean, and looks for sign changes of
the stationary mean less the mean: the usual way, which takes a jump across the diagonal for an
equilibrium and cannot show that there is none. Making the game is not counted for either.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.check import GOALS, WIDTH, short, table
from benchmarks.measure import timed
from mfgcheck import Game, equilibria, gallery
from mfgcheck.equilibrium.ranges.optimal import middle_terms, propose
from mfgcheck.equilibrium.ranges.pieces import pieces, term_span
from mfgcheck.equilibrium.ranges.tables import Tables

GAMES: dict[str, dict[str, Any]] = {
    "default": {},
    "logistic": {"susceptibility": "logistic", "c_f": Fraction(1)},
    "replacement": {"replacement": "state"},
}
POINTS = 4001
MOST = {25: 1.0, 100: 10.0}  # seconds


def scan(game: Game) -> int:
    """Count the sign changes of the greedy stationary mean less the mean, on a grid."""
    (piece,) = pieces(Tables.of(game))
    tables, phi = piece.tables, piece.phi_floats[0]
    low, high = piece.box[0]
    states = np.arange(game.states.size)
    side = np.zeros(len(states))
    side[-1] = 1.0
    strategy, before, count = None, 1.0, 0
    for k in range(POINTS):
        m = low + (high - low) * Fraction(k, POINTS - 1)
        terms = term_span(piece, ((m, m),), 48)
        if terms is None:
            continue
        proposal = propose(tables, middle_terms(terms), strategy)
        strategy = proposal.strategy
        mixed = float(tables.kappa) * proposal.kernel[states, strategy]
        mixed = mixed + float(tables.spread) * proposal.kernel.sum(axis=1)
        system = np.eye(len(states)) - mixed.T
        system[-1] = 1.0
        defect = float(phi @ np.linalg.solve(system, side)) - float(m)
        count += before > 0 >= defect
        before = defect
    return count


def measure(sizes: Sequence[int], console: Console) -> list[dict[str, Any]]:
    """Time both ways on all games."""
    rows = []
    for name, settings in GAMES.items():
        for states in sizes:
            with console.status(f"{name}, {states} states"):
                game = gallery.make("infection-spread", states=states, **settings)
                taken, found = timed(lambda game=game: equilibria(game))  # type: ignore[misc]
                scanned, count = timed(lambda game=game: scan(game))  # type: ignore[misc]
            rows.append(
                {
                    "game": name,
                    "states": states,
                    "sentence": found.sentence,
                    "boxes": found.boxes,
                    "search": taken,
                    "scan": scanned,
                    "sign changes": count,
                }
            )
    return rows


def tables(rows: Sequence[dict[str, Any]]) -> list[Table]:
    """Return the results as tables."""
    times = table(
        "All T-MFE of Infection Spread, and a scan of 4,001 points (by the processor)",
        ("game", "states", "found", "boxes", "s", "scan s", "sign changes", "ratio"),
    )
    goals = table("Targets", GOALS)
    for row in rows:
        ours, other = row["search"]["cpu"], row["scan"]["cpu"]
        times.add_row(
            row["game"],
            str(row["states"]),
            row["sentence"],
            str(row["boxes"]),
            short(ours),
            short(other),
            str(row["sign changes"]),
            short(other / ours),
        )
        if row["states"] in MOST:
            most = MOST[row["states"]]
            verdict = "[green]met[/]" if ours <= most else "[red]missed[/]"
            job = f"all T-MFE, {row['game']}, {row['states']} states"
            goals.add_row(job, f"{short(ours)} s", "", f"{short(most)} s", verdict)
    return [times, goals]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print tables, and write the numbers to a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.enclose", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--states", default="25,50,100", help="numbers of states")
    parser.add_argument("--out", type=Path, help="write all numbers to this JSON file")
    options = parser.parse_args(arguments)
    console = Console(width=WIDTH)
    rows = measure([int(n) for n in options.states.split(",")], console)
    for made in tables(rows):
        console.print(made)
    if options.out:
        options.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
