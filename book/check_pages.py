"""Check the built pages: they load nothing from elsewhere, and every internal link leads somewhere.

python -m book.check_pages book/_build/html

Only what a reader can reach from index.html counts: a build leaves the pages of earlier builds
where they are.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself; links that a reader follows are not among them.
LOADED = {
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("source", "src"),
    ("object", "data"),
    ("embed", "src"),
    ("video", "src"),
    ("video", "poster"),
    ("audio", "src"),
}
NOT_LOADED = {"canonical", "author", "license", "index", "search", "next", "prev"}


class Page(HTMLParser):
    """What one page loads, what it links to, and the anchors it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.leads_on = False  # to another page at once
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes that matter."""
        given = {name: value or "" for name, value in attrs}
        self.anchors.update(given[name] for name in ("id", "name") if name in given)
        for name, value in given.items():
            if (tag, name) in LOADED:
                followed = NOT_LOADED & set(given.get("rel", "").split())
                (self.links if followed else self.loaded).append(value)
            if (tag, name) == ("a", "href"):
                self.links.append(value)
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            _, found, address = given.get("content", "").partition("=")
            self.links += [address.strip()] if found else []
            self.leads_on = bool(found)


def is_elsewhere(address: str) -> bool:
    """Tell whether an address names another host, or something that is no file at all."""
    parts = urlsplit(address)
    return bool(parts.scheme or parts.netloc)


def target_of(page: Path, address: str) -> Path:
    """Return the file that an internal address on a page stands for."""
    path = unquote(urlsplit(address).path)
    return (page.parent / path).resolve() if path else page


def reachable(root: Path) -> dict[Path, Page]:
    """Return the pages below the folder `root` that links from its index.html lead to, in order."""
    root = root.resolve()
    pages: dict[Path, Page] = {}
    waiting = [root / "index.html"]
    while waiting:
        path = waiting.pop()
        if path in pages or not path.is_file() or path.suffix != ".html":
            continue
        if not path.is_relative_to(root) or "_static" in path.relative_to(root).parts:
            continue
        pages[path] = Page(path.read_text(encoding="utf-8"))
        waiting += [
            target_of(path, address) for address in pages[path].links if not is_elsewhere(address)
        ]
    return dict(sorted(pages.items()))


def problems(root: Path) -> list[str]:
    """Return one line for everything that is wrong with the pages below the folder `root`."""
    root, pages = root.resolve(), reachable(root)
    found = [] if pages else [f"{root}: no index.html"]
    for path, page in pages.items():
        name = path.relative_to(root)
        for address in page.loaded + page.links:
            if is_elsewhere(address):
                if address in page.loaded and urlsplit(address).scheme != "data":
                    found.append(f"{name} loads {address} from elsewhere")
                continue
            target, anchor = target_of(path, address), unquote(urlsplit(address).fragment)
            if not target.is_file():
                found.append(f"{name}: {address} leads nowhere")
            elif target in pages and anchor not in {"", *pages[target].anchors}:
                found.append(f"{name}: {address}: no such anchor")
    return found


def main() -> int:
    """Print the problems; the exit status is 1 if there are any."""
    found = problems(Path(sys.argv[1]))
    print(
        "\n".join(found) or "every page loads from the book alone, and every internal link is good"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
