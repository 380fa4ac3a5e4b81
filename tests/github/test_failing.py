"""What goes wrong on the way to a verdict, or after it, is an error and never a pass."""

import pytest

from tests.github.events import tell_comment
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import BOB, PullState
from tests.github.scenes import open_by_agent, open_by_person
from tests.github.stage import Stage

INSECURE = (
    "import subprocess\n\n\ndef run(line):\n    return subprocess.call(line, shell=True)\n"
)


def test_a_pull_request_that_never_holds_still_is_an_error(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = open_by_person(fake)
    payload = stage.payload("pull_request_target")

    def edit() -> None:
        pull.title += "!"
        fake.when(r"GET .*/[0-9a-f]+/pulls$", edit)

    fake.when(r"GET .*/[0-9a-f]+/pulls$", edit)
    done = stage.judge(payload=payload)
    assert (done.code, done.outputs["outcome"]) == (4, "error")


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [((), 3), (("--fail-on", "review"), 3), (("--fail-on", "block"), 0)],
)
def test_with_a_token_that_may_not_write_the_step_itself_carries_the_verdict(
    fake: FakeGitHub, stage: Stage, fail_on: tuple[str, ...], code: int
) -> None:
    open_by_agent(fake)
    fake.fail(
        "statuses",
        403,
        method="POST",
        body=b'{"message": "Resource not accessible by integration"}',
    )
    done = stage.judge(*fail_on, event="pull_request")
    assert (done.code, done.outputs["outcome"]) == (code, "review")
    assert "this run's own result carries the verdict" in done.run.out


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("pattern", ["statuses", "/statuses$"])
def test_a_token_that_may_not_even_see_statuses_is_one_that_may_not_write(
    fake: FakeGitHub, stage: Stage, status: int, pattern: str
) -> None:
    open_by_person(fake)
    fake.fail(pattern, status, method="POST" if pattern == "statuses" else "GET")
    done = stage.judge()
    assert (done.code, done.outputs["outcome"]) == (0, "pass")
    assert "carries the verdict" in done.run.out


def test_report_mode_says_nothing_of_an_error_on_the_commit(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.fail("reviews$", 404, times=99)
    assert stage.judge("--fail-on", "never").code == 4
    assert fake.world.statuses == []


def test_a_gate_that_could_not_complete_says_error_where_it_said_success(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.world.review(BOB)
    stage.judge()
    fake.fail("reviews$", 502, times=99)
    done = stage.judge()
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert status is not None
    assert (done.code, done.outputs["outcome"], status.state) == (4, "error", "error")
    assert status.description.startswith(
        "Could not judge: GitHub did not answer GET /repos/org/shop/pulls/1/reviews"
    )
    assert done.report["outcome"] == "error"
    assert "reviews" in done.summary


def test_a_bug_of_ours_says_error_where_it_said_success(
    fake: FakeGitHub, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_by_person(fake)
    stage.judge()

    def break_down(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("judgegate.github.judge.judge_pull", break_down)
    done = stage.judge(allows_bugs=True)
    status = fake.world.status_of(fake.world.tip("topic"))
    assert status is not None
    assert (done.code, done.outputs["outcome"], status.state) == (4, "error", "error")
    assert status.description == "Could not judge: an error in judgegate itself"


def test_an_error_paints_no_head_that_it_did_not_try_to_judge(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    payload = stage.payload("pull_request_target")
    fake.fail("reviews$", 502, times=99)
    fake.when(
        r"GET .*/pulls/1$", lambda: fake.world.git.write("more.py", "").commit("More")
    )
    assert stage.judge(payload=payload).code == 4
    assert fake.world.statuses == []


def test_a_failing_github_is_an_error_even_if_nothing_can_be_said_of_it(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.fail(".", 503, times=999)
    fake.fail(".", 503, times=999, method="POST")
    done = stage.judge()
    assert (done.code, fake.world.statuses) == (4, [])


def test_a_status_that_may_have_been_posted_is_not_posted_again(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.fail("statuses", 502, method="POST", late=True)
    assert stage.judge().code == 0
    assert len(fake.world.statuses) == 1


def test_a_pull_request_that_cannot_be_read_at_all_is_an_error(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.fail("/pulls/1$", 404, times=99)
    done = stage.judge(variables={"GITHUB_RUN_ATTEMPT": "2"})
    status = fake.world.status_of(fake.world.tip("topic"))
    assert status is not None
    assert (done.code, done.outputs["outcome"], status.state) == (4, "error", "error")


def turn_green(fake: FakeGitHub, stage: Stage) -> PullState:
    """bob approves what an agent wrote, and then asks for changes, which no run has heard of."""
    pull = open_by_agent(fake)
    fake.world.review(BOB)
    stage.judge()
    assert states(fake) == {"judgegate/main": "success"}
    fake.world.review(BOB, "CHANGES_REQUESTED")
    return pull


def states(fake: FakeGitHub) -> dict[str, str]:
    """What the head's contexts say."""
    return {
        status.context: status.state
        for status in fake.world.statuses
        if status.commit == fake.world.tip("copilot/fix")
    }


@pytest.mark.parametrize("attempt", ["1", "2"])
@pytest.mark.parametrize("broken", ["reviews$|/pulls/1$", "."])
def test_it_says_error_where_it_said_success_even_if_nothing_can_be_read(
    fake: FakeGitHub, stage: Stage, broken: str, attempt: str
) -> None:
    turn_green(fake, stage)
    fake.fail(broken, 500, times=999)
    done = stage.judge(
        event="pull_request_review", variables={"GITHUB_RUN_ATTEMPT": attempt}
    )
    assert (done.code, states(fake)) == (4, {"judgegate/main": "error"})


def test_a_command_whose_pull_request_can_be_read_again_in_the_end_says_error(
    fake: FakeGitHub, stage: Stage
) -> None:
    turn_green(fake, stage)
    fake.fail("/pulls/1$", 404)
    done = stage.judge(
        event="issue_comment", payload=tell_comment(BOB, "/judgegate recheck")
    )
    assert (done.code, states(fake)) == (4, {"judgegate/main": "error"})


def test_a_command_whose_pull_request_cannot_be_read_leaves_the_status(
    fake: FakeGitHub, stage: Stage
) -> None:
    """The event names no head, so that nobody knows where to say it."""
    turn_green(fake, stage)
    fake.fail("/pulls/1$", 500, times=99)
    done = stage.judge(
        event="issue_comment", payload=tell_comment(BOB, "/judgegate recheck")
    )
    assert (done.code, states(fake)) == (4, {"judgegate/main": "success"})


def test_a_run_that_fails_after_another_base_was_chosen_says_so_for_both(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = turn_green(fake, stage)
    fake.world.git.git("branch", "dev", "main")
    payload = stage.payload("pull_request_review")
    pull.base = "dev"
    fake.fail("/reviews", 500, times=99)
    stage.judge(event="pull_request_review", payload=payload)
    assert states(fake) == {"judgegate/main": "error", "judgegate/dev": "error"}


def test_a_run_that_fails_says_nothing_of_what_was_merged_meanwhile(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = turn_green(fake, stage)
    payload = stage.payload("pull_request_review")
    pull.state, pull.merged = "closed", True
    fake.fail("/reviews", 500, times=99)
    assert stage.judge(event="pull_request_review", payload=payload).code == 4
    assert states(fake) == {"judgegate/main": "success"}
