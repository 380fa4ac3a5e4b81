"""Agent Trace records: their format, read tolerantly, and what the change's own ones add."""

import json
from collections.abc import Mapping

import pytest

from judgegate.provenance.agent_traces import (
    LARGEST_FILE,
    LAST_LINE,
    TOO_LARGE,
    TRACES_PATH,
    parse_record,
)
from judgegate.provenance.claims import MOST_AGENTS
from tests.provenance.changes import ai_lines, record_of, signals, weighed
from tests.repositories import RepositoryBuilder

AI = {"type": "ai", "model_id": "maker/model"}
HUMAN = {"type": "human"}


def conversation(*ranges: tuple[int, int], by: Mapping[str, str] = AI) -> dict[str, object]:
    return {
        "contributor": dict(by),
        "ranges": [{"start_line": start, "end_line": end} for start, end in ranges],
    }


def trace(path: str, *conversations: object, revision: str | None = None) -> str:
    record: dict[str, object] = {
        "version": "0.1.0",
        "id": "1",
        "timestamp": "2026-01-01T00:00:00Z",
        "tool": {"name": "cursor"},
    }
    if revision:
        record["vcs"] = {"type": "git", "revision": revision}
    return (
        json.dumps(
            record | {"files": [{"path": path, "conversations": list(conversations)}]}
        )
        + "\n"
    )


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            trace("a.py", conversation((1, 2), (5, 5))),
            [("a.py", [(1, 2), (5, 5)], "maker/model")],
        ),
        (
            trace("./a.py", conversation((1, 2), by={"type": "mixed"})),
            [("a.py", [(1, 2)], "cursor")],
        ),
        (trace("a.py", conversation((1, 2), by=HUMAN)), []),
        (trace("a.py", conversation((1, 2), by={"type": "unknown"})), []),
        (trace("a.py", {"ranges": [{"start_line": 1, "end_line": 2}]}), []),
        (
            trace(
                "a.py",
                {
                    "contributor": HUMAN,
                    "ranges": [{"start_line": 1, "end_line": 2, "contributor": AI}],
                },
            ),
            [("a.py", [(1, 2)], "cursor")],
        ),
        (
            trace(
                "a.py",
                {
                    "contributor": AI,
                    "ranges": [{"start_line": 1, "end_line": 2, "contributor": HUMAN}],
                },
            ),
            [],
        ),
        (trace("a.py", {"contributor": AI, "ranges": []}), [("a.py", [], "maker/model")]),
        (trace("a.py", {"contributor": HUMAN}), []),
        (trace("a.py", conversation((2, 1)), "junk"), []),
        (
            trace(
                "a.py",
                {
                    "contributor": AI,
                    "ranges": ["junk", {"start_line": True, "end_line": 2}],
                },
            ),
            [],
        ),
        ('{"files": [1, {"path": 2}, {"path": "a.py"}]}', []),
    ],
)
def test_a_record_shows_the_ais_lines(
    record: str, expected: list[tuple[str, list[tuple[int, int]], str]]
) -> None:
    found = parse_record(record.encode())
    assert found is not None
    assert [
        (one.path, [(lines.start, lines.end) for lines in one.lines], one.agent)
        for one in found
    ] == expected


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b"{}", b'{"files": {}}', b"[" * 100_000, b"\xff"]
)
def test_what_is_no_record_is_none(raw: bytes) -> None:
    assert parse_record(raw) is None


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write("app.py", "one = 1\n").write(
        TRACES_PATH, trace("app.py", conversation((1, 9)))
    ).commit("Start")
    return repository.branch("topic")


OLD = trace("app.py", conversation((1, 9)))


def test_a_record_claims_lines_of_the_head(topic: RepositoryBuilder) -> None:
    topic.write("new.py", "alpha = 1\nbeta = 2\ngamma = 3\n").write(
        TRACES_PATH, OLD + trace("new.py", conversation((2, 2)))
    ).commit("Add")
    assert ai_lines(weighed(topic.path), "new.py") == [2]


