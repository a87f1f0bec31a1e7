"""Check the built pages: they load nothing from elsewhere, and every internal link leads somewhere.

python book/check_pages.py book/_build/html
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself; links that a reader follows are not among them.
LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}
NOT_LOADED = {"canonical", "author", "license", "index", "search", "next", "prev"}


class Page(HTMLParser):
    """What one page loads, what it links to, and the anchors it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes that matter."""
        given = {name: value or "" for name, value in attrs}
        self.anchors.update(given[name] for name in ("id", "name") if name in given)
        for name, value in given.items():
            if (tag, name) in LOADED and not NOT_LOADED & set(given.get("rel", "").split()):
                self.loaded.append(value)
            if (tag, name) == ("a", "href"):
                self.links.append(value)


def problems(root: Path) -> list[str]:
    """Return one line for everything that is wrong below the folder `root`."""
    pages = {
        path: Page(path.read_text(encoding="utf-8"))
        for path in sorted(root.rglob("*.html"))
        if "_static" not in path.relative_to(root).parts
    }
    found = [] if pages else [f"{root}: no page"]
    for path, page in pages.items():
        name = path.relative_to(root)
        for address in page.loaded + page.links:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                if address in page.loaded and parts.scheme != "data":
                    found.append(f"{name} loads {address} from elsewhere")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                found.append(f"{name}: {address} leads nowhere")
            elif target in pages and unquote(parts.fragment) not in {"", *pages[target].anchors}:
                found.append(f"{name}: {address}: no such anchor")
    return found


def main() -> int:
    """Print the problems; the exit status is 1 if there are any."""
    found = problems(Path(sys.argv[1]).resolve())
    print(
        "\n".join(found) or "every page loads from the book alone, and every internal link is good"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
