"""Who wrote a patch, and with which words: from a mail that `git format-patch` wrote, or from what `git show` prints."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from judgegate.change.patch_names import BrokenPatchError
from judgegate.change.patch_sections import PatchPart

_SHOWN_HEADER = re.compile(rb"(Author|Commit|author|committer):? +(.*)\n")
_MAIL_HEADER = re.compile(rb"[A-Za-z-]+:.*\n|[ \t].*\n")
_NOISE = re.compile(
    rb"\s*|diff .*\n|Only in .*\n|Common subdirectories: .*\n|Binary files .*\n|Index: .*\n|=+\n|-- ?\n|[0-9]+(?:\.\w+)+\n", re.DOTALL
)
_IN_BODY_AUTHOR = re.compile(r"From: (.+ <.+@.+>)\n\n?")
_TAGS = re.compile(r"^(?:\[[^\]]*\]\s*)+")


@dataclass(frozen=True, slots=True)
class PatchMessage:
    """What a commit made of the patch would say: `author` and `committer` as `Name <address>`, and the message."""

    author: bytes
    committer: bytes
    message: bytes


def read_message(part: PatchPart) -> PatchMessage | None:
    """The message before the patch, or None if there is only a patch.

    Text that is neither a mail nor what git prints of a commit is taken for a message of nobody's, wherever it stands: it may hold a
    marker.

    Raises:
        BrokenPatchError: the mail is encoded, so that its patch may not be what it looks like.
    """
    if part.is_mail:
        return _read_mail(part.preamble[1:], part.line)
    if part.is_shown:
        return _read_shown(part.preamble[1:])
    if _has_mail_headers(part.preamble):
        return _read_mail(part.preamble, part.line)
    text = [line for line in (*part.preamble, *part.remarks) if not _NOISE.fullmatch(line)]
    return PatchMessage(b"", b"", b"".join(text)) if text else None


def _has_mail_headers(lines: Sequence[bytes]) -> bool:
    """Whether it is a mail that was saved alone."""
    headers = list(takewhile(_MAIL_HEADER.fullmatch, lines))
    return all(any(line.startswith(name) for line in headers) for name in (b"From: ", b"Subject: "))


def _read_mail(lines: Sequence[bytes], number: int) -> PatchMessage:
    from email import message_from_bytes  # noqa: PLC0415 - only a mail needs it

    mail = message_from_bytes(b"".join(lines))
    bodies = []
    for part in mail.walk():
        if str(part.get("Content-Transfer-Encoding", "8bit")).strip().lower() not in {"7bit", "8bit", "binary"}:
            raise BrokenPatchError(number, "the mail's text is encoded for transfer", "Decode it first, with git mailinfo.")
        body = part.get_payload(decode=True)
        bodies.append(body.decode("utf-8", "surrogateescape") if isinstance(body, bytes) else "")
    text = "".join(bodies)
    sender = author = _decode(mail.get("From", ""))
    if found := _IN_BODY_AUTHOR.match(text):
        author, text = found[1], text[found.end() :]
    text = re.split(r"^---\n", text, maxsplit=1, flags=re.MULTILINE)[0]
    subject = _TAGS.sub("", _decode(mail.get("Subject", "")))
    return PatchMessage(_bytes(author), _bytes(sender), _bytes(f"{subject}\n\n{text}".rstrip("\n") + "\n"))


def _read_shown(lines: Sequence[bytes]) -> PatchMessage:
    """Headers, a blank line, and the message, which git indents and a format of one's own does not; `---` comes before statistics."""
    end = lines.index(b"\n") if b"\n" in lines else len(lines)
    said = {found[1].lower(): found[2] for line in lines[:end] if (found := _SHOWN_HEADER.fullmatch(line))}
    body = takewhile(lambda line: line != b"---\n", lines[end:])
    message = b"".join(line.removeprefix(b"    ") for line in body)
    author = said.get(b"author", b"")
    return PatchMessage(author, said.get(b"commit", said.get(b"committer", author)), message.strip(b"\n") + b"\n")


def _decode(header: object) -> str:
    """A header's text on one line, encoded words decoded; what cannot be decoded stays as it is."""
    from email.errors import HeaderParseError  # noqa: PLC0415 - only a mail needs it
    from email.header import decode_header, make_header  # noqa: PLC0415 - as above

    folded = " ".join(str(header).split())
    try:
        return str(make_header(decode_header(folded)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return folded


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
