"""What is judged: two trees, the files that differ, and the commits between."""

from enum import Enum
from functools import cached_property

from msgspec import Struct, field

from judgegate.model.intervals import Intervals
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange, count_lines

# Git's modes: the upper bits are the type of the entry, as in a Unix inode.
TYPE_BITS = 0o170000
FILE_MODE = 0o100000
EXECUTE_BITS = 0o111
LINK_MODE = 0o120000
SUBMODULE_MODE = 0o160000


class Blob(Struct, frozen=True):
    """One side of a file change, as the tree has it.

    `mode` is git's (0o100644, 0o100755, 0o120000 a link, 0o160000 a submodule), `oid` the object's
    id in hexadecimal, `size` its bytes, or None where the object is not at hand (a submodule, a
    missing object).
    """

    mode: int
    oid: str
    size: int | None

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == LINK_MODE

    @property
    def is_submodule(self) -> bool:
        """Whether it is a commit of another repository."""
        return self.mode == SUBMODULE_MODE

    @property
    def is_executable(self) -> bool:
        """Whether it is a file that anybody may run."""
        return self.is_file and bool(self.mode & EXECUTE_BITS)

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, executable or not."""
        # By the type alone: early versions of git wrote 0o100664 too, which such trees still have.
        return self.mode & TYPE_BITS == FILE_MODE


class FileStatus(Enum):
    """What happened to a path. A rename is a deletion and an addition."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    TYPE_CHANGED = "type_changed"


class FileChange(Struct, frozen=True, dict=True):
    """One entry of the change.

    Paths are as git has them, with `/`; bytes that are not UTF-8 stand as lone surrogates
    (`surrogateescape`). `added` are lines of the head's side, `removed` lines of the merge base's
    side, both exactly as `git diff --no-renames --text` has them. `old_path` is a rename's partner,
    for comparison and display only. `others` is the path's side in each further merge base, in the
    order of `Change.merge_bases[1:]`. `obstacle` says why the content cannot be had, if so: a
    sentence without a full stop.
    """

    path: str
    status: FileStatus
    old: Blob | None
    new: Blob | None
    added: tuple[LineRange, ...] = ()
    removed: tuple[LineRange, ...] = ()
    old_path: str | None = None
    others: tuple[Blob | None, ...] = ()
    obstacle: str | None = None

    @property
    def sides(self) -> tuple[Blob, ...]:
        """The file as it is on each side that has it: the head, and every merge base."""
        every = (self.old, self.new, *self.others)
        return tuple(side for side in every if side is not None)

    @property
    def has_lines(self) -> bool:
        """Whether lines differ: not so for a binary, a link, a submodule, or another mode alone."""
        return bool(self.added or self.removed)

    @cached_property
    def added_at(self) -> Intervals:
        """The added lines, to be asked about."""
        return Intervals(self.added)

    @cached_property
    def removed_at(self) -> Intervals:
        """The removed lines, to be asked about."""
        return Intervals(self.removed)

    @cached_property
    def added_lines(self) -> int:
        """How many lines of the head's side are added."""
        return count_lines(self.added)

    @cached_property
    def removed_lines(self) -> int:
        """How many lines of the merge base's side are removed."""
        return count_lines(self.removed)


class Identity(Struct, frozen=True):
    """Who a commit says wrote or committed it. Anybody can claim anything here."""

    name: str
    email: str


class Commit(Struct, frozen=True):
    """A commit as its raw object has it; `message` is bytes, because `encoding` is only a claim."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Identity
    committer: Identity
    message: bytes
    encoding: str | None = None
    committed: int = 0
    """The committer's clock, in seconds since 1970."""


class ChangeSource(Enum):
    """Where the head's side was taken from."""

    COMMITS = "commits"
    STAGED = "staged"
    WORKTREE = "worktree"
    PATCH = "patch"


class Assurance(Enum):
    """Whether both sides of everything could be had (`full`) or the input shows a part only (`reduced`)."""

    FULL = "full"
    REDUCED = "reduced"


class Revision(Struct, frozen=True):
    """A commit and the name that the user, or judgegate for them, gave it."""

    name: str
    oid: str
    chosen: str
    """How the name was found: `--base`, `JUDGEGATE_BASE`, `origin/HEAD` ..."""


class Change(Struct, frozen=True):
    """Everything that is judged, read once.

    `base` and `head` are None where there is no such commit (`--patch` outside a repository; the
    head of `--staged` and `--worktree`). `commits` are those that the base cannot reach, the newest
    first. `files` are sorted by their path's bytes. `merge_bases` are commit ids; the first one is
    what the lines and the counts refer to. `base_tree` and `head_tree` are tree ids that the
    repository the change was read with can read.
    """

    source: ChangeSource
    base: Revision | None
    head: Revision | None
    merge_bases: tuple[str, ...]
    base_tree: str
    head_tree: str
    files: tuple[FileChange, ...]
    commits: tuple[Commit, ...] = ()
    branch: str | None = None
    assurance: Assurance = Assurance.FULL
    notices: tuple[Notice, ...] = field(default=())

    @property
    def added_lines(self) -> int:
        """How many lines all files add."""
        return sum(file.added_lines for file in self.files)

    @property
    def removed_lines(self) -> int:
        """How many lines all files remove."""
        return sum(file.removed_lines for file in self.files)
