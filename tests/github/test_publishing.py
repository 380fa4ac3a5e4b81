"""What becomes of a verdict: the one status, once, on the commit that was judged; and the exit code."""

from hypothesis import given
from hypothesis import strategies as st

from judgegate.forge.status import Status, describe_error
from judgegate.github.client.api import Api
from judgegate.github.client.connection import Connection
from judgegate.github.publish.verdict import publish_status
from tests.github.fake.server import TOKEN, FakeGitHub
from tests.github.fake.world import ALICE, BOB, StatusState
from tests.github.scenes import open_by_agent, open_by_person
from tests.github.stage import Stage
from tests.repositories import BOB as BY_BOB

INSECURE = (
    "import subprocess\n\n\ndef run(line):\n    return subprocess.call(line, shell=True)\n"
)


def posts(fake: FakeGitHub) -> int:
    """How often a status was posted."""
    return sum(
        entry.method == "POST" and entry.path.startswith("/statuses/") for entry in fake.log
    )


def test_a_change_without_a_demand_passes(fake: FakeGitHub, stage: Stage) -> None:
    open_by_person(fake)
    done = stage.judge()
    status = fake.world.status_of(fake.world.tip("topic"))
    assert done.code == 0
    assert status is not None
    assert (status.state, status.description) == ("success", "Passed, no review required")
    assert status.url == f"{fake.url}/org/shop/actions/runs/17"


