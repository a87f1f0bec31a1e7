"""The browser test of the book can fail: for each rule, a small page that breaks it alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from book import browse

pytest.importorskip("playwright", reason="playwright is not installed (extra `book`)")
if not any(map(shutil.which, browse.BROWSERS)):
    pytest.skip("there is no Chromium on the path", allow_module_level=True)

PAGE = """<!DOCTYPE html><html lang="en" data-theme="light" data-content_root="./"><head>
<meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"><style>
html[data-theme="dark"] .only-light, html[data-theme="light"] .only-dark {{display: none}}
</style>{head}</head><body><main>{main}</main></body></html>"""

# What the theme and the extensions of the book make of a page, as far as the rules look at it.
BUTTON = """<button class="theme-switch-button" onclick="const page = document.documentElement;
page.dataset.theme = page.dataset.theme === 'light' ? 'dark' : 'light'">theme</button>"""
FIGURES = """<p class="only-light">light</p><p class="only-dark">dark</p>"""
FORMULA = """<span class="math"><mjx-container><mjx-math>x</mjx-math></mjx-container></span>"""
THEOREM = (
    f"""<a class="reference" href="#t">Theorem</a> <div class="proof" id="t">{FORMULA}</div>"""
)
CARD = """<script>document.querySelector('.reference').onmouseenter = () =>
document.body.insertAdjacentHTML('beforeend', '<p class="tippy-box">{}</p>')</script>"""
SOLUTION = """<div class="solution dropdown"><p class="admonition-title">Solution
<button {}>open</button></p><p {}>hidden</p></div>"""
OPENS = """onclick="this.parentElement.nextElementSibling.hidden = false" """
KNOB = """<input id="knob-x" type="range" value="100"><p id="explore-y">1</p>
<script>document.querySelector('input').oninput = event => {}</script>"""
LIST = """<select id="knob-x"><option>a<option>b</select><p id="explore-y">1</p>
<script>document.querySelector('select').onchange = event => {}</script>"""
TURNED = "document.querySelector('p').textContent = event.target.value"
COLOURED = '<p style="background: {}">The verdict is <b style="color: {}">PROVED</b>.</p>'
HITS = """<div id="search-results"></div><script>
if (location.search === '?q=dominance')
document.querySelector('div').innerHTML = '<li><a href="index.html">{}</a>'</script>"""

GOOD = {
    "nothing": "<p>Nothing.</p>",
    "formula": FORMULA,
    "code": r"<pre>$$ \( \begin{x}</pre><code>\[</code>",
    "money": "<p>From $5 to $10, and a \\ too.</p>",
    "scrolling": '<div style="overflow: auto"><div style="width: 3000px">wide</div></div>',
    "alt": '<img alt="A dot" src="data:,"><svg aria-label="A dot"></svg><svg aria-hidden="true"/>',
    "figures": BUTTON + FIGURES,
    "card": THEOREM + CARD.format(FORMULA),
    "solution": SOLUTION.format(OPENS, "hidden"),
    "knob": KNOB.format(TURNED),
    "list": LIST.format(TURNED),
    "contrast": COLOURED.format("#fff", "#226b33") + COLOURED.format("#111", "#6fcf83"),
}

BAD = {
    "another host": ('<img alt="a" src="http://example.org/a.png">', "asks another host"),
    "another address": ('<img alt="a" src="http://192.0.2.1/a.png">', "asks another host"),
    "later request": ("<script>fetch('http://example.org/')</script>", "asks another host"),
    "page error": ("<script>nothing.there</script>", "page error: nothing is not defined"),
    "console error": ("<script>console.error('no good')</script>", "console error: no good"),
    "status": ('<img alt="a" src="gone.png">', "status 404"),
    "TeX error": ("<mjx-merror data-mjx-error='Extra }'></mjx-merror>", "TeX error: Extra }"),
    "unknown macro": (
        '<mjx-container><i style="color: red;">\\foo</i></mjx-container>',
        "TeX error: \\foo",
    ),
    "raw brackets": (r"<p>Let \(x\) be.</p>", r"raw TeX: Let \(x\) be."),
    "raw dollars": ("<p>Let $$x$$ be.</p>", "raw TeX"),
    "raw dollar": (r"<p>Let $\mu$ be.</p>", "raw TeX"),
    "not typeset": (r'<span class="math">\(x\)</span>', "formula not typeset"),
    "too wide": ('<p style="width: 3000px">wide</p>', "px wide on a screen of 1280 px"),
    "too wide on a phone": ('<p style="width: 600px">wide</p>', "on a phone: 608 px wide"),
    "cut off": (
        '<div style="overflow: hidden"><p style="width: 3000px">wide</p></div>',
        "cut off at the right: wide",
    ),
    "image without alt": ('<img src="data:,">', "no alt text: <img"),
    "empty alt": ('<img alt="" src="data:,">', "no alt text: <img"),
    "drawing without name": ("<svg></svg>", "no alt text: <svg"),
    "dead button": (
        '<button class="theme-switch-button">theme</button>',
        "no button switches to dark and back",
    ),
    "no button": (FIGURES, "no button switches to dark and back"),
    "both figures": (
        BUTTON + FIGURES + "<style>.only-dark {display: block !important}</style>",
        "only-dark is shown on a light page",
    ),
    "no dark figure": (
        BUTTON + FIGURES + "<style>.only-dark {display: none !important}</style>",
        "after the theme's button: only-dark is hidden on a dark page",
    ),
    "no card": (THEOREM, "shows no card"),
    "card without formula": (THEOREM + CARD.format("x"), "shows no card"),
    "solution open": (SOLUTION.format(OPENS, ""), "a solution is not hidden"),
    "solution stays shut": (SOLUTION.format("", "hidden"), "a hidden solution does not open"),
    "solution for the mouse alone": (
        '<div class="solution dropdown"><p class="admonition-title">Solution</p>'
        "<p hidden>hidden</p></div>",
        "a hidden solution has no button",
    ),
    "dead knob": (KNOB.format("0"), "knob-x changes nothing"),
    "dead list": (LIST.format("0"), "knob-x changes nothing"),
    "pale": (COLOURED.format("#fff", "#999"), "PROVED has a contrast of 2.8"),
    "dark on dark": (COLOURED.format("#111", "#226b33"), "PROVED has a contrast of"),
    "faded": (
        '<p style="opacity: 0.5">' + COLOURED.format("#fff", "#226b33")[3:],
        "PROVED has a contrast of",
    ),
}


