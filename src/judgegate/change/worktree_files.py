"""The files of the work tree as bytes.

No link is followed, no filter runs, and nothing but files and links is opened.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from msgspec import Struct

from judgegate.change.git import GitError, GitRunner
from judgegate.change.paths import decode_path, encode_path
from judgegate.model.change import LINK_MODE

_PLAIN, _EXECUTABLE = 0o100644, 0o100755
_CHUNK = 1 << 20


class UnreadableError(Exception):
    """Something is there and cannot be read. The text says why, without a full stop."""


class WorkFile(Struct, frozen=True):
    """What stands at a path of the work tree: `mode` is git's, `oid` what git would call these very bytes."""

    mode: int
    oid: str
    size: int


class WorkTree:
    """Reads below one directory."""

    def __init__(self, root: Path, object_format: str) -> None:
        self._root = root
        self._object_format = object_format

    def find(self, path: str) -> WorkFile | None:
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
                return WorkFile(
                    mode, self._name_stream(file, status.st_size), status.st_size
                )

    def read(self, path: str) -> bytes:
        """The bytes of a file, or a link's target.

        Raises:
            UnreadableError: it is gone, or is neither, or the system refuses.
        """
        with self._parent(path) as (parent, name):
            status = _status(parent, name)
            if status is None:
                raise UnreadableError("it disappeared while judgegate read it")
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
        digest = hashlib.new(
            self._object_format, b"blob %d\0" % size, usedforsecurity=False
        )
        for piece in pieces:
            digest.update(piece)
        return digest.hexdigest()

    @contextmanager
    def _parent(self, path: str) -> Iterator[tuple[int, bytes]]:
        """The opened directory that has the path in it, and the name in it.

        It is reached without following a link; -1 if there is none.
        """
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
    flags = (
        os.O_RDONLY
        | os.O_DIRECTORY
        | os.O_CLOEXEC
        | (os.O_NOFOLLOW if parent is not None else 0)
    )
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
    """The opened regular file.

    Its status is read before and after: opening a FIFO waits, opening a device may do anything.
    """
    status = _status(parent, name)
    if status is None or not stat.S_ISREG(status.st_mode):
        raise UnreadableError("it is neither a file nor a link")
    try:
        file = os.open(
            name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent
        )
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


_ATTRIBUTES = ("text", "crlf", "eol", "filter", "ident", "working-tree-encoding")
_UNSPECIFIED, _SET, _UNSET = "unspecified", "set", "unset"

_COUNTED_AS_TEXT = frozenset(b"\b\t\x1b\x0c") | frozenset(range(0x20, 0x100)) - {0x7F}
_LINE_ENDS = frozenset(b"\r\n")
_NOT_TEXT = bytes(sorted(frozenset(range(256)) - _COUNTED_AS_TEXT - _LINE_ENDS))
_LONE_CR = re.compile(rb"\r(?!\n)")


class LineEnds(Enum):
    """What git does with CRLF when it stores a file."""

    KEEP = "keep"
    CONVERT = "convert"
    GUESS = "guess"


class Attributes(Struct, frozen=True):
    """How a path's content is converted between the work tree and the repository.

    `converter` names what turns it into something else by a program or a table (`filter lfs`), or is None.
    """

    line_ends: LineEnds
    converter: str | None = None


def read_attributes(launcher: GitRunner, paths: Iterable[str]) -> dict[str, Attributes]:
    """Each path's attributes.

    From the `.gitattributes` in the launcher's index and the repository's own settings.
    """
    request = b"".join(encode_path(path) + b"\0" for path in paths)
    if not request:
        return {}
    fields = launcher.run(
        "check-attr", "-z", "--cached", "--stdin", *_ATTRIBUTES, stdin=request
    ).split(b"\0")[:-1]
    found: dict[str, dict[str, str]] = {}
    for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
        found.setdefault(decode_path(path), {})[name.decode()] = decode_path(value)
    converts = _setting(launcher, "core.autocrlf") in {"true", "yes", "on", "1", "input"}
    return {
        path: _weigh(values, LineEnds.GUESS if converts else LineEnds.KEEP)
        for path, values in found.items()
    }


def store_line_ends(content: bytes, ends: LineEnds, stored: bytes) -> bytes:
    """The content as git would store it.

    `stored` is what the index has: where git guesses, a file stored with CRLF keeps it.
    """
    if ends is LineEnds.KEEP or b"\r\n" not in content:
        return content
    if ends is LineEnds.GUESS and (
        _is_binary(content) or (b"\r\n" in stored and not _is_binary(stored))
    ):
        return content
    return content.replace(b"\r\n", b"\n")


def _weigh(values: Mapping[str, str], default: LineEnds) -> Attributes:
    text = values["text"] if values["text"] != _UNSPECIFIED else values["crlf"]
    match text:
        case "set" | "input":
            ends = LineEnds.CONVERT
        case "unset":
            ends = LineEnds.KEEP
        case "auto":
            ends = LineEnds.GUESS
        case _:
            ends = LineEnds.CONVERT if values["eol"] in {"lf", "crlf"} else default
    for name in ("filter", "working-tree-encoding"):
        if values[name] not in (_UNSPECIFIED, _UNSET, _SET):
            return Attributes(ends, f"{name} {values[name]}")
    return Attributes(ends, "ident" if values["ident"] == _SET else None)


def _is_binary(content: bytes) -> bool:
    """Git's own guess (`convert_is_binary`).

    A NUL, a lone CR, or more than one byte in 128 that no text has.
    """
    if b"\0" in content or _LONE_CR.search(content):
        return True
    odd = len(content) - len(content.translate(None, _NOT_TEXT))
    text = len(content) - odd - content.count(b"\r") - content.count(b"\n")
    if content.endswith(b"\x1a"):
        odd -= 1
    return text >> 7 < odd


def _setting(launcher: GitRunner, name: str) -> str:
    try:
        return (
            launcher.run("config", "--get", name).decode("utf-8", "replace").strip().lower()
        )
    except GitError:
        return ""
