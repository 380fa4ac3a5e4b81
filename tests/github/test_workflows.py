"""The workflows that users copy: what they may do, and a run of each."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.github.acting import ROOT, WORKFLOWS, act, pins
from tests.github.events import tell_comment, tell_run
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import BOB, CAROL, Account
from tests.github.queues import group_head, open_two, queue
from tests.github.scenes import open_by_agent
from tests.github.stage import Stage

FILES = {path.stem: path for path in sorted(WORKFLOWS.glob("*.yml"))}
OWN = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EVERY = [*FILES.values(), *OWN]
PLACEHOLDER = "0123456789abcdef0123456789abcdef01234567"
"""Stands for the release's commit in the files to copy."""


def read(path: Path) -> dict[Any, Any]:
    """The workflow. YAML's version 1.1 reads the key `on` as true."""
    document: dict[Any, Any] = yaml.safe_load(path.read_text())
    return document


def only_job(path: Path) -> dict[str, Any]:
    [job] = read(path)["jobs"].values()
    return dict(job)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_every_permission_is_the_job_s_and_says_what_for(path: Path) -> None:
    assert read(path)["permissions"] == {}
    granted = re.findall(
        r"^ +(?:permission-)?[a-z-]+: (?:read|write)\b(.*)$", path.read_text(), re.MULTILINE
    )
    assert all(re.match(r" # \w", rest) for rest in granted)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_every_action_is_pinned_by_the_same_commit_wherever_it_is_used(path: Path) -> None:
    everywhere = dict(
        pin for one in (*EVERY, ROOT / "action.yml") for pin in pins(one.read_text())
    )
    for name, commit in pins(path.read_text()):
        assert re.fullmatch(r"[0-9a-f]{40}", commit), name
        assert everywhere[name] == commit
        assert (name == "judgegate/judgegate") == (commit == PLACEHOLDER)


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_a_file_to_copy_says_what_it_trusts(path: Path) -> None:
    head = path.read_text().partition("\nname: ")[0]
    assert ".github/workflows/" in head or "ruleset" in head
    assert "# Trust: " in head


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_the_files_that_a_workflow_speaks_of_are_there(path: Path) -> None:
    comments = " ".join(re.findall(r"# (.*)$", path.read_text(), re.MULTILINE))
    named = set(re.findall(r"(?<![\w/-])[\w-]+\.yml", comments))
    assert named <= {one.name for one in EVERY}


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_nothing_of_a_pull_request_is_checked_out_or_executed(path: Path) -> None:
    assert {name for name, _ in pins(path.read_text())} <= {
        "judgegate/judgegate",
        "actions/create-github-app-token",
        "actions/cache",
    }
    scripts = [step["run"] for step in only_job(path)["steps"] if "run" in step]
    assert all("${{" not in script for script in scripts)


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_a_workflow_gives_the_action_only_inputs_that_it_has(path: Path) -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    for step in only_job(path)["steps"]:
        if step.get("uses", "").startswith("judgegate/"):
            assert set(step.get("with", {})) <= set(inputs)


@pytest.mark.parametrize(
    "path",
    [path for path in FILES.values() if "issue_comment" in read(path)[True]],
    ids=lambda path: path.stem,
)
def test_a_comment_that_is_none_of_ours_takes_nobody_s_place(path: Path) -> None:
    """GitHub gives a place in the group before it reads the job's condition, and a newer run drops one that waits."""
    command = "(startsWith(github.event.comment.body, '/judgegate ') || startsWith(github.event.changes.body.from, '/judgegate '))"
    known = """contains(fromJSON('["OWNER", "MEMBER", "COLLABORATOR"]'), github.event.comment.author_association)"""
    group = " ".join(read(path)["concurrency"]["group"].split())
    assert group.startswith(
        f"judgegate-${{{{ github.event_name == 'issue_comment' && !({command} && {known}) && github.run_id ||"
    )
    assert command in only_job(path)["if"]


def test_the_review_s_own_workflow_is_the_one_that_the_others_wait_for() -> None:
    for name in ("forks", "own-app", "required-again"):
        assert read(FILES[name])[True]["workflow_run"] == {
            "workflows": [read(FILES["forks-review"])["name"]],
            "types": ["completed"],
        }
    assert only_job(FILES["forks-review"]).keys() == {
        "name",
        "runs-on",
        "timeout-minutes",
        "steps",
    }


def test_the_page_for_newcomers_shows_the_status_as_it_is(
    fake: FakeGitHub, stage: Stage
) -> None:
    page = (ROOT / "docs" / "getting-started.md").read_text()
    open_by_agent(fake)
    stage.judge()
    fake.world.review(BOB)
    stage.judge(event="pull_request_review")
    waiting, passed = fake.world.statuses
    assert f"yellow: `{waiting.description}`" in page
    assert f"turns green and says `{passed.description}`" in page


def test_a_command_in_a_comment_starts_a_run_and_talk_does_not(
    fake: FakeGitHub, tmp_path: Path, checkout: Path
) -> None:
    open_by_agent(fake)
    head = fake.world.tip("copilot/fix")
    done = act(
        fake,
        tmp_path / "talk",
        "issue_comment",
        tell_comment(BOB, "Shall we /judgegate recheck?"),
        checkout,
    )
    assert (done.code, done.outputs, fake.log) == (0, {}, []), done.log
    done = act(
        fake,
        tmp_path / "command",
        "issue_comment",
        tell_comment(BOB, "/judgegate recheck"),
        checkout,
    )
    status = fake.world.status_of(head)
    assert done.code == 0, done.log
    assert status is not None
    assert status.state == "pending"


