"""What an expression is called, and how a token is written."""

import re

from judgegate.model.facts import ANYTHING, LONGEST_NAME
from judgegate.sources.grammar import Grammar
from judgegate.sources.syntax_tree import Frame

_SILENT = frozenset({"new", "await", "yield"})
_WORD = re.compile(r"""[\w$@*#'"`]|\\\w""")
_LITERAL = tuple("'\"`0123456789")


def name_of(frame: Frame, grammar: Grammar) -> str:
    """The dotted name of what an expression stands for, with `()` for a call in it."""
    words = [word for word in frame.words or () if _WORD.match(word)]
    if frame.kind in grammar.first_words:
        words = (frame.words or [])[:1]
    elif frame.kind in grammar.subscripts:
        words = [*words[:1], *(_key_of(word) for word in words[1:2])]
    elif frame.kind not in grammar.members:
        words = [word for word in words if word not in _SILENT]
        if frame.kind in grammar.passing:
            words = words[:1]
    name = ".".join(map(_dotted, words))
    if frame.kind in grammar.calls:
        name += "()"
    return (name or ANYTHING)[:LONGEST_NAME]


def _dotted(word: str) -> str:
    """A word of a name, with dots for the signs that PHP divides names with."""
    return ANYTHING if word[:1] in _LITERAL else word.strip("\\").replace("\\", ".")


def _key_of(word: str) -> str:
    """The name that a key between brackets stands for."""
    inside = word[1:-1]
    return inside if word[0] in "'\"" and inside.isidentifier() else ANYTHING


def unquoted(text: str) -> str:
    """A string with the usual quotes, where the others would mean the same."""
    inside = text[1:-1]
    if text[0] == text[-1] == "'" and not any(sign in inside for sign in "\"'\\"):
        return f'"{inside}"'
    return text


def folded(text: str) -> str:
    """Text as JSX reads it: a line break and the blanks around it are one blank, or none at its ends."""
    first, *others = text.split("\n")
    if not others:
        return text
    lines = [first.rstrip(" \t\r"), *(line.strip(" \t\r") for line in others[:-1])]
    return " ".join(line for line in (*lines, others[-1].lstrip(" \t")) if line)
