"""Time the checker on growing games and compare with dense numpy: `make bench`.

    python -m benchmarks.check [--states 25,100,1000,10000] [--large] [--repeat 3] [--out FILE]
    python -m benchmarks.check --profile shift-10000

Every measurement runs in a fresh process, several times; tables show the median, and the least in
brackets. This process imports neither numpy nor the checker: a child's peak memory counts from
what its parent holds when it is started.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
FAMILIES = ("shift", "heterogeneous")
ACTIONS = 5
DENSE_UP_TO = 1_000  # states; beyond, dense arrays of |S|^2 |A| numbers outgrow the memory
SMALL = ("job", "ms", "cpu ms")
GOALS = ("job", "reached", "cpu", "target", "")
WIDTH = 120  # of the tables, where there is no terminal
DEMO = ("check", "infection-spread")


def spread(samples: Sequence[Any]) -> Any:
    """Replace numbers by their median and least over the samples; what else there is must agree."""
    first = samples[0]
    if isinstance(first, dict):
        return {key: spread([sample[key] for sample in samples]) for key in first}
    if isinstance(first, float):
        return {"median": statistics.median(samples), "min": min(samples)}
    if any(sample != first for sample in samples):
        raise AssertionError(f"repeated runs disagree: {samples}")
    return first


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter afresh, in the checkout."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def measure(repeat: int, *arguments: str) -> Any:
    """Return the spread of a measurement over several fresh processes."""
    samples = []
    for _ in range(repeat):
        done = run("-m", "benchmarks.measure", *arguments)
        if done.returncode:
            raise SystemExit(f"benchmarks.measure {' '.join(arguments)} failed:\n{done.stderr}")
        samples.append(json.loads(done.stdout))
    return spread(samples)


def measure_starts(repeat: int) -> Any:
    """Return how long whole commands take: bare Python, `--help`, and the demo's check."""
    commands = {
        "python -c pass": ("-c", "pass"),
        "mfgcheck --help": ("-m", "mfgcheck", "--help"),
        f"mfgcheck {' '.join(DEMO)}": ("-m", "mfgcheck", *DEMO),
    }
    samples = []
    for number in range(repeat + 1):
        sample = {}
        for name, command in commands.items():
            started = time.perf_counter()
            done = run(*command)
            sample[name] = time.perf_counter() - started
            if done.returncode not in (0, 1):  # 1: the verdict is REFUTED
                raise SystemExit(f"{name} failed:\n{done.stderr}")
        if number:  # the first round compiles the sources and fills the file cache
            samples.append(sample)
    return spread(samples)


def measure_games(sizes: Sequence[int], repeat: int, console: Console) -> list[dict[str, Any]]:
    """Measure both families at all sizes."""
    games = []
    for family in FAMILIES:
        for states in sizes:
            with console.status(f"{family}, {states} states"):
                game: dict[str, Any] = {"family": family, "states": states}
                game |= measure(repeat, "engine", family, str(states))
                if states <= DENSE_UP_TO:
                    game["dense"] = measure(repeat, "dense", family, str(states))
                    agree(game)
            console.print(f"{family}, {states} states: {text(game['seconds']['total']['wall'])} s")
            games.append(game)
    return games


def agree(game: dict[str, Any]) -> None:
    """Fail if something that was proved is false at the mean field of the dense check."""
    for clause, holds in game["dense"]["verdicts"].items():
        if game["verdicts"][clause] == "PROVED" and not holds:
            raise AssertionError(f"{clause} is PROVED, but fails in numpy: {game['family']}")


