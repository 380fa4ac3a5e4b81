"""The contexts of bandit's findings: which kind each has, and that they change nothing else of an observation."""

import re
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import pytest
from msgspec.structs import replace

from judgegate.checks.insecure_code import bandit_contexts
from judgegate.checks.insecure_code.scan import RULE, scan_insecure_code
from judgegate.checks.registry import CHECKS
from judgegate.evidence.exposure import MOST_SURROUNDINGS
from judgegate.model.evidence_context import MOST_CONSTANTS, EvidenceContext
from judgegate.report.formats import FORMATS
from judgegate.sources.python import read_python
from judgegate.workers.wire import (
    LENGTH_SIZE,
    CheckJob,
    Done,
    Limits,
    NotDone,
    Reply,
    unpack_reply,
)
from judgegate.workers.worker import TaskRunner, _reply_to
from tests.checks.reading import see
from tests.checks.samples import INSECURE
from tests.repositories import RepositoryBuilder
from tests.runs import run

T = TypeVar("T")


def contexts(text: str, code: str) -> list[EvidenceContext]:
    return [
        one.context
        for one in see(scan_insecure_code, text)
        if one.code == code and one.context is not None
    ]


def test_every_finding_about_a_node_has_a_context() -> None:
    for text in INSECURE.values():
        for observation in see(scan_insecure_code, text):
            assert (observation.context is None) == (observation.code == "B613")


def test_what_stops_a_context_hides_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bandit_contexts, "context_of", crash)
    observations = scan_insecure_code(read_python(b"import os\nos.system(x)\neval(x)\n"))
    seen = [next(observations), next(observations)]
    with pytest.raises(ZeroDivisionError):
        next(observations)
    assert [one.code for one in seen] == ["B605", "B307"]
    assert all(one.context is None for one in seen)


def test_a_file_of_calls_alone_has_contexts_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bandit_contexts, "MOST_TRACED", 2)
    seen = see(
        scan_insecure_code,
        "def f(x):\n    assert x\n" + "    eval(x)\n" * 3 + "    assert x\n",
    )
    assert [one.context is not None for one in seen] == [True, True, True, False, True]


def test_a_file_with_too_many_calls_has_findings_and_no_contexts_of_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bandit_contexts, "MOST_CALLS", 1)
    seen = see(scan_insecure_code, "def f(x):\n    assert x\n    eval(x)\n    print(x)\n")
    assert [one.context is not None for one in seen] == [True, False]


@pytest.mark.parametrize("name", INSECURE)
def test_a_context_changes_nothing_else_of_an_observation(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = see(scan_insecure_code, INSECURE[name])
    monkeypatch.setattr(bandit_contexts, "context_of", lambda *_: None)
    assert see(scan_insecure_code, INSECURE[name]) == [
        replace(one, context=None) for one in seen
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('password = "hunter2"', "B105"),
        ('settings["password"] = "hunter2"', "B105"),
        ('settings = {"password": "hunter2"}', "B105"),
        ('if password == "hunter2": pass', "B105"),
        ('connect(password="hunter2")', "B106"),
        ('def connect(password="hunter2"): pass', "B107"),
        ('path = "/tmp/hunter2"', "B108"),
    ],
)
def test_the_constant_of_a_written_value_is_that_value(text: str, code: str) -> None:
    [found] = contexts(text, code)
    [changed] = contexts(text.replace("hunter2", "hunter3"), code)
    assert len(found.constants) == 1
    assert found.constants != changed.constants
    assert not found.roots


def test_other_values_of_the_call_are_no_constant_of_the_secret() -> None:
    [one] = contexts('connect(host, user="alice", password="hunter2")', "B106")
    [other] = contexts('connect(host, user="bob", password="hunter2")', "B106")
    assert one.constants == other.constants
    assert one.node != other.node


def _last_names(context: EvidenceContext) -> list[str]:
    return [callee.name.rpartition(".")[2] for callee in context.meanings]


@pytest.mark.parametrize(
    "text",
    [
        'cursor.execute("select a from b where c = %s" % name)',
        'cursor.execute("select a from b where c = " + name + " and d")',
        'cursor.execute("select a from b where c = {}".format(name))',
        'cursor.execute("select a from b where c = X".replace("X", name))',
        'cursor.execute(f"select a from b where c = {name}")',
    ],
)
def test_what_is_put_into_a_query_flows_into_it(text: str) -> None:
    [found] = contexts(f"def find(cursor, name):\n    {text}", "B608")
    assert _last_names(found) == ["execute"]
    assert "name" in {root.name for root in found.roots}


def test_what_takes_a_query_by_a_variable_is_what_it_means() -> None:
    text = """
        def find(cursor, name):
            query = f"select a from b where c = {name}"
            log.debug(query)
            cursor.execute(query)
        """
    [found] = contexts(text, "B608")
    assert _last_names(found) == ["execute"]


def test_plain_values_of_keywords_are_shown_and_no_others() -> None:
    text = """
        import subprocess
        subprocess.run(cmd, shell=True, timeout=-5, bufsize=1234567890, password=1234, x=1.5,
                       check=None, cwd="here", **more)
        """
    [found] = contexts(text, "B602")
    shown = {one.name: one.value for one in found.keywords if len(one.value) < 20}
    assert shown == {"shell": "True", "timeout": "-5", "check": "None"}
    hidden = {one.name for one in found.keywords} - shown.keys()
    assert hidden == {"bufsize", "password", "x", "cwd", "**"}


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_shows_a_context(form: str, repository: RepositoryBuilder) -> None:
    repository.write("a.py", "A = 1\n").commit("Start")
    code = "import os\n@route\ndef run(cmd):\n    if cmd: os.system(cmd)\n"
    repository.branch("topic").write("a.py", code).commit("Change")
    shown = run("check", "--all", "-f", form, at=repository).out
    assert "B605" in shown
    assert not re.search(r"\b(?:context|meanings|roots|exposure|doubts)\b", shown)


