"""Notes of git-ai: their format with its real deviations, and what they add to a change."""

import json

import pytest

from judgegate.model.levels import Authorship
from judgegate.model.ranges import LineRange
from judgegate.provenance.git_notes import (
    NOT_FETCHED,
    NoteClaim,
    parse_note,
    parse_older_note,
)
from tests.provenance.changes import CLAUDE, ai_lines, line, record_of, signals, weighed
from tests.repositories import RepositoryBuilder

SESSIONS = {
    "s_59382cac373d67": {
        "agent_id": {"tool": "codex", "id": "1", "model": "gpt-5"},
        "human_author": "Alice <alice@example.com>",
    }
}
CURSOR = {"agent_id": {"tool": "cursor"}}
HUMANS = {"h_59382cac373d67": {"author": "Alice <alice@example.com>"}}


def note(attestation: str, *, sessions: object = None, prompts: object = None) -> bytes:
    document = {
        "schema_version": "authorship/3.0.0",
        "prompts": prompts or {},
        "sessions": sessions or {},
        "humans": HUMANS,
    }
    return f"{attestation}---\n{json.dumps(document)}".encode()


AI_KEY = "s_59382cac373d67::t_b36996ac40fae3"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (note(f"a.py\n  {AI_KEY} 3-5,9\n", sessions=SESSIONS), [("a.py", 3, 5, "codex"), ("a.py", 9, 9, "codex")]),
        (note('"a b.py"\n  0123456789abcdef 1\n', prompts={"0123456789abcdef": CURSOR}), [("a b.py", 1, 1, "cursor")]),
        (note("a.py\n  0123abc 1\n"), [("a.py", 1, 1, "0123abc")]),
        (note("a.py\n  0b0e4a4c-0000-4000-8000-000000000000 2\n"), [("a.py", 2, 2, "0b0e4a4c-0000-4000-8000-000000000000")]),
        (note("a.py\n  h_59382cac373d67 1-9\n"), []),
        (note("", sessions=SESSIONS), []),
        (note(f"a.py\n  h_59382cac373d67 1\n  {AI_KEY} 2\nb.py\n  {AI_KEY} 7\n"), [("a.py", 2, 2, AI_KEY), ("b.py", 7, 7, AI_KEY)]),
        (note(f"a.py\n  {AI_KEY} 5-3,0,x,4\n", sessions=SESSIONS), [("a.py", 4, 4, "codex")]),
        (f"a.py\r\n  {AI_KEY} 1\r\n---\r\n{{}}".encode(), [("a.py", 1, 1, AI_KEY)]),
        (f"a.py\n  {AI_KEY} 1\n---\nnot json".encode(), [("a.py", 1, 1, AI_KEY)]),
        (f"a.py\n  {AI_KEY} 1\n---\n".encode() + b"[" * 100_000, [("a.py", 1, 1, AI_KEY)]),
        (f"  {AI_KEY} 1\n---\n{{}}".encode(), []),
        (b"", []),
    ],
)  # fmt: skip
def test_a_note_claims_the_lines_that_it_gives_to_an_ai(
    raw: bytes, expected: list[tuple[str, int, int, str]]
) -> None:
    claims: list[NoteClaim] = list(parse_note(raw))
    assert [
        (claim.path, claim.lines.start, claim.lines.end, claim.agent) for claim in claims
    ] == expected


@pytest.mark.parametrize(
    ("raw", "agent"),
    [
        (json.dumps({"prompts": SESSIONS}).encode(), "codex"),
        (b"{}", ""),
        (b"[]", ""),
        (b"{", ""),
        (b"[" * 100_000, ""),
        (b'{"prompts": {"a": 1}}', ""),
    ],
)
def test_a_note_from_before_the_standard_names_an_agent_or_nobody(
    raw: bytes, agent: str
) -> None:
    assert parse_older_note(raw) == agent


def annotate(repository: RepositoryBuilder, commit: str, raw: bytes) -> None:
    oid = repository.git("hash-object", "-w", "--stdin", stdin=raw).strip()
    who = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", "Alice"), ("EMAIL", "alice@example.com"))
    }
    repository.git("notes", "--ref=ai", "add", "-f", "-C", oid, commit, environment=who)


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write("app.py", "one = 1\n").commit("Start")
    return repository.branch("topic")


