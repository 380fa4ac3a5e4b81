"""What runs beside a judgement: workers, and calls in threads of their own.

The first worker starts before anything is known, and more as needed.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from judgegate.sources.text import language_of
from judgegate.workers.wire import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from judgegate.model.change import Change
    from judgegate.policy.resource_limits import LimitTerms
    from judgegate.workers.pool import Pool
    from judgegate.workers.wire import Answer, Task

MOST_WORKERS = 8
T = TypeVar("T")


class ScalingPool:
    """Workers that prepare themselves while the parent reads and thinks.

    `untrusted` is the judged repository's folder.

    `eager` False: none is started before there is something to do, since there may be nothing.
    """

    def __init__(self, untrusted: Path, *, eager: bool = True) -> None:
        self._untrusted = untrusted
        self._eager = eager
        self._pools = ExitStack()
        self._limits = Limits()
        self._sizes: tuple[int, ...] = ()
        self._languages: frozenset[str] = frozenset()
        self._pool: Pool | None = None
        self.salt = os.urandom(32)
        """For the inner keys of secrets. It counts for workers that are started from then on."""

    def __enter__(self) -> Self:
        if self._eager:
            self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pools.close()

    def start(self) -> None:
        """Start what is there so far, one worker at least."""
        if self._pool is None:
            self._grow(self._add_pool()).start()

    def expect(self, change: "Change") -> None:
        """Prepare for what a check will probably read of a change, going by names alone.

        There are as many workers as that is worth.
        """
        languages = {file.path: language_of(file.path) for file in change.files}
        self._languages = frozenset(filter(None, languages.values()))
        files = [file for file in change.files if languages[file.path]]
        sides = filter(None, chain.from_iterable((file.old, file.new) for file in files))
        self._sizes = tuple(side.size for side in sides if side.size is not None)
        if self._pool is not None:
            self._pool.expect(self._languages)
            self._grow(self._pool)

    def under(self, terms: "LimitTerms") -> "LimitedPool":
        """The workers, under the policy's limits."""
        limits = Limits(
            source=terms.source_bytes,
            cpu=terms.cpu_seconds,
            memory=terms.memory_mebibytes << 20,
        )
        return LimitedPool(lambda: self._limited(limits))

    def _limited(self, limits: Limits) -> "Pool":
        if self._pool is not None and limits == self._limits:
            return self._pool
        # A pool's limits are fixed when it is made, so other limits need another pool.
        if self._pool is not None:
            self._pool.close()
        self._limits = limits
        return self._grow(self._add_pool())

    def _grow(self, pool: "Pool") -> "Pool":
        from judgegate.workers.pool import default_size

        pool.grow(min(default_size(len(self._sizes), sum(self._sizes)), MOST_WORKERS))
        return pool

    def _add_pool(self) -> "Pool":
        # Imported here, because with a cache there may be no need for workers.
        from judgegate.workers.pool import Pool

        pool = Pool(1, self.salt, limits=self._limits, untrusted=[self._untrusted])
        pool.expect(self._languages)
        self._pool = self._pools.enter_context(pool)
        return self._pool


def expected_contents(change: "Change") -> frozenset[str]:
    """The ids of the contents that a check will probably read, going by names alone."""
    named = [file for file in change.files if language_of(file.path)]
    sides = chain.from_iterable((file.old, file.new, *file.others) for file in named)
    return frozenset(blob.oid for blob in filter(None, sides) if blob.is_file)


class LimitedPool:
    """Workers under a policy's limits. They are made for the first tasks: there may be none to give them."""

    def __init__(self, make: "Callable[[], Pool]") -> None:
        self._make = make

    def scan(
        self, tasks: "Iterable[Task]", on_progress: Callable[[int], None]
    ) -> "Iterator[Answer]":
        """The answers in the order of the tasks, as `Pool.scan` gives them."""
        return self._make().scan(tasks, on_progress)


class Background(Generic[T]):
    """A call that runs in a thread of its own.

    Its result, or what it raised, is there when it is asked for.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._results: list[T] = []
        self._errors: list[BaseException] = []
        # A daemon, so that a process which ends with an error does not wait for it.
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            self._errors.append(error)

    def wait(self) -> None:
        """Let the call come to its end, whatever that is."""
        self._thread.join()

    def result(self) -> T:
        """What the call returned.

        Raises:
            BaseException: what the call raised.
        """
        self.wait()
        for error in self._errors:
            raise error
        return self._results[0]
