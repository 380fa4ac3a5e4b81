"""What whole processes cost."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct


class Cost(Struct, frozen=True):
    """What one turn took.

    Seconds by the clock, seconds of CPU time of all its processes, mebibytes of the largest one.
    """

    clock: float
    cpu: float
    memory: float


def measure_processes(commands: Sequence[Sequence[str]], folder: Path) -> Cost:
    """Run the commands one after the other.

    Raises:
        RuntimeError: one of them failed; findings (1) and a review that is due (3) are no failure.
    """
    costs = [measure_process(command, folder) for command in commands]
    return Cost(
        sum(cost.clock for cost in costs),
        sum(cost.cpu for cost in costs),
        max(cost.memory for cost in costs),
    )


def measure_process(
    command: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None
) -> Cost:
    """Run a command, with variables beside those that there are.

    Bytecode is cached, as after an installation. judgegate keeps nothing for a later run, and finds
    nothing of an earlier one, unless `--cache` names a folder.

    Raises:
        RuntimeError: as in `measure_processes`.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") or name == "PYTHONPATH"
    }
    environment |= {"JUDGEGATE_NO_CACHE": "1", **(variables or {})}
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    clock = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1, 3}:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Cost(clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
