"""The limits that a worker puts on itself."""

import math
import os
import resource

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
