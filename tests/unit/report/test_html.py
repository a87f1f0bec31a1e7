"""Blocks become well-formed HTML in which no text can act as markup."""

from __future__ import annotations

from html.parser import HTMLParser

from mfgcheck.report import Heading, HeatMap, Note, Paragraph, Table, to_html

HOSTILE = "<script>alert(\"x\")</script> & 'y'"


class Balance(HTMLParser):
    """Collects the text and checks that every tag is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Balance:
    balance = Balance()
    balance.feed(html)
    balance.close()
    assert balance.open == []
    return balance


def test_every_text_is_escaped_in_every_place() -> None:
    blocks = [
        Heading(HOSTILE),
        Paragraph(HOSTILE),
        Note(HOSTILE),
        Table([HOSTILE], [[HOSTILE]], caption=HOSTILE),
    ]
    page = parsed(to_html(blocks))
    assert "script" not in page.tags
    assert page.text.count(HOSTILE) == 6


def test_a_name_that_is_no_text_can_be_encoded() -> None:
    name = "a\ud800\x00\u202e"
    cells = HeatMap(name, name, name, name, [name], [name], [[1]])
    html = to_html([Heading(name), Table([name], [[name]], caption=name), cells])
    assert html.encode()
    assert not set(name) & set(html) - {"a"}


def test_nothing_is_fetched_from_elsewhere() -> None:
    html = to_html([Heading("x", 2), Table(["a"], [["PROVED"]])])
    assert not any(word in html for word in ("http", "src=", "<link", "<script"))


def test_statuses_are_coloured() -> None:
    html = to_html([Table(["verdict"], [["PROVED"], ["REFUTED"], ["UNDECIDED"]])])
    assert html.count("font-weight:600") == 3


def test_heading_levels_differ() -> None:
    page = parsed(to_html([Heading("a", 1), Heading("b", 2), Heading("c", 3)]))
    assert {"h3", "h4", "h5"} <= page.tags
