"""A progress line for people who wait: on a terminal only, and only after a second."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

DELAY = 1.0
"""Seconds of work before anything is shown: what is done sooner needs no progress."""


class Progress:
    """Shows what is being done, and how much of it is done, until its `with` block ends.

    Nothing is written unless `stream` is a terminal and not `quiet`; the line is gone at the end.

    >>> import io
    >>> with Progress("reading the game", io.StringIO()) as progress:
    ...     progress.update(1, 9, "reward.monotone_s")
    """

    def __init__(
        self, label: str, stream: TextIO | None, delay: float = DELAY, *, quiet: bool = False
    ) -> None:
        self._stream = stream
        self._quiet = quiet
        # The line appears from a timer's thread, since one slow step gives no other occasion.
        self._lock = threading.Lock()
        self._timer = threading.Timer(delay, self._show)
        self._timer.daemon = True
        self._state: tuple[int, int | None, str] = (0, None, label)
        self._line: RichProgress | None = None
        self._ended = False

    def update(self, done: int, total: int | None, label: str) -> None:
        """Say that `done` of `total` steps are done, and that the next one is `label`.

        `total` is None where nobody knows how many there are.
        """
        with self._lock:
            self._state = (done, total, label)
            if self._line is not None:
                self._line.update(
                    self._line.task_ids[0], completed=done, total=total, description=label
                )

    def __enter__(self) -> Progress:
        if not self._quiet and self._stream is not None and self._stream.isatty():
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._ended = True
            if self._line is not None:
                self._line.stop()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        with self._lock:
            if self._ended:
                return
            done, total, label = self._state
            self._line = RichProgress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=20),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(file=self._stream),
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._line.add_task(label, completed=done, total=total)
            self._line.start()
