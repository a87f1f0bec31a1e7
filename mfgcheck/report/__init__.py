"""Results as neutral blocks, their renderers, and the published form of a report in JSON."""

from __future__ import annotations

from typing import Any

from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.report.html import to_html
from mfgcheck.report.terminal import to_text, write

__all__ = [
    "Block",
    "Heading",
    "Note",
    "Paragraph",
    "Table",
    "schema",
    "to_html",
    "to_text",
    "write",
]


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the reports that `mfgcheck check --json` prints.

    >>> schema()["properties"]["schema"]
    {'const': 'mfgcheck.report/1'}
    """
    import json
    from importlib.resources import files

    text = files(__name__).joinpath("schema", "report-1.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
