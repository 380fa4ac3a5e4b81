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
from judgegate.model.errors_and_exit_codes import ExitCode
from tests.repositories import RepositoryBuilder
from tests.runs import run

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook
    for hook in yaml.safe_load(
        (Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text()
    )
}
INJECTION = "import subprocess\n\n\ndef run(what):\n    subprocess.run(what, shell=True)\n"
HARMLESS = "answer = 42\n"


@pytest.fixture
def started(repository: RepositoryBuilder) -> RepositoryBuilder:
    repository.write("old.py", HARMLESS).commit()
    return repository.branch("topic")


def run_hook(
    name: str,
    repository: RepositoryBuilder,
    *files: str,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    program, *arguments = shlex.split(HOOKS[name]["entry"])
    assert program == "judgegate"
    command = [str(PROGRAM), *arguments, *(files if HOOKS[name]["pass_filenames"] else ())]
    env = dict(os.environ) | dict(environment or {})
    done = subprocess.run(
        command, cwd=repository.path, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_there_is_a_hook_for_each_stage_and_each_always_runs() -> None:
    assert {name: hook["stages"] for name, hook in HOOKS.items()} == {
        "judgegate": ["pre-commit"],
        "judgegate-commit-msg": ["commit-msg"],
        "judgegate-pre-push": ["pre-push"],
    }
    assert all(hook["always_run"] for hook in HOOKS.values())


@pytest.mark.parametrize(
    ("content", "code"), [(INJECTION, ExitCode.BLOCK), (HARMLESS, ExitCode.PASS)]
)
def test_before_a_commit_the_index_is_judged(
    started: RepositoryBuilder, content: str, code: ExitCode
) -> None:
    started.write("new.py", content).stage().write("new.py", "not python, and not staged")
    ended, told = run_hook("judgegate", started)
    assert (ended, code.name in told) == (code, True), told


def test_a_message_that_names_an_ai_is_seen_and_does_not_stop_the_commit(
    started: RepositoryBuilder,
) -> None:
    message = started.path / ".git" / "COMMIT_EDITMSG"
    message.write_text("Add it\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n")
    started.write("new.py", HARMLESS).stage()
    code, told = run_hook("judgegate-commit-msg", started, ".git/COMMIT_EDITMSG")
    assert code == ExitCode.PASS
    assert "REVIEW" in told
    assert "noreply@anthropic.com" in told


def pushed(
    local: str, *, since: str = "", tip: str = "", remote: str = "origin"
) -> dict[str, str]:
    """What pre-commit says of a push; it leaves `since` and `tip` out where a first commit is among what is pushed."""
    names = {
        "PRE_COMMIT_LOCAL_BRANCH": local,
        "PRE_COMMIT_REMOTE_BRANCH": local,
        "PRE_COMMIT_REMOTE_NAME": remote,
    }
    return names | ({"PRE_COMMIT_FROM_REF": since, "PRE_COMMIT_TO_REF": tip} if tip else {})


class TestBeforeAPush:
    def test_what_is_pushed_is_judged_under_its_name_and_not_what_is_checked_out(
        self, started: RepositoryBuilder
    ) -> None:
        tip = started.write("new.py", INJECTION).commit()
        started.switch("main").branch("other").write("other.py", HARMLESS).commit()
        assert run_hook("judgegate-pre-push", started)[0] == ExitCode.PASS
        environment = pushed("refs/heads/topic", since=started.head("main"), tip=tip)
        code, told = run_hook("judgegate-pre-push", started, environment=environment)
        assert (code, told.partition(" since ")[0]) == (
            ExitCode.BLOCK,
            "Judged 1 commit of topic",
        )
        assert (
            run_hook("judgegate-pre-push", started, environment={"PRE_COMMIT_TO_REF": tip})[
                0
            ]
            == ExitCode.BLOCK
        )

    def test_a_branch_that_moved_since_is_judged_as_it_is_pushed(
        self, started: RepositoryBuilder
    ) -> None:
        tip = started.write("new.py", INJECTION).commit()
        started.write("new.py", HARMLESS).commit()
        environment = pushed("refs/heads/topic", since=started.head("main"), tip=tip)
        assert (
            run_hook("judgegate-pre-push", started, environment=environment)[0]
            == ExitCode.BLOCK
        )

    def test_the_first_push_of_main_goes_on(self, started: RepositoryBuilder) -> None:
        started.write("new.py", INJECTION).commit()
        code, told = run_hook(
            "judgegate-pre-push", started, environment=pushed("refs/heads/main")
        )
        assert code == ExitCode.PASS
        assert told.startswith(
            "Nothing to judge, so the push continues. main is the branch that changes are judged against"
        )

    def test_the_first_push_of_another_branch_is_judged_against_main(
        self, started: RepositoryBuilder
    ) -> None:
        started.write("new.py", INJECTION).commit()
        started.switch("main")
        assert (
            run_hook("judgegate-pre-push", started, environment=pushed("refs/heads/topic"))[
                0
            ]
            == ExitCode.BLOCK
        )

    @pytest.mark.parametrize("branch", ["main", "trunk"])
    def test_without_another_base_it_is_what_the_remote_has(
        self, started: RepositoryBuilder, branch: str
    ) -> None:
        started.switch("main").git("branch", "-m", branch)
        since = started.head()
        tip = started.write("new.py", INJECTION).commit()
        environment = pushed(f"refs/heads/{branch}", since=since, tip=tip, remote="hub")
        code, told = run_hook("judgegate-pre-push", started, environment=environment)
        assert (code, told.splitlines()[0]) == (
            ExitCode.BLOCK,
            f"Judged 1 commit of {branch} since what hub has {since[:7]} (from PRE_COMMIT_FROM_REF).",
        )

    def test_what_the_base_has_already_goes_on(
        self, started: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in pushed("refs/heads/topic").items():
            monkeypatch.setenv(name, value)
        done = run("check", at=started)
        assert (done.code, "same commit" in done.out, done.err) == (ExitCode.PASS, True, "")
        assert run("check", "--head", "topic", at=started).code == ExitCode.USAGE

    def test_who_types_the_command_hears_that_it_was_a_mistake(
        self, started: RepositoryBuilder
    ) -> None:
        assert run("check", at=started).code == ExitCode.USAGE
        assert run("check", at=started.switch("main")).code == ExitCode.USAGE

    def test_a_push_that_cannot_be_judged_does_not_go_on(
        self, started: RepositoryBuilder
    ) -> None:
        started.orphan("island").write("new.py", HARMLESS).commit()
        assert (
            run_hook(
                "judgegate-pre-push", started, environment=pushed("refs/heads/island")
            )[0]
            == ExitCode.INCOMPLETE
        )


def test_a_staged_run_does_not_mind_what_pre_commit_says_of_a_push(
    started: RepositoryBuilder,
) -> None:
    started.write("new.py", HARMLESS).stage()
    assert (
        run_hook("judgegate", started, environment={"PRE_COMMIT_TO_REF": started.head()})[0]
        == ExitCode.PASS
    )
