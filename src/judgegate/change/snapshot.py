"""The work tree as a tree: read as bytes, written aside."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from judgegate.change.git import GitError, Launcher
from judgegate.change.line_ends import Attributes, read_attributes, store_line_ends
from judgegate.change.objects import MissingObjectError
from judgegate.change.paths import encode_path
from judgegate.change.repository import Repository
from judgegate.change.staged import copy_index
from judgegate.change.tracking import Tracked, list_touched, list_tracked, list_untracked
from judgegate.change.trees import TreeEntry, write_tree
from judgegate.change.worktree_files import UnreadableError, WorkFile, WorkTree
from judgegate.model.change import FILE_MODE, LINK_MODE, SUBMODULE_MODE, TYPE_BITS

LARGEST_STORED = 500_000_000
"""Bytes of a file above which it is not copied aside: no check reads so much."""

_PLAIN = 0o100644


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a path of the work tree could not be read, and the mode it seems to have."""

    mode: int
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The work tree: `tree` holds all that could be read, `obstacles` what could not."""

    tree: str
    obstacles: dict[str, Obstacle]


def take_snapshot(repository: Repository, root: Path, base_tree: str) -> Snapshot:
    """Read the work tree at `root`. The attributes that hold are those of `base_tree`, not the change's own."""
    reading = _Reading(repository, root)
    reading.read_tracked()
    reading.read_untracked()
    reading.store(base_tree)
    return Snapshot(write_tree(repository, reading.entries), reading.obstacles)


@dataclass(slots=True)
class _Reading:
    """What has been read so far. `fresh` are the entries whose content the repository may not hold yet."""

    repository: Repository
    root: Path
    files: WorkTree = field(init=False)
    tracked: dict[str, Tracked] = field(init=False)
    entries: dict[str, TreeEntry] = field(default_factory=dict)
    fresh: dict[str, WorkFile] = field(default_factory=dict)
    obstacles: dict[str, Obstacle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = WorkTree(self.root, self.repository.object_format)
        self.tracked = list_tracked(self.repository.launcher.in_work_tree(self.root))

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
                    found = self.files.look(path)
                except UnreadableError as error:
                    self._give_up(path, _PLAIN, str(error))
                else:
                    self._take(path, found, None)

    def store(self, base_tree: str) -> None:
        """Store every fresh file aside as git would store it: with its line ends, and without what passes through a filter."""
        plain = [path for path, found in self.fresh.items() if found.mode != LINK_MODE]
        attributes = read_attributes(self._attributes_of(base_tree), plain) if plain else {}
        self._pass_over({path: known.converter for path, known in attributes.items() if known.converter})
        for path, found in self.fresh.items():
            try:
                content = self.files.read(path)
            except UnreadableError as error:
                self._give_up(path, found.mode, str(error))
            else:
                stored = self._as_stored(path, content, attributes.get(path))
                self.entries[path] = TreeEntry(found.mode, self.repository.lay_scratch().store("blob", stored))

    def _read_entry(self, entry: Tracked) -> None:
        if entry.mode == SUBMODULE_MODE and self.files.is_directory(entry.path):
            head = self._checked_out(entry.path)
            self.entries[entry.path] = TreeEntry(entry.mode, head or entry.oid)
            return
        found = self.files.look(entry.path)
        if found is None and entry.is_sparse:
            self._keep(entry)
        self._take(entry.path, found, entry)

    def _read_embedded(self, path: str) -> None:
        head = self._checked_out(path)
        if head is None:
            self._give_up(path, SUBMODULE_MODE, "it is a repository of its own, without a commit")
        else:
            self.entries[path] = TreeEntry(SUBMODULE_MODE, head)

    def _take(self, path: str, found: WorkFile | None, entry: Tracked | None) -> None:
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
        if entry is not None and entry.mode == LINK_MODE and not self.repository.setting("core.symlinks"):
            return LINK_MODE
        if self.repository.setting("core.fileMode"):
            return found.mode
        return entry.mode if entry is not None and entry.mode & TYPE_BITS == FILE_MODE else _PLAIN

    def _checked_out(self, path: str) -> str | None:
        """The commit that another repository, in a directory of this work tree, has checked out."""
        directory = self.root.joinpath(*path.split("/"))
        launcher = replace(self.repository.launcher, git_dir=directory / ".git", directory=directory)
        try:
            return launcher.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode("ascii").strip()
        except GitError:
            return None

    def _pass_over(self, converters: dict[str, str]) -> None:
        """Leave out what a filter makes: its bytes are not what git would store. What was not touched is what it was."""
        touched = self._touched() if converters else set()
        for path, converter in converters.items():
            found, entry = self.fresh.pop(path), self.tracked.get(path)
            if entry is not None:
                self._keep(entry)
            if entry is None or path in touched:
                self._give_up(path, found.mode, f"its content passes through {converter}, which judgegate does not run")

    def _touched(self) -> set[str]:
        """What may differ from the index, with every flag that hides a file from this question taken off."""
        index = {"GIT_INDEX_FILE": str(copy_index(self.repository))}
        launcher = self.repository.launcher.in_work_tree(self.root).with_environment(index)
        listing = b"".join(encode_path(path) + b"\0" for path in self.tracked)
        for flag in ("--no-assume-unchanged", "--no-skip-worktree"):
            launcher.run("update-index", "-z", flag, "--stdin", stdin=listing)
        return list_touched(launcher)

    def _attributes_of(self, tree: str) -> Launcher:
        index = {"GIT_INDEX_FILE": str(self.repository.lay_scratch().path / "attributes")}
        launcher = self.repository.launcher.with_environment(index)
        launcher.run("read-tree", tree)
        return launcher

    def _as_stored(self, path: str, content: bytes, known: Attributes | None) -> bytes:
        if known is None or b"\r\n" not in content:
            return content
        entry = self.tracked.get(path)
        try:
            stored = self.repository.read(entry.oid) if entry is not None and entry.mode != SUBMODULE_MODE else b""
        except MissingObjectError:
            stored = b""
        return store_line_ends(content, known.line_ends, stored)

    def _keep(self, entry: Tracked) -> None:
        self.entries[entry.path] = TreeEntry(entry.mode, entry.oid)

    def _give_up(self, path: str, mode: int, reason: str) -> None:
        self.obstacles[path] = Obstacle(mode, reason)
