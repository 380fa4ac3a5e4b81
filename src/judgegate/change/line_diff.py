"""Which lines a change adds and removes, from the hunks of git's own patch."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from judgegate.change.hunk_headers import HunkBody, HunkLengthError, read_hunk_header
from judgegate.change.paths import as_argument, show_path
from judgegate.change.repository import Repository
from judgegate.change.tree_diff import Entry
from judgegate.model.change import TYPE_BITS, FileStatus
from judgegate.model.errors import IncompleteError
from judgegate.model.ranges import LineRange

# One line of context, and not none: without context git passes over a common end of both sides before it compares them, and then finds
# another difference than it counts and shows elsewhere (xdiff-interface.c, trim_common_tail).
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


@dataclass(slots=True)
class Section:
    """What the patch says of one file. A change of type has two sections."""

    oids: tuple[str, str] | None = None
    added: list[LineRange] = field(default_factory=list)
    removed: list[LineRange] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChangedLines:
    """The ranges of one file, in rising order."""

    added: tuple[LineRange, ...] = ()
    removed: tuple[LineRange, ...] = ()


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
        [":/", *(f":(top,literal,exclude){as_argument(path)}" for path in sorted(skipped))] if skipped else []
    )
    lines = repository.stream(*_PATCH, old_tree, new_tree, "--", *limits, longest=_LONGEST)
    sections = read_sections(lines)
    changed = {entry.path: _pair(entry, sections) for entry in wanted}
    if next(sections, None) is not None:
        raise IncompleteError("git's patch tells of more files than its list of changed files.")
    return changed


def read_sections(pieces: Iterable[bytes]) -> Iterator[Section]:
    """The sections of a patch. Of the lines only their numbers are kept.

    A hunk's body is stepped through by the counts in its header, so content in the form of a header is content.

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
        raise IncompleteError(f"git's patch has a hunk that cannot be read: {header[:80]!r}.")
    _finish_line(header, source)
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
            raise IncompleteError("git's patch has a hunk that is not as long as it says.") from error
        _finish_line(line, source)
    removed.end()
    added.end()


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
    halves = [next(sections, None) for _ in range(2 if _changes_type(entry) else 1)]
    first, last = halves[0], halves[-1]
    if first is None or last is None or not _belong(entry, first, last):
        raise IncompleteError(
            f"git's patch and its list of changed files disagree at {show_path(entry.path)}."
        )
    parts = [first] if first is last else [first, last]
    return ChangedLines(
        added=tuple(lines for part in parts for lines in part.added),
        removed=tuple(lines for part in parts for lines in part.removed),
    )


def _changes_type(entry: Entry) -> bool:
    return entry.status is FileStatus.TYPE_CHANGED or (
        entry.old is not None
        and entry.new is not None
        and entry.old.mode & TYPE_BITS != entry.new.mode & TYPE_BITS
    )


def _belong(entry: Entry, first: Section, last: Section) -> bool:
    old, new = entry.old.oid if entry.old else None, entry.new.oid if entry.new else None
    if first.oids is None or last.oids is None:
        return old == new and first is last and not first.added and not first.removed
    # An absent side is all zeros in the patch. Both halves of a change of type have one.
    absent = "0" * len(first.oids[0])
    return first.oids[0] == (old or absent) and last.oids[1] == (new or absent)
