"""Facts are made beside the observations, and a content that has none is no failure."""

import pytest
from msgspec.structs import replace

from judgegate.checks.check_types import Scan
from judgegate.model.facts import FileFacts
from judgegate.sources import python_facts
from judgegate.workers.pool import Pool
from judgegate.workers.wire import (
    LENGTH_SIZE,
    CheckJob,
    Done,
    Failed,
    NotDone,
    Scanned,
    ScanTask,
    unpack_reply,
)
from judgegate.workers.worker import TaskRunner, _reply_to
from tests.workers.rows import observe

RULE = "security/insecure-code"
NOTHING = Scan("nothing", (RULE,), ("python", "go", "css", "yaml"), lambda _: iter(()))


def job(content: bytes, language: str = "python", *, facts: bool = True) -> CheckJob:
    return CheckJob(
        3, compares=False, language=language, rules=(RULE,), sides=(content,), facts=facts
    )


def facts_of(content: bytes, language: str = "python") -> FileFacts | None:
    reply = TaskRunner((NOTHING,), b"salt").run(job(content, language))
    assert isinstance(reply, Done), reply
    return reply.facts


def test_facts_are_made_where_they_are_asked_for() -> None:
    facts = facts_of(b"def f(): ...\n")
    assert facts is not None
    assert [(unit.name, unit.lines.end) for unit in facts.units] == [("f", 1)]
    reply = TaskRunner((NOTHING,), b"").run(job(b"def f(): ...\n", facts=False))
    assert isinstance(reply, Done)
    assert reply.facts is None


def test_other_languages_have_facts_by_their_grammar() -> None:
    facts = facts_of(b"package a\n\nfunc F() {}\n", "go")
    assert facts is not None
    assert "F" in {unit.name for unit in facts.units}


def test_what_is_no_code_has_a_structure() -> None:
    facts = facts_of(b"on: push\n", "yaml")
    assert facts is not None
    assert ("on",) in {entry.path for entry in facts.entries}


@pytest.mark.parametrize(
    ("content", "language"),
    [(b"func (((", "go"), (b"a { color: red }", "css"), (b"a: [", "yaml")],
)
def test_what_has_no_facts_is_read_all_the_same(content: bytes, language: str) -> None:
    assert facts_of(content, language) is None


def test_a_file_whose_facts_cannot_be_made_is_not_analysed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: object) -> None:
        raise KeyError("units")

    monkeypatch.setattr(python_facts, "extract_python", fail)
    assert TaskRunner((NOTHING,), b"").run(job(b"x\n")) == Done(
        3, (RULE,), (), failure="its structure could not be read (KeyError: 'units')"
    )


def test_an_observation_that_no_message_can_hold_fails_its_file() -> None:
    seen = [replace(observe(RULE, ""), excerpt="\ud800")]
    row = Scan("odd", (RULE,), ("python",), lambda _: iter(seen))
    body = _reply_to(job(b"x\n"), TaskRunner((row,), b""), 1 << 20)
    assert unpack_reply(body[LENGTH_SIZE:]) == NotDone(
        3, "what the checks found in it cannot be written down"
    )


def test_the_parent_gets_the_facts_of_each_content() -> None:
    with Pool(1, b"salt") as pool:
        rules = frozenset({RULE})
        tasks = [
            ScanTask("a", "python", rules, b"class A:\n    def f(self): ...\n", facts=True),
            ScanTask("b", "python", rules, b"x = (\n", facts=True),
            ScanTask("c", "python", rules, b"x = 1\n"),
        ]
        first, second, third = pool.scan(tasks)
    assert isinstance(first, Scanned)
    assert first.facts is not None
    assert [unit.name for unit in first.facts.units] == ["A", "A.f"]
    assert isinstance(second, Failed)
    assert isinstance(third, Scanned)
    assert third.facts is None
