"""A merge queue's group: each pull request in it is judged by itself, and the worst of their verdicts is the group's."""

from collections.abc import Callable

import pytest

from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, CAROL, COPILOT, PullState
from tests.github.queues import (
    approve,
    group_head,
    judge,
    merge_one,
    open_two,
    queue,
    rebase_one,
    squash_one,
    status_on,
)
from tests.github.stage import Stage

Put = Callable[[FakeGitHub, PullState], None]

METHODS = pytest.mark.parametrize("put", [merge_one, squash_one])


@METHODS
def test_a_group_of_approved_pull_requests_passes(
    fake: FakeGitHub, stage: Stage, put: Put
) -> None:
    open_two(fake)
    approve(fake, 1, 2)
    payload = queue(fake, (1, 2), put)
    done = judge(stage, payload)
    status = status_on(fake, payload)
    assert (done.code, status.state, status.description) == (
        0,
        "success",
        "Passed, each by itself: 1 and 2",
    )
    assert (
        "Pull request 1 of the merge group: success, Passed, approved by bob."
        in done.run.out
    )
    assert "Posted: judgegate/main is success on" in done.run.out
    assert done.outputs["outcome"] == "pass"


@METHODS
@pytest.mark.parametrize("unapproved", [1, 2])
def test_one_pull_request_without_approval_holds_the_whole_group(
    fake: FakeGitHub, stage: Stage, put: Put, unapproved: int
) -> None:
    open_two(fake)
    approve(fake, 3 - unapproved)
    payload = queue(fake, (1, 2), put)
    done = judge(stage, payload)
    status = status_on(fake, payload)
    assert (done.code, status.state, done.outputs["outcome"]) == (0, "failure", "review")
    assert status.description.startswith(f"Pull request {unapproved}: 1 more approval")


