"""Comments: a command of somebody with write permission starts a judgement, and nothing else of a comment does anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.forge.people import is_command
from tests.github.events import Payload, tell_comment
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ACTIONS, ALICE, BOB, CAROL, COPILOT, Account
from tests.github.scenes import open_by_agent
from tests.github.stage import Stage, Step

AGENT = Account(777, "openhands-agent")
EDITED: Payload = {"action": "edited", "changes": {"body": {"from": "hello"}}}


def say(stage: Stage, payload: Payload, attempt: int = 1) -> Step:
    return stage.judge(
        event="issue_comment",
        payload=payload,
        variables={"GITHUB_RUN_ATTEMPT": str(attempt)},
    )


@pytest.mark.parametrize(
    "text",
    [
        "/judgegate recheck",
        "  /judgegate\trecheck please\n",
        "/judgegate reviewed",
        "/judgegate override x",
    ],
)
def test_a_command_starts_a_judgement(fake: FakeGitHub, stage: Stage, text: str) -> None:
    open_by_agent(fake)
    fake.world.review(BOB)
    done = say(stage, tell_comment(BOB, text))
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert status is not None
    assert (done.code, status.state) == (0, "success")
    assert [str(entry) for entry in fake.log[:2]] == [
        "GET /collaborators/bob/permission 200",
        "GET /pulls/1 200",
    ]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("/judgegate reviewed abc all of it", {"action": "deleted"}),
        ("/judgegate override abc the site is down", {"action": "deleted"}),
        (
            "never mind",
            {
                "action": "edited",
                "changes": {"body": {"from": "/judgegate override abc the site is down"}},
            },
        ),
        (
            "/judgegate reviewed abc more",
            {
                "action": "edited",
                "changes": {"body": {"from": "/judgegate reviewed abc all"}},
            },
        ),
    ],
)
def test_a_word_that_is_taken_back_starts_a_judgement(
    fake: FakeGitHub, stage: Stage, text: str, more: Payload
) -> None:
    open_by_agent(fake)
    done = say(stage, tell_comment(BOB, text, **more))
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert status is not None
    assert (done.code, status.state) == (0, "pending")


TALK = [
    "",
    "LGTM",
    "> /judgegate recheck",
    "please /judgegate recheck",
    "/judgegate",
    "/judgegate help",
    "/judgegate rechecked",
    "/judgegate recheck;id",
    "/judgegaterecheck",
    "/JUDGEGATE recheck",
    "/judgegate\nrecheck",
    "::error::/judgegate recheck",
    "$(touch x) `id` ${{ github.token }}",
]


@pytest.mark.parametrize("text", TALK)
def test_any_other_comment_asks_github_nothing(
    fake: FakeGitHub, stage: Stage, text: str
) -> None:
    open_by_agent(fake)
    done = say(stage, tell_comment(BOB, text))
    assert (done.code, done.run.out) == (
        0,
        "The comment is not a command for judgegate: nothing to judge.\n",
    )
    assert (fake.log, fake.git_requests, fake.world.statuses, done.outputs) == (
        [],
        [],
        [],
        {},
    )


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (
            tell_comment(BOB, "/judgegate recheck", on_issue=True),
            "on an issue, not on a pull request",
        ),
        (
            tell_comment(BOB, "/judgegate recheck", **EDITED),
            "only a new comment can be a command",
        ),
        (
            tell_comment(BOB, "/judgegate recheck", action="deleted"),
            "only a new comment can be a command",
        ),
    ],
)
def test_an_issues_or_an_edited_or_deleted_comment_asks_github_nothing(
    fake: FakeGitHub, stage: Stage, payload: Payload, why: str
) -> None:
    open_by_agent(fake)
    done = say(stage, payload)
    assert (done.code, fake.log, fake.git_requests) == (0, [], [])
    assert why in done.run.out


def test_a_comment_that_was_edited_before_github_told_of_it_is_not_obeyed(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    payload = tell_comment(BOB, "/judgegate recheck")
    payload["comment"]["updated_at"] = "2026-01-05T12:00:01Z"
    assert "only a new comment can be a command" in say(stage, payload).run.out
    assert fake.log == []


@pytest.mark.parametrize(
    ("by", "role", "why"),
    [
        (CAROL, "read", "@carol has no write permission"),
        (CAROL, "triage", "@carol has no write permission"),
        (COPILOT, "admin", "@Copilot is not a person"),
        (ACTIONS, "admin", "@github-actions[bot] is not a person"),
        (AGENT, "admin", "@openhands-agent is an agent"),
        (None, "admin", "@ghost is not a person"),
        (Account(778, "stranger"), "", "could not be checked: the token may not read it"),
        (
            Account(779, "bob"),
            "",
            "could not be checked: the login now belongs to another account",
        ),
    ],
)
def test_a_command_of_somebody_else_is_not_obeyed(
    fake: FakeGitHub, stage: Stage, by: Account | None, role: str, why: str
) -> None:
    open_by_agent(fake)
    if by is not None and role:
        fake.world.accounts[by.id] = by
        fake.world.roles[by.id] = role
    done = say(stage, tell_comment(by, "/judgegate recheck"))
    assert (done.code, fake.world.statuses, fake.git_requests) == (0, [], [])
    assert f"{why}, so judgegate ignores the command" in done.run.out
    assert all("/permission" in entry.path for entry in fake.log)


def test_a_command_that_an_app_wrote_with_a_persons_token_asks_github_nothing(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    payload = tell_comment(BOB, "/judgegate recheck")
    payload["comment"]["performed_via_github_app"] = {
        "id": 9,
        "slug": "some-agent",
        "name": "Some agent",
    }
    done = say(stage, payload)
    assert (done.code, fake.log, fake.git_requests) == (0, [], [])
    assert "The command was written through an App" in done.run.out


def test_a_command_on_a_closed_pull_request_judges_nothing(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake).state = "closed"
    done = say(stage, tell_comment(BOB, "/judgegate recheck"))
    assert (done.code, fake.world.statuses) == (0, [])
    assert "Pull request 1 is closed" in done.run.out


def test_who_lost_the_permission_is_not_obeyed_when_the_run_is_repeated(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    payload = tell_comment(BOB, "/judgegate recheck")
    assert say(stage, payload).outputs["outcome"] == "review"
    fake.world.roles[BOB.id] = "read"
    assert "has no write permission" in say(stage, payload, attempt=2).run.out


def test_a_permission_that_github_does_not_tell_is_an_error(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.fail("permission$", 502, times=99)
    done = say(stage, tell_comment(BOB, "/judgegate recheck"))
    assert (done.code, fake.world.statuses) == (4, [])


def test_an_attestation_starts_the_judgement_that_reads_it(
    fake: FakeGitHub, stage: Stage
) -> None:
    fake.world.git.write(
        ".judgegate.yml", "version: 1\nextends: [default]\nreview: {author: attest}\n"
    ).commit("Policy")
    open_by_agent(fake)
    fake.world.pulls[1].opener = ALICE
    fake.world.roles = {ALICE.id: "admin"}
    text = f"/judgegate reviewed {fake.world.tip('copilot/fix')} I ran it against the old prices."
    fake.world.comment(ALICE, text)
    say(stage, tell_comment(ALICE, text))
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert status is not None
    assert status.state == "success"


def test_a_comment_event_without_a_comment_is_wrong_usage(stage: Stage) -> None:
    payload = tell_comment(BOB, "x")
    del payload["comment"]
    assert say(stage, payload).code == 2


@given(st.text())
def test_only_what_begins_with_a_command_is_one(text: str) -> None:
    assert not is_command(f"x{text}")
    assert not is_command(f"> {text}")
    assert is_command(f"/judgegate recheck {text}")
    assert not is_command(f"/judgegate recheck{text}") or not text or text[0].isspace()
