"""The directive `{generated} MODULE.FUNCTION ARGUMENTS`: a piece of a page that a function writes.

The modules are those of the package `written`. A function returns MyST text, which is read in the
place of the directive. So it has headings, anchors and links like the rest of the page, and cannot
go stale: it is read off the code at every build.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

SIGNATURE_WIDTH = 60  # longer ones get a line for each parameter
# Names such as reward.increasing_differences are broken where a narrow screen ends. The theme makes
# terms of lists inside of lists flexible boxes, in which blanks between words are lost.
STYLE = """<style>
.bd-article :is(h1, h2, h3, dt, dt span, li code, li .pre) {
  overflow-wrap: anywhere;
  white-space: normal;
}
.bd-article dl.simple > dt {
  display: block !important;
}
</style>"""


class Generated(SphinxDirective):
    """Put what a function returns in the place of the directive."""

    required_arguments = 1
    optional_arguments = 5
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Call the function and read its text."""
        name, *arguments = self.arguments
        module, _, function = name.partition(".")
        text = getattr(import_module(f"written.{module}"), function)(*arguments)
        for file in _sources(self.env):
            self.env.note_dependency(str(file))
        node = nodes.Element()
        node.document = self.state.document
        lines = StringList(text.splitlines(), source=f"generated: {name}")
        self.state.nested_parse(lines, self.content_offset, node, match_titles=True)
        return node.children


def _sources(env: BuildEnvironment) -> list[Path]:
    """Return what generated text is made of: the package, and the pages with their boxes."""
    import mfgcheck

    package = Path(mfgcheck.__file__).parent
    pages = (Path(env.doc2path(name)) for name in env.found_docs)
    return [*package.rglob("*.py"), *package.rglob("*.json"), *pages]


def plain_types(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.TextElement
) -> nodes.TextElement | None:
    """Leave a type in a signature as text where the book does not describe it: `int`, `Sequence`.

    What an author refers to by a role has to exist: those references have `refexplicit`.
    """
    of_a_signature = node.get("refdomain") == "py" and "refexplicit" not in node
    return text if of_a_signature else None


def break_names(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Let long names be broken."""
    context["metatags"] = context.get("metatags", "") + STYLE


def configure(app: Sphinx, config: Config) -> None:
    """Break long signatures into lines, and list names without their packages beside the page."""
    config.python_maximum_signature_line_length = SIGNATURE_WIDTH
    config.toc_object_entries_show_parents = "hide"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("generated", Generated)
    app.connect("missing-reference", plain_types)
    app.connect("html-page-context", break_names)
    app.connect("config-inited", configure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
