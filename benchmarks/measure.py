"""One measurement, in a process of its own so that its peak memory is its own.

    python -m benchmarks.measure engine shift 1000      trace, validate and decide one game
    python -m benchmarks.measure dense shift 1000       the dense check of the same game
    python -m benchmarks.measure warm                   Infection Spread, again and again

prints one JSON object: times in seconds of the wall clock and of the processor (on a busy machine
the second is the one to compare), memory in megabytes (10^6 bytes).
"""

from __future__ import annotations

import cProfile
import io
import json
import pstats
import resource
import statistics
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeAlias

from benchmarks.families import ACTIONS, DENSE, MAKERS, check_dense
from mfgcheck import check
from mfgcheck.gallery import make
from mfgcheck.game import game as game_module

Times: TypeAlias = dict[str, float]


def peak_megabytes() -> float:
    """Return the most memory that this process has held so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def timed(function: Callable[[], Any]) -> tuple[Times, Any]:
    """Return how long a call takes, by both clocks, and what it returns."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = function()
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
    }, result


def stopwatch(module: ModuleType, name: str) -> list[Times]:
    """Time every call of a module's function; the list that is returned fills as it is called."""
    function = getattr(module, name)
    found: list[Times] = []

    def watched(*args: Any) -> Any:
        taken, result = timed(lambda: function(*args))
        found.append(taken)
        return result

    setattr(module, name, watched)
    return found


def median(samples: list[Times]) -> Times:
    """Return the median by each clock."""
    return {clock: statistics.median(sample[clock] for sample in samples) for clock in samples[0]}


def engine(family: str, states: int) -> dict[str, Any]:
    """Trace, validate and decide one game of a family."""
    imported = peak_megabytes()
    trace, validate = stopwatch(game_module, "trace"), stopwatch(game_module, "validate")
    game = MAKERS[family](states)
    traced = peak_megabytes()
    decide, report = timed(lambda: check(game))
    verdicts = {**report.clauses, **report.assumptions}
    parts = (trace[0], validate[0], decide)
    rows = states * ACTIONS
    return {
        "verdicts": {name: str(verdict.status) for name, verdict in verdicts.items()},
        "seconds": {
            "trace": trace[0],
            "trace of one (s, a)": {clock: trace[0][clock] / rows for clock in trace[0]},
            "validate": validate[0],
            "decide": decide,
            "total": {clock: sum(part[clock] for part in parts) for clock in decide},
        },
        "by_clause": {name: verdict.seconds for name, verdict in verdicts.items()},
        "megabytes": {"imports": imported, "trace": traced, "decide": peak_megabytes()},
    }


def dense(family: str, states: int) -> dict[str, Any]:
    """Check the same game at one mean field (mean a third of the way up) with dense arrays."""
    build, arrays = timed(lambda: DENSE[family](states, (states - 1) / 3))
    runs = [timed(lambda: check_dense(*arrays)) for _ in range(3)]
    return {
        "verdicts": runs[0][1],
        "seconds": {"build": build, "decide": median([times for times, _ in runs])},
        "megabytes": {"decide": peak_megabytes()},
    }


def warm(rounds: int = 15) -> dict[str, Any]:
    """Make and check Infection Spread (25 x 5) again and again, each time a new game."""
    check(make("infection-spread"))
    made, checked = [], []
    for _ in range(rounds):
        times, game = timed(lambda: make("infection-spread"))
        made.append(times)
        checked.append(timed(lambda game=game: check(game))[0])  # type: ignore[misc]
    arrays = DENSE["shift"](25, 8.0)
    compared = [timed(lambda: check_dense(*arrays))[0] for _ in range(20 * rounds)]
    return {"make": median(made), "check": median(checked), "dense check": median(compared)}


def profile(family: str, states: int, lines: int = 15) -> str:
    """Return what dominates making a game and deciding it: the functions by their own time."""
    text = io.StringIO()
    made, decided = cProfile.Profile(), cProfile.Profile()
    game = made.runcall(MAKERS[family], states)
    decided.runcall(check, game)
    for title, run in (("making", made), ("deciding", decided)):
        text.write(f"--- {title} {family}, {states} states (under the profiler: slower)\n")
        pstats.Stats(run, stream=text).strip_dirs().sort_stats("tottime").print_stats(lines)
    return text.getvalue()


def main(arguments: list[str]) -> None:
    """Run one measurement and print it as JSON."""
    what, *of = arguments
    if what == "warm":
        print(json.dumps(warm()))
    else:
        family, states = of
        print(json.dumps({"engine": engine, "dense": dense}[what](family, int(states))))


if __name__ == "__main__":
    main(sys.argv[1:])
