"""The text around the files of a patch. What git or patch(1) would read there as a change must not be passed over as text."""

import re

from judgegate.change.patch_lines import PatchLines
from judgegate.change.patch_names import BrokenPatchError

_INDENT = rb"[ \tX]*"
"""What patch(1) passes over before a header, and then before each line of the patch."""

_MAIL = re.compile(
    rb"From (?:.*[0-9].[0-9]{2}:[0-9]{2}\s*\+?0*(?:9[1-9]|[1-9][0-9]{2,})[^:]*:?"
    rb"|\S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} .*[0-9]{4})\n"
)
"""git's own rule, which is wide (a clock, and a year after it), and the shape that other programs write, with a zone in it."""

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


def is_mail_start(line: bytes) -> bool:
    """Whether git would take this for the first line of the next mail."""
    return _MAIL.fullmatch(line) is not None


def check_text(lines: PatchLines) -> None:
    """Look at the line that comes next, which belongs to no file.

    Raises:
        BrokenPatchError: it begins a change in a form that is not read here, or says that a mail is encoded.
    """
    line = lines.peek() or b""
    for matches, what in (
        (_UNIFIED.match(line), "what looks like a part of the patch is indented, and a program could apply it"),
        (_STARS.match(line) and _CONTEXT.match(lines.peek(1) or b""), "it holds a context diff, which is not read"),
        (_ED.fullmatch(line), "it looks like a command of an ed script, which is not read"),
        (_NORMAL.fullmatch(line) and _NORMAL_LINE.match(lines.peek(1) or b""), "it holds a diff without context, which is not read"),
        (_names_another_file(lines, line), "the line `Index:` names another file than the header after it"),
    ):
        if matches:
            raise BrokenPatchError(lines.number, what, "Take it out of the text, or make the patch with: git diff BASE...HEAD")
    if _is_encoded(lines, line):
        raise BrokenPatchError(lines.number, "the mail's text is encoded for transfer", "Decode it first, with git mailinfo.")


def _names_another_file(lines: PatchLines, line: bytes) -> bool:
    found = _INDEX.fullmatch(line)
    if found is None:
        return False
    for ahead in range(1, _INDEX_REACH):
        if (lines.peek(ahead) or b"").startswith(b"--- "):
            names = [name[1] for place in (ahead, ahead + 1) if (name := _NAME.match(lines.peek(place) or b""))]
            return not any(found[1] in (name, name.partition(b"/")[2]) for name in names)
    return False


def _is_encoded(lines: PatchLines, line: bytes) -> bool:
    """Whether it is a mail's header, in whatever part of the mail, that announces another text than the one that stands there."""
    found = _ENCODING.match(line)
    if found is None:
        return False
    value, ahead = found[1], 1
    while (more := lines.peek(ahead) or b"").startswith((b" ", b"\t")) and more.strip():
        value, ahead = value + more, ahead + 1
    return value.strip().lower() not in _PLAIN_ENCODINGS
