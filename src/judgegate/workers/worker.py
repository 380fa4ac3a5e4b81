"""A worker's life: greet, prepare, fence itself in, then one task after the other until the parent is gone."""

import binascii
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
from judgegate.model.file_names import PYTHON, SUFFIXES, TEXT
from judgegate.sources.python import PythonSource, Unreadable, read_python
from judgegate.sources.text import TextSource, read_code, read_text
from judgegate.workers.wire import LENGTH_SIZE, dump_sighting, load_searches, pack, unpack

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

    def run(self, task: dict[str, Any]) -> dict[str, Any]:
        """The answer to a task. What a file does to a check never raises."""
        try:
            return {"number": task["number"], **self._run(task)}
        except Unreadable as unreadable:
            return {**_failure(task, str(unreadable)), "lasting": unreadable.lasting}
        except _CheckFailedError as failure:
            return _failure(task, str(failure), spent=failure.spent)
        except MemoryError:
            return _failure(task, OUT_OF_MEMORY, spent=True)

    def _run(self, task: dict[str, Any]) -> dict[str, Any]:
        if task["language"] not in _READERS:
            raise _CheckFailedError(f"judgegate cannot read {task['language']}")
        sources = [self._read(task, side) for side in task["sides"]]
        shape = Scan if task["shape"] == "scan" else Compare
        own = own_checks(load_searches(task.get("searches", ())))
        checks = applicable((*self._checks, *own), task["language"], frozenset(task["rules"]))
        rules: set[str] = set()
        seen: list[list[Any]] = []
        for check in checks:
            if isinstance(check, shape):
                wanted = set(check.rules).intersection(task["rules"])
                seen.extend(
                    dump_sighting(sighting)
                    for sighting in _run(check, sources)
                    if sighting.observation.rule in wanted
                )
                rules |= wanted
        return {"rules": sorted(rules), "seen": seen}

    def _read(self, task: dict[str, Any], side: str | None) -> Source | None:
        if side is None:
            return None
        return _READERS[task["language"]](binascii.a2b_base64(side), self._salt)


def size_of(task: dict[str, Any]) -> int:
    """How much source a task carries, in bytes as they travel."""
    return sum(len(side) for side in task["sides"] if side is not None)


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


def _failure(task: dict[str, Any], reason: str, *, spent: bool = False) -> dict[str, Any]:
    return {"number": task["number"], "failed": reason, "spent": spent}


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
    greeting = _receive(0)
    if greeting is None:
        os._exit(0)
    tasks: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    try:
        runner = _prepare(greeting)
        threading.stack_size(greeting["stack"])
        threading.Thread(target=_work, args=(tasks, answers, runner, greeting), daemon=True).start()
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must learn that no file can be checked
        _send(answers, {"broken": f"{type(error).__name__}: {error}"})
        os._exit(1)
    while (task := _receive(0)) is not None:
        tasks.put(task)
    os._exit(0)


def _take_standard_streams() -> int:
    """Keep the way to the parent, and let whatever a library prints go nowhere."""
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _prepare(greeting: dict[str, Any]) -> TaskRunner:
    module, _, attribute = greeting["checks"].partition(":")
    checks = tuple(
        check for check in getattr(import_module(module), attribute) if not isinstance(check, Survey)
    )
    for check in checks:
        check.prepare()
    sys.setrecursionlimit(greeting["recursion"])
    gc.disable()
    gc.freeze()
    return TaskRunner(checks, bytes.fromhex(greeting["salt"]))


def _work(
    tasks: queue.SimpleQueue[dict[str, Any]], answers: int, runner: TaskRunner, greeting: dict[str, Any]
) -> None:
    try:
        raise_for_life(greeting["memory"])
        _send(answers, {"ready": True})
        uncollected = 0
        while True:
            task = tasks.get()
            uncollected += size_of(task)
            if uncollected > _COLLECT_AFTER:
                gc.collect()
                uncollected = size_of(task)
            allow_cpu(greeting["cpu"])
            _send(answers, runner.run(task), greeting["answer"])
    finally:
        os._exit(1)  # a thread that ends by an exception would leave the parent waiting


def _send(descriptor: int, message: dict[str, Any], longest: int | None = None) -> None:
    packed = pack(message)
    if longest is not None and len(packed) > longest:
        packed = pack(
            {"number": message["number"], "failed": "the checks found more in it than they can report"}
        )
    view = memoryview(packed)
    while view:
        view = view[os.write(descriptor, view) :]


def _receive(descriptor: int) -> dict[str, Any] | None:
    length = _read(descriptor, LENGTH_SIZE)
    body = length and _read(descriptor, int.from_bytes(length, "big"))
    return unpack(body) if body else None


def _read(descriptor: int, size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
