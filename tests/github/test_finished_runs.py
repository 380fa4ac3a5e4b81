"""The privileged half: a run has ended, perhaps a fork's, and nothing that it could have written is believed."""

import json
from collections.abc import Callable

import pytest

from judgegate.forge.pull import Pull
from judgegate.github.client.connection import Connection
from judgegate.github.judge import judge_pull
from judgegate.github.people.approvals import PullVerdict
from judgegate.github.runner import Inputs, RunnerContext
from judgegate.model.notices import Advance
from tests.github.events import Payload, tell_run
from tests.github.fake.answers import tell_pull
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, CAROL, PullState, StatusState
from tests.github.scenes import open_by_agent, open_by_person
from tests.github.stage import Stage, Step

FORK = "mallory/shop"


def end(stage: Stage, payload: Payload, *arguments: str, **variables: str) -> Step:
    return stage.judge(
        *arguments, event="workflow_run", payload=payload, variables=variables
    )


def open_from_fork(fake: FakeGitHub) -> PullState:
    pull = open_by_agent(fake)
    pull.fork = FORK
    return pull


def status_of(fake: FakeGitHub, branch: str, base: str = "main") -> StatusState:
    status = fake.world.status_of(fake.world.tip(branch), f"judgegate/{base}")
    assert status is not None
    return status


