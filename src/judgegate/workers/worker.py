"""A worker's life.

Greet, prepare what the first order needs, fence itself in, then one job after the other until the
parent is gone.
"""

import gc
import math
import os
import queue
import resource
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from judgegate.checks.check_types import (
    Check,
    Compare,
    Scan,
    Sighting,
    Survey,
    applicable,
)
from judgegate.checks.own.registry import own_checks
from judgegate.model.codec import decode
from judgegate.model.facts import FileFacts
from judgegate.model.file_names import PYTHON, SUFFIXES, TEXT
from judgegate.sources.python import PythonSource, read_python
from judgegate.sources.text import TextSource, Unreadable, read_code, read_text
from judgegate.workers.wire import (
    LENGTH_SIZE,
    Broken,
    CheckJob,
    Done,
    Greeting,
    NotDone,
    Order,
    Ready,
    pack_reply,
    unpack_order,
)

Source = PythonSource | TextSource
_READERS: Mapping[str, Callable[[bytes, bytes], Source]] = dict.fromkeys(
    SUFFIXES, read_code
) | {
    PYTHON: read_python,
    TEXT: read_text,
}
OUT_OF_MEMORY = "it needs more memory than a check may have"
_STATM = "/proc/self/statm"
_MOST_FILES = 16

_COLLECT_AFTER = 200_000
"""Bytes of source after which cyclic trees are collected.

Collecting while a tree grows would cost a third of the parsing.
"""


class _CheckFailedError(Exception):
    """A check did not come to its end. `spent`: the process is not to be trusted with another file."""

    def __init__(self, reason: str, *, spent: bool = False) -> None:
        super().__init__(reason)
        self.spent = spent


class TaskRunner:
    """Runs the checks."""

    def __init__(self, checks: tuple[Check, ...], salt: bytes) -> None:
        self._checks = checks
        self._salt = salt
        self._prepared: set[str] = set()

    def lacks(self, order: Order) -> bool:
        """Whether an engine that the order needs is not imported yet."""
        return any(check.name not in self._prepared for check in self._checks_for(order))

    def prepare(self, order: Order) -> None:
        """Let the checks that the order needs import their engines, each once."""
        for check in self._checks_for(order):
            if check.name not in self._prepared:
                self._prepare(check)
                self._prepared.add(check.name)
        # What is imported stays: no collection needs to look at it.
        gc.freeze()

    def _prepare(self, check: Scan | Compare) -> None:
        try:
            check.prepare()
        except ImportError:
            # The engines of a team's own rules may be missing: then the files that they apply to
            # cannot be checked, and each says so when it is its turn.
            if check in self._checks:
                raise

    def _checks_for(self, order: Order) -> tuple[Scan | Compare, ...]:
        """The checks that an order needs."""
        if isinstance(order, CheckJob):
            every_check = (*self._checks, *own_checks(order.searches))
            return applicable(every_check, order.language, frozenset(order.rules))
        languages = frozenset(order.languages)
        single = [check for check in self._checks if not isinstance(check, Survey)]
        return tuple(check for check in single if languages.intersection(check.languages))

    def run(self, job: CheckJob) -> Done | NotDone:
        """The reply to a job. What a file does to a check never raises."""
        try:
            return self._run(job)
        except Unreadable as unreadable:
            return NotDone(job.number, str(unreadable), lasting=unreadable.lasting)
        except _CheckFailedError as failure:
            return NotDone(job.number, str(failure), spent=failure.spent)
        except MemoryError:
            return NotDone(job.number, OUT_OF_MEMORY, spent=True)

    def _run(self, job: CheckJob) -> Done:
        if job.language not in _READERS:
            raise _CheckFailedError(f"judgegate cannot read {job.language}")
        read = _READERS[job.language]
        sources = [None if side is None else read(side, self._salt) for side in job.sides]
        shape = Compare if job.compares else Scan
        rules: set[str] = set()
        sightings: list[Sighting] = []
        facts = None
        failures: list[str] = []
        for check in self._checks_for(job):
            if isinstance(check, shape):
                wanted = set(check.rules).intersection(job.rules)
                seen: list[Sighting] = []
                with _noted(failures):
                    _run(check, sources, seen)
                sightings += [one for one in seen if one.observation.rule in wanted]
                rules |= wanted
        if job.facts:
            with _noted(failures):
                facts = _extract(job.language, sources[-1])
        return Done(
            job.number,
            tuple(sorted(rules)),
            tuple(sightings),
            facts,
            failures[0] if failures else None,
        )


