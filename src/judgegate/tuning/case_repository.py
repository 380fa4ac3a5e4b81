"""A git repository with the commits of cases: a base and a head for each."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from judgegate.change.git import GitError, GitRunner, find_git, take_inherited
from judgegate.policy.problems import PolicyProblem
from judgegate.tuning.cases import CaseFileError, PolicyTestCase

WHEN = "1767614400 +0000"
"""2026-01-05 12:00 UTC, the clock of every commit: equal cases give equal commits."""

_ESCAPED = re.compile(r'["\\]')


class CaseRepository(Struct, frozen=True):
    """Where the cases' commits are; `heads` and `bases` are branches, in the cases' order."""

    directory: Path
    bases: tuple[str, ...]
    heads: tuple[str, ...]


@contextmanager
def build_repository(cases: Sequence[PolicyTestCase]) -> Iterator[CaseRepository]:
    """A repository with a base and a head for each case. It is gone at the end.

    Raises:
        CaseFileError: a patch does not apply.
        IncompleteError: git is missing, or there is no place for temporary files.
    """
    # It may be run from a hook, whose variables name another repository.
    take_inherited()
    with TemporaryDirectory(prefix="judgegate-cases-") as folder:
        directory = Path(folder) / "repository"
        directory.mkdir()
        git = GitRunner(find_git(), directory)
        git.run(
            "init",
            "--quiet",
            "--template=",
            "--object-format=sha1",
            "--initial-branch=main",
        )
        git.run("fast-import", "--quiet", "--done", stdin=b"".join(_stream(cases)))
        for number, case in enumerate(cases):
            if case.patch is not None:
                _apply(git, number, case)
        numbers = range(len(cases))
        yield CaseRepository(
            directory, tuple(map(_base, numbers)), tuple(map(_head, numbers))
        )


def _base(number: int) -> str:
    """The branch of the case's base."""
    return f"refs/heads/{number}/base"


def _head(number: int) -> str:
    """The branch of the case's head."""
    return f"refs/heads/{number}/head"


def _stream(cases: Sequence[PolicyTestCase]) -> Iterator[bytes]:
    """All commits, as git's fast-import reads them."""
    for number, case in enumerate(cases):
        yield from _commit(_base(number), "maintainer", "Start\n")
        for path, text in case.before.items():
            # Of a file that the change writes, `executable` is about the head's side only.
            executable = path in case.executable and path not in case.after
            yield from _write(path, text, executable=executable)
        # What a patch makes of the base git finds out itself, after the import.
        if case.patch is None:
            yield from _change(number, case)
    yield b"done\n"


def _change(number: int, case: PolicyTestCase) -> Iterator[bytes]:
    """The commit that writes and removes the case's files."""
    yield from _commit(_head(number), case.author, case.message, parent=_base(number))
    for path, text in case.after.items():
        yield from _write(path, text, executable=path in case.executable)
    for path in case.removed:
        yield f"D {_quote(path)}\n".encode()


def _commit(
    branch: str, who: str, message: str, parent: str | None = None
) -> Iterator[bytes]:
    """The start of a commit."""
    yield f"commit {branch}\ncommitter {who} <{who}@example.com> {WHEN}\n".encode()
    yield from _data(message)
    if parent is not None:
        yield f"from {parent}\n".encode()


def _write(path: str, text: str, *, executable: bool) -> Iterator[bytes]:
    """A file of the commit."""
    yield f"M {'100755' if executable else '100644'} inline {_quote(path)}\n".encode()
    yield from _data(text)


def _data(text: str) -> Iterator[bytes]:
    """A text with its length, as fast-import wants it."""
    content = text.encode("utf-8", "surrogateescape")
    yield b"data %d\n" % len(content)
    yield content + b"\n"


def _quote(path: str) -> str:
    """A path as fast-import reads it, whatever characters it has."""
    escaped = _ESCAPED.sub(lambda match: f"\\{match[0]}", path)
    return f'"{escaped}"'


def _apply(git: GitRunner, number: int, case: PolicyTestCase) -> None:
    """Commit what the patch makes of the base, by an index of its own."""
    base, patch = _base(number), (case.patch or "").encode()
    indexed = git.with_environment(
        {"GIT_INDEX_FILE": str(git.directory.parent / f"index-{number}")}
    )
    indexed.run("read-tree", base)
    try:
        indexed.run("apply", "--cached", "--whitespace=nowarn", "-", stdin=patch or b"\n")
    except GitError as error:
        raise CaseFileError((_patch_problem(case, error),)) from error
    tree = indexed.run("write-tree").decode("ascii").strip()
    commit = indexed.with_environment(_identity(case.author)).run(
        "commit-tree", tree, "-p", base, stdin=case.message.encode()
    )
    git.run("update-ref", _head(number), commit.decode("ascii").strip())


def _patch_problem(case: PolicyTestCase, error: GitError) -> PolicyProblem:
    """What git says of a patch that does not apply, at the case's place."""
    reason = error.message.splitlines()[0] if error.message else "git gives no reason"
    message = f"the patch does not apply to `before`: {reason.removeprefix('error: ')}"
    return PolicyProblem(case.place.file, case.place.line, case.place.column, message)


def _identity(who: str) -> dict[str, str]:
    """The variables from which git takes who made a commit, and when."""
    variables: dict[str, str] = {}
    for role in ("AUTHOR", "COMMITTER"):
        variables[f"GIT_{role}_NAME"] = who
        variables[f"GIT_{role}_EMAIL"] = f"{who}@example.com"
        variables[f"GIT_{role}_DATE"] = WHEN
    return variables
