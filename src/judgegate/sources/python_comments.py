"""The comments of a Python file that may act: they are part of its normal form, where prose is not."""

import io
import re
import sys
import tokenize
from collections.abc import Iterator

from judgegate.sources.plain_comments import CommentStyle, end_of_first_lines, find_plain

_STYLE = CommentStyle()
_TEXT_OR_COMMENT = re.compile(
    r"""
      '''[^'\\]*(?:(?:\\.|'{1,2}(?!'))[^'\\]*)*'''
    | \"\"\"[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*\"\"\"
    | '[^'\\\n]*(?:\\(?:\r\n|.)[^'\\\n]*)*'
    | "[^"\\\n]*(?:\\(?:\r\n|.)[^"\\\n]*)*"
    | (?P<comment>\#[^\r\n]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMATTED = re.compile(r"""\b[rR]?[fFtT][rR]?["']""")
_FEED = "\n"
_LAYOUT = str.maketrans("", "", " \t\f\r\n\\'\"(),;")
"""What layouts differ in: a comment has the same place if it stands behind as many other signs."""

_NESTS_QUOTES = sys.version_info >= (3, 12)
"""Whether the quotes of an f-string may stand inside of its braces, too."""


def acting_comments(text: str) -> Iterator[str]:
    """The comments that are no plain prose, in the order of the file, each with the place where it acts.

    Args:
        text: what Python has parsed already.
    """
    comments = find_comments(text)
    plain = find_plain(text, comments, _STYLE)
    signs = done = 0
    for start, end in comments:
        between = text[done:start]
        signs += len(_signs(between))
        if start not in plain:
            yield f"{signs} {_place(text, between, start)}{text[start:end]}"
        done = end


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


def _place(text: str, between: str, start: int) -> str:
    """What else decides how a comment acts.

    Args:
        text: the whole file.
        between: what stands between the comment before and this one.
        start: where this one starts.
    """
    if start < end_of_first_lines(text):
        return f"line {text.count(_FEED, 0, start) + 1} "
    line = _signs(text[text.rfind(_FEED, 0, start) + 1 : start])
    # Several lines may be one statement for a tool, as the packages are that a script needs.
    goes_on = not line and between.count(_FEED) == 1
    return f"goes on {line}" if goes_on else line


def _signs(code: str) -> str:
    """The code without what another layout may change."""
    return code.translate(_LAYOUT)
