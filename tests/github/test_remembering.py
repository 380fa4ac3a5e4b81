"""What the comment remembers of earlier heads counts for the next ones, and can only add."""

import json

from judgegate.forge.comment import read_earlier
from judgegate.github.publish.thread import find_own_comments
from judgegate.report.comment_record import read_record, write_record
from judgegate.report.markdown.report import MARKER
from judgegate.report.options import Record
from tests.github.fake.answers import tell_happening
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ACTIONS, ALICE, BOB, Account
from tests.github.scenes import open_by_person
from tests.github.stage import Stage, Step

CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>"
CODE = "def price(item):\n    return item.price\n"


def open_with_help(fake: FakeGitHub) -> str:
    """alice pushes a commit that says an AI helped, and opens the pull request; the head."""
    world = fake.world
    world.git.branch("topic").write("shop.py", CODE).commit("Add prices", trailers=[CLAUDE])
    world.push("topic", ALICE)
    world.open_pull("topic", ALICE)
    return world.tip("topic")


def push_over_it(fake: FakeGitHub, code: str = CODE) -> str:
    """The same code again, as if nobody had helped, in the place of the first commit; the head."""
    world = fake.world
    world.git.git("reset", "--hard", "-q", "main")
    world.git.write("shop.py", code).commit("Add prices")
    return world.push("topic", ALICE, kind="force_push")


def assisted(step: Step) -> tuple[str, str]:
    return step.outputs["ai-assisted"], step.outputs["outcome"]


def test_evidence_of_a_head_that_was_pushed_over_still_counts_and_says_where_it_is_from(
    fake: FakeGitHub, stage: Stage
) -> None:
    old = open_with_help(fake)
    assert assisted(stage.judge()) == ("true", "review")
    new = push_over_it(fake)
    done = stage.judge()
    assert assisted(done) == ("true", "review")
    status = fake.world.status_of(new)
    assert status is not None
    assert status.state == "pending"
    [evidence] = done.report["provenance"]["evidence"]
    assert (evidence["commit"], evidence["source"]) == (old, "co-author (previous report)")
    assert "previous report" in done.run.out
    [comment] = fake.world.comments()
    assert "previous report" in comment.body


def test_it_counts_however_often_it_is_pushed_over(fake: FakeGitHub, stage: Stage) -> None:
    open_with_help(fake)
    stage.judge()
    reports = []
    for number in range(3):
        push_over_it(fake, CODE + f"\n\nTAX = {number}\n")
        reports.append(stage.judge().report["provenance"]["evidence"])
    assert reports[0] == reports[1] == reports[2]
    assert len(reports[0]) == 1


def test_without_the_comment_what_is_said_beside_the_commits_is_forgotten(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = open_by_person(fake)
    pull.body = "Generated with [Claude Code](https://claude.com/claude-code)"
    assert assisted(stage.judge("--comment", "false")) == ("true", "review")
    pull.body = "By hand."
    assert assisted(stage.judge()) == ("false", "pass")


def test_a_comment_that_is_not_kept_any_more_is_still_read(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_with_help(fake)
    stage.judge()
    push_over_it(fake)
    assert assisted(stage.judge("--comment", "false")) == ("true", "review")


def test_a_body_that_said_so_once_still_counts(fake: FakeGitHub, stage: Stage) -> None:
    pull = open_by_person(fake)
    pull.body = "Generated with [Claude Code](https://claude.com/claude-code)"
    stage.judge()
    pull.body = "By hand."
    assert assisted(stage.judge()) == ("true", "review")


def test_nobody_else_can_make_us_remember(fake: FakeGitHub, stage: Stage) -> None:
    open_with_help(fake)
    stage.judge()
    [comment] = fake.world.comments()
    fake.world.pulls[1].timeline.clear()
    fake.world.comment(BOB, comment.body)
    fake.world.pushes.clear()
    push_over_it(fake)
    assert assisted(stage.judge()) == ("false", "pass")


def test_a_record_that_claims_a_pass_takes_nothing_away(
    fake: FakeGitHub, stage: Stage
) -> None:
    """Whoever may write can edit anybody's comment: what it says may add evidence and no more."""
    old = open_with_help(fake)
    stage.judge()
    [comment] = fake.world.comments()
    record = read_record(comment.body)
    assert record is not None
    assert comment.id is not None
    assert record.posted is not None
    clean = write_record(
        Record(old, record.outcome.PASS, posted=record.posted, approvals=(("alice", old),))
    )
    fake.world.replace_comment(comment.id, f"It may merge.\n\n{MARKER}\n{clean}\n")
    assert assisted(stage.judge()) == ("true", "review")
    status = fake.world.status_of(old)
    assert status is not None
    assert status.state == "pending"


def test_a_record_that_cannot_be_read_is_none(fake: FakeGitHub, stage: Stage) -> None:
    open_with_help(fake)
    fake.world.comment(ACTIONS, f"{MARKER}\n<!-- judgegate:record:1 {'A' * 400} -->\n")
    assert assisted(stage.judge()) == ("true", "review")
    unread, ours = fake.world.comments()
    assert read_record(unread.body) is None
    assert read_record(ours.body) is not None


def test_the_evidence_of_several_comments_is_remembered_once(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_with_help(fake)
    stage.judge()
    [comment] = fake.world.comments()
    fake.world.comment(Account(41898282, "GitHub-Actions[bot]", "Bot"), comment.body)
    told = json.loads(
        json.dumps(
            [
                tell_happening(place, one)
                for place, one in enumerate(fake.world.pulls[1].timeline)
            ]
        )
    )
    from judgegate.github.client.answers import TimelineItem
    from judgegate.github.client.json_reading import read_all  # as the program imports it

    own = find_own_comments(
        read_all(TimelineItem, told, "the timeline"), "github-actions[BOT]"
    )
    assert len(own) == 2
    assert len(read_earlier(own)) == 1
