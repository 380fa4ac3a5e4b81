"""Short words for the tests of this room."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from judgegate.change.commits import read_commits
from judgegate.change.index import read_staged
from judgegate.change.patch import open_for_patch, read_patch
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base
from judgegate.change.worktree import read_worktree
from judgegate.model.change import Change, FileChange
from tests.repositories import RepositoryBuilder


@contextmanager
def opened(builder: RepositoryBuilder) -> Iterator[Repository]:
    with Repository.open(builder.path) as repository:
        yield repository


def committed(
    builder: RepositoryBuilder, base: str | None = "main", head: str | None = None
) -> Change:
    with opened(builder) as repository:
        return read_commits(repository, choose_base(repository, base, head), head)


def staged(builder: RepositoryBuilder) -> Change:
    with opened(builder) as repository:
        return read_staged(repository)


def worktree(builder: RepositoryBuilder, base: str | None = "HEAD") -> Change:
    with opened(builder) as repository:
        return read_worktree(repository, choose_base(repository, base))


def patched(directory: Path, patch: str | bytes) -> Change:
    with open_for_patch(directory) as repository:
        return read_patch(repository, patch.encode() if isinstance(patch, str) else patch)


def by_path(change: Change) -> dict[str, FileChange]:
    return {file.path: file for file in change.files}


def only(change: Change) -> FileChange:
    (file,) = change.files
    return file
