"""The Action: what it says of itself, how it is pinned, and a run of it."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from judgegate.github.event import EVENTS
from tests.github.acting import ROOT, SCRIPTS, WORKFLOW, WORKFLOWS, act
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import BOB
from tests.github.scenes import open_by_agent
from tests.github.stage import Stage

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
LOCK = (ROOT / "action" / "requirements.lock").read_text()
PAGE = (ROOT / "docs" / "github.md").read_text()


def table(heading: str) -> dict[str, str]:
    """The first two cells of each row of the page's table under a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.*?) \|", section, re.MULTILINE))


def test_the_page_lists_the_inputs_with_their_defaults() -> None:
    defaults = {"${{ github.token }}": "the job's own token"}
    words = {
        "fail-on": "what the policy says",
        "org-policy": "none",
        "pull-request": "the event's",
        "cache": "none",
        "cache-key": "none",
    }
    given = {name: one["default"] for name, one in ACTION["inputs"].items()}
    assert table("Inputs") == {
        name: defaults.get(default, words.get(name, f"`{default}`"))
        for name, default in given.items()
    }


def test_the_page_lists_the_outputs_and_the_step_sets_them() -> None:
    assert list(table("Outputs")) == list(ACTION["outputs"])
    assert {name: one["value"] for name, one in ACTION["outputs"].items()} == {
        name: f"${{{{ steps.judge.outputs.{name} }}}}" for name in ACTION["outputs"]
    }


def test_the_page_lists_the_permissions_of_the_workflow() -> None:
    [job] = yaml.safe_load(WORKFLOW.read_text())["jobs"].values()
    assert list(table("Permissions")) == [
        f"{name}: {level}" for name, level in job["permissions"].items()
    ]


def test_the_page_lists_the_events_that_the_program_understands() -> None:
    assert set(table("Events")) == set(EVENTS)


def test_every_action_of_others_is_pinned_by_its_commit() -> None:
    uses = re.findall(r"uses: (\S+)(?: # (\S+))?", (ROOT / "action.yml").read_text())
    assert uses
    assert all(
        re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name) and tag for name, tag in uses
    )


def test_it_runs_on_the_newest_python_that_judgegate_knows() -> None:
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "classifiers"
    ]
    minors = [
        int(found[1])
        for one in classifiers
        if (found := re.fullmatch(r"Programming Language :: Python :: 3\.(\d+)", one))
    ]
    [setup] = [
        step for step in STEPS if step.get("uses", "").startswith("actions/setup-python@")
    ]
    assert setup["with"]["python-version"] == f"3.{max(minors)}"


def test_no_script_holds_an_expression_and_every_input_comes_through_the_environment() -> (
    None
):
    assert all("${{" not in step.get("run", "") for step in STEPS)
    given = {value for step in STEPS for value in step.get("env", {}).values()}
    assert {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]} <= given


def test_the_step_gives_every_variable_that_the_program_reads_and_none_that_a_runner_may_not_set() -> (
    None
):
    sources = "\n".join(
        path.read_text() for path in (ROOT / "src/judgegate/github").glob("*.py")
    )
    sources += (ROOT / "src/judgegate/cli/action_inputs.py").read_text() + (
        ROOT / "action" / "judge.sh"
    ).read_text()
    read = set(re.findall(r"JUDGEGATE_[A-Z_]+", sources))
    assert read == {name for step in STEPS for name in step.get("env", {})}
    assert "INPUT_" not in sources


def test_the_lock_holds_every_dependency_with_its_digests_and_names_no_server() -> None:
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", LOCK, re.MULTILINE))
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(
            locked[canonicalize_name(requirement.name)]
        ), requirement
    entries = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert len(entries) == len(locked)
    assert "://" not in LOCK


ALL_WORKFLOWS = [
    str(path.relative_to(ROOT))
    for place in (WORKFLOWS, ROOT / ".github" / "workflows")
    for path in sorted(place.glob("*.yml"))
]


@pytest.mark.parametrize(
    "command",
    [
        [
            "zizmor",
            "--offline",
            "--no-progress",
            "--strict-collection",
            "--persona=auditor",
            "action.yml",
            ".github",
            *ALL_WORKFLOWS,
        ],
        ["actionlint", *ALL_WORKFLOWS],
        ["check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *ALL_WORKFLOWS],
        [
            "check-jsonschema",
            "--builtin-schema",
            "custom.github-workflows-require-timeout",
            *ALL_WORKFLOWS,
        ],
        [
            "check-jsonschema",
            "--builtin-schema",
            "vendor.dependabot",
            ".github/dependabot.yml",
        ],
        ["shellcheck", "action/judge.sh"],
    ],
    ids=lambda command: " ".join(word for word in command[:3] if word[0] not in "-d"),
)
def test_the_linters_are_content(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(SCRIPTS), prepend=":")
    done = subprocess.run(
        [SCRIPTS / command[0], *command[1:]], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_the_action_runs_and_turns_green_once_a_person_approved(
    fake: FakeGitHub, stage: Stage, tmp_path: Path, checkout: Path
) -> None:
    open_by_agent(fake)
    head = fake.world.tip("copilot/fix")
    payload = stage.payload("pull_request_target", action="opened")
    done = act(fake, tmp_path / "waiting", "pull_request_target", payload, checkout)
    waiting = fake.world.status_of(head)
    assert done.code == 0, done.log
    assert waiting is not None
    assert waiting.state == "pending"
    assert (done.outputs["outcome"], done.outputs["ai-assisted"]) == ("review", "true")
    assert f"Judged `{head[:7]}`" in done.summary

    fake.world.review(BOB)
    done = act(
        fake,
        tmp_path / "approved",
        "pull_request_review",
        stage.payload("pull_request_review", action="submitted"),
        checkout,
    )
    approved = fake.world.status_of(head)
    assert done.code == 0, done.log
    assert approved is not None
    assert (approved.state, done.outputs["outcome"]) == ("success", "pass")
    assert not (tmp_path / "TAKEN").exists()


def test_the_action_fails_where_the_gate_could_not_complete(
    fake: FakeGitHub, stage: Stage, tmp_path: Path, checkout: Path
) -> None:
    open_by_agent(fake)
    fake.fail("reviews$", 404, times=99)
    done = act(
        fake,
        tmp_path / "run",
        "pull_request_target",
        stage.payload("pull_request_target", action="opened"),
        checkout,
    )
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert done.code != 0
    assert status is not None
    assert (status.state, done.outputs["outcome"]) == ("error", "error")


def test_the_script_needs_what_the_action_gives_it(tmp_path: Path) -> None:
    script = ROOT / "action" / "judge.sh"
    done = subprocess.run(
        [script],
        env={"PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    assert b"JUDGEGATE_ACTION_PATH" in done.stderr
