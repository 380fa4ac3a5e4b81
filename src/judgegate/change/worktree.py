"""Reading the work tree: everything down to untracked files, from the merge base."""

from collections.abc import Iterable
from pathlib import Path

from judgegate.change.committed import find_merge_bases, read_commits_between, tree_of
from judgegate.change.comparison import compare_trees
from judgegate.change.paths import encode_path
from judgegate.change.repository import Repository
from judgegate.change.revisions import branch_of, choose_base, has_commits
from judgegate.change.snapshot import Snapshot, take_snapshot
from judgegate.model.change import Blob, Change, ChangeSource, FileChange, FileStatus, Revision
from judgegate.model.errors import UsageError
from judgegate.model.notices import Notice


def read_worktree(repository: Repository, base: Revision | None = None) -> Change:
    """What the work tree as it stands changes, committed or not, since the merge base with `base` (chosen, if none is given).

    Raises:
        UsageError: there is no work tree, or no base.
        IncompleteError: the history or the content is not there in full.
    """
    if repository.work_tree is None:
        raise UsageError("A bare repository has no work tree.", "Judge commits with --base and --head.")
    if not has_commits(repository):
        return _read(repository, repository.work_tree, None, None)
    head = Revision("HEAD", repository.resolve("HEAD"), "checked out")
    return _read(repository, repository.work_tree, base or choose_base(repository), head)


def _read(repository: Repository, work_tree: Path, base: Revision | None, head: Revision | None) -> Change:
    merge_bases = find_merge_bases(repository, base, head) if base and head else ()
    trees = [tree_of(repository, oid) for oid in merge_bases] or [repository.empty_tree]
    attributes = tree_of(repository, base.oid) if base else repository.empty_tree
    snapshot = take_snapshot(repository, work_tree, attributes)
    files = _with_obstacles(repository, compare_trees(repository, trees, snapshot.tree), trees[0], snapshot)
    return Change(
        source=ChangeSource.WORKTREE,
        base=base,
        head=None,
        merge_bases=merge_bases,
        base_tree=trees[0],
        head_tree=snapshot.tree,
        files=files,
        commits=read_commits_between(repository, base, head) if base and head else (),
        branch=branch_of(repository),
        notices=tuple(_tell(repository, head, snapshot, files)),
    )


def _with_obstacles(repository: Repository, files: Iterable[FileChange], base_tree: str, snapshot: Snapshot) -> tuple[FileChange, ...]:
    """The files, with those that could not be read: they are part of the change, because nobody can say that they are not."""
    found = {file.path: file for file in files}
    for path, obstacle in snapshot.obstacles.items():
        old = repository.blob_at(base_tree, path)
        status = FileStatus.MODIFIED if old else FileStatus.ADDED
        unread = Blob(obstacle.mode, "0" * len(snapshot.tree), None)
        found[path] = FileChange(path, status, old=old, new=unread, obstacle=obstacle.reason)
    return tuple(sorted(found.values(), key=lambda file: encode_path(file.path)))


def _tell(repository: Repository, head: Revision | None, snapshot: Snapshot, files: tuple[FileChange, ...]) -> Iterable[Notice]:
    committed = tree_of(repository, head.oid) if head else repository.empty_tree
    if not files:
        yield Notice("nothing-differs", "The work tree has the merge base's files, so there was nothing to judge.")
    elif committed != snapshot.tree or snapshot.obstacles:
        yield Notice("uncommitted", "What is not committed has no commit that could say who wrote it.")
