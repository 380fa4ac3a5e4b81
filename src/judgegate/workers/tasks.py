"""What a pool is asked, and what it answers."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from judgegate.checks.shapes import Sighting
from judgegate.model.observation import Observation
from judgegate.model.searches import Sought

Content = bytes | Callable[[], bytes]
"""A file's bytes, or a function that reads them when a worker is free for them."""


@dataclass(frozen=True, slots=True)
class ScanTask:
    """Scan one side of one file. `id` is the caller's; `rules` are those that are wanted, `searches` what the own ones search."""

    id: str
    language: str
    rules: frozenset[str]
    content: Content
    searches: tuple[Sought, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareTask:
    """Look at both sides of one file; a side that the change does not have is None."""

    id: str
    language: str
    rules: frozenset[str]
    before: Content | None
    after: Content | None


Task = ScanTask | CompareTask


@dataclass(frozen=True, slots=True)
class Scanned:
    """Every check that applies ran to its end. `rules` are the ids that they observe for, of those that were wanted, sorted."""

    id: str
    rules: tuple[str, ...]
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Every comparison that applies ran to its end."""

    id: str
    rules: tuple[str, ...]
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The file could not be checked; `reason` is a sentence without a full stop.

    `lasting`: it is the file's content, and would be the same wherever and whenever it is tried; a crash or a limit may not be.
    """

    id: str
    reason: str
    lasting: bool = False


Answer = Scanned | Compared | Failed


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds.

    `memory` is counted beyond the stack of the thread that scans. `answer` bounds what a worker may send back. `watch_memory`: the
    system cannot limit a process's address space, so the parent watches what it holds.
    """

    source: int = 1_000_000
    cpu: int = 10
    memory: int = 1 << 30
    clock: float = 60.0
    answer: int = 32 << 20
    stack: int = 512 << 20
    recursion: int = 50_000
    watch_memory: bool = sys.platform == "darwin"
