"""Whole runs of `judgegate provenance`."""

import json

import pytest

from tests.repositories import RepositoryBuilder
from tests.runs import run

CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A branch with two lines by hand and one by an assistant."""
    repository.write("app.py", "A = 1\n").commit("Start")
    repository.branch("topic").write("app.py", "A = 1\nB = 2\nC = 3\n").commit("By hand")
    repository.write("tool.py", "D = 4\n").commit("By machine", trailers=[CLAUDE])
    return repository


def test_it_shows_the_evidence_and_the_lines_of_each_file(topic: RepositoryBuilder) -> None:
    done = run("provenance", at=topic)
    assert done.code == 0
    assert "AI-assisted (certain), 1 of 3 added lines." in done.out
    assert f'"{CLAUDE}"' in done.out
    assert "1 of 1      100 %  tool.py" in done.out
    assert "0 of 2        0 %  app.py" in done.out


def test_as_json_it_has_the_reports_own_provenance(topic: RepositoryBuilder) -> None:
    told = json.loads(run("provenance", "-f", "json", at=topic).out)
    judged = run("check", "-f", "json", at=topic).report
    assert told["provenance"] == judged["provenance"]
    assert told["files"] == [
        {"path": "app.py", "added": 2, "ai_lines": 0},
        {"path": "tool.py", "added": 1, "ai_lines": 1},
    ]


def test_weak_evidence_is_listed_with_the_reason_why_it_does_not_count(
    topic: RepositoryBuilder,
) -> None:
    topic.switch("main").branch("other").write("x.py", "X = 1\n")
    topic.commit("By hand", committer="Claude <noreply@anthropic.com>")
    done = run("provenance", at=topic)
    assert "Unmarked." in done.out
    assert (
        "Not counted, because weak evidence can be wrong, and the policy requires strong"
        in done.out
    )


def test_nothing_suggests_to_delete_a_marker(topic: RepositoryBuilder) -> None:
    for command in ("provenance", "check"):
        told = run(command, at=topic).out.lower()
        assert "disclosure" in told
        assert not any(
            word in told for word in ("remove the", "delete the marker", "strip")
        )


def test_a_wrong_request_is_reported(topic: RepositoryBuilder) -> None:
    assert run("provenance", "--base", "nowhere", at=topic).code == 2
