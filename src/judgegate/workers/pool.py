"""A pool of workers that turns the bytes of files into what the checks saw in them."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.workers.installation import import_paths
from judgegate.workers.process import Launch
from judgegate.workers.scheduler import FailureKind, JobResult, Scheduler
from judgegate.workers.wire import (
    Answer,
    CheckJob,
    Compared,
    CompareTask,
    Content,
    Failed,
    Greeting,
    Limits,
    NotDone,
    Scanned,
    ScanTask,
    Task,
    observes,
)

SHARE = 100_000
DEFAULT_CHECKS = "judgegate.checks.registry:CHECKS"
Progress = Callable[[int], None]
_MALFORMED = "its worker gave an answer that cannot be understood"


class Pool:
    """Workers that check files, one file in each at a time.

    Args:
        size: how many workers.
        salt: the run's, for the inner keys of secrets.
        limits: what one file may cost.
        checks: where the workers find the checks' rows, as `module:name`.
        folders: where the module of `checks` is found, if not in judgegate.
        untrusted: folders that no module may come from: the judged repository's.
    """

    def __init__(
        self,
        size: int,
        salt: bytes,
        *,
        limits: Limits | None = None,
        checks: str = DEFAULT_CHECKS,
        folders: Iterable[Path] = (),
        untrusted: Iterable[Path] = (),
    ) -> None:
        self._size = size
        self._salt = salt
        self._limits = limits or Limits()
        self._checks = checks
        self._folders = tuple(folders)
        self._untrusted = tuple(untrusted)
        self._directory: Path | None = None
        self._scheduler: Scheduler | None = None
        self._languages: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The workers' process ids."""
        return self._scheduler.pids if self._scheduler else []

    def start(self) -> None:
        """Start the workers, so that they are there when the caller knows the files.

        `scan` does it if need be.

        Raises:
            IncompleteError: a worker cannot be started, or there is no place for temporary files.
        """
        if self._scheduler is None:
            self._scheduler = Scheduler(self._launch(), self._limits)
            self._scheduler.expect(self._languages)
            self._scheduler.grow(self._size)

    def expect(self, languages: Iterable[str]) -> None:
        """Let the workers prepare for files in these languages.

        So none waits for that when it gets its first file.
        """
        self._languages = tuple(sorted(languages))
        if self._scheduler is not None:
            self._scheduler.expect(self._languages)

    def grow(self, size: int) -> None:
        """Have at least so many workers, now that it is known how much there is to do."""
        self._size = max(size, self._size)
        if self._scheduler is not None:
            self._scheduler.grow(self._size)

    def close(self) -> None:
        """End the workers and take away their working directory."""
        if self._scheduler is not None:
            self._scheduler.end()
            self._scheduler = None
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def scan(
        self, tasks: Iterable[Task], on_progress: Progress | None = None
    ) -> Iterator[Answer]:
        """The answers in the order of the tasks, each as soon as it and all before it are there.

        A file that ran out of time by the clock, or whose worker was killed from outside, is tried
        once more when nothing else runs.

        Args:
            tasks: read lazily: a task is taken when a worker is free for it.
            on_progress: called with the number of files done so far.

        Raises:
            IncompleteError: no worker can be started, or none can prepare itself.
        """
        self.start()
        if self._scheduler is None:  # pragma: no cover - `start` has just made it
            raise AssertionError
        progress = on_progress or (lambda _: None)
        return _Round(self._scheduler, self._limits, progress).run(tasks)

    def _launch(self) -> Launch:
        """Make the workers' folder; what they need to be started.

        Raises:
            IncompleteError: an engine is missing, or there is no place for temporary files.
        """
        paths = [*import_paths(self._untrusted), *map(str, self._folders)]
        try:
            self._directory = Path(tempfile.mkdtemp(prefix="worker-"))
        except OSError as error:
            remedy = "Set TMPDIR to a folder that can be written to."
            raise IncompleteError(
                f"There is no place for temporary files: {error.strerror or error}.", remedy
            ) from error
        greeting = Greeting(
            checks=self._checks,
            salt=self._salt,
            stack=self._limits.stack,
            recursion=self._limits.recursion,
            memory=None if self._limits.watch_memory else self._limits.memory,
            answer=self._limits.answer,
            cpu=self._limits.cpu,
        )
        return Launch(tuple(paths), self._directory, greeting, self._limits.answer)


