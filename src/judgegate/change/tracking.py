"""What git tracks in the work tree, and what it could."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from judgegate.change.git import Launcher
from judgegate.change.paths import decode_path
from judgegate.change.repository import Repository
from judgegate.model.errors import IncompleteError

_ENTRY = re.compile(rb"(\S) ([0-7]{6}) ([0-9a-f]+) ([0-3])\t(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tracked:
    """An entry of the index. `is_sparse`: git does not expect it in the work tree."""

    path: str
    mode: int
    oid: str
    is_sparse: bool


def list_tracked(launcher: Launcher) -> dict[str, Tracked]:
    """Every path of the index once; of an unfinished merge, the last of its sides."""
    listing = launcher.run("ls-files", "-z", "--stage", "-t").split(b"\0")
    return {entry.path: entry for entry in map(_parse, filter(None, listing))}


def list_untracked(launcher: Launcher) -> Iterator[str]:
    """What git does not track and does not ignore. A path that ends with `/` is another repository."""
    return map(decode_path, filter(None, launcher.run("ls-files", "-z", "--others", "--exclude-standard").split(b"\0")))


def list_touched(launcher: Launcher) -> set[str]:
    """The tracked paths whose file, by its clock and size, may differ from the index."""
    return set(_raw_paths(launcher.run("diff-files", "-z", "--raw", "--ignore-submodules=dirty")))


def count_uncommitted(repository: Repository) -> int:
    """How many paths of the work tree or the index differ from `HEAD`, untracked ones included: what commits do not show.

    Cheap, as `git status` is: a file is judged by its clock and size. Neither filters nor a file system monitor are run.
    """
    if repository.work_tree is None:
        return 0
    launcher = repository.launcher.in_work_tree(repository.work_tree)
    staged = _raw_paths(launcher.run("diff-index", "-z", "--raw", "--cached", "--ignore-submodules=none", "--no-renames", "HEAD", "--"))
    return len({*staged, *list_touched(launcher), *list_untracked(launcher)})


def _raw_paths(listing: bytes) -> Iterable[str]:
    return map(decode_path, listing.split(b"\0")[1::2])


def _parse(record: bytes) -> Tracked:
    found = _ENTRY.fullmatch(record)
    if found is None:
        raise IncompleteError(f"git lists an entry of the index that cannot be read: {record!r}.")
    return Tracked(decode_path(found[5]), int(found[2], 8), found[3].decode(), is_sparse=found[1] in b"Ss")