def test_no_text_of_the_code_is_in_a_context() -> None:
    text = """
        import os
        @route("hunter2")
        def run(cmd, key="hunter2"):
            if cmd == "hunter2" or getattr(os, "hunter2!")(cmd):
                return
            check("hunter2")
            with entered("hunter2"):
                os.system(cmd + "hunter2")
        """
    for context in contexts(text, "B605"):
        assert "hunter2" not in repr(context)


def deeply(function: Callable[[], T]) -> T:
    """What a function gives that needs a worker's stack."""
    limits = Limits()
    results: list[T] = []
    size, depth = threading.stack_size(limits.stack), sys.getrecursionlimit()
    sys.setrecursionlimit(limits.recursion)
    try:
        thread = threading.Thread(target=lambda: results.append(function()))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(depth)
    [result] = results
    return result


QUERY = "'select a from b where c = '"
CALL = "os.system(a)\n"
GROWING: Mapping[str, Callable[[int], str]] = {
    "calls": lambda size: CALL * size,
    "guards": lambda size: "def f(a):\n" + f"  if b(a): return\n  {CALL}" * size,
    "what was asked before": lambda size: "def f(a):\n" + f"  ask(a)\n  {CALL}" * size,
    "ways": lambda size: f"if a: {CALL}" + f"elif a: {CALL}" * (size // 4),
    "cases": lambda size: "match a:\n" + f"  case {{'a': b}} if c: {CALL}" * size,
    "operands": lambda size: " or ".join(["os.system(a)"] * (size // 2)),
    "one test": lambda size: f"if {' and '.join(['a'] * size)}: {CALL}",
    "conditions": lambda size: f"[os.system(a) for a in b {'if a ' * size}]",
    "decorators": lambda size: "@a.b(c)\n" * size + "def f(a):\n" + f"  {CALL}" * size,
    "arguments": lambda size: f"os.system({', '.join(['a'] * size)})",
    "keywords": lambda size: f"os.system(a, {', '.join(f'k{n}=a' for n in range(size))})",
    "methods": lambda size: f"{QUERY}{'.format(a)' * (size // 4)}",
    "operators": lambda size: f"q = {QUERY}{' + a' * size}",
    "takers": lambda size: f"q = {QUERY} + a\n" + "f(q)\n" * size,
    "functions": lambda size: f"class A(b):\n  def f(a):\n    {CALL}" * size,
    "tries": lambda size: "".join(
        f"try:\n  check(a)\nexcept E:\n  {CALL}" for _ in range(size)
    ),
}
"""Files that grow in one direction, as somebody would write them who wants to keep a worker busy."""


def read_growing(name: str, size: int) -> bytes:
    return f"import os\n{GROWING[name](size)}".encode()


def answer_to(source: bytes, longest: int = Limits().answer) -> Reply:
    """What a worker says of a file."""
    job = CheckJob(1, compares=False, language="python", rules=(RULE,), sides=(source,))
    runner = TaskRunner(CHECKS, b"salt")
    runner.prepare(job)
    return unpack_reply(_reply_to(job, runner, longest)[LENGTH_SIZE:])


@pytest.mark.parametrize("name", GROWING)
def test_a_hostile_file_gets_an_answer(name: str) -> None:
    answer = deeply(lambda: answer_to(read_growing(name, 250)))
    assert isinstance(answer, Done)


def test_more_contexts_than_an_answer_holds_leave_the_file_unanalysed() -> None:
    answer = deeply(lambda: answer_to(read_growing("guards", 500), 1 << 19))
    assert isinstance(answer, NotDone)
    assert answer.reason == "the checks found more in it than they can report"


def calls_of(source: bytes) -> int:
    """How many functions are called to find a file's observations."""
    read_source = read_python(source)
    count = 0

    def note(_frame: object, event: str, _: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        list(scan_insecure_code(read_source))
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", GROWING)
def test_work_is_in_proportion_to_the_file(name: str) -> None:
    small, large = (
        deeply(partial(calls_of, read_growing(name, size))) for size in (200, 400)
    )
    assert large <= 2.2 * small


def test_a_long_list_is_cut_and_the_rest_counts() -> None:
    guards = "".join(f"  if a{n}(b): return\n" for n in range(MOST_CONSTANTS + 10))
    text = f"import os\ndef f(b):\n{guards}  os.system(b)"
    [one] = contexts(text, "B605")
    [other] = contexts(text.replace("a3(b)", "not a3(b)"), "B605")
    assert len(one.guards) == MOST_CONSTANTS
    assert one.guards == other.guards
    assert one.rest != other.rest != ""
    [fewer] = contexts(text.replace("  if a3(b): return\n", ""), "B605")
    assert fewer.rest not in {one.rest, ""}


def test_of_many_decorators_the_innermost_are_told_apart() -> None:
    decorators = "".join(f"@a{n}\n" for n in range(40))
    text = f"import os\n{decorators}def f(b):\n  os.system(b)"
    [one] = contexts(text, "B605")
    [other] = contexts(text.replace("@a3\n", "@other\n"), "B605")
    assert one.exposure == other.exposure
    assert len(one.exposure) == MOST_SURROUNDINGS
    assert one.exposure[-1].what == "header"
    assert one.rest != other.rest
