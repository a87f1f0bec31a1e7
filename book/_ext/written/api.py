"""The Python interface, from the docstrings; what belongs to it is listed here, by section."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

from written.docstrings import class_, function

API = {
    "games": (
        "mfgcheck.Game()",
        "mfgcheck.MeanField",
        "mfgcheck.chain",
        "mfgcheck.product",
        "mfgcheck.point",
        "mfgcheck.uniform",
        "mfgcheck.mixture",
        "mfgcheck.decreasing",
        "mfgcheck.game.orders.Order",
        "mfgcheck.game.laws.Law",
    ),
    "gallery": (
        "mfgcheck.gallery.names",
        "mfgcheck.gallery.make",
        "mfgcheck.gallery.maker",
        "mfgcheck.gallery.summary",
        "mfgcheck.gallery.expected",
    ),
    "verdicts": (
        "mfgcheck.check",
        "mfgcheck.Report",
        "mfgcheck.Verdict",
        "mfgcheck.Status",
        "mfgcheck.Witness",
        "mfgcheck.all_sizes",
        "mfgcheck.verify.all_sizes.result.AllSizes",
    ),
    "paths": (
        "mfgcheck.solve",
        "mfgcheck.Solution",
        "mfgcheck.Run",
        "mfgcheck.certify",
        "mfgcheck.equilibrium.tbr.sandwich.Sandwich",
        "mfgcheck.equilibrium.order.bracket.Bracket",
    ),
    "equilibria": (
        "mfgcheck.equilibria",
        "mfgcheck.Equilibria",
        "mfgcheck.Equilibrium",
        "mfgcheck.equilibrium.enclosure.enclosed.Continuum",
        "mfgcheck.equilibrium.enclosure.enclosed.Leftover",
    ),
    "levels": (
        "mfgcheck.levels",
        "mfgcheck.equilibrium.levels.Levels",
        "mfgcheck.order_preserving",
        "mfgcheck.equilibrium.order.verdict.OrderVerdict",
    ),
    "budgets": ("mfgcheck.budget", "mfgcheck.Budget"),
    "learning": (
        "mfgcheck.learn",
        "mfgcheck.learning.learned.Learned",
        "mfgcheck.learning.model_free.tmfq",
        "mfgcheck.learning.model_free.Fixed()",
        "mfgcheck.learning.model_free.Printed()",
        "mfgcheck.learning.rates.Rate()",
        "mfgcheck.learning.model_based.gmbl",
        "mfgcheck.learning.population.o_tmfq",
        "mfgcheck.learning.population.iql",
        "mfgcheck.learning.population.mfq",
        "mfgcheck.black_box",
        "mfgcheck.learning.simulator.Simulator",
    ),
    "paper": (
        "mfgcheck.paper.audit.audit",
        "mfgcheck.paper.audit.Audit",
        "mfgcheck.paper.experiments.reproduce.reproduce",
    ),
    "output": (
        "mfgcheck.report.Heading()",
        "mfgcheck.report.Paragraph()",
        "mfgcheck.report.Note()",
        "mfgcheck.report.Table()",
        "mfgcheck.report.Curves()",
        "mfgcheck.report.Series()",
        "mfgcheck.report.HeatMap()",
        "mfgcheck.report.to_html",
        "mfgcheck.report.to_text",
        "mfgcheck.report.write",
        "mfgcheck.report.save",
        "mfgcheck.report.schema",
    ),
    "errors": ("mfgcheck.MfgCheckError", "mfgcheck.BadInput", "mfgcheck.InvalidGame"),
}
"""What the page on the Python interface describes, by section, under the names to import.

With () a class that one makes oneself: its constructor is described as well.
"""


def resolve(path: str) -> Any:
    """Return what a dotted name stands for: a module, or something in one, or an attribute of that.

    >>> resolve("mfgcheck.Run.mean_field").__doc__
    'Array (S,), the last mean field.'

    Raises:
        LookupError: there is no such thing.
    """
    first, *rest = path.split(".")
    found, home = import_module(first), first
    for name in rest:
        home += f".{name}"
        if name in getattr(found, "__dataclass_fields__", {}):
            return found.__dataclass_fields__[name]
        if not hasattr(found, name):
            try:
                import_module(home)
            except ModuleNotFoundError:
                raise LookupError(f"{path}: there is no {home}") from None
        found = getattr(found, name)
    return found


def names() -> list[str]:
    """Return the names of all that the page describes."""
    return [path.removesuffix("()") for paths in API.values() for path in paths]


def section(name: str) -> str:
    """Describe the functions and classes of a section."""
    return "\n\n".join(map(_described, API[name]))


def _described(path: str) -> str:
    name = path.removesuffix("()")
    made = resolve(name)
    if inspect.isclass(made):
        return class_(name, made, constructed=name != path)
    return function(name, made)
