"""The lines of a patch that say which file comes next."""

import re

from msgspec import Struct

from judgegate.change.paths import decode_path, unquote
from judgegate.model.errors_and_exit_codes import UsageError

DEV_NULL = b"/dev/null"

_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PREFIX = re.compile(rb"[abciow12]/")


class BrokenPatchError(UsageError):
    """The patch cannot be read. `line` counts from 1."""

    code = "patch"

    def __init__(
        self,
        line: int,
        what: str,
        remedy: str = "Make the patch with: git diff BASE...HEAD",
    ) -> None:
        self.line = line
        super().__init__(f"Line {line} of the patch: {what}.", remedy)


def _read_name(name: bytes, line: int) -> bytes:
    """A name without git's quotes."""
    try:
        return unquote(name)
    except ValueError as error:
        raise BrokenPatchError(line, str(error)) from error


def split_git_header(rest: bytes, line: int) -> tuple[bytes, bytes]:
    """The two names after `diff --git `, with their prefixes.

    Plain names with blanks in them would be ambiguous, were they not the same name twice: the blank
    in the middle parts them.
    """
    if rest.startswith(b'"'):
        found = _QUOTED.match(rest)
        if found is None or rest[found.end() : found.end() + 1] != b" ":
            raise BrokenPatchError(
                line, "it is not clear where one name ends and the other begins"
            )
        return _read_name(found[0], line), _read_name(rest[found.end() + 1 :], line)
    if rest.endswith(b'"') and b' "' in rest:
        first, _, second = rest.partition(b' "')
        return first, _read_name(b'"' + second, line)
    middle = len(rest) // 2
    if (
        len(rest) % 2
        and rest[middle : middle + 1] == b" "
        and _without_prefixes(rest[:middle], rest[middle + 1 :]) is not None
    ):
        return rest[:middle], rest[middle + 1 :]
    if rest.count(b" ") == 1:
        first, _, second = rest.partition(b" ")
        return first, second
    raise BrokenPatchError(line, "it is not clear where one name ends and the other begins")


def strip_prefixes(old: bytes, new: bytes, line: int) -> tuple[bytes, bytes]:
    """Both names without the prefixes that git or diff put before them.

    First components that differ are prefixes.
    """
    if DEV_NULL in (old, new):
        return _strip_one(old), _strip_one(new)
    same = _without_prefixes(old, new)
    if same is not None:
        return same, same
    if _PREFIX.match(old) and _PREFIX.match(new) and old[:1] != new[:1]:
        return old[2:], new[2:]
    raise BrokenPatchError(
        line, "the two names differ, but it is not a rename: it could mean either file"
    )


def check_path(path: bytes, line: int) -> str:
    """The path, if it can be one inside a repository."""
    parts = path.split(b"/")
    if path.startswith(b"/"):
        raise BrokenPatchError(line, "an absolute path is outside of any repository")
    if b".." in parts:
        raise BrokenPatchError(line, "a path with `..` may be outside of the repository")
    if (
        not path
        or b"" in parts
        or b"." in parts
        or b"\0" in path
        or any(part.lower() == b".git" for part in parts)
    ):
        raise BrokenPatchError(line, "no repository can hold a file with this path")
    return decode_path(path)


def _without_prefixes(old: bytes, new: bytes) -> bytes | None:
    """The name that both are, apart from a first component in which they differ."""
    if old == new:
        return old
    old_first, _, old_rest = old.partition(b"/")
    new_first, _, new_rest = new.partition(b"/")
    return (
        old_rest if old_rest and old_rest == new_rest and old_first != new_first else None
    )


def _strip_one(name: bytes) -> bytes:
    return name if name == DEV_NULL or not _PREFIX.match(name) else name[2:]


_MODE = re.compile(rb"[0-7]{6}")
_INDEX = re.compile(rb"([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?")
_EPOCH = re.compile(rb"\t(?:1970-01-01|1969-12-31) ")
_BINARY_DATA = re.compile(
    rb"(?:literal|delta) [0-9]+\n|[A-Za-z][0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]{5,}\n|\n"
)
_EXTENDED = re.compile(
    rb"(old mode|new mode|deleted file mode|new file mode|copy from|copy to"
    rb"|rename from|rename to|similarity index|dissimilarity index|index) (.+)\n",
    re.DOTALL,
)


