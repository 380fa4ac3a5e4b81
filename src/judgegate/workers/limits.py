"""What one file may cost."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds.

    `memory` is counted beyond the stack of the thread that scans. `answer` bounds what a worker may send back. `watch_memory`: the
    system cannot limit a process's address space, so the parent looks at what it holds.
    """

    source: int = 1_000_000
    cpu: int = 10
    memory: int = 1 << 30
    clock: float = 60.0
    answer: int = 32 << 20
    stack: int = 512 << 20
    recursion: int = 50_000
    watch_memory: bool = sys.platform == "darwin"
