"""Bad input and bad surroundings: a clear message, an exit code of its own, and nothing lost."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.repositories import RepositoryBuilder
from tests.runs import check, read_report, run, spawn

INJECTION = "import subprocess\nsubprocess.run(input(), shell=True)\n"


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A branch that brings a command injection."""
    repository.write("app.py", "X = 1\n").commit("Start")
    repository.branch("topic").write("app.py", INJECTION).commit("Run")
    return repository


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--base=-x"], "Not a revision"),
        (["--base", "nowhere"], "There is no revision 'nowhere'"),
        (["--head", "--output=x"], "Not a revision"),
        (["--base", "topic"], "same commit"),
        (["--base", "twin"], "ambiguous"),
        (["--policy", "nowhere.yml"], "There is no policy at nowhere.yml"),
        (["--org-policy", "nowhere.yml"], "There is no policy at nowhere.yml"),
        (["-f", "yaml"], "not a format"),
        (["-f", "json="], "has no file name"),
        (["-f", "text", "-f", "json"], "same place"),
        (["-f", "json=nowhere/report.json"], "cannot be written"),
        (["-f", "json=."], "is a directory"),
        (["--staged", "--worktree"], "use only one of them"),
        (["--staged", "--head", "HEAD"], "--head cannot be used with"),
        (["--staged", "--base", "main"], "--base cannot be used with"),
        (["--message", "x"], "--message can only be used with"),
        (["--staged", "--message", "nowhere"], "there is no file 'nowhere'"),
        (["--pull-request", "nowhere"], "nowhere cannot be read"),
        (["-q", "-v"], "cannot be used together"),
        (["--patch", "nowhere.diff"], "nowhere.diff"),
        (["--repo", "nowhere"], "nowhere"),
        (["main"], "To judge against main: --base main"),
        (["main..topic"], "To judge topic against main: --base main --head topic"),
        (["main..."], "To judge HEAD against main: --base main --head HEAD"),
        (["."], "judgegate always judges a whole change"),
        (
            ["app.py", "other.py"],
            "'app.py' is a path, but judgegate always judges a whole change",
        ),
        (["--json"], "-f json"),
        (["--jsonn"], "No such option"),
        (["--staged", "--message", "fix stuff"], "--message takes a file"),
        (["--policy", "strict"], "strict is a pack, but --policy takes a file"),
        (["--org-policy", "strict"], "`extends: [strict]`"),
    ],
)
def test_a_wrong_request_is_reported_and_nothing_is_judged(
    topic: RepositoryBuilder, arguments: list[str], says: str
) -> None:
    topic.git("tag", "twin", "main")
    topic.git("branch", "twin", "topic")
    done = run("check", *arguments, at=topic)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "patch",
    [b"", b"garbage\n", b"--- a/x.py\n+++ b/x.py\n@@ -1,3 +1 @@\n-cut\n", b"\0\xff"],
)
def test_garbage_is_no_patch(topic: RepositoryBuilder, patch: bytes) -> None:
    topic.write("bad.diff", patch)
    done = run("check", "--patch", "bad.diff", at=topic)
    assert done.code == 2
    assert done.out == ""


def test_a_folder_that_is_no_repository_is_reported(tmp_path: Path) -> None:
    done = run("check", at=tmp_path)
    assert done.code == 2
    assert "not" in done.err
    assert "repository" in done.err


def test_histories_that_have_nothing_in_common_cannot_be_judged(
    topic: RepositoryBuilder,
) -> None:
    topic.orphan("island").write("new.py", "X = 2\n").commit("Elsewhere")
    done = run("check", "-f", "json", at=topic)
    assert done.code == 4
    assert "no common history" in done.err
    assert done.report["outcome"] == "error"


