"""Trees: which paths differ between two of them, which of those are renames, and how one is written."""

import re
from collections.abc import Mapping

from msgspec import Struct

from judgegate.change.paths import decode_path, encode_path, show_path
from judgegate.change.repository import Repository
from judgegate.model.change import Blob, FileStatus
from judgegate.model.errors_and_exit_codes import IncompleteError

_RAW = re.compile(rb":([0-7]{6}) ([0-7]{6}) ([0-9a-f]+) ([0-9a-f]+) ([ADMTRC])[0-9]*")
_STATUS = {
    b"A": FileStatus.ADDED,
    b"D": FileStatus.DELETED,
    b"M": FileStatus.MODIFIED,
    b"T": FileStatus.TYPE_CHANGED,
}
_INVENTORY = (
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--no-renames",
    "--no-abbrev",
    "--ignore-submodules=none",
    "--no-relative",
)

_RENAME_LIMIT = 1000
"""Git's own default: so many additions and deletions at most are compared with each other."""


class Entry(Struct, frozen=True):
    """One path that differs between two trees. The blobs carry no size yet."""

    path: str
    status: FileStatus
    old: Blob | None
    new: Blob | None


class TreeEntry(Struct, frozen=True):
    """A path's mode and object in a tree to be."""

    mode: int
    oid: str


def take_inventory(
    repository: Repository, old_tree: str, new_tree: str
) -> tuple[Entry, ...]:
    """Every path that differs, in git's order, renames as their two halves.

    Raises:
        IncompleteError: git's answer cannot be read in full, or a tree names a path twice.
    """
    fields = repository.run(*_INVENTORY, old_tree, new_tree, "--").split(b"\0")
    if fields.pop() != b"" or len(fields) % 2:
        raise IncompleteError("git's list of changed files is cut off.")
    entries = tuple(
        _parse_entry(facts, path)
        for facts, path in zip(fields[::2], fields[1::2], strict=True)
    )
    _forbid_duplicates(entries)
    return entries


def find_renames(
    repository: Repository, old_tree: str, new_tree: str, *, inexact: bool
) -> dict[str, str]:
    """The partner of each added path that git takes for a rename: new path to old path.

    `inexact`: content that is merely similar counts too, which means to read it.
    """
    similarity = "-M" if inexact else "-M100%"
    fields = iter(
        repository.run(
            *_INVENTORY,
            similarity,
            f"-l{_RENAME_LIMIT}",
            "--diff-filter=R",
            old_tree,
            new_tree,
            "--",
        ).split(b"\0")
    )
    return {
        decode_path(new): decode_path(old)
        for facts in fields
        if facts
        for old, new in [(next(fields), next(fields))]
    }


def _parse_entry(facts: bytes, path: bytes) -> Entry:
    found = _RAW.fullmatch(facts)
    if found is None or found[5] not in _STATUS:
        raise IncompleteError(f"git's list of changed files cannot be read: {facts!r}.")
    old_mode, new_mode = int(found[1], 8), int(found[2], 8)
    return Entry(
        path=decode_path(path),
        status=_STATUS[found[5]],
        old=Blob(old_mode, found[3].decode(), None) if old_mode else None,
        new=Blob(new_mode, found[4].decode(), None) if new_mode else None,
    )


def _forbid_duplicates(entries: tuple[Entry, ...]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.path in seen:
            raise IncompleteError(
                f"A tree of this change names the path {show_path(entry.path)} twice, "
                "so its content is ambiguous.",
                "Run git fsck to check the commits of the change.",
            )
        seen.add(entry.path)


def write_tree(repository: Repository, entries: Mapping[str, TreeEntry]) -> str:
    """The tree with these entries, by path. The objects need not be there.

    Raises:
        GitError: git takes a path for one that no tree may have.
    """
    from judgegate.change.scratch import (
        temporary_files,  # few changes need a tree of their own
    )

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
        raise IncompleteError(
            "A path is both a file and a directory, so one of the two would be lost."
        )
    return launcher.run("write-tree", "--missing-ok").decode("ascii").strip()
