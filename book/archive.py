"""Put the built book into one file, to unpack and read without a server or a network.

python -m book.archive

The file is book/_build/mfgcheck-book-VERSION.zip. The same pages give the same bytes: entries are
sorted and carry no date. What earlier builds left behind is not packed.
"""

from __future__ import annotations

import argparse
import os
import sys
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import mfgcheck
from book.check_pages import Page, is_elsewhere, reachable, target_of

BUILD = Path(__file__).resolve().parent / "_build"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold
# Notes for the next build, what only developers of the theme's scripts read, and texts of other
# languages that a build may need, but no page.
LEFT_OUT = (".buildinfo", "tippy_*_cache.json", "*.map", "_static/locales/*")
OPTIONS = "_static/documentation_options.js"
SUMMARIES = "SHOW_SEARCH_SUMMARY: true"


def packed(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the built book below `root` by name, with their bytes.

    Raises ValueError if there is no book, or if it is not as this program knows it.
    """
    pages = reachable(root)
    if not pages:
        raise ValueError(f"{root}: no book; build it with `make book`")
    loaded = set(_targets(pages))
    for path in sorted(root.rglob("*"), key=lambda path: path.relative_to(root).parts):
        name = path.relative_to(root).as_posix()
        # Pages and hover cards have other names, or are gone, in a later build: the old ones stay.
        is_stale = (path.suffix == ".html" and path not in pages and "_static/" not in name) or (
            name.startswith("_static/tippy/") and path not in loaded
        )
        if (
            path.is_file()
            and not is_stale
            and not any(fnmatch(name, pattern) for pattern in LEFT_OUT)
        ):
            yield name, _without_server(name, path.read_bytes())


def write(root: Path, target: Path, folder: str) -> int:
    """Write the book below `root` to the zip file `target`, in a folder; return how many files."""
    files = list(packed(root.resolve()))
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, data in files:
                entry = zipfile.ZipInfo(f"{folder}/{name}", LONG_AGO)
                entry.create_system = 3  # the same on every system: permissions as on Unix
                entry.external_attr = 0o100644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, data)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return len(files)


def _targets(pages: dict[Path, Page]) -> Iterator[Path]:
    for path, page in pages.items():
        for address in page.loaded:
            if not is_elsewhere(address):
                yield target_of(path, address)


def _without_server(name: str, data: bytes) -> bytes:
    """Return a file's bytes, changed where a page without a server needs it.

    The search shows a piece of each page it finds, for which it fetches that page. A browser does
    not fetch files, so without a server only the titles are shown.
    """
    if name != OPTIONS:
        return data
    text = data.decode("utf-8")
    if text.count(SUMMARIES) != 1:
        raise ValueError(f"{name} does not have {SUMMARIES!r} once: see book/archive.py")
    return text.replace(SUMMARIES, 'SHOW_SEARCH_SUMMARY: location.protocol !== "file:"').encode()


def main() -> int:
    """Write the archive and say where it is; the exit status is 1 if that is impossible."""
    name = f"mfgcheck-book-{mfgcheck.__version__}"
    parser = argparse.ArgumentParser(description="Put the built book into one file.")
    parser.add_argument("book", type=Path, nargs="?", default=BUILD / "html")
    parser.add_argument("--output", type=Path, default=BUILD / f"{name}.zip")
    asked = parser.parse_args()
    try:
        number = write(asked.book, asked.output, name)
    except (OSError, ValueError) as error:
        print(f"no archive: {error}", file=sys.stderr)
        return 1
    size = asked.output.stat().st_size / 1e6
    print(f"{asked.output}: {number} files, {size:.1f} MB; unpack it and open index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
