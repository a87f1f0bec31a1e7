"""Offer each page that was executed as a Jupyter notebook, in the page's download menu.

The theme offers the text that the page was written in; its menu has a place for a notebook as well.
The notebook is what the build leaves in `jupyter_execute`, with a first cell that says where it is
from. What its cells read, helpers of the book and numbers kept beside the page, goes with it to
`_sources`, so that the notebooks of the book's archive run where they lie.

How long each page ran is noted beside the built book, for book/weight.py.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

import mfgcheck

EXECUTED = "jupyter_execute"
TIMES = "execution-times.json"
HELPERS = ("_lib", "_ext")  # of which the first uses the second
ORIGIN = f"*A page of the book of mfgcheck {mfgcheck.__version__}, as it ran there.*"
NEEDS = (
    " *It uses helpers of the book: run it in the book's archive, which has them in their place,"
    " or in a clone, where pages about the sources find these.*"
)


def offer_notebook(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Put the executed notebook of a page into the built book, and name it for the theme."""
    executed = Path(app.outdir).parent / EXECUTED / f"{pagename}.ipynb"
    # Notebooks of pages that are no longer there, or no longer executed, stay from earlier builds.
    if not app.env.metadata.get(pagename, {}).get("kernelspec") or not executed.is_file():
        return
    sources = Path(app.outdir) / "_sources"
    target = sources / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    read = take_along(Path(app.srcdir), pagename, sources, notebook)
    text = json.dumps(with_origin(notebook, uses_helpers=not read.isdisjoint(HELPERS)), indent=1)
    target.write_text(text + "\n", encoding="utf-8")
    context["ipynb_source"] = f"{pagename}.ipynb"


def with_origin(notebook: dict[str, Any], *, uses_helpers: bool) -> dict[str, Any]:
    """Return the notebook with a first cell that says where it is from.

    Cells get names that are the same in every build, and lose the times at which they ran.
    """
    origin = {"cell_type": "markdown", "metadata": {}, "source": ORIGIN + NEEDS * uses_helpers}
    cells = [
        {**cell, "id": f"cell-{number}", "metadata": _lasting(cell["metadata"])}
        for number, cell in enumerate([origin, *notebook["cells"]])
    ]
    return {**notebook, "cells": cells}


def take_along(book: Path, pagename: str, sources: Path, notebook: dict[str, Any]) -> set[str]:
    """Copy what the cells of a page read below the folder `sources`; return the names of it."""
    code = "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"
    )
    read = {path.name for path in (book / pagename).parent.glob("*.json") if path.name in code}
    for name in read:
        place = Path(pagename).parent / name
        shutil.copyfile(book / place, sources / place)
    if any(name in code for name in HELPERS):
        ignored = shutil.ignore_patterns("__pycache__")
        for name in HELPERS:
            shutil.copytree(book / name, sources / name, dirs_exist_ok=True, ignore=ignored)
        read.update(HELPERS)
    return read


def note_times(app: Sphinx, exception: Exception | None) -> None:
    """Write the seconds that each page ran, in this build or in the last one that ran it."""
    notes: dict[str, dict[str, Any]] = getattr(app.env, "nb_metadata", {})
    times = {
        page: round(note["exec_data"]["runtime"], 1)
        for page, note in sorted(notes.items())
        if note.get("exec_data", {}).get("runtime") is not None
    }
    (Path(app.outdir).parent / TIMES).write_text(json.dumps(times, indent=1), encoding="utf-8")


def _lasting(metadata: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if name != "execution"}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; it runs before the theme lists the downloads of a page."""
    app.connect("html-page-context", offer_notebook, priority=400)
    app.connect("build-finished", note_times)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
