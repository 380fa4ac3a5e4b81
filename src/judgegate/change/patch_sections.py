"""A patch, taken apart: which files it speaks of, and where each one's hunks stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from judgegate.change.patch_header import read_git_header, read_plain_header
from judgegate.change.patch_lines import FilePatch, PatchLines
from judgegate.change.patch_names import BrokenPatchError, check_path, strip_prefixes
from judgegate.change.patch_text import check_text, is_mail_start

_SHOWN = re.compile(rb"commit (?:[-<>=+^] ?)?[0-9a-f]{7,64}(?:\s.*)?\n")
_COLOURED = re.compile(rb"^(?:\x1b\[[0-9;]*m)+(?:diff |@@ |--- |\+|-|commit [0-9a-f])", re.MULTILINE)
_HUNK = re.compile(rb"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@")
_BINARY = re.compile(rb"Binary files (.+) and (.+) differ\n")


@dataclass(slots=True)
class PatchPart:
    """One patch of a series: its files, the text before the first of them, and the text after that."""

    line: int
    preamble: list[bytes] = field(default_factory=list)
    files: list[FilePatch] = field(default_factory=list)
    remarks: list[bytes] = field(default_factory=list)

    @property
    def is_mail(self) -> bool:
        """Whether it begins as mails do in a file of mails."""
        return bool(self.preamble) and is_mail_start(self.preamble[0])

    @property
    def is_shown(self) -> bool:
        """Whether it begins as `git show` and `git log` begin a commit."""
        return bool(self.preamble) and _SHOWN.fullmatch(self.preamble[0]) is not None


def split_patch(patch: bytes) -> list[PatchPart]:
    """The parts of a patch: one, or as many as there are mails in it, or commits that `git show` and `git log` print.

    A part may have no file: a merge, an empty commit, a covering letter.

    Raises:
        BrokenPatchError: it has no file, or something in it could mean more than one thing.
    """
    _forbid_colour(patch)
    parts = [part for part in _read_parts(PatchLines(patch)) if part.files or b"".join(part.preamble).strip()]
    if not any(part.files for part in parts):
        raise BrokenPatchError(1, "it changes no file" if patch.strip() else "it is empty")
    for part in parts:
        _forbid_duplicates(part)
    return parts


def _read_parts(lines: PatchLines) -> Iterator[PatchPart]:
    part = PatchPart(lines.number)
    is_git = lines.contain(b"diff --git ")
    while (line := lines.peek()) is not None:
        if _begins_part(line, part):
            yield part
            part = PatchPart(lines.number)
        if file := _read_file(lines, line, is_git=is_git):
            part.files.append(file)
        else:
            check_text(lines)
            (part.remarks if part.files else part.preamble).append(lines.take())
    yield part


def _begins_part(line: bytes, part: PatchPart) -> bool:
    """Whether a new part begins. What stands in a mail before its first file is its text, even if it speaks of a commit."""
    return is_mail_start(line) or (_SHOWN.fullmatch(line) is not None and (bool(part.files) or not part.is_mail))


def _forbid_colour(patch: bytes) -> None:
    if b"\x1b[" in patch and (found := _COLOURED.search(patch)):
        line = patch.count(b"\n", 0, found.start()) + 1
        raise BrokenPatchError(line, "it has colour codes", "Make the patch with --no-color: git diff --no-color BASE...HEAD")


def _read_file(lines: PatchLines, line: bytes, *, is_git: bool) -> FilePatch | None:
    """The file that begins at this line, or None if it is text between files."""
    if line.startswith(b"diff --git "):
        file = read_git_header(lines)
    elif line.startswith(b"--- ") and (lines.peek(1) or b"").startswith(b"+++ "):
        file = read_plain_header(lines)
    elif line.startswith((b"diff --cc ", b"diff --combined ")):
        raise BrokenPatchError(lines.number, "a merge's combined diff does not show a side in full", "Use: git diff MERGE^1 MERGE")
    elif line.startswith(b"@@ -"):
        raise BrokenPatchError(lines.number, "a hunk belongs to no file")
    elif not is_git and (found := _BINARY.fullmatch(line)):
        names = strip_prefixes(found[1], found[2], lines.number)
        path = check_path(names[1], lines.number)
        file = FilePatch(lines.number, old_path=path, new_path=path, is_binary=True)
        lines.take()
    elif not is_git and line.startswith(b"Only in ") and b": " in line:
        raise BrokenPatchError(lines.number, "a file is named, and its content is not shown", "Use: diff -ruN")
    else:
        return None
    _read_hunks(lines, file)
    return file


def _read_hunks(lines: PatchLines, file: FilePatch) -> None:
    """Take the file's hunks, by the counts in their headers."""
    file.hunk_line = lines.number
    hunks: list[bytes] = []
    reached = (0, 0)
    while (line := lines.peek()) is not None and line.startswith(b"@@ -"):
        if file.is_binary:
            raise BrokenPatchError(lines.number, "a binary file has hunks")
        reached = _read_hunk(lines, hunks, reached)
    file.hunks = b"".join(hunks)
    rest = lines.peek() or b""
    if hunks and rest.startswith((b"+", b"-", b" ", b"\t")) and not rest.startswith((b"-- \n", b"--\n", b"--- ")):
        raise BrokenPatchError(lines.number, "a hunk is longer than its header says")


def _read_hunk(lines: PatchLines, hunks: list[bytes], reached: tuple[int, int]) -> tuple[int, int]:
    """Take one hunk. `reached`: the line after the previous one, on both sides; the new one's is returned."""
    start = lines.number
    header = lines.take()
    found = _HUNK.match(header)
    if found is None:
        raise BrokenPatchError(start, "the header of a hunk cannot be read")
    old, removed, new, added = (int(number) if number is not None else 1 for number in found.groups())
    # A side without lines names the line before it.
    first_old, first_new = old + (not removed), new + (not added)
    if first_old < max(reached[0], 1) or first_new < max(reached[1], 1) or not removed | added:
        raise BrokenPatchError(start, "a hunk is empty, or overlaps with the one before it")
    hunks.append(header)
    _read_body(lines, hunks, removed, added)
    return first_old + removed, first_new + added


def _read_body(lines: PatchLines, hunks: list[bytes], removed: int, added: int) -> None:
    while removed > 0 or added > 0:
        number = lines.number
        line = lines.peek()
        if line is None:
            raise BrokenPatchError(number, "the patch ends within a hunk")
        match line[:1]:
            case b"+":
                added -= 1
            case b"-":
                removed -= 1
            case b" " | b"\n" | b"\r":
                added, removed = added - 1, removed - 1
            case b"\\":
                pass
            case _:
                raise BrokenPatchError(number, "a hunk is shorter than its header says")
        if removed < 0 or added < 0:
            raise BrokenPatchError(number, "a hunk has other lines than its header says")
        # Some mailers strip the blank of an empty line.
        hunks.append(b" " + lines.take() if line in (b"\n", b"\r\n") else lines.take())
    if (lines.peek() or b"").startswith(b"\\"):
        hunks.append(lines.take())


def _forbid_duplicates(part: PatchPart) -> None:
    """Each path is left once and reached once at most. So a change of type is fine, which is a deletion and an addition."""
    left: set[str] = set()
    reached: set[str] = set()
    for file in part.files:
        for path, seen in ((None if file.is_copy else file.old_path, left), (file.new_path, reached)):
            if path in seen:
                raise BrokenPatchError(file.line, "it changes a file for the second time")
            if path is not None:
                seen.add(path)
