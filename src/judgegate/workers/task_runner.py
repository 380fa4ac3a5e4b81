"""One task, from bytes to what was seen, or to a sentence that says why not."""

import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from judgegate.checks.own.registry import own_checks
from judgegate.checks.shapes import Check, Compare, Scan, Sighting, applicable
from judgegate.model.languages import PYTHON, SUFFIXES, TEXT
from judgegate.sources.python import PythonSource, Unreadable
from judgegate.sources.python_reader import read_python
from judgegate.sources.text import TextSource, read_code, read_text
from judgegate.workers.wire import dump_sighting, load_searches

Source = PythonSource | TextSource

_READERS: Mapping[str, Callable[[bytes, bytes], Source]] = dict.fromkeys(SUFFIXES, read_code) | {
    PYTHON: read_python,
    TEXT: read_text,
}
OUT_OF_MEMORY = "it needs more memory than a check may have"


class _CheckFailedError(Exception):
    """A check did not come to its end. `spent`: the process is not to be trusted with another file."""

    def __init__(self, reason: str, *, spent: bool = False) -> None:
        super().__init__(reason)
        self.spent = spent


class TaskRunner:
    """Runs the checks."""

    def __init__(self, checks: tuple[Check, ...], salt: bytes) -> None:
        self._checks = checks
        self._salt = salt

    def run(self, task: dict[str, Any]) -> dict[str, Any]:
        """The answer to a task. What a file does to a check never raises."""
        try:
            return {"number": task["number"], **self._run(task)}
        except Unreadable as unreadable:
            return {**_failure(task, str(unreadable)), "lasting": unreadable.lasting}
        except _CheckFailedError as failure:
            return _failure(task, str(failure), spent=failure.spent)
        except MemoryError:
            return _failure(task, OUT_OF_MEMORY, spent=True)

    def _run(self, task: dict[str, Any]) -> dict[str, Any]:
        if task["language"] not in _READERS:
            raise _CheckFailedError(f"nothing here reads {task['language']}")
        sources = [self._read(task, side) for side in task["sides"]]
        shape = Scan if task["shape"] == "scan" else Compare
        own = own_checks(load_searches(task.get("searches", ())))
        checks = applicable((*self._checks, *own), task["language"], frozenset(task["rules"]))
        rules: set[str] = set()
        seen: list[list[Any]] = []
        for check in checks:
            if isinstance(check, shape):
                wanted = set(check.rules).intersection(task["rules"])
                seen.extend(
                    dump_sighting(sighting)
                    for sighting in _run(check, sources)
                    if sighting.observation.rule in wanted
                )
                rules |= wanted
        return {"rules": sorted(rules), "seen": seen}

    def _read(self, task: dict[str, Any], side: str | None) -> Source | None:
        if side is None:
            return None
        return _READERS[task["language"]](binascii.a2b_base64(side), self._salt)


def size_of(task: dict[str, Any]) -> int:
    """How much source a task carries, in bytes as they travel."""
    return sum(len(side) for side in task["sides"] if side is not None)


def _run(check: Scan | Compare, sources: list[Source | None]) -> list[Sighting]:
    try:
        return list(_run_checks(check, sources))
    except RecursionError:
        raise _CheckFailedError(f"it is nested too deeply for {check.name}") from None
    except MemoryError:
        raise _CheckFailedError(OUT_OF_MEMORY, spent=True) from None
    except Exception as error:  # noqa: BLE001 - a check that crashed has checked nothing, whatever the reason
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200].removesuffix(":")
        raise _CheckFailedError(f"the check {check.name} failed on it ({detail})") from None


def _run_checks(check: Scan | Compare, sources: list[Any]) -> Iterator[Sighting]:
    if isinstance(check, Compare):
        before, after = sources
        yield from check.run(before, after)
        return
    [source] = sources
    if source is not None:
        yield from map(Sighting, check.run(source))


def _failure(task: dict[str, Any], reason: str, *, spent: bool = False) -> dict[str, Any]:
    return {"number": task["number"], "failed": reason, "spent": spent}
