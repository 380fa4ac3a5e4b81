"""The files of the work tree as bytes: no link is followed, no filter runs, and nothing but files and links is opened."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from judgegate.change.paths import encode_path
from judgegate.model.change import LINK_MODE

_PLAIN, _EXECUTABLE = 0o100644, 0o100755
_CHUNK = 1 << 20


class UnreadableError(Exception):
    """Something is there and cannot be read. The text says why, without a full stop."""


@dataclass(frozen=True, slots=True)
class WorkFile:
    """What stands at a path of the work tree: `mode` is git's, `oid` what git would call these very bytes."""

    mode: int
    oid: str
    size: int


class WorkTree:
    """Reads below one directory."""

    def __init__(self, root: Path, object_format: str) -> None:
        self._root = root
        self._object_format = object_format

    def look(self, path: str) -> WorkFile | None:
        """The file or link at a path, or None if there is none: a directory, a path behind a link.

        Raises:
            UnreadableError: it is neither (a FIFO, a device), or the system refuses.
        """
        with self._parent(path) as (parent, name):
            status = _status(parent, name)
            if status is None or stat.S_ISDIR(status.st_mode):
                return None
            if stat.S_ISLNK(status.st_mode):
                target = os.readlink(name, dir_fd=parent)
                return WorkFile(LINK_MODE, self.name_object(target), len(target))
            with _open(parent, name) as file:
                status = os.fstat(file)
                mode = _EXECUTABLE if status.st_mode & stat.S_IXUSR else _PLAIN
                return WorkFile(mode, self._name_stream(file, status.st_size), status.st_size)

    def read(self, path: str) -> bytes:
        """The bytes of a file, or a link's target.

        Raises:
            UnreadableError: it is gone, or is neither, or the system refuses.
        """
        with self._parent(path) as (parent, name):
            status = _status(parent, name)
            if status is None:
                raise UnreadableError("it vanished while judgegate read it")
            if stat.S_ISLNK(status.st_mode):
                return os.readlink(name, dir_fd=parent)
            with _open(parent, name) as file:
                return b"".join(iter(lambda: os.read(file, _CHUNK), b""))

    def is_directory(self, path: str) -> bool:
        """Whether a directory stands there, and no link to one."""
        with self._parent(path) as (parent, name):
            status = _status(parent, name)
            return status is not None and stat.S_ISDIR(status.st_mode)

    def name_object(self, content: bytes) -> str:
        """What git calls a blob with this content."""
        return self._digest(len(content), [content])

    def _name_stream(self, file: int, size: int) -> str:
        return self._digest(size, iter(lambda: os.read(file, _CHUNK), b""))

    def _digest(self, size: int, pieces: "Iterator[bytes] | list[bytes]") -> str:
        digest = hashlib.new(self._object_format, b"blob %d\0" % size, usedforsecurity=False)
        for piece in pieces:
            digest.update(piece)
        return digest.hexdigest()

    @contextmanager
    def _parent(self, path: str) -> Iterator[tuple[int, bytes]]:
        """The opened directory that holds the path, reached without following a link, and the name in it; -1 if there is none."""
        *parts, name = encode_path(path).split(b"/")
        opened = _open_directory(os.fsencode(self._root), None)
        try:
            for part in parts:
                if opened < 0:
                    break
                below = _open_directory(part, opened)
                os.close(opened)
                opened = below
            yield opened, name
        finally:
            if opened >= 0:
                os.close(opened)


def _open_directory(name: bytes, parent: int | None) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (os.O_NOFOLLOW if parent is not None else 0)
    try:
        return os.open(name, flags, dir_fd=parent)
    except (FileNotFoundError, NotADirectoryError):
        return -1
    except OSError as error:
        if os.path.islink(name) if parent is None else _is_link(parent, name):  # noqa: PTH114 - bytes
            return -1
        raise UnreadableError(f"it cannot be read: {error.strerror}") from error


def _is_link(parent: int, name: bytes) -> bool:
    status = _status(parent, name)
    return status is not None and stat.S_ISLNK(status.st_mode)


def _status(parent: int, name: bytes) -> os.stat_result | None:
    if parent < 0:
        return None
    try:
        return os.stat(name, dir_fd=parent, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror}") from error


@contextmanager
def _open(parent: int, name: bytes) -> Iterator[int]:
    """The opened regular file. It is looked at before and after: opening a FIFO waits, opening a device may do anything."""
    status = _status(parent, name)
    if status is None or not stat.S_ISREG(status.st_mode):
        raise UnreadableError("it is neither a file nor a link")
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise UnreadableError("it is neither a file nor a link")
        yield file
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror}") from error
    finally:
        os.close(file)
