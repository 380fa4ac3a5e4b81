"""Progress: how far a piece of work has come."""

from collections.abc import Callable

Advance = Callable[[int, int], None]
"""Called with how many of how many are done."""


def ignore_progress(_done: int, _total: int) -> None:
    """Nobody watches."""
