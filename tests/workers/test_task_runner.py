import sys
from collections.abc import Callable, Iterator

import pytest

from judgegate.checks.check_types import Scan
from judgegate.model.observation import Observation
from judgegate.model.own_rules import Pattern, Sought
from judgegate.sources.python import PythonSource
from judgegate.workers.wire import CheckJob, Done, Expect, NotDone, Order
from judgegate.workers.worker import TaskRunner
from tests.workers.rows import CHECKS, COMPARED, OTHER, RULE, observe


def task(
    *sides: bytes | None,
    compares: bool = False,
    rules: tuple[str, ...] = (RULE,),
    language: str = "python",
) -> CheckJob:
    return CheckJob(5, compares=compares, language=language, rules=rules, sides=sides)


def done(job: CheckJob) -> Done:
    """What the runner saw, if it came to an end."""
    reply = TaskRunner(CHECKS, b"").run(job)
    assert isinstance(reply, Done), reply
    return reply


def fail_with(error: BaseException) -> Callable[[PythonSource], Iterator[Observation]]:
    def run(_: PythonSource) -> Iterator[Observation]:
        raise error

    return run


def test_an_answer_has_the_tasks_number_the_rules_that_ran_and_what_was_seen() -> None:
    answer = done(task(b"x\n", rules=(OTHER, COMPARED, "security/unknown")))
    assert (answer.number, answer.rules) == (5, (OTHER,))
    [sighting] = answer.sightings
    assert sighting.observation.rule == OTHER


def test_a_comparison_reads_both_sides() -> None:
    [sighting] = done(task(b"x\n", None, compares=True, rules=(COMPARED,))).sightings
    assert sighting.observation.message == "['x\\n', None]"


def test_a_scan_of_nothing_sees_nothing() -> None:
    assert done(task(None)).sightings == ()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            ZeroDivisionError("by\nzero"),
            "the check odd failed on it (ZeroDivisionError: by zero)",
        ),
        (KeyError(), "the check odd failed on it (KeyError)"),
        (RecursionError(), "it is nested too deeply for odd"),
    ],
)
def test_a_check_that_fails_gives_a_sentence(error: Exception, reason: str) -> None:
    row = Scan("odd", (RULE,), ("python",), fail_with(error))
    reply = TaskRunner((row,), b"").run(task(b"x\n"))
    assert reply == Done(5, (RULE,), (), failure=reason)


def test_a_check_without_memory_spends_the_worker() -> None:
    row = Scan("odd", (RULE,), ("python",), fail_with(MemoryError()))
    assert TaskRunner((*CHECKS, row), b"").run(task(b"x\n")) == NotDone(
        5, "it needs more memory than a check may have", spent=True
    )


@pytest.mark.parametrize("first", [True, False])
def test_what_was_seen_before_a_failure_and_by_others_stays(first: bool) -> None:
    def run(_: PythonSource) -> Iterator[Observation]:
        yield observe(RULE, "seen before it")
        raise ValueError

    row = Scan("odd", (RULE,), ("python",), run)
    checks = (row, *CHECKS) if first else (*CHECKS, row)
    reply = TaskRunner(checks, b"").run(task(b"x\n", rules=(RULE, OTHER)))
    assert isinstance(reply, Done)
    assert reply.failure == "the check odd failed on it (ValueError)"
    assert reply.rules == (RULE, OTHER)
    seen = [one.observation.message for one in reply.sightings]
    assert set(seen) == {"seen before it", "seen beside it", "x\n"}


def test_of_two_failures_the_first_is_told() -> None:
    rows = [
        Scan(name, (RULE,), ("python",), fail_with(KeyError())) for name in ("one", "two")
    ]
    reply = TaskRunner(tuple(rows), b"").run(task(b"x\n"))
    assert isinstance(reply, Done)
    assert reply.failure == "the check one failed on it (KeyError)"


def test_memory_that_runs_out_while_reading_spends_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run_out(_: bytes, __: bytes) -> PythonSource:
        raise MemoryError

    monkeypatch.setattr("judgegate.workers.worker._READERS", {"python": run_out})
    assert TaskRunner(CHECKS, b"").run(task(b"x\n")) == NotDone(
        5, "it needs more memory than a check may have", spent=True
    )


def test_a_language_without_a_reader_is_a_failure() -> None:
    assert TaskRunner(CHECKS, b"").run(task(b"", language="cobol")) == NotDone(
        5, "judgegate cannot read cobol"
    )


def test_the_size_of_a_job_is_that_of_its_sources() -> None:
    assert task(b"123", None, b"456").size == 6


def test_a_check_prepares_once_and_only_for_what_it_reads() -> None:
    prepared: list[str] = []

    def row(name: str, language: str) -> Scan:
        return Scan(
            name,
            (RULE,),
            (language,),
            lambda _: iter(()),
            prepare=lambda: prepared.append(name),
        )

    runner = TaskRunner((row("for python", "python"), row("for go", "go")), b"")
    orders: list[Order] = [
        Expect(("python", "cobol")),
        task(b"x\n"),
        task(b"", language="go"),
        Expect(("go",)),
    ]
    lacking = []
    for order in orders:
        lacking.append(runner.lacks(order))
        runner.prepare(order)
    assert lacking == [True, False, True, False]
    assert prepared == ["for python", "for go"]


def test_an_own_engine_that_is_missing_fails_the_file_and_not_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ast_grep_py", None)
    runner = TaskRunner(CHECKS, b"")
    sought = Sought(
        "reliability/own", Pattern(("go",), '{"rule": {"kind": "call_expression"}}')
    )
    job = CheckJob(
        5,
        compares=False,
        language="go",
        rules=(sought.rule,),
        sides=(b"",),
        searches=(sought,),
    )
    runner.prepare(job)
    reply = runner.run(job)
    assert isinstance(reply, Done)
    assert str(reply.failure).startswith(
        "the check ast-grep failed on it (ModuleNotFoundError"
    )


def test_an_engine_of_our_own_rules_must_be_there() -> None:
    def fail() -> None:
        raise ImportError

    runner = TaskRunner(
        (Scan("odd", (RULE,), ("python",), lambda _: iter(()), prepare=fail),), b""
    )
    with pytest.raises(ImportError):
        runner.prepare(Expect(("python",)))
