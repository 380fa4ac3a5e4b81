"""The files of a change: what differs between two trees, with lines, sizes and renames."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from judgegate.change.hunk_headers import (
    HunkBody,
    HunkHeader,
    HunkLengthError,
    read_hunk_header,
)
from judgegate.change.paths import as_argument, encode_path, show_path
from judgegate.change.repository import Repository
from judgegate.change.trees import Entry, find_renames, take_inventory
from judgegate.model.change import TYPE_BITS, Blob, FileChange, FileStatus
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.ranges import LineRange

if TYPE_CHECKING:
    from judgegate.change.objects import ObjectInfo

# One line of context, and not none: without context git passes over a common end of both sides
# before it compares them, and then finds another difference than it counts and shows elsewhere
# (xdiff-interface.c, trim_common_tail).
_PATCH = (
    "diff-tree",
    "-r",
    "-p",
    "-U1",
    "--text",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--full-index",
    "--ignore-submodules=none",
    "--submodule=short",
    "--no-relative",
    "--no-color",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
_INDEX = re.compile(rb"index ([0-9a-f]+)\.\.([0-9a-f]+)(?: [0-7]{6})?\n")

_LONGEST = 1 << 16
"""Longer lines come in pieces of so many bytes: a minified file is one line of megabytes."""

LARGEST_COMPARED = 500_000_000
"""Bytes of a file above which lines are not compared.

Git itself refuses at 1 GiB, and no check reads so much.
"""


class Section(Struct):
    """What the patch says of one file. A change of type has two sections."""

    oids: tuple[str, str] | None = None
    added: list[LineRange] = field(default_factory=list)
    removed: list[LineRange] = field(default_factory=list)


class ChangedLines(Struct, frozen=True):
    """The ranges of one file, in rising order."""

    added: tuple[LineRange, ...] = ()
    removed: tuple[LineRange, ...] = ()


_UNCHANGED = ChangedLines()


def compare_trees(
    repository: Repository, old_trees: Sequence[str], new_tree: str
) -> tuple[FileChange, ...]:
    """What `new_tree` changes, sorted by the paths' bytes.

    Lines, counts and renames refer to the first of `old_trees`. A file that differs from any of
    them is part of the change, with its side in the further ones under `others`. Where the first
    one and the new tree both lack it, `old` is the first side that there is.

    Raises:
        IncompleteError: git's answers contradict each other, or a partial clone lacks content.
    """
    inventories = [
        {entry.path: entry for entry in take_inventory(repository, tree, new_tree)}
        for tree in old_trees
    ]
    sizes = _Sizes(repository, chain.from_iterable(map(dict.values, inventories)))
    # Git would fetch what is missing, and judgegate fetches nothing.
    if sizes.missing and repository.is_partial:
        raise _incomplete_clone(sizes.missing, old_trees[0], new_tree)
    first = inventories[0]
    obstacles = sizes.obstacles(first.values())
    lines = read_changed_lines(
        repository, old_trees[0], new_tree, first.values(), obstacles
    )
    renames = _find_renames(
        repository, old_trees[0], new_tree, first.values(), exact=bool(obstacles)
    )
    files = [
        FileChange(
            path=path,
            status=entry.status,
            old=sizes.of(entry.old),
            new=sizes.of(entry.new),
            added=lines.get(path, _UNCHANGED).added,
            removed=lines.get(path, _UNCHANGED).removed,
            old_path=renames.get(path),
            others=tuple(sizes.of(other) for other in _others(path, entry, inventories)),
            obstacle=sizes.obstacle(entry),
        )
        for path, entry in _unite(inventories).items()
    ]
    return tuple(sorted(files, key=lambda file: encode_path(file.path)))


def _unite(inventories: Sequence[dict[str, Entry]]) -> dict[str, Entry]:
    """Every path that differs from any tree, with its two sides in the first comparison."""
    united = dict(inventories[0])
    for inventory in inventories[1:]:
        for path, entry in inventory.items():
            if path in united:
                continue
            if entry.new is None:
                united[path] = replace(entry, status=FileStatus.DELETED)
            else:
                united[path] = Entry(
                    path, FileStatus.MODIFIED, old=entry.new, new=entry.new
                )
    return united


def _others(
    path: str, entry: Entry, inventories: Sequence[dict[str, Entry]]
) -> Iterable[Blob | None]:
    """The path's side in each further tree: where it does not differ from the new tree's, it is that one."""
    for inventory in inventories[1:]:
        differing = inventory.get(path)
        yield differing.old if differing else entry.new


def _find_renames(
    repository: Repository,
    old_tree: str,
    new_tree: str,
    entries: Iterable[Entry],
    *,
    exact: bool,
) -> dict[str, str]:
    statuses = {entry.status for entry in entries}
    if not {FileStatus.ADDED, FileStatus.DELETED} <= statuses:
        return {}
    return find_renames(repository, old_tree, new_tree, inexact=not exact)


class _Sizes:
    """What git knows of the blobs of a comparison."""

    def __init__(self, repository: Repository, entries: Iterable[Entry]) -> None:
        sides = chain.from_iterable((entry.old, entry.new) for entry in entries)
        # A submodule is a commit of another repository, which this one does not have.
        oids = [blob.oid for blob in filter(None, sides) if not blob.is_submodule]
        self._known: dict[str, ObjectInfo | None] = repository.describe(oids)
        self.missing = [oid for oid, info in self._known.items() if info is None]

    def of(self, blob: Blob | None) -> Blob | None:
        """The blob with its size."""
        if blob is None or blob.is_submodule:
            return blob
        info = self._known.get(blob.oid)
        return blob if info is None else replace(blob, size=info.size)

    def obstacles(self, entries: Iterable[Entry]) -> dict[str, str]:
        """Why the content of an entry cannot be had, by the paths of those where that is so."""
        found: dict[str, str] = {}
        for entry in entries:
            if obstacle := self.obstacle(entry):
                found[entry.path] = obstacle
        return found

    def obstacle(self, entry: Entry) -> str | None:
        """Why the entry's content cannot be had, if so."""
        for blob in (entry.new, entry.old):
            if blob is None or blob.is_submodule:
                continue
            info = self._known[blob.oid]
            if info is None:
                return f"the repository lacks the object {blob.oid}"
            if info.kind != "blob":
                return f"the object {blob.oid} is a {info.kind}, not a file"
            if info.size > LARGEST_COMPARED:
                return f"{info.size} bytes are too many for a comparison line by line"
        return None


