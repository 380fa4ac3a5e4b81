"""Who wrote a patch, and with which words.

From a mail that `git format-patch` wrote, or from what `git show` prints.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import dropwhile, takewhile

from msgspec import Struct

from judgegate.change.patch_parser import PatchPart

_SHOWN_START = re.compile(
    rb"commit (?:[-<>=+^] ?)?[0-9a-f]{7,64}(?:\t\S+| [0-9a-f]{7,64}| \([^()]*\))*\n"
)
_SHOWN_PERSON = re.compile(rb"(Author|Commit|author|committer):? +(.*)\n")
_SHOWN_HEADER = re.compile(
    rb"(?:(?:Author|Commit|AuthorDate|CommitDate|Date|Merge|Reflog):"
    rb"|(?:tree|parent|author|committer|encoding) ).*\n"
)
_MAIL_HEADER = re.compile(rb"[A-Za-z-]+:.*\n|[ \t].*\n")
_NOISE = re.compile(
    rb"\s*|diff .*\n|Only in .*\n|Common subdirectories: .*\n|Binary files .*\n|Index: .*\n|=+\n|-- ?\n"
    rb"|[0-9]+(?:\.\w+)+(?: \([^()]*\))?\n"  # git's version, at the end of a mail
    rb"| .+ \| +(?:[0-9]+(?: \+*-*)?|Bin(?: .*)?)\n| [0-9]+ files? changed.*\n"  # statistics
    rb"| (?:(?:create|delete) mode|mode change) [0-7]{6} .*\n| (?:rename|copy|rewrite) .+ \([0-9]+%\)\n",
    re.DOTALL,
)
_IN_BODY_AUTHOR = re.compile(r"From: (.+ <.+@.+>)\n\n?")
_TAGS = re.compile(r"^(?:\[[^\]]*\]\s*)+")


class PatchMessage(Struct, frozen=True):
    """What a commit made of the patch would say.

    `author` and `committer` as `Name <address>`, and the message.
    """

    author: bytes
    committer: bytes
    message: bytes


def read_message(part: PatchPart) -> PatchMessage | None:
    """The message before the patch, or None if there is only a patch.

    No text is passed over, wherever it stands: it may hold a marker. What is neither a mail nor
    what git prints of a commit is taken for a message of nobody's, and what a mail says beside its
    message for the end of the message.
    """
    if part.is_shown:
        return _read_shown(part.preamble, part.remarks)
    lines = list(dropwhile(bytes.isspace, part.preamble[part.is_mail :]))
    if part.is_mail or _has_mail_headers(lines):
        return _read_mail(lines, part.remarks)
    text = _without_noise((*part.preamble, *part.remarks))
    return PatchMessage(b"", b"", text) if text else None


def _has_mail_headers(lines: Sequence[bytes]) -> bool:
    """Whether it is a mail that was saved alone."""
    return any(
        line.lower().startswith(b"from:")
        for line in takewhile(_MAIL_HEADER.fullmatch, lines)
    )


def _read_mail(lines: Sequence[bytes], remarks: Sequence[bytes]) -> PatchMessage:
    from email import message_from_bytes  # only a mail needs it

    mail = message_from_bytes(b"".join(lines))
    bodies = [
        body
        for part in mail.walk()
        if isinstance(body := part.get_payload(decode=True), bytes)
    ]
    text = b"".join(bodies).decode("utf-8", "surrogateescape")
    sender = author = _decode(mail.get("From", ""))
    if found := _IN_BODY_AUTHOR.match(text):
        author, text = found[1], text[found.end() :]
    text, *comments = re.split(r"^---\n", text, maxsplit=1, flags=re.MULTILINE)
    around = (mail.preamble or "", *comments, mail.epilogue or "")
    extra = _without_noise(
        [line + b"\n" for one in around for line in _bytes(one).split(b"\n")]
        + list(remarks)
    )
    subject = _TAGS.sub("", _decode(mail.get("Subject", "")))
    return PatchMessage(
        _bytes(author), _bytes(sender), _append(_bytes(f"{subject}\n\n{text}"), extra)
    )


def _read_shown(lines: Sequence[bytes], remarks: Sequence[bytes]) -> PatchMessage:
    """Headers, a blank line, and the message, which git indents and a format of one's own does not.

    `---` comes before statistics.

    Such a format may also do without the blank line: what is no header is the message then.
    """
    end = lines.index(b"\n") if b"\n" in lines else len(lines)
    said = {
        found[1].lower(): found[2]
        for line in lines[:end]
        if (found := _SHOWN_PERSON.fullmatch(line))
    }
    odd = [line for line in lines[:end] if not _is_shown_header(line)]
    body = list(takewhile(lambda line: line != b"---\n", lines[end:]))
    # Text that a format of one's own indents is taken for what is beside the message.
    indented = [line for line in odd if line.startswith(b" ")]
    first = b"".join(line for line in odd if not line.startswith(b" "))
    message = first + b"".join(line.removeprefix(b"    ") for line in body)
    extra = _without_noise([*indented, *lines[end + len(body) + 1 :], *remarks])
    author = said.get(b"author", b"")
    return PatchMessage(
        author, said.get(b"commit", said.get(b"committer", author)), _append(message, extra)
    )


def _is_shown_header(line: bytes) -> bool:
    """Whether git prints such a line before a commit's message."""
    return any(header.fullmatch(line) for header in (_SHOWN_HEADER, _SHOWN_START))


def _without_noise(lines: Iterable[bytes]) -> bytes:
    """The lines that are not the work of a program that makes patches."""
    return b"".join(line for line in lines if not _NOISE.fullmatch(line))


def _append(message: bytes, extra: bytes) -> bytes:
    """The message, and after a blank line what stood elsewhere."""
    return message.strip(b"\n") + b"\n" + (b"\n" + extra if extra else b"")


def _decode(header: object) -> str:
    """A header's text on one line, encoded words decoded; what cannot be decoded stays as it is."""
    from email.errors import HeaderParseError  # only a mail needs it
    from email.header import decode_header, make_header

    folded = " ".join(str(header).split())
    try:
        return str(make_header(decode_header(folded)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return folded


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
