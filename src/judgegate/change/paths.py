"""Paths between git's bytes and Python's text.

A byte that is not UTF-8 stands as a lone surrogate, whatever the locale says.
"""

import os
import re

_FIRST_ODD, _LAST_ODD = "\udc80", "\udcff"
"""The lone surrogates that stand for the bytes 0x80 to 0xFF."""

_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|.|$)", re.DOTALL)
_ESCAPES = {
    b"a": b"\a",
    b"b": b"\b",
    b"t": b"\t",
    b"n": b"\n",
    b"v": b"\v",
    b"f": b"\f",
    b"r": b"\r",
    b'"': b'"',
    b"\\": b"\\",
}


def decode_path(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def encode_path(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def unquote(name: bytes) -> bytes:
    """A name as it is, from the way in which git writes odd ones, in quotes and with escapes.

    A plain one is itself.

    Raises:
        ValueError: git would not write it so; the message is a clause that says why.
    """
    if not name.startswith(b'"'):
        return name
    if not _QUOTED.fullmatch(name):
        raise ValueError("a quoted name does not end")
    return _ESCAPE.sub(_plain, name[1:-1])


def _plain(escape: re.Match[bytes]) -> bytes:
    code = escape[1]
    if len(code) == 3:  # noqa: PLR2004 - octal digits
        return bytes([int(code, 8)])
    if code not in _ESCAPES:
        raise ValueError("a quoted name has an unknown escape")
    return _ESCAPES[code]


def as_argument(path: str) -> str:
    """The path as a command-line argument.

    It is text that the operating system's encoding turns back into git's bytes.
    """
    return os.fsdecode(encode_path(path))


def show_path(path: str) -> str:
    """The path for a message.

    Control characters and odd bytes are escaped, so that a name cannot forge a line of its own.
    """
    return "".join(
        character if character.isprintable() else _escape(character) for character in path
    )


def _escape(character: str) -> str:
    if _FIRST_ODD <= character <= _LAST_ODD:
        return f"\\x{encode_path(character)[0]:02x}"
    return character.encode("unicode_escape").decode()
