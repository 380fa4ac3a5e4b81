"""The hunks of a change: where they are, as a reader sees them, and what is at stake in each."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.change import FileChange, FileStatus
from judgegate.model.intervals import Intervals
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
    """One edit: lines of either side, or of both, that nothing unchanged divides.

    `new` is the line of the head's side that it starts at, `gap` counts the unchanged lines between
    it and the edit before.
    """

    added: LineRange | None
    removed: LineRange | None
    new: int
    gap: int


class _SideWalk:
    """The changed ranges of one side, walked from its first line to its last."""

    def __init__(self, ranges: Sequence[LineRange]) -> None:
        self._left = list(reversed(ranges))
        self.line = 1

    @property
    def is_done(self) -> bool:
        """Whether no changed line is left."""
        return not self._left

    @property
    def unchanged(self) -> int:
        """How many unchanged lines come next."""
        # Without another change there is no end to them: then only the other side says how many.
        return self._left[-1].start - self.line if self._left else sys.maxsize

    def take(self) -> LineRange | None:
        """Walk over the changed range that starts here, if one does."""
        if self.is_done or self._left[-1].start > self.line:
            return None
        taken = self._left.pop()
        self.line = taken.end + 1
        return taken


class KeptLines(Struct, frozen=True):
    """Lines in a row that both sides have: where they start in each, and how many they are."""

    base: int
    head: int
    length: int


def kept_lines(
    added: Sequence[LineRange], removed: Sequence[LineRange]
) -> Iterator[KeptLines]:
    """The lines between the hunks, in rising order.

    `added` are the head's lines, `removed` the base's, both in rising order. Nobody knows here where the
    file ends, so the last rows have no end.
    """
    head, base = _SideWalk(added), _SideWalk(removed)
    while not (head.is_done and base.is_done):
        length = min(head.unchanged, base.unchanged)
        if length > 0:
            yield KeptLines(base.line, head.line, length)
            head.line += length
            base.line += length
        head.take()
        base.take()
    yield KeptLines(base.line, head.line, sys.maxsize)


def places_of(
    change: FileChange, definitions: Iterable[LineRange] = ()
) -> tuple[HunkPlace, ...]:
    """The places of a file change, in the order of its lines. `definitions` are ranges of the head's side.

    A file that is gone is one place. So is one without lines: a binary, a link, a submodule, another mode.
    """
    if change.status is FileStatus.DELETED or not change.has_lines:
        return (HunkPlace(None, _span(*change.removed)),)
    known = Intervals(definitions)
    first, *further = _edits(change)
    found = [HunkPlace(first.added, first.removed)]
    for edit in further:
        if edit.gap <= _reach(found[-1], edit, known):
            found[-1] = _joined(found[-1], edit)
        else:
            found.append(HunkPlace(edit.added, edit.removed))
    return tuple(found)


def _edits(change: FileChange) -> Iterator[_Edit]:
    """Walk both sides at once: unchanged lines are as many on one as on the other."""
    head, base = _SideWalk(change.added), _SideWalk(change.removed)
    while not (head.is_done and base.is_done):
        gap = max(min(head.unchanged, base.unchanged), 0)
        head.line += gap
        base.line += gap
        start = head.line
        # What starts on both sides after the same unchanged lines is one edit: the removed lines
        # became the added ones.
        yield _Edit(head.take(), base.take(), start, gap)


def _reach(place: HunkPlace, edit: _Edit, definitions: Intervals) -> int:
    """How many unchanged lines may lie between a place and an edit that still belongs to it."""
    if place.added is None:
        return NEAR
    between = LineRange(place.added.end, edit.new)
    return NEAR_IN_DEFINITION if definitions.covers(between) else NEAR


def _joined(place: HunkPlace, edit: _Edit) -> HunkPlace:
    """The place and the edit as one, with the unchanged lines between them."""
    return replace(
        place,
        added=_span(place.added, edit.added),
        removed=_span(place.removed, edit.removed),
    )


def _span(*ranges: LineRange | None) -> LineRange | None:
    """From the first line of the ranges, which are in rising order, to their last one."""
    known = [one for one in ranges if one is not None]
    if not known:
        return None
    return LineRange(known[0].start, known[-1].end)


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
    """One thing at stake in a hunk, and the question to ask about it.

    `what` is a clause that may have words of the change in it. `line` is where exactly, if it is
    one line: a line of the merge base for a removed guard, else of the head. `generic`: it would be
    so whatever stood there, by the file's name, or because of who wrote it or who tested it.
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
