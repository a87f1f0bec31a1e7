"""Time T-BR fixed points, beside two other libraries in the same run: part of `make bench`.

    python -m benchmarks.solve [--states 25,100,1000,10000] [--repeat 5] [--out FILE]
    python -m benchmarks.solve --crossover

`spread` is Infection Spread, whose best response stays the same along the path; in `sharing` it
changes. All start from the least law and stop at ||z - Phi(z, mu)||_1 <= 1e-8. Every solver runs in
a process of its own with one thread, once to warm up and then `--repeat` times; tables show the
median. QuantEcon and MFGLib come with `pip install 'mfgcheck[interop]'`, and are left out without.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.check import GOALS, ROOT, WIDTH, short, table

GAMES = ("spread", "sharing")
OURS = "mfgcheck"
PEERS = {"quantecon": ("quantecon pi", "quantecon mpi"), "mfglib": ("mfglib",)}
MOST = {"quantecon pi": 1_000, "quantecon mpi": 10_000, "mfglib": 100}  # states
HORIZON = {"spread": {25: 80, 100: 130}, "sharing": {25: 150, 100: 210}}  # steps, for MFGLib
AGREE = {"quantecon pi": 1e-8, "quantecon mpi": 1e-8, "mfglib": 1e-6}  # in ||.||_1
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def solvers() -> list[str]:
    """Return the solvers that are installed, this one first."""
    found = [name for module, names in PEERS.items() if find_spec(module) for name in names]
    return [OURS, *found]


def one(game: str, states: int, solver: str, repeat: int) -> dict[str, Any]:
    """Time one solver in this process: warm, medians by both clocks."""
    import resource

    from benchmarks import peers

    if solver == OURS:
        run, made = peers.with_mfgcheck(game, states)
    elif solver == "mfglib":
        run, made = peers.with_mfglib(game, states, HORIZON[game].get(states, 2 * states))
    else:
        run, made = peers.with_quantecon(game, states, solver.split()[1])
    found = run()
    wall, cpu = zip(*(clocks(run) for _ in range(repeat)), strict=True)
    return {
        "solver": solver,
        "wall": statistics.median(wall),
        "cpu": statistics.median(cpu),
        "made": made,
        "steps": found["steps"],
        "changes": found.get("changes"),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "z": found["z"].tolist(),
    }


def clocks(run: Callable[[], Any]) -> tuple[float, float]:
    """Return how long a call takes by the wall clock and by the processor's."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


