"""The hunks of a file in a patch: what they expect, what they put in its place, and applying them."""

from typing import TYPE_CHECKING

from msgspec import Struct

from judgegate.change.patch_headers import BrokenPatchError, FilePatch
from judgegate.model.ranges import LineRange, ranges_of

if TYPE_CHECKING:
    from unidiff.patch import Hunk, Line

_HEADER = "--- file\n+++ file\n"


class PatchedLines(Struct, frozen=True):
    """What a hunk does.

    `start` is the index, from 0, of the first line that it is about; `old` must be there, `new`
    replaces it.
    """

    start: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]
    added: tuple[LineRange, ...]
    removed: tuple[LineRange, ...]


def read_hunks(file: FilePatch) -> tuple[PatchedLines, ...]:
    """The file's hunks.

    Raises:
        BrokenPatchError: unidiff cannot read them.
    """
    if not file.hunks:
        return ()
    from unidiff.errors import UnidiffParseError  # only a patch needs it
    from unidiff.patch import PatchSet

    try:
        # Latin-1 turns every byte into the character of the same number, and back.
        files = PatchSet(_HEADER + file.hunks.decode("latin-1"))
    except UnidiffParseError as error:
        raise BrokenPatchError(
            file.hunk_line, f"its hunks cannot be read ({str(error).strip()[:80]!r})"
        ) from error
    if len(files) != 1:
        raise BrokenPatchError(
            file.hunk_line, "it is not clear which file its hunks belong to"
        )
    return tuple(_read_hunk_lines(hunk) for hunk in files[0])


def apply_hunks(content: bytes, hunks: tuple[PatchedLines, ...]) -> bytes | None:
    """The content with the hunks applied.

    None if it does not have the lines that they expect, where they expect them.
    """
    lines = content.split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    result: list[bytes] = []
    at = 0
    for hunk in hunks:
        end = hunk.start + len(hunk.old)
        if hunk.start < at or tuple(lines[hunk.start : end]) != hunk.old:
            return None
        result += [*lines[at : hunk.start], *hunk.new]
        at = end
    result += lines[at:]
    # A line without its newline can only be the last one.
    if not all(line.endswith(b"\n") for line in result[:-1]):
        return None
    return b"".join(result)


def _read_hunk_lines(hunk: "Hunk") -> PatchedLines:
    """What a hunk does, from the form that unidiff gives it."""
    old: list[bytes] = []
    new: list[bytes] = []
    sides: list[list[bytes]] = []
    for line in hunk:
        # It says that the line before it has no newline, on whichever sides that stands.
        if line.line_type == "\\":
            for side in sides:
                side[-1] = side[-1].removesuffix(b"\n")
            continue
        sides = _sides_of(line, old, new)
        for side in sides:
            side.append(line.value.encode("latin-1"))
    added = (line.target_line_no for line in hunk if line.is_added)
    removed = (line.source_line_no for line in hunk if line.is_removed)
    return PatchedLines(
        # A side without lines names the line before it.
        start=hunk.source_start - bool(hunk.source_length),
        old=tuple(old),
        new=tuple(new),
        added=ranges_of(filter(None, added)),
        removed=ranges_of(filter(None, removed)),
    )


def _sides_of(line: "Line", old: list[bytes], new: list[bytes]) -> list[list[bytes]]:
    """The sides that the line stands on: one, or both if it is context."""
    if line.is_added:
        return [new]
    return [old] if line.is_removed else [old, new]
