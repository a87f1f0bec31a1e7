"""Results as neutral blocks, their renderers, and the published forms of results in JSON."""

from __future__ import annotations

from typing import Any

from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.report.figures import Curves, Figure, HeatMap, Series
from mfgcheck.report.html import to_html
from mfgcheck.report.plot import save
from mfgcheck.report.terminal import to_text, write

__all__ = [
    "Block",
    "Curves",
    "Figure",
    "Heading",
    "HeatMap",
    "Note",
    "Paragraph",
    "Series",
    "Table",
    "save",
    "schema",
    "to_html",
    "to_text",
    "write",
]

SCHEMAS = ("report", "equilibria", "solution", "budget", "audit", "learned", "experiments")
"""The results that have a published form in JSON."""


def schema(name: str = "report") -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what a command prints with `--json`.

    Args:
        name: "report" for `mfgcheck check`, "equilibria" for `mfgcheck equilibria`, "solution" for
            `mfgcheck solve`, "budget" for `mfgcheck budget`, "audit" for `mfgcheck audit`,
            "learned" for `mfgcheck learn`, "experiments" for `mfgcheck reproduce`.

    Raises:
        ValueError: there is no such schema.

    >>> schema()["properties"]["schema"]
    {'const': 'mfgcheck.report/1'}
    """
    import json
    from importlib.resources import files

    if name not in SCHEMAS:
        raise ValueError(f"there is no schema {name!r}: there are {', '.join(SCHEMAS)}")
    text = files(__name__).joinpath("schema", f"{name}-1.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
