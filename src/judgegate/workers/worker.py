"""A worker's life: greet, prepare, fence itself in, then one task after the other until the parent is gone."""

import gc
import math
import os
import queue
import resource
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from judgegate.checks.check_types import Check, Compare, Scan, Sighting, Survey, applicable
from judgegate.checks.own.registry import own_checks
from judgegate.model.codec import decode
from judgegate.model.file_names import PYTHON, SUFFIXES, TEXT
from judgegate.sources.python import PythonSource, Unreadable, read_python
from judgegate.sources.text import TextSource, read_code, read_text
from judgegate.workers.wire import LENGTH_SIZE, Broken, Done, Greeting, Job, NotDone, Ready, pack

Source = PythonSource | TextSource
_READERS: Mapping[str, Callable[[bytes, bytes], Source]] = dict.fromkeys(SUFFIXES, read_code) | {
    PYTHON: read_python,
    TEXT: read_text,
}
OUT_OF_MEMORY = "it needs more memory than a check may have"
_STATM = "/proc/self/statm"
_MOST_FILES = 16

_COLLECT_AFTER = 200_000
"""Bytes of source after which cyclic trees are collected. Collecting while a tree grows would cost a third of the parsing."""


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

    def run(self, job: Job) -> Done | NotDone:
        """The reply to a job. What a file does to a check never raises."""
        try:
            return self._run(job)
        except Unreadable as unreadable:
            return NotDone(job.number, str(unreadable), lasting=unreadable.lasting)
        except _CheckFailedError as failure:
            return NotDone(job.number, str(failure), spent=failure.spent)
        except MemoryError:
            return NotDone(job.number, OUT_OF_MEMORY, spent=True)

    def _run(self, job: Job) -> Done:
        if job.language not in _READERS:
            raise _CheckFailedError(f"nothing here reads {job.language}")
        read = _READERS[job.language]
        sources = [None if side is None else read(side, self._salt) for side in job.sides]
        shape = Compare if job.compares else Scan
        checks = applicable((*self._checks, *own_checks(job.searches)), job.language, frozenset(job.rules))
        rules: set[str] = set()
        sightings: list[Sighting] = []
        for check in checks:
            if isinstance(check, shape):
                wanted = set(check.rules).intersection(job.rules)
                sightings += [one for one in _run(check, sources) if one.observation.rule in wanted]
                rules |= wanted
        return Done(job.number, tuple(sorted(rules)), tuple(sightings))


def _run(check: Scan | Compare, sources: list[Source | None]) -> list[Sighting]:
    try:
        return list(_run_checks(check, sources))
    except RecursionError:
        raise _CheckFailedError(f"it is nested too deeply for {check.name}") from None
    except MemoryError:
        raise _CheckFailedError(OUT_OF_MEMORY, spent=True) from None
    except Exception as error:  # noqa: BLE001 - a check that crashed has checked nothing, whatever the reason
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200].removesuffix(":")
        raise _CheckFailedError(f"the check {check.name} failed on it ({detail})") from None


def _run_checks(check: Scan | Compare, sources: list[Any]) -> Iterator[Sighting]:
    if isinstance(check, Compare):
        before, after = sources
        yield from check.run(before, after)
        return
    [source] = sources
    if source is not None:
        yield from map(Sighting, check.run(source))


def raise_for_life(memory: int | None) -> None:
    """From now on no file grows, no process starts, no core is left behind.

    Nor is more memory mapped than `memory` bytes beyond what is mapped already, the thread's stack included; None: the parent watches.
    """
    if memory is not None:
        _limit(resource.RLIMIT_AS, _mapped() + memory)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _MOST_FILES)
    _limit(resource.RLIMIT_NPROC, 0)


def allow_cpu(seconds: int) -> None:
    """Give the next file its own share of CPU time. The system ends the process with SIGXCPU when it is used up."""
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

    This thread only listens, so that the process ends with its parent even in the middle of a file. Another one, with a stack for deeply
    nested sources, works.
    """
    answers = _take_standard_streams()
    first = _receive(0)
    if first is None:
        os._exit(0)
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    try:
        greeting = decode(Greeting, first)
        runner = _prepare(greeting)
        threading.stack_size(greeting.stack)
        threading.Thread(target=_work, args=(jobs, answers, runner, greeting), daemon=True).start()
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must learn that no file can be checked
        _send(answers, pack(Broken(f"{type(error).__name__}: {error}")))
        os._exit(1)
    while (job := _receive(0)) is not None:
        jobs.put(decode(Job, job))
    os._exit(0)


def _take_standard_streams() -> int:
    """Keep the way to the parent, and let whatever a library prints go nowhere."""
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _prepare(greeting: Greeting) -> TaskRunner:
    module, _, attribute = greeting.checks.partition(":")
    checks = tuple(
        check for check in getattr(import_module(module), attribute) if not isinstance(check, Survey)
    )
    for check in checks:
        check.prepare()
    sys.setrecursionlimit(greeting.recursion)
    gc.disable()
    gc.freeze()
    return TaskRunner(checks, greeting.salt)


def _work(jobs: queue.SimpleQueue[Job], answers: int, runner: TaskRunner, greeting: Greeting) -> None:
    try:
        raise_for_life(greeting.memory)
        _send(answers, pack(Ready()))
        uncollected = 0
        while True:
            job = jobs.get()
            uncollected += job.size
            if uncollected > _COLLECT_AFTER:
                gc.collect()
                uncollected = job.size
            allow_cpu(greeting.cpu)
            reply = pack(runner.run(job))
            if len(reply) > greeting.answer:
                reply = pack(NotDone(job.number, "more is seen in it than can be told"))
            _send(answers, reply)
    finally:
        os._exit(1)  # a thread that ends by an exception would leave the parent waiting


def _send(descriptor: int, message: bytes) -> None:
    view = memoryview(message)
    while view:
        view = view[os.write(descriptor, view) :]


def _receive(descriptor: int) -> bytes | None:
    """A message without its length, or None where the parent is gone."""
    length = _read(descriptor, LENGTH_SIZE)
    return length and _read(descriptor, int.from_bytes(length, "big"))


def _read(descriptor: int, size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
