"""Checks that misbehave on request: the source's first line says how.

The workers of these tests import this module.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from judgegate.checks.check_types import Check, Compare, Scan, ScannedSide, Sighting
from judgegate.model.levels import Confidence, Severity
from judgegate.model.observation import Observation, fingerprint
from judgegate.model.ranges import LineRange
from judgegate.sources.python import PythonSource

RULE = "reliability/misbehave"
OTHER = "reliability/other"
COMPARED = "reliability/compared"


def observe(rule: str, message: str) -> Observation:
    mark = fingerprint(rule, "X", "", [message])
    return Observation(
        rule,
        "X",
        LineRange(1, 1),
        "",
        message,
        mark,
        mark,
        "",
        Severity.LOW,
        Confidence.HIGH,
        7,
        "m",
        "b",
        LineRange(1, 1),
    )


def burn() -> None:
    while True:
        pass


def hoard() -> None:
    kept = []
    while True:
        kept.append(bytearray(1 << 20))


def hoard_slowly() -> None:
    kept = []
    while True:
        kept.append(bytes(range(256)) * 40_000)
        time.sleep(0.02)


def recurse(depth: int = 0) -> int:
    return recurse(depth + 1) + 1


def look_around() -> str:
    """What a worker sees of its surroundings; `LC_CTYPE` is Python's own doing."""
    modules = {"pydantic", "rich", "yaml"} & set(sys.modules)
    here = Path.cwd()
    on_path = "" in sys.path or str(here) in sys.path
    return repr(
        (
            set(os.environ) - {"LC_CTYPE"},
            sorted(here.iterdir()),
            here.name[:7],
            sorted(modules),
            on_path,
        )
    )


def write() -> str:
    try:
        Path("grown").write_bytes(b"x" * 10)
    except OSError as error:
        return type(error).__name__
    return "written"


def open_many() -> str:
    try:
        kept = [os.open(os.devnull, os.O_RDONLY) for _ in range(100)]
    except OSError as error:
        return type(error).__name__
    return str(len(kept))


def babble() -> str:
    sys.stdout.write("\0\0\0\1{")
    sys.stdout.flush()
    os.write(1, b"\xff\xff\xff\xff")
    os.write(2, b"noise")
    return "quiet"


ACTS = {
    "burn": burn,
    "sleep": lambda: time.sleep(600),
    "hoard": hoard,
    "hoard slowly": hoard_slowly,
    "crash": lambda: 1 / 0,
    "recurse": recurse,
    "exit": lambda: os._exit(3),
    "segfault": lambda: ctypes.string_at(0),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "terminate": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "some": lambda: "x" * 900_000,
    "much": lambda: "x" * 3_000_000,
    "look around": look_around,
    "write": write,
    "open many": open_many,
    "babble": babble,
}


def misbehave(source: PythonSource) -> Iterator[Observation]:
    act = ACTS.get(source.lines.texts[0].removeprefix("# "))
    done = act() if act else source.text
    yield observe(RULE, str(done))
    yield observe(OTHER, "seen beside it")


def compare(before: PythonSource | None, after: PythonSource | None) -> Iterator[Sighting]:
    sides = [side.text if side else None for side in (before, after)]
    yield Sighting(observe(COMPARED, repr(sides)), ScannedSide.BASE)
    if "crash" in sides:
        raise ZeroDivisionError


CHECKS: tuple[Check, ...] = (
    Scan("misbehave", (RULE, OTHER), ("python",), misbehave),
    Compare("compare", (COMPARED,), ("python",), compare),
)


def fail_to_prepare() -> None:
    raise ImportError("no engine here")


def die_while_preparing() -> None:
    os._exit(9)


UNPREPARED: tuple[Check, ...] = (
    Scan("unprepared", (RULE,), ("python",), misbehave, prepare=fail_to_prepare),
)
STILLBORN: tuple[Check, ...] = (
    Scan("stillborn", (RULE,), ("python",), misbehave, prepare=die_while_preparing),
)
