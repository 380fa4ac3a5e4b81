"""The lines of a patch, and what is read from them of one file."""

from dataclasses import dataclass


@dataclass(slots=True)
class FilePatch:
    """What a patch says of one file.

    A path is None on the side where there is no file. `old_id` and `new_id` are the blobs' ids, perhaps shortened. `hunks` are the bytes
    of all hunks, which begin at `hunk_line`. `may_be_new`: a plain diff cannot tell a new file from one that was empty.
    """

    line: int
    old_path: str | None = None
    new_path: str | None = None
    old_mode: int | None = None
    new_mode: int | None = None
    old_id: str | None = None
    new_id: str | None = None
    is_copy: bool = False
    is_binary: bool = False
    may_be_new: bool = False
    hunks: bytes = b""
    hunk_line: int = 0

    @property
    def path(self) -> str:
        """The path that the file has afterwards; of a deleted one, the path that it had."""
        return self.new_path or self.old_path or ""


class PatchLines:
    """A cursor over lines, each with its newline; a last line without one is given one."""

    def __init__(self, patch: bytes) -> None:
        self._lines = [line + b"\n" for line in patch.removesuffix(b"\n").split(b"\n")]
        self._at = 0

    @property
    def number(self) -> int:
        """The number of the line that comes next, from 1."""
        return self._at + 1

    def peek(self, ahead: int = 0) -> bytes | None:
        """The line that comes next, or `ahead` lines after it; None at the end."""
        place = self._at + ahead
        return self._lines[place] if place < len(self._lines) else None

    def take(self) -> bytes:
        """The line that comes next, which is then behind us."""
        self._at += 1
        return self._lines[self._at - 1]

    def contain(self, start: bytes) -> bool:
        """Whether any line begins like this."""
        return any(line.startswith(start) for line in self._lines)
