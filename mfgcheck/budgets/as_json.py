"""A budget as JSON, for programs (schema `mfgcheck.budget/1`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfgcheck.budgets.gap.budgets import GapBudget, StepBudget
from mfgcheck.budgets.inverse import Bought
from mfgcheck.budgets.target import Along
from mfgcheck.game.summary import game_dict
from mfgcheck.report.decimals import above, below

if TYPE_CHECKING:
    from mfgcheck.budgets.budget import Budget

SCHEMA = "mfgcheck.budget/1"


def budget_dict(found: Budget) -> dict[str, object]:
    """Return a budget as JSON holds it (schema `mfgcheck.budget/1`)."""
    target = found.target
    return {
        "schema": SCHEMA,
        "game": game_dict(found.game),
        "accuracy": str(found.accuracy),
        "failure": str(found.failure),
        "assumed": {name: str(value) for name, value in found.assumed.items()},
        "constants": [constant.to_dict() for constant in found.constants],
        "k0": found.steps,
        "target": {"reason": target}
        if isinstance(target, str)
        else {"mean_field": [[below(x, 17), above(y, 17)] for x, y in target.there.mean_field]},
        "path": None if found.along is None else _along_dict(found.along),
        "printed": {name: bound.to_dict() for name, bound in found.printed.items()},
        "corrected": {
            name: {"reason": bound} if isinstance(bound, str) else bound.to_dict()
            for name, bound in found.corrected.items()
        },
        "gap_based": {
            str(scheme): {"reason": one} if isinstance(one, str) else _gap_dict(one)
            for scheme, one in found.gap_based.items()
        },
        "bought": None if found.bought is None else _bought_dict(found.bought),
        "soft": {"reason": found.soft} if isinstance(found.soft, str) else found.soft.to_dict(),
        "calls_per_second": None if found.rate is None else round(found.rate),
        "interrupted": found.interrupted,
        "seconds": round(found.seconds, 6),
    }


def _along_dict(path: Along) -> dict[str, object]:
    return {
        "steps": path.steps,
        "gap": None if path.gap is None else below(path.gap, 17),
        "tie": path.tie,
        "tau": above(path.tau, 17),
    }


def _bought_dict(one: Bought) -> dict[str, object]:
    budget = one.budget
    return {
        "samples": one.samples,
        "scheme": str(one.scheme),
        "accuracy": None if isinstance(budget, str) else str(budget.accuracy),
        "reason": budget if isinstance(budget, str) else None,
        "budget": None if isinstance(budget, str) else _gap_dict(budget),
    }


def _gap_dict(one: GapBudget) -> dict[str, object]:
    return {
        "calls": one.calls,
        "calls_if_all_pairs_are_drawn_alike": one.uniform_calls,
        "agents": one.agents,
        "steps": [_step_dict(step) for step in one.steps],
        "draws": one.draws,
        "gap": None if one.gap is None else below(one.gap, 17),
        "distance": above(one.distance, 17),
        "radius": above(one.radius, 17),
    }


def _step_dict(step: StepBudget) -> dict[str, object]:
    learning = step.learning
    return {
        "step": step.step,
        "radius": above(step.radius, 17),
        "gap": None if step.gap is None else below(step.gap, 17),
        "tolerated": step.tolerated,
        "samples": [[int(n) for n in line] for line in step.samples],
        "draws": step.draws,
        "samples_if_alike": step.uniform,
        "learning_rate": None if learning is None else str(learning.step),
        "updates": None if learning is None else learning.updates,
    }
