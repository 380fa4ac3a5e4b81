"""The workers of one judgement: the first is started before anything is known, the others when it shows how much there is to do."""

import secrets
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from judgegate.workers.tasks import Limits

if TYPE_CHECKING:
    from judgegate.policy.limits import LimitTerms
    from judgegate.workers.pool import Pool

MOST_WORKERS = 8


class ScalingPool:
    """Workers that prepare themselves while the parent reads and thinks. `untrusted` is the judged repository's folder.

    `eager` False: none is started before there is something to do, since there may be nothing.
    """

    def __init__(self, untrusted: Path, *, eager: bool = True) -> None:
        self._untrusted = untrusted
        self._eager = eager
        self._pools = ExitStack()
        self._limits = Limits()
        self._sizes: tuple[int, ...] = ()
        self._pool: Pool | None = None

    def __enter__(self) -> Self:
        if self._eager:
            self._add_pool().start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pools.close()

    def expect(self, sizes: Iterable[int]) -> None:
        """Have as many workers as files of these sizes in bytes are worth."""
        self._sizes = tuple(sizes)
        if self._pool is not None:
            self._grow(self._pool)

    def under(self, terms: "LimitTerms") -> "Pool":
        """The workers, held to the policy's limits."""
        limits = Limits(source=terms.source_bytes, cpu=terms.cpu_seconds, memory=terms.memory_mebibytes << 20)
        if self._pool is not None and limits == self._limits:
            return self._pool
        if self._pool is not None:
            self._pool.close()
        self._limits = limits
        return self._grow(self._add_pool())

    def _grow(self, pool: "Pool") -> "Pool":
        from judgegate.workers.pool import default_size

        pool.grow(min(default_size(len(self._sizes), sum(self._sizes)), MOST_WORKERS))
        return pool

    def _add_pool(self) -> "Pool":
        from judgegate.workers.pool import Pool  # with a cache there may be no need for workers

        pool = Pool(1, secrets.token_bytes(16), limits=self._limits, untrusted=[self._untrusted])
        self._pool = self._pools.enter_context(pool)
        return self._pool
