"""Whole runs of `judgegate provenance --range`."""

import csv
import io
import json

import pytest

from tests.repositories import RepositoryBuilder
from tests.runs import run

CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"


@pytest.fixture
def history(repository: RepositoryBuilder) -> RepositoryBuilder:
    """Four commits in two months, two of them marked."""
    repository.write("a", "1").commit("One", date=1_767_614_400)
    repository.git("tag", "one")
    repository.write("a", "2").commit("Two", trailers=[CLAUDE], date=1_767_614_500)
    repository.write("a", "3").commit("Three", date=1_770_300_000)
    repository.write("a", "4").commit(
        "Four",
        trailers=[CLAUDE, "Co-authored-by: aider (gpt) <aider@aider.chat>"],
        date=1_770_300_100,
    )
    return repository


def test_a_history_is_counted_by_month_and_tool(history: RepositoryBuilder) -> None:
    done = run("provenance", "--range", "HEAD", at=history)
    assert done.code == 0
    assert done.out.splitlines()[0] == "HEAD: 2 of 4 commits are AI-assisted (50.0 %)."
    assert [line.split() for line in done.out.splitlines()[4:]] == [
        ["2026-01", "2", "1", "50.0", "%", "claude-code", "1"],
        ["2026-02", "2", "1", "50.0", "%", "aider", "1,", "claude-code", "1"],
        ["total", "4", "2", "50.0", "%", "claude-code", "2,", "aider", "1"],
    ]


def test_a_range_leaves_out_what_its_start_has(history: RepositoryBuilder) -> None:
    told = json.loads(
        run("provenance", "--range", "one..HEAD", "-f", "json", at=history).out
    )
    assert told["total"] == {
        "commits": 3,
        "assisted": 2,
        "by_tool": {"aider": 1, "claude-code": 2},
    }


def test_as_csv_it_has_a_row_for_each_month_and_tool(history: RepositoryBuilder) -> None:
    rows = list(
        csv.reader(
            io.StringIO(run("provenance", "--range", "one..", "-f", "csv", at=history).out)
        )
    )
    assert rows[0] == ["month", "tool", "commits", "assisted"]
    assert ["2026-02", "claude-code", "2", "1"] in rows


def test_an_empty_range_is_no_crash(history: RepositoryBuilder) -> None:
    assert "0 of 0 commits" in run("provenance", "--range", "HEAD..HEAD", at=history).out


@pytest.mark.parametrize(
    "revisions", ["one...HEAD", "nowhere..HEAD", "--all", "one..nowhere"]
)
def test_what_is_no_range_is_reported(history: RepositoryBuilder, revisions: str) -> None:
    done = run("provenance", f"--range={revisions}", at=history)
    assert (done.code, done.out) == (2, "")


def test_csv_is_for_a_history(history: RepositoryBuilder) -> None:
    assert run("provenance", "-f", "csv", at=history).code == 2
