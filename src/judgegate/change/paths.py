"""Paths between git's bytes and Python's text. A byte that is not UTF-8 stands as a lone surrogate, whatever the locale says."""

import os

_FIRST_ODD, _LAST_ODD = "\udc80", "\udcff"
"""The lone surrogates that stand for the bytes 0x80 to 0xFF."""


def decode_path(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def encode_path(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def as_argument(path: str) -> str:
    """The path as a command-line argument: text that the operating system's encoding turns back into git's bytes."""
    return os.fsdecode(encode_path(path))


def show_path(path: str) -> str:
    """The path for a message: control characters and odd bytes escaped, so that a name cannot forge a line of its own."""
    return "".join(character if character.isprintable() else _escape(character) for character in path)


def _escape(character: str) -> str:
    if _FIRST_ODD <= character <= _LAST_ODD:
        return f"\\x{encode_path(character)[0]:02x}"
    return character.encode("unicode_escape").decode()
