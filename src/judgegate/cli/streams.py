"""What a terminal shows: text, in which width and colour, and a progress bar on standard error."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from judgegate.model.notices import Advance
    from judgegate.report.text_layout import TextLayout


def print_text(text: str, *, colour: bool) -> None:
    """Print to standard output.

    A reader that stops reading (`| head`) takes nothing from the verdict: the exit code still says it.
    """
    try:
        click.echo(text, nl=False, color=colour)
        sys.stdout.flush()
    except BrokenPipeError:
        forget_output()


def print_lines(lines: Iterable[str]) -> None:
    """Print lines that `terminal_layout` laid out."""
    print_text("".join(f"{line}\n" for line in lines), colour=wants_colour_on_stdout())


def terminal_layout() -> "TextLayout":
    """The layout of what goes to standard output."""
    from judgegate.report.text_layout import TextLayout  # only who prints text needs it

    return TextLayout.of(terminal_width(), colour=wants_colour_on_stdout())


def terminal_width(elsewhere: int = 100) -> int:
    """The columns of the terminal; `elsewhere` where standard output is none."""
    if not sys.stdout.isatty():
        return elsewhere
    import shutil  # it imports three compressors

    return shutil.get_terminal_size().columns


def forget_output() -> None:
    """Send what is still in the buffers nowhere, so that closing the streams does not fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def wants_colour_on_stdout() -> bool:
    """Whether standard output gets colour: only for a person at a terminal, unless a variable says otherwise.

    `NO_COLOR` (https://no-color.org) takes it away, `FORCE_COLOR` (https://force-color.org) gives it.
    """
    # With both there is none: a report without colours can be read, one with unwanted colours perhaps not.
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


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
def progress(what: str) -> Iterator["Advance"]:
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
    """The bar and what it shows.

    A timer opens it, because a single large file may keep everything waiting.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._state: tuple[int, int | None] = (0, None)
        self._lock = Lock()
        self._closed = False
        self._shown: tuple[Progress, TaskID] | None = None

    def open(self) -> None:
        """Show the bar. A timer calls it, in a thread of its own."""
        # Heavy, and most runs are over before it is needed.
        from rich.console import Console
        from rich.progress import Progress

        with self._lock:
            # The work may have ended while the imports took their time.
            if self._closed:
                return
            shown = Progress(console=Console(stderr=True), transient=True)
            shown.start()
            done, total = self._state
            self._shown = (shown, shown.add_task(self._what, completed=done, total=total))

    def advance(self, done: int, total: int) -> None:
        """Note how much is done, and show it if the bar is there."""
        with self._lock:
            self._state = (done, total)
            if self._shown is not None:
                shown, task = self._shown
                shown.update(task, completed=done, total=total)

    def close(self) -> None:
        """Take the bar away, and let none appear any more."""
        with self._lock:
            self._closed = True
            if self._shown is not None:
                self._shown[0].stop()
