"""What a report shows of the flagged lines."""

import re
from collections.abc import Sequence

LONGEST_EXCERPT = 200

_WORDS = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|credentials?|authorization|bearer)"
_URL_PASSWORD = re.compile(r"(://[^/\s:@'\"]*:)[^/\s@'\"]+@")
_NAMED_LITERAL = re.compile(rf"""({_WORDS}\w*["']?\]?\s*(?::|=|==|!=|,)\s*[bBfFrRuU]{{0,2}})(["'])(?:(?!\2).)*(?:\2|$)""", re.IGNORECASE)
_HEADER_VALUE = re.compile(rf"""({_WORDS}:)(?=[^\s"'])[^\s"',)]+""", re.IGNORECASE)


def excerpt_of(lines: Sequence[str]) -> str:
    """The first line that is not blank, stripped and cut to a length that can be shown, without what looks like a secret in it.

    A check that knows where secrets stand masks them before; this catches what a name beside it gives away.
    """
    shown = next((stripped for line in lines if (stripped := line.strip())), "")[:LONGEST_EXCERPT]
    shown = _URL_PASSWORD.sub(r"\1***@", shown)
    shown = _NAMED_LITERAL.sub(r'\1"***"', shown)
    return _HEADER_VALUE.sub(r"\1***", shown)
