"""The workers of a pool and what each is busy with: who is free, who has answered, who has died or overrun a limit."""

import selectors
import signal
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any

from judgegate.model.errors import IncompleteError
from judgegate.workers.process import Launch, Process, resident_bytes
from judgegate.workers.tasks import Limits
from judgegate.workers.wire import MalformedMessageError

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


@dataclass(frozen=True, slots=True)
class JobResult:
    """What became of a job: the worker's message, or how it was lost (`detail`: how the process ended)."""

    number: int
    message: dict[str, Any] | None = None
    loss: FailureKind | None = None
    detail: str = ""


@dataclass(slots=True)
class _Seat:
    """A worker's place: a process, or none after a loss until the next job, and the job it has in hand."""

    process: Process | None = None
    job: int | None = None
    deadline: float = 0.0


class Scheduler:
    """The workers, driven by one loop over their pipes."""

    def __init__(self, launch: Launch, limits: Limits) -> None:
        self._launch = launch
        self._limits = limits
        self._selector = selectors.DefaultSelector()
        self._seats: list[_Seat] = []

    @property
    def free(self) -> int:
        return sum(seat.job is None for seat in self._seats)

    @property
    def pids(self) -> list[int]:
        return [seat.process.pid for seat in self._seats if seat.process]

    def grow(self, size: int) -> None:
        """Start workers until there are so many."""
        while len(self._seats) < size:
            self._seats.append(seat := _Seat())
            self._occupy(seat)

    def give(self, number: int, message: dict[str, Any]) -> None:
        """Hand a job to a worker that is free."""
        seat = next(seat for seat in self._seats if seat.job is None)
        process = seat.process or self._occupy(seat)
        seat.job = number
        seat.deadline = time.monotonic() + self._limits.clock
        process.send(message)
        self._watch_sink(seat, process)

    def wait(self) -> list[JobResult]:
        """Wait until something happens, and return the jobs that have ended."""
        outcomes = []
        for key, mask in self._selector.select(self._patience()):
            outcomes += self._attend(key.data, mask)
        now = time.monotonic()
        for seat in self._busy():
            if now >= seat.deadline:
                outcomes += self._lose(seat, FailureKind.CLOCK)
            elif self._limits.watch_memory and self._holds_too_much(seat):
                outcomes += self._lose(seat, FailureKind.MEMORY)
        return outcomes

    def drop_jobs(self) -> None:
        """Forget what is in hand, and with it the workers that are busy."""
        for seat in self._busy():
            self._vacate(seat)

    def end(self) -> None:
        """End all workers."""
        for seat in self._seats:
            self._vacate(seat)
        self._seats.clear()
        self._selector.close()

    def _busy(self) -> list[_Seat]:
        return [seat for seat in self._seats if seat.job is not None]

    def _patience(self) -> float:
        """Seconds until a worker must be checked although no pipe has anything to read."""
        nearest = min((seat.deadline for seat in self._busy()), default=time.monotonic())
        patience = max(0.0, nearest - time.monotonic())
        return min(patience, _WATCH_EVERY) if self._limits.watch_memory else patience

    def _holds_too_much(self, seat: _Seat) -> bool:
        return (
            seat.process is not None
            and resident_bytes(seat.process.pid) > self._limits.memory + self._limits.stack
        )

    def _occupy(self, seat: _Seat) -> Process:
        seat.process = process = Process(self._launch)
        self._selector.register(process.source, selectors.EVENT_READ, seat)
        self._watch_sink(seat, process)
        return process

    def _vacate(self, seat: _Seat) -> int:
        """End the seat's worker; how it ended."""
        process, seat.process, seat.job = seat.process, None, None
        if process is None:
            return 0
        watched = self._selector.get_map()
        for descriptor in (process.source, process.sink):
            if descriptor in watched:
                self._selector.unregister(descriptor)
        return process.end()

    def _watch_sink(self, seat: _Seat, process: Process) -> None:
        watched = process.sink in self._selector.get_map()
        if process.has_outgoing and not watched:
            self._selector.register(process.sink, selectors.EVENT_WRITE, seat)
        elif watched and not process.has_outgoing:
            self._selector.unregister(process.sink)

    def _attend(self, seat: _Seat, mask: int) -> list[JobResult]:
        if seat.process is None:
            return []
        if mask & selectors.EVENT_WRITE:
            seat.process.write()
            self._watch_sink(seat, seat.process)
        if not mask & selectors.EVENT_READ:
            return []
        try:
            messages = seat.process.read()
        except MalformedMessageError:
            return self._lose(seat, FailureKind.MALFORMED)
        if messages is None:
            return self._mourn(seat, seat.process)
        return [outcome for message in messages for outcome in self._take(seat, message)]

    def _take(self, seat: _Seat, message: dict[str, Any]) -> list[JobResult]:
        if seat.process is not None and not seat.process.ready:
            if message.get("ready") is not True:
                raise IncompleteError(
                    f"A worker could not prepare itself ({message.get('broken')}), so no file can be checked.",
                    _REMEDY,
                )
            seat.process.ready = True
            return []
        if seat.job is None or message.get("number") != seat.job:
            return self._lose(seat, FailureKind.MALFORMED)
        number, seat.job = seat.job, None
        if message.get("spent"):
            self._vacate(seat)
        return [JobResult(number, message)]

    def _mourn(self, seat: _Seat, process: Process) -> list[JobResult]:
        """A worker has ended by itself, or by another's hand."""
        process.wait()
        if not process.ready:
            raise IncompleteError(
                f"A worker ended before it could begin ({describe_end(process.end())}), so no file can be checked.",
                _REMEDY,
            )
        return self._lose(seat, _LOSSES.get(process.end(), FailureKind.DIED))

    def _lose(self, seat: _Seat, loss: FailureKind) -> list[JobResult]:
        number = seat.job
        status = self._vacate(seat)
        return [] if number is None else [JobResult(number, loss=loss, detail=describe_end(status))]


_REMEDY = (
    "Install judgegate again; if that does not help, run it where a process may use 2 GiB of address space."
)
_LOSSES = {-signal.SIGXCPU: FailureKind.CPU, -signal.SIGKILL: FailureKind.KILLED}


def describe_end(status: int) -> str:
    """How a process ended, from what `subprocess` says of it."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
