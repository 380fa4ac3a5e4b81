"""Reading the change that a request means."""

import sys
from pathlib import Path

from judgegate import change as changes
from judgegate.change import Repository, choose_base, read_commits
from judgegate.gate.request import Request
from judgegate.model.change import Change, ChangeSource
from judgegate.model.errors import UsageError
from judgegate.model.notices import Notice

LARGEST_PATCH = 64 * 1024 * 1024
"""Bytes of a patch that are read: beyond that nobody reviews it either."""


def open_repository(request: Request) -> Repository:
    """The repository that the change is in; a patch may come without one.

    Raises:
        UsageError: there is none.
    """
    return changes.open_for_patch(request.directory) if request.source is ChangeSource.PATCH else Repository.open(request.directory)


def read_change(repository: Repository, request: Request) -> Change:
    """The change, whichever way it is given.

    Raises:
        UsageError: there is nothing to judge, or it is not what it should be.
        IncompleteError: the history or the content is not there in full.
    """
    match request.source:
        case ChangeSource.COMMITS:
            return read_commits(repository, choose_base(repository, request.base, request.head), request.head)
        case ChangeSource.STAGED:
            return changes.read_staged(repository)
        case ChangeSource.WORKTREE:
            return changes.read_worktree(repository, choose_base(repository, request.base) if request.base else None)
        case ChangeSource.PATCH:
            base = choose_base(repository, request.base) if request.base else None
            return changes.read_patch(repository, _read_patch_file(request.patch or Path("-")), base)


def _read_patch_file(file: Path) -> bytes:
    try:
        patch = sys.stdin.buffer.read(LARGEST_PATCH + 1) if file == Path("-") else file.read_bytes()
    except OSError as error:
        raise UsageError(f"The patch {file} cannot be read: {error.strerror}.") from error
    if len(patch) > LARGEST_PATCH:
        raise UsageError(f"The patch is larger than {LARGEST_PATCH >> 20} MiB.", "Judge the commits with --base and --head instead.")
    return patch


def describe_leftovers(repository: Repository, request: Request) -> tuple[Notice, ...]:
    """What lies about uncommitted, and so was not judged."""
    if request.source is not ChangeSource.COMMITS or request.head is not None or repository.work_tree is None:
        return ()
    count = changes.count_uncommitted(repository)
    if not count:
        return ()
    files = "1 file has" if count == 1 else f"{count} files have"
    return (Notice("uncommitted-not-judged", f"{files} uncommitted changes, which were not judged; --worktree judges them too."),)
