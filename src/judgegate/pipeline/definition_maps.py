"""The map of definitions for each merge base, from what workers read of both sides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from judgegate.matching.definitions import match_definitions
from judgegate.matching.units import FilePair
from judgegate.model.change import FileChange, FileStatus
from judgegate.model.definition_map import DefinitionMap
from judgegate.model.facts import FileFacts
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange
from judgegate.pipeline.file_sides import ReadableSide, Sides
from judgegate.pipeline.uncollected import uncollected
from judgegate.workers.wire import Answer, Scanned

Hunks = tuple[LineRange, ...]


def map_definitions(
    every_side: Sequence[Sides], answers: Mapping[str, Answer]
) -> tuple[DefinitionMap, ...]:
    """What became of the units of each merge base, in their order.

    A side that could not be read, or whose language has no facts, counts as having no units: what
    the other one has is added, or removed.
    """
    bases = max((len(sides.olds) for sides in every_side), default=0)
    with uncollected():
        return tuple(
            _MergeBase(number, every_side, answers).map() for number in range(bases)
        )


def explain_cut(maps: Iterable[DefinitionMap]) -> Iterator[Notice]:
    """What a report says where not all definitions could be matched."""
    if any(one.cut for one in maps):
        yield Notice(
            "definitions-not-matched",
            "The change has more definitions than are compared with each other, or a file of it has more "
            "than are read. What became of some of them is not known: they count as added and removed.",
        )


class _MergeBase:
    """A merge base, by its number, with all files as they are in it and in the head."""

    def __init__(
        self, number: int, every_side: Sequence[Sides], answers: Mapping[str, Answer]
    ) -> None:
        self._number = number
        self._every_side = every_side
        self._answers = answers
        self._renamed = dict(self._renames())

    def map(self) -> DefinitionMap:
        """What became of its units."""
        gone = {old.change.path for old in self._renamed.values()}
        left = [sides for sides in self._every_side if sides.change.path not in gone]
        # Data has facts, too, and no units.
        return match_definitions(filter(_has_units, map(self._pair, left)))

    def _renames(self) -> Iterator[tuple[str, Sides]]:
        """The new path of each file that was renamed, and the file that it was."""
        deleted = {
            sides.change.path: sides
            for sides in self._every_side
            if sides.change.status is FileStatus.DELETED
        }
        for sides in self._every_side:
            # Another merge base may have a file under the new path, and none under the old one.
            if sides.olds[self._number] is None:
                old = deleted.pop(sides.change.old_path or "", None)
                if old is not None and old.olds[self._number] is not None:
                    yield sides.change.path, old

    def _pair(self, sides: Sides) -> FilePair:
        change = sides.change
        renamed = self._renamed.get(change.path)
        base = sides.olds[self._number] if renamed is None else renamed.olds[self._number]
        added, removed = self._hunks(change) if renamed is None else (None, None)
        return FilePair(
            change.path,
            base=self._facts_of(base),
            head=self._facts_of(sides.new),
            old_path=None if renamed is None else renamed.change.path,
            added=added,
            removed=removed,
        )

    def _facts_of(self, side: ReadableSide | None) -> FileFacts | None:
        answer = None if side is None else self._answers.get(side.task)
        return answer.facts if isinstance(answer, Scanned) else None

    def _hunks(self, change: FileChange) -> tuple[Hunks | None, Hunks | None]:
        """The lines that differ, where they are known: between the head and the first merge base."""
        is_equal = change.old == change.new
        is_known = self._number == 0 and (change.has_lines or is_equal)
        return (change.added, change.removed) if is_known else (None, None)


def _has_units(pair: FilePair) -> bool:
    sides = (pair.base, pair.head)
    return any(facts is not None and facts.units for facts in sides)
