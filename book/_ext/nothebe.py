"""Take the live-code script out of every page: it is inserted even when it is switched off.

It would be loaded from outside the book, and twice, which is an error in the browser.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx


def drop_live_code(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Drop the scripts of sphinx-thebe from a page's list of scripts."""

    def belongs(script: Any) -> bool:
        attributes = getattr(script, "attributes", {})
        text = f"{getattr(script, 'filename', script)} {attributes}"
        return "THEBE_JS_URL" in text or "sphinx-thebe" in text

    if "script_files" in context:
        context["script_files"] = [s for s in context["script_files"] if not belongs(s)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; it runs after the one that inserts the scripts."""
    app.connect("html-page-context", drop_live_code, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
