"""The payloads of events that bring no pull request along, in the shapes that GitHub sends."""

from typing import Any

from tests.github.fake.answers import tell_account
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import NAME, OWNER, Account

Payload = dict[str, Any]

HERE: Payload = {
    "id": 1,
    "name": NAME,
    "full_name": f"{OWNER}/{NAME}",
    "owner": {"login": OWNER, "id": 2, "type": "Organization"},
}
NOON = "2026-01-05T12:00:00Z"


def tell_comment(
    by: Account | None, body: str, *, number: int = 1, on_issue: bool = False, **more: Any
) -> Payload:
    """Somebody comments on a pull request, or on an issue; `more` takes the place of the payload's keys."""
    url = f"https://github.example.com/{OWNER}/{NAME}/pull/{number}"
    issue: Payload = {
        "id": 3,
        "number": number,
        "state": "open",
        "title": "A change",
        "labels": [],
        "user": tell_account(by),
    }
    if not on_issue:
        issue["pull_request"] = {
            "url": url,
            "html_url": url,
            "diff_url": f"{url}.diff",
            "patch_url": f"{url}.patch",
            "merged_at": None,
        }
    comment: Payload = {
        "id": 4,
        "user": tell_account(by),
        "author_association": "OWNER",
        "body": body,
        "performed_via_github_app": None,
    }
    comment |= {"created_at": NOON, "updated_at": NOON}
    told: Payload = {
        "action": "created",
        "issue": issue,
        "comment": comment,
        "repository": HERE,
        "sender": tell_account(by),
    }
    return told | more


def tell_group(
    head: str,
    number: int,
    parent: str,
    *,
    base: str = "main",
    action: str = "checks_requested",
) -> Payload:
    """A merge queue asks about a group that is named after its last pull request, and stands on `parent`."""
    group = {
        "head_sha": head,
        "head_ref": f"refs/heads/gh-readonly-queue/{base}/pr-{number}-{parent}",
        "base_sha": parent,
        "base_ref": f"refs/heads/{base}",
        "head_commit": {
            "id": head,
            "tree_id": "0" * 40,
            "message": "Merge pull request",
            "timestamp": NOON,
        },
    }
    return {
        "action": action,
        "merge_group": group,
        "repository": HERE,
        "sender": {"login": "github-merge-queue[bot]", "id": 5, "type": "Bot"},
    }


def tell_run(
    fake: FakeGitHub, number: int = 1, *, action: str = "completed", **more: Any
) -> Payload:
    """A run for a pull request has ended; of a fork's it names none.

    `more` takes the place of the run's keys.
    """
    pull = fake.world.pulls[number]
    origin = pull.fork or f"{OWNER}/{NAME}"
    run: Payload = {
        "id": 6,
        "name": "collect",
        "event": "pull_request_review",
        "status": "completed",
        "conclusion": "success",
        "head_branch": pull.branch,
        "head_sha": fake.world.tip(pull.branch),
        "head_repository": {
            "id": 7,
            "full_name": origin,
            "owner": {"login": origin.partition("/")[0]},
        }
        if pull.has_fork
        else None,
        "pull_requests": [] if pull.fork or not pull.has_fork else [{"number": number}],
        "run_attempt": 1,
        "artifacts_url": "https://api.github.example.com/artifacts",
    }
    return {
        "action": action,
        "workflow_run": run | more,
        "workflow": {"id": 8, "name": "collect"},
        "repository": HERE,
    }
