"""Offer each page that was executed as a Jupyter notebook, in the page's download menu.

The theme offers the text that the page was written in; its menu has a place for a notebook as well.
The executed notebook is what the build leaves in `jupyter_execute`, without what is not the same in
every build.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

# What a reader of the notebook has to know first: pages import helpers of the book from its folder.
EXECUTED = "jupyter_execute"


def offer_notebook(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Copy the executed notebook of a page into the built book, and name it for the theme."""
    executed = Path(app.outdir).parent / EXECUTED / f"{pagename}.ipynb"
    # Notebooks of pages that are no longer there, or no longer executed, stay from earlier builds.
    if not app.env.metadata.get(pagename, {}).get("kernelspec") or not executed.is_file():
        return
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    for number, cell in enumerate(notebook["cells"], start=1):
        cell["id"] = f"cell-{number}"
        cell["metadata"].pop("execution", None)  # when each cell ran
    target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    context["ipynb_source"] = f"{pagename}.ipynb"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; it runs before the theme lists the downloads of a page."""
    app.connect("html-page-context", offer_notebook, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
