"""Units that no hunk meets: the same bytes at the same place."""

from bisect import bisect_right
from collections import defaultdict

from judgegate.matching.matched import Group, MatchedFile, Matching
from judgegate.model.definition_map import Equality
from judgegate.model.facts import UnitKind
from judgegate.model.hunks import kept_lines
from judgegate.model.ranges import LineRange

Place = tuple[UnitKind, LineRange]


def pair_untouched(matching: Matching) -> None:
    """Pair units of the head with what stands in the base on the very same lines.

    Units on the same lines pair in their order, if both sides have as many. The digests say the same where
    the hunks are right; where they are not, nothing is untouched.
    """
    for file in matching.files:
        if file.given.added is not None and file.given.removed is not None:
            kept = _KeptPlaces(file.given.added, file.given.removed)
            _pair(file, kept, matching)


def _pair(file: MatchedFile, kept: "_KeptPlaces", matching: Matching) -> None:
    by_place: dict[Place, Group] = defaultdict(lambda: ([], []))
    for unit in file.base.units:
        by_place[unit.kind, unit.unit.lines][0].append(unit)
    for unit in file.head.units:
        lines = kept.in_base(unit.unit.lines)
        if lines is not None:
            by_place[unit.kind, lines][1].append(unit)
    matching.comparisons += len(file.base.units) + len(file.head.units)
    for ones, others in by_place.values():
        if len(ones) == len(others):
            for one, other in zip(ones, others, strict=True):
                if one.form == other.form:
                    matching.pair(one, other, Equality.BYTES)


class _KeptPlaces:
    """Where the lines of the head that no hunk meets stand in the base."""

    def __init__(
        self, added: tuple[LineRange, ...], removed: tuple[LineRange, ...]
    ) -> None:
        self._rows = list(kept_lines(added, removed))
        self._starts = [row.head for row in self._rows]

    def in_base(self, lines: LineRange) -> LineRange | None:
        """The lines of the base, or None where a hunk meets them.

        A hunk that only removes something has no lines in the head; but it divides the rows, too.
        """
        row = self._rows[bisect_right(self._starts, lines.start) - 1]
        if not row.head <= lines.start <= lines.end < row.head + row.length:
            return None
        offset = row.base - row.head
        return LineRange(lines.start + offset, lines.end + offset)
