"""What is reported besides a verdict: remarks that decide nothing, and how far the work has come."""

from collections.abc import Callable

from msgspec import Struct


class Notice(Struct, frozen=True, order=True):
    """A remark that decides nothing. `code` is stable and machine-readable, `message` is a sentence."""

    code: str
    message: str


Advance = Callable[[int, int], None]
"""Called with how many of how many are done."""


def ignore_progress(_done: int, _total: int) -> None:
    """For a caller that shows no progress."""