def test_a_shallow_clone_names_the_cause_and_the_remedy(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    topic.write("app.py", "X = 2\n").commit("More")
    shallow = topic.clone(tmp_path / "shallow", "--depth=1", "--no-single-branch")
    done = run("check", "--base", "origin/main", at=shallow)
    assert done.code == 4
    assert "shallow clone" in done.err
    assert "git fetch --unshallow" in done.err


def test_a_shallow_clone_of_one_branch_names_a_remedy_that_helps(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    topic.write("app.py", "X = 2\n").commit("More")
    shallow = topic.switch("main").clone(
        tmp_path / "shallow", "--depth=1", "--branch=topic"
    )
    done = run("check", "-f", "json", at=shallow)
    assert (done.code, done.report["outcome"]) == (4, "error")
    assert "shallow clone" in done.err
    assert "+refs/heads/*" in run("check", "--base", "main", at=shallow).err
    command = (
        next(line for line in done.err.splitlines() if "git fetch" in line)
        .partition(": ")[2]
        .partition(" (")[0]
    )
    shallow.git(*shlex.split(command)[1:])
    assert run("check", at=shallow).code == 0


def test_a_clone_of_one_branch_names_a_remedy_that_helps(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    topic.switch("main")
    single = topic.clone(tmp_path / "single", "--single-branch", "--branch=topic")
    done = run("check", at=single)
    assert done.code == 2
    assert "no branch to judge against" in done.err
    assert "--unshallow" not in done.err
    command = next(line for line in done.err.splitlines() if "git fetch" in line).partition(
        "base: "
    )[2]
    assert f"`{command}`" in (Path(__file__).parents[2] / "docs/cli.md").read_text()
    single.git(*shlex.split(command)[1:])
    assert run("check", at=single).code == 1


@pytest.mark.parametrize(
    "settings", [[], ["remote.origin.fetch=+refs/heads/*:refs/remotes/origin/*"]]
)
def test_where_every_branch_is_followed_a_base_is_to_be_named(
    topic: RepositoryBuilder, settings: list[str]
) -> None:
    topic.git("branch", "-D", "main")
    for setting in settings:
        topic.git("config", *setting.split("="))
    done = run("check", at=topic)
    assert (
        done.code,
        "Name one with --base or JUDGEGATE_BASE." in done.err,
        "git fetch" in done.err,
    ) == (
        2,
        True,
        False,
    )


def test_on_the_main_branch_a_branch_of_its_own_is_advised(
    topic: RepositoryBuilder,
) -> None:
    done = run("check", at=topic.switch("main"))
    assert (done.code, "git switch -c" in done.err) == (2, True)


def test_without_a_commit_that_is_said_and_what_to_do(
    repository: RepositoryBuilder,
) -> None:
    done = run("check", at=repository)
    assert (done.code, "no commits yet" in done.err, "--staged" in done.err) == (
        2,
        True,
        True,
    )
    repository.write("app.py", INJECTION).stage()
    assert run("check", "--staged", at=repository).code == 1
    assert run("check", "--worktree", at=repository).code == 1


def test_a_base_that_the_environment_names_is_reported_as_such(
    topic: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGEGATE_BASE", "nope")
    done = run("check", at=topic)
    assert done.code == 2
    assert (
        "There is no revision 'nope', which the environment variable JUDGEGATE_BASE names."
        in done.err
    )


def test_a_malformed_policy_shows_all_its_problems_with_their_places(
    topic: RepositoryBuilder,
) -> None:
    topic.write("mine.yml", "version: 1\nrulez: {}\nfail_on: sometimes\n")
    done = run("check", "--policy", "mine.yml", at=topic)
    assert done.code == 2
    assert "mine.yml:2:1" in done.err
    assert "mine.yml:3:10" in done.err


def test_a_report_goes_to_its_file_as_a_whole(topic: RepositoryBuilder) -> None:
    done = run("check", "-f", "text", "-f", "json=report.json", at=topic)
    assert "BLOCK" in done.out
    assert read_report((topic.path / "report.json").read_text())["outcome"] == "block"
    assert sorted(file.name for file in topic.path.iterdir()) == [
        ".git",
        "app.py",
        "report.json",
    ]


def test_a_reader_that_goes_away_takes_nothing_from_the_verdict(
    topic: RepositoryBuilder,
) -> None:
    command = [sys.executable, "-P", "-m", "judgegate", "check", "--all"]
    process = subprocess.Popen(
        command, cwd=topic.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1


def test_interrupted_it_leaves_no_traceback_and_no_worker(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    slow = "x = [\n" + "    {'a': (1, 2)},\n" * 20_000 + "]\n"
    topic.write("slow.py", slow).commit("Slow")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "judgegate", "check"],
        cwd=topic.path,
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not list(temporary.iterdir()):
        time.sleep(0.01)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said.strip()) == (130, b"Interrupted.")
    assert list(temporary.iterdir()) == []
    assert wait_until_gone(process.pid)


def wait_until_gone(group: int) -> bool:
    """Whether the process group is empty soon: a worker that nobody ended ends itself when its pipe closes."""
    for _ in range(500):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_no_place_for_temporary_files_is_reported(
    topic: RepositoryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    done = run("check", "-f", "json", at=topic)
    assert (done.code, done.report["outcome"]) == (4, "error")
    assert "TMPDIR" in done.err


@pytest.mark.parametrize(
    ("script", "says"),
    [(None, "git"), ("#!/bin/sh\necho git version 1.8.0\n", "1.8.0")],
    ids=["missing", "too old"],
)
def test_git_that_is_missing_or_too_old_is_named(
    topic: RepositoryBuilder, tmp_path: Path, script: str | None, says: str
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    if script:
        (tools / "git").write_text(script)
        (tools / "git").chmod(0o755)
    done = spawn("check", "-f", "json", at=topic, environment={"PATH": str(tools)})
    assert done.code == 4
    assert says in done.err
    assert "Traceback" not in done.err


def test_the_users_git_settings_change_nothing(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    plain = run("check", "-f", "json", at=topic).out
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for setting in (
        "diff.noprefix=true",
        "color.ui=always",
        f"diff.external={trap}",
        f"core.fsmonitor={trap}",
        "diff.algorithm=patience",
    ):
        name, _, value = setting.partition("=")
        topic.git("config", name, value)
    topic.git("config", "diff.x.textconv", str(trap))
    topic.git("config", "filter.x.clean", str(trap))
    (topic.path / ".git/info/attributes").write_text("*.py diff=x filter=x -text\n")
    (topic.path / ".git/hooks/post-checkout").write_text(trap.read_text())
    assert run("check", "-f", "json", at=topic).out == plain
    run("check", "--worktree", at=topic)
    assert not (tmp_path / "sprung").exists()


def test_modules_of_the_judged_repository_are_never_imported(
    topic: RepositoryBuilder,
) -> None:
    plain = check(at=topic)
    names = (
        "yaml",
        "click",
        "bandit",
        "radon",
        "git",
        "ast",
        "json",
        "stevedore",
        "rich",
        "pydantic",
        "sitecustomize",
        "unidiff",
    )
    for name in names:
        topic.write(f"{name}.py", "raise SystemExit('hijacked')\n")
    topic.write("app.py", INJECTION)
    done = subprocess.run(
        [sys.executable, "-m", "judgegate", "check", "-f", "json"],
        cwd=topic.path,
        capture_output=True,
        check=False,
        text=True,
    )
    assert "hijacked" not in done.stderr
    assert done.returncode == 1
    assert read_report(done.stdout)["findings"] == plain["findings"]


def test_an_unexpected_exception_is_a_bug_and_no_verdict(
    topic: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("judgegate.pipeline.read_change.read_change", explode)
    done = run("check", at=topic)
    assert done.code == 4
    assert "boom" in done.err
    assert "nothing was judged" in done.err
