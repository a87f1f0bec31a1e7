"""Read the built book in a browser, as a reader does, and report what is wrong with it.

python -m book.browse book/_build/html [--shots FOLDER]
python -m book.browse book/_build/mfgcheck-book-0.1.0.zip

Every page is visited once, on a wide screen in light colours, and made narrow there. One page of
each part is visited again on a wide screen in dark colours, and on a phone in both. The file made
by `make book-archive` is unpacked and read without a server; of its pages, one of each part.

This needs playwright, and a Chromium on the path. Nothing is fetched from another host: a page that
asks for it gets no answer, and is reported. The exit status is 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from book.browse_rules import RULES
from book.check_pages import problems, reachable

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No name but that of this machine has an address, and the browser asks for nothing by itself.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# The theme says so on a reader's first visit, before it has stored a mode; it does no harm.
HARMLESS = "invalid theme mode"
SEARCHED = "dominance"
# The knobs that a page must have; knobs of other pages are turned as well.
KNOBS = {"explore/infection.html": ("knob-c_f", "knob-delta3", "knob-susceptibility")}
SHOWN = 3  # of complaints of one kind on one page
PATIENCE = 5_000  # milliseconds that a page has for showing what it was asked for


@dataclass
class Watch:
    """What went wrong behind the scenes while a tab was open, for pages that start with `base`."""

    base: str
    found: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Listen to what happens in a tab."""
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)
        page.on("pageerror", lambda error: self.found.append(f"page error: {error}"))
        page.on("console", self._console)

    def take(self) -> list[str]:
        """Return what was found since this was asked last."""
        found, self.found = self.found, []
        return found

    def _is_elsewhere(self, url: str) -> bool:
        return not url.startswith((self.base, "data:", "blob:"))

    def _request(self, request: Any) -> None:
        if self._is_elsewhere(request.url):
            self.found.append(f"asks another host for {request.url}")

    def _failed(self, request: Any) -> None:
        # What is cut short by leaving the page is no failure; other hosts are reported already.
        if not self._is_elsewhere(request.url) and "ERR_ABORTED" not in str(request.failure):
            self.found.append(f"could not load {request.url}: {request.failure}")

    def _response(self, response: Any) -> None:
        if response.status >= 400:
            self.found.append(f"status {response.status} for {response.url}")

    def _console(self, message: Any) -> None:
        # What failed to load is reported above, with its address.
        known = HARMLESS in message.text or message.text.startswith("Failed to load resource")
        if message.type == "error" and not known:
            self.found.append(f"console error: {message.text}")


def ask(page: Page, *rules: str) -> list[str]:
    """Return what the rules, by default all of them, complain of on the open page."""
    return [line for rule in rules or RULES for line in _some(page.evaluate(RULES[rule]))]


def look(page: Page, url: str) -> list[str]:
    """Open a page, wait until it is complete, and return what is wrong with it as it stands."""
    page.goto(url, wait_until="load")
    page.evaluate(
        """async () => {
            if (window.MathJax && MathJax.startup) await MathJax.startup.promise;
            await document.fonts.ready;
        }"""
    )
    return ask(page)


def make_narrow(page: Page) -> list[str]:
    """Make the open page as narrow as a phone: it must not become wider than the screen."""
    page.set_viewport_size(PHONE)
    # Plots are drawn anew, a moment later.
    _becomes(page, "() => document.documentElement.scrollWidth <= innerWidth", None, 1_000)
    found = [f"on a phone: {line}" for line in ask(page, "width")]
    page.set_viewport_size(DESKTOP)
    return found


def point_at_theorem(page: Page) -> list[str]:
    """Point at the first link to a theorem that has a formula: its card must show a formula."""
    links = page.locator("main a[href^='#']")
    number = links.evaluate_all(
        """links => links.findIndex(link => {
            const box = document.getElementById(decodeURIComponent(link.hash.slice(1)));
            return box && box.matches('.proof') && box.querySelector('.math')
                && link.matches('.reference') && link.checkVisibility();
        })"""
    )
    if number < 0:
        return []
    links.nth(number).hover()
    found = _appears(page, ".tippy-box mjx-container")
    page.mouse.move(0, 0)
    return [] if found else ["a link to a theorem shows no card with its formula"]


def open_solutions(page: Page) -> list[str]:
    """Open every hidden solution by the keyboard: closed before, readable after."""
    found = []
    for box in page.locator("main .solution.dropdown").all():
        body, button = box.locator("> :not(.admonition-title)").first, box.locator("button").first
        if body.is_visible():
            found.append("a solution is not hidden")
        elif not button.count():
            found.append("a hidden solution has no button")
        else:
            button.press("Enter")
            found += [] if body.is_visible() else ["a hidden solution does not open"]
    return found


def switch_theme(page: Page) -> list[str]:
    """Press the theme's button: dark figures must take the place of light ones, and come back."""
    if not page.locator("main .only-light, main .only-dark, .theme-switch-button").count():
        return []
    button, found, seen = page.locator(".theme-switch-button:visible").first, [], set()
    for _ in range(3 if button.count() else 0):  # light, dark, and what the system has
        button.click()
        found += [f"after the theme's button: {line}" for line in ask(page, "figures")]
        seen.add(page.evaluate("document.documentElement.dataset.theme"))
    return found if seen == {"light", "dark"} else [*found, "no button switches to dark and back"]


