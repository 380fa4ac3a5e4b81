"""How text that is not ours is written in Markdown: the one place that decides it.

Two ways: as code, or as prose in which every word that could mean something to Markdown or to
GitHub is code. Nothing there is a mention, a reference, a link, an emoji or a formula, because
GitHub looks for none of them in code; and what is left are plain words.
"""

import re

from judgegate.report.escape import OLD_WORKFLOW_COMMAND, disarm, escape
from judgegate.report.text_layout import LONGEST_VALUE

MOST_LINES, LONGEST_LINE = 30, 160

NOTHING = '`""`'
"""What is written for no text at all: an empty code span does not exist."""

COMMENT_START = "<!--"

# A word of prose, perhaps in brackets and followed by punctuation; or what our own texts put
# between backticks.
_PIECE = re.compile(
    r"""(?P<open>[("']*+)`(?P<quoted>[^`]+)`(?P<close>[).,;:!?"']*+)(?= |$)|\S+"""
)
_OPENING, _CLOSING = "(\"'", ").,;:!?\"'"
_ODD = re.compile(r"""[^A-Za-z0-9.,;!?()'"/%\-\u0080-\U0010ffff]""")
_CALLED = re.compile(
    r"""(?i:www\.)                          # GitHub makes links of these addresses,
    |(?<![a-zA-Z0-9])[a-zA-Z]{2,}-\d        # of GH-12 and what else a repository has set up, of GHSA-...,
    |(?<![a-zA-Z0-9])[0-9a-fA-F]{7,}        # and of commits
    """,
    re.VERBOSE,
)
_STARTS_SOMETHING = re.compile(r"[-.]|\d+[.)]")
"""At the start of a line these can begin a list, a rule or the underline of a heading."""


def cut(text: str, longest: int = LONGEST_VALUE) -> str:
    """The text, or its beginning with three dots."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}..."


def code(text: str, longest: int = LONGEST_VALUE) -> str:
    """The text as code, on one line; what cannot be seen is spelt."""
    shown = _spell(text, longest)
    if not shown:
        return NOTHING
    fence = "`" * (_longest_run(shown) + 1)
    padding = " " if _needs_padding(shown) else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def _needs_padding(shown: str) -> bool:
    """Whether a blank must part the text from its fences."""
    # A backtick at an end would belong to the fence.
    if shown.startswith("`") or shown.endswith("`"):
        return True
    # Markdown takes one blank away at both ends, except of text that is nothing but blanks.
    return shown[0] == shown[-1] == " " and bool(shown.strip())


def prose(text: str, longest: int = LONGEST_VALUE) -> str:
    """The text as part of a sentence, on one line."""
    pieces = enumerate(_PIECE.finditer(_spell(text, longest)))
    return " ".join(_render_word(piece, first=number == 0) for number, piece in pieces)


def _render_word(piece: re.Match[str], *, first: bool) -> str:
    """A word, as code where it could mean something, without the punctuation around it."""
    if piece["quoted"] is not None:
        return f"{piece['open']}{code(piece['quoted'])}{piece['close']}"
    whole = piece.group()
    unclosed = whole.rstrip(_CLOSING)
    word = unclosed.lstrip(_OPENING)
    opening, closing = unclosed.removesuffix(word), whole.removeprefix(unclosed)
    if _ODD.search(word) or _CALLED.search(word):
        own = _end_of_call(word, closing)
        return opening + code(word + closing[:own]) + closing[own:]
    # Only at the start of a line, which only the first word can be at.
    if first and _STARTS_SOMETHING.match(whole):
        return code(whole)
    return whole


def _end_of_call(word: str, closing: str) -> int:
    """How many of the closing characters belong to the word.

    Those do that close brackets which it opens: `yaml.safe_load()`.
    """
    still_open = word.count("(") - word.count(")")
    end = 0
    for number, character in enumerate(closing, start=1):
        if character == ")" and still_open > 0:
            still_open -= 1
            end = number
    return end


def fenced(text: str) -> str:
    """The lines of the text as a block of code, as many as fit a screen."""
    lines = text.removesuffix("\n").split("\n")
    shown = [disarm(_spell(line, LONGEST_LINE)) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"... and {len(lines) - MOST_LINES} more lines")
    # Longer than any run in the text, so that nothing in it ends the block.
    fence = "`" * max(3, _longest_run("\n".join(shown)) + 1)
    return "\n".join([f"{fence}text", *shown, fence])


def _spell(text: str, longest: int) -> str:
    """The text with what cannot be seen spelt, and what in the source would be taken for ours."""
    shown = escape(cut(text, longest))
    return shown.replace(OLD_WORKFLOW_COMMAND, "#\\x23[").replace(COMMENT_START, "<\\x21--")


def _longest_run(text: str) -> int:
    """How many backticks are beside each other, at most."""
    return max(map(len, re.findall("`+", text)), default=0)