def test_an_approval_that_was_dismissed_in_the_queue_holds_the_group(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    approve(fake, 1, 2)
    payload = queue(fake, (1, 2))
    fake.world.dismiss(BOB, number=1)
    judge(stage, payload)
    assert status_on(fake, payload).state == "failure"


def test_the_group_before_it_is_judged_along_until_the_branch_has_it(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    approve(fake, 1, 2)
    payload = queue(fake, (1, 2))
    head = group_head(payload)
    fake.world.git.git("merge", "--ff-only", "--quiet", f"{head}^1")
    fake.world.pulls[1].state = "closed"
    judge(stage, payload)
    assert status_on(fake, payload).description == "Passed, each by itself: 2"


def test_a_group_that_the_branch_has_already_gets_no_status(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    payload = queue(fake, (1,))
    fake.world.git.git("merge", "--ff-only", "--quiet", group_head(payload))
    done = judge(stage, payload, attempt=2)
    assert (done.code, fake.world.statuses) == (0, [])
    assert "The branch main already contains the merge group" in done.run.out


def test_one_rebased_pull_request_is_known_by_its_tree(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    git = fake.world.git
    git.switch("prices").write(
        "prices.py", "def prices(item):\n    return 2 * item.prices\n"
    ).commit("Double them (#7)")
    fake.world.push("prices", ALICE)
    git.switch("main").write("other.py", "x = 1\n").commit("Meanwhile")
    approve(fake, 1)
    payload = queue(fake, (1,), rebase_one)
    assert len(git.git("rev-list", f"main..{group_head(payload)}").split()) == 2
    judge(stage, payload)
    status = status_on(fake, payload)
    assert (status.state, status.description) == ("success", "Passed, each by itself: 1")


def test_a_push_while_the_group_is_judged_is_an_error(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    approve(fake, 1, 2)
    payload = queue(fake, (1, 2))
    fake.when(
        r"GET .*/pulls/2/reviews$",
        lambda: fake.world.git.switch("taxes").write("more.py", "").commit("More"),
    )
    done = judge(stage, payload)
    assert (done.code, status_on(fake, payload).state) == (4, "error")
    assert (
        "Pull request 2 of the merge group was closed, pushed to or given another base in the meantime"
        in done.run.err
    )


def test_a_pull_request_that_was_edited_meanwhile_is_judged_again(
    fake: FakeGitHub, stage: Stage
) -> None:
    first, _ = open_two(fake)
    approve(fake, 1, 2)
    payload = queue(fake, (1, 2))

    def edit() -> None:
        first.title = "Another title"

    fake.when(r"GET .*/pulls/1/reviews$", edit)
    judge(stage, payload)
    assert status_on(fake, payload).state == "success"
    assert sum(entry.path == "/pulls/1/reviews" for entry in fake.log) == 2


def test_a_second_pull_request_of_the_same_head_holds_the_group(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    fake.world.open_pull("prices", CAROL, number=3)
    approve(fake, 1, 3)
    payload = queue(fake, (1,))
    judge(stage, payload)
    status = status_on(fake, payload)
    assert (status.state, "has the same head and base" in status.description) == (
        "failure",
        True,
    )


def test_an_error_takes_the_green_of_a_group_back(fake: FakeGitHub, stage: Stage) -> None:
    open_two(fake)
    approve(fake, 1, 2)
    payload = queue(fake, (1, 2))
    judge(stage, payload)
    assert status_on(fake, payload).state == "success"
    fake.fail(
        "/pulls/2/reviews$",
        403,
        headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"},
        times=99,
    )
    done = judge(stage, payload, attempt=2)
    status = status_on(fake, payload)
    assert (done.code, status.state) == (4, "error")
    assert "rate limit" in status.description


def test_a_group_that_is_gone_is_an_error_or_nothing(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    payload = queue(fake, (1,))
    assert judge(stage, payload | {"action": "destroyed"}).code == 0
    assert fake.log == []
    payload["merge_group"]["head_sha"] = "1" * 40
    done = judge(stage, payload)
    assert done.code == 4
    assert "The head 111111111111 of the merge group cannot be fetched" in done.run.err


def test_a_list_that_does_not_know_the_pull_request_yet_is_not_believed(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    approve(fake, 1)
    payload = queue(fake, (1,))
    fake.fail("[0-9a-f]/pulls$", 200, body=b"[]", times=2)
    judge(stage, payload)
    assert status_on(fake, payload).description == "Passed, each by itself: 1"


def test_report_mode_posts_no_status_on_a_group(fake: FakeGitHub, stage: Stage) -> None:
    open_two(fake)
    done = judge(stage, queue(fake, (1, 2)), "--fail-on", "never")
    assert (done.code, done.outputs["outcome"], fake.world.statuses) == (0, "review", [])
    assert "Report mode" in done.run.out


def test_with_a_token_that_may_not_write_the_step_carries_the_groups_verdict(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    approve(fake, 1)
    fake.fail(
        "statuses",
        403,
        method="POST",
        body=b'{"message": "Resource not accessible by integration"}',
    )
    assert judge(stage, queue(fake, (1, 2))).code == 3


def test_a_group_gets_no_comment_and_no_labels(fake: FakeGitHub, stage: Stage) -> None:
    open_two(fake)
    judge(stage, queue(fake, (1, 2)))
    [written] = [entry.path for entry in fake.log if entry.method != "GET"]
    assert written.startswith("/statuses/")


def test_an_agents_own_approval_holds_no_group_open(fake: FakeGitHub, stage: Stage) -> None:
    open_two(fake)
    fake.world.roles[COPILOT.id] = "write"
    fake.world.review(COPILOT, number=1)
    approve(fake, 2)
    payload = queue(fake, (1, 2))
    judge(stage, payload)
    assert status_on(fake, payload).state == "failure"


def test_a_base_branch_with_a_slash_has_groups_too(fake: FakeGitHub, stage: Stage) -> None:
    first, _ = open_two(fake)
    fake.world.git.git("branch", "release/1", "main")
    first.base = "release/1"
    approve(fake, 1)
    payload = queue(fake, (1,), base="release/1")
    judge(stage, payload)
    status = fake.world.status_of(group_head(payload), "judgegate/release/1")
    assert status is not None
    assert status.state == "success"
