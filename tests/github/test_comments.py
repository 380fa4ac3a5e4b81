"""The one comment: whose it is, that it is edited and never repeated, and that nothing depends on it."""

import pytest

from judgegate.github.client.api import Api
from judgegate.github.publish.thread import LONGEST_COMMENT, Thread, keep_comment
from judgegate.report.comment_record import read_record
from judgegate.report.markdown.report import MARKER
from tests.github.fake.server import TOKEN, FakeGitHub
from tests.github.fake.world import (
    ACTIONS,
    ALICE,
    BOB,
    Account,
    Happening,
    PullState,
    StatusState,
)
from tests.github.scenes import open_by_agent, open_by_person
from tests.github.stage import Stage

MALLORY = Account(107, "mallory")
BADGE = Account(108, "badge[bot]", "Bot")


def wrote(fake: FakeGitHub) -> list[str]:
    """The requests that wrote something, in their order."""
    return [f"{entry.method} {entry.path}" for entry in fake.log if entry.method != "GET"]


def brief_of(fake: FakeGitHub) -> Happening:
    """The one comment there is."""
    [comment] = fake.world.comments()
    return comment


def status_state(fake: FakeGitHub, branch: str) -> str | None:
    status: StatusState | None = fake.world.status_of(fake.world.tip(branch))
    return status.state if status else None