class FilePatch(Struct):
    """What a patch says of one file.

    A path is None on the side where there is no file. `old_id` and `new_id` are the blobs' ids,
    perhaps shortened. `hunks` are the bytes of all hunks, which begin at `hunk_line`. `may_be_new`:
    a plain diff shows a new file and one that was empty alike.
    """

    line: int
    old_path: str | None = None
    new_path: str | None = None
    old_mode: int | None = None
    new_mode: int | None = None
    old_id: str | None = None
    new_id: str | None = None
    is_copy: bool = False
    is_binary: bool = False
    may_be_new: bool = False
    hunks: bytes = b""
    hunk_line: int = 0

    @property
    def path(self) -> str:
        """The path that the file has afterwards; of a deleted one, the path that it had."""
        return self.new_path or self.old_path or ""

    @property
    def left_path(self) -> str | None:
        """The path that the file is taken from.

        None for one that is new, and for a copy, which leaves its source where it is.
        """
        return None if self.is_copy else self.old_path


class PatchLines:
    """A cursor over lines, each with its newline; a last line without one is given one."""

    def __init__(self, patch: bytes) -> None:
        self._lines = [line + b"\n" for line in patch.removesuffix(b"\n").split(b"\n")]
        self._at = 0

    @property
    def number(self) -> int:
        """The number of the line that comes next, from 1."""
        return self._at + 1

    def peek(self, ahead: int = 0) -> bytes | None:
        """The line that comes next, or `ahead` lines after it; None at the end."""
        place = self._at + ahead
        return self._lines[place] if place < len(self._lines) else None

    def take(self) -> bytes:
        """The line that comes next, which is then behind us."""
        self._at += 1
        return self._lines[self._at - 1]

    def contain(self, start: bytes) -> bool:
        """Whether any line begins like this."""
        return any(line.startswith(start) for line in self._lines)


def read_git_header(lines: PatchLines) -> FilePatch:
    """Take the lines from `diff --git` to the hunks, a binary patch's data included.

    Raises:
        BrokenPatchError: they contradict each other, or could mean more than one file.
    """
    start = lines.number
    rest = _strip_end(lines.take(), start)[len(b"diff --git ") :]
    file = FilePatch(start)
    said: dict[bytes, bytes] = {}
    while found := _EXTENDED.fullmatch(lines.peek() or b""):
        if found[1] in said:
            raise BrokenPatchError(lines.number, "the header has the same line twice")
        said[found[1]] = _strip_end(found[2] + b"\n", lines.number)
        lines.take()
    names = _name_sides(file, said, rest, start)
    _set_modes(file, said, start)
    _check_names(lines, file, names)
    _pass_over_binary(lines, file)
    return file


def read_plain_header(lines: PatchLines) -> FilePatch:
    """Take the two lines of a header that `diff -u` wrote."""
    start = lines.number
    old_line, new_line = lines.take(), lines.take()
    if not (lines.peek() or b"").startswith(b"@@ -"):
        raise BrokenPatchError(start, "a header is not followed by a hunk")
    old, new = _name_of(old_line, start), _name_of(new_line, start + 1)
    stripped_old, stripped_new = strip_prefixes(old, new, start)
    hunk = lines.peek() or b""
    # With `-N` diff gives a file that is missing the clock's first moment, and its own name.
    is_new = old == DEV_NULL or (_is_of_epoch(old_line) and hunk.startswith(b"@@ -0,0 "))
    is_gone = new == DEV_NULL or (_is_of_epoch(new_line) and b" +0,0 @@" in hunk)
    return FilePatch(
        start,
        old_path=None if is_new else check_path(stripped_old, start),
        new_path=None if is_gone else check_path(stripped_new, start + 1),
        may_be_new=not is_new and hunk.startswith(b"@@ -0,0 "),
    )


def _name_sides(
    file: FilePatch, said: dict[bytes, bytes], rest: bytes, line: int
) -> tuple[bytes, bytes] | None:
    """Set the paths.

    The names as the header has them are returned, None for a rename or a copy, which spells them
    out.
    """
    for word in (b"rename", b"copy"):
        old_name, new_name = said.get(word + b" from"), said.get(word + b" to")
        if old_name is None and new_name is None:
            continue
        if old_name is None or new_name is None:
            raise BrokenPatchError(line, f"a {word.decode()} has only one of the two names")
        file.old_path = check_path(_read_name(old_name, line), line)
        file.new_path = check_path(_read_name(new_name, line), line)
        file.is_copy = word == b"copy"
        return None
    return _name_one(file, said, rest, line)