def test_a_notes_lines_are_followed_to_the_head(topic: RepositoryBuilder) -> None:
    first = topic.write("new.py", "alpha = 1\nbeta = 2\ngamma = 3\n").commit("Add")
    annotate(
        topic,
        first,
        note(f"new.py\n  {AI_KEY} 2\n  h_59382cac373d67 1,3\n", sessions=SESSIONS),
    )
    topic.write("new.py", "zero = 0\nalpha = 1\nbeta = 2\ngamma = 3\n").commit(
        "More by hand"
    )
    record = record_of(topic.path)
    assessment = weighed(topic.path)
    assert ai_lines(assessment, "new.py") == [3]
    assert signals(record.evidence) == ["git-ai/note"]
    assert record.evidence[0].quote == f"new.py {AI_KEY} 2 (codex)"
    assert assessment.of_lines("new.py", line(2)) is Authorship.UNMARKED


def test_a_note_adds_to_a_commits_own_evidence(topic: RepositoryBuilder) -> None:
    first = topic.write("new.py", "alpha = 1\nbeta = 2\n").commit("Add", trailers=[CLAUDE])
    annotate(topic, first, note("new.py\n  h_59382cac373d67 1-2\n"))
    assert ai_lines(weighed(topic.path), "new.py") == [1, 2]


def test_a_note_without_ai_lines_is_no_evidence(topic: RepositoryBuilder) -> None:
    first = topic.write("new.py", "alpha = 1\n").commit("Add")
    annotate(topic, first, note("", sessions=SESSIONS))
    record = record_of(topic.path)
    assert (record.evidence, record.notices) == ((), ())


def test_a_note_from_before_the_standard_speaks_of_the_change(
    topic: RepositoryBuilder,
) -> None:
    first = topic.write("new.py", "alpha = 1\n").commit("Add")
    blob = topic.git(
        "hash-object", "-w", "--stdin", stdin=json.dumps({"prompts": SESSIONS}).encode()
    ).strip()
    topic.git("update-ref", f"refs/ai/authorship/{first}", blob)
    record = record_of(topic.path)
    assert (signals(record.evidence), record.whole) == (["git-ai/older-note"], (0,))


def test_a_note_that_is_too_large_is_said_so(topic: RepositoryBuilder) -> None:
    first = topic.write("new.py", "alpha = 1\n").commit("Add")
    annotate(topic, first, b"x" * 5_000_001)
    assert [notice.code for notice in record_of(topic.path).notices] == ["note-not-read"]


def test_where_a_remotes_notes_are_not_here_it_is_said_how_to_fetch_them(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\n").commit("Add")
    assert record_of(topic.path).notices == ()
    topic.git("remote", "add", "origin", "https://example.com/o/r.git")
    assert record_of(topic.path).notices == (NOT_FETCHED,)
    annotate(topic, "main", note("", sessions=SESSIONS))
    assert record_of(topic.path).notices == ()


def test_many_notes_spread_over_directories_are_found(topic: RepositoryBuilder) -> None:
    oid = topic.write("new.py", "alpha = 1\n").commit("Add")
    blob = topic.git(
        "hash-object",
        "-w",
        "--stdin",
        stdin=note(f"new.py\n  {AI_KEY} 1\n", sessions=SESSIONS),
    ).strip()
    inner = topic.git("mktree", stdin=f"100644 blob {blob}\t{oid[2:]}\n".encode()).strip()
    outer = topic.git("mktree", stdin=f"040000 tree {inner}\t{oid[:2]}\n".encode()).strip()
    who = {
        f"GIT_{role}_{field}": "alice@example.com"
        for role in ("AUTHOR", "COMMITTER")
        for field in ("NAME", "EMAIL")
    }
    commit = topic.git("commit-tree", "-m", "Notes", outer, environment=who).strip()
    topic.git("update-ref", "refs/notes/ai", commit)
    assert ai_lines(weighed(topic.path), "new.py") == [1]


def test_claims_are_ranges_of_lines() -> None:
    assert next(parse_note(note(f"a.py\n  {AI_KEY} 3-5\n"))).lines == LineRange(3, 5)
