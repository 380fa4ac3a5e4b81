"""A progress bar, for work that takes more than a second while a person is watching."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

from judgegate.model.notices import Advance

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 1.0
"""Seconds of silence before the bar appears."""


def somebody_watches() -> bool:
    """Whether standard error is a terminal and no CI's log."""
    return (
        sys.stderr.isatty()
        and not os.environ.get("CI")
        and os.environ.get("TERM") != "dumb"
    )


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A function to call as the work goes on. The bar is gone when the block ends."""
    if not somebody_watches():
        yield lambda _done, _total: None
        return
    bar = _Bar(what)
    timer = Timer(PATIENCE, bar.open)
    timer.daemon = True
    timer.start()
    try:
        yield bar.advance
    finally:
        timer.cancel()
        bar.close()


class _Bar:
    """The bar and what it shows; it is opened by a timer, because a single large file may keep everything waiting."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._state: tuple[int, int | None] = (0, None)
        self._lock = Lock()
        self._closed = False
        self._shown: tuple[Progress, TaskID] | None = None

    def open(self) -> None:
        from rich.console import (
            Console,
        )  # heavy, and most runs are over before it is needed
        from rich.progress import Progress

        with self._lock:
            if self._closed:
                return
            shown = Progress(console=Console(stderr=True), transient=True)
            shown.start()
            done, total = self._state
            self._shown = (shown, shown.add_task(self._what, completed=done, total=total))

    def advance(self, done: int, total: int) -> None:
        with self._lock:
            self._state = (done, total)
            if self._shown is not None:
                shown, task = self._shown
                shown.update(task, completed=done, total=total)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._shown is not None:
                self._shown[0].stop()
