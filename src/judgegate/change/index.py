"""Reading what is staged: the index against HEAD."""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from judgegate.change.commits import tree_of
from judgegate.change.comparison import compare_trees
from judgegate.change.git import GitRunner, take_inherited
from judgegate.change.paths import decode_path, show_path
from judgegate.change.repository import Repository
from judgegate.change.revisions import branch_of, has_commits
from judgegate.model.change import Change, ChangeSource, FileChange, Revision
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError
from judgegate.model.notices import Notice

if TYPE_CHECKING:
    from judgegate.change.worktree_files import WorkTree


def read_staged(repository: Repository) -> Change:
    """What a commit of the index would change. Inside a hook it is the index that git hands down.

    An entry that is only intended to be added is not part of it, as it would not be part of the commit.

    Raises:
        UsageError: the repository is bare, or the index holds an unfinished merge.
    """
    if repository.work_tree is None:
        raise UsageError(
            "A bare repository has nothing staged.", "Judge commits with --base and --head."
        )
    tree = write_index_tree(repository)
    base = (
        Revision("HEAD", repository.resolve("HEAD"), "HEAD")
        if has_commits(repository)
        else None
    )
    base_tree = tree_of(repository, base.oid) if base else repository.empty_tree
    files = compare_trees(repository, [base_tree], tree)
    return Change(
        source=ChangeSource.STAGED,
        base=base,
        head=None,
        merge_bases=(base.oid,) if base else (),
        base_tree=base_tree,
        head_tree=tree,
        files=files,
        branch=branch_of(repository),
        notices=(_say_what_is_staged(files),),
    )


def write_index_tree(repository: Repository) -> str:
    """The index as a tree, written aside.

    Raises:
        UsageError: a path is unmerged.
    """
    index = copy_index(repository, take_inherited().index)
    launcher = repository.launcher.with_environment({"GIT_INDEX_FILE": str(index)})
    if unmerged := launcher.run("ls-files", "-z", "--unmerged"):
        path = decode_path(unmerged.partition(b"\0")[0].partition(b"\t")[2])
        raise UsageError(
            f"The index contains an unfinished merge, at {show_path(path)}.",
            "Resolve it and stage the result.",
        )
    return launcher.run("write-tree", "--missing-ok").decode("ascii").strip()


def copy_index(repository: Repository, index: Path | None = None) -> Path:
    """A copy of the index, or of the repository's own if none is given, aside; it is absent if that is.

    Its clock is kept: git sees by it which files may have changed without showing it.
    """
    from judgegate.change.scratch import temporary_files  # only a run that copies needs it

    scratch = repository.lay_scratch()
    source = index or repository.path_of("index")
    with temporary_files():
        scratch.index.unlink(missing_ok=True)
        if source.exists():
            shutil.copy2(source, scratch.index)
    return scratch.index


def _say_what_is_staged(files: tuple[FileChange, ...]) -> Notice:
    if not files:
        return Notice("nothing-staged", "Nothing is staged, so there is nothing to judge.")
    return Notice(
        "uncommitted", "The staged files have no commit yet that could show who wrote them."
    )


_ENTRY = re.compile(rb"(\S) ([0-7]{6}) ([0-9a-f]+) ([0-3])\t(.+)", re.DOTALL)


class Tracked(Struct, frozen=True):
    """An entry of the index. `is_sparse`: git does not expect it in the work tree."""

    path: str
    mode: int
    oid: str
    is_sparse: bool


def list_tracked(launcher: GitRunner) -> dict[str, Tracked]:
    """Every path of the index once; of an unfinished merge, the last of its sides."""
    listing = launcher.run("ls-files", "-z", "--stage", "-t").split(b"\0")
    return {entry.path: entry for entry in map(_parse, filter(None, listing))}


def list_untracked(launcher: GitRunner) -> Iterator[str]:
    """What git does not track and does not ignore. A path that ends with `/` is another repository."""
    return map(
        decode_path,
        filter(
            None,
            launcher.run("ls-files", "-z", "--others", "--exclude-standard").split(b"\0"),
        ),
    )


def list_touched(launcher: GitRunner) -> set[str]:
    """The tracked paths whose file, by its clock and size, may differ from the index."""
    return set(
        _raw_paths(launcher.run("diff-files", "-z", "--raw", "--ignore-submodules=dirty"))
    )


def count_uncommitted(repository: Repository) -> int:
    """How many paths of the work tree or the index differ from `HEAD`, untracked ones included.

    They are what commits do not show.

    Cheap, as `git status` is: the content of a file is read only if its clock or size differs from
    the index. Neither filters nor a file system monitor are run.
    """
    if repository.work_tree is None:
        return 0
    launcher = repository.launcher.in_work_tree(repository.work_tree)
    staged = _raw_paths(
        launcher.run(
            "diff-index",
            "-z",
            "--raw",
            "--cached",
            "--ignore-submodules=none",
            "--no-renames",
            "HEAD",
            "--",
        )
    )
    changed = _list_changed(repository.work_tree, repository.object_format, launcher)
    return len({*staged, *changed, *list_untracked(launcher)})


def _list_changed(work_tree: Path, object_format: str, launcher: GitRunner) -> set[str]:
    """The tracked paths whose file differs from the index in more than its clock.

    A copy of a repository has other clocks.

    The content is compared here and not by `git update-index --refresh`, which would run filters.
    A file that passes through one counts as changed if its clock differs.
    """
    touched = list_touched(launcher)
    if not touched:
        return touched
    from judgegate.change.worktree_files import (
        WorkTree,  # a clean work tree has no file to read
    )

    files, tracked = WorkTree(work_tree, object_format), list_tracked(launcher)
    return {path for path in touched if not _is_as_staged(files, tracked.get(path))}


def _is_as_staged(files: "WorkTree", entry: Tracked | None) -> bool:
    if entry is None:
        return False
    from judgegate.change.worktree_files import UnreadableError

    try:
        found = files.find(entry.path)
    except UnreadableError:
        return False
    return found is not None and (found.mode, found.oid) == (entry.mode, entry.oid)


def _raw_paths(listing: bytes) -> Iterable[str]:
    return map(decode_path, listing.split(b"\0")[1::2])


def _parse(record: bytes) -> Tracked:
    found = _ENTRY.fullmatch(record)
    if found is None:
        raise IncompleteError(
            f"git lists an entry of the index that cannot be read: {record!r}."
        )
    return Tracked(
        decode_path(found[5]),
        int(found[2], 8),
        found[3].decode(),
        is_sparse=found[1] in b"Ss",
    )
