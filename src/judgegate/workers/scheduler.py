"""The workers of a pool and what each is busy with.

Which are free, which have answered, which have died or overrun a limit.
"""

import selectors
import signal
import time
from enum import Enum
from itertools import chain

from msgspec import Struct

from judgegate.model.codec import DecodeError
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.workers.process import Launch, Process, resident_bytes
from judgegate.workers.wire import (
    Broken,
    CheckJob,
    Done,
    Expect,
    Limits,
    NotDone,
    Ready,
    Reply,
)

_WATCH_EVERY = 0.05
"""Seconds between two readings of the memory of the workers, where they must be watched."""


class FailureKind(Enum):
    """How a task came to have no answer."""

    CLOCK = "clock"
    KILLED = "killed"
    CPU = "cpu"
    MEMORY = "memory"
    MALFORMED = "malformed"
    DIED = "died"


class JobResult(Struct, frozen=True):
    """What became of a job: the worker's reply, or how it failed (`detail`: how the process ended)."""

    number: int
    reply: Done | NotDone | None = None
    failure: FailureKind | None = None
    detail: str = ""


class _Slot(Struct):
    """A worker's slot: a process, or none after a failure until the next job.

    `job` is the number of the one that it works on, `deadline` when that must have ended.
    """

    process: Process | None = None
    job: int | None = None
    deadline: float = 0.0


