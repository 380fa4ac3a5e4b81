"""A patch, taken apart: which files it speaks of, and where each one's hunks stand."""

import re
from collections.abc import Iterator

from msgspec import Struct, field

from judgegate.change.hunk_headers import (
    HunkBody,
    HunkHeader,
    HunkLengthError,
    read_hunk_header,
)
from judgegate.change.patch_headers import (
    BrokenPatchError,
    FilePatch,
    PatchLines,
    check_path,
    read_git_header,
    read_plain_header,
    strip_prefixes,
)

_SHOWN = re.compile(rb"commit (?:[-<>=+^] ?)?[0-9a-f]{7,64}(?:\s.*)?\n")
_COLOURED = re.compile(
    rb"^(?:\x1b\[[0-9;]*m)+(?:diff |@@ |--- |\+|-|commit [0-9a-f])", re.MULTILINE
)
_BINARY = re.compile(rb"Binary files (.+) and (.+) differ\n")

_INDENT = rb"[ \tX]*"
"""What patch(1) passes over before a header, and then before each line of the patch."""

_MAIL = re.compile(
    rb"From (?:.*[0-9].[0-9]{2}:[0-9]{2}\s*\+?0*(?:9[1-9]|[1-9][0-9]{2,})[^:]*:?"
    rb"|\S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} .*[0-9]{4})\n"
)
"""git's own rule, and the shape that other programs write.

The first is wide (a clock, and a year after it), the second has a zone in it.
"""

_UNIFIED = re.compile(_INDENT + rb"(?:diff --git |(?:- )*@@ -[0-9])")
_STARS = re.compile(_INDENT + rb"\*{8}")
_CONTEXT = re.compile(_INDENT + rb"\*\*\* ")
_ED = re.compile(_INDENT + rb"[0-9]+(?:,[0-9]+)?(?:[acdi]|s/\.//)[ \t]*\r?\n")
_NORMAL = re.compile(_INDENT + rb"[0-9][0-9,]*[acd][0-9,]+[ \t]*\r?\n")
_NORMAL_LINE = re.compile(_INDENT + rb"[<>] ")
_INDEX = re.compile(_INDENT + rb"Index:[ \t]*(.*?)\s*\n")
_NAME = re.compile(rb"(?:---|\+\+\+) ([^\t\r\n]*)")
_ENCODING = re.compile(rb"content-transfer-encoding[ \t]*:(.*)", re.IGNORECASE | re.DOTALL)
_PLAIN_ENCODINGS = {b"7bit", b"8bit", b"binary"}

_INDEX_REACH = 8
"""Lines between `Index:` and the names that it belongs to; cvs writes five."""


class PatchPart(Struct):
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
    """The parts of a patch.

    One, or as many as there are mails in it, or commits that `git show` and `git log` print.

    A part may have no file: a merge, an empty commit, a covering letter.

    Raises:
        BrokenPatchError: it has no file, or something in it could mean more than one thing.
    """
    _forbid_colour(patch)
    parts = [part for part in _read_parts(PatchLines(patch)) if _says_something(part)]
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
    """Whether a new part begins.

    What stands in a mail before its first file is its text, even if it speaks of a commit.
    """
    return is_mail_start(line) or (
        _SHOWN.fullmatch(line) is not None and (bool(part.files) or not part.is_mail)
    )


def _says_something(part: PatchPart) -> bool:
    """Whether a part has a file or any text: between two commits there can be blank lines only."""
    return bool(part.files or b"".join(part.preamble).strip())


def _forbid_colour(patch: bytes) -> None:
    if b"\x1b[" in patch and (found := _COLOURED.search(patch)):
        line = patch.count(b"\n", 0, found.start()) + 1
        raise BrokenPatchError(
            line,
            "it has colour codes",
            "Make the patch with --no-color: git diff --no-color BASE...HEAD",
        )


def _read_file(lines: PatchLines, line: bytes, *, is_git: bool) -> FilePatch | None:
    """The file that begins at this line, or None if it is text between files."""
    if line.startswith(b"diff --git "):
        file = read_git_header(lines)
    elif line.startswith(b"--- ") and (lines.peek(1) or b"").startswith(b"+++ "):
        file = read_plain_header(lines)
    elif not is_git and (found := _BINARY.fullmatch(line)):
        names = strip_prefixes(found[1], found[2], lines.number)
        path = check_path(names[1], lines.number)
        file = FilePatch(lines.number, old_path=path, new_path=path, is_binary=True)
        lines.take()
    else:
        _refuse_part(lines.number, line, is_git=is_git)
        return None
    _read_hunks(lines, file)
    return file


