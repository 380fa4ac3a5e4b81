"""Writing trees aside."""

from collections.abc import Mapping
from dataclasses import dataclass

from judgegate.change.paths import encode_path
from judgegate.change.repository import Repository
from judgegate.change.scratch import temporary_files
from judgegate.model.errors import IncompleteError


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A path's mode and object in a tree to be."""

    mode: int
    oid: str


def write_tree(repository: Repository, entries: Mapping[str, TreeEntry]) -> str:
    """The tree with these entries, by path. The objects need not be there.

    Raises:
        GitError: git takes a path for one that no tree may have.
    """
    index = repository.lay_scratch().path / "result"
    with temporary_files():
        index.unlink(missing_ok=True)
    launcher = repository.launcher.with_environment({"GIT_INDEX_FILE": str(index)})
    lines = b"".join(
        b"%o %s 0\t%s\0" % (entry.mode, entry.oid.encode(), encode_path(path))
        for path, entry in entries.items()
    )
    if not lines:
        return repository.empty_tree
    launcher.run("update-index", "-z", "--index-info", stdin=lines)
    # Where a path is both a file and a directory, git lets the later one win without a word.
    if launcher.run("ls-files", "-z").count(b"\0") != len(entries):
        raise IncompleteError("A path is both a file and a directory, so one of the two would be lost.")
    return launcher.run("write-tree", "--missing-ok").decode("ascii").strip()
