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
_SUSPECT = re.compile(
    r"""
      [\x00-\x08\x0e-\x1f\x7f]
    | (?<=[^\s'`"(/])@  # user:password@host
    | (?:pass\w*|pwd|secret|token|key|auth\w*)\s*[=:]
    | \A[^\W_]*\d[^\W_]*\Z  # a single word with a digit in it: a password, or a name
    """,
    re.VERBOSE | re.IGNORECASE,
)
# `404`, `v2`, `sha256`, `i18n`, `users`, `DEBUG`, a word with letters that are not ASCII.
_PLAIN_PIECE = re.compile(
    r"""
      \d{1,4} | [A-Za-z]{1,5}\d{1,3} | [A-Za-z]{1,2}\d{1,2}[A-Za-z]{1,5}
    | [A-Za-z]{1,12} | [A-Z]{1,60} | [^\W\d_]*[^\W\d_a-zA-Z][^\W\d_]*
    """,
    re.VERBOSE,
)
_LONGEST_PIECE = 60


def called(callee: str, literal: str) -> str:
    """What is called with which text, such as `app.get("/x")`; `()` where that may be a secret."""
    words = {word.lower() for word in _WORDS.findall(callee)}
    is_shown = bool(literal) and words.isdisjoint(_KEEPERS) and is_plain(literal)
    return f'{callee}("{literal[:_LONGEST_SHOWN]}")' if is_shown else f"{callee}()"


def is_plain(text: str) -> bool:
    """Whether a text is words, a path or a sentence, and nothing that looks like a key or password."""
    read = text[:_LONGEST_READ]
    return not _SUSPECT.search(read) and all(map(_is_plain_piece, _PIECE.findall(read)))


def _is_plain_piece(piece: str) -> bool:
    if _PLAIN_PIECE.fullmatch(piece):
        return True
    # Most letters of `getHTTPResponse` are small, and half of those of a key in base 64.
    is_name = piece.isalpha() and len(piece) <= _LONGEST_PIECE
    return is_name and 3 * sum(map(str.isupper, piece)) <= len(piece)
