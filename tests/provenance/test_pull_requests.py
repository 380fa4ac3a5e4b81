"""Pull requests: their JSON in every usual shape, and the markers in their fields."""

import json

import pytest

from judgegate.model.approvals import PullRequest
from judgegate.provenance.gather import find_in_pull_request
from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.pull_request_file import (
    LARGEST,
    PullRequestError,
    read_pull_request,
)

REST = {
    "number": 7,
    "title": "Add x",
    "body": "Prose",
    "user": {"login": "alice", "type": "User"},
    "head": {"ref": "topic", "sha": "1" * 40},
    "base": {"ref": "main", "sha": "2" * 40},
    "labels": [{"name": "codex"}, {"name": "bug"}],
}
GH = {
    "number": 7,
    "title": "Add x",
    "body": "Prose",
    "author": {"login": "alice", "is_bot": False, "name": "Alice"},
    "headRefName": "topic",
    "headRefOid": "1" * 40,
    "baseRefName": "main",
    "labels": [{"name": "codex"}, {"name": "bug"}],
}
GRAPHQL = {
    "data": {
        "repository": {
            "pullRequest": GH
            | {
                "author": {"login": "alice", "__typename": "User"},
                "labels": {"nodes": GH["labels"]},
            }
        }
    }
}
EXPECTED = PullRequest(
    7, "Add x", "Prose", "alice", "User", "topic", "main", "1" * 40, ("codex", "bug")
)


@pytest.mark.parametrize(
    "document",
    [REST, {"action": "opened", "pull_request": REST}, GH, GRAPHQL],
    ids=["rest", "event", "gh", "graphql"],
)
def test_a_pull_request_is_read_from_any_usual_shape(document: object) -> None:
    assert read_pull_request(json.dumps(document).encode()) == EXPECTED


def test_what_is_missing_or_null_is_not_known() -> None:
    request = read_pull_request(
        json.dumps(
            {
                "pull_request": {
                    "number": 7,
                    "title": None,
                    "body": None,
                    "user": None,
                    "labels": None,
                }
            }
        ).encode()
    )
    assert request == PullRequest(number=7)


def test_an_app_of_the_gh_command_is_a_bot() -> None:
    request = read_pull_request(
        json.dumps({"author": {"login": "app/claude", "is_bot": True}}).encode()
    )
    assert (request.author, request.author_type) == ("app/claude", "Bot")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "JSON"),
        (b"[]", "describe a pull request"),
        (b"{}", "none of the fields"),
        (b'{"pull_request": {"number": "seven"}}', "number"),
        (b'{"labels": 1}', "labels"),
        (b"\xff", "describe a pull request"),
        (b"[" * 100_000, "describe a pull request"),
    ],
)
def test_what_describes_no_pull_request_is_an_error(raw: bytes, said: str) -> None:
    with pytest.raises(PullRequestError, match=said):
        read_pull_request(raw, "event.json")


def test_a_file_beyond_all_measure_is_not_read() -> None:
    with pytest.raises(PullRequestError, match="larger than 25 MB"):
        read_pull_request(b" " * (LARGEST + 1))


def found(**fields: object) -> list[tuple[str, str]]:
    request = PullRequest(**fields)  # type: ignore[arg-type]  # a table's rows
    return [
        (marker.signal.id, marker.source)
        for marker in find_in_pull_request(request, default_matcher()).markers
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "\U0001f916 Generated with [Claude Code](https://claude.com/claude-code)",
            [("claude-code/footer", "pull request body (footer)")],
        ),
        (
            "Prose\r\n\r\n------\r\nhttps://chatgpt.com/codex/tasks/task_e_0123456789abcdef0123",
            [("openai-codex/task", "pull request body (fragment)")],
        ),
        (
            "<!-- START COPILOT CODING AGENT SUFFIX -->",
            [("github-copilot/body", "pull request body (comment)")],
        ),
        ("text <!-- START  COPILOT CODING AGENT TIPS --> text", []),
        (
            "<!-- CURSOR_AGENT_PR_BODY_BEGIN -->\nText\n<!-- CURSOR_AGENT_PR_BODY_END -->",
            [("cursor/body", "pull request body (comment)")],
        ),
        ("<!--\nGenerated with [Claude Code](https://claude.com/claude-code)\n-->", []),
        ("> Generated with [Claude Code](https://claude.com/claude-code)", []),
        ("```\nMade-with: Cursor\n```", []),
        ("> <!-- CURSOR_AGENT_PR_BODY_BEGIN -->", []),
        (
            "`<!--` is never closed\n\nMade-with: Cursor",
            [("cursor/made-with", "pull request body (trailer)")],
        ),
        ("- [x] I used AI to write this", [("any/box-used", "disclosure box")]),
        (
            "* [X] Parts of this change were generated with an LLM",
            [("any/box-used", "disclosure box")],
        ),
        ("- [ ] I used AI to write this", []),
        ("- [x] I have read the AI policy", []),
        ("- [x] I did not use AI", []),
        (
            "- [x] I have reviewed all AI-generated code",
            [("any/box-perhaps", "disclosure box")],
        ),
        ("See:\n> https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef", []),
        ("Link to Devin\nrun: 7", [("devin/run-link", "pull request body (fragment)")]),
        ("This teaches Claude and Copilot to wait", []),
    ],
)
def test_a_body_is_read_without_what_is_hidden_or_quoted(
    body: str, expected: list[tuple[str, str]]
) -> None:
    assert found(body=body) == expected


def test_a_box_that_says_no_is_a_statement_that_is_kept() -> None:
    request = PullRequest(body="- [x] No AI was used for this change")
    found = find_in_pull_request(request, default_matcher())
    assert (found.markers, found.denials) == ((), ("- [x] No AI was used for this change",))


def test_author_and_labels_are_read() -> None:
    assert found(
        author="devin-ai-integration", author_type="Bot", labels=("Codex", "bug")
    ) == [
        ("devin/app", "pull request author"),
        ("openai-codex/label", "label"),
    ]


def test_a_person_with_an_apps_name_is_not_taken_for_it() -> None:
    assert found(author="claude", author_type="User") == []
