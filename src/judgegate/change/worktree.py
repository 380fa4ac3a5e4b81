"""Reading the work tree: everything down to untracked files, from the merge base."""

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.commits import read_history, tree_of
from judgegate.change.comparison import compare_trees
from judgegate.change.git import GitError, GitRunner
from judgegate.change.index import (
    Tracked,
    copy_index,
    list_touched,
    list_tracked,
    list_untracked,
)
from judgegate.change.objects import MissingObjectError
from judgegate.change.paths import encode_path
from judgegate.change.repository import Repository
from judgegate.change.revisions import branch_of, choose_base, has_commits
from judgegate.change.trees import TreeEntry, write_tree
from judgegate.change.worktree_files import (
    Attributes,
    UnreadableError,
    WorkFile,
    WorkTree,
    read_attributes,
    store_line_ends,
)
from judgegate.model.change import (
    FILE_MODE,
    LINK_MODE,
    SUBMODULE_MODE,
    TYPE_BITS,
    Blob,
    Change,
    ChangeSource,
    FileChange,
    FileStatus,
    Revision,
)
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.notices import Notice

LARGEST_STORED = 500_000_000
"""Bytes of a file above which it is not copied aside: no check reads so much."""

_PLAIN = 0o100644


class Obstacle(Struct, frozen=True):
    """Why a path of the work tree could not be read, and the mode it seems to have."""

    mode: int
    reason: str


class Snapshot(Struct, frozen=True):
    """The work tree: `tree` holds all that could be read, `obstacles` what could not."""

    tree: str
    obstacles: dict[str, Obstacle]


def take_snapshot(repository: Repository, root: Path, base_tree: str) -> Snapshot:
    """Read the work tree at `root`.

    The attributes that count are those of `base_tree`, not the change's own.
    """
    reading = _SnapshotReading(repository, root)
    reading.read_tracked()
    reading.read_untracked()
    reading.store(base_tree)
    return Snapshot(write_tree(repository, reading.entries), reading.obstacles)


class _SnapshotReading:
    """What has been read so far. `fresh` are the entries whose content the repository may not hold yet."""

    def __init__(self, repository: Repository, root: Path) -> None:
        self.repository = repository
        self.root = root
        self.files = WorkTree(root, repository.object_format)
        self.tracked = list_tracked(repository.launcher.in_work_tree(root))
        self.entries: dict[str, TreeEntry] = {}
        self.fresh: dict[str, WorkFile] = {}
        self.obstacles: dict[str, Obstacle] = {}

    def read_tracked(self) -> None:
        for entry in self.tracked.values():
            try:
                self._read_entry(entry)
            except UnreadableError as error:
                self._keep(entry)
                self._give_up(entry.path, entry.mode, str(error))

    def read_untracked(self) -> None:
        for path in list_untracked(self.repository.launcher.in_work_tree(self.root)):
            if path.endswith("/"):
                self._read_embedded(path.removesuffix("/"))
            elif path not in self.tracked:
                try:
                    found = self.files.find(path)
                except UnreadableError as error:
                    self._give_up(path, _PLAIN, str(error))
                else:
                    self._take(path, found, None)

    def store(self, base_tree: str) -> None:
        """Store every fresh file aside as git would store it.

        That is with its line ends, and without what passes through a filter.
        """
        plain = [path for path, found in self.fresh.items() if found.mode != LINK_MODE]
        attributes = read_attributes(self._attributes_of(base_tree), plain) if plain else {}
        self._pass_over(
            {path: known.converter for path, known in attributes.items() if known.converter}
        )
        for path, found in self.fresh.items():
            try:
                content = self.files.read(path)
            except UnreadableError as error:
                self._give_up(path, found.mode, str(error))
            else:
                stored = self._as_stored(path, content, attributes.get(path))
                self.entries[path] = TreeEntry(
                    found.mode, self.repository.lay_scratch().store("blob", stored)
                )

    def _read_entry(self, entry: Tracked) -> None:
        if entry.mode == SUBMODULE_MODE and self.files.is_directory(entry.path):
            head = self._checked_out(entry.path)
            self.entries[entry.path] = TreeEntry(entry.mode, head or entry.oid)
            return
        found = self.files.find(entry.path)
        # git does not expect it here, so that it is absent does not mean that it was deleted.
        if found is None and entry.is_sparse:
            self._keep(entry)
        self._take(entry.path, found, entry)

    def _read_embedded(self, path: str) -> None:
        head = self._checked_out(path)
        if head is None:
            self._give_up(
                path, SUBMODULE_MODE, "it is a repository of its own, without a commit"
            )
        else:
            self.entries[path] = TreeEntry(SUBMODULE_MODE, head)

    def _take(self, path: str, found: WorkFile | None, entry: Tracked | None) -> None:
        # What is not kept as an entry is missing in the tree, which is how a deleted file shows.
        if found is None:
            return
        mode = self._configured_mode(found, entry)
        if entry is not None and found.oid == entry.oid:
            self.entries[path] = TreeEntry(mode, found.oid)
        elif found.size > LARGEST_STORED:
            self._give_up(path, mode, f"{found.size} bytes are too many to judge")
        else:
            self.fresh[path] = replace(found, mode=mode)

    def _configured_mode(self, found: WorkFile, entry: Tracked | None) -> int:
        """The mode that git would store: some file systems know no links, or call every file executable."""
        if found.mode == LINK_MODE:
            return found.mode
        if (
            entry is not None
            and entry.mode == LINK_MODE
            and not self.repository.setting("core.symlinks")
        ):
            return LINK_MODE
        if self.repository.setting("core.fileMode"):
            return found.mode
        return (
            entry.mode
            if entry is not None and entry.mode & TYPE_BITS == FILE_MODE
            else _PLAIN
        )

    def _checked_out(self, path: str) -> str | None:
        """The commit that another repository, in a directory of this work tree, has checked out."""
        directory = self.root.joinpath(*path.split("/"))
        launcher = replace(
            self.repository.launcher, git_dir=directory / ".git", directory=directory
        )
        try:
            return (
                launcher.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
                .decode("ascii")
                .strip()
            )
        except GitError:
            return None

    def _pass_over(self, converters: dict[str, str]) -> None:
        """Leave out what a filter makes: its bytes are not what git would store.

        What was not touched is what it was.
        """
        touched = self._touched() if converters else set()
        for path, converter in converters.items():
            found, entry = self.fresh.pop(path), self.tracked.get(path)
            if entry is not None:
                self._keep(entry)
            if entry is None or path in touched:
                self._give_up(
                    path,
                    found.mode,
                    f"its content passes through {converter}, which judgegate does not run",
                )

    def _touched(self) -> set[str]:
        """What may differ from the index, with every flag that hides a file from this question taken off."""
        index = {"GIT_INDEX_FILE": str(copy_index(self.repository))}
        launcher = self.repository.launcher.in_work_tree(self.root).with_environment(index)
        listing = b"".join(encode_path(path) + b"\0" for path in self.tracked)
        for flag in ("--no-assume-unchanged", "--no-skip-worktree"):
            launcher.run("update-index", "-z", flag, "--stdin", stdin=listing)
        return list_touched(launcher)

    def _attributes_of(self, tree: str) -> GitRunner:
        index = {"GIT_INDEX_FILE": str(self.repository.lay_scratch().path / "attributes")}
        launcher = self.repository.launcher.with_environment(index)
        launcher.run("read-tree", tree)
        return launcher

    def _as_stored(self, path: str, content: bytes, known: Attributes | None) -> bytes:
        if known is None or b"\r\n" not in content:
            return content
        entry = self.tracked.get(path)
        try:
            stored = (
                self.repository.read(entry.oid)
                if entry is not None and entry.mode != SUBMODULE_MODE
                else b""
            )
        except MissingObjectError:
            stored = b""
        return store_line_ends(content, known.line_ends, stored)

    def _keep(self, entry: Tracked) -> None:
        self.entries[entry.path] = TreeEntry(entry.mode, entry.oid)

    def _give_up(self, path: str, mode: int, reason: str) -> None:
        self.obstacles[path] = Obstacle(mode, reason)