def _incomplete_clone(
    missing: Sequence[str], old_tree: str, new_tree: str
) -> IncompleteError:
    return IncompleteError(
        f"This is a partial clone that lacks {len(missing)} of the change's files, "
        f"such as {missing[0]}. judgegate fetches nothing.",
        f"Fetch them: git diff --numstat {old_tree} {new_tree}",
    )


_WRONG_LENGTH = "git's patch has a hunk whose length differs from its header."


def read_changed_lines(
    repository: Repository,
    old_tree: str,
    new_tree: str,
    entries: Iterable[Entry],
    without: Iterable[str] = (),
) -> dict[str, ChangedLines]:
    """The changed lines of each entry's path. `without`: paths that must not be read.

    Raises:
        IncompleteError: the patch and the inventory do not list the same files.
    """
    skipped = set(without)
    wanted = [entry for entry in entries if entry.path not in skipped]
    if not wanted:
        return {}
    limits = (
        [":/", *(f":(top,literal,exclude){as_argument(path)}" for path in sorted(skipped))]
        if skipped
        else []
    )
    lines = repository.stream(*_PATCH, old_tree, new_tree, "--", *limits, longest=_LONGEST)
    sections = read_sections(lines)
    changed = {entry.path: _pair(entry, sections) for entry in wanted}
    if next(sections, None) is not None:
        raise IncompleteError("git's patch has more files than its list of changed files.")
    return changed


def read_sections(pieces: Iterable[bytes]) -> Iterator[Section]:
    """The sections of a patch. Of the lines only their numbers are kept.

    A hunk's body is stepped through by the counts in its header, so content in the form of a header
    is content.

    Raises:
        IncompleteError: a hunk is not as long as it says.
    """
    source = iter(pieces)
    section: Section | None = None
    for line in source:
        if line.startswith(b"diff --git "):
            if section is not None:
                yield section
            section = Section()
        elif section is not None and line.startswith(b"@@ "):
            _read_hunk(line, section, source)
            continue
        elif section is not None and (found := _INDEX.fullmatch(line)):
            section.oids = found[1].decode(), found[2].decode()
        _finish_line(line, source)
    if section is not None:
        yield section