def _name_one(
    file: FilePatch, said: dict[bytes, bytes], rest: bytes, line: int
) -> tuple[bytes, bytes]:
    """Set the path of a file that keeps its name; the names as the header has them."""
    names = split_git_header(rest, line)
    old, new = strip_prefixes(*names, line)
    if old != new:
        raise BrokenPatchError(
            line, "the two names differ, but it is not a rename: it could mean either file"
        )
    path = check_path(old, line)
    file.old_path = None if b"new file mode" in said else path
    file.new_path = None if b"deleted file mode" in said else path
    if file.old_path is None and file.new_path is None:
        raise BrokenPatchError(line, "the file is both new and deleted")
    return names


def _set_modes(file: FilePatch, said: dict[bytes, bytes], line: int) -> None:
    if b"index" in said:
        found = _INDEX.fullmatch(said[b"index"])
        if found is None:
            raise BrokenPatchError(line, "the index line cannot be read")
        file.old_id, file.new_id = found[1].decode(), found[2].decode()
        if found[3]:
            file.old_mode = file.new_mode = int(found[3], 8)
    for name in (b"old mode", b"deleted file mode", b"new mode", b"new file mode"):
        if name not in said:
            continue
        if not _MODE.fullmatch(said[name]):
            raise BrokenPatchError(line, "a mode cannot be read")
        if name in (b"old mode", b"deleted file mode"):
            file.old_mode = int(said[name], 8)
        else:
            file.new_mode = int(said[name], 8)


def _check_names(
    lines: PatchLines, file: FilePatch, names: tuple[bytes, bytes] | None
) -> None:
    """Take the `---` and `+++` lines, if there are any; they must say what the header says."""
    if not (lines.peek() or b"").startswith(b"--- "):
        if (lines.peek() or b"").startswith(b"@@ -"):
            raise BrokenPatchError(lines.number, "a hunk is before the names of its file")
        return
    for mark, path, place in ((b"--- ", file.old_path, 0), (b"+++ ", file.new_path, 1)):
        line = lines.peek() or b""
        if not line.startswith(mark):
            raise BrokenPatchError(lines.number, "a header has only one name")
        name = _name_of(line, lines.number)
        if not _agrees(name, path, names and names[place]):
            raise BrokenPatchError(
                lines.number,
                "the header names another file than the line `diff --git` above it",
            )
        lines.take()


def _agrees(name: bytes, path: str | None, said: bytes | None) -> bool:
    """Whether a name below the header means the file that the header names.

    `said` is the header's own name, None for a rename or a copy, where a prefix is not known.
    """
    if path is None:
        return name == DEV_NULL
    if said is not None:
        return name == said
    return path in {decode_path(name), decode_path(name.partition(b"/")[2])}


def _is_of_epoch(line: bytes) -> bool:
    """Whether the clock in a name's line is the system's first moment, in whatever zone."""
    return _EPOCH.search(line) is not None


def _pass_over_binary(lines: PatchLines, file: FilePatch) -> None:
    line = lines.peek() or b""
    if line.startswith(b"Binary files "):
        file.is_binary = True
        lines.take()
    elif line == b"GIT binary patch\n":
        file.is_binary = True
        lines.take()
        while _BINARY_DATA.fullmatch(lines.peek() or b""):
            lines.take()


def _name_of(line: bytes, number: int) -> bytes:
    """The name in a `---` or `+++` line: up to a tab, after which a clock may stand."""
    name = _strip_end(line, number)[4:]
    if name.startswith(b'"'):
        return _read_name(name.partition(b'"\t')[0].removesuffix(b'"') + b'"', number)
    return name.partition(b"\t")[0]


def _strip_end(line: bytes, number: int) -> bytes:
    plain = line.removesuffix(b"\n")
    if plain.endswith(b"\r"):
        raise BrokenPatchError(
            number,
            "the headers end in CRLF",
            "Give the patch as git wrote it, with its original line endings.",
        )
    return plain