def read_worktree(repository: Repository, base: Revision | None = None) -> Change:
    """What the work tree as it is changes, committed or not.

    Since the merge base with `base`, which is chosen if none is given.

    Raises:
        UsageError: there is no work tree, or no base.
        IncompleteError: the history or the content is not there in full.
    """
    if repository.work_tree is None:
        raise UsageError(
            "A bare repository has no work tree.", "Judge commits with --base and --head."
        )
    if not has_commits(repository):
        return _read(repository, repository.work_tree, None, None)
    head = Revision("HEAD", repository.resolve("HEAD"), "checked out")
    return _read(repository, repository.work_tree, base or choose_base(repository), head)


def _read(
    repository: Repository, work_tree: Path, base: Revision | None, head: Revision | None
) -> Change:
    merge_bases, commits = (
        read_history(repository, base, head) if base and head else ((), ())
    )
    trees = [tree_of(repository, oid) for oid in merge_bases] or [repository.empty_tree]
    attributes = tree_of(repository, base.oid) if base else repository.empty_tree
    snapshot = take_snapshot(repository, work_tree, attributes)
    files = _with_obstacles(
        repository, compare_trees(repository, trees, snapshot.tree), trees[0], snapshot
    )
    return Change(
        source=ChangeSource.WORKTREE,
        base=base,
        head=None,
        merge_bases=merge_bases,
        base_tree=trees[0],
        head_tree=snapshot.tree,
        files=files,
        commits=commits,
        branch=branch_of(repository),
        notices=tuple(_describe(repository, head, snapshot, files)),
    )


def _with_obstacles(
    repository: Repository, files: Iterable[FileChange], base_tree: str, snapshot: Snapshot
) -> tuple[FileChange, ...]:
    """The files, with those that could not be read.

    They are part of the change, because it cannot be said that they are not.
    """
    found = {file.path: file for file in files}
    for path, obstacle in snapshot.obstacles.items():
        old = repository.blob_at(base_tree, path)
        status = FileStatus.MODIFIED if old else FileStatus.ADDED
        unread = Blob(obstacle.mode, "0" * len(snapshot.tree), None)
        found[path] = FileChange(
            path, status, old=old, new=unread, obstacle=obstacle.reason
        )
    return tuple(sorted(found.values(), key=lambda file: encode_path(file.path)))


def _describe(
    repository: Repository,
    head: Revision | None,
    snapshot: Snapshot,
    files: tuple[FileChange, ...],
) -> Iterable[Notice]:
    committed = tree_of(repository, head.oid) if head else repository.empty_tree
    if not files:
        yield Notice(
            "nothing-differs",
            "The work tree and the merge base have the same files, so there is nothing to judge.",
        )
    elif committed != snapshot.tree or snapshot.obstacles:
        yield Notice(
            "uncommitted",
            "Uncommitted files have no commit that could show who wrote them.",
        )
