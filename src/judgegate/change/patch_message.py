"""Who wrote a patch, and with which words: from a mail that `git format-patch` wrote, or from what `git show` prints."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from judgegate.change.patch_names import BrokenPatchError
from judgegate.change.patch_sections import PatchPart

_MAIL_START = re.compile(rb"From [0-9a-f]{40,64} ")
_SHOWN_START = re.compile(rb"commit [0-9a-f]{7,64}\b")
_SHOWN_HEADER = re.compile(rb"(Author|Commit): +(.*)\n")
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

    Raises:
        BrokenPatchError: the mail is encoded, so that its patch may not be what it looks like.
    """
    first = part.preamble[0] if part.preamble else b""
    if _MAIL_START.match(first):
        return _read_mail(part)
    for place, line in enumerate(part.preamble):
        if _SHOWN_START.match(line):
            return _read_shown(part.preamble[place + 1 :])
    return None


def _read_mail(part: PatchPart) -> PatchMessage:
    from email import message_from_bytes  # noqa: PLC0415 - only a mail needs it

    mail = message_from_bytes(b"".join(part.preamble[1:]))
    if str(mail.get("Content-Transfer-Encoding", "8bit")).strip().lower() not in {"7bit", "8bit", "binary"}:
        raise BrokenPatchError(part.line, "the mail's text is encoded for transfer", "Decode it first, with git mailinfo.")
    body = mail.get_payload(decode=True)
    text = body.decode("utf-8", "surrogateescape") if isinstance(body, bytes) else ""
    sender = author = _decode(mail.get("From", ""))
    if found := _IN_BODY_AUTHOR.match(text):
        author, text = found[1], text[found.end() :]
    text = re.split(r"^---\n", text, maxsplit=1, flags=re.MULTILINE)[0]
    subject = _TAGS.sub("", _decode(mail.get("Subject", "")))
    return PatchMessage(_bytes(author), _bytes(sender), _bytes(f"{subject}\n\n{text}".rstrip("\n") + "\n"))


def _read_shown(lines: Sequence[bytes]) -> PatchMessage:
    said = {found[1]: found[2] for line in lines if (found := _SHOWN_HEADER.fullmatch(line))}
    message = b"".join(line[4:] if line.startswith(b"    ") else b"\n" for line in lines if line.startswith((b"    ", b"\n")))
    author = said.get(b"Author", b"")
    return PatchMessage(author, said.get(b"Commit", author), message.strip(b"\n") + b"\n")


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
