"""Being told to stop: in time to say so where a verdict stands."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""What a runner sends to a job that somebody cancels: the first, and some seconds later the second."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Let any of the signals interrupt the block as Ctrl-C does, once: what the block does about it is not interrupted again.

    A signal that whoever started the process lets it ignore stays ignored.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    heard = [number for number in SIGNALS if before[number] is not signal.SIG_IGN]

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in heard:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    try:
        for number in heard:
            signal.signal(number, stop)
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])
