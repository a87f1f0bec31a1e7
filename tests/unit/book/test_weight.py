"""What a page weighs: itself and what it loads, each file once; too much is an error."""

from __future__ import annotations

import random
import sys

import pytest

from book import weight

FONTS = "math/output/chtml/fonts/woff-v2/A.woff"


@pytest.fixture
def book(tmp_path):
    (tmp_path / "execution-times.json").write_text('{"index": 2.5}', encoding="utf-8")
    tmp_path = tmp_path / "html"
    noise = random.Random(1).randbytes(40_000)  # cannot be compressed
    files = {
        "index.html": b"""<link rel="stylesheet" href="style.css?v=1">
            <link rel="next" href="a.html">
            <img src="dot.png"><img src="dot.png"><img src="data:,"><img src="gone.png">
            <a href="a.html">a page, not loaded</a>""",
        "a.html": b'<script src="math/tex-mml-chtml.js"></script>' + b" " * 20_000,
        "style.css": b"p {background: url('back.png')} @font-face {src: url(webfonts/b.woff)}",
        "dot.png": noise,
        "back.png": noise[:1000],
        "webfonts/b.woff": noise,
        "math/tex-mml-chtml.js": b"x" * 10_000,
        FONTS: noise[:5000],
        "lonely.html": noise,
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


def size(book, *names):
    return sum((book / name).stat().st_size for name in names)


def test_a_page_weighs_what_it_loads(book):
    found = {page.name: page for page in weight.weights(book)}
    assert found.keys() == {"index.html", "a.html"}
    index, other = found["index.html"], found["a.html"]
    assert index.html == size(book, "index.html")
    assert index.files == size(book, "index.html", "style.css", "back.png", "dot.png")
    assert other.files == size(book, "a.html", "math/tex-mml-chtml.js", FONTS)
    # Pictures and fonts are sent as they are; texts of one letter shrink to nearly nothing.
    assert 41_000 < index.sent < index.files
    assert 5000 < other.sent < 5300


@pytest.mark.parametrize(("limit", "status"), [("0.05", 0), ("0.04", 1)])
def test_too_heavy_a_page_is_an_error(book, monkeypatch, capsys, limit, status):
    monkeypatch.setattr(sys, "argv", ["weight", str(book), "--limit", limit])
    assert weight.main() == status
    said = capsys.readouterr()
    assert said.out.splitlines()[1].split() == ["index.html", "0.00", "0.04", "0.04", "2.5"]
    assert said.err == ("index.html weighs more than 0.04 MB\n" if status else "")


def test_no_book_is_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["weight", str(tmp_path)])
    assert weight.main() == 1
    assert "no book; build it with `make book`" in capsys.readouterr().err