def apart(game: str, states: int, solver: str, repeat: int) -> dict[str, Any]:
    """Time one solver in a fresh process."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.solve", "--one", game]
    command += [str(states), solver, str(repeat)]
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def measure(sizes: Sequence[int], repeat: int, console: Console) -> list[dict[str, Any]]:
    """Measure every solver on both games at all sizes, and compare what they found."""
    games = []
    for game in GAMES:
        for states in sizes:
            rows: list[dict[str, Any]] = []
            for solver in solvers():
                if states > MOST.get(solver, states):
                    continue
                with console.status(f"{game}, {states} states, {solver}"):
                    slow = solver != OURS and (solver == "mfglib" or states >= 1_000)
                    rows.append(apart(game, states, solver, 1 if slow else repeat))
                agree(rows[-1], rows[0])
            games.append({"game": game, "states": states, "solvers": rows})
            for row in rows:
                del row["z"]
    return games


def agree(row: dict[str, Any], ours: dict[str, Any]) -> None:
    """Fail unless a solver found the same mean field."""
    row["distance"] = sum(abs(x - y) for x, y in zip(row["z"], ours["z"], strict=True))
    if row["distance"] > AGREE.get(row["solver"], 0.0):
        raise SystemExit(f"{row['solver']} found another mean field: {row['distance']} away")


def tables(games: Sequence[dict[str, Any]]) -> list[Table]:
    """Return the results as tables."""
    times = table(
        "T-BR fixed point to 1e-8 from the least law, warm, one thread (ratio: by the processor)",
        ("game", "states", "solver", "steps", "changes", "ms", "cpu ms", "ratio", "|z - ours|"),
    )
    goals = table("Targets", GOALS)
    for game in games:
        name = (game["game"], f"{game['states']:,}")
        ours = game["solvers"][0]
        for row in game["solvers"]:
            changes = "" if row["changes"] is None else str(row["changes"])
            times.add_row(
                *name,
                row["solver"],
                str(row["steps"]),
                changes,
                short(1e3 * row["wall"]),
                short(1e3 * row["cpu"]),
                "" if row is ours else short(row["cpu"] / ours["cpu"]),
                "" if row is ours else f"{row['distance']:.0e}",
            )
            name = ("", "")
        for job, value, most, unit, met in targets(game):
            verdict = "[green]met[/]" if met else "[red]missed[/]"
            goals.add_row(job, f"{short(value)} {unit}", "", f"{short(most)} {unit}", verdict)
    return [made for made in (times, goals) if made.row_count]


def targets(game: dict[str, Any]) -> list[tuple[str, float, float, str, bool]]:
    """Return what was to be reached for a game, and what was."""
    ours, *others = game["solvers"]
    name = f"{game['game']}, {game['states']:,} states"
    found = []
    if game["states"] == 25 and game["game"] == "spread":
        milliseconds = 1e3 * ours["cpu"]
        found.append((name, milliseconds, 2.0, "ms", milliseconds <= 2))
    if game["states"] == 10_000:
        found.append((name, ours["cpu"], 2.0, "s", ours["cpu"] <= 2))
    for row in others:
        ratio = row["cpu"] / ours["cpu"]
        if row["solver"] == "quantecon pi":
            found.append((f"{name}: faster than {row['solver']}", ratio, 1.0, "x", ratio > 1))
        if row["solver"] == "mfglib":
            found.append((f"{name}: faster than mfglib", ratio, 50.0, "x", ratio >= 50))
    return found


def crossover(console: Console) -> None:
    """Print what evaluating one strategy costs by a linear system and by sweeps."""
    import numpy as np

    from benchmarks import peers
    from mfgcheck.equilibrium import response
    from mfgcheck.equilibrium.tbr.model import Model

    made = table("Evaluating a strategy, ms", ("states", "linear system", "sweeps"))
    for states in (25, 50, 100, 150, 200, 300, 400):
        model = Model.of(peers.make("sharing", states))
        stage = model.at(np.full(states, 1 / states))
        evaluate = partial(response.evaluate, stage, response.respond(stage).lowest)
        cells = []
        for dense in (states, 0):
            response.DENSE = dense
            runs = [clocks(evaluate)[1] for _ in range(20)]
            cells.append(short(1e3 * statistics.median(runs)))
        made.add_row(str(states), *cells)
    console.print(made)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print tables, and write the numbers to a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.solve", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    sizes = "25,100,1000,10000"
    parser.add_argument("--states", default=sizes, help=f"numbers of states (default {sizes})")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each (default 5)")
    parser.add_argument("--out", type=Path, help="write all numbers to this JSON file")
    parser.add_argument(
        "--crossover", action="store_true", help="linear system or sweeps, by states; nothing else"
    )
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one is not None:
        game, states, solver, repeat = options.one
        print(json.dumps(one(game, int(states), solver, int(repeat))))
        return
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    if options.crossover:
        os.environ.update(ONE_THREAD)  # before numpy is imported
        crossover(console)
        return
    for module in PEERS:
        if not find_spec(module):
            console.print(
                f"{module} is not installed: left out (pip install 'mfgcheck\\[interop]')"
            )
    games = measure([int(part) for part in options.states.split(",")], options.repeat, console)
    for made in tables(games):
        console.print(made)
    if options.out is not None:
        results = {"schema": "mfgcheck.benchmark-solve/1", "games": games}
        options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
