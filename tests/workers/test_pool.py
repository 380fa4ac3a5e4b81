from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.checks.check_types import ScannedSide
from judgegate.checks.complex_function_scan import scan_complexity
from judgegate.checks.insecure_code.scan import scan_insecure_code
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.own_rules import Pattern, Sought
from judgegate.sources.python import read_python
from judgegate.workers.pool import Pool, default_size
from judgegate.workers.wire import Answer, Compared, CompareTask, Failed, Scanned, ScanTask
from tests.checks.samples import COMPLEX, INSECURE
from tests.workers.rows import COMPARED, OTHER, RULE, observe
from tests.workers.schedulers import (
    OWN_RULES,
    REAL_RULES,
    SALT,
    own_pool,
    own_task,
    real_task,
    reasons,
    said,
)

COMPARE_RULES = frozenset({COMPARED})


@pytest.fixture(scope="module")
def real() -> Iterator[Pool]:
    with Pool(1, SALT) as pool:
        yield pool


@pytest.fixture(scope="module")
def own() -> Iterator[Pool]:
    with own_pool() as pool:
        yield pool


def test_a_worker_sees_what_the_checks_see(real: Pool) -> None:
    texts = {**INSECURE, "complex": COMPLEX}
    answers = list(
        real.scan(real_task(name, text.encode()) for name, text in texts.items())
    )
    for answer, text in zip(answers, texts.values(), strict=True):
        source = read_python(text.encode(), SALT)
        assert isinstance(answer, Scanned), answer
        assert answer.observations == (
            *scan_insecure_code(source),
            *scan_complexity(source),
        )
        assert answer.rules == tuple(sorted(REAL_RULES))


def test_answers_come_in_the_order_of_the_tasks_however_many_workers_there_are() -> None:
    texts = [
        f"x = {number}\n" * (1 if number % 3 else 4000) + "eval(x)\n"
        for number in range(12)
    ]

    def answers(size: int) -> list[Answer]:
        with Pool(size, SALT) as pool:
            return list(
                pool.scan(
                    real_task(str(number), text.encode())
                    for number, text in enumerate(texts)
                )
            )

    assert answers(1) == answers(3)
    assert [answer.id for answer in answers(2)] == [str(number) for number in range(12)]


def test_tasks_are_taken_and_read_only_when_a_worker_is_free(own: Pool) -> None:
    events: list[str] = []

    def read(number: int) -> bytes:
        events.append(f"read {number}")
        return b"# x\n"

    def tasks() -> Iterator[ScanTask]:
        for number in range(4):
            events.append(f"task {number}")
            yield own_task(str(number), lambda number=number: read(number))

    def progress(done: int) -> None:
        events.append(f"done {done}")

    for answer in own.scan(tasks(), progress):
        events += [f"answer {answer.id}"]
    steps = [
        [f"task {number}", f"read {number}", f"done {number + 1}", f"answer {number}"]
        for number in range(4)
    ]
    assert events == [step for group in steps for step in group]


def test_only_wanted_rules_are_reported_and_named(own: Pool) -> None:
    [answer] = own.scan(
        [ScanTask("x", "python", frozenset({OTHER, "security/unknown"}), b"# x\n")]
    )
    assert answer == Scanned("x", (OTHER,), (observe(OTHER, "seen beside it"),))


def test_every_field_of_an_observation_comes_through(own: Pool) -> None:
    [answer] = own.scan([own_task("x", "é = '☃'\r\n".encode())])
    assert answer == Scanned(
        "x", (RULE, OTHER), (observe(RULE, "é = '☃'\r\n"), observe(OTHER, "seen beside it"))
    )


def test_without_a_check_that_applies_nothing_ran(own: Pool) -> None:
    [answer] = own.scan([ScanTask("x", "python", frozenset({"security/unknown"}), b"")])
    assert answer == Scanned("x", (), ())


def test_a_language_that_nothing_reads_is_a_failure_and_not_silence(own: Pool) -> None:
    [answer] = own.scan([ScanTask("x", "cobol", OWN_RULES, b"")])
    assert answer == Failed("x", "judgegate cannot read cobol")


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        (b"a\n", b"b\n", "['a\\n', 'b\\n']"),
        (None, b"b\n", "[None, 'b\\n']"),
        (lambda: b"a\n", None, "['a\\n', None]"),
    ],
)
def test_a_comparison_gets_both_sides(
    own: Pool, before: bytes, after: bytes, seen: str
) -> None:
    [answer] = own.scan([CompareTask("x", "python", COMPARE_RULES, before, after)])
    assert isinstance(answer, Compared)
    assert answer.rules == (COMPARED,)
    assert [(sighting.side, sighting.observation) for sighting in answer.sightings] == [
        (ScannedSide.BASE, observe(COMPARED, seen))
    ]


def test_a_comparison_that_fails_is_a_failure(own: Pool) -> None:
    tasks = [
        CompareTask("crash", "python", COMPARE_RULES, b"crash", None),
        CompareTask("odd", "python", COMPARE_RULES, b"def", b"x"),
    ]
    answers = reasons(list(own.scan(tasks)))
    assert answers["crash"] == "the check compare failed on it (ZeroDivisionError)"
    assert str(answers["odd"]).startswith("Python 3.")


