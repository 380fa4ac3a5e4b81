from binascii import b2a_base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from judgegate.checks.check_types import Scan
from judgegate.model.observation import Observation
from judgegate.sources.python import PythonSource
from judgegate.workers.wire import load_sightings
from judgegate.workers.worker import TaskRunner, size_of
from tests.workers.rows import CHECKS, COMPARED, OTHER, RULE


def task(
    *sides: bytes | None, shape: str = "scan", rules: tuple[str, ...] = (RULE,), language: str = "python"
) -> dict[str, Any]:
    encoded = [None if side is None else b2a_base64(side, newline=False).decode() for side in sides]
    return {"number": 5, "shape": shape, "language": language, "rules": list(rules), "sides": encoded}


def fail_with(error: BaseException) -> Callable[[PythonSource], Iterator[Observation]]:
    def run(_: PythonSource) -> Iterator[Observation]:
        raise error

    return run


def test_an_answer_has_the_tasks_number_the_rules_that_ran_and_what_was_seen() -> None:
    answer = TaskRunner(CHECKS, b"").run(task(b"x\n", rules=(OTHER, COMPARED, "security/unknown")))
    assert (answer["number"], answer["rules"]) == (5, [OTHER])
    [sighting] = load_sightings(answer["seen"], frozenset({OTHER}))
    assert sighting.observation.rule == OTHER


def test_a_comparison_reads_both_sides() -> None:
    answer = TaskRunner(CHECKS, b"").run(task(b"x\n", None, shape="compare", rules=(COMPARED,)))
    [sighting] = load_sightings(answer["seen"], frozenset({COMPARED}))
    assert sighting.observation.message == "['x\\n', None]"


def test_a_scan_of_nothing_sees_nothing() -> None:
    assert TaskRunner(CHECKS, b"").run(task(None))["seen"] == []


@pytest.mark.parametrize(
    ("error", "reason", "spent"),
    [
        (ZeroDivisionError("by\nzero"), "the check odd failed on it (ZeroDivisionError: by zero)", False),
        (KeyError(), "the check odd failed on it (KeyError)", False),
        (RecursionError(), "it is nested too deeply for odd", False),
        (MemoryError(), "it needs more memory than a check may have", True),
    ],
)
def test_a_check_that_fails_gives_a_sentence(error: Exception, reason: str, spent: bool) -> None:
    row = Scan("odd", (RULE,), ("python",), fail_with(error))
    assert TaskRunner((row,), b"").run(task(b"x\n")) == {"number": 5, "failed": reason, "spent": spent}


def test_one_failing_check_fails_the_file_whatever_the_others_saw() -> None:
    row = Scan("odd", (RULE,), ("python",), fail_with(ValueError()))
    assert "failed" in TaskRunner((*CHECKS, row), b"").run(task(b"x\n"))


def test_memory_that_runs_out_while_reading_spends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(_: bytes, __: bytes) -> PythonSource:
        raise MemoryError

    monkeypatch.setattr("judgegate.workers.worker._READERS", {"python": run_out})
    assert TaskRunner(CHECKS, b"").run(task(b"x\n"))["spent"]


def test_a_language_without_a_reader_is_a_failure() -> None:
    assert TaskRunner(CHECKS, b"").run(task(b"", language="cobol"))["failed"] == "judgegate cannot read cobol"


def test_the_size_of_a_task_is_what_travels() -> None:
    assert size_of(task(b"123", None, b"456")) == 8
