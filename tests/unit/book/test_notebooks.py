"""The notebooks that the book offers: the same in every build, with what their cells read."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

pytest.importorskip("sphinx", reason="sphinx is not installed (extra `book`)")

from book._ext import notebooks


def notebook(*code: str) -> dict:
    cells = [
        {"cell_type": "code", "id": "1f", "metadata": {"execution": {"at": 3}}, "source": [text]}
        for text in code
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def app(tmp_path):
    """A book of two pages, of which one was executed, beside numbers and helpers."""
    files = {
        "book/a/numbers.json": "[1]",
        "book/a/others.json": "[2]",
        "book/_lib/help.py": "",
        "book/_ext/more/help.py": "",
        "book/_lib/__pycache__/help.pyc": "",
        "built/jupyter_execute/a/run.ipynb": json.dumps(
            notebook("sys.path.insert(0, '../_lib')", "open('numbers.json')")
        ),
        "built/jupyter_execute/a/gone.ipynb": json.dumps(notebook()),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    metadata = {"a/run": {"kernelspec": "{}"}, "a/read": {}}
    return SimpleNamespace(
        srcdir=tmp_path / "book",
        outdir=tmp_path / "built" / "html",
        env=SimpleNamespace(metadata=metadata),
    )


def test_an_executed_page_is_offered_with_what_it_reads(app):
    context: dict = {}
    notebooks.offer_notebook(app, "a/run", "page.html", context, None)
    assert context == {"ipynb_source": "a/run.ipynb"}
    sources = app.outdir / "_sources"
    assert {path.relative_to(sources).as_posix() for path in sources.rglob("*.*")} == {
        "a/run.ipynb",
        "a/numbers.json",
        "_lib/help.py",
        "_ext/more/help.py",
    }
    found = json.loads((sources / "a/run.ipynb").read_text(encoding="utf-8"))
    origin, *others = found["cells"]
    assert origin["source"].startswith("*A page of the book of mfgcheck")
    assert "helpers of the book" in origin["source"]
    assert [cell["id"] for cell in found["cells"]] == ["cell-0", "cell-1", "cell-2"]
    assert [cell["source"] for cell in others] == [
        ["sys.path.insert(0, '../_lib')"],
        ["open('numbers.json')"],
    ]
    assert all(cell["metadata"] == {} for cell in others)


@pytest.mark.parametrize("pagename", ["a/read", "a/gone", "genindex"])
def test_other_pages_are_not_offered(app, pagename):
    context: dict = {}
    notebooks.offer_notebook(app, pagename, "page.html", context, None)
    assert context == {}
    assert not (app.outdir / "_sources").exists()


def test_a_notebook_without_helpers_does_not_ask_for_them():
    (origin,) = notebooks.with_origin(notebook(), uses_helpers=False)["cells"]
    assert "helpers" not in origin["source"]


def test_how_long_pages_ran_is_noted(app):
    app.env.nb_metadata = {
        "b": {"exec_data": {"runtime": 1.26}},
        "a": {"exec_data": {"runtime": 0.51}},
        "failed": {"exec_data": {"runtime": None}},
        "read": {},
    }
    notebooks.note_times(app, None)
    noted = (app.outdir.parent / "execution-times.json").read_text(encoding="utf-8")
    assert list(json.loads(noted).items()) == [("a", 0.5), ("b", 1.3)]