def test_the_status_is_posted_first_and_then_the_comment(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    stage.judge()
    assert wrote(fake) == [
        f"POST /statuses/{fake.world.tip('topic')}",
        "POST /issues/1/comments",
    ]
    assert MARKER in brief_of(fake).body.splitlines()
    assert brief_of(fake).actor == ACTIONS


def test_a_run_that_has_nothing_new_to_say_edits_nothing(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    stage.judge()
    fake.log.clear()
    stage.judge()
    stage.judge()
    assert wrote(fake) == []


def test_a_comment_that_github_kept_with_its_own_line_breaks_is_the_same(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    stage.judge()
    comment = brief_of(fake)
    assert comment.id is not None
    fake.world.replace_comment(comment.id, comment.body.replace("\n", "\r\n").rstrip())
    fake.log.clear()
    stage.judge()
    assert wrote(fake) == []


def test_what_changed_is_edited_into_the_same_comment(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    stage.judge()
    before = brief_of(fake)
    fake.world.review(BOB)
    stage.judge(event="pull_request_review")
    after = brief_of(fake)
    assert before.id == after.id
    assert before.body != after.body


def test_somebody_elses_copy_of_the_brief_is_none_of_ours(
    fake: FakeGitHub, stage: Stage
) -> None:
    """Whoever could put a comment in the place of ours could say anything in our name, and make us forget."""
    open_by_agent(fake)
    stage.judge()
    body = brief_of(fake).body
    fake.world.pulls[1].timeline.clear()
    for account in (
        MALLORY,
        BADGE,
        Account(109, "github-actions"),
        Account(110, "GitHub-Actions[bot]"),
    ):
        fake.world.comment(account, body)
    fake.log.clear()
    stage.judge()
    assert wrote(fake) == ["POST /issues/1/comments"]
    assert [one.body for one in fake.world.comments()[:4]] == [body] * 4


def test_our_account_saying_something_else_is_not_the_brief(
    fake: FakeGitHub, stage: Stage
) -> None:
    """Other workflows write as the same account, and may quote what anybody wrote."""
    open_by_agent(fake)
    fake.world.comment(ACTIONS, f"Thank you for {MARKER}, alice!")
    stage.judge()
    assert len(fake.world.comments()) == 2


def test_a_comment_that_somebody_deleted_is_posted_anew(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    stage.judge()
    first = brief_of(fake).id
    assert first is not None
    fake.world.replace_comment(first, None)
    stage.judge()
    assert brief_of(fake).id != first


def test_a_comment_that_somebody_edited_is_set_right(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    stage.judge()
    comment = brief_of(fake)
    assert comment.id is not None
    for edited in (
        comment.body.replace("**○", "This may merge. **○"),
        comment.body.partition(MARKER)[0] + MARKER,
    ):
        assert edited != comment.body
        fake.world.replace_comment(comment.id, edited)
        stage.judge()
        assert brief_of(fake).body == comment.body


@pytest.mark.parametrize("comes_first", [True, False])
def test_a_comment_of_our_account_that_quotes_the_marker_is_not_written_over(
    fake: FakeGitHub, stage: Stage, *, comes_first: bool
) -> None:
    """Whatever made it would write over it in its turn, and our memory would be gone."""
    open_by_agent(fake)
    said = f"Thanks! You wrote:\n{MARKER}\n"
    if comes_first:
        fake.world.comment(ACTIONS, said)
    stage.judge()
    if not comes_first:
        fake.world.comment(ACTIONS, said)
    fake.world.review(BOB)
    stage.judge()
    quoting, ours = sorted(
        (one.body for one in fake.world.comments()), key=lambda body: body != said
    )
    assert quoting == said
    assert read_record(ours) is not None


def test_our_brief_is_kept_before_a_comment_that_quotes_it(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    stage.judge()
    comment = brief_of(fake)
    fake.world.pulls[1].timeline.clear()
    quoting = f"You wrote:\n{comment.body}"
    fake.world.comment(ACTIONS, quoting)
    fake.world.comment(ACTIONS, comment.body)
    fake.world.review(BOB)
    stage.judge()
    first, second = fake.world.comments()
    assert first.body == quoting
    assert second.edited


def test_of_several_of_ours_the_oldest_is_kept_up_to_date(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    stage.judge()
    fake.world.comment(ACTIONS, brief_of(fake).body)
    fake.world.review(BOB)
    stage.judge()
    first, second = fake.world.comments()
    assert first.edited
    assert not second.edited


def test_without_the_input_there_is_no_comment(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    stage.judge("--comment", "false")
    assert fake.world.comments() == []


def test_a_draft_gets_no_comment_labels_or_requests_until_it_is_ready(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = open_by_agent(fake)
    pull.draft = True
    everything = ("--labels", "true", "--request-reviews", "true")
    stage.judge(*everything)
    assert status_state(fake, "copilot/fix") == "pending"
    assert (fake.world.comments(), pull.labels, pull.requested) == ([], [], [])
    pull.draft = False
    stage.judge(*everything)
    assert len(fake.world.comments()) == 1


def test_report_mode_has_a_comment_and_no_status(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    stage.judge("--fail-on", "never")
    assert wrote(fake) == ["POST /issues/1/comments"]
    record = read_record(brief_of(fake).body)
    assert record is not None
    assert record.posted is None


@pytest.mark.parametrize("status", [403, 404, 410, 422])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_token_that_may_write_no_comments_changes_nothing_else(
    fake: FakeGitHub, stage: Stage, method: str, status: int
) -> None:
    open_by_agent(fake)
    if method == "PATCH":
        stage.judge()
        fake.world.review(BOB)
    fake.fail("comments", status, method=method, times=9)
    done = stage.judge()
    assert done.code == 0
    assert status_state(fake, "copilot/fix") == (
        "success" if method == "PATCH" else "pending"
    )
    assert f"The comment was not written. GitHub did not answer {method} " in done.run.out


def test_a_token_that_may_write_comments_and_no_statuses_still_tells(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.fail("statuses", 403, method="POST")
    done = stage.judge()
    assert done.code == 3
    record = read_record(brief_of(fake).body)
    assert record is not None
    assert record.posted is None


def test_a_limit_in_the_middle_of_publishing_is_waited_for(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.fail("comments", 403, method="POST", headers={"Retry-After": "60"})
    stage.judge()
    assert stage.waits == [60.0]
    assert len(fake.world.comments()) == 1


def test_a_limit_that_lasts_leaves_the_status_as_it_is(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.fail("comments", 429, method="POST", headers={"Retry-After": "3600"}, times=9)
    fake.fail("labels", 429, method="POST", headers={"Retry-After": "3600"}, times=9)
    done = stage.judge("--labels", "true")
    assert (done.code, status_state(fake, "copilot/fix"), stage.waits) == (0, "pending", [])
    assert done.run.out.count("its rate limit is used up") == 2


def test_a_comment_that_may_have_been_posted_is_not_posted_again(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.fail("comments", 502, method="POST", late=True)
    done = stage.judge()
    assert len(fake.world.comments()) == 1
    assert "The comment" not in done.run.out


def test_a_comment_that_was_not_posted_is_posted_again(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.fail("comments", 502, method="POST")
    stage.judge()
    assert len(fake.world.comments()) == 1


def test_a_push_between_judging_and_publishing_leaves_the_old_head_alone(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = open_by_agent(fake)
    payload = stage.payload("pull_request_target")
    fake.when(
        r"GET .*/[0-9a-f]+/pulls$",
        lambda: fake.world.git.write("more.py", "").commit("More"),
    )
    done = stage.judge("--labels", "true", "--request-reviews", "true", payload=payload)
    assert wrote(fake) == []
    assert (fake.world.comments(), pull.labels) == ([], [])
    assert "::" not in {line.strip()[:2] for line in done.run.out.splitlines()}


def test_a_token_of_another_account_takes_its_comment_back_and_says_what_to_set(
    fake: FakeGitHub, stage: Stage
) -> None:
    """Otherwise each run would add a comment, because none of them would be known for ours."""
    open_by_agent(fake)
    fake.world.token_of = BADGE
    done = stage.judge()
    assert fake.world.comments() == []
    assert "so set acts-as: badge[bot]." in done.run.out
    stage.judge("--acts-as", "Badge[bot]")
    stage.judge("--acts-as", "badge[bot]")
    assert len(fake.world.comments()) == 1


def test_a_persons_token_can_keep_the_comment_too(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    fake.world.token_of = BOB
    stage.judge("--acts-as", "bob")
    stage.judge("--acts-as", "bob")
    assert [one.actor for one in fake.world.comments()] == [BOB]


def test_a_comment_that_cannot_be_taken_back_is_a_remark(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.world.token_of = BADGE
    fake.fail("comments", 403, method="DELETE")
    done = stage.judge()
    assert done.code == 0
    assert "The comment was not written." in done.run.out


def test_of_pull_requests_with_the_same_head_the_comment_says_that_neither_turns_green(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.world.open_pull("topic", ALICE, number=2)
    stage.judge()
    assert brief_of(fake).body.startswith(
        "> [!WARNING]\n> #2 has the same head and base, so neither turns green"
    )


def test_what_is_too_long_for_a_comment_is_a_mistake_of_ours(fake: FakeGitHub) -> None:
    open_by_person(fake)
    with Api(fake.api_url, TOKEN) as api:
        thread = Thread(api, "/repos/org/shop", 1, ACTIONS.login)
        assert list(keep_comment(thread, (), "\U0001f600" * LONGEST_COMMENT)) == []
        with pytest.raises(AssertionError, match="65537 characters"):
            keep_comment(thread, (), "x" * (LONGEST_COMMENT + 1))


def test_the_comment_links_to_the_lines_of_the_head(fake: FakeGitHub, stage: Stage) -> None:
    open_by_person(fake)
    fake.world.git.write(
        "run.py",
        "import subprocess\n\n\ndef run(line):\n    return subprocess.call(line, shell=True)\n",
    ).commit("Run")
    stage.judge()
    assert (
        f"{fake.url}/org/shop/blob/{fake.world.tip('topic')}/run.py#L"
        in brief_of(fake).body
    )


def _statuses(fake: FakeGitHub) -> list[str]:
    return [entry.method for entry in fake.log if "/status" in entry.path]


def _waits_for_review(fake: FakeGitHub, stage: Stage) -> PullState:
    pull = open_by_agent(fake)
    stage.judge()
    fake.log.clear()
    return pull


def test_a_status_that_the_comment_remembers_otherwise_is_posted_without_asking(
    fake: FakeGitHub, stage: Stage
) -> None:
    _waits_for_review(fake, stage)
    fake.world.review(BOB)
    stage.judge()
    assert _statuses(fake) == ["POST"]
    assert status_state(fake, "copilot/fix") == "success"


def test_a_status_that_the_comment_remembers_alike_is_asked_for(
    fake: FakeGitHub, stage: Stage
) -> None:
    """What a comment says proves nothing: somebody may have edited it, or set another status over ours."""
    _waits_for_review(fake, stage)
    fake.world.statuses.append(
        StatusState(
            fake.world.tip("copilot/fix"), "judgegate/main", "success", "forged", None
        )
    )
    stage.judge()
    assert _statuses(fake) == ["GET", "POST"]
    assert status_state(fake, "copilot/fix") == "pending"


def test_a_status_that_nothing_remembers_is_asked_for(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = _waits_for_review(fake, stage)
    pull.timeline.clear()
    stage.judge()
    assert _statuses(fake) == ["GET"]
