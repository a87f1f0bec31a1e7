"""Rigorous checking of mean field games with strategic complementarities.

    from mfgcheck import Game, check, mixture, point, uniform

Names are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfgcheck.budgets.budget import Budget as Budget
    from mfgcheck.budgets.budget import budget as budget
    from mfgcheck.equilibrium.certify import certify as certify
    from mfgcheck.equilibrium.enclosure.enclosed import Equilibria as Equilibria
    from mfgcheck.equilibrium.enclosure.enclosed import Equilibrium as Equilibrium
    from mfgcheck.equilibrium.enclosure.equilibria import equilibria as equilibria
    from mfgcheck.equilibrium.levels import levels as levels
    from mfgcheck.equilibrium.order.level import order_preserving as order_preserving
    from mfgcheck.equilibrium.solve import Solution as Solution
    from mfgcheck.equilibrium.solve import solve as solve
    from mfgcheck.equilibrium.tbr.dynamics import Run as Run
    from mfgcheck.errors import BadInput as BadInput
    from mfgcheck.errors import InvalidGame as InvalidGame
    from mfgcheck.errors import MfgCheckError as MfgCheckError
    from mfgcheck.game.game import Game as Game
    from mfgcheck.game.laws import mixture as mixture
    from mfgcheck.game.laws import point as point
    from mfgcheck.game.laws import uniform as uniform
    from mfgcheck.game.mean_field import MeanField as MeanField
    from mfgcheck.game.orders import chain as chain
    from mfgcheck.game.orders import product as product
    from mfgcheck.game.unknown import decreasing as decreasing
    from mfgcheck.learning.learn import learn as learn
    from mfgcheck.learning.simulator import black_box as black_box
    from mfgcheck.verify.all_sizes.decide import all_sizes as all_sizes
    from mfgcheck.verify.check import Report as Report
    from mfgcheck.verify.check import check as check
    from mfgcheck.verify.verdict import Status as Status
    from mfgcheck.verify.verdict import Verdict as Verdict
    from mfgcheck.verify.witness import Witness as Witness

__version__ = "0.1.0"

_HOMES = {
    "BadInput": "mfgcheck.errors",
    "Budget": "mfgcheck.budgets.budget",
    "budget": "mfgcheck.budgets.budget",
    "Equilibria": "mfgcheck.equilibrium.enclosure.enclosed",
    "Equilibrium": "mfgcheck.equilibrium.enclosure.enclosed",
    "certify": "mfgcheck.equilibrium.certify",
    "equilibria": "mfgcheck.equilibrium.enclosure.equilibria",
    "levels": "mfgcheck.equilibrium.levels",
    "order_preserving": "mfgcheck.equilibrium.order.level",
    "InvalidGame": "mfgcheck.errors",
    "MfgCheckError": "mfgcheck.errors",
    "Game": "mfgcheck.game.game",
    "mixture": "mfgcheck.game.laws",
    "point": "mfgcheck.game.laws",
    "uniform": "mfgcheck.game.laws",
    "MeanField": "mfgcheck.game.mean_field",
    "chain": "mfgcheck.game.orders",
    "product": "mfgcheck.game.orders",
    "decreasing": "mfgcheck.game.unknown",
    "Run": "mfgcheck.equilibrium.tbr.dynamics",
    "Solution": "mfgcheck.equilibrium.solve",
    "solve": "mfgcheck.equilibrium.solve",
    "all_sizes": "mfgcheck.verify.all_sizes.decide",
    "learn": "mfgcheck.learning.learn",
    "black_box": "mfgcheck.learning.simulator",
    "Report": "mfgcheck.verify.check",
    "check": "mfgcheck.verify.check",
    "Status": "mfgcheck.verify.verdict",
    "Verdict": "mfgcheck.verify.verdict",
    "Witness": "mfgcheck.verify.witness",
}

__all__ = [
    "BadInput",
    "Budget",
    "Equilibria",
    "Equilibrium",
    "Game",
    "InvalidGame",
    "MeanField",
    "MfgCheckError",
    "Report",
    "Run",
    "Solution",
    "Status",
    "Verdict",
    "Witness",
    "all_sizes",
    "black_box",
    "budget",
    "certify",
    "chain",
    "check",
    "decreasing",
    "equilibria",
    "learn",
    "levels",
    "mixture",
    "order_preserving",
    "point",
    "product",
    "solve",
    "uniform",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'mfgcheck' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
