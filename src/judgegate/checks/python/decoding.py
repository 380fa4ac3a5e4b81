"""From bytes to text, as Python itself would decode them, and only where every reader sees the same text."""

import codecs
import io
import re
import tokenize

from judgegate.checks.python.source import Unreadable

ACCEPTED = frozenset({"utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252"})
"""Encodings in which every ASCII byte stands for itself and no sequence of bytes hides another text.

With any other (`raw_unicode_escape`, `utf-7`, `cp037` ...) Python may run what a reviewer sees as a comment. The two single-byte
encodings beside Latin-1 differ from it in printable characters only.
"""

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes) -> str:
    """The text, without a byte order mark, its line ends as they came.

    Raises:
        Unreadable: Python could not decode it, or would decode it to something that a reader does not see.
    """
    if data.startswith(_UTF16_MARKS):
        raise Unreadable("it is encoded in UTF-16, which Python does not read")
    if b"\0" in data:
        raise Unreadable("it contains a NUL byte, which Python does not read")
    encoding = _encoding_of(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line} is not valid {encoding.removesuffix('-sig')}") from None


def _encoding_of(data: bytes) -> str:
    """The encoding that the first lines name, where both ways of counting lines agree on it.

    Python ends a line at a lone carriage return too, `tokenize.detect_encoding` does not: a cookie behind one is obeyed but not detected.
    """
    as_python_counts = _detect(_first_lines(data))
    if _detect(data) != as_python_counts:
        raise Unreadable("its encoding cookie stands behind a lone carriage return, where only some readers obey it")
    return as_python_counts


def _first_lines(data: bytes) -> bytes:
    """The first two lines with plain line ends; the third one keeps a cut character from looking like an invalid one."""
    return b"".join(line + b"\n" for line in re.split(rb"\r\n|\r|\n", data, maxsplit=2)[:2])


def _detect(data: bytes) -> str:
    try:
        named, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        encoding = codecs.lookup(named).name
    except (SyntaxError, LookupError, ValueError) as error:
        raise Unreadable(f"its encoding cannot be told: {_one_line(error)}") from None
    if encoding not in ACCEPTED:
        raise Unreadable(f"its encoding cookie names {encoding}, in which Python may run what a reader sees as a comment")
    return encoding


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
