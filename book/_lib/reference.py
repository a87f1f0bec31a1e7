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

from written.api import names, resolve

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
    for name in names():
        thing = resolve(name)
        for test in doctest.DocTestFinder().find(thing, name, inspect.getmodule(thing)):
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
    lines += [f"{status}: {', '.join(listed)}." for status, listed in others.items()]
    lines.append(f"{'The others' if others else 'All clauses and assumptions'}: PROVED.")
    html = to_html([Paragraph("\n".join(lines))])
    for name in (name for listed in others.values() for name in listed):
        # A whole name: before it stands a blank, and after it a comma or a full stop.
        address = f"clauses.html#clause-{_anchor(name)}"
        html = html.replace(f" {name}", f' <a href="{address}">{name}</a>')
    return html


def _anchor(name: str) -> str:
    """Return the name of a clause as it stands in addresses."""
    return name.replace(".", "-").replace("_", "-")


def overview(found: Mapping[str, tuple[Any, Any]]) -> str:
    """Return a table of all games as HTML, with links to where each is described."""
    from mfgcheck.report import Table, to_html

    rows = [[name, str(report.status), t_mfe.sentence] for name, (report, t_mfe) in found.items()]
    html = to_html([Table(["game", "Definition 1", "T-MFE"], rows)])
    for name in found:
        html = html.replace(f">{name}</td>", f'><a href="#game-{name}">{name}</a></td>', 1)
    return html


# --- citation ---------------------------------------------------------------------------------


def citation(file: Path) -> Any:
    """Read a citation file."""
    import yaml

    return yaml.safe_load(file.read_text(encoding="utf-8"))


def bibtex(cited: Any) -> str:
    """Return BibTeX entries for the program and for what it refers to.

    >>> print(bibtex({"title": "T", "authors": [{"name": "the authors"}], "version": "1"}))
    @software{mfgcheck,
      title   = {{T}},
      author  = {{the authors}},
      version = {1}
    }
    """
    program = {
        "title": f"{{{cited['title']}}}",
        "author": _people(cited["authors"]),
        "version": cited["version"],
    }
    entries = [_entry("software", "mfgcheck", program)]
    for work in cited.get("references", ()):
        fields = {
            "title": work["title"],
            "author": _people(work["authors"]),
            "booktitle": work["conference"]["name"],
            "year": work["year"],
        }
        key = f"{work['authors'][0]['family-names'].lower()}{work['year']}"
        entries.append(_entry("inproceedings", key, fields))
    return "\n\n".join(entries)


def _people(people: Sequence[Mapping[str, str]]) -> str:
    return " and ".join(
        f"{{{one['name']}}}" if "name" in one else f"{one['family-names']}, {one['given-names']}"
        for one in people
    )


def _entry(kind: str, key: str, fields: Mapping[str, object]) -> str:
    width = max(map(len, fields))
    lines = ",\n".join(f"  {name:{width}} = {{{value}}}" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}\n}}"


if __name__ == "__main__":
    print(_examples())
