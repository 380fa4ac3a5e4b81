"""Reading the change that a request means, and where its policy and its code owners count."""

import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from judgegate.change.commits import read_commits
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base
from judgegate.model.change import Change, ChangeSource
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.notices import Notice
from judgegate.pipeline.request import Request

LARGEST_PATCH = 64 * 1024 * 1024
"""Bytes of a patch that are read: no person reviews more than that either."""


class GitTree(Struct, frozen=True):
    """A commit or a tree, read by object id."""

    repository: Repository
    oid: str

    def paths(self, prefix: str = "") -> Iterator[str]:
        """The paths of all files under a folder, in git's order."""
        return (
            path
            for path, blob in self.repository.list_tree(self.oid, prefix)
            if blob.is_file
        )

    def read(self, path: str) -> bytes | None:
        """The regular file's bytes, or None where there is no regular file."""
        blob = self.repository.blob_at(self.oid, path)
        return self.repository.read(blob.oid) if blob is not None and blob.is_file else None


def open_repository(request: Request) -> Repository:
    """The repository that the change is in; a patch may come without one.

    Raises:
        UsageError: there is none.
    """
    if request.source is ChangeSource.PATCH:
        from judgegate.change.patch import open_for_patch

        return open_for_patch(request.directory)
    return Repository.open(request.directory)


def read_change(repository: Repository, request: Request) -> Change:
    """The change, whichever way it is given.

    Raises:
        UsageError: there is nothing to judge, or it is not what it should be.
        IncompleteError: the history or the content is not there in full.
    """
    match request.source:
        case ChangeSource.COMMITS:
            return read_commits(
                repository,
                choose_base(repository, request.base, request.head),
                request.head,
            )
        case ChangeSource.STAGED:
            from judgegate.change.index import read_staged

            return read_staged(repository)
        case ChangeSource.WORKTREE:
            from judgegate.change.worktree import read_worktree

            base = choose_base(repository, request.base) if request.base else None
            return read_worktree(repository, base)
        case ChangeSource.PATCH:
            from judgegate.change.patch import read_patch

            base = choose_base(repository, request.base) if request.base else None
            return read_patch(
                repository, _read_patch_file(request.patch or Path("-")), base
            )


def authority(repository: Repository, change: Change) -> GitTree:
    """Where the policy and the code owners count: the base's tip.

    For a patch without a base it is what the patch was made from.
    """
    # Not the merge base: a change must not be judged by rules that the base has replaced since.
    if change.base is None:
        return GitTree(repository, change.base_tree)
    return GitTree(repository, change.base.oid)


def _read_patch_file(file: Path) -> bytes:
    try:
        patch = _read_input() if file == Path("-") else file.read_bytes()
    except OSError as error:
        raise UsageError(f"The patch {file} cannot be read: {error.strerror}.") from error
    if len(patch) > LARGEST_PATCH:
        raise UsageError(
            f"The patch is larger than {LARGEST_PATCH >> 20} MiB.",
            "Judge the commits with --base and --head instead.",
        )
    return patch


def _read_input() -> bytes:
    # One byte more than a patch may have shows that it is too large, without reading the rest.
    return sys.stdin.buffer.read(LARGEST_PATCH + 1)


def describe_leftovers(repository: Repository, request: Request) -> tuple[Notice, ...]:
    """What lies about uncommitted, and so was not judged."""
    # Somebody who names a head does not mean what is checked out here.
    if request.source is not ChangeSource.COMMITS or request.head is not None:
        return ()
    if repository.work_tree is None:
        return ()
    from judgegate.change.index import count_uncommitted

    count = count_uncommitted(repository)
    if not count:
        return ()
    files = "1 file has" if count == 1 else f"{count} files have"
    return (
        Notice(
            "uncommitted-not-judged",
            f"{files} uncommitted changes, which were not judged; --worktree judges them too.",
        ),
    )
