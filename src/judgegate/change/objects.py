"""Objects by their id, through one git that stays."""

import hashlib
import re
from collections.abc import Callable, Iterable
from threading import Lock

from msgspec import Struct

from judgegate.change.git import GitError, GitProcess, GitRunner
from judgegate.change.paths import encode_path
from judgegate.model.errors_and_exit_codes import IncompleteError

OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
"""An object's full id: SHA-1 or SHA-256."""

_SHA1_DIGITS = 40

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


class DamagedObjectError(IncompleteError):
    """The repository has another content under an object's id."""

    code = "damaged-object"

    def __init__(self, oid: str) -> None:
        super().__init__(
            f"The content of the object {oid} is not the one that its id names.",
            "Run git fsck to check the repository.",
        )


class ObjectInfo(Struct, frozen=True):
    """An object's type (`blob`, `tree`, `commit`, `tag`) and its bytes."""

    kind: str
    size: int


class BlobCache:
    """The blobs that were read last, by their ids.

    A check, the search for removed guards and provenance read the same ones.

    Contents never change under their id. Where there are more bytes than it holds, the blobs go
    that were not asked for longest.
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
    """Asks one `cat-file --batch-command`, started at the first question. Threads take turns."""

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
            process = self._running()
            self._ask(process, b"contents " + oid.encode() + b"\n")
            header = process.stdout.readline().split()
            if not header:
                raise self._end(oid)
            if header[-1] == b"missing":
                raise MissingObjectError(oid)
            size = int(header[2])
            content = process.stdout.read(size + 1)
            if len(content) != size + 1:
                raise self._end(oid)
            return header[1].decode("ascii"), content[:-1]

    def describe(self, oids: Iterable[str]) -> dict[str, ObjectInfo | None]:
        """What each object is; None: it is missing. Nothing is fetched."""
        wanted = list(dict.fromkeys(check_oid(oid) for oid in oids))
        known: dict[str, ObjectInfo | None] = {}
        with self._lock:
            for start in range(0, len(wanted), _AT_ONCE):
                self._describe_some(wanted[start : start + _AT_ONCE], known)
        return known

    def _describe_some(
        self, wanted: list[str], known: dict[str, ObjectInfo | None]
    ) -> None:
        while wanted:
            try:
                self._read_answers(wanted, known)
            except MissingObjectError as error:
                # In a partial clone git ends at the first object that it would have to fetch; the
                # next git takes the others.
                if error.oid in known:
                    raise
                known[error.oid] = None
            wanted = [oid for oid in wanted if oid not in known]

    def _read_answers(self, oids: list[str], known: dict[str, ObjectInfo | None]) -> None:
        process = self._running()
        self._ask(process, b"".join(b"info " + oid.encode() + b"\n" for oid in oids))
        for oid in oids:
            answer = process.stdout.readline().split()
            if not answer:
                raise self._end(oid)
            known[oid] = (
                ObjectInfo(answer[1].decode("ascii"), int(answer[2]))
                if _is_found(answer)
                else None
            )

    def look_up(self, name: str) -> str | None:
        """The id of the object that a revision names, as the user wrote it.

        None if it is not that of one object, for whatever reason.

        Raises:
            ValueError: the name has several lines, so that git would take it for several questions.
        """
        if "\n" in name:
            raise ValueError(f"not a revision: {name!r}")
        with self._lock:
            process = self._running()
            before = len(process.said_so_far())
            self._ask(process, b"info " + encode_path(name) + b"\n")
            answer = process.stdout.readline().split()
            if not answer:
                self._end(name)
                return None
            # Where several refs bear the name, git answers with one of them and warns.
            is_ambiguous = b"is ambiguous" in process.said_so_far()[before:]
        return (
            check_oid(answer[0].decode("ascii"))
            if _is_found(answer) and not is_ambiguous
            else None
        )

    def close(self) -> None:
        """End git; the next question starts it anew."""
        process, self._process = self._process, None
        if process is not None:
            process.__exit__(None, None, None)

    def _running(self) -> GitProcess:
        if self._process is None:
            self._process = self._launcher.start("cat-file", "--batch-command", piped=True)
            self._process.listen()
        return self._process

    def _ask(self, process: GitProcess, question: bytes) -> None:
        stdin = process.popen.stdin
        if stdin is None:
            raise IncompleteError("git was started without its pipes")
        try:
            stdin.write(question)
            stdin.flush()
        except BrokenPipeError:
            return  # git has ended: there is no answer, and then its exit code and last words say why

    def _end(self, asked: str) -> IncompleteError:
        """Why git ended instead of an answer."""
        process, self._process = self._process, None
        if process is None:
            return MissingObjectError(asked)
        with process:
            status, said = process.popen.wait(), process.said()
        if unfetched := _NOT_FETCHED.search(said):
            return MissingObjectError(unfetched[1].decode())
        return GitError(process.arguments, status, said)


_AT_ONCE = 50
"""So many objects are asked for before the first answer is read.

The questions fit into the smallest pipe, so that writing never waits.
"""


def _is_found(answer: list[bytes]) -> bool:
    """Whether git answers with an id, a type and a size.

    Otherwise it gives the name it was asked for, and what is wrong with it.
    """
    return len(answer) == 3 and answer[2].isdigit()  # noqa: PLR2004 - the three


def check_oid(oid: str) -> str:
    """The id itself.

    Raises:
        ValueError: it is not a full id, so that git could take it for something else.
    """
    if not OBJECT_ID.fullmatch(oid):
        raise ValueError(f"not a full object id: {oid!r}")
    return oid


def is_blob(content: bytes, oid: str) -> bool:
    """Whether this is the content that the id names: git itself reads whatever stands under it."""
    algorithm = "sha1" if len(oid) == _SHA1_DIGITS else "sha256"
    digest = hashlib.new(algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest() == oid


_TREE_MODE = 0o040000

Open = Callable[[str], tuple[str, bytes]]
"""An object's type and content."""


def find_entry(
    open_object: Open, tree_ish: str, path: bytes, id_size: int
) -> tuple[int, str] | None:
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
