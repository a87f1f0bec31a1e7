"""The book as one file: what goes in, always the same bytes, and what it is without a server."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from book import archive

OPTIONS = "const DOCUMENTATION_OPTIONS = {\n    SHOW_SEARCH_SUMMARY: true,\n};\n"
BOOK = {
    "index.html": '<meta http-equiv="Refresh" content="0; url=a/one.html" />',
    "a/one.html": '<script src="../_static/tippy/one.2.js"></script><a href="../two.html">two</a>',
    "two.html": '<img alt="x" src="x.svg"><a href="https://example.org/three.html">three</a>',
    "x.svg": "<svg/>",
    "_static/documentation_options.js": OPTIONS,
    "_static/tippy/one.2.js": "new",
    "_static/macros.html": "part of a page",
    "_sources/a/one.ipynb": "{}",
}
LEFT_OUT = {
    "a/gone.html": "a page of an earlier build",
    "_static/tippy/one.1.js": "hover cards of an earlier build",
    "_static/theme.js.map": "{}",
    "_static/locales/de/LC_MESSAGES/booktheme.po": "",
    ".buildinfo": "",
    "tippy_doi_cache.json": "{}",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def book(tmp_path):
    return write(tmp_path / "html", BOOK | LEFT_OUT)


def test_it_has_what_readers_can_reach_and_nothing_else(book):
    assert dict(archive.packed(book)).keys() == BOOK.keys()


def test_files_are_packed_as_they_are_but_for_the_search(book):
    files = dict(archive.packed(book))
    changed = {name for name in files if files[name].decode() != BOOK[name]}
    assert changed == {archive.OPTIONS}
    assert 'SHOW_SEARCH_SUMMARY: location.protocol !== "file:"' in files[archive.OPTIONS].decode()


def test_the_same_pages_give_the_same_bytes(book, tmp_path):
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    assert archive.write(book, one, "book") == len(BOOK)
    # The same book, written at another time, in another order and with other permissions.
    again = write(tmp_path / "again", dict(reversed((BOOK | LEFT_OUT).items())))
    for path in again.rglob("*.html"):
        os.utime(path, (0, 0))
        path.chmod(0o600)
    archive.write(again, two, "book")
    assert one.read_bytes() == two.read_bytes()
    (again / "two.html").write_text("other", encoding="utf-8")
    archive.write(again, two, "book")
    assert one.read_bytes() != two.read_bytes()


def test_it_unpacks_into_one_folder(book, tmp_path):
    archive.write(book, tmp_path / "one.zip", "mfgcheck-book-1")
    with zipfile.ZipFile(tmp_path / "one.zip") as file:
        assert file.testzip() is None
        names = file.namelist()
        assert names == [f"mfgcheck-book-1/{name}" for name in sorted(BOOK, key=_by_folder)]
        assert {entry.date_time for entry in file.infolist()} == {archive.LONG_AGO}
        file.extractall(tmp_path / "unpacked")
    found = tmp_path / "unpacked/mfgcheck-book-1/a/one.html"
    assert found.read_text(encoding="utf-8") == BOOK["a/one.html"]


def _by_folder(name: str) -> tuple[str, ...]:
    return Path(name).parts


def test_a_search_that_is_not_known_is_refused(book):
    (book / archive.OPTIONS).write_text("SHOW_SEARCH_SUMMARY: false", encoding="utf-8")
    with pytest.raises(ValueError, match="does not have 'SHOW_SEARCH_SUMMARY: true' once"):
        dict(archive.packed(book))


def test_without_a_book_there_is_no_archive_and_no_half_one(book, tmp_path):
    with pytest.raises(ValueError, match="no book; build it with `make book`"):
        archive.write(tmp_path / "nowhere", tmp_path / "one.zip", "book")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "writestr", _full)
        with pytest.raises(OSError, match="no space"):
            archive.write(book, tmp_path / "one.zip", "book")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["html"]


def _full(*arguments: object) -> None:
    raise OSError("no space left on device")
