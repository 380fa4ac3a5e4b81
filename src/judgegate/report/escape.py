"""Text that is not ours on a terminal or in a log.

What cannot be seen is spelt, and what would be obeyed is disarmed.
"""

import re

SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
ODD_BYTES = range(0xDC80, 0xDD00)
"""The lone surrogates for bytes which are not UTF-8 (`surrogateescape`, PEP 383)."""


def spell(character: str) -> str:
    r"""The character in visible ASCII: `\n`, `\x1b` for a byte, `\u{202e}` for any other code point."""
    if character in SHORT:
        return SHORT[character]
    code = ord(character)
    if code in ODD_BYTES:
        return f"\\x{code - 0xDC00:02x}"
    if character.isascii():
        return f"\\x{code:02x}"
    return f"\\u{{{code:x}}}"


# Printable for Unicode and yet nothing to see (Default_Ignorable_Code_Point, and the blank of
# Braille): one could hide text in them.
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]",
)


# What a runner of GitHub Actions obeys: `::name::` at the start of a line, `##[name]` anywhere in it.
WORKFLOW_COMMAND = re.compile(r"^((?:\s|\x1b\[[0-9;]*m)*):(?=:)")


OLD_WORKFLOW_COMMAND = "##["


def escape(text: str) -> str:
    r"""The text without anything that a terminal obeys, hides or reorders.

    Such are controls, line breaks, bidi marks and zero-width characters. What is not printable is
    spelt out (`\n`, `\x1b`, `\u{202e}`). Letters stay, also those that look like others.
    """
    # Most text is plain, and needs no look at each of its characters.
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_legible, text))


def _legible(character: str) -> str:
    """The character, spelt if it cannot be seen."""
    if character.isprintable() and not INVISIBLE.match(character):
        return character
    return spell(character)


def disarm(line: str) -> str:
    """The line without what a runner of GitHub Actions would obey."""
    return WORKFLOW_COMMAND.sub(r"\1\\x3a", line).replace(OLD_WORKFLOW_COMMAND, "#\\x23[")
