"""A worker's life: greet, prepare, fence itself in, then one task after the other until the parent is gone."""

import gc
import math
import os
import queue
import resource
import sys
import threading
from importlib import import_module
from typing import Any

from judgegate.checks.shapes import Survey
from judgegate.workers.task_runner import TaskRunner, size_of
from judgegate.workers.wire import LENGTH_SIZE, pack, unpack

_STATM = "/proc/self/statm"
_MOST_FILES = 16


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


_COLLECT_AFTER = 200_000
"""Bytes of source after which cyclic trees are collected. Collecting while a tree grows would cost a third of the parsing."""


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
        packed = pack({"number": message["number"], "failed": "more is seen in it than can be told"})
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