@contextmanager
def _noted(failures: list[str]) -> Iterator[None]:
    """Note a failure, so that it hides nothing that others see."""
    try:
        yield
    except _CheckFailedError as failure:
        if failure.spent:
            raise
        failures.append(str(failure))


def _extract(language: str, source: Source | None) -> FileFacts | None:
    """The facts of a content, None where it has none."""
    try:
        return None if source is None else _facts_of(language, source)
    except MemoryError:
        raise _CheckFailedError(OUT_OF_MEMORY, spent=True) from None
    except Exception as error:  # noqa: BLE001 - without its facts a file is not analysed, whatever the reason
        raise _CheckFailedError(
            f"its structure could not be read ({_describe(error)})"
        ) from None


def _facts_of(language: str, source: Source) -> FileFacts | None:
    """The facts of a content, None where nothing reads its language, or where it is not valid in it."""
    # Imported here, because a hook asks for no facts, and most changes are in one language.
    if isinstance(source, PythonSource):
        from judgegate.sources.python_facts import extract_python

        return extract_python(source)
    from judgegate.sources.grammars import GRAMMARS

    try:
        if language in GRAMMARS:
            from judgegate.sources.syntax_facts import extract_facts

            return extract_facts(source.text, language, source.salt)
        from judgegate.sources.structure import READERS, extract_structure

        if language in READERS:
            return extract_structure(source.text, language, source.salt)
    except Unreadable:
        # Observations need no form: what is not valid in its language is searched all the same.
        return None
    return None


def _run(check: Scan | Compare, sources: list[Source | None], seen: list[Sighting]) -> None:
    """Add what a check sees, up to where it fails if it does."""
    try:
        seen.extend(_run_checks(check, sources))
    except RecursionError:
        raise _CheckFailedError(f"it is nested too deeply for {check.name}") from None
    except MemoryError:
        raise _CheckFailedError(OUT_OF_MEMORY, spent=True) from None
    except Exception as error:  # noqa: BLE001 - a check that crashed has checked nothing, whatever the reason
        raise _CheckFailedError(
            f"the check {check.name} failed on it ({_describe(error)})"
        ) from None


def _describe(error: Exception) -> str:
    """An exception in one short line."""
    detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return detail.removesuffix(":")


def _run_checks(check: Scan | Compare, sources: list[Any]) -> Iterator[Sighting]:
    """What one check sees in the sides of a file."""
    if isinstance(check, Compare):
        before, after = sources
        yield from check.run(before, after)
        return
    [source] = sources
    if source is not None:
        yield from map(Sighting, check.run(source))


class Fence:
    """What the process may not do while it scans: no file grows, no process starts, no core is left behind.

    Nor is more memory mapped than `memory` bytes beyond what the engines map, the thread's stack
    included; None: the parent watches. It is open while checks import what they need.
    """

    def __init__(self, memory: int | None) -> None:
        self._memory = memory
        self._mapped_by_engines = 0
        self._mapped_when_opened = 0
        self._before: dict[int, int] = {}

    def close(self) -> None:
        """Set every limit."""
        if self._memory is not None:
            # What earlier files left mapped is no engine's, and gives the next file no more room.
            self._mapped_by_engines += _mapped() - self._mapped_when_opened
            self._limit(resource.RLIMIT_AS, self._mapped_by_engines + self._memory)
        self._limit(resource.RLIMIT_CORE, 0)
        self._limit(resource.RLIMIT_FSIZE, 0)
        self._limit(resource.RLIMIT_NOFILE, _MOST_FILES)
        self._limit(resource.RLIMIT_NPROC, 0)

    def open(self) -> None:
        """Take every limit back to what it was."""
        if self._memory is not None:
            self._mapped_when_opened = _mapped()
        for kind, soft in self._before.items():
            resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))

    def _limit(self, kind: int, wanted: int) -> None:
        self._before.setdefault(kind, resource.getrlimit(kind)[0])
        _limit(kind, wanted)


