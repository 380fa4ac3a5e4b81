"""How a character that cannot be shown is spelt."""

SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
ODD_BYTES = range(0xDC80, 0xDD00)
"""The lone surrogates that stand for bytes which are not UTF-8 (`surrogateescape`, PEP 383)."""


def spell(character: str) -> str:
    r"""The character in visible ASCII: `\n`, `\x1b` for a byte, `\u{202e}` for any other code point."""
    if character in SHORT:
        return SHORT[character]
    code = ord(character)
    if code in ODD_BYTES:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if character.isascii() else f"\\u{{{code:x}}}"