class Scheduler:
    """The workers, driven by one loop over their pipes."""

    def __init__(self, launch: Launch, limits: Limits) -> None:
        self._launch = launch
        self._limits = limits
        self._selector = selectors.DefaultSelector()
        self._slots: list[_Slot] = []
        self._languages: tuple[str, ...] = ()

    @property
    def free(self) -> int:
        """How many workers have no job."""
        return sum(slot.job is None for slot in self._slots)

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers that run."""
        return [slot.process.pid for slot in self._slots if slot.process]

    def grow(self, size: int) -> None:
        """Start workers until there are so many."""
        while len(self._slots) < size:
            self._slots.append(slot := _Slot())
            self._fill(slot)

    def expect(self, languages: tuple[str, ...]) -> None:
        """Let every worker, and each that is started from now on, prepare for files in these languages."""
        self._languages = languages
        for slot in self._slots:
            if slot.process is not None:
                self._prepare(slot, slot.process)

    def _prepare(self, slot: _Slot, process: Process) -> None:
        """Let a worker prepare for the languages that are to come."""
        if self._languages:
            process.send(Expect(self._languages))
            self._watch_sink(slot, process)

    def give(self, job: CheckJob) -> None:
        """Hand a job to a worker that is free."""
        slot = next(slot for slot in self._slots if slot.job is None)
        process = slot.process or self._fill(slot)
        slot.job = job.number
        slot.deadline = time.monotonic() + self._limits.clock
        process.send(job)
        self._watch_sink(slot, process)

    def wait(self) -> list[JobResult]:
        """Wait until something happens, and return the jobs that have ended."""
        outcomes = []
        for key, mask in self._selector.select(self._timeout()):
            outcomes += self._handle(key.data, mask)
        now = time.monotonic()
        # Only after the answers are read: a worker that has answered is not late.
        for slot in self._busy():
            if now >= slot.deadline:
                outcomes += self._fail(slot, FailureKind.CLOCK)
            elif self._limits.watch_memory and self._holds_too_much(slot):
                outcomes += self._fail(slot, FailureKind.MEMORY)
        return outcomes

    def drop_jobs(self) -> None:
        """Forget what is in hand, and with it the workers that are busy."""
        for slot in self._busy():
            self._clear(slot)

    def end(self) -> None:
        """End all workers."""
        for slot in self._slots:
            self._clear(slot)
        self._slots.clear()
        self._selector.close()

    def _busy(self) -> list[_Slot]:
        """The slots with a job."""
        return [slot for slot in self._slots if slot.job is not None]

    def _timeout(self) -> float:
        """Seconds until a worker must be checked although no pipe has anything to read."""
        nearest = min((slot.deadline for slot in self._busy()), default=time.monotonic())
        timeout = max(0.0, nearest - time.monotonic())
        return min(timeout, _WATCH_EVERY) if self._limits.watch_memory else timeout

    def _holds_too_much(self, slot: _Slot) -> bool:
        """Whether the worker has more memory than a check may, its thread's stack included."""
        if slot.process is None:
            return False
        most = self._limits.memory + self._limits.stack
        return resident_bytes(slot.process.pid) > most

    def _fill(self, slot: _Slot) -> Process:
        """Start a worker in a slot that has none."""
        slot.process = process = Process(self._launch)
        self._selector.register(process.source, selectors.EVENT_READ, slot)
        self._prepare(slot, process)
        self._watch_sink(slot, process)
        return process

    def _clear(self, slot: _Slot) -> int:
        """End the slot's worker; how it ended."""
        process, slot.process, slot.job = slot.process, None, None
        if process is None:
            return 0
        watched = self._selector.get_map()
        # Before the pipes are closed, because the next pipe that is opened may get their numbers.
        for descriptor in (process.source, process.sink):
            if descriptor in watched:
                self._selector.unregister(descriptor)
        return process.end()

    def _watch_sink(self, slot: _Slot, process: Process) -> None:
        """Let the loop notice when a pipe takes more, as long as something is left for it."""
        watched = process.sink in self._selector.get_map()
        if process.has_outgoing == watched:
            return
        if watched:
            self._selector.unregister(process.sink)
        else:
            self._selector.register(process.sink, selectors.EVENT_WRITE, slot)

    def _handle(self, slot: _Slot, mask: int) -> list[JobResult]:
        """Do what a pipe is ready for: write to a worker, and read what it says.

        Returns:
            The jobs that have ended by that.
        """
        if slot.process is None:
            return []
        if mask & selectors.EVENT_WRITE:
            slot.process.write()
            self._watch_sink(slot, slot.process)
        if not mask & selectors.EVENT_READ:
            return []
        try:
            messages = slot.process.read()
        except DecodeError:
            return self._fail(slot, FailureKind.MALFORMED)
        if messages is None:
            return self._handle_end(slot, slot.process)
        return list(chain.from_iterable(self._take(slot, message) for message in messages))

    def _take(self, slot: _Slot, reply: Reply) -> list[JobResult]:
        """Take a worker's message.

        Raises:
            IncompleteError: the worker cannot prepare its checks, so none of them can.
        """
        if isinstance(reply, Broken):
            why = f"A worker could not get ready ({reply.why}), so no file can be checked."
            raise IncompleteError(why, _REMEDY)
        if isinstance(reply, Ready):
            return self._take_ready(slot)
        # A worker that answers what nobody asked is not to be trusted with its next answer either.
        if slot.process is None or not slot.process.ready or reply.number != slot.job:
            return self._fail(slot, FailureKind.MALFORMED)
        slot.job = None
        if isinstance(reply, NotDone) and reply.spent:
            self._clear(slot)
        return [JobResult(reply.number, reply)]

    def _take_ready(self, slot: _Slot) -> list[JobResult]:
        """Take the message that a worker is ready, which it sends once."""
        if slot.process is None or slot.process.ready:
            return self._fail(slot, FailureKind.MALFORMED)
        slot.process.ready = True
        return []

    def _handle_end(self, slot: _Slot, process: Process) -> list[JobResult]:
        """A worker has ended by itself, or by another's hand."""
        process.wait()
        if not process.ready:
            how = describe_end(process.end())
            raise IncompleteError(
                f"A worker ended before it was ready ({how}), so no file can be checked.",
                _REMEDY,
            )
        return self._fail(slot, _FAILURES.get(process.end(), FailureKind.DIED))

    def _fail(self, slot: _Slot, failure: FailureKind) -> list[JobResult]:
        """End a slot's worker for this reason, and with it its job."""
        number = slot.job
        status = self._clear(slot)
        # One that fails while it has no job costs nothing: `give` fills the slot again.
        if number is None:
            return []
        return [JobResult(number, failure=failure, detail=describe_end(status))]


_REMEDY = (
    "Install judgegate again; if that does not help, run it where a process may use "
    "2 GiB of address space."
)
_FAILURES = {-signal.SIGXCPU: FailureKind.CPU, -signal.SIGKILL: FailureKind.KILLED}


def describe_end(status: int) -> str:
    """How a process ended, from what `subprocess` says of it."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
