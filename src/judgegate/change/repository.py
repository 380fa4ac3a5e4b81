"""The repository: what everything else asks for objects and revisions."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.discovery import Location, discover
from judgegate.change.git import (
    CLEAN,
    Configuration,
    GitError,
    GitRunner,
    find_git,
    read_configuration,
    switch_filters_off,
    take_inherited,
)
from judgegate.change.objects import (
    OBJECT_ID,
    MissingObjectError,
    ObjectInfo,
    ObjectReader,
    check_oid,
    find_commit,
    find_entry,
)
from judgegate.change.paths import as_argument, decode_path, encode_path
from judgegate.model.change import SUBMODULE_MODE, Blob
from judgegate.model.errors_and_exit_codes import UsageError

if TYPE_CHECKING:
    from judgegate.change.scratch import Scratch

FETCH_ALL = (
    "git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*' "
    "(with actions/checkout: fetch-depth: 0)"
)
"""Completes a shallow clone, one of a single branch included."""

FETCH_BASE = "git fetch origin main:refs/remotes/origin/main"
"""Brings the base into a clone of another single branch.

Such a clone has its whole history, so `--unshallow` would fail in it.
"""


class Ref(Struct, frozen=True):
    """A ref.

    The object it names, the ref that it stands for (or nothing), its upstream's (or nothing), and
    whether `HEAD` is on it.
    """

    oid: str
    target: str
    upstream: str
    is_checked_out: bool


_LISTED_REFS = (
    "refs/heads/",
    *(f"refs/remotes/origin/{branch}" for branch in ("HEAD", "main", "master")),
    "refs/notes/ai",
    "refs/ai/authorship/",
)
"""The branches, where a base may be, and the notes about who wrote what."""

_OF_PARTIAL_CLONE = re.compile(r"extensions\.partialclone|remote\..*\.promisor", re.DOTALL)
_OF_REMOTE = re.compile(r"remote\.[^/].*\.", re.DOTALL)
"""Of a remote with a name; git passes over one whose name begins with a slash."""


class Repository:
    """A git repository, read by object id and never written. Close it, or use it as a context manager."""

    def __init__(
        self, location: Location, launcher: GitRunner, configuration: Configuration
    ) -> None:
        self.git_dir = location.git_dir
        self.work_tree = location.work_tree
        self.is_shallow = location.is_shallow
        self.object_format = location.object_format
        self.launcher = launcher
        self.configuration = configuration
        self._reader = ObjectReader(launcher)
        self._refs: Mapping[str, Ref] | None = None
        self._scratch: Scratch | None = None
        self._settings: dict[str, bool] = {}
        self._home: Scratch | None = None

    @classmethod
    def open(cls, directory: Path) -> Self:
        """The repository that `directory` is in, or that it is.

        Raises:
            UsageError: there is none, or git does not trust it.
            IncompleteError: git is missing or too old.
        """
        inherited = take_inherited()
        environment = MappingProxyType({**CLEAN, **inherited.objects})
        seeker = GitRunner(find_git(), directory.absolute(), environment=environment)
        location = discover(seeker)
        launcher = replace(seeker, directory=location.git_dir, git_dir=location.git_dir)
        configuration = read_configuration(launcher)
        return cls(location, switch_filters_off(launcher, configuration), configuration)

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What git prints.

        Raises:
            GitError: git failed.
        """
        return self.launcher.run(*arguments, stdin=stdin)

    def stream(
        self, *arguments: str, stdin: bytes = b"", longest: int = -1
    ) -> Iterator[bytes]:
        """What git prints, line by line with the newline kept.

        Lines over `longest` bytes come in pieces, if that is given.
        """
        return self.launcher.stream(*arguments, stdin=stdin, longest=longest)

    def read(self, oid: str) -> bytes:
        """An object's content. Ask for its size first: it comes whole.

        Raises:
            MissingObjectError: the repository lacks it. Nothing is fetched.
        """
        return self._reader.read(oid)

    def describe(self, oids: Iterable[str]) -> dict[str, ObjectInfo | None]:
        """The type and size of each object; None: it is missing."""
        return self._reader.describe(oids)

    def sizes(self, oids: Iterable[str]) -> dict[str, int | None]:
        """The bytes of each object; None: it is missing."""
        return {
            oid: info.size if info else None for oid, info in self.describe(oids).items()
        }

    def resolve(self, revision: str) -> str:
        """The id of the commit that a revision means.

        Raises:
            UsageError: no commit is called that, or more than one, or it looks like an option.
        """
        if (
            not revision
            or revision.startswith("-")
            or any(not character.isprintable() for character in revision)
        ):
            raise UsageError(
                f"Not a revision: {revision!r}.", "Name a branch, a tag or a commit."
            )
        try:
            # A full id is itself, whatever a branch is called.
            commit = find_commit(
                self._reader.open,
                revision if OBJECT_ID.fullmatch(revision) else self._look_up(revision),
            )
        except GitError as error:
            if "is ambiguous" in error.message:
                raise UsageError(
                    f"The revision {revision!r} is ambiguous.",
                    "Write more of the commit's id.",
                ) from error
            raise self._unknown(revision) from error
        except MissingObjectError as error:
            raise self._unknown(revision) from error
        if commit is None:
            raise self._unknown(revision)
        return commit

    def _look_up(self, revision: str) -> str:
        if oid := self.look_up(revision):
            return oid
        # A git of its own says what is wrong with the revision.
        found, said = self.launcher.run_verbosely(
            "rev-parse", "--verify", as_argument(revision)
        )
        if b"is ambiguous" in said:
            raise UsageError(
                f"The revision {revision!r} is ambiguous.",
                "Write it in full, as in refs/heads/main.",
            )
        return check_oid(found.decode("ascii").strip())

    def look_up(self, revision: str) -> str | None:
        """The id of the object that a revision names.

        None if it does not name one, names several, or the repository lacks it.
        """
        return self._reader.look_up(revision)

    @property
    def refs(self) -> Mapping[str, Ref]:
        """Local branches, what `origin` may have as a base, and the notes of git-ai, by full name.

        They are as they were at the first question.
        """
        if self._refs is None:
            self._refs = self._read_refs()
        return self._refs

    def _read_refs(self) -> Mapping[str, Ref]:
        fields = "%(refname)%00%(objectname)%00%(symref)%00%(upstream)%00%(HEAD)"
        listing = decode_path(self.run("for-each-ref", f"--format={fields}", *_LISTED_REFS))
        refs = {}
        # By newlines alone: a name may hold what Python takes for the end of a line too.
        for line in listing.split("\n")[:-1]:
            name, oid, target, upstream, mark = line.split("\0")
            refs[name] = Ref(oid, target, upstream, mark == "*")
        return MappingProxyType(refs)

    def peel(self, oid: str) -> str | None:
        """The commit that an object is or, as a tag, stands for.

        None if that is none, or the repository lacks it.
        """
        try:
            return find_commit(self._reader.open, check_oid(oid))
        except MissingObjectError:
            return None

    def blob_at(self, tree_ish: str, path: str) -> Blob | None:
        """The entry at a path in a commit or tree: a file, a link or a submodule.

        None if there is none, or a directory.
        """
        entry = find_entry(
            self._reader.open,
            check_oid(tree_ish),
            encode_path(path),
            len(self.empty_tree) // 2,
        )
        if entry is None:
            return None
        mode, oid = entry
        return Blob(mode, oid, None if mode == SUBMODULE_MODE else self._size_of(oid))

    def oid_at(self, tree_ish: str, path: str) -> str | None:
        """The id of what stands at a path in a commit or tree; None if nothing does, or a directory."""
        entry = find_entry(
            self._reader.open,
            check_oid(tree_ish),
            encode_path(path),
            len(self.empty_tree) // 2,
        )
        return None if entry is None else entry[1]

    def _size_of(self, oid: str) -> int | None:
        try:
            return len(self.read(oid))
        except MissingObjectError:
            return None

    def list_tree(self, tree_ish: str, prefix: str = "") -> Iterator[tuple[str, Blob]]:
        """Every file, link and submodule of a commit or tree with its path, in git's order.

        `prefix`: only below that directory.
        """
        return self._list(
            tree_ish,
            ":(literal)" + prefix.rstrip("/") + "/" if prefix else "",
            recursive=True,
        )

    @property
    def empty_tree(self) -> str:
        """The id of the tree without entries, which git knows without having it."""
        return hashlib.new(
            self.object_format, b"tree 0\0", usedforsecurity=False
        ).hexdigest()

    @property
    def is_partial(self) -> bool:
        """Whether it is a partial clone, which lacks objects until somebody asks for them."""
        return any(_OF_PARTIAL_CLONE.fullmatch(name) for name, _ in self.configuration)

    @property
    def has_remote(self) -> bool:
        """Whether any remote is configured."""
        return any(_OF_REMOTE.match(name) for name, _ in self.configuration)

    def path_of(self, name: str) -> Path:
        """Where a file of the git directory is.

        A linked work tree shares most of them, and keeps some to itself.
        """
        return Path(
            os.fsdecode(
                self.run(
                    "rev-parse", "--path-format=absolute", "--git-path", name
                ).removesuffix(b"\n")
            )
        )

    def setting(self, name: str) -> bool:
        """A yes or no of the repository's own configuration; yes if it says nothing."""
        if name not in self._settings:
            try:
                self._settings[name] = (
                    self.run("config", "--type=bool", "--get", name) != b"false\n"
                )
            except GitError:
                self._settings[name] = True
        return self._settings[name]

    def lay_scratch(self) -> "Scratch":
        """The place aside for objects and an index.

        From the first call on git writes there, and reads there and in the repository.
        """
        if self._scratch is None:
            from judgegate.change.scratch import Scratch  # most judgements write nothing

            self._scratch = Scratch(self.object_format)
            self._scratch.lay_over(self.path_of("objects"))
            self._reader.close()
            self.launcher = self.launcher.with_environment(
                {"GIT_OBJECT_DIRECTORY": str(self._scratch.objects)}
            )
            self._reader = ObjectReader(self.launcher)
        return self._scratch

    def own(self, home: "Scratch") -> None:
        """Let the repository, which stands in this place aside, go with it when it is closed."""
        self._home = home

    @property
    def is_temporary(self) -> bool:
        """Whether it was made for this run only, because there is no real one."""
        return self._home is not None

    def close(self) -> None:
        """End what runs, and remove what was kept aside."""
        self._reader.close()
        for place in (self._scratch, self._home):
            if place is not None:
                place.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _list(
        self, tree_ish: str, pathspec: str, *, recursive: bool
    ) -> Iterator[tuple[str, Blob]]:
        options = ("-r",) if recursive else ()
        limits = ("--", as_argument(pathspec)) if pathspec else ()
        listing = self.run(
            "ls-tree", "-z", "--full-tree", *options, check_oid(tree_ish), *limits
        )
        entries = [_parse_entry(record) for record in listing.split(b"\0") if record]
        sizes = self.sizes(oid for mode, kind, oid, _ in entries if kind == "blob")
        for mode, kind, oid, path in entries:
            if kind != "tree":
                yield path, Blob(mode, oid, sizes.get(oid))

    def _unknown(self, revision: str) -> UsageError:
        remedy = "Name a branch, a tag or a commit."
        if self.run(
            "for-each-ref", "--count=1", f"refs/remotes/origin/{as_argument(revision)}"
        ):
            remedy = f"Did you mean origin/{revision}?"
        elif self.is_shallow:
            remedy = f"This is a shallow clone; it may lack the commit. Fetch it, or everything: {FETCH_ALL}"
        return UsageError(f"There is no revision {revision!r}.", remedy)


def _parse_entry(record: bytes) -> tuple[int, str, str, str]:
    facts, _, path = record.partition(b"\t")
    mode, kind, oid = facts.decode("ascii").split(" ")
    return int(mode, 8), kind, oid, decode_path(path)
