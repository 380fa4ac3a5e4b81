"""The files of a change: what differs between two trees, with lines, sizes and renames."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from judgegate.change.line_diff import ChangedLines, read_changed_lines
from judgegate.change.paths import encode_path
from judgegate.change.repository import Repository
from judgegate.change.tree_diff import Entry, find_renames, take_inventory
from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.model.errors import IncompleteError

if TYPE_CHECKING:
    from judgegate.change.objects import ObjectInfo

LARGEST_COMPARED = 500_000_000
"""Bytes of a file above which lines are not compared: git itself refuses at 1 GiB, and no check reads so much."""


_UNCHANGED = ChangedLines()


def compare_trees(repository: Repository, old_trees: Sequence[str], new_tree: str) -> tuple[FileChange, ...]:
    """What `new_tree` changes, sorted by the paths' bytes.

    Lines, counts and renames refer to the first of `old_trees`. A file that differs from any of them is part of the change, with its
    side in the further ones under `others`. Where the first one and the new tree both lack it, `old` is the first side that there is.

    Raises:
        IncompleteError: git's answers contradict each other, or a partial clone lacks content.
    """
    inventories = [
        {entry.path: entry for entry in take_inventory(repository, tree, new_tree)} for tree in old_trees
    ]
    sizes = _Sizes(repository, [entry for inventory in inventories for entry in inventory.values()])
    if sizes.missing and repository.is_partial:
        raise _incomplete_clone(sizes.missing, old_trees[0], new_tree)
    first = inventories[0]
    obstacles = {entry.path: obstacle for entry in first.values() if (obstacle := sizes.obstacle(entry))}
    lines = read_changed_lines(repository, old_trees[0], new_tree, first.values(), obstacles)
    renames = _find_renames(repository, old_trees[0], new_tree, first.values(), exact=bool(obstacles))
    files = [
        FileChange(
            path=path,
            status=entry.status,
            old=sizes.of(entry.old),
            new=sizes.of(entry.new),
            added=lines.get(path, _UNCHANGED).added,
            removed=lines.get(path, _UNCHANGED).removed,
            old_path=renames.get(path),
            others=tuple(sizes.of(other) for other in _others(path, entry, inventories)),
            obstacle=obstacles.get(path) or sizes.obstacle(entry),
        )
        for path, entry in _unite(inventories).items()
    ]
    return tuple(sorted(files, key=lambda file: encode_path(file.path)))


def _unite(inventories: Sequence[dict[str, Entry]]) -> dict[str, Entry]:
    """Every path that differs from any tree, with its two sides in the first comparison."""
    united = dict(inventories[0])
    for inventory in inventories[1:]:
        for path, entry in inventory.items():
            if path in united:
                continue
            if entry.new is None:
                united[path] = replace(entry, status=FileStatus.DELETED)
            else:
                united[path] = Entry(path, FileStatus.MODIFIED, old=entry.new, new=entry.new)
    return united


def _others(path: str, entry: Entry, inventories: Sequence[dict[str, Entry]]) -> Iterable[Blob | None]:
    """The path's side in each further tree: where it does not differ from the new tree's, it is that one."""
    for inventory in inventories[1:]:
        differing = inventory.get(path)
        yield differing.old if differing else entry.new


def _find_renames(
    repository: Repository, old_tree: str, new_tree: str, entries: Iterable[Entry], *, exact: bool
) -> dict[str, str]:
    statuses = {entry.status for entry in entries}
    if not {FileStatus.ADDED, FileStatus.DELETED} <= statuses:
        return {}
    return find_renames(repository, old_tree, new_tree, inexact=not exact)


class _Sizes:
    """What git knows of the blobs of a comparison."""

    def __init__(self, repository: Repository, entries: Sequence[Entry]) -> None:
        blobs = [
            blob
            for entry in entries
            for blob in (entry.old, entry.new)
            if blob is not None and not blob.is_submodule
        ]
        self._known: dict[str, ObjectInfo | None] = repository.describe(blob.oid for blob in blobs)
        self.missing = [oid for oid, info in self._known.items() if info is None]

    def of(self, blob: Blob | None) -> Blob | None:
        """The blob with its size."""
        info = self._known.get(blob.oid) if blob is not None and not blob.is_submodule else None
        return replace(blob, size=info.size) if blob is not None and info is not None else blob

    def obstacle(self, entry: Entry) -> str | None:
        """Why the entry's content cannot be had, if so."""
        for blob in (entry.new, entry.old):
            if blob is None or blob.is_submodule:
                continue
            info = self._known[blob.oid]
            if info is None:
                return f"the repository lacks the object {blob.oid}"
            if info.kind != "blob":
                return f"the object {blob.oid} is a {info.kind}, not a file"
            if info.size > LARGEST_COMPARED:
                return f"{info.size} bytes are too many to compare line by line"
        return None


def _incomplete_clone(missing: Sequence[str], old_tree: str, new_tree: str) -> IncompleteError:
    return IncompleteError(
        f"This is a partial clone that lacks {len(missing)} of the change's files, such as {missing[0]}. judgegate fetches nothing.",
        f"Fetch them: git diff --numstat {old_tree} {new_tree}",
    )
