"""The sides of a file change, each with its language, or with the reason why no check can read it."""

from collections.abc import Callable

from msgspec import Struct

from judgegate.change.objects import DamagedObjectError, MissingObjectError, is_blob
from judgegate.change.repository import Repository
from judgegate.model.change import Blob, FileChange
from judgegate.model.file_names import TEXT, language_by_suffix
from judgegate.sources.text import HEAD_SIZE, language_of

LARGEST_READ = 32 * 1024 * 1024
"""Bytes that are read to find a first line that names a language; nothing that large is source code."""

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_LARGEST_POINTER = 1024
"""A pointer is smaller than this, says the specification of Git LFS."""

IN_LFS = "its content is in Git LFS, and the repository contains only a pointer to it"
NOT_HERE = "its content is not in this clone"
TOO_LARGE = "it is too large to be read"

PROGRAMS = {
    b"#!": "a script",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\xca\xfe\xba\xbe": "a program",
    b"\xcf\xfa\xed\xfe": "a program",
    b"PK\x03\x04": "an archive",
    b"<?php": "a script",
    b"\0asm": "a program",
}
"""How things begin that can be run, whatever they are called."""


class BlobContent(Struct, frozen=True):
    """A content that is read when it is asked for.

    All contents at once could be more than the memory has room for.
    """

    repository: Repository
    oid: str

    def __call__(self) -> bytes:
        """The bytes.

        Raises:
            MissingObjectError: the repository lacks them.
            DamagedObjectError: they are not those that the id names.
        """
        content = self.repository.read(self.oid)
        # What is kept by the id counts for other repositories too.
        if not is_blob(content, self.oid):
            raise DamagedObjectError(self.oid)
        return content


class ReadableSide(Struct, frozen=True):
    """One side that a check could read.

    `language` is None where none does; `obstacle` says why it cannot be read.
    """

    blob: Blob
    language: str | None
    obstacle: str | None = None
    program: str | None = None
    """What its first bytes say that it is, if that can be run."""

    @property
    def is_readable(self) -> bool:
        """Whether a check could read it."""
        return self.language is not None and self.obstacle is None

    @property
    def task(self) -> str:
        """The id of the task that scans it."""
        # The same content in the same language is scanned once, whatever its paths are.
        return f"{self.language}:{self.blob.oid}"

    @property
    def text_task(self) -> str:
        """The same, for what scans any text."""
        return f"{TEXT}:{self.blob.oid}"


class Sides(Struct, frozen=True):
    """A file change with its sides: the head's, and that of each merge base."""

    change: FileChange
    new: ReadableSide | None
    olds: tuple[ReadableSide | None, ...]

    @property
    def judged(self) -> ReadableSide | None:
        """The side that decides the file's state: the head's, or of a deleted file the merge base's."""
        if self.change.new is not None:
            return self.new
        return next(filter(None, self.olds), None)

    @property
    def language(self) -> str | None:
        """The language of the side that decides, None where nothing names it."""
        judged = self.judged
        return None if judged is None else judged.language

    @property
    def is_unread(self) -> bool:
        """Whether the content of the side that decides could not be had."""
        judged = self.judged
        return judged is not None and judged.obstacle is not None

    @property
    def oddity(self) -> str | None:
        """What one of the sides starts like, if that can be run."""
        for side in filter(None, (self.new, *self.olds)):
            if side.program:
                return f"no check covers it, and it starts like {side.program}"
        return None


def read_sides(repository: Repository, change: FileChange) -> Sides:
    """Find the language of each side; a side that is no ordinary file has none."""

    def side(blob: Blob | None) -> ReadableSide | None:
        if blob is None or not blob.is_file:
            return None
        return _side(repository.read, change, blob)

    olds = map(side, (change.old, *change.others))
    return Sides(change, new=side(change.new), olds=tuple(olds))


def _side(read: Callable[[str], bytes], change: FileChange, blob: Blob) -> ReadableSide:
    """What is known of a side before any check reads it: its language, and why it cannot be read."""
    language = language_of(change.path)
    if blob.size is None:
        return ReadableSide(blob, language, change.obstacle or NOT_HERE)
    try:
        if blob.size <= _LARGEST_POINTER and _is_pointer(read(blob.oid)):
            return ReadableSide(blob, language, IN_LFS)
        # Most names say the language. Only where one does not must a file be read for its first
        # line, and only then can it be too large.
        if language is not None:
            return ReadableSide(blob, language, change.obstacle)
        if blob.size > LARGEST_READ:
            language = language_by_suffix(change.path)
            return ReadableSide(blob, language, change.obstacle or TOO_LARGE)
        head = read(blob.oid)[:HEAD_SIZE]
    except MissingObjectError:
        return ReadableSide(blob, language, NOT_HERE)
    language = language_of(change.path, head) or language_by_suffix(change.path)
    return ReadableSide(blob, language, change.obstacle, _program_in(head))


def _is_pointer(content: bytes) -> bool:
    """Whether it only says where in Git LFS the content is."""
    return content.startswith(_LFS_POINTER)


def _program_in(head: bytes) -> str | None:
    """What the first bytes say that it is, if that can be run."""
    for start, what in PROGRAMS.items():
        if head.startswith(start):
            return what
    return None
