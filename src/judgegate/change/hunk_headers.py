"""Hunks of a unified diff: the header, and the way through the body.

The body's lines are counted and never taken for headers.
"""

import re

from msgspec import Struct

# Nine digits: git refuses files of a gigabyte, and a patch by somebody else must not make numbers
# of any size.
_HEADER = re.compile(
    rb"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@"
)


class HunkHeader(Struct, frozen=True):
    """`old` lines from `old_start` on became `new` lines from `new_start` on.

    A side without lines starts at the line before it.
    """

    old_start: int
    old: int
    new_start: int
    new: int


class HunkLengthError(ValueError):
    """A hunk that is not as long as its header says; the message is a clause that says how it differs."""


class HunkBody:
    """The way through a hunk's lines.

    `old_line` and `new_line` come next, `old_left` and `new_left` are still to come.
    """

    __slots__ = ("new_left", "new_line", "old_left", "old_line")

    def __init__(self, header: HunkHeader) -> None:
        self.old_line, self.old_left = header.old_start, header.old
        self.new_line, self.new_left = header.new_start, header.new

    @property
    def is_open(self) -> bool:
        """Whether lines are still to come."""
        return self.old_left > 0 or self.new_left > 0

    def step(self, sign: bytes) -> None:
        """Go past the line that begins with this sign.

        Raises:
            HunkLengthError: the header leaves no room for it.
        """
        # What begins with a backslash says of the line before it that it has no newline.
        if sign not in (b"-", b"+", b" ", b"\\"):
            raise HunkLengthError("a hunk is shorter than its header says")
        if sign in (b"-", b" "):
            self.old_line, self.old_left = self.old_line + 1, self.old_left - 1
        if sign in (b"+", b" "):
            self.new_line, self.new_left = self.new_line + 1, self.new_left - 1
        if self.old_left < 0 or self.new_left < 0:
            raise HunkLengthError("a hunk has other lines than its header says")


def read_hunk_header(line: bytes) -> HunkHeader | None:
    """The header that the line begins with, or None. A count that is left out is 1."""
    found = _HEADER.match(line)
    if found is None:
        return None
    return HunkHeader(int(found[1]), int(found[2] or 1), int(found[3]), int(found[4] or 1))
