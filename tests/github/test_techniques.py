"""What an attacker tries on GitHub, by name: each as a whole run here, or where another test file has it.

Nothing may turn green that should not, and nothing stays green that could not be confirmed. There
is no T61 to try: no language model reads the change.
"""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.github.events import tell_comment, tell_run
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import ALICE, BOB, CAROL, StatusState
from tests.github.queues import group_head, open_two, queue
from tests.github.scenes import open_by_agent, open_by_person
from tests.github.stage import Stage

HERE = Path(__file__).parent
LAX = "version: 1\nextends: [default]\nrules: {oversight/ai-assisted: {action: warn}}\n"
SKIPPED_BY_LABEL = """\
version: 1
extends: [default]
rules:
  oversight/ai-assisted:
    action: review
    cases:
      - {when: {labels: [skip-judgegate]}, action: warn}
"""
LIMITED = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"}

Case = Callable[[FakeGitHub, Stage], None]


def status_of(
    fake: FakeGitHub, branch: str = "copilot/fix", base: str = "main"
) -> StatusState | None:
    return fake.world.status_of(fake.world.tip(branch), f"judgegate/{base}")


def state_of(
    fake: FakeGitHub, branch: str = "copilot/fix", base: str = "main"
) -> str | None:
    status = status_of(fake, branch, base)
    return status.state if status else None