def test_a_review_of_a_fork_is_judged_once_the_other_workflow_has_run(
    fake: FakeGitHub, tmp_path: Path, checkout: Path
) -> None:
    open_by_agent(fake).fork = "mallory/shop"
    fake.world.roles[CAROL.id] = "write"
    fake.world.review(BOB)
    fake.world.review(CAROL)
    done = act(
        fake,
        tmp_path / "run",
        "workflow_run",
        tell_run(fake),
        checkout,
        workflow=FILES["forks"],
    )
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert done.code == 0, done.log
    assert status is not None
    assert status.state == "success"


def test_a_group_of_the_merge_queue_gets_its_own_status(
    fake: FakeGitHub, tmp_path: Path, checkout: Path
) -> None:
    open_two(fake)
    fake.world.review(BOB, number=1)
    fake.world.review(BOB, number=2)
    payload = queue(fake, (1, 2))
    done = act(
        fake,
        tmp_path / "run",
        "merge_group",
        payload,
        checkout,
        workflow=FILES["merge-queue"],
    )
    status = fake.world.status_of(group_head(payload))
    assert done.code == 0, done.log
    assert status is not None
    assert status.state == "success"


def test_report_mode_writes_a_comment_and_posts_no_status(
    fake: FakeGitHub, stage: Stage, tmp_path: Path, checkout: Path
) -> None:
    open_by_agent(fake)
    payload = stage.payload("pull_request_target", action="opened")
    done = act(
        fake,
        tmp_path / "run",
        "pull_request_target",
        payload,
        checkout,
        workflow=FILES["report-only"],
    )
    assert (done.code, done.outputs["outcome"]) == (0, "review"), done.log
    assert fake.world.statuses == []
    assert len(fake.world.comments()) == 1


def test_a_required_workflow_fails_until_somebody_approved(
    fake: FakeGitHub, stage: Stage, tmp_path: Path, checkout: Path
) -> None:
    open_by_agent(fake)
    fake.fail(r"/statuses?(/|$)", 403, times=99)
    fake.fail(r"/statuses/", 403, method="POST", times=99)
    payload = stage.payload("pull_request_target", action="opened")
    done = act(
        fake,
        tmp_path / "waiting",
        "pull_request_target",
        payload,
        checkout,
        workflow=FILES["required"],
    )
    assert (done.code, done.outputs["outcome"]) == (1, "review"), done.log
    fake.world.review(BOB)
    done = act(
        fake,
        tmp_path / "repeated",
        "pull_request_target",
        payload,
        checkout,
        workflow=FILES["required"],
    )
    assert (done.code, done.outputs["outcome"]) == (0, "pass"), done.log
    assert fake.world.comments() == []


def test_the_app_s_token_judges_and_its_account_comments(
    fake: FakeGitHub, stage: Stage, tmp_path: Path, checkout: Path
) -> None:
    open_by_agent(fake)
    fake.world.token_of = Account(555, "judge[bot]", "Bot")
    payload = stage.payload("pull_request_target", action="opened")
    done = act(
        fake,
        tmp_path / "run",
        "pull_request_target",
        payload,
        checkout,
        workflow=FILES["own-app"],
        token="a-token-of-the-job",
    )
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert done.code == 0, done.log
    assert status is not None
    assert status.state == "pending"
    assert [comment.actor.login for comment in fake.world.comments()] == ["judge[bot]"]


GH = """\
#!/usr/bin/env bash
# Stands in for GitHub's command line: the newest run comes first.
set -euo pipefail
echo "$*" >> '{log}'
case "$*" in
  *"event=pull_request_target&head_sha={head}"*) echo {newest} ;;
esac
"""


@pytest.mark.parametrize(
    ("newest", "requested"),
    [("7", ["api --method POST repos/org/shop/actions/runs/7/rerun"]), ("", [])],
)
def test_after_a_review_the_required_run_is_repeated(
    fake: FakeGitHub, tmp_path: Path, checkout: Path, newest: str, requested: list[str]
) -> None:
    stub = tmp_path / "bin" / "gh"
    stub.parent.mkdir()
    stub.write_text(GH.format(log=tmp_path / "asked", head="1" * 40, newest=newest))
    stub.chmod(0o755)
    payload = {"workflow_run": {"head_sha": "1" * 40}}
    done = act(
        fake,
        tmp_path / "run",
        "workflow_run",
        payload,
        checkout,
        workflow=FILES["required-again"],
        path=stub.parent,
    )
    assert (tmp_path / "asked").read_text().splitlines()[1:] == requested
    assert done.code == (0 if requested else 1), done.log


def test_our_own_changes_are_judged_by_the_default_branch_s_action() -> None:
    [own] = [path for path in OWN if path.name == "judgegate.yml"]
    checkout, judge = only_job(own)["steps"]
    assert (checkout["with"]["ref"], checkout["with"]["persist-credentials"]) == (
        "main",
        False,
    )
    assert judge == {"uses": "./", "with": {"pull-request": "${{ inputs.pull-request }}"}}
    copied, ours = read(FILES["forks"]), read(own)
    assert ours[True] == copied[True]
    assert ours["concurrency"] == copied["concurrency"]
    assert only_job(own) | {"steps": []} == only_job(FILES["forks"]) | {"steps": []}
    assert read(own.with_name("judgegate-review.yml")) == read(FILES["forks-review"])


def test_continuous_integration_runs_on_the_oldest_and_the_newest_python() -> None:
    [ci] = [path for path in OWN if path.name == "ci.yml"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    known = [
        one.rpartition(" ")[2]
        for one in project["classifiers"]
        if re.search(r":: 3\.\d+$", one)
    ]
    assert only_job(ci)["strategy"]["matrix"]["python"] == [
        project["requires-python"].removeprefix(">="),
        known[-1],
    ]
