"""The workers of one judgement: the first is started before anything is known, the others when it shows how much there is to do."""

import secrets
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from judgegate.workers.limits import Limits
from judgegate.workers.pool import Pool, default_size

if TYPE_CHECKING:
    from judgegate.policy import Limits as LimitTerms

MOST_WORKERS = 8


class Workforce:
    """Workers that prepare themselves while the parent reads and thinks. `untrusted` is the judged repository's folder.

    `eager` False: none is started before there is something to do, since there may be nothing.
    """

    def __init__(self, untrusted: Path, *, eager: bool = True) -> None:
        self._untrusted = untrusted
        self._eager = eager
        self._pools = ExitStack()
        self._limits = Limits()
        self._pool = self._recruit()
        self._size = 1

    def __enter__(self) -> Self:
        if self._eager:
            self._pool.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pools.close()

    def expect(self, sizes: Iterable[int]) -> None:
        """Have as many workers as files of these sizes in bytes are worth."""
        known = list(sizes)
        self._size = min(default_size(len(known), sum(known)), MOST_WORKERS)
        self._pool.grow(self._size)

    def under(self, terms: "LimitTerms") -> Pool:
        """The workers, held to the policy's limits."""
        limits = Limits(source=terms.source_bytes, cpu=terms.cpu_seconds, memory=terms.memory_mebibytes << 20)
        if limits != self._limits:
            self._pool.close()
            self._limits = limits
            self._pool = self._recruit()
            self._pool.grow(self._size)
        return self._pool

    def _recruit(self) -> Pool:
        pool = Pool(1, secrets.token_bytes(16), limits=self._limits, untrusted=[self._untrusted])
        return self._pools.enter_context(pool)
