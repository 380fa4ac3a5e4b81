"""One change has one report: with a store that is empty, with one that knows everything, and without one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from judgegate.pipeline.answer_store import DATABASE
from judgegate.report.formats import FORMATS
from tests.repositories import RepositoryBuilder
from tests.runs import run, spawn

CALLS = "import os\n\n\ndef run(word):\n    os.system(word)\n    return eval(word)\n"
SECRETS = 'PASSWORD = "hunter2hunter2"\n\n\ndef connect(host):\n    return host\n'
RULES = """\
version: 1
extends: [default]
rules:
  reliability/no-input:
    {pattern: {language: python, code: input($$$)}, message: Ask otherwise., action: review}
  reliability/no-todo: {regex: TODO, message: Write an issue., action: warn}
  architecture/layers:
    imports: {forbidden: {from: [package.low], to: [package.high]}}
    message: Downwards only.
    action: block
"""


def moved(repository: RepositoryBuilder) -> tuple[str, ...]:
    """Code that moves, is copied and goes, with findings and a secret in it."""
    repository.write("a.py", CALLS).write("b.py", SECRETS).commit("Start")
    repository.branch("topic").write("c.py", CALLS).write("d.py", SECRETS + CALLS)
    repository.git("rm", "--quiet", "a.py")
    repository.commit("Move")
    return ()


def unread(repository: RepositoryBuilder) -> tuple[str, ...]:
    """What no check can read, for every reason that there is."""
    repository.write("a.py", CALLS).write("odd.py", "X = 1\n").commit("Start")
    repository.branch("topic").write("a.py", "def (:\n").write("b.py", b"\xff\xfe\0")
    repository.write("large.py", "# x\n" * 300_000).write("data.xyz", "X\n")
    repository.write(b"odd\xff.py", CALLS).link("linked.py", "a.py")
    repository.commit("Change")
    return ()


def ruled(repository: RepositoryBuilder) -> tuple[str, ...]:
    """A policy with patterns, texts and contracts of its own."""
    repository.write(".judgegate.yml", RULES).write("package/high.py", "X = 1\n")
    repository.commit("Start")
    repository.branch("topic").write(
        "package/low.py", "import package.high\n\nX = input()  # TODO\n"
    )
    repository.write("notes.txt", "TODO\n").commit("Change")
    return ()


def staged(repository: RepositoryBuilder) -> tuple[str, ...]:
    repository.write("a.py", SECRETS).commit("Start")
    repository.write("a.py", SECRETS + CALLS).git("add", "a.py")
    return ("--staged",)


def uncommitted(repository: RepositoryBuilder) -> tuple[str, ...]:
    repository.write("a.py", SECRETS).commit("Start")
    repository.branch("topic").write("a.py", CALLS).commit("Change")
    repository.write("a.py", CALLS + SECRETS).write("new.py", CALLS)
    return ("--worktree",)


def patched(repository: RepositoryBuilder) -> tuple[str, ...]:
    repository.write("a.py", SECRETS).commit("Start")
    repository.write("a.py", SECRETS + CALLS)
    patch = repository.path.parent / "change.diff"
    patch.write_text(repository.git("diff") + "\n")
    repository.git("checkout", "--", "a.py")
    return ("--patch", str(patch))


@pytest.mark.parametrize("build", [moved, unread, ruled, staged, uncommitted, patched])
def test_a_report_is_the_same_cold_and_warm_and_without_a_store(
    build: Callable[[RepositoryBuilder], tuple[str, ...]],
    repository: RepositoryBuilder,
    tmp_path: Path,
) -> None:
    options = build(repository)
    for form in FORMATS:
        command = ("check", "-f", form, "--all", *options)
        plain = run(*command, at=repository)
        assert plain.code in {0, 1, 3}, plain.err
        kept = (*command, "--cache", str(tmp_path / form))
        cold, warm = (run(*kept, at=repository) for _ in range(2))
        assert (tmp_path / form / DATABASE).exists()
        assert (cold, warm) == (plain, plain)


def test_a_secret_of_an_earlier_process_pairs_with_that_of_this_one(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    """Both are known by a digest that a salt keys: were it each process's own, the secret would be new."""
    repository.write("a.py", SECRETS).commit("Start")
    repository.branch("topic").write("a.py", f"# One\n{SECRETS}").commit("Change")
    command = ("check", "-f", "json", "--all", "--cache", str(tmp_path / "kept"))
    first = spawn(*command, at=repository)
    assert first.report["findings"], first.err
    repository.write("a.py", f"# Two\n# Three\n{SECRETS}").commit("Change again")
    second = spawn(*command, at=repository)
    for done in (first, second):
        assert {one["origin"] for one in done.report["findings"]} == {"existing"}
