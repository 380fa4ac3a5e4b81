"""Git's built-in line-end conversion, undone as `git add` would, and which files a filter would convert."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from judgegate.change.git import GitError, Launcher
from judgegate.change.paths import decode_path, encode_path

_ATTRIBUTES = ("text", "crlf", "eol", "filter", "ident", "working-tree-encoding")
_UNSPECIFIED, _SET, _UNSET = "unspecified", "set", "unset"

_COUNTED_AS_TEXT = frozenset(b"\b\t\x1b\x0c") | frozenset(range(0x20, 0x100)) - {0x7F}
_LINE_ENDS = frozenset(b"\r\n")
_NOT_TEXT = bytes(byte for byte in range(256) if byte not in _COUNTED_AS_TEXT and byte not in _LINE_ENDS)
_LONE_CR = re.compile(rb"\r(?!\n)")


class LineEnds(Enum):
    """What git does with CRLF when it stores a file."""

    KEEP = "keep"
    CONVERT = "convert"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Attributes:
    """How a path's content is converted between the work tree and the repository.

    `converter` names what turns it into something else by a program or a table (`filter lfs`), or is None.
    """

    line_ends: LineEnds
    converter: str | None = None


def read_attributes(launcher: Launcher, paths: Iterable[str]) -> dict[str, Attributes]:
    """Each path's attributes, from the `.gitattributes` in the launcher's index and the repository's own settings."""
    request = b"".join(encode_path(path) + b"\0" for path in paths)
    if not request:
        return {}
    fields = launcher.run("check-attr", "-z", "--cached", "--stdin", *_ATTRIBUTES, stdin=request).split(b"\0")[:-1]
    found: dict[str, dict[str, str]] = {}
    for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
        found.setdefault(decode_path(path), {})[name.decode()] = decode_path(value)
    converts = _setting(launcher, "core.autocrlf") in {"true", "yes", "on", "1", "input"}
    return {path: _weigh(values, LineEnds.GUESS if converts else LineEnds.KEEP) for path, values in found.items()}


def store_line_ends(content: bytes, ends: LineEnds, stored: bytes) -> bytes:
    """The content as git would store it. `stored` is what the index has: where git guesses, a file stored with CRLF keeps it."""
    if ends is LineEnds.KEEP or b"\r\n" not in content:
        return content
    if ends is LineEnds.GUESS and (_is_binary(content) or (b"\r\n" in stored and not _is_binary(stored))):
        return content
    return content.replace(b"\r\n", b"\n")


def _weigh(values: Mapping[str, str], default: LineEnds) -> Attributes:
    text = values["text"] if values["text"] != _UNSPECIFIED else values["crlf"]
    match text:
        case "set" | "input":
            ends = LineEnds.CONVERT
        case "unset":
            ends = LineEnds.KEEP
        case "auto":
            ends = LineEnds.GUESS
        case _:
            ends = LineEnds.CONVERT if values["eol"] in {"lf", "crlf"} else default
    for name in ("filter", "working-tree-encoding"):
        if values[name] not in (_UNSPECIFIED, _UNSET, _SET):
            return Attributes(ends, f"{name} {values[name]}")
    return Attributes(ends, "ident" if values["ident"] == _SET else None)


def _is_binary(content: bytes) -> bool:
    """Git's own guess (`convert_is_binary`): a NUL, a lone CR, or more than one byte in 128 that no text has."""
    if b"\0" in content or _LONE_CR.search(content):
        return True
    odd = len(content) - len(content.translate(None, _NOT_TEXT))
    text = len(content) - odd - content.count(b"\r") - content.count(b"\n")
    if content.endswith(b"\x1a"):
        odd -= 1
    return text >> 7 < odd


def _setting(launcher: Launcher, name: str) -> str:
    try:
        return launcher.run("config", "--get", name).decode("utf-8", "replace").strip().lower()
    except GitError:
        return ""