class _Round:
    """One call of `scan`: hands out the tasks, and brings the answers into order."""

    def __init__(self, scheduler: Scheduler, limits: Limits, on_progress: Progress) -> None:
        self._scheduler = scheduler
        self._limits = limits
        self._on_progress = on_progress
        self._in_hand: dict[int, Task] = {}
        self._again: dict[int, Task] = {}
        self._done: dict[int, Answer] = {}
        self._count = 0

    def run(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """The answers, in the order of the tasks."""
        try:
            following = 0
            for _ in self._steps(tasks):
                while following in self._done:
                    yield self._done.pop(following)
                    following += 1
        finally:
            # Who stops asking early must not get these answers in the next round.
            self._scheduler.drop_jobs()

    def _steps(self, tasks: Iterable[Task]) -> Iterator[None]:
        """One step for everything that may have brought answers."""
        for number, task in enumerate(tasks):
            self._hand_out(number, task)
            while not self._scheduler.free:
                self._collect(again=True)
            yield
        while self._in_hand:
            self._collect(again=True)
            yield
        # One at a time: what failed because others took the machine's time or memory does not fail alone.
        for number, task in sorted(self._again.items()):
            self._hand_out(number, task)
            while self._in_hand:
                self._collect(again=False)
            yield

    def _hand_out(self, number: int, task: Task) -> None:
        """Read the task's content, and give the task to a worker if it is not too large."""
        sides = tuple(map(_read, _contents(task)))
        sizes = [len(side) for side in sides if side is not None]
        if max(sizes, default=0) > self._limits.source:
            reason = f"it is larger than {self._limits.source:,} bytes"
            self._finish(number, Failed(task.id, reason, lasting=True))
            return
        self._in_hand[number] = task
        job = CheckJob(
            number,
            compares=isinstance(task, CompareTask),
            language=task.language,
            rules=tuple(sorted(task.rules)),
            sides=sides,
            searches=task.searches if isinstance(task, ScanTask) else (),
            facts=isinstance(task, ScanTask) and task.facts,
        )
        self._scheduler.give(job)

    def _collect(self, *, again: bool) -> None:
        """Take the results that there are.

        `again`: a task that may have failed by bad luck is tried once more, later.
        """
        for outcome in self._scheduler.wait():
            task = self._in_hand.pop(outcome.number)
            if again and outcome.failure in (FailureKind.CLOCK, FailureKind.KILLED):
                self._again[outcome.number] = task
            else:
                self._finish(outcome.number, _answer(task, outcome, self._limits))

    def _finish(self, number: int, answer: Answer) -> None:
        """Keep an answer until all before it are there."""
        self._done[number] = answer
        self._count += 1
        self._on_progress(self._count)


def _contents(task: Task) -> tuple[Content | None, ...]:
    """The sides that a task has to be read of: both, or the one that is scanned."""
    return (task.before, task.after) if isinstance(task, CompareTask) else (task.content,)


def _read(content: Content | None) -> bytes | None:
    """The bytes of a side, None if the change does not have it."""
    return content() if callable(content) else content


def _answer(task: Task, outcome: JobResult, limits: Limits) -> Answer:
    """What the caller learns about a task that has ended."""
    reply = outcome.reply
    if reply is None:
        return Failed(task.id, _describe(outcome, limits))
    if isinstance(reply, NotDone):
        return Failed(task.id, reply.reason, lasting=reply.lasting)
    # A file may have taken over the worker that read it, so its word is checked.
    if not observes(reply, task.rules):
        return Failed(task.id, _MALFORMED)
    if isinstance(task, CompareTask):
        # What half a comparison saw says nothing of either side.
        if reply.failure is not None:
            return Failed(task.id, reply.failure)
        return Compared(task.id, reply.rules, reply.sightings)
    observations = tuple(sighting.observation for sighting in reply.sightings)
    return Scanned(task.id, reply.rules, observations, reply.facts, reply.failure)


def _describe(outcome: JobResult, limits: Limits) -> str:
    """Why a job failed, as a sentence without a full stop."""
    match outcome.failure:
        case FailureKind.CPU:
            return f"it takes more than {limits.cpu} seconds of CPU time to check"
        case FailureKind.CLOCK:
            return f"its check did not end within {limits.clock:g} seconds, not even alone"
        case FailureKind.MEMORY:
            return "it needs more memory than a check may have"
        case FailureKind.KILLED:
            return "its worker was killed from outside, twice"
        case FailureKind.MALFORMED:
            return _MALFORMED
        case _:
            return f"its worker died ({outcome.detail})"


def default_size(files: int, size: int) -> int:
    """How many workers are worth their start for so many files of so many bytes in all, on this machine.

    A worker takes about as long to get ready as it then needs for SHARE bytes, so one that would
    have less to do comes too late.
    """
    return max(1, min(_count_processors(), files, 1 + size // SHARE))


def _count_processors() -> int:
    """The processors that this process may use, as far as the system says."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
