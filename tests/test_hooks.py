"""The hooks for pre-commit, started as pre-commit starts them."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.refresh import PROGRAM
from judgegate.model.errors import ExitCode
from tests.repositories import RepositoryBuilder

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text())
}
INJECTION = "import subprocess\n\n\ndef run(what):\n    subprocess.run(what, shell=True)\n"
HARMLESS = "answer = 42\n"


@pytest.fixture
def started(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write("old.py", HARMLESS).commit()
    return repository.branch("topic")


def run_hook(name: str, repository: RepositoryBuilder, *files: str, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    program, *arguments = shlex.split(HOOKS[name]["entry"])
    assert program == "judgegate"
    command = [str(PROGRAM), *arguments, *(files if HOOKS[name]["pass_filenames"] else ())]
    env = dict(os.environ) | dict(environment or {})
    done = subprocess.run(command, cwd=repository.path, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_there_is_a_hook_for_each_stage_and_each_always_runs() -> None:
    assert {name: hook["stages"] for name, hook in HOOKS.items()} == {
        "judgegate": ["pre-commit"],
        "judgegate-commit-msg": ["commit-msg"],
        "judgegate-pre-push": ["pre-push"],
    }
    assert all(hook["always_run"] for hook in HOOKS.values())


@pytest.mark.parametrize(("content", "code"), [(INJECTION, ExitCode.BLOCK), (HARMLESS, ExitCode.PASS)])
def test_before_a_commit_the_index_is_judged(started: RepositoryBuilder, content: str, code: ExitCode) -> None:
    started.write("new.py", content).stage().write("new.py", "not python, and not staged")
    ended, told = run_hook("judgegate", started)
    assert (ended, code.name in told) == (code, True), told


def test_a_message_that_names_an_ai_is_seen_and_does_not_stop_the_commit(started: RepositoryBuilder) -> None:
    message = started.path / ".git" / "COMMIT_EDITMSG"
    message.write_text("Add it\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n")
    started.write("new.py", HARMLESS).stage()
    code, told = run_hook("judgegate-commit-msg", started, ".git/COMMIT_EDITMSG")
    assert code == ExitCode.PASS
    assert "REVIEW" in told
    assert "noreply@anthropic.com" in told


def test_before_a_push_what_is_pushed_is_judged_and_not_what_is_checked_out(started: RepositoryBuilder) -> None:
    pushed = started.write("new.py", INJECTION).commit()
    started.switch("main").branch("other").write("other.py", HARMLESS).commit()
    assert run_hook("judgegate-pre-push", started)[0] == ExitCode.PASS
    assert run_hook("judgegate-pre-push", started, environment={"PRE_COMMIT_TO_REF": pushed})[0] == ExitCode.BLOCK


def test_a_staged_run_does_not_mind_what_pre_commit_says_of_a_push(started: RepositoryBuilder) -> None:
    started.write("new.py", HARMLESS).stage()
    assert run_hook("judgegate", started, environment={"PRE_COMMIT_TO_REF": started.head()})[0] == ExitCode.PASS