def allow_cpu(seconds: int) -> None:
    """Give the next file its own share of CPU time.

    The system ends the process with SIGXCPU when it is used up.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + seconds)


def _limit(kind: int, wanted: int) -> None:
    """Set the soft limit, as far as the hard one lets it."""
    _, hard = resource.getrlimit(kind)
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (soft, hard))


def _mapped() -> int:
    """The bytes of address space in use."""
    with open(_STATM, "rb") as status:  # noqa: PTH123 - pathlib is not worth its import in a worker
        return int(status.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def serve() -> None:
    """Run the worker; never returns.

    This thread only listens, so that the process ends with its parent even in the middle of a file.
    Another one, with a stack for deeply nested sources, works.
    """
    answers = _take_standard_streams()
    first = _receive(0)
    if first is None:
        os._exit(0)
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    greeting = decode(Greeting, first)
    threading.stack_size(greeting.stack)
    threading.Thread(target=_work, args=(orders, answers, greeting), daemon=True).start()
    while (order := _receive(0)) is not None:
        orders.put(unpack_order(order))
    os._exit(0)


def _take_standard_streams() -> int:
    """Keep the way to the parent, and let whatever a library prints go nowhere."""
    answers = os.dup(1)
    # The parent would take what is printed for an answer.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _work(orders: queue.SimpleQueue[Order], answers: int, greeting: Greeting) -> None:
    """Work off the orders, until the process ends."""
    try:
        sys.setrecursionlimit(greeting.recursion)
        fence = Fence(greeting.memory)
        runner, order = _prepare_first(orders, answers, greeting)
        fence.close()
        _send(answers, pack_reply(Ready()))
        uncollected = 0
        while True:
            if isinstance(order, CheckJob):
                uncollected += order.size
                if uncollected > _COLLECT_AFTER:
                    gc.collect()
                    # The tree of this file is still to come.
                    uncollected = order.size
                allow_cpu(greeting.cpu)
                _send(answers, _reply_to(order, runner, greeting.answer))
            order = orders.get()
            if runner.lacks(order):
                fence.open()
                allow_cpu(greeting.cpu)
                runner.prepare(order)
                fence.close()
    finally:
        os._exit(1)  # a thread that ends by an exception would leave the parent waiting


def _prepare_first(
    orders: queue.SimpleQueue[Order], answers: int, greeting: Greeting
) -> tuple[TaskRunner, Order]:
    """The runner with what the first order needs, and that order.

    If it cannot be had, the parent learns why, and the process ends.
    """
    try:
        module, _, name = greeting.checks.partition(":")
        runner = TaskRunner(getattr(import_module(module), name), greeting.salt)
        order = orders.get()
        runner.prepare(order)
    except Exception as error:  # noqa: BLE001 - the parent must learn of it, whatever it is
        _send(answers, pack_reply(Broken(_describe(error))))
        os._exit(1)
    return runner, order


def _reply_to(job: CheckJob, runner: TaskRunner, longest: int) -> bytes:
    """The reply to a job, packed; one that is too long is replaced."""
    try:
        reply = pack_reply(runner.run(job))
    except (ValueError, OverflowError):
        return pack_reply(
            NotDone(job.number, "what the checks found in it cannot be written down")
        )
    if len(reply) > longest:
        return pack_reply(
            NotDone(job.number, "the checks found more in it than they can report")
        )
    return reply


def _send(descriptor: int, message: bytes) -> None:
    """Write all of a message, however little the pipe takes at a time."""
    view = memoryview(message)
    while view:
        view = view[os.write(descriptor, view) :]


def _receive(descriptor: int) -> bytes | None:
    """A message without its length, or None where the parent is gone."""
    length = _read(descriptor, LENGTH_SIZE)
    return length and _read(descriptor, int.from_bytes(length, "big"))


def _read(descriptor: int, size: int) -> bytes | None:
    """So many bytes, or None where the other side is gone before they have come."""
    parts = []
    while size:
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
