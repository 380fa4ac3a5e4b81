"""How much memory a process holds, for systems that cannot limit it."""

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")
_PS = "/bin/ps"
_KIB = 1024


def resident_bytes(pid: int) -> int:
    """The resident memory of a process, 0 if it is gone."""
    return _from_proc(_PROC / str(pid) / "statm") if _PROC.exists() else _from_ps(pid)


def _from_proc(status: Path) -> int:
    try:
        return int(status.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _from_ps(pid: int) -> int:
    answer = subprocess.run([_PS, "-o", "rss=", "-p", str(pid)], capture_output=True, check=False, env={})
    words = answer.stdout.split()
    return int(words[0]) * _KIB if words and words[0].isdigit() else 0