def turn_knobs(page: Page, name: str) -> list[str]:
    """Turn every knob of a page by the keyboard: an output must change."""
    knobs = page.locator("[id^='knob-']")
    there = knobs.evaluate_all("knobs => knobs.map(knob => knob.id)")
    found = [f"there is no {knob}" for knob in KNOBS.get(name, ()) if knob not in there]
    shown = """() => [...document.querySelectorAll('[id^="explore-"]')].map(e => e.innerHTML)
                     .join('\\n')"""
    for knob in there:
        control = page.locator(f"[id='{knob}']")
        if not control.evaluate("knob => 'value' in knob"):  # a group of buttons
            control = control.locator("input:checked, input").first
        at_end = control.evaluate(
            "knob => knob.type === 'range' && +knob.value >= (knob.max || 100)"
        )
        is_list = control.evaluate("knob => knob.matches('select, [type=radio]')")
        before = page.evaluate(shown)
        control.press("ArrowLeft" if at_end else "ArrowDown" if is_list else "ArrowRight")
        if not _becomes(page, f"before => ({shown})() !== before", before):
            found.append(f"{knob} changes nothing")
    return found


def search(page: Page, base: str, word: str = SEARCHED) -> list[str]:
    """Search the book for a word that stands in it."""
    page.goto(f"{base}search.html?q={quote(word)}", wait_until="load")
    found = _appears(page, "#search-results li a")
    return [] if found else [f"nothing is found for {word!r}"]


def sample_of(root: Path) -> list[str]:
    """Return one page of each part, the longest; a part is what a folder or the top folder has."""
    longest: dict[Path, Path] = {}
    for path, page in reachable(root).items():
        if page.leads_on or path.name in {"search.html", "genindex.html"}:
            continue
        best = longest.setdefault(path.parent, path)
        if path.stat().st_size > best.stat().st_size:
            longest[path.parent] = path
    return [path.relative_to(root.resolve()).as_posix() for path in longest.values()]


@contextmanager
def tab(browser: Browser, base: str, size: dict[str, int], colours: str) -> Iterator[Any]:
    """Open a tab that remembers nothing of other tabs; yield it with its watch."""
    context = browser.new_context(viewport=size, color_scheme=colours, reduced_motion="reduce")
    page, watch = context.new_page(), Watch(base)
    watch.listen(page)
    yield page, watch
    context.close()


def photograph(page: Page, shots: Path | None, name: str) -> None:
    """Keep a picture of the whole page, where pictures are wanted."""
    if shots:
        page.screenshot(path=shots / f"{name.replace('/', '--')}.png", full_page=True)


def browse(
    browser: Browser, root: Path, base: str, pages: list[str], shots: Path | None
) -> list[str]:
    """Visit pages of the book below `root`, which the browser finds at `base`; return problems."""
    found = []
    with tab(browser, base, DESKTOP, "light") as (page, watch):
        for name in pages:
            lines = look(page, base + quote(name))
            photograph(page, shots, f"{name}.desktop-light")
            lines += make_narrow(page) + point_at_theorem(page) + open_solutions(page)
            lines += turn_knobs(page, name) + switch_theme(page) + watch.take()
            found += [f"{name}: {line}" for line in lines]
        lines = search(page, base)
        photograph(page, shots, "search-results.desktop-light")
        found += [f"search.html: {line}" for line in lines + watch.take()]
    for screen, size, colours in (
        ("desktop", DESKTOP, "dark"),
        ("phone", PHONE, "light"),
        ("phone", PHONE, "dark"),
    ):
        with tab(browser, base, size, colours) as (page, watch):
            for name in sample_of(root):
                lines = look(page, base + quote(name)) + watch.take()
                photograph(page, shots, f"{name}.{screen}-{colours}")
                found += [f"{name}, {screen}, {colours}: {line}" for line in lines]
    return list(dict.fromkeys(found))


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; yield its address."""
    with _Server(("127.0.0.1", 0), partial(_Quiet, directory=str(root))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that hangs up; a page that is not complete is reported."""


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing; what goes wrong is reported by the browser."""


@contextmanager
def started() -> Iterator[Browser]:
    """Start the browser; raise RuntimeError, which says what is missing, if it is not there."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise RuntimeError(f"no browser: none of {', '.join(BROWSERS)} is on the path")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise RuntimeError("playwright is not installed: pip install -e '.[book]'") from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        yield browser
        browser.close()


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - SHOWN
    shown = [" ".join(line.split()) for line in lines[:SHOWN]]
    return shown if more <= 0 else [*shown, f"and {more} more like this"]


def _appears(page: Page, selector: str) -> bool:
    return _becomes(page, "selector => document.querySelector(selector) !== null", selector)


def _becomes(page: Page, condition: str, argument: str | None, patience: int = 0) -> bool:
    from playwright.sync_api import TimeoutError as TooLate

    try:
        page.wait_for_function(condition, arg=argument, timeout=patience or PATIENCE)
    except TooLate:
        return False
    return True


def main() -> int:
    """Print the problems, one a line; the exit status is 1 if there are any."""
    parser = argparse.ArgumentParser(description="Read the built book in a browser.")
    parser.add_argument("book", type=Path, help="the folder of the pages, or the archive")
    parser.add_argument("--shots", type=Path, help="keep a picture of every page in this folder")
    asked, start = parser.parse_args(), time.perf_counter()
    if asked.shots:
        asked.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, started() as browser:
        if asked.book.suffix == ".zip":
            with zipfile.ZipFile(asked.book) as archive:
                archive.extractall(folder)
            root = next(Path(folder).resolve().iterdir())
            pages = sample_of(root)
            found = browse(browser, root, root.as_uri() + "/", pages, asked.shots)
        else:
            root = asked.book.resolve()
            pages = [
                path.relative_to(root).as_posix()
                for path, page in reachable(root).items()
                if not page.leads_on
            ]
            found = problems(root)
            with served(root) as base:
                found += browse(browser, root, base, pages, asked.shots)
    seconds = time.perf_counter() - start
    print(*found, f"{len(pages)} pages, {len(found)} problems, {seconds:.0f} s", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
