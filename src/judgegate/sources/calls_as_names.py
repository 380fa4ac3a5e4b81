"""A call as a name: what is called, and the first text that it gets.

Names of units are kept and may be shown, so a text that may be a secret is no part of one.
"""

import re

_LONGEST_SHOWN = 80
_LONGEST_READ = 500

_KEEPERS = frozenset(
    {
        "apikey", "auth", "authenticate", "authorize", "basic", "bearer", "connect", "credential",
        "credentials", "decrypt", "encrypt", "hmac", "key", "login", "passphrase", "passwd", "password",
        "pwd", "secret", "sign", "token",
    }
)  # fmt: skip
"""Words in the name of what takes a secret, and often as its first argument."""

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PIECE = re.compile(r"[^\W_]+")
# `@` behind a word could be `user:password@host`.
_ODD_SIGN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]|(?<=[^\s'`\"(/])@")
_GIVEN = re.compile(r"(?:pass\w*|pwd|secret|token|key|auth\w*)\s*[=:]", re.IGNORECASE)
# `404`, `v2`, `sha256`, `i18n`: keys and passwords are longer, or wilder.
_PLAIN_NUMBER = re.compile(
    r"\d{1,4}|[A-Za-z]{1,5}\d{1,3}|[A-Za-z]{1,2}\d{1,2}[A-Za-z]{1,5}"
)
_LONGEST_WORD = 60
_SHORT_WORD = 12


def called(callee: str, literal: str) -> str:
    """What is called with which text, such as `app.get("/x")`; `()` where that may be a secret."""
    shown = literal[:_LONGEST_SHOWN] if _takes_no_secret(callee) else ""
    return f'{callee}("{shown}")' if shown and is_plain(literal) else f"{callee}()"


def is_plain(text: str) -> bool:
    """Whether a text is words, a path or a sentence, and nothing that looks like a key or password."""
    read = text[:_LONGEST_READ]
    if _ODD_SIGN.search(read) or _GIVEN.search(read):
        return False
    pieces = _PIECE.findall(read)
    # One word with a digit in it is as likely a password as a name.
    if pieces == [read] and any(map(str.isdigit, read)):
        return False
    return all(map(_is_plain_piece, pieces))


def _is_plain_piece(piece: str) -> bool:
    if not piece.isalpha():
        return _PLAIN_NUMBER.fullmatch(piece) is not None
    if not piece.isascii():
        # No key, and in some languages a sentence without a blank.
        return True
    if len(piece) <= _SHORT_WORD or piece.isupper():
        return len(piece) <= _LONGEST_WORD
    # Most letters of `fromHTTPServer` are small, and half of those of a key in base 64.
    return sum(map(str.isupper, piece)) * 3 <= len(piece) <= _LONGEST_WORD


def _takes_no_secret(callee: str) -> bool:
    words = (word.lower() for word in _WORDS.findall(callee))
    return _KEEPERS.isdisjoint(words)
