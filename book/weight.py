"""Weigh the built pages: each with everything that it loads, as files and as they are sent.

How long the cells of a page ran is told as well, as the build noted it.

python -m book.weight

The exit status is 1 if a page weighs more than the limit, so that a large picture or library that
came in unnoticed is noticed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from book.check_pages import Page, is_elsewhere, reachable, target_of

LIMIT = 3.0  # megabytes, as sent
# Servers compress these; fonts and pictures of points are compressed already.
COMPRESSED = {".html", ".js", ".css", ".svg", ".json"}
# MathJax fetches the fonts that the formulas of a page need: at most all of them.
TIMES = "execution-times.json"  # of book/_ext/notebooks.py, beside the built pages
MATHJAX, FONTS = "tex-mml-chtml.js", "output/chtml/fonts"
URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")


@dataclass(frozen=True)
class Weight:
    """What a page weighs with all that it loads, in bytes: as files, and as a server sends them."""

    name: str
    html: int
    files: int
    sent: int


def weights(root: Path) -> list[Weight]:
    """Return the weights of the pages of the book below `root`, the heaviest first."""
    sent: dict[Path, int] = {}
    found = []
    for path, page in reachable(root).items():
        needed = {path, *_loaded(path, page)}
        for file in needed - sent.keys():
            data = file.read_bytes()
            is_compressed = file.suffix in COMPRESSED
            sent[file] = len(gzip.compress(data, 6)) if is_compressed else len(data)
        found.append(
            Weight(
                name=path.relative_to(root.resolve()).as_posix(),
                html=path.stat().st_size,
                files=sum(file.stat().st_size for file in needed),
                sent=sum(sent[file] for file in needed),
            )
        )
    return sorted(found, key=lambda weight: (-weight.sent, weight.name))


def _loaded(path: Path, page: Page) -> set[Path]:
    """Return the files that a browser loads with a page; missing ones are reported elsewhere."""
    found = {target_of(path, url) for url in page.loaded if not is_elsewhere(url)}
    for script in [file for file in found if file.name == MATHJAX]:
        found |= set((script.parent / FONTS).rglob("*.woff"))
    for sheet in [file for file in found if file.suffix == ".css" and file.is_file()]:
        for url in URL.findall(sheet.read_text(encoding="utf-8")):
            # Fonts of icons are declared in several formats and not used: icons are drawn.
            if not is_elsewhere(url) and "webfonts" not in url:
                found.add(target_of(sheet, unquote(url)))
    return {file for file in found if file.is_file()}


def _times(root: Path) -> dict[str, float]:
    noted = root.resolve().parent / TIMES
    return json.loads(noted.read_text(encoding="utf-8")) if noted.is_file() else {}


def main() -> int:
    """Print the weights; the exit status is 1 if a page weighs more than the limit."""
    parser = argparse.ArgumentParser(description="Weigh the built pages.")
    parser.add_argument("book", type=Path, nargs="?", default=Path("book/_build/html"))
    parser.add_argument("--limit", type=float, default=LIMIT, help="megabytes of a page, as sent")
    parser.add_argument("--all", action="store_true", help="every page, not only the heaviest ten")
    asked = parser.parse_args()
    found = weights(asked.book)
    if not found:
        print(f"{asked.book}: no book; build it with `make book`", file=sys.stderr)
        return 1
    whole = sum(path.stat().st_size for path in asked.book.rglob("*") if path.is_file())
    times = _times(asked.book)
    print("page, and all that it loads         HTML, MB    files, MB    as sent, MB    ran, s")
    for weight in found if asked.all else found[:10]:
        sizes = (weight.html / 1e6, weight.files / 1e6, weight.sent / 1e6)
        ran = times.get(weight.name.removesuffix(".html"), 0)
        print(f"{weight.name:36}{sizes[0]:8.2f}{sizes[1]:13.2f}{sizes[2]:15.2f}{ran:10.1f}")
    print(f"{len(found)} pages ran {sum(times.values()):.0f} s; the book: {whole / 1e6:.1f} MB")
    heavy = [weight.name for weight in found if weight.sent > asked.limit * 1e6]
    for name in heavy:
        print(f"{name} weighs more than {asked.limit:g} MB", file=sys.stderr)
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main())
