"""How text that is not ours stands in Markdown: the one place that decides it.

Two ways: as code, or as prose in which every word that could mean something to Markdown or to
GitHub is code. Nothing there is a mention, a reference, a link, an emoji or a formula, because
GitHub looks for none of them in code; and what is left are plain words.
"""

import re

from judgegate.report.escape import OLD_WORKFLOW_COMMAND, disarm, escape
from judgegate.report.text_layout import LONGEST_VALUE

MOST_LINES, LONGEST_LINE = 30, 160

NOTHING = '`""`'
"""What stands for no text at all: an empty code span does not exist."""

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
    return text if len(text) <= longest else text[:longest] + "..."


def code(text: str, longest: int = LONGEST_VALUE) -> str:
    """The text as code, on one line; what cannot be seen is spelt."""
    shown = _spell(text, longest)
    if not shown:
        return NOTHING
    fence = "`" * (_longest_run(shown) + 1 if "`" in shown else 1)
    padding = (
        " "
        if shown[0] == "`"
        or shown[-1] == "`"
        or (shown[0] == shown[-1] == " " and shown.strip())
        else ""
    )
    return f"{fence}{padding}{shown}{padding}{fence}"


def prose(text: str, longest: int = LONGEST_VALUE) -> str:
    """The text as part of a sentence, on one line."""
    shown = _spell(text, longest)
    return " ".join(
        _render_word(piece, first=number == 0)
        for number, piece in enumerate(_PIECE.finditer(shown))
    )


def _render_word(piece: re.Match[str], *, first: bool) -> str:
    if piece["quoted"] is not None:
        return f"{piece['open']}{code(piece['quoted'])}{piece['close']}"
    whole = piece.group()
    unclosed = whole.rstrip(_CLOSING)
    word = unclosed.lstrip(_OPENING)
    opening, closing = unclosed.removesuffix(word), whole.removeprefix(unclosed)
    if _ODD.search(word) or _CALLED.search(word):
        own = _end_of_call(word, closing)
        return opening + code(word + closing[:own]) + closing[own:]
    return code(whole) if first and _STARTS_SOMETHING.match(whole) else whole


def _end_of_call(word: str, closing: str) -> int:
    """How many of the closing characters belong to the word, because it opens brackets that they close: `yaml.safe_load()`."""
    still_open = word.count("(") - word.count(")")
    end = 0
    for number, character in enumerate(closing, start=1):
        if character == ")" and still_open > 0:
            still_open -= 1
            end = number
    return end


def fenced(text: str) -> str:
    """The lines of the text as a block of code, as many as a screen holds."""
    lines = text.removesuffix("\n").split("\n")
    shown = [disarm(_spell(line, LONGEST_LINE)) for line in lines[:MOST_LINES]]
    shown += (
        [f"... and {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    )
    fence = "`" * max(3, _longest_run("\n".join(shown)) + 1)
    return "\n".join([f"{fence}text", *shown, fence])


def _spell(text: str, longest: int) -> str:
    """The text with what cannot be seen spelt, and what whoever reads only the source would take for ours."""
    shown = escape(cut(text, longest))
    return shown.replace(OLD_WORKFLOW_COMMAND, "#\\x23[").replace(COMMENT_START, "<\\x21--")


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
