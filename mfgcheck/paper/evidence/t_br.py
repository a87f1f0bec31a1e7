"""Evidence about T-BR (Algorithm 1) and modified T-BR (Algorithm 6): runs in exact arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from mfgcheck.equilibrium.exact.replay import Ending, ExactRun, exact_run
from mfgcheck.gallery import make
from mfgcheck.paper.claim import Finding, confirmed, denied
from mfgcheck.paper.evidence.definition import objection


def cycles(game: str, start: Mapping[Any, object], *, strict: bool = False) -> Finding:
    """Whether T-BR from a mean field comes back after two steps or more, whatever wins ties.

    Args:
        game: a game of the gallery.
        start: where T-BR starts, {state: mass}.
        strict: ask that on the cycle one action be the best by a margin.
    """
    made = make(game)
    wrong = objection(made)
    if wrong is not None:
        return wrong
    runs = {selection: exact_run(made, start, selection) for selection in ("inf", "sup")}
    if any(run.ending is not Ending.CYCLE for run in runs.values()):
        endings = ", ".join(f"{name}: {run.ending}" for name, run in runs.items())
        return denied(f"T-BR in {game} does not cycle ({endings})")
    run = runs["inf"]
    gap = run.cycle_gap
    if strict and not (gap is not None and gap > 0):
        return denied(f"in {game} actions tie on the cycle")
    margin = f", one action being best by {gap} at least" if gap else ""
    return confirmed(
        f"{game} satisfies Definition 1, and T-BR from {_law_text(start)} comes back after "
        f"{run.period} steps{margin}: {_cycle_text(run)}.",
    )


def _cycle_text(run: ExactRun) -> str:
    return " -> ".join(law_text(law) for law in (*run.cycle, run.cycle[0]))


def law_text(law: tuple[Fraction, ...]) -> str:
    """Return a law as its masses, state by state.

    >>> law_text((Fraction(1, 2), Fraction(0), Fraction(1, 2)))
    '(1/2, 0, 1/2)'
    """
    return "(" + ", ".join(map(str, law)) + ")"


def _law_text(masses: Mapping[Any, object]) -> str:
    return ", ".join(f"mass {mass} at {state}" for state, mass in masses.items())
