"""The workers of a pool and what each is busy with: who is free, who has answered, who has died or overrun a limit."""

import selectors
import signal
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any

from judgegate.model.errors import IncompleteError
from judgegate.workers.limits import Limits
from judgegate.workers.process import Launch, Process
from judgegate.workers.resident import resident_bytes
from judgegate.workers.wire import MalformedError

_WATCH_EVERY = 0.05
"""Seconds between two looks at the memory of the workers, where they must be watched."""


class Loss(Enum):
    """How a task came to have no answer."""

    CLOCK = "clock"
    KILLED = "killed"
    CPU = "cpu"
    MEMORY = "memory"
    MALFORMED = "malformed"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: the worker's message, or how it was lost (`detail`: how the process ended)."""

    number: int
    message: dict[str, Any] | None = None
    loss: Loss | None = None
    detail: str = ""


@dataclass(slots=True)
class _Seat:
    """A worker's place: a process, replaced when it is lost, and the job it has in hand."""

    process: Process
    job: int | None = None
    deadline: float = 0.0


class Crew:
    """The workers, driven by one loop over their pipes."""

    def __init__(self, size: int, launch: Launch, limits: Limits) -> None:
        self._launch = launch
        self._limits = limits
        self._selector = selectors.DefaultSelector()
        self._seats: list[_Seat] = []
        for _ in range(size):
            self._seats.append(self._occupy())

    @property
    def size(self) -> int:
        return len(self._seats)

    @property
    def free(self) -> int:
        return sum(seat.job is None for seat in self._seats)

    @property
    def pids(self) -> list[int]:
        return [seat.process.pid for seat in self._seats]

    def give(self, number: int, message: dict[str, Any]) -> None:
        """Hand a job to a worker that is free."""
        seat = next(seat for seat in self._seats if seat.job is None)
        seat.job = number
        seat.deadline = time.monotonic() + self._limits.clock
        seat.process.send(message)
        self._watch_sink(seat)

    def wait(self) -> list[Outcome]:
        """Wait until something happens, and return the jobs that have ended."""
        outcomes = []
        for key, mask in self._selector.select(self._patience()):
            seat: _Seat = key.data
            if mask & selectors.EVENT_WRITE:
                seat.process.write()
                self._watch_sink(seat)
            if mask & selectors.EVENT_READ:
                outcomes += self._hear(seat)
        now = time.monotonic()
        for seat in self._busy():
            if now >= seat.deadline:
                outcomes += self._lose(seat, Loss.CLOCK)
            elif self._limits.watch_memory and resident_bytes(seat.process.pid) > self._limits.memory + self._limits.stack:
                outcomes += self._lose(seat, Loss.MEMORY)
        return outcomes

    def drop_jobs(self) -> None:
        """Forget what is in hand: a worker that is busy is replaced."""
        for seat in self._busy():
            self._replace(seat)

    def end(self) -> None:
        """End all workers."""
        for seat in self._seats:
            self._dismiss(seat)
        self._seats.clear()
        self._selector.close()

    def _busy(self) -> list[_Seat]:
        return [seat for seat in self._seats if seat.job is not None]

    def _patience(self) -> float:
        """Seconds until somebody must be looked after although no pipe has anything to say."""
        nearest = min((seat.deadline for seat in self._busy()), default=time.monotonic())
        patience = max(0.0, nearest - time.monotonic())
        return min(patience, _WATCH_EVERY) if self._limits.watch_memory else patience

    def _occupy(self) -> _Seat:
        seat = _Seat(Process(self._launch))
        self._listen(seat)
        return seat

    def _replace(self, seat: _Seat) -> int:
        """A new process in the lost one's place; how the lost one ended."""
        status = self._dismiss(seat)
        seat.process, seat.job = Process(self._launch), None
        self._listen(seat)
        return status

    def _dismiss(self, seat: _Seat) -> int:
        watched = self._selector.get_map()
        for descriptor in (seat.process.source, seat.process.sink):
            if descriptor in watched:
                self._selector.unregister(descriptor)
        return seat.process.end()

    def _listen(self, seat: _Seat) -> None:
        self._selector.register(seat.process.source, selectors.EVENT_READ, seat)
        self._watch_sink(seat)

    def _watch_sink(self, seat: _Seat) -> None:
        watched = seat.process.sink in self._selector.get_map()
        if seat.process.has_outgoing and not watched:
            self._selector.register(seat.process.sink, selectors.EVENT_WRITE, seat)
        elif watched and not seat.process.has_outgoing:
            self._selector.unregister(seat.process.sink)

    def _hear(self, seat: _Seat) -> list[Outcome]:
        try:
            messages = seat.process.read()
        except MalformedError:
            return self._lose(seat, Loss.MALFORMED)
        if messages is None:
            return self._lose(seat, None)
        return [outcome for message in messages for outcome in self._take(seat, message)]

    def _take(self, seat: _Seat, message: dict[str, Any]) -> list[Outcome]:
        if not seat.process.ready:
            if message.get("ready") is not True:
                raise IncompleteError(f"A worker could not prepare itself ({message.get('broken')}), so no file can be checked.", _REMEDY)
            seat.process.ready = True
            return []
        if seat.job is None or message.get("number") != seat.job:
            return self._lose(seat, Loss.MALFORMED)
        number, seat.job = seat.job, None
        if message.get("spent"):
            self._replace(seat)
        return [Outcome(number, message)]

    def _lose(self, seat: _Seat, loss: Loss | None) -> list[Outcome]:
        """Replace a worker; its job, if it had one, is lost. Without a reason given, how the process ended is the reason."""
        number, ready = seat.job, seat.process.ready
        if loss is None:
            seat.process.wait()
        status = self._replace(seat)
        if loss is None:
            if not ready:
                raise IncompleteError(f"A worker ended before it could begin ({describe_end(status)}), so no file can be checked.", _REMEDY)
            loss = _LOSSES.get(status, Loss.DIED)
        return [] if number is None else [Outcome(number, loss=loss, detail=describe_end(status))]


_REMEDY = "Install judgegate again; if that does not help, run it where a process may use 2 GiB of address space."
_LOSSES = {-signal.SIGXCPU: Loss.CPU, -signal.SIGKILL: Loss.KILLED}


def describe_end(status: int) -> str:
    """How a process ended, from what `subprocess` says of it."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