def _refuse_part(number: int, line: bytes, *, is_git: bool) -> None:
    """Refuse what is a part of a patch and shows no file as a whole.

    Raises:
        BrokenPatchError: the line is such a part.
    """
    if line.startswith((b"diff --cc ", b"diff --combined ")):
        raise BrokenPatchError(
            number,
            "a merge's combined diff does not show either side completely",
            "Use: git diff MERGE^1 MERGE",
        )
    if line.startswith(b"@@ -"):
        raise BrokenPatchError(number, "a hunk belongs to no file")
    # Git prints no such line, so in a patch of its own it is text.
    if not is_git and line.startswith(b"Only in ") and b": " in line:
        raise BrokenPatchError(
            number, "a file is named, but its content is not shown", "Use: diff -ruN"
        )


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
    # A mail's signature begins with dashes as well, and so do the names of the next file.
    if (
        hunks
        and rest.startswith((b"+", b"-", b" ", b"\t"))
        and not rest.startswith((b"-- \n", b"--\n", b"--- "))
    ):
        raise BrokenPatchError(lines.number, "a hunk is longer than its header says")


def _read_hunk(
    lines: PatchLines, hunks: list[bytes], reached: tuple[int, int]
) -> tuple[int, int]:
    """Take one hunk. `reached`: the line after the previous one, on both sides; the new one's is returned."""
    start = lines.number
    line = lines.take()
    header = read_hunk_header(line)
    if header is None:
        raise BrokenPatchError(start, "the header of a hunk cannot be read")
    # A side without lines names the line before it.
    first_old, first_new = (
        header.old_start + (not header.old),
        header.new_start + (not header.new),
    )
    if (
        first_old < max(reached[0], 1)
        or first_new < max(reached[1], 1)
        or not header.old | header.new
    ):
        raise BrokenPatchError(start, "a hunk is empty, or overlaps with the one before it")
    hunks.append(line)
    _read_body(lines, hunks, header)
    return first_old + header.old, first_new + header.new


def _read_body(lines: PatchLines, hunks: list[bytes], header: HunkHeader) -> None:
    body = HunkBody(header)
    while body.is_open:
        line = lines.peek()
        if line is None:
            raise BrokenPatchError(lines.number, "the patch ends within a hunk")
        # Some mailers strip the blank of an empty line.
        sign = b" " if line[:1] in (b"\n", b"\r") else line[:1]
        try:
            body.step(sign)
        except HunkLengthError as error:
            raise BrokenPatchError(lines.number, str(error)) from error
        hunks.append(b" " + lines.take() if line in (b"\n", b"\r\n") else lines.take())
    if (lines.peek() or b"").startswith(b"\\"):
        hunks.append(lines.take())


def _forbid_duplicates(part: PatchPart) -> None:
    """Each path is left once and reached once at most.

    So a change of type is fine, which is a deletion and an addition.
    """
    left: set[str] = set()
    reached: set[str] = set()
    for file in part.files:
        for path, seen in ((file.left_path, left), (file.new_path, reached)):
            if path in seen:
                raise BrokenPatchError(file.line, "it changes a file for the second time")
            if path is not None:
                seen.add(path)


def is_mail_start(line: bytes) -> bool:
    """Whether git would take this for the first line of the next mail."""
    return _MAIL.fullmatch(line) is not None


def check_text(lines: PatchLines) -> None:
    """Refuse the line that comes next, which belongs to no file, where a program could apply it.

    Raises:
        BrokenPatchError: it begins a change in a form that is not read here, or says that a mail is encoded.
    """
    line = lines.peek() or b""
    for matches, what in (
        (
            _UNIFIED.match(line),
            "indented text looks like a part of the patch, and some programs would apply it",
        ),
        (
            _STARS.match(line) and _CONTEXT.match(lines.peek(1) or b""),
            "it contains a context diff, which judgegate does not read",
        ),
        (
            _ED.fullmatch(line),
            "it looks like a command of an ed script, which judgegate does not read",
        ),
        (
            _NORMAL.fullmatch(line) and _NORMAL_LINE.match(lines.peek(1) or b""),
            "it contains a diff without context, which judgegate does not read",
        ),
        (
            _names_another_file(lines, line),
            "the line `Index:` names another file than the header after it",
        ),
    ):
        if matches:
            raise BrokenPatchError(
                lines.number,
                what,
                "Remove it from the text, or make the patch with: git diff BASE...HEAD",
            )
    if _is_encoded(lines, line):
        raise BrokenPatchError(
            lines.number,
            "the mail's text is encoded for transfer",
            "Decode it first, with git mailinfo.",
        )


def _names_another_file(lines: PatchLines, line: bytes) -> bool:
    found = _INDEX.fullmatch(line)
    if found is None:
        return False
    for ahead in range(1, _INDEX_REACH):
        if (lines.peek(ahead) or b"").startswith(b"--- "):
            header = (lines.peek(ahead) or b"", lines.peek(ahead + 1) or b"")
            names = [name[1] for name in map(_NAME.match, header) if name]
            return not any(found[1] in (name, name.partition(b"/")[2]) for name in names)
    return False


def _is_encoded(lines: PatchLines, line: bytes) -> bool:
    """Whether it is a mail's header that announces another text than the one that is there.

    It may be in whatever part of the mail.
    """
    found = _ENCODING.match(line)
    if found is None:
        return False
    value, ahead = found[1], 1
    while (more := lines.peek(ahead) or b"").startswith((b" ", b"\t")) and more.strip():
        value, ahead = value + more, ahead + 1
    return value.strip().lower() not in _PLAIN_ENCODINGS
