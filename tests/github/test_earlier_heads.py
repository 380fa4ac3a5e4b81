"""What was on the branch once counts, whether or not a comment remembers it: GitHub tells what was pushed over."""

from collections.abc import Callable

import pytest

from judgegate.github import judge
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE
from tests.github.scenes import open_by_person
from tests.github.stage import Stage
from tests.github.test_remembering import CLAUDE, assisted, open_with_help, push_over_it

UNTIL_NOW = "co-author (earlier head)"


def notices(report: dict[str, list[dict[str, str]]]) -> set[str]:
    return {one["code"] for one in report["notices"]}


def draft(fake: FakeGitHub, stage: Stage) -> None:
    fake.world.pulls[1].draft = True
    stage.judge()
    fake.world.pulls[1].draft = False


def no_comment(_fake: FakeGitHub, stage: Stage) -> None:
    stage.judge("--comment", "false")


def no_permission(fake: FakeGitHub, stage: Stage) -> None:
    fake.fail("/comments", 403, method="POST")
    stage.judge()


def deleted(fake: FakeGitHub, stage: Stage) -> None:
    stage.judge()
    fake.world.pulls[1].timeline.clear()


def other_version(fake: FakeGitHub, stage: Stage) -> None:
    stage.judge()
    [comment] = fake.world.comments()
    assert comment.id is not None
    fake.world.replace_comment(
        comment.id, comment.body.replace("judgegate:record:1", "judgegate:record:2")
    )


def never_judged(_fake: FakeGitHub, _stage: Stage) -> None:
    """Superseded before anything was written."""


@pytest.mark.parametrize(
    "until_then", [draft, no_comment, no_permission, deleted, other_version, never_judged]
)
def test_a_marker_that_was_pushed_over_counts(
    fake: FakeGitHub, stage: Stage, until_then: Callable[[FakeGitHub, Stage], None]
) -> None:
    old = open_with_help(fake)
    until_then(fake, stage)
    push_over_it(fake)
    done = stage.judge()
    assert assisted(done) == ("true", "review")
    [evidence] = done.report["provenance"]["evidence"]
    assert (evidence["commit"], evidence["source"]) == (old, UNTIL_NOW)
    assert done.report["provenance"]["ai_lines"] == done.report["provenance"]["added_lines"]


def test_a_push_while_the_run_judges_hides_nothing(fake: FakeGitHub, stage: Stage) -> None:
    open_with_help(fake)
    fake.when("GET .*/commits/[0-9a-f]+/pulls", lambda: push_over_it(fake) and None)
    assert assisted(stage.judge(payload=stage.payload("pull_request_target")))[0] == "true"
    assert fake.world.comments() == []
    assert assisted(stage.judge()) == ("true", "review")


def test_another_pull_request_for_the_same_branch_hides_nothing(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_with_help(fake)
    stage.judge()
    push_over_it(fake)
    fake.world.pulls[1].state = "closed"
    fake.world.open_pull("topic", ALICE, number=2)
    assert assisted(stage.judge(payload=stage.payload("pull_request_target", 2))) == (
        "true",
        "review",
    )


def test_what_the_record_says_later_stays_one_piece(fake: FakeGitHub, stage: Stage) -> None:
    open_with_help(fake)
    push_over_it(fake)
    first = stage.judge().report["provenance"]["evidence"]
    assert stage.judge().report["provenance"]["evidence"] == first
    assert len(first) == 1


def test_commits_that_are_still_there_are_no_earlier_ones(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_with_help(fake)
    world = fake.world
    world.git.write("more.py", "MORE = 1\n").commit("Add more")
    world.push("topic", ALICE)
    world.git.git("reset", "--hard", "-q", "HEAD~1")
    world.push("topic", ALICE, kind="force_push")
    [evidence] = stage.judge().report["provenance"]["evidence"]
    assert evidence["source"] == "co-author"


def test_what_the_branch_held_before_it_began_at_the_base_is_another_change(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_with_help(fake)
    world = fake.world
    world.git.git("reset", "--hard", "-q", "main")
    world.push("topic", ALICE, kind="force_push")
    world.git.write("shop.py", "A = 1\n").commit("Begin again")
    world.push("topic", ALICE)
    assert assisted(stage.judge()) == ("false", "pass")


def test_what_the_base_has_by_now_is_no_earlier_commit(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_with_help(fake)
    world = fake.world
    world.git.git("branch", "-f", "main", "topic")
    world.git.write("shop.py", "A = 1\n").commit("Something else")
    world.git.git("reset", "--hard", "-q", "main")
    world.git.write("other.py", "B = 1\n").commit("By hand")
    world.push("topic", ALICE, kind="force_push")
    assert assisted(stage.judge()) == ("false", "pass")


def test_a_head_that_is_not_to_be_had_any_more_is_a_notice_and_the_others_are_read(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_with_help(fake)
    push_over_it(fake)
    push = fake.world.pushes[-1]
    lost = "1" * 40
    fake.world.pushes[-1:] = [
        type(push)("topic", push.before, lost, ALICE, "force_push"),
        type(push)("topic", lost, push.after, ALICE, "force_push"),
    ]
    done = stage.judge()
    assert assisted(done) == ("true", "review")
    [said] = [
        one["message"]
        for one in done.report["notices"]
        if one["code"] == "earlier-heads-gone"
    ]
    assert said.endswith("111111111111.")


def test_without_anything_pushed_over_nothing_is_said_or_fetched(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    assert not notices(stage.judge().report) & {
        "earlier-heads-gone",
        "earlier-heads-left-out",
        "earlier-commits-left-out",
    }


def test_heads_and_commits_beyond_the_bounds_are_told(
    fake: FakeGitHub, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "MOST_HEADS", 1)
    monkeypatch.setattr(judge, "MOST_COMMITS", 1)
    world = fake.world
    open_with_help(fake)
    push_over_it(fake)
    world.git.write("more.py", "MORE = 1\n").commit("Add more", trailers=[CLAUDE])
    newest = world.push("topic", ALICE)
    push_over_it(fake, "A = 1\n")
    done = stage.judge()
    assert notices(done.report) >= {"earlier-heads-left-out", "earlier-commits-left-out"}
    assert [one["commit"] for one in done.report["provenance"]["evidence"]] == [newest]


def test_a_server_that_cannot_be_asked_is_an_error(
    fake: FakeGitHub, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from judgegate.change.git import GitError  # beside what it is for
    from judgegate.github.objects import Store  # beside what it is for

    def break_down(_store: Store, _commits: tuple[str, ...]) -> tuple[str, ...]:
        raise GitError(("fetch",), 128, b"503")

    monkeypatch.setattr(Store, "fetch_what_is_left", break_down)
    open_with_help(fake)
    head = push_over_it(fake)
    assert stage.judge().code == 4
    status = fake.world.status_of(head)
    assert status is not None
    assert status.state == "error"