def test_a_change_that_blocks_is_a_failure_and_the_step_still_succeeds(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.world.git.write("run.py", INSECURE).commit("Run lines")
    done = stage.judge()
    status = fake.world.status_of(fake.world.tip("topic"))
    assert (done.code, done.outputs["outcome"]) == (0, "block")
    assert status is not None
    assert status.state == "failure"
    assert status.description.startswith("Blocked: ")
    assert len(status.description) <= 140


def test_somebody_who_asks_for_changes_makes_it_a_failure_and_is_named(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.world.review(BOB, "CHANGES_REQUESTED")
    done = stage.judge()
    status = fake.world.status_of(fake.world.tip("topic"))
    assert status is not None
    assert (status.state, done.outputs["outcome"]) == ("failure", "review")
    assert "@bob requests changes" in status.description


def test_a_dismissed_approval_takes_the_green_back(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    fake.world.review(BOB)
    stage.judge()
    head = fake.world.tip("copilot/fix")
    before = fake.world.status_of(head)
    fake.world.dismiss(BOB)
    stage.judge(event="pull_request_review")
    after = fake.world.status_of(head)
    assert before is not None
    assert after is not None
    assert (before.state, after.state) == ("success", "pending")


def test_nothing_is_posted_twice(fake: FakeGitHub, stage: Stage) -> None:
    open_by_person(fake)
    stage.judge()
    again = stage.judge()
    assert posts(fake) == 1
    assert "Already there: judgegate/main is success" in again.run.out


def test_a_status_that_somebody_else_set_over_ours_is_set_right(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    head = fake.world.tip("copilot/fix")
    stage.judge()
    fake.world.statuses.append(
        StatusState(head, "judgegate/main", "success", "forged", None)
    )
    stage.judge()
    status = fake.world.status_of(head)
    assert status is not None
    assert status.state == "pending"


def test_a_status_on_a_later_page_is_found(fake: FakeGitHub) -> None:
    head = fake.world.tip("main")
    status = Status(head, "judgegate/main", "success", "Passed")
    fake.world.statuses.append(
        StatusState(head, "judgegate/main", "success", "Passed", None)
    )
    fake.world.statuses += [
        StatusState(head, f"ci/{number}", "success", "", None) for number in range(120)
    ]
    with Api(fake.api_url, TOKEN) as api:
        assert publish_status(Connection(api, "org/shop", "127.0.0.1"), status) is False
    assert posts(fake) == 0


def test_the_same_words_of_another_account_are_not_ours(fake: FakeGitHub) -> None:
    """A rule that takes the status from one App only does not see theirs, and ours from before would still hold."""
    head = fake.world.tip("main")
    forged = StatusState(head, "judgegate/main", "pending", "1 more approval", None, by=BOB)
    fake.world.statuses += [
        StatusState(head, "judgegate/main", "success", "Passed", None),
        forged,
    ]
    with Api(fake.api_url, TOKEN) as api:
        assert (
            publish_status(
                Connection(api, "org/shop", "127.0.0.1"),
                Status(head, "judgegate/main", "pending", "1 more approval"),
            )
            is True
        )
    last = fake.world.status_of(head)
    assert last is not None
    assert (last.state, last.by.login) == ("pending", "github-actions[bot]")


def test_a_head_that_moved_meanwhile_is_not_painted(fake: FakeGitHub, stage: Stage) -> None:
    open_by_person(fake)
    old = fake.world.tip("topic")
    payload = stage.payload("pull_request_target")
    fake.when(
        r"GET .*/[0-9a-f]+/pulls$",
        lambda: fake.world.git.write("more.py", "").commit("More"),
    )
    done = stage.judge(payload=payload)
    assert done.code == 0
    assert fake.world.statuses == []
    assert f"so {old[:12]} gets no status" in done.run.out


def test_a_pull_request_that_was_edited_meanwhile_is_judged_again(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = open_by_person(fake)
    payload = stage.payload("pull_request_target")
    pull.body = "Generated with [Claude Code](https://claude.com/claude-code)"
    done = stage.judge(payload=payload)
    assert (done.outputs["ai-assisted"], done.outputs["outcome"]) == ("true", "review")
    assert posts(fake) == 1


def test_a_pull_request_that_asks_to_join_another_branch_gets_its_own_context(
    fake: FakeGitHub, stage: Stage
) -> None:
    pull = open_by_person(fake)
    fake.world.git.git("branch", "release/1.0", "main")
    stage.judge()
    pull.base = "release/1.0"
    stage.judge()
    head = fake.world.tip("topic")
    assert [
        (status.context, status.state)
        for status in fake.world.statuses
        if status.commit == head
    ] == [
        ("judgegate/main", "success"),
        ("judgegate/main", "pending"),
        ("judgegate/release/1.0", "success"),
    ]


def test_a_closed_pull_request_gets_no_status(fake: FakeGitHub, stage: Stage) -> None:
    open_by_person(fake).state = "closed"
    done = stage.judge()
    assert (done.code, fake.world.statuses) == (0, [])
    assert "is closed" in done.run.out


def test_report_mode_posts_no_status(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    done = stage.judge("--fail-on", "never")
    assert (done.code, done.outputs["outcome"], fake.world.statuses) == (0, "review", [])
    assert "Report mode" in done.run.out


def test_a_policy_in_report_mode_posts_no_status(fake: FakeGitHub, stage: Stage) -> None:
    fake.world.git.write(".judgegate.yml", "version: 1\nextends: [advisory]\n").commit(
        "Policy"
    )
    open_by_agent(fake)
    assert stage.judge().code == 0
    assert fake.world.statuses == []


@given(st.text())
def test_a_description_is_one_line_that_github_takes(text: str) -> None:
    state, description = describe_error(text, 140)
    assert state == "error"
    assert len(description) <= 140
    assert description.isprintable()


def test_a_hostile_path_reaches_the_status_as_text(fake: FakeGitHub, stage: Stage) -> None:
    open_by_person(fake)
    fake.world.git.write("a\n::error::x\u202e.py", INSECURE).commit("Run lines")
    done = stage.judge()
    status = fake.world.status_of(fake.world.tip("topic"))
    assert status is not None
    assert status.description.isprintable()
    assert [
        line.split(",")[0]
        for line in done.run.out.splitlines()
        if line.lstrip().startswith("::")
    ] == ["::error file=a\\n%3A%3Aerror%3A%3Ax\\u{202e}.py"]


def test_an_approval_carries_over_an_update_of_the_branch(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.world.review(BOB)
    fake.world.git.switch("main").write("other.py", "x = 1\n").commit(
        "Meanwhile", author=BY_BOB
    )
    fake.world.git.switch("copilot/fix").merge("main", author=BY_BOB)
    fake.world.push("copilot/fix", BOB)
    stage.judge()
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert status is not None
    assert status.state == "success"


def test_whoever_set_the_agent_to_work_cannot_approve_its_work(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.world.review(ALICE)
    done = stage.judge()
    assert done.outputs["outcome"] == "review"
    assert done.report["review"]["ignored"] == [
        {"who": "alice", "why": "started the agent that wrote part of the change"}
    ]


def test_a_second_pull_request_of_the_same_head_does_not_pass_for_the_first(
    fake: FakeGitHub, stage: Stage
) -> None:
    """A status is a commit's: without this, one that hides the agent's mark would turn green for the one that shows it."""
    pull = open_by_person(fake)
    pull.body = "Generated with [Claude Code](https://claude.com/claude-code)"
    twin = fake.world.open_pull("topic", ALICE, number=2)
    payload = stage.payload("pull_request_target", number=2)
    done = stage.judge(payload=payload)
    status = fake.world.status_of(fake.world.tip("topic"))
    assert status is not None
    assert (done.code, done.outputs["outcome"], status.state) == (0, "pass", "failure")
    assert status.description.startswith("Pull request 1 has the same head and base")

    pull.state = "closed"
    stage.judge(payload=payload)
    status = fake.world.status_of(fake.world.tip("topic"))
    assert status is not None
    assert (twin.number, status.state) == (2, "success")


def test_a_pull_request_of_the_same_head_that_asks_to_join_another_branch_is_no_concern(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.world.git.git("branch", "release", "main")
    fake.world.open_pull("topic", ALICE, base="release", number=2)
    stage.judge()
    status = fake.world.status_of(fake.world.tip("topic"))
    assert status is not None
    assert status.state == "success"


def test_a_list_that_does_not_know_the_pull_request_yet_is_not_believed(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_person(fake)
    fake.fail("[0-9a-f]/pulls$", 200, body=b"[]")
    assert stage.judge().code == 0
    assert posts(fake) == 1
    assert any(entry.path == "/pulls/1" for entry in fake.log)