def test_a_run_of_a_fork_has_its_pull_request_judged_with_a_token_that_may_write(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_from_fork(fake)
    payload = tell_run(fake)
    assert payload["workflow_run"]["pull_requests"] == []
    done = end(stage, payload)
    assert (done.code, done.outputs["outcome"], status_of(fake, "copilot/fix").state) == (
        0,
        "review",
        "pending",
    )
    # Of a fork nobody tells who pushed, so one approval more is needed.
    fake.world.roles[CAROL.id] = "write"
    fake.world.review(BOB)
    fake.world.review(CAROL)
    end(stage, tell_run(fake))
    assert status_of(fake, "copilot/fix").state == "success"
    assert not [entry for entry in fake.log if "artifacts" in entry.path]


def test_every_pull_request_of_the_branch_is_judged_for_its_own_base(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_from_fork(fake)
    fake.world.git.git("branch", "release", "main")
    fake.world.git.switch("release").write(
        ".judgegate.yml", "version: 1\nextends: [advisory]\nfail_on: block\n"
    ).commit("Policy")
    fake.world.open_pull("copilot/fix", ALICE, base="release", number=2).fork = FORK
    done = end(stage, tell_run(fake))
    assert done.code == 0
    assert {one.context for one in fake.world.statuses} == {
        "judgegate/main",
        "judgegate/release",
    }
    assert done.outputs["outcome"] == "review"


def _fail(fake: FakeGitHub, _patch: pytest.MonkeyPatch) -> None:
    fake.fail("/pulls/1/reviews$", 404, times=99)


def _break(_fake: FakeGitHub, patch: pytest.MonkeyPatch) -> None:
    def judge_or_break(
        runner: RunnerContext,
        connection: Connection,
        inputs: Inputs,
        pull: Pull,
        advance: Advance,
    ) -> PullVerdict:
        if pull.number == 1:
            raise ZeroDivisionError
        return judge_pull(runner, connection, inputs, pull, advance)

    patch.setattr("judgegate.github.judge.judge_pull", judge_or_break)


@pytest.mark.parametrize("breaks", [_fail, _break])
def test_one_that_cannot_be_judged_keeps_no_other_from_it_and_is_an_error(
    fake: FakeGitHub,
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Callable[[FakeGitHub, pytest.MonkeyPatch], None],
) -> None:
    open_by_person(fake)
    fake.world.git.git("branch", "release", "main")
    fake.world.open_pull("topic", ALICE, base="release", number=2)
    breaks(fake, monkeypatch)
    done = stage.judge(event="workflow_run", payload=tell_run(fake), allows_bugs=True)
    assert (done.code, done.outputs["outcome"]) == (4, "error")
    assert (status_of(fake, "topic").state, status_of(fake, "topic", "release").state) == (
        "error",
        "success",
    )
    assert "Pull request 1 could not be judged" in done.run.out


def test_with_a_token_that_may_not_write_the_step_carries_the_worst_verdict(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_from_fork(fake)
    fake.world.git.git("branch", "release", "main")
    fake.world.open_pull("copilot/fix", ALICE, base="release", number=2).fork = FORK
    fake.fail("statuses", 403, method="POST", times=2)
    assert end(stage, tell_run(fake)).code == 3


def _close(fake: FakeGitHub) -> None:
    fake.world.pulls[1].state = "closed"


def _push(fake: FakeGitHub) -> None:
    fake.world.git.switch("copilot/fix").write("more.py", "").commit("More")


def _move_to_another_fork(fake: FakeGitHub) -> None:
    fake.world.pulls[1].fork = "mallory/shop-2"


@pytest.mark.parametrize("happens", [_close, _push, _move_to_another_fork])
def test_a_pull_request_that_is_no_longer_the_runs_is_not_judged(
    fake: FakeGitHub, stage: Stage, happens: Callable[[FakeGitHub], None]
) -> None:
    open_from_fork(fake)
    payload = tell_run(fake)
    happens(fake)
    done = end(stage, payload)
    assert (done.code, fake.world.statuses, fake.git_requests) == (0, [], [])
    assert "No open pull request has the head" in done.run.out


def test_a_list_that_is_not_filtered_is_not_believed(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_from_fork(fake)
    fake.world.git.switch("main")
    fake.world.git.branch("other").write("x.py", "").commit("Other")
    fake.world.open_pull("other", ALICE, number=2)
    everything = [
        tell_pull(fake.world, pull, brief=True) for pull in fake.world.pulls.values()
    ]
    fake.fail("/pulls$", 200, body=json.dumps(everything).encode())
    end(stage, tell_run(fake))
    assert {one.commit for one in fake.world.statuses} == {fake.world.tip("copilot/fix")}


def test_a_pull_request_outlives_its_fork(fake: FakeGitHub, stage: Stage) -> None:
    open_from_fork(fake).has_fork = False
    end(stage, tell_run(fake))
    assert status_of(fake, "copilot/fix").state == "pending"
    # The description of a list does not know what that of a single pull request says: there may be
    # no repository any more.
    assert all(
        "/pulls: InvalidData" in one and "None for not nullable" in one
        for one in fake.contract.violations
    )
    fake.contract.violations.clear()


def test_what_the_run_says_of_itself_leads_to_no_other_pull_request(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_from_fork(fake)
    fake.world.git.switch("main")
    fake.world.git.branch("other").write("x.py", "").commit("Other")
    fake.world.open_pull("other", ALICE, number=2)
    payload = tell_run(
        fake,
        pull_requests=[{"number": 2}],
        name="2",
        display_title="pull-request=2",
        conclusion="failure",
    )
    end(stage, payload)
    assert {one.commit for one in fake.world.statuses} == {fake.world.tip("copilot/fix")}


@pytest.mark.parametrize("branch", ["a&state=closed", "a#b", "a%26b", "ünï", "a+b"])
def test_a_strange_name_of_a_branch_is_asked_for_as_it_is(
    fake: FakeGitHub, stage: Stage, branch: str
) -> None:
    fake.world.git.branch(branch).write("shop.py", "x = 1\n").commit("Add it")
    fake.world.open_pull(branch, ALICE)
    end(stage, tell_run(fake))
    assert status_of(fake, branch).state == "success"


def test_a_run_that_has_not_ended_asks_github_nothing(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_from_fork(fake)
    done = end(stage, tell_run(fake, action="requested"))
    assert (done.code, fake.log) == (0, [])


def test_the_number_that_the_step_gives_wins(fake: FakeGitHub, stage: Stage) -> None:
    open_from_fork(fake)
    end(stage, tell_run(fake, head_branch="elsewhere"), JUDGEGATE_PULL_REQUEST="1")
    assert status_of(fake, "copilot/fix").state == "pending"


@pytest.mark.parametrize("event", ["workflow_run", "merge_group"])
def test_an_event_without_what_it_is_about_is_wrong_usage(stage: Stage, event: str) -> None:
    assert (
        stage.judge(
            event=event,
            payload={"action": "completed", "repository": {"full_name": "org/shop"}},
        ).code
        == 2
    )
