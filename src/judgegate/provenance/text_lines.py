"""One line of a message or a body: how much of it is read, and whether it has the form of a trailer."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from judgegate.provenance.addresses import AROUND
from judgegate.provenance.normalize import is_plain, normalize

LONGEST_LINE = 2000
"""Characters of a line that are read: a marker is shorter, and a team's own pattern must come to an end."""

LONGEST_END = 500
"""As many of them from its end, where the address of a trailer stands."""

BEFORE_KEY = r"((?::\w{1,30}:|\d{1,3}[.)]|[^\w<>:]|_){0,16})"
"""What people and tools put before a key: a bullet, a number, a heading's sign, an emoji, a quote. `>` before it quotes the line."""

KEY = re.compile(BEFORE_KEY + r"([A-Za-z][A-Za-z0-9 _-]{1,40}?)[^\w<>:=]{0,4}:(?!//)[*_\"'`]{0,3}\s*(\S.*)?")
KEY_IN_BLOCK = re.compile(KEY.pattern.replace(":(?!//)", "[:=](?!//)"))
BREAKS = re.compile(r"[\s_-]+")


class Line(NamedTuple):
    """A line that can be evidence.

    `text` is folded and stripped, `raw` as it came, `number` its place in the text from 0. `key` (lower case, with `-`) and `value` are
    set for what has the form of a trailer. `subject` marks the first line of a message, `comment` an HTML comment.
    """

    text: str
    raw: str
    number: int
    key: str = ""
    value: str = ""
    subject: bool = False
    comment: bool = False


def shorten(text: str) -> str:
    """As much of a line as is read: what is too long first loses long blanks and then its middle."""
    if len(text) <= LONGEST_LINE:
        return text
    indented = text[: min(len(text) - len(text.lstrip()), 8)]
    dense = " ".join(text.split())
    if len(dense) > LONGEST_LINE:
        dense = f"{dense[: LONGEST_LINE - LONGEST_END]} {dense[-LONGEST_END:]}"
    return indented + dense


def read_line(whole: str, raw: str, number: int, *, subject: bool = False, in_block: bool = False) -> Line:
    """The line at this place. In a block of trailers `=` ends a key, too."""
    text = shorten(whole).strip()
    dense = " ".join(text.split()) if "  " in text else text
    match = (KEY_IN_BLOCK if in_block else KEY).match(dense) if ":" in text or in_block else None
    if match is None:
        return Line(text, raw, number, subject=subject)
    value = (match[3] or "").strip()
    if match[1]:
        value = value.rstrip(AROUND.replace(".", "") + ") ")
    return Line(text, raw, number, BREAKS.sub("-", match[2].lower()), value, subject)


KNOWN_ENCODING = re.compile(
    r"(?:utf|ucs|iso|latin|windows|cp|ibm|ebcdic|koi8|mac|euc|shift|sjis|gb|big5|us.?ascii|ascii|l\d)[\w.:-]{0,24}",
    re.IGNORECASE,
)
"""Names that we try. Python knows codecs that are slow (punycode) or no text (zip), so a name alone is not trusted."""

UNKNOWN_ENCODING = "cp500"
"""How bytes are read too that claim an encoding which Python does not know and git's library may: what a trailer is written with stands at
the same places in nearly every EBCDIC, and in what extends ASCII the bytes are read anyway."""

OTHER_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]|\r(?!\n)")
"""What Python and many a reader take for the end of a line, and git does not."""


def readings(raw: bytes, encoding: str | None) -> Iterator[str]:
    """What the bytes can be read as: as git reads them and, where that could hide something, in other ways. At least one, at most four.

    Git ends a message at a NUL and believes the `encoding` header; either can hide a line from whoever trusts git's reading, or from
    whoever does not.
    """
    if encoding is not None and not (raw.isascii() and _is_ascii_superset(encoding)):
        claimed = _decode(raw, encoding)
        yield raw.decode(UNKNOWN_ENCODING, "replace").replace("\0", "\n") if claimed is None else claimed
    text = raw.decode("utf-8", "surrogateescape")
    yield text.partition("\0")[0]
    if "\0" in text:
        yield text.replace("\0", "\n")
        yield text.replace("\0", "")  # UTF-16 and UTF-32, as far as they spell ASCII


def line_readings(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The text's lines, as they came and folded, as many of each: ended by whatever may end one and, where that differs, as git has them.

    Git's come first. What it does not take for an end is dropped in its reading, so that it cannot break a word in two.
    """
    lines = split_lines(text)
    if len(lines[0]) > text.count("\n") + (not text.endswith("\n")):
        yield split_lines(OTHER_BREAKS.sub("", text))
    yield lines


def split_lines(text: str) -> tuple[list[str], list[str]]:
    """The text's lines, at whatever may end one, as they came and folded; as many of each."""
    raw = text.splitlines()
    whole = "\n".join(raw)
    if not raw or is_plain(whole):
        return raw, raw
    return raw, normalize(whole).split("\n")


def _is_ascii_superset(encoding: str) -> bool:
    return not re.match(r"utf.?(?:7|16|32)", encoding, re.IGNORECASE)


def _decode(raw: bytes, encoding: str) -> str | None:
    if not KNOWN_ENCODING.fullmatch(encoding):
        return None
    try:
        return raw.decode(encoding, "replace").replace("\0", "\n")
    except (LookupError, ValueError):
        return None