@pytest.fixture(scope="module")
def browser():
    with browse.started() as it:
        yield it


@pytest.fixture(scope="module", autouse=True)
def _impatient():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(browse, "PATIENCE", 500)
        yield


def write(root: Path, pages: dict[str, str]) -> Path:
    """Write a book: pages by name, given what is on them, and a search that finds one of them."""
    for name, main in {"search": HITS.format("hit"), **pages}.items():
        path = root / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(head="", main=main), encoding="utf-8")
    return root


def visit(browser, root: Path, pages: dict[str, str]) -> list[str]:
    """Return what is said of these pages."""
    write(root, pages)
    with browse.served(root) as base:
        return browse.browse(browser, root, base, [f"{name}.html" for name in pages], None)


@pytest.fixture(scope="module")
def said(browser, tmp_path_factory):
    """What is said of all the pages above, each visited once, by the name of the page."""
    pages = GOOD | {name: main for name, (main, _) in BAD.items()}
    found = visit(browser, tmp_path_factory.mktemp("book"), pages)
    return {
        name: [line for line in found if line.startswith(f"{name}.html: ")]
        for name in (*pages, "search")
    }


@pytest.mark.parametrize("name", [*GOOD, "search"])
def test_a_good_page_passes(said, name):
    assert said[name] == []


@pytest.mark.parametrize("name", BAD)
def test_a_bad_page_is_found(said, name):
    assert any(BAD[name][1] in line for line in said[name]), said[name]


def test_a_figure_that_only_dark_pages_lack_is_found(browser, tmp_path):
    # The theme follows what the system asks for; here it does so badly.
    follow = """<script>document.documentElement.dataset.theme =
        matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'</script>"""
    broken = "<style>@media (prefers-color-scheme: dark) {.only-dark {display: none}}</style>"
    found = visit(browser, tmp_path, {"index": FIGURES + BUTTON + follow + broken})
    assert "index.html, phone, dark: only-dark is hidden on a dark page" in found
    assert visit(browser, tmp_path, {"index": FIGURES + BUTTON + follow}) == []


def test_a_page_about_knobs_must_have_them(browser, tmp_path):
    found = visit(browser, tmp_path, {"explore/infection": KNOB.format(TURNED)})
    assert found == [
        f"explore/infection.html: there is no {knob}"
        for knob in browse.KNOBS["explore/infection.html"]
    ]


def test_a_search_without_hits_is_found(browser, tmp_path):
    for broken in ("<p>no search</p>", "<script>nothing.there</script>"):
        found = visit(browser, tmp_path, {"index": "<p>Nothing.</p>", "search": broken})
        assert "search.html: nothing is found for 'dominance'" in found


def test_many_complaints_of_one_kind_are_counted(browser, tmp_path):
    found = visit(browser, tmp_path, {"index": '<img src="data:,">' * 8})
    assert "index.html: and 5 more like this" in found


def test_one_page_of_each_folder_is_the_sample(tmp_path):
    links = {"a/one.html": 10, "a/two.html": 20, "b/three.html": 5}
    for name, length in links.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x" * length, encoding="utf-8")
    anchors = "".join(f'<a href="{name}">x</a>' for name in links)
    (tmp_path / "index.html").write_text(anchors, encoding="utf-8")
    (tmp_path / "a/stale.html").write_text("x" * 99, encoding="utf-8")
    assert browse.sample_of(tmp_path) == ["a/two.html", "b/three.html", "index.html"]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "book.browse", *map(str, arguments)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)


def test_the_program_says_what_is_wrong_and_keeps_pictures(tmp_path):
    book, shots = tmp_path / "book", tmp_path / "shots"
    write(book, {"index": "<p>Nothing.</p>"})
    done = run(book, "--shots", shots)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("1 pages, 0 problems, ")
    assert {path.name for path in shots.iterdir()} == {
        "index.html.desktop-light.png",
        "index.html.desktop-dark.png",
        "index.html.phone-light.png",
        "index.html.phone-dark.png",
        "search-results.desktop-light.png",
    }
    write(book, {"index": '<a href="gone.html">gone</a><a href="#gone">gone</a>'})
    done = run(book)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [
        "index.html: gone.html leads nowhere",
        "index.html: #gone: no such anchor",
    ]


def test_an_archive_is_read_without_a_server(tmp_path):
    for number, main in enumerate(("<p>Nothing.</p>", "<script>fetch('search.html')</script>")):
        book = write(tmp_path / str(number), {"index": main})
        archive = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(archive, "w") as file:
            for path in book.iterdir():
                file.write(path, f"book/{path.name}")
        done = run(archive)
        assert done.returncode == number, done.stdout + done.stderr
