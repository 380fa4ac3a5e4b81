"""Everything about a change in one record: commits, branch, pull request, the message being written, earlier reports."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from judgegate.change.commits import read_commits
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base
from judgegate.model.approvals import PullRequest
from judgegate.model.change import Change, ChangeSource
from judgegate.model.evidence import Evidence
from judgegate.model.levels import Authorship, Certainty, Role
from judgegate.provenance.catalogue import load_catalogue
from judgegate.provenance.gather import GatherContext, gather
from judgegate.provenance.matcher import matcher_for
from judgegate.provenance.previous_reports import PreviousReportError, read_previous_report
from tests.provenance.changes import CLAUDE, record_of, signals, weighed
from tests.repositories import RepositoryBuilder


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write("app.py", "one = 1\n").commit("Start")
    repository.branch("topic").write("new.py", "alpha = 1\n").commit("Add by hand")
    return repository


def test_one_marked_commit_of_many_marks_the_change(topic: RepositoryBuilder) -> None:
    topic.write("a.py", "alpha = 1\n").commit("By agent", trailers=[CLAUDE])
    for number in range(5):
        topic.write("a.py", f"alpha = {number}\n").commit("By hand")
    assert weighed(topic.path).verdict is Authorship.AI


@pytest.mark.parametrize(
    ("context", "signal", "source"),
    [
        (GatherContext(branch="codex/x"), "openai-codex/branch", "branch"),
        (
            GatherContext(pull_request=PullRequest(branch="devin/fix")),
            "devin/branch",
            "branch",
        ),
        (
            GatherContext(pull_request=PullRequest(body="Made-with: Cursor")),
            "cursor/made-with",
            "pull request body (trailer)",
        ),
        (
            GatherContext(pull_request=PullRequest(author="claude[bot]")),
            "claude-code/app",
            "pull request author",
        ),
        (
            GatherContext(message=f"Add x\n\n{CLAUDE}".encode()),
            "claude-code/address",
            "message being written (co-author)",
        ),
    ],
)
def test_what_surrounds_the_change_speaks_of_the_whole(
    topic: RepositoryBuilder, context: GatherContext, signal: str, source: str
) -> None:
    record = record_of(topic.path, context)
    assert [(piece.signal, piece.source, piece.commit) for piece in record.evidence] == [
        (signal, source, None)
    ]
    assert record.whole == (0,)
    assert weighed(topic.path, context).whole


def test_the_branch_that_is_named_wins_over_the_pull_requests(
    topic: RepositoryBuilder,
) -> None:
    context = GatherContext(branch="main", pull_request=PullRequest(branch="devin/fix"))
    assert record_of(topic.path, context).evidence == ()


def test_the_branch_that_is_checked_out_is_read(topic: RepositoryBuilder) -> None:
    topic.branch("copilot/fix")
    assert signals(record_of(topic.path).evidence) == ["github-copilot/branch"]


def test_statements_that_no_ai_took_part_are_kept_and_outweigh_nothing(
    topic: RepositoryBuilder,
) -> None:
    topic.write("a.py", "alpha = 1\n").commit(
        "By agent\n\nAI-assisted: no", trailers=[CLAUDE]
    )
    record = record_of(
        topic.path,
        GatherContext(
            pull_request=PullRequest(body="- [x] No AI was used"),
            message=b"x\n\nAI-assisted: no\n",
        ),
    )
    assert record.declared_none == ("AI-assisted: no", "- [x] No AI was used")
    assert weighed(topic.path).verdict is Authorship.AI


def test_a_change_without_a_repository_is_judged_by_what_surrounds_it() -> None:
    change = Change(ChangeSource.PATCH, None, None, (), "", "", ())
    assert signals(gather(change, None, GatherContext(branch="codex/x")).evidence) == [
        "openai-codex/branch"
    ]


def test_a_policys_catalogue_is_the_one_that_is_asked(topic: RepositoryBuilder) -> None:
    topic.write("a.py", "alpha = 1\n").commit("By agent", trailers=[CLAUDE])
    with Repository.open(topic.path) as repository:
        change = read_commits(repository, choose_base(repository, "main"))
        matcher = matcher_for(replace(load_catalogue(), signals=()))
        assert gather(change, repository, matcher=matcher).evidence == ()


def test_the_same_change_gives_the_same_record(topic: RepositoryBuilder) -> None:
    topic.write("a.py", "alpha = 1\n").commit(
        "By agent", trailers=[CLAUDE, "Made-with: Cursor"]
    )
    assert record_of(topic.path) == record_of(topic.path)


def report(*evidence: object) -> bytes:
    return json.dumps({"version": 1, "provenance": {"evidence": list(evidence)}}).encode()


EARLIER = {
    "tool": "claude-code",
    "signal": "claude-code/address",
    "role": "authored",
    "confidence": "certain",
    "source": "co-author",
    "commit": "1" * 40,
    "quote": CLAUDE,
}


def test_a_force_push_does_not_launder_a_change(topic: RepositoryBuilder) -> None:
    previous = read_previous_report(report(EARLIER))
    record = record_of(topic.path, GatherContext(previous=previous))
    assert record.evidence == (
        Evidence(
            "claude-code",
            "claude-code/address",
            Role.AUTHORED,
            Certainty.CERTAIN,
            "co-author (previous report)",
            "1" * 40,
            CLAUDE,
        ),
    )
    assert weighed(topic.path, GatherContext(previous=previous)).whole


def test_evidence_that_is_still_there_is_not_reported_twice(
    topic: RepositoryBuilder,
) -> None:
    agent = topic.write("a.py", "alpha = 1\n").commit("By agent", trailers=[CLAUDE])
    previous = read_previous_report(report(EARLIER | {"commit": agent}))
    record = record_of(topic.path, GatherContext(previous=previous))
    assert (len(record.evidence), record.whole) == (1, ())


def test_an_earlier_report_takes_nothing_away(topic: RepositoryBuilder) -> None:
    topic.write("a.py", "alpha = 1\n").commit("By agent", trailers=[CLAUDE])
    assert (
        record_of(
            topic.path, GatherContext(previous=read_previous_report(report()))
        ).evidence
        == record_of(topic.path).evidence
    )


def test_a_report_of_a_report_names_its_place_once() -> None:
    (first,) = read_previous_report(report(EARLIER))
    (second,) = read_previous_report(report(EARLIER | {"source": first.source}))
    assert second == first


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"version": 2, "provenance": {"evidence": []}}',
        b'{"version": true, "provenance": {"evidence": []}}',
        b'{"version": 1.0, "provenance": {"evidence": []}}',
        b'{"version": 1, "version": 1, "provenance": {"evidence": []}}',
        report(EARLIER)[:-1] + b', "provenance": {"evidence": []}}',
        report(EARLIER)[:-3] + b'], "evidence": []}}',
        report(1),
        report(EARLIER | {"confidence": "sure"}),
        report(EARLIER | {"tool": 1}),
    ],
)
def test_what_is_no_report_is_an_error(raw: bytes) -> None:
    with pytest.raises(PreviousReportError):
        read_previous_report(raw, "old.json")


def test_a_key_that_stands_twice_is_named() -> None:
    with pytest.raises(PreviousReportError, match=r"old.json has the key 'evidence' twice"):
        read_previous_report(report(EARLIER)[:-3] + b'], "evidence": []}}', "old.json")


def test_a_message_that_is_too_long_to_be_searched_is_reported(
    topic: RepositoryBuilder,
) -> None:
    message = "assisted-by: a\n" * 30_000
    commit = topic.write("a.py", "alpha = 1\n").commit(f"Add x\n\n{message}")
    record = record_of(topic.path, GatherContext(message=f"Add y\n\n{message}".encode()))
    assert [
        (notice.code, notice.message.rpartition(": ")[2]) for notice in record.notices
    ] == [
        ("message-too-long", f"the message of {commit[:12]}."),
        ("message-too-long", "the texts of the pull request or the message being written."),
    ]


def test_a_repository_that_is_asked_from_elsewhere_gives_the_same(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    topic.write("new.py", "alpha = 1\nbeta = 1\n").commit("By agent", trailers=[CLAUDE])
    bare = tmp_path / "bare.git"
    topic.git("clone", "--quiet", "--bare", str(topic.path), str(bare))
    assert record_of(bare).lines == record_of(topic.path).lines