def _read_hunk(header: bytes, section: Section, source: Iterator[bytes]) -> None:
    found = read_hunk_header(header)
    if found is None:
        raise IncompleteError(
            f"git's patch has a hunk that cannot be read: {header[:80]!r}."
        )
    _finish_line(header, source)
    if not found.old or not found.new:
        _read_one_sided(found, section, source)
        return
    body = HunkBody(found)
    removed, added = _Run(section.removed), _Run(section.added)
    while body.is_open:
        line = next(source, b"")
        sign = line[:1]
        if sign == b"-":
            removed.take(body.old_line)
        elif sign == b"+":
            added.take(body.new_line)
        try:
            body.step(sign)
        except HunkLengthError as error:
            raise IncompleteError(_WRONG_LENGTH) from error
        _finish_line(line, source)
    removed.end()
    added.end()


def _read_one_sided(header: HunkHeader, section: Section, source: Iterator[bytes]) -> None:
    """Read a hunk that only adds or only removes, as the one hunk of every new file does."""
    sign, start, ranges = b"+", header.new_start, section.added
    if header.old:
        sign, start, ranges = b"-", header.old_start, section.removed
    count = header.old or header.new
    for _ in range(count):
        line = next(source, b"")
        if not line.startswith(sign):
            raise IncompleteError(_WRONG_LENGTH)
        if len(line) == _LONGEST:
            _finish_line(line, source)
    if count:
        ranges.append(LineRange(start, start + count - 1))


class _Run:
    """Neighbouring lines, which become one range."""

    def __init__(self, ranges: list[LineRange]) -> None:
        self._ranges = ranges
        self._start = self._end = 0

    def take(self, line: int) -> None:
        if line != self._end + 1 or not self._start:
            self.end()
            self._start = line
        self._end = line

    def end(self) -> None:
        if self._start:
            self._ranges.append(LineRange(self._start, self._end))
        self._start = self._end = 0


def _finish_line(piece: bytes, source: Iterator[bytes]) -> None:
    """Pass over the rest of a line that came in pieces."""
    while len(piece) == _LONGEST and not piece.endswith(b"\n"):
        piece = next(source, b"")


def _pair(entry: Entry, sections: Iterator[Section]) -> ChangedLines:
    """The lines of the entry, from the next section or, if its type changes, from the next two."""
    count = 2 if _changes_type(entry) else 1
    halves = list(islice(sections, count))
    if len(halves) < count or not _belong(entry, halves):
        raise IncompleteError(
            f"git's patch and its list of changed files disagree at {show_path(entry.path)}."
        )
    return ChangedLines(
        added=tuple(chain.from_iterable(half.added for half in halves)),
        removed=tuple(chain.from_iterable(half.removed for half in halves)),
    )


def _changes_type(entry: Entry) -> bool:
    """Whether one side is a file and the other something else, such as a link."""
    if entry.status is FileStatus.TYPE_CHANGED:
        return True
    if entry.old is None or entry.new is None:
        return False
    return entry.old.mode & TYPE_BITS != entry.new.mode & TYPE_BITS


def _belong(entry: Entry, halves: Sequence[Section]) -> bool:
    """Whether these sections, of one patch in the order of paths, are the entry's."""
    first, last = halves[0], halves[-1]
    old, new = _oid_of(entry.old), _oid_of(entry.new)
    # Without ids only the mode has changed, and so no line.
    if first.oids is None or last.oids is None:
        has_lines = bool(first.added or first.removed)
        return old == new and len(halves) == 1 and not has_lines
    # An absent side is all zeros in the patch. Both halves of a change of type have one.
    absent = "0" * len(first.oids[0])
    return first.oids[0] == (old or absent) and last.oids[1] == (new or absent)


def _oid_of(blob: Blob | None) -> str | None:
    """The id of a side, None if there is none."""
    return blob.oid if blob else None
