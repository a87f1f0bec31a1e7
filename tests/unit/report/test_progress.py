"""Progress is for a person at a terminal who has waited: nobody else sees any."""

from __future__ import annotations

import time
from io import StringIO

import pytest

from mfgcheck.report.progress import Progress


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def wait_for(stream: StringIO, text: str) -> bool:
    end = time.monotonic() + 10
    while text not in stream.getvalue() and time.monotonic() < end:
        time.sleep(0.01)
    return text in stream.getvalue()


def test_shown_on_a_terminal_after_the_delay_even_within_one_step() -> None:
    stream = Terminal()
    with Progress("reading game.py", stream, delay=0.01):
        assert wait_for(stream, "reading game.py")


def test_updates_before_and_after_it_appears() -> None:
    stream = Terminal()
    with Progress("reading", stream, delay=0.05) as progress:
        progress.update(3, 9, "kernel.monotone_s")
        assert wait_for(stream, "3/9")
        progress.update(4, 9, "kernel.monotone_a")
        assert wait_for(stream, "4/9")


def test_quick_work_shows_nothing() -> None:
    stream = Terminal()
    with Progress("reading", stream, delay=60) as progress:
        progress.update(1, 9, "x")
    assert stream.getvalue() == ""


def test_nothing_is_shown_where_nobody_looks() -> None:
    stream = StringIO()
    with Progress("reading", stream, delay=0) as progress:
        progress.update(1, 9, "x")
        time.sleep(0.05)
    assert stream.getvalue() == ""


def test_an_error_ends_it() -> None:
    stream = Terminal()

    def work() -> None:
        with Progress("reading", stream, delay=0.01):
            assert wait_for(stream, "reading")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    shown = stream.getvalue()
    time.sleep(0.2)
    assert stream.getvalue() == shown