def test_a_record_may_claim_more_lines_than_any_file_has(topic: RepositoryBuilder) -> None:
    claims = conversation((2, LAST_LINE), (1, LAST_LINE))
    topic.write("new.py", "alpha = 1\nbeta = 2\n").write(
        TRACES_PATH, OLD + trace("new.py", claims)
    ).commit("Add")
    assert ai_lines(weighed(topic.path), "new.py") == [1, 2]


def test_a_record_of_an_older_change_says_nothing_here(topic: RepositoryBuilder) -> None:
    topic.write("app.py", "one = 1\ntwo = 2\n").write(
        TRACES_PATH, OLD + trace("other.py", conversation((1, 1)))
    ).commit("Add")
    assert record_of(topic.path).evidence == ()


def test_a_records_lines_are_followed_from_its_revision(topic: RepositoryBuilder) -> None:
    first = topic.write("new.py", "alpha = 1\nbeta = 2\n").commit("Add")
    record = trace("new.py", conversation((2, 2)), revision=first)
    topic.write("new.py", "zero = 0\nalpha = 1\nbeta = 2\n").write(
        TRACES_PATH, OLD + record
    ).commit("More")
    assert ai_lines(weighed(topic.path), "new.py") == [3]


def test_a_record_whose_lines_cannot_be_placed_claims_the_file(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\nbeta = 2\n").write(
        TRACES_PATH, OLD + trace("new.py", conversation((90, 99)))
    ).commit("Add")
    assert ai_lines(weighed(topic.path), "new.py") == [1, 2]


def test_one_tool_is_reported_once_for_each_file(topic: RepositoryBuilder) -> None:
    records = trace("new.py", conversation((1, 1))) + trace("new.py", conversation((2, 2)))
    topic.write("new.py", "alpha = 1\nbeta = 2\n").write(TRACES_PATH, OLD + records).commit(
        "Add"
    )
    record = record_of(topic.path)
    assert signals(record.evidence) == ["agent-trace/record"]
    assert record.evidence[0].quote == "new.py 1 (maker/model)"


def test_agents_beyond_all_measure_share_the_evidence_of_the_last_one(
    topic: RepositoryBuilder,
) -> None:
    agents = [
        {"type": "ai", "model_id": f"maker/{number}"} for number in range(MOST_AGENTS)
    ]
    records = [trace("new.py", conversation((1, 1), by=agent)) for agent in agents]
    records.append(trace("new.py", conversation((2, 2), by=AI)))
    topic.write("new.py", "alpha = 1\nbeta = 2\ngamma = 3\n").write(
        TRACES_PATH, OLD + "".join(records)
    ).commit("Add")
    record = record_of(topic.path)
    assert len(record.evidence) == MOST_AGENTS
    _, second, third = [one for one in record.lines if one.path == "new.py"]
    assert (second.evidence, third.evidence) == ((MOST_AGENTS - 1,), ())
    assert ai_lines(weighed(topic.path), "new.py") == [1, 2]


def test_records_that_cannot_be_read_are_counted(topic: RepositoryBuilder) -> None:
    topic.write("new.py", "alpha = 1\n").write(TRACES_PATH, OLD + "junk\n").commit("Add")
    assert [
        (notice.code, notice.message[:10]) for notice in record_of(topic.path).notices
    ] == [("trace-unreadable", "1 of the 1")]


def test_a_link_in_the_records_place_is_not_followed(topic: RepositoryBuilder) -> None:
    topic.remove(TRACES_PATH).link(TRACES_PATH, "../app.py").commit("Link")
    assert record_of(topic.path).evidence == ()


def test_records_beyond_all_measure_are_not_read_and_it_is_said(
    topic: RepositoryBuilder,
) -> None:
    topic.write(TRACES_PATH, "x" * (LARGEST_FILE + 1)).commit("Add")
    assert record_of(topic.path).notices == (TOO_LARGE,)
