"""The hunks of a change: where they are, as a reader sees them, and what is at stake in each."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.change import FileChange, FileStatus
from judgegate.model.ranges import LineRange

NEAR = 3
"""Unchanged lines between two edits that are one place."""

NEAR_IN_DEFINITION = 20
"""The same within one definition: beyond that a reader has to scroll."""


class HunkPlace(Struct, frozen=True):
    """Edits that belong together, from the first line to the last.

    `added` are the head's lines, `removed` the merge base's.
    """

    added: LineRange | None
    removed: LineRange | None


class _Edit(Struct, frozen=True):
    """`old` and `new` are the lines on each side that the edit starts at, `gap` the unchanged lines before it."""

    added: LineRange | None
    removed: LineRange | None
    new: int
    gap: int


def places_of(
    change: FileChange, definitions: Iterable[LineRange] = ()
) -> tuple[HunkPlace, ...]:
    """The places of a file change, in the order of its lines. `definitions` are ranges of the head's side.

    A file that is gone is one place. So is one without lines: a binary, a link, a submodule, another mode.
    """
    if change.status is FileStatus.DELETED or not (change.added or change.removed):
        return (HunkPlace(None, _span(change.removed)),)
    found: list[HunkPlace] = []
    known = sorted(definitions)
    for edit in _edits(change):
        if found and edit.gap <= _reach(found[-1], edit, known):
            found[-1] = _joined(found[-1], edit)
        else:
            found.append(HunkPlace(edit.added, edit.removed))
    return tuple(found)


def _edits(change: FileChange) -> Iterator[_Edit]:
    """Walk both sides at once: unchanged lines are as many on one as on the other."""
    added, removed = list(reversed(change.added)), list(reversed(change.removed))
    old = new = 1
    while added or removed:
        starts = [
            ranges[-1].start - line
            for ranges, line in ((added, new), (removed, old))
            if ranges
        ]
        gap = max(min(starts), 0)
        old, new = old + gap, new + gap
        # What starts on both sides after the same unchanged lines is one edit: the removed lines
        # became the added ones.
        more, less = _take_started(added, new), _take_started(removed, old)
        yield _Edit(more, less, new, gap)
        old, new = less.end + 1 if less else old, more.end + 1 if more else new


def _take_started(ranges: list[LineRange], line: int) -> LineRange | None:
    """Take away the next range, the last of the list, if it starts at this line of its side."""
    return ranges.pop() if ranges and ranges[-1].start <= line else None


def _reach(place: HunkPlace, edit: _Edit, definitions: Sequence[LineRange]) -> int:
    if place.added is None:
        return NEAR
    inside = any(place.added.end in one and edit.new in one for one in definitions)
    return NEAR_IN_DEFINITION if inside else NEAR


def _joined(place: HunkPlace, edit: _Edit) -> HunkPlace:
    return replace(
        place,
        added=_span([one for one in (place.added, edit.added) if one is not None]),
        removed=_span([one for one in (place.removed, edit.removed) if one is not None]),
    )


def _span(ranges: Sequence[LineRange]) -> LineRange | None:
    return (
        LineRange(min(one.start for one in ranges), max(one.end for one in ranges))
        if ranges
        else None
    )


class Stake(Enum):
    """What can be at stake in a hunk, the weightiest first."""

    FINDING = "finding"
    GUARD = "guard"
    """Removed code that guarded something."""
    UNREAD = "unread"
    """Nothing could read it."""
    CRITICAL = "critical"
    """A path that the team, or its name, marks as critical."""
    COMPLEXITY = "complexity"
    """A definition that has more paths than before."""
    ASSISTED = "assisted"
    """An AI helped to write its lines, or the policy treats them so."""
    UNTESTED = "untested"
    """No test of the change touches it."""


class Concern(Struct, frozen=True):
    """One thing at stake in a hunk: what it is, in a clause that may hold the change's own words, and the question to ask.

    `line` is where exactly, if one line is it: a line of the merge base for a removed guard, else
    of the head. `generic`: it would be so whatever stood there, by the file's name, or because of
    who wrote it or who tested it.
    """

    stake: Stake
    what: str
    question: str
    line: int | None = None
    generic: bool = False


class Hunk(Struct, frozen=True):
    """Lines of a file that belong together, from the first to the last; unchanged ones may lie between.

    `added` are the head's lines, `removed` the merge base's; None where there are none. `concerns`
    are what is at stake, the weightiest first. `weight` is a whole number from 0: what a reviewer
    should question first has the largest one. `alike` counts further hunks of the file in which the
    very same is at stake; they are not listed.
    """

    path: str
    added: LineRange | None
    removed: LineRange | None
    concerns: tuple[Concern, ...]
    weight: int
    alike: int = 0


class Reading(Struct, frozen=True):
    """How much of the change there is to read: counted, with nothing guessed.

    `added` and `removed` are lines of the whole change, `exempt` those among them in files that the
    policy exempts. `hunks` counts all hunks, those of exempt files too, and `at_stake` those with
    something at stake, listed or not.
    """

    files: int = 0
    added: int = 0
    removed: int = 0
    exempt: int = 0
    hunks: int = 0
    at_stake: int = 0


NOTHING_TO_READ = Reading()
