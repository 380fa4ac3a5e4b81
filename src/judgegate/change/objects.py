"""Objects by their id, through one git that stays."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import IO

from judgegate.change.git import GitError, GitProcess, GitRunner
from judgegate.model.errors import IncompleteError

OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
"""An object's full id: SHA-1 or SHA-256."""

_NOT_FETCHED = re.compile(rb"could not fetch ([0-9a-f]+) from promisor remote")


class MissingObjectError(IncompleteError):
    """The repository lacks an object. `oid` is its id."""

    code = "missing-object"

    def __init__(self, oid: str) -> None:
        self.oid = oid
        super().__init__(
            f"The repository lacks the object {oid}.",
            "Fetch the whole history: git fetch --refetch --no-filter",
        )


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object's type (`blob`, `tree`, `commit`, `tag`) and its bytes."""

    kind: str
    size: int


class BlobCache:
    """The blobs that were read last, by their ids: a check, the search for removed guards and provenance read the same ones.

    Contents never change under their id. Where there are more bytes than it holds, the blobs go that were not asked for longest.
    """

    def __init__(self, size: int = 16 << 20) -> None:
        self._room = size
        self._blobs: dict[str, bytes] = {}  # the one that was asked for last stands last
        self._lock = Lock()

    def get(self, oid: str) -> bytes | None:
        """The blob's content, if it is here."""
        with self._lock:
            content = self._blobs.pop(oid, None)
            if content is not None:
                self._blobs[oid] = content
            return content

    def add(self, oid: str, content: bytes) -> None:
        """Keep a blob."""
        with self._lock:
            if oid in self._blobs or len(content) > LARGEST_CACHED:
                return
            self._blobs[oid] = content
            self._room -= len(content)
            while self._room < 0:
                self._room += len(self._blobs.pop(next(iter(self._blobs))))


LARGEST_CACHED = 1 << 20
"""Bytes of a blob. Source code is smaller; one large file must not drive out all others."""


class ObjectReader:
    """Reads objects through one `cat-file --batch`, started at the first question. Threads take turns."""

    def __init__(self, launcher: GitRunner) -> None:
        self._launcher = launcher
        self._process: GitProcess | None = None
        self._lock = Lock()
        self._blobs = BlobCache()

    def read(self, oid: str) -> bytes:
        """The object's content, whatever its type.

        Raises:
            MissingObjectError: it is not there. It is not fetched.
        """
        content = self._blobs.get(oid)
        if content is None:
            kind, content = self.open(oid)
            if kind == "blob":
                self._blobs.add(oid, content)
        return content

    def open(self, oid: str) -> tuple[str, bytes]:
        """The object's type and content.

        Raises:
            MissingObjectError: it is not there. It is not fetched.
        """
        check_oid(oid)
        with self._lock:
            process, stdin = self._running()
            try:
                stdin.write(oid.encode() + b"\n")
                stdin.flush()
            except BrokenPipeError:
                raise self._death(oid) from None
            header = process.stdout.readline().split()
            if not header:
                raise self._death(oid)
            if header[-1] == b"missing":
                raise MissingObjectError(oid)
            size = int(header[2])
            content = process.stdout.read(size + 1)
            if len(content) != size + 1:
                raise self._death(oid)
            return header[1].decode("ascii"), content[:-1]

    def close(self) -> None:
        """End git; the next question starts it anew."""
        process, self._process = self._process, None
        if process is not None:
            process.__exit__(None, None, None)

    def _running(self) -> tuple[GitProcess, IO[bytes]]:
        if self._process is None:
            self._process = self._launcher.start("cat-file", "--batch", piped=True)
            self._process.listen()
        stdin = self._process.popen.stdin
        if stdin is None:
            raise IncompleteError("git was started without its pipes")
        return self._process, stdin

    def _death(self, oid: str) -> IncompleteError:
        process, self._process = self._process, None
        if process is None:
            return MissingObjectError(oid)
        with process:
            status, said = process.popen.wait(), process.said()
        if _NOT_FETCHED.search(said):
            return MissingObjectError(oid)
        return GitError(process.arguments, status, said)


def describe_objects(launcher: GitRunner, oids: Iterable[str]) -> dict[str, ObjectInfo | None]:
    """What each object is; None: it is missing. Nothing is fetched."""
    wanted = list(dict.fromkeys(check_oid(oid) for oid in oids))
    known: dict[str, ObjectInfo | None] = {}
    while wanted:
        answered, missing = _ask(launcher, wanted)
        known |= answered
        if missing is not None:
            known[missing] = None
        remaining = [oid for oid in wanted if oid not in known]
        if len(remaining) == len(wanted):
            raise IncompleteError(f"git did not describe the object {remaining[0]}.")
        wanted = remaining
    return known


def _ask(launcher: GitRunner, oids: list[str]) -> tuple[dict[str, ObjectInfo | None], str | None]:
    """The answers, and the object at which git gave up: in a partial clone it stops at the first one that it would have to fetch."""
    answers: dict[str, ObjectInfo | None] = {}
    request = "".join(f"{oid}\n" for oid in oids).encode()
    try:
        for line in launcher.stream("cat-file", "--batch-check", stdin=request):
            oid, *rest = line.decode("ascii").split()
            answers[oid] = ObjectInfo(rest[0], int(rest[1])) if len(rest) == 2 else None  # noqa: PLR2004 - type and size
    except GitError as error:
        if unfetched := _NOT_FETCHED.search(error.message.encode()):
            return answers, unfetched[1].decode()
        raise
    return answers, None


def check_oid(oid: str) -> str:
    """The id itself.

    Raises:
        ValueError: it is not a full id, so that git could take it for something else.
    """
    if not OBJECT_ID.fullmatch(oid):
        raise ValueError(f"not a full object id: {oid!r}")
    return oid


_TREE_MODE = 0o040000

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
        if entry is None or entry[0] != _TREE_MODE:
            return None
        _, content = open_object(entry[1])
    entry = _read_entry(content, name, id_size)
    return None if entry is None or entry[0] == _TREE_MODE else entry


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
