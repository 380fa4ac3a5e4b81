"""A progress bar, for work that takes more than a second while a person is watching."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

PATIENCE = 1.0
"""Seconds of silence before the bar appears."""

Advance = Callable[[int, int], None]
"""Called with how many of how many are done."""


def somebody_watches() -> bool:
    """Whether standard error is a terminal and no CI's log."""
    return sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A function to call as the work goes on. The bar is gone when the block ends."""
    if not somebody_watches():
        yield lambda _done, _total: None
        return
    started = time.monotonic()
    with ExitStack() as bar:
        update: Advance | None = None

        def advance(done: int, total: int) -> None:
            nonlocal update
            if update is None and time.monotonic() - started > PATIENCE:
                update = _open_bar(bar, what)
            if update is not None:
                update(done, total)

        yield advance


def _open_bar(bar: ExitStack, what: str) -> Advance:
    from rich.console import Console  # noqa: PLC0415 - heavy, and most runs are over before it is needed
    from rich.progress import Progress  # noqa: PLC0415 - as above

    shown = bar.enter_context(Progress(console=Console(stderr=True), transient=True))
    task = shown.add_task(what)
    return lambda done, total: shown.update(task, completed=done, total=total)