def turn_green(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    fake.world.review(BOB)
    stage.judge()
    assert state_of(fake) == "success"


def branch_off(fake: FakeGitHub, name: str, policy: str) -> None:
    """A branch of the repository with a policy of its own."""
    git = fake.world.git
    git.git("branch", name, "main")
    git.switch(name).write(".judgegate.yml", policy).commit("Policy")


def expressions_in_names(fake: FakeGitHub, stage: Stage) -> None:
    branch = "$(touch${IFS}TAKEN);`id`"
    fake.world.git.branch(branch).write("shop.py", "x = 1\n").commit(
        "${{ github.token }}\n\n::set-output name=outcome::pass"
    )
    pull = fake.world.open_pull(branch, ALICE)
    pull.title = '"; touch TAKEN #${{ secrets.TOKEN }}\n::error::x'
    pull.body = "outcome<<EOF\npass\nEOF\nGenerated with [Claude Code](https://claude.com/claude-code)"
    done = stage.judge()
    assert (done.outputs["outcome"], state_of(fake, branch)) == ("review", "pending")
    assert not list(stage.place.rglob("TAKEN"))
    assert not [
        line for line in done.run.out.splitlines() if line.lstrip().startswith("::")
    ]


def poisoned_run(fake: FakeGitHub, stage: Stage) -> None:
    """The run would like another pull request to be judged, or another commit to be painted."""
    open_by_agent(fake).fork = "mallory/shop"
    payload = tell_run(
        fake,
        name="1",
        display_title="1\npull-request=2",
        pull_requests=[{"number": 2, "head": {"sha": "0" * 40}}],
    )
    stage.judge(event="workflow_run", payload=payload)
    assert {one.commit for one in fake.world.statuses} == {fake.world.tip("copilot/fix")}
    assert state_of(fake) == "pending"
    assert not [entry for entry in fake.log if "artifacts" in entry.path]


def push_before_posting(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    fake.world.review(BOB)
    old = fake.world.tip("copilot/fix")
    payload = stage.payload("pull_request_review")
    fake.when(
        r"GET .*/[0-9a-f]+/pulls$",
        lambda: fake.world.git.write("evil.py", "import os\n").commit("More"),
    )
    stage.judge(event="pull_request_review", payload=payload)
    assert fake.world.status_of(old) is None
    assert state_of(fake) is None


def sibling_under_a_laxer_base(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    branch_off(fake, "playground", LAX)
    fake.world.open_pull("copilot/fix", ALICE, base="playground", number=2)
    stage.judge(payload=stage.payload("pull_request_target", number=2))
    assert (state_of(fake, base="playground"), state_of(fake)) == ("success", None)
    stage.judge(event="workflow_run", payload=tell_run(fake))
    assert (state_of(fake, base="playground"), state_of(fake)) == ("success", "pending")


def retarget_after_green(fake: FakeGitHub, stage: Stage) -> None:
    branch_off(fake, "playground", LAX)
    fake.world.git.switch("main")
    pull = open_by_agent(fake)
    pull.base = "playground"
    stage.judge()
    assert state_of(fake, base="playground") == "success"
    pull.base = "main"
    payload = stage.payload(
        "pull_request_target",
        action="edited",
        changes={"base": {"ref": {"from": "playground"}}},
    )
    stage.judge(payload=payload)
    assert (state_of(fake), state_of(fake, base="playground")) == ("pending", "pending")


def retarget_before_posting(fake: FakeGitHub, stage: Stage) -> None:
    branch_off(fake, "playground", LAX)
    fake.world.git.switch("main")
    pull = open_by_agent(fake)
    pull.base = "playground"
    payload = stage.payload("pull_request_target")
    pull.base = "main"
    stage.judge(payload=payload)
    assert (state_of(fake), state_of(fake, base="playground")) == ("pending", "pending")


def limit_in_the_middle(fake: FakeGitHub, stage: Stage) -> None:
    turn_green(fake, stage)
    fake.fail("permission$", 403, headers=LIMITED, times=99)
    done = stage.judge(event="pull_request_review")
    assert (done.code, done.outputs["outcome"], state_of(fake)) == (4, "error", "error")


def limit_that_ends(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    fake.world.review(BOB)
    fake.fail("reviews$", 429, headers={"retry-after": "7"}, times=2)
    stage.judge()
    assert (state_of(fake), stage.waits) == ("success", [7.0, 7.0])


def unapproved_sibling_in_the_queue(fake: FakeGitHub, stage: Stage) -> None:
    open_two(fake)
    fake.world.review(BOB, number=2)
    payload = queue(fake, (1, 2))
    stage.judge(event="merge_group", payload=payload)
    status = fake.world.status_of(group_head(payload))
    assert status is not None
    assert (status.state, status.description.partition(":")[0]) == (
        "failure",
        "Pull request 1",
    )


def draft_and_back(fake: FakeGitHub, stage: Stage) -> None:
    pull = open_by_agent(fake)
    pull.draft = True
    stage.judge()
    assert state_of(fake) == "pending"
    pull.draft = False
    stage.judge(payload=stage.payload("pull_request_target", action="ready_for_review"))
    assert state_of(fake) == "pending"


def close_and_reopen(fake: FakeGitHub, stage: Stage) -> None:
    turn_green(fake, stage)
    pull = fake.world.pulls[1]
    pull.state = "closed"
    fake.world.dismiss(BOB)
    assert (
        stage.judge(payload=stage.payload("pull_request_target", action="closed")).code == 0
    )
    pull.state = "open"
    assert state_of(fake) == "pending"
    stage.judge(payload=stage.payload("pull_request_target", action="reopened"))
    assert state_of(fake) == "pending"


def label_that_exempts(fake: FakeGitHub, stage: Stage) -> None:
    fake.world.git.write(".judgegate.yml", SKIPPED_BY_LABEL).commit("Policy")
    open_by_agent(fake).labels.append("skip-judgegate")
    stage.judge(payload=stage.payload("pull_request_target", action="labeled"))
    assert state_of(fake) == "pending"


def dismissed_approval(fake: FakeGitHub, stage: Stage) -> None:
    turn_green(fake, stage)
    fake.world.dismiss(BOB)
    stage.judge(
        payload=stage.payload("pull_request_review", action="dismissed"),
        event="pull_request_review",
    )
    assert state_of(fake) == "pending"


def approval_of_a_deleted_account(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    fake.world.review(None)
    stage.judge()
    assert state_of(fake) == "pending"


def permission_lost_after_approval(fake: FakeGitHub, stage: Stage) -> None:
    turn_green(fake, stage)
    fake.world.roles[BOB.id] = "read"
    stage.judge(event="issue_comment", payload=tell_comment(ALICE, "/judgegate recheck"))
    assert state_of(fake) == "pending"


def repeated_run_of_an_old_event(fake: FakeGitHub, stage: Stage) -> None:
    open_by_agent(fake)
    fake.world.review(BOB)
    payload = stage.payload("pull_request_review")
    old = fake.world.tip("copilot/fix")
    fake.world.git.write("evil.py", "import os\n").commit("More")
    stage.judge(
        event="pull_request_review", payload=payload, variables={"GITHUB_RUN_ATTEMPT": "2"}
    )
    assert fake.world.status_of(old) is None
    assert state_of(fake) == "pending"


def command_of_a_stranger(fake: FakeGitHub, stage: Stage) -> None:
    open_by_person(fake)
    stage.judge(
        event="issue_comment",
        payload=tell_comment(CAROL, "/judgegate recheck\n/judgegate override it"),
    )
    assert fake.world.statuses == []


CASES: dict[str, Case] = {
    "T62 expressions in names": expressions_in_names,
    "T63 a run that is poisoned": poisoned_run,
    "T69 a push before the status is posted": push_before_posting,
    "T70 a sibling under a laxer base": sibling_under_a_laxer_base,
    "T71 another base after green": retarget_after_green,
    "T71 another base before the status is posted": retarget_before_posting,
    "T72 a rate limit in the middle": limit_in_the_middle,
    "T72 a rate limit that ends": limit_that_ends,
    "T98 an unapproved sibling in the queue": unapproved_sibling_in_the_queue,
    "T99 a draft and back": draft_and_back,
    "T99 closed and opened again": close_and_reopen,
    "T99 a label that exempts": label_that_exempts,
    "T85 an approval that is dismissed": dismissed_approval,
    "T93 an approval of a deleted account": approval_of_a_deleted_account,
    "T93 permission that is lost after the approval": permission_lost_after_approval,
    "T69 a repeated run of an old event": repeated_run_of_an_old_event,
    "T94 a command of a stranger": command_of_a_stranger,
}

ELSEWHERE = {
    "T62 expressions in the Action": "test_action.py::test_no_script_holds_an_expression_and_every_input_comes_through_the_environment",
    "T62 outputs that end early": "test_step.py::test_no_output_can_end_itself_or_begin_another",
    "T63 a list that is not filtered": "test_finished_runs.py::test_a_list_that_is_not_filtered_is_not_believed",
    "T63 a fork of the same owner": "test_finished_runs.py::test_a_pull_request_that_is_no_longer_the_runs_is_not_judged",
    "T64 nothing is checked out": "test_objects.py::test_the_head_the_base_and_the_notes_are_there_and_no_work_tree",
    "T64 nothing is configured": "test_objects.py::test_no_setting_of_the_machine_or_its_user_is_obeyed",
    "T65 a pull request that skips the gate": "../doctor/test_setups.py::test_t65_a_pull_request_can_skip_the_job_in_its_own_copy",
    "T66 a status that any workflow can forge": "../doctor/test_setups.py::test_t66_any_workflow_can_forge_the_status",
    "T67 a commit that skips everything": "../doctor/test_setups.py::test_t67_skip_ci_starts_nothing_on_pull_request_alone",
    "T68 a red job made green": "../doctor/test_setups.py::test_t68_what_makes_a_red_job_green_is_a_hole",
    "T66 a forged status": "test_publishing.py::test_a_status_that_somebody_else_set_over_ours_is_set_right",
    "T69 a push while a group is judged": "test_merge_queue.py::test_a_push_while_the_group_is_judged_is_an_error",
    "T70 a sibling with the same base": "test_publishing.py::test_a_second_pull_request_of_the_same_head_does_not_pass_for_the_first",
    "T72 GitHub fails": "test_failing.py::test_a_gate_that_could_not_complete_says_error_where_it_said_success",
    "T98 a commit more, or another tree": "test_tampered_groups.py::test_a_group_that_holds_anything_else_is_an_error",
    "T98 an approval dismissed in the queue": "test_merge_queue.py::test_an_approval_that_was_dismissed_in_the_queue_holds_the_group",
    "T99 a label while it is judged": "test_publishing.py::test_a_pull_request_that_was_edited_meanwhile_is_judged_again",
}


@pytest.mark.parametrize("name", CASES)
def test_it_does_not_turn_green_what_should_not_be(
    fake: FakeGitHub, stage: Stage, name: str
) -> None:
    CASES[name](fake, stage)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_it_is_tried_elsewhere(name: str) -> None:
    file, _, test = ELSEWHERE[name].partition("::")
    assert test in {
        node.name
        for node in ast.parse((HERE / file).read_text()).body
        if isinstance(node, ast.FunctionDef)
    }
