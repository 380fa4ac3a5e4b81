"""One line of a message or a body: how much of it is read, and whether it looks like a trailer."""

import re
from typing import NamedTuple

from judgegate.provenance.people import AROUND

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
    set for what looks like a trailer. `subject` marks the first line of a message, `comment` an HTML comment.
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
