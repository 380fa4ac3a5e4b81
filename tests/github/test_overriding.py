"""An emergency on GitHub: who is asked about, and what the status says."""

from typing import Any

from tests.github.asking import ask
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, Account, Happening, StatusState
from tests.github.queues import judge, queue, status_on
from tests.github.scenes import open_by_agent, open_by_person
from tests.github.stage import Stage

ERIN = Account(106, "erin")
POLICY = "version: 1\nextends: [default]\noverride: {from: [{permission: admin}]}\n"
INSECURE = (
    "import subprocess\n\n\ndef run(line):\n    return subprocess.call(line, shell=True)\n"
)


def start(fake: FakeGitHub, policy: str = POLICY) -> None:
    fake.world.accounts[ERIN.id] = ERIN
    fake.world.roles[ERIN.id] = "admin"
    fake.world.git.write(".judgegate.yml", policy).commit("Policy")


def overrides(
    fake: FakeGitHub, by: Account = ERIN, reason: str = "The shop is down.", **more: Any
) -> Happening:
    pull = fake.world.pulls[1]
    return Happening(
        "commented",
        by,
        body=f"/judgegate override {fake.world.tip(pull.branch)} {reason}",
        **more,
    )


def status_of(fake: FakeGitHub, branch: str) -> StatusState:
    status = fake.world.status_of(fake.world.tip(branch))
    assert status is not None
    return status


def test_a_block_turns_green_and_says_who_and_why(fake: FakeGitHub, stage: Stage) -> None:
    start(fake)
    pull = open_by_person(fake)
    fake.world.git.write("run.py", INSECURE).commit("Run lines")
    fake.world.push("topic", ALICE)
    stage.judge()
    assert status_of(fake, "topic").state == "failure"
    pull.timeline.append(overrides(fake))
    done = stage.judge()
    assert (status_of(fake, "topic").state, status_of(fake, "topic").description) == (
        "success",
        "Overridden by erin: The shop is down.",
    )
    assert (done.outputs["outcome"], done.report["review"]["override"]["who"]) == (
        "pass",
        "erin",
    )


def test_an_override_is_for_one_head(fake: FakeGitHub, stage: Stage) -> None:
    start(fake)
    pull = open_by_agent(fake)
    pull.timeline.append(overrides(fake))
    stage.judge()
    assert status_of(fake, "copilot/fix").state == "success"
    fake.world.git.write("more.py", "MORE = 1\n").commit("More")
    fake.world.push("copilot/fix", BOB)
    done = stage.judge()
    assert status_of(fake, "copilot/fix").state == "pending"
    assert done.report["review"]["ignored"] == [
        {
            "who": "erin",
            "why": "overrides, but the comment does not give the full id of the head",
        }
    ]


def test_a_long_reason_is_cut_and_an_odd_one_is_shown_as_text(
    fake: FakeGitHub, stage: Stage
) -> None:
    start(fake)
    pull = open_by_agent(fake)
    pull.timeline.append(overrides(fake, reason=f"\x1b[31m\u202e{'very ' * 60}"))
    stage.judge()
    description = status_of(fake, "copilot/fix").description
    assert len(description) <= 140
    assert description.startswith("Overridden by erin: ")
    assert description.isprintable()


def test_an_edited_comment_overrides_nothing(fake: FakeGitHub, stage: Stage) -> None:
    start(fake)
    pull = open_by_agent(fake)
    pull.timeline.append(overrides(fake, edited=True))
    done = stage.judge()
    assert status_of(fake, "copilot/fix").state == "pending"
    assert "edited" in done.report["review"]["ignored"][0]["why"]


def test_what_an_app_writes_with_a_persons_token_overrides_nothing(
    fake: FakeGitHub, stage: Stage
) -> None:
    start(fake)
    pull = open_by_agent(fake)
    pull.timeline.append(overrides(fake, through="some-agent"))
    done = stage.judge()
    assert status_of(fake, "copilot/fix").state == "pending"
    assert done.report["review"]["ignored"] == [
        {"who": "erin", "why": "is a bot, not a person"}
    ]


def test_what_an_app_writes_takes_nothing_from_what_the_person_approved(
    fake: FakeGitHub, stage: Stage
) -> None:
    start(fake)
    pull = open_by_agent(fake)
    fake.world.review(ERIN)
    pull.timeline.append(overrides(fake, through="some-agent"))
    stage.judge()
    assert status_of(fake, "copilot/fix").description == "Passed, approved by erin"


def test_a_groups_status_says_which_of_its_pull_requests_was_overridden(
    fake: FakeGitHub, stage: Stage
) -> None:
    start(fake)
    pull = open_by_agent(fake)
    pull.timeline.append(overrides(fake))
    fake.world.git.switch("main").branch("other").write("other.py", "x = 1\n").commit(
        "Other"
    )
    fake.world.push("other", ALICE)
    fake.world.open_pull("other", ALICE, number=2)
    fake.world.git.switch("main")
    alone, both = queue(fake, (1,)), queue(fake, (1, 2))
    judge(stage, alone)
    assert status_on(fake, alone).description == "Overridden by erin (#1)"
    fake.world.statuses.clear()
    judge(stage, both)
    assert (
        status_on(fake, both).description
        == "Overridden by erin (#1); Passed, each by itself: 2"
    )


def test_who_set_the_agent_to_work_does_not_override(
    fake: FakeGitHub, stage: Stage
) -> None:
    start(fake)
    fake.world.roles[ALICE.id] = "admin"
    pull = open_by_agent(fake)
    pull.timeline.append(overrides(fake, ALICE))
    done = stage.judge()
    assert status_of(fake, "copilot/fix").state == "pending"
    assert done.report["review"]["ignored"][0]["who"] == "alice"


def test_teams_that_may_override_are_asked(fake: FakeGitHub) -> None:
    start(fake, "version: 1\nextends: [default]\noverride: {from: [{team: org/On-Call}]}\n")
    fake.world.teams["org/on-call"] = {ERIN.id: "active"}
    pull = open_by_agent(fake)
    pull.timeline.append(overrides(fake))
    assert ask(fake).memberships == {"org/on-call": {ERIN.id: True}}


def test_a_membership_that_the_token_may_not_read_overrides_nothing(
    fake: FakeGitHub, stage: Stage
) -> None:
    start(fake, "version: 1\nextends: [default]\noverride: {from: [{team: org/on-call}]}\n")
    fake.world.teams["org/on-call"] = {ERIN.id: "active"}
    pull = open_by_agent(fake)
    pull.timeline.append(overrides(fake))
    fake.fail("memberships", 403, times=99)
    done = stage.judge()
    assert status_of(fake, "copilot/fix").state == "pending"
    assert (
        "could not be checked: membership of @org/on-call"
        in done.report["review"]["ignored"][0]["why"]
    )
