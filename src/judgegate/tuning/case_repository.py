"""The cases' changes as commits: one temporary repository for all, filled by one run of `git fast-import`."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from judgegate.change.git import GitError, GitRunner, find_git, take_inherited
from judgegate.policy.problems import PolicyProblem
from judgegate.tuning.case_grammar import CaseFileError
from judgegate.tuning.cases import PolicyTestCase

WHEN = "1767614400 +0000"
"""2026-01-05 12:00 UTC, the clock of every commit: equal cases give equal commits."""

_ESCAPED = re.compile(r'["\\]')


@dataclass(frozen=True, slots=True)
class CaseRepository:
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
    take_inherited()  # it may be run from a hook, whose variables name another repository
    with tempfile.TemporaryDirectory(prefix="judgegate-cases-") as folder:
        directory = Path(folder) / "repository"
        directory.mkdir()
        git = GitRunner(find_git(), directory)
        git.run("init", "--quiet", "--template=", "--object-format=sha1", "--initial-branch=main")
        git.run("fast-import", "--quiet", "--done", stdin=b"".join(_stream(cases)))
        for number, case in enumerate(cases):
            if case.patch is not None:
                _apply(git, number, case)
        numbers = range(len(cases))
        yield CaseRepository(directory, tuple(map(_base, numbers)), tuple(map(_head, numbers)))


def _base(number: int) -> str:
    return f"refs/heads/{number}/base"


def _head(number: int) -> str:
    return f"refs/heads/{number}/head"


def _stream(cases: Sequence[PolicyTestCase]) -> Iterator[bytes]:
    for number, case in enumerate(cases):
        yield from _commit(_base(number), "maintainer", "Start\n")
        for path, text in case.before.items():
            yield from _write(path, text, executable=path in case.executable and path not in case.after)
        if case.patch is None:
            yield from _commit(_head(number), case.author, case.message, parent=_base(number))
            for path, text in case.after.items():
                yield from _write(path, text, executable=path in case.executable)
            yield from (f"D {_quote(path)}\n".encode() for path in case.removed)
    yield b"done\n"


def _commit(branch: str, who: str, message: str, parent: str | None = None) -> Iterator[bytes]:
    yield f"commit {branch}\ncommitter {who} <{who}@example.com> {WHEN}\n".encode()
    yield from _data(message)
    if parent is not None:
        yield f"from {parent}\n".encode()


def _write(path: str, text: str, *, executable: bool) -> Iterator[bytes]:
    yield f"M {'100755' if executable else '100644'} inline {_quote(path)}\n".encode()
    yield from _data(text)


def _data(text: str) -> Iterator[bytes]:
    content = text.encode("utf-8", "surrogateescape")
    yield b"data %d\n" % len(content)
    yield content + b"\n"


def _quote(path: str) -> str:
    escaped = _ESCAPED.sub(lambda match: f"\\{match[0]}", path)
    return f'"{escaped}"'


def _apply(git: GitRunner, number: int, case: PolicyTestCase) -> None:
    """Commit what the patch makes of the base, by an index of its own."""
    base, patch = _base(number), (case.patch or "").encode()
    indexed = git.with_environment({"GIT_INDEX_FILE": str(git.directory.parent / f"index-{number}")})
    indexed.run("read-tree", base)
    try:
        indexed.run("apply", "--cached", "--whitespace=nowarn", "-", stdin=patch or b"\n")
    except GitError as error:
        reason = error.message.splitlines()[0] if error.message else "git gives no reason"
        problem = PolicyProblem(
            case.place.file,
            case.place.line,
            case.place.column,
            f"the patch does not apply to `before`: {reason.removeprefix('error: ')}",
        )
        raise CaseFileError((problem,)) from error
    tree = indexed.run("write-tree").decode("ascii").strip()
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in _identity(case.author).items()
    }
    commit = indexed.with_environment(who).run("commit-tree", tree, "-p", base, stdin=case.message.encode())
    git.run("update-ref", _head(number), commit.decode("ascii").strip())


def _identity(who: str) -> dict[str, str]:
    return {"NAME": who, "EMAIL": f"{who}@example.com", "DATE": WHEN}
