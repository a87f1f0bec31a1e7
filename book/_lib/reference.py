"""What the cells of the Reference part of the book run and show."""

from __future__ import annotations

import doctest
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "_ext"))

from written.api import API, resolve

STYLE = "white-space:pre;overflow:auto;max-height:32em;font-size:0.85em"


def run_examples() -> int:
    """Run the examples of everything that the page on the Python interface describes.

    They run in a process of their own: in a notebook, printed text would go elsewhere.

    Returns:
        How many examples there are; each printed what it should.

    Raises:
        AssertionError: one did not.
    """
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout)


def _examples() -> int:
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for paths in API.values():
        for path in paths:
            thing = resolve(path)
            for test in doctest.DocTestFinder().find(thing, path, inspect.getmodule(thing)):
                runner.run(test)
    assert runner.summarize(verbose=False).failed == 0
    return runner.tries


@dataclass(frozen=True)
class Shown:
    """What a command printed, and how it ended."""

    line: str
    output: str
    status: int

    def __repr__(self) -> str:
        return f"$ {self.line}\n{self.output}\n(exit status {self.status})"

    def _repr_html_(self) -> str:
        return f'<pre tabindex="0" style="{STYLE}">{escape(repr(self))}</pre>'


def mfgcheck(line: str, folder: str | Path = ".") -> Shown:
    """Run `mfgcheck LINE` in a folder, as at a terminal of 80 columns."""
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "mfgcheck", *line.split()],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout.rstrip() or done.stderr.rstrip()
    return Shown(f"mfgcheck {line}", output, done.returncode)


def shortened(value: Any, most: int = 3, depth: int = 3) -> Any:
    """Return a JSON value with long lists cut and deep objects left out, for reading."""
    if isinstance(value, Mapping):
        if depth == 0 and value:
            return "{...}"
        return {key: shortened(part, most, depth - 1) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        if depth == 0 and value:
            return "[...]"
        cut = [shortened(part, most, depth - 1) for part in value[:most]]
        return cut if len(value) <= most else [*cut, f"... {len(value) - most} more"]
    if isinstance(value, str) and len(value) > 90:
        return value[:87] + "..."
    return value


@dataclass(frozen=True)
class Valid:
    """A document that its schema accepts, shown in short."""

    document: Any

    def __repr__(self) -> str:
        return json.dumps(shortened(self.document), indent=2, ensure_ascii=False)

    def _repr_html_(self) -> str:
        return f'<pre tabindex="0" style="{STYLE}">{escape(repr(self))}</pre>'


def validated(document: Any, name: str) -> Valid:
    """Check a document by a schema, after a turn through JSON; fail if it is not accepted."""
    import jsonschema

    from mfgcheck.report import schema as read

    again = json.loads(json.dumps(document, allow_nan=False))
    jsonschema.Draft202012Validator.check_schema(read(name))
    jsonschema.Draft202012Validator(read(name)).validate(again)
    return Valid(again)


# --- games ------------------------------------------------------------------------------------


def verdict_table(report: Any, found: Any) -> str:
    """Return, as HTML, the status of a game, its T-MFE, and the clauses that do not hold."""
    from mfgcheck.report import Paragraph, to_html

    decided = {**report.clauses, **report.assumptions}
    others: dict[str, list[str]] = {}
    for name, verdict in decided.items():
        if verdict.status != "PROVED":
            others.setdefault(str(verdict.status), []).append(name)
    lines = [f"Definition 1: {report.status}. T-MFE: {found.sentence}."]
    lines += [f"{status}: {', '.join(names)}." for status, names in others.items()]
    return to_html([Paragraph("\n".join(lines))])


def overview(found: Mapping[str, tuple[Any, Any]]) -> str:
    """Return a table of all games as HTML, with links to where each is described."""
    from mfgcheck.report import Table, to_html

    rows = [[name, str(report.status), t_mfe.sentence] for name, (report, t_mfe) in found.items()]
    html = to_html([Table(["game", "Definition 1", "T-MFE"], rows)])
    for name in found:
        html = html.replace(f">{name}</td>", f'><a href="#game-{name}">{name}</a></td>', 1)
    return html


if __name__ == "__main__":
    print(_examples())
