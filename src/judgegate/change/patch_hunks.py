"""A patch's hunks, read by unidiff and applied exactly where they say, or not at all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from judgegate.change.patch_lines import FilePatch
from judgegate.change.patch_names import BrokenPatchError
from judgegate.model.lines import LineRange, ranges_of

if TYPE_CHECKING:
    from unidiff.patch import Hunk

_HEADER = "--- file\n+++ file\n"


@dataclass(frozen=True, slots=True)
class PatchedLines:
    """What a hunk does: `start` is the index, from 0, of the first line that it looks at; `old` must stand there, `new` replaces it."""

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
    from unidiff.errors import UnidiffParseError  # noqa: PLC0415 - only a patch needs it
    from unidiff.patch import PatchSet  # noqa: PLC0415 - as above

    try:
        # Latin-1 turns every byte into the character of the same number, and back.
        files = PatchSet(_HEADER + file.hunks.decode("latin-1"))
    except UnidiffParseError as error:
        raise BrokenPatchError(file.hunk_line, f"its hunks cannot be read ({str(error).strip()[:80]!r})") from error
    if len(files) != 1:
        raise BrokenPatchError(file.hunk_line, "its hunks cannot be told apart")
    return tuple(_read_hunk(hunk) for hunk in files[0])


def apply_hunks(content: bytes, hunks: tuple[PatchedLines, ...]) -> bytes | None:
    """The content with the hunks applied; None if it does not have the lines that they expect, where they expect them."""
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
    return b"".join(result) if all(line.endswith(b"\n") for line in result[:-1]) else None


def _read_hunk(hunk: "Hunk") -> PatchedLines:
    old: list[bytes] = []
    new: list[bytes] = []
    sides: list[list[bytes]] = []
    for line in hunk:
        if line.line_type == "\\":
            for side in sides:
                side[-1] = side[-1].removesuffix(b"\n")
            continue
        sides = [side for side, shown in ((old, not line.is_added), (new, not line.is_removed)) if shown]
        for side in sides:
            side.append(line.value.encode("latin-1"))
    return PatchedLines(
        start=hunk.source_start - 1 if hunk.source_length else hunk.source_start,
        old=tuple(old),
        new=tuple(new),
        added=ranges_of(line.target_line_no for line in hunk if line.is_added and line.target_line_no),
        removed=ranges_of(line.source_line_no for line in hunk if line.is_removed and line.source_line_no),
    )
