"""Where the workflows, the policy and the code owners are read: a commit's objects, or the work tree as it is."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from judgegate.change.repository import Repository
from judgegate.doctor.workflow import FOLDER
from judgegate.model.errors import IncompleteError, UsageError
from judgegate.pipeline.git_tree import GitTree

LARGEST_READ = 4 * 1024 * 1024
"""Bytes: more than any file that is read here may have."""


class FileSource(Protocol):
    """Files by their paths. `read` gives None where there is no regular file."""

    def read(self, path: str) -> bytes | None:
        """The file's bytes."""

    def is_irregular(self, path: str) -> bool:
        """Whether something stands there that is no regular file: a link, a submodule."""

    def workflows(self) -> tuple[str, ...]:
        """The paths of the workflows, sorted: GitHub looks at no folders below."""


@dataclass(frozen=True, slots=True)
class CommittedSource:
    """A commit."""

    tree: GitTree

    def read(self, path: str) -> bytes | None:
        return self.tree.read(path)

    def is_irregular(self, path: str) -> bool:
        blob = self.tree.repository.blob_at(self.tree.oid, path)
        return blob is not None and not blob.is_file

    def workflows(self) -> tuple[str, ...]:
        return tuple(
            sorted(
                path
                for path, _ in self.tree.repository.list_tree(self.tree.oid, FOLDER)
                if _is_workflow(path)
            )
        )


@dataclass(frozen=True, slots=True)
class DiskSource:
    """The work tree. Links are not followed."""

    root: Path

    def read(self, path: str) -> bytes | None:
        folders = path.split("/")[:-1]
        if any((self.root / "/".join(folders[: count + 1])).is_symlink() for count in range(len(folders))):
            return None
        try:
            descriptor = os.open(self.root / path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb", closefd=True) as stream:
            return stream.read(LARGEST_READ) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None

    def is_irregular(self, path: str) -> bool:
        return os.path.lexists(self.root / path) and self.read(path) is None

    def workflows(self) -> tuple[str, ...]:
        try:
            names = sorted(os.listdir(self.root / FOLDER))  # noqa: PTH208 - names, as git spells them
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise IncompleteError(f"The folder {FOLDER} cannot be read: {error.strerror}.") from error
        return tuple(FOLDER + name for name in names if _is_workflow(FOLDER + name))


def open_source(repository: Repository, revision: str | None) -> FileSource:
    """The source: a revision's, or the work tree's if none is named.

    Raises:
        UsageError: there is no such revision, or no work tree.
    """
    if revision is not None:
        return CommittedSource(GitTree(repository, repository.resolve(revision)))
    if repository.work_tree is None:
        raise UsageError("This repository has no work tree to look at.", "Leave --worktree out.")
    return DiskSource(Path(repository.work_tree))


def _is_workflow(path: str) -> bool:
    return path.endswith((".yml", ".yaml")) and "/" not in path.removeprefix(FOLDER)
