"""A green that nobody stands by any more: of a base that the pull request has left, or of one that is closed."""

from typing import Any

import pytest

from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, PullState, StatusState
from tests.github.scenes import open_by_agent
from tests.github.stage import Stage, Step


def turn_green(fake: FakeGitHub, stage: Stage) -> PullState:
    """bob approves what an agent wrote for `main`; there is another branch, `dev`."""
    pull = open_by_agent(fake)
    fake.world.git.git("branch", "dev", "main")
    fake.world.review(BOB)
    stage.judge()
    assert states(fake) == {"judgegate/main": "success"}
    return pull


def states(fake: FakeGitHub) -> dict[str, str]:
    """What the head's contexts say."""
    return {
        status.context: status.state
        for status in fake.world.statuses
        if status.commit == fake.world.tip("copilot/fix")
    }


def tell_retarget(stage: Stage, former: str) -> dict[str, Any]:
    return stage.payload(
        "pull_request_target",
        action="edited",
        changes={"base": {"ref": {"from": former}, "sha": {"from": "0" * 40}}},
    )


@pytest.mark.parametrize("arguments", [(), ("--comment", "false")])
def test_the_base_that_it_left_is_green_no_longer(
    fake: FakeGitHub, stage: Stage, arguments: tuple[str, ...]
) -> None:
    pull = turn_green(fake, stage)
    pull.base = "dev"
    stage.judge(*arguments, payload=tell_retarget(stage, "main"))
    assert states(fake) == {"judgegate/main": "pending", "judgegate/dev": "success"}
    left = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert left is not None
    assert left.description == "It now wants to join dev, and is judged for that branch"
    pull.base = "main"
    fake.world.review(BOB, "CHANGES_REQUESTED")
    stage.judge(*arguments, payload=tell_retarget(stage, "dev"))
    assert states(fake) == {"judgegate/main": "failure", "judgegate/dev": "pending"}


def test_the_comment_remembers_a_base_that_no_event_told_of(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = turn_green(fake, stage)
    pull.base = "dev"
    fake.world.review(BOB, "CHANGES_REQUESTED")
    stage.judge(event="pull_request_review")
    assert states(fake) == {"judgegate/main": "pending", "judgegate/dev": "failure"}
    posted = len(fake.world.statuses)
    stage.judge(event="pull_request_review")
    assert len(fake.world.statuses) == posted


def test_a_base_that_it_leaves_while_it_is_judged_is_green_no_longer(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = turn_green(fake, stage)
    payload = stage.payload("pull_request_review")
    fake.world.review(BOB, "CHANGES_REQUESTED")
    pull.base = "dev"
    stage.judge("--comment", "false", event="pull_request_review", payload=payload)
    assert states(fake) == {"judgegate/main": "pending", "judgegate/dev": "failure"}


def test_what_another_open_pull_request_asks_to_join_is_its_own(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = turn_green(fake, stage)
    pull.base = "dev"
    fake.world.open_pull("copilot/fix", ALICE, number=2)
    stage.judge(payload=tell_retarget(stage, "main"))
    assert states(fake) == {"judgegate/main": "success", "judgegate/dev": "success"}


def test_report_mode_takes_nothing_back(fake: FakeGitHub, stage: Stage) -> None:
    pull = turn_green(fake, stage)
    pull.base = "dev"
    stage.judge("--fail-on", "never", payload=tell_retarget(stage, "main"))
    pull.state = "closed"
    stage.judge("--fail-on", "never")
    assert states(fake) == {"judgegate/main": "success"}


def test_with_a_token_that_may_not_write_the_run_still_carries_the_verdict(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = turn_green(fake, stage)
    pull.base = "dev"
    fake.fail("statuses", 403, method="POST", times=9)
    done = stage.judge(payload=tell_retarget(stage, "main"))
    assert (done.code, done.outputs["outcome"]) == (0, "pass")


def close(fake: FakeGitHub, stage: Stage, **more: Any) -> Step:
    """The pull request is closed, then bob asks for changes."""
    pull = fake.world.pulls[1]
    pull.state = "closed"
    for name, value in more.items():
        setattr(pull, name, value)
    fake.world.review(BOB, "CHANGES_REQUESTED")
    return stage.judge(event="pull_request_review")


def test_what_is_closed_is_green_no_longer(fake: FakeGitHub, stage: Stage) -> None:
    pull = turn_green(fake, stage)
    done = close(fake, stage)
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert status is not None
    assert (done.code, status.state, status.description) == (
        0,
        "pending",
        "Closed: it is judged again when it is reopened",
    )
    assert (
        "Pull request 1 is closed: nothing to judge. Posted: judgegate/main is pending on "
        in done.run.out
    )
    posted = len(fake.world.statuses)
    close(fake, stage)
    assert len(fake.world.statuses) == posted
    pull.state = "open"
    stage.judge(payload=stage.payload("pull_request_target", action="reopened"))
    assert states(fake) == {"judgegate/main": "failure"}


def test_a_green_beneath_somebody_elses_word_is_taken_back_too(
    fake: FakeGitHub, stage: Stage
) -> None:
    turn_green(fake, stage)
    head = fake.world.tip("copilot/fix")
    fake.world.statuses.append(
        StatusState(head, "judgegate/main", "failure", "no", None, by=BOB)
    )
    close(fake, stage)
    assert states(fake) == {"judgegate/main": "pending"}


def test_of_what_was_merged_nothing_is_taken_back(fake: FakeGitHub, stage: Stage) -> None:
    turn_green(fake, stage)
    fake.log.clear()
    close(fake, stage, merged=True)
    assert (fake.log, states(fake)) == ([], {"judgegate/main": "success"})


def test_a_closed_ones_twin_keeps_its_status(fake: FakeGitHub, stage: Stage) -> None:
    """Anybody may review what is closed, and must not be able to hold up what is open."""
    turn_green(fake, stage)
    fake.world.open_pull("copilot/fix", ALICE, number=2)
    close(fake, stage)
    assert states(fake) == {"judgegate/main": "success"}


def test_what_is_open_again_by_now_keeps_its_status(fake: FakeGitHub, stage: Stage) -> None:
    pull = turn_green(fake, stage)
    pull.state = "closed"
    payload = stage.payload("pull_request_target", action="closed")
    pull.state = "open"
    stage.judge(payload=payload)
    assert states(fake) == {"judgegate/main": "success"}


def test_what_cannot_be_taken_back_is_an_error(fake: FakeGitHub, stage: Stage) -> None:
    turn_green(fake, stage)
    fake.fail("statuses", 500, times=99)
    assert close(fake, stage).code == 4
    assert states(fake) == {"judgegate/main": "error"}