def growth(games: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the slopes of log processor time over log states from 100 on, by least squares."""
    slopes: dict[str, dict[str, float]] = {}
    for family in FAMILIES:
        chosen = [g for g in games if g["family"] == family and g["states"] >= 100]
        if len(chosen) >= 2:
            x = [math.log(game["states"]) for game in chosen]
            slopes[family] = {}
            for part in ("trace", "validate", "decide", "total"):
                y = [math.log(game["seconds"][part]["cpu"]["median"]) for game in chosen]
                slopes[family][part] = statistics.linear_regression(x, y).slope
    return slopes


def targets(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what was to be reached, and what was."""
    found: list[dict[str, Any]] = []

    def add(job: str, value: float, most: float, unit: str, cpu: float | None = None) -> None:
        goal = {"job": job, "value": value, "cpu": cpu, "target": most, "unit": unit}
        found.append(goal | {"met": value <= most})

    def time_of(job: str, times: dict[str, Any], most: float, unit: str, scale: float = 1) -> None:
        wall, cpu = (scale * times[clock]["median"] for clock in ("wall", "cpu"))
        add(job, wall, most, unit, cpu)

    bare, usage, demo = (number["median"] for number in results["start"].values())
    add("mfgcheck --help, beyond bare Python", usage - bare, 0.15, "s")
    add(f"mfgcheck {' '.join(DEMO)}, beyond bare Python", demo - bare, 2, "s")
    time_of("check Infection Spread (25 x 5), warm", results["warm"]["check"], 60, "ms", 1e3)
    for game in results["games"]:
        name = f"{game['family']}, {game['states']:,} states"
        seconds, megabytes = game["seconds"], game["megabytes"]["decide"]["median"]
        if game["states"] >= 1_000:
            one = "trace of one (s, a)"
            time_of(f"{name}: {one}", seconds[one], 60, "us", 1e6)
        if game["states"] == 10_000:
            time_of(f"{name}: decide", seconds["decide"], 1, "s")
            add(f"{name}: memory", megabytes, 200, "MB")
        if game["states"] == 100_000:
            time_of(f"{name}: all", seconds["total"], 60, "s")
            add(f"{name}: memory", megabytes, 2_000, "MB")
    for family, slopes in results["growth"].items():
        add(f"{family}: growth exponent of the time", slopes["total"], 1.1, "")
    return found


def text(number: dict[str, float], scale: float = 1) -> str:
    """Return a median with the least value in brackets, in seconds (or as scaled)."""
    return f"{short(scale * number['median'])} ({short(scale * number['min'])})"


def short(value: float) -> str:
    """Return a number with two or three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value >= 1 else f"{value:.2g}"


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the results as tables."""
    parts = ("trace", "validate", "decide", "total")
    times = table(
        "Seconds by the wall clock and of the processor: median (least) of fresh processes",
        ("family", "states", "clock", *parts, "us/(s,a)", "MB"),
    )
    compared = table(
        "Against a dense numpy check at a single mean field, which proves nothing",
        ("family", "states", "decide cpu s", "dense cpu s", "ratio", "MB", "dense MB"),
    )
    clauses = table(
        "Decide by clause: Proved or Refuted, median ms by the wall clock",
        ("clause", *(f"{game['family'][:6]}\n{game['states']:,}" for game in results["games"])),
    )
    for game in results["games"]:
        seconds, name = game["seconds"], (game["family"], f"{game['states']:,}")
        memory = short(game["megabytes"]["decide"]["median"])
        one = seconds["trace of one (s, a)"]
        for clock in ("wall", "cpu"):
            cells = (text(seconds[part][clock]) for part in parts)
            times.add_row(*name, clock, *cells, text(one[clock], 1e6), memory)
            name, memory = ("", ""), ""
        if "dense" in game:
            mine, dense = seconds["decide"]["cpu"], game["dense"]["seconds"]["decide"]["cpu"]
            compared.add_row(
                game["family"],
                f"{game['states']:,}",
                text(mine),
                text(dense),
                short(mine["median"] / dense["median"]),
                short(game["megabytes"]["decide"]["median"]),
                short(game["dense"]["megabytes"]["decide"]["median"]),
            )
    for clause in results["games"][0]["by_clause"]:
        verdicts = (
            f"{game['verdicts'][clause][0]} {1e3 * game['by_clause'][clause]['median']:,.1f}"
            for game in results["games"]
        )
        clauses.add_row(clause, *verdicts)
    slopes = table(
        "Growth exponent of the processor time, from 100 states on",
        ("family", "trace", "validate", "decide", "total"),
    )
    for family, slope in results["growth"].items():
        slopes.add_row(family, *(f"{value:.2f}" for value in slope.values()))
    small = table("Infection Spread (25 x 5) in a warm process, and whole commands", SMALL)
    for job, number in results["warm"].items():
        small.add_row(job, text(number["wall"], 1e3), text(number["cpu"], 1e3))
    small.add_row("check / dense check", short(results["ratio"]))
    for job, number in results["start"].items():
        small.add_row(job, text(number, 1e3))
    goals = table("Targets, for medians by the wall clock", GOALS)
    for goal in results["targets"]:
        verdict = "[green]met[/]" if goal["met"] else "[red]missed[/]"
        cells = (
            "" if goal[key] is None else f"{short(goal[key])} {goal['unit']}"
            for key in ("value", "cpu", "target")
        )
        goals.add_row(goal["job"], *cells, verdict)
    return [made for made in (times, compared, clauses, slopes, small, goals) if made.row_count]


def table(title: str, headings: Sequence[str]) -> Table:
    """Return an empty table whose first column holds names."""
    made = Table(title=title, title_justify="left")
    for number, heading in enumerate(headings):
        made.add_column(heading, justify="right" if number else "left", no_wrap=True)
    return made


def machine() -> dict[str, Any]:
    """Return where the measurements were taken."""
    packages = ("numpy", "sympy", "python-flint")
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
        "packages": {name: version(name) for name in packages},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print tables, and write the numbers to a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    sizes = "25,100,1000,10000"
    parser.add_argument("--states", default=sizes, help=f"numbers of states (default {sizes})")
    parser.add_argument("--large", action="store_true", help="100,000 states as well")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each (default 3)")
    parser.add_argument("--out", type=Path, help="write all numbers to this JSON file")
    parser.add_argument(
        "--profile", metavar="FAMILY-STATES", help="print what dominates, for example shift-10000"
    )
    options = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    if options.profile is not None:
        family, _, states = options.profile.rpartition("-")
        if family not in FAMILIES or not states.isdigit():
            parser.error(f"--profile {options.profile}: give {' or '.join(FAMILIES)}, -, states")
        from benchmarks.measure import profile  # only here: it imports numpy and the checker

        print(profile(family, int(states)))
        return
    chosen = [int(part) for part in options.states.split(",")] + [100_000] * options.large
    where = machine()
    with console.status("whole commands, and a warm process"):
        start, warm = measure_starts(options.repeat), measure(options.repeat, "warm")
    ratio = warm["check"]["cpu"]["median"] / warm["dense check"]["cpu"]["median"]
    games = measure_games(chosen, options.repeat, console)
    results = {
        "schema": "mfgcheck.benchmark/1",
        "machine": where,
        "repeat": options.repeat,
        "actions": ACTIONS,
        "start": start,
        "warm": warm,
        "ratio": ratio,
        "games": games,
        "growth": growth(games),
    }
    results["targets"] = targets(results)
    for table in tables(results):
        console.print(table)
    if options.out is not None:
        options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
