"""A commit or a tree as checks and the policy's loader see it, read by object id."""

from collections.abc import Iterator
from dataclasses import dataclass

from judgegate.change.repository import Repository
from judgegate.model.change import Change


@dataclass(frozen=True, slots=True)
class GitTree:
    """A commit or a tree, read by object id."""

    repository: Repository
    oid: str

    def paths(self, prefix: str = "") -> Iterator[str]:
        """The paths of all files under a folder, in git's order."""
        return (path for path, blob in self.repository.list_tree(self.oid, prefix) if blob.is_file)

    def read(self, path: str) -> bytes | None:
        """The regular file's bytes, or None where there is no regular file."""
        blob = self.repository.blob_at(self.oid, path)
        return self.repository.read(blob.oid) if blob is not None and blob.is_file else None


def authority(repository: Repository, change: Change) -> GitTree:
    """Where the policy and the code owners count: the base's tip; for a patch without a base, what it was made from."""
    return GitTree(repository, change.base.oid if change.base is not None else change.base_tree)
