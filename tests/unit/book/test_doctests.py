"""The examples in the book's own modules run, as those of the package do."""

from __future__ import annotations

import doctest
import importlib
import sys
from pathlib import Path

import pytest

BOOK = Path(__file__).resolve().parents[3] / "book"
FOLDERS = ("_lib", "_ext")
MODULES = [
    (folder, ".".join(path.relative_to(BOOK / folder).with_suffix("").parts))
    for folder in FOLDERS
    for path in sorted((BOOK / folder).rglob("*.py"))
    if path.stem != "__init__"
]


@pytest.mark.parametrize(("folder", "name"), MODULES, ids=[name for _, name in MODULES])
def test_the_examples_of_a_module_run(
    folder: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("IPython", reason="the extra `book` is not installed")
    monkeypatch.syspath_prepend(str(BOOK / folder))
    before = set(sys.modules)
    try:
        module = importlib.import_module(name)
        found = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    finally:
        for added in set(sys.modules) - before:
            origin = getattr(sys.modules[added], "__file__", None)
            if origin is not None and Path(origin).is_relative_to(BOOK):
                del sys.modules[added]  # other tests find these by another path
    assert found.failed == 0