def test_a_comparison_is_not_run_in_place_of_a_scan(own: Pool) -> None:
    [scanned] = own.scan([ScanTask("x", "python", COMPARE_RULES, b"")])
    [compared] = own.scan([CompareTask("x", "python", OWN_RULES, b"", b"")])
    assert (scanned, compared) == (Scanned("x", (), ()), Compared("x", (), ()))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x\0", "NUL"),
        (b"def f(:\n", "cannot parse line 1"),
        (b"\n\n\xff", "line 3 is not valid utf-8"),
        (b"# coding: utf-7\n", "utf-7"),
    ],
)
def test_what_cannot_be_read_says_why(real: Pool, data: bytes, reason: str) -> None:
    [answer] = real.scan([real_task("x", data)])
    assert reason in str(reasons([answer])["x"])


@settings(deadline=None, max_examples=60)
@given(
    data=st.one_of(
        st.binary(),
        st.text().map(lambda text: text.encode("utf-8", "replace")),
        st.text("()[]{}:=\n\r\t 'f#\\xé").map(str.encode),
    )
)
def test_any_bytes_have_an_answer(real: Pool, data: bytes) -> None:
    [answer] = real.scan([real_task("x", data)])
    assert answer.id == "x"
    assert isinstance(answer, Scanned) or (
        isinstance(answer, Failed) and answer.reason and "\n" not in answer.reason
    )


def test_an_error_while_reading_reaches_the_caller_and_the_pool_lives_on(own: Pool) -> None:
    def fail() -> bytes:
        raise IncompleteError("The object is missing.")

    with pytest.raises(IncompleteError, match="missing"):
        list(own.scan([own_task("fine"), own_task("x", fail)]))
    assert reasons(list(own.scan([own_task("y")]))) == {"y": None}


def test_a_scan_that_is_given_up_leaves_no_answer_for_the_next_one() -> None:
    with own_pool(2) as pool:
        answers = pool.scan([own_task("x"), own_task("burn"), own_task("burn")])
        assert next(answers).id == "x"
        answers.close()  # type: ignore[attr-defined] # it is a generator
        assert reasons(list(pool.scan([own_task("y"), own_task("z")]))) == {
            "y": None,
            "z": None,
        }


def test_a_pool_can_be_started_early_and_grow() -> None:
    with own_pool(1) as pool:
        assert pool.pids == []
        pool.start()
        [first] = pool.pids
        pool.grow(3)
        pool.grow(2)
        assert len(pool.pids) == 3
        assert first in pool.pids
        assert len(list(pool.scan(own_task(str(number)) for number in range(7)))) == 7


def test_a_worker_takes_in_another_engine_when_a_file_needs_it() -> None:
    """It has closed its fence by then, and opens it for the import only."""
    calls = Sought(
        "reliability/call", Pattern(("go",), '{"rule": {"kind": "call_expression"}}')
    )
    go = ScanTask(
        "b.go", "go", frozenset({calls.rule}), b"package a\nvar x = f()\n", (calls,)
    )
    with Pool(1, SALT) as pool:
        pool.start()
        pool.expect(["python"])
        python, other, again = pool.scan(
            [real_task("a.py", b"eval(x)\n"), go, real_task("c.py", b"")]
        )
    assert isinstance(python, Scanned)
    assert isinstance(other, Scanned)
    assert [seen.lines.start for seen in other.observations] == [2]
    assert isinstance(again, Scanned)


def test_workers_that_start_later_prepare_for_the_same_languages() -> None:
    with own_pool(rows="UNPREPARED") as pool:
        pool.expect(["python"])
        pool.start()
        with pytest.raises(IncompleteError, match="could not get ready"):
            list(pool.scan([own_task("some")]))


def test_a_pool_can_grow_before_it_starts() -> None:
    with own_pool(1) as pool:
        pool.grow(2)
        pool.start()
        assert len(pool.pids) == 2


def test_the_working_directory_goes_with_the_pool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with own_pool() as pool:
        assert said(next(iter(pool.scan([own_task("look around")])))).startswith(
            "(set(), [], 'worker-', []"
        )
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []
    pool.close()


def test_no_place_for_temporary_files_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with (
        own_pool() as pool,
        pytest.raises(IncompleteError, match="no place for temporary files") as caught,
    ):
        pool.start()
    assert "TMPDIR" in caught.value.remedy


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("UNPREPARED", r"could not get ready \(ImportError: no engine here\)"),
        ("STILLBORN", r"ended before it was ready \(exit status 9\)"),
        ("MISSING", r"could not get ready \(AttributeError"),
    ],
)
def test_a_worker_that_cannot_prepare_itself_is_an_error_of_the_gate(
    rows: str, what: str
) -> None:
    with own_pool(rows=rows) as pool, pytest.raises(IncompleteError, match=what):
        list(pool.scan([own_task("x")]))


@pytest.mark.parametrize("program", ["", "/missing/python"])
def test_a_python_that_cannot_be_started_is_an_error_of_the_gate(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", program)
    with own_pool() as pool, pytest.raises(IncompleteError, match="worker"):
        pool.start()


@pytest.mark.parametrize(
    ("files", "size", "most"), [(0, 0, 1), (1, 10**9, 1), (14, 9_000, 1), (500, 10**9, 500)]
)
def test_there_are_never_more_workers_than_files_or_work_for_them(
    files: int, size: int, most: int
) -> None:
    assert 1 <= default_size(files, size) <= most
