"""The names in a patch's headers. Whatever could mean two files is refused."""

import re

from judgegate.change.paths import decode_path
from judgegate.model.errors import UsageError

DEV_NULL = b"/dev/null"

_ESCAPES = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r", b'"': b'"', b"\\": b"\\"}
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|.|$)", re.DOTALL)
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PREFIX = re.compile(rb"[abciow12]/")


class BrokenPatchError(UsageError):
    """The patch cannot be read. `line` counts from 1."""

    code = "patch"

    def __init__(self, line: int, what: str, remedy: str = "Make the patch with: git diff BASE...HEAD") -> None:
        self.line = line
        super().__init__(f"Line {line} of the patch: {what}.", remedy)


def unquote(name: bytes, line: int) -> bytes:
    """A name as it is, from the way in which git writes odd ones, in quotes and with escapes; a plain one is itself."""
    if not name.startswith(b'"'):
        return name
    if not _QUOTED.fullmatch(name):
        raise BrokenPatchError(line, "a quoted name does not end")

    def plain(found: re.Match[bytes]) -> bytes:
        code = found[1]
        if code.isdigit():
            return bytes([int(code, 8)])
        if code not in _ESCAPES:
            raise BrokenPatchError(line, "a quoted name has an unknown escape")
        return _ESCAPES[code]

    return _ESCAPE.sub(plain, name[1:-1])


def split_git_header(rest: bytes, line: int) -> tuple[bytes, bytes]:
    """The two names after `diff --git `, with their prefixes.

    Plain names with blanks in them would be ambiguous, were they not the same name twice: the blank in the middle parts them.
    """
    if rest.startswith(b'"'):
        found = _QUOTED.match(rest)
        if found is None or rest[found.end() : found.end() + 1] != b" ":
            raise BrokenPatchError(line, "the names cannot be told apart")
        return unquote(found[0], line), unquote(rest[found.end() + 1 :], line)
    if rest.endswith(b'"') and b' "' in rest:
        first, _, second = rest.partition(b' "')
        return first, unquote(b'"' + second, line)
    middle = len(rest) // 2
    if len(rest) % 2 and rest[middle : middle + 1] == b" " and _without_prefixes(rest[:middle], rest[middle + 1 :]) is not None:
        return rest[:middle], rest[middle + 1 :]
    if rest.count(b" ") == 1:
        first, _, second = rest.partition(b" ")
        return first, second
    raise BrokenPatchError(line, "the names cannot be told apart")


def strip_prefixes(old: bytes, new: bytes, line: int) -> tuple[bytes, bytes]:
    """Both names without the prefixes that git or diff put before them: first components that differ are prefixes."""
    if DEV_NULL in (old, new):
        return _strip_one(old), _strip_one(new)
    same = _without_prefixes(old, new)
    if same is not None:
        return same, same
    if _PREFIX.match(old) and _PREFIX.match(new) and old[:1] != new[:1]:
        return old[2:], new[2:]
    raise BrokenPatchError(line, "the two names differ, and it is not a rename: it could mean either file")


def check_path(path: bytes, line: int) -> str:
    """The path, if it can be one inside a repository."""
    parts = path.split(b"/")
    if path.startswith(b"/"):
        raise BrokenPatchError(line, "an absolute path is outside of any repository")
    if b".." in parts:
        raise BrokenPatchError(line, "a path with `..` may be outside of the repository")
    if not path or b"" in parts or b"." in parts or b"\0" in path or any(part.lower() == b".git" for part in parts):
        raise BrokenPatchError(line, "no repository can hold a file with this path")
    return decode_path(path)


def _without_prefixes(old: bytes, new: bytes) -> bytes | None:
    """The name that both are, apart from a first component in which they differ."""
    if old == new:
        return old
    old_first, _, old_rest = old.partition(b"/")
    new_first, _, new_rest = new.partition(b"/")
    return old_rest if old_rest and old_rest == new_rest and old_first != new_first else None


def _strip_one(name: bytes) -> bytes:
    return name if name == DEV_NULL or not _PREFIX.match(name) else name[2:]
