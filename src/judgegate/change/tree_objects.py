"""What objects lead to: commits and tags name others in their first line, a tree holds `mode SP name NUL id` with the id as raw bytes."""

from collections.abc import Callable

from judgegate.change.objects import check_oid

TREE_MODE = 0o040000

Open = Callable[[str], tuple[str, bytes]]
"""An object's type and content."""


def find_entry(open_object: Open, tree_ish: str, path: bytes, id_size: int) -> tuple[int, str] | None:
    """The mode and id of what stands at a path below a commit or tree; None if nothing does, or a directory.

    Args:
        open_object: reads an object.
        tree_ish: the commit's or the tree's id.
        path: as git has it.
        id_size: the bytes of an object's id.
    """
    kind, content = open_object(tree_ish)
    while kind in {"commit", "tag"}:
        kind, content = open_object(_points_to(content))
    *folders, name = path.split(b"/")
    for folder in folders:
        entry = _read_entry(content, folder, id_size)
        if entry is None or entry[0] != TREE_MODE:
            return None
        _, content = open_object(entry[1])
    entry = _read_entry(content, name, id_size)
    return None if entry is None or entry[0] == TREE_MODE else entry


def find_commit(open_object: Open, oid: str) -> str | None:
    """The commit itself, or the one that a tag is on; None for anything else."""
    kind, content = open_object(oid)
    while kind == "tag":
        oid = _points_to(content)
        kind, content = open_object(oid)
    return oid if kind == "commit" else None


def _points_to(content: bytes) -> str:
    """A commit's tree, or what a tag is on: the id in the first line."""
    return check_oid(content.partition(b"\n")[0].partition(b" ")[2].decode("ascii"))


def _read_entry(content: bytes, wanted: bytes, id_size: int) -> tuple[int, str] | None:
    start = 0
    while start < len(content):
        space = content.index(b" ", start)
        end = content.index(b"\0", space)
        if content[space + 1 : end] == wanted:
            return int(content[start:space], 8), content[end + 1 : end + 1 + id_size].hex()
        start = end + 1 + id_size
    return None
