"""Workers that serve one run after the other: to start one takes longer than most of what the tests give it to read.

A run gets workers that were started exactly as its own would have been. Runs as a process of their
own, and the tests of the workers themselves, start theirs.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from judgegate.workers.installation import import_paths
from judgegate.workers.pool import Pool
from judgegate.workers.wire import Limits

_USUAL_PLACE = tempfile.gettempdir()
_lent: dict[tuple[tuple[str, ...], Limits], "_LentPool"] = {}


class _LentPool(Pool):
    """A pool that its borrower cannot close."""

    def close(self) -> None:
        """Stay, for the next run."""

    def end(self) -> None:
        super().close()


def lend_pool(size: int, salt: bytes, *, limits: Limits, untrusted: Iterable[Path]) -> Pool:
    """Stands in for `Pool` in a run inside the tests' process."""
    if (
        tempfile.gettempdir() != _USUAL_PLACE
    ):  # a test that looks at where the workers stand
        return Pool(size, salt, limits=limits, untrusted=untrusted)
    key = tuple(import_paths(untrusted)), limits
    if key not in _lent:
        _lent[key] = _LentPool(size, salt, limits=limits, untrusted=untrusted)
    return _lent[key]


def end_lent_workers() -> None:
    for pool in _lent.values():
        pool.end()
    _lent.clear()
