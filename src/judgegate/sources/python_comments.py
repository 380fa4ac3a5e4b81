"""The comments of a Python file that may act: they are part of its normal form, where prose is not."""

import io
import re
import sys
import tokenize
from collections.abc import Iterator

from judgegate.sources.plain_comments import CommentStyle, find_plain

_STYLE = CommentStyle()
_TEXT_OR_COMMENT = re.compile(
    r"""
      '''[^'\\]*(?:(?:\\.|'{1,2}(?!'))[^'\\]*)*'''
    | \"\"\"[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*\"\"\"
    | '[^'\\\n]*(?:\\.[^'\\\n]*)*'
    | "[^"\\\n]*(?:\\.[^"\\\n]*)*"
    | (?P<comment>\#[^\r\n]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMATTED = re.compile(r"""\b[rR]?[fFtT][rR]?["']""")
_NESTS_QUOTES = sys.version_info >= (3, 12)
"""Whether the quotes of an f-string may stand inside of its braces, too."""


def acting_comments(text: str) -> Iterator[str]:
    """The comments that are no plain prose, in the order of the file, each with the code that it stands at.

    Args:
        text: what Python has parsed already.
    """
    comments = find_comments(text)
    plain = find_plain(text, comments, _STYLE)
    for start, end in comments:
        if start not in plain:
            yield f"{_code_at(text, start, end)}{text[start:end]}"


def find_comments(text: str) -> list[tuple[int, int]]:
    """Where each comment starts and ends, in characters."""
    if "#" not in text:
        return []
    # Tokens take ten times as long as one pattern, which cannot tell nested quotes apart.
    if _NESTS_QUOTES and _FORMATTED.search(text):
        return list(_by_tokens(text))
    found = _TEXT_OR_COMMENT.finditer(text)
    return [one.span() for one in found if one["comment"] is not None]


def _by_tokens(text: str) -> Iterator[tuple[int, int]]:
    starts = [0]
    for line in io.StringIO(text, newline=""):
        starts.append(starts[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if token.type == tokenize.COMMENT:
            start = starts[token.start[0] - 1] + token.start[1]
            yield start, start + len(token.string)


def _code_at(text: str, start: int, end: int) -> str:
    """The code that a comment stands behind, or else the line after it, without blanks."""
    before = text[text.rfind("\n", 0, start) + 1 : start].split()
    if before:
        return "".join(before)
    below = text.find("\n", end) + 1
    after = text[below : text.find("\n", below)] if below else ""
    return "".join(after.split())
