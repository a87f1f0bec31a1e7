"""Monte Carlo of certified sample budgets: do they hold, and how loose are they?

    python -m benchmarks.budgets [--runs 400] [--seed 1] [--json FILE]

Learners run with the certified numbers of samples, and with a third, a tenth, .. of all of them,
until they fail often. A run fails if it ends farther than twice the accuracy from the T-MFE. A
budget is refuted if so many failures as were seen, or more, have a probability below 1/1000 at the
rate that is allowed; a part of it is compatible with that rate if they do not have one below 1/100.
How loose the budget is: one over the smallest part that is compatible, with all larger ones.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.check import WIDTH, short, table
from benchmarks.learners import Dense, learn
from mfgcheck import equilibria
from mfgcheck.budgets.constants.known import constants
from mfgcheck.budgets.gap.budgets import GapBudget, Scheme
from mfgcheck.budgets.gap.path import reference_path
from mfgcheck.budgets.gap.plan import Plan
from mfgcheck.budgets.gap.search import gap_budget
from mfgcheck.gallery import make

CASES = (
    ("infection-spread", Scheme.GMBL),
    ("capped-health", Scheme.GMBL),
    ("coordination", Scheme.GMBL),
    ("coordination", Scheme.TMFQ),
    ("audit-f", Scheme.TMFQ),
    ("audit-f", Scheme.O_TMFQ),
)
ACCURACY, FAILURE = Fraction(1, 10), Fraction(1, 20)
STEPS = 60
PARTS = tuple(Fraction(1, 10**i * j) for i in range(7) for j in (1, 3))
OFTEN = Fraction(1, 2)
REFUTED, COMPATIBLE, CONFIDENCE = Fraction(1, 1000), Fraction(1, 100), Fraction(95, 100)


@dataclass(frozen=True)
class Outcome:
    """How often learners failed.

    Attributes:
        part: of the certified sample numbers.
        calls: of the simulator, by each learner.
        runs, failures: how many.
        interval: Clopper and Pearson's, for the failure rate.
        tail: the probability of so many failures or more at the allowed rate.
    """

    part: Fraction
    calls: int
    runs: int
    failures: int
    interval: tuple[float, float]
    tail: float


def tail(failures: int, runs: int, rate: float) -> float:
    """Return the probability of at least so many failures.

    >>> round(tail(2, 3, 0.5), 12)
    0.5
    """
    if rate <= 0 or rate >= 1:
        return float(failures == 0 or rate >= 1)
    up, down = math.log(rate), math.log1p(-rate)
    logs = (
        math.lgamma(runs + 1) - math.lgamma(k + 1) - math.lgamma(runs - k + 1)
        + k * up + (runs - k) * down
        for k in range(failures, runs + 1)
    )  # fmt: skip
    return min(1.0, math.fsum(map(math.exp, logs)))


def clopper_pearson(failures: int, runs: int, confidence: float) -> tuple[float, float]:
    """Return an interval for a rate that contains it with at least the given confidence.

    >>> [round(x, 4) for x in clopper_pearson(0, 400, 0.95)]
    [0.0, 0.0092]
    """
    out = (1 - confidence) / 2

    def solve(count: int, target: float) -> float:
        """The rate at which at least `count` failures have the probability `target`."""
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if tail(count, runs, middle) < target else (low, middle)
        return high

    lower = solve(failures, out) if failures else 0.0
    return lower, solve(failures + 1, 1 - out) if failures < runs else 1.0


def budget_of(name: str, scheme: Scheme) -> tuple[GapBudget, Any]:
    """Return the certified budget of a game, and the T-MFE that is to be learned."""
    game = make(name)
    path = reference_path(game, STEPS, "modified" if scheme is Scheme.O_TMFQ else "t-br")
    known = equilibria(game).equilibria
    there = min(known, key=lambda one: path.distance(STEPS, one))
    distances = tuple(path.distance(k, there) for k in range(STEPS + 1))
    span = constants(game).reward_span.upper
    if span is None:
        raise SystemExit(f"{name}: the range of rewards is not known")
    found = gap_budget(Plan(path, distances, ACCURACY, FAILURE, span), scheme)
    if isinstance(found, str):
        raise SystemExit(f"{name}, {scheme.value}: no budget ({found})")
    return found, np.array([float((low + high) / 2) for low, high in there.mean_field])


def measure(name: str, scheme: Scheme, runs: int, seed: int, console: Console) -> dict[str, Any]:
    """Run learners with the budget and with parts of it."""
    begun = time.perf_counter()
    with console.status(f"{name}, {scheme.value}: the budget"):
        budget, there = budget_of(name, scheme)
    dense, chance = Dense.of(make(name)), np.random.default_rng(seed)
    outcomes: list[Outcome] = []
    for part in PARTS:
        with console.status(f"{name}, {scheme.value}: {part} of the budget"):
            z, calls = learn(dense, budget, runs, chance, float(part))
        failures = int((np.abs(z - there).sum(axis=1) > float(2 * budget.accuracy)).sum())
        outcomes.append(
            Outcome(
                part,
                calls,
                runs,
                failures,
                clopper_pearson(failures, runs, float(CONFIDENCE)),
                tail(failures, runs, float(budget.failure)),
            )
        )
        if failures > OFTEN * runs or (len(outcomes) > 1 and calls == outcomes[-2].calls):
            break
    compatible = 0
    while compatible < len(outcomes) and outcomes[compatible].tail >= COMPATIBLE:
        compatible += 1
    last = outcomes[compatible - 1] if compatible else None
    return {
        "game": name,
        "scheme": scheme.value,
        "steps": len(budget.steps),
        "calls": budget.calls,
        "accuracy": str(budget.accuracy),
        "failure": str(budget.failure),
        "holds": outcomes[0].tail >= REFUTED,
        # With all parts compatible it is only known to be at least that.
        "loose": None if last is None else float(1 / last.part),
        "at_least": compatible == len(outcomes),
        "outcomes": [{**vars(one), "part": str(one.part)} for one in outcomes],
        "seconds": time.perf_counter() - begun,
    }


def tables(results: Sequence[dict[str, Any]]) -> list[Any]:
    """Return the results as tables."""
    rates = table(
        f"Failures at accuracy {ACCURACY}, allowed {FAILURE}, and at parts of the budget",
        ("game", "scheme", "part", "calls", "failures", "rate", "95 %", "p"),
    )
    verdicts = table("Budgets", ("game", "scheme", "steps", "calls", "holds", "loose", "seconds"))
    for result in results:
        name = (result["game"], result["scheme"])
        for one in result["outcomes"]:
            low, high = one["interval"]
            rates.add_row(
                *name,
                one["part"],
                f"{one['calls']:,}",
                f"{one['failures']} of {one['runs']}",
                f"{one['failures'] / one['runs']:.3f}",
                f"{low:.3f} .. {high:.3f}",
                f"{one['tail']:.3f}" if one["tail"] >= float(REFUTED) else "< 0.001",
            )
            name = ("", "")
        loose = "-" if result["loose"] is None else f"{short(result['loose'])} x"
        verdicts.add_row(
            result["game"],
            result["scheme"],
            str(result["steps"]),
            f"{result['calls']:,}",
            "[green]yes[/]" if result["holds"] else "[red]no[/]",
            f"> {loose}" if result["at_least"] else loose,
            short(result["seconds"]),
        )
    return [rates, verdicts]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print tables, and write the numbers to a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.budgets", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--runs", type=int, default=400, help="learners of each kind (default 400)")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default 1)")
    parser.add_argument("--json", type=Path, help="write all numbers to this file")
    options = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    results = [measure(*case, options.runs, options.seed, console) for case in CASES]
    for made in tables(results):
        console.print(made)
    if options.json is not None:
        whole = {
            "schema": "mfgcheck.benchmark-budgets/1",
            "runs": options.runs,
            "seed": options.seed,
            "refuted_below": str(REFUTED),
            "compatible_from": str(COMPATIBLE),
            "confidence": str(CONFIDENCE),
            "budgets": results,
        }
        unfinished = options.json.with_name(options.json.name + ".part")
        unfinished.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
        unfinished.replace(options.json)
    if not all(result["holds"] for result in results):
        raise SystemExit("a certified budget failed more often than it may")


if __name__ == "__main__":
    main()
