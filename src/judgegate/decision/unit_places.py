"""In which unit of the definition map an observation stands, and what that unit was before."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from judgegate.model.definition_map import (
    DefinitionMap,
    Pair,
    Tie,
    UnitPlace,
)
from judgegate.model.facts import UnitKind
from judgegate.model.ranges import LineRange

_FUNCTIONS = frozenset({UnitKind.FUNCTION, UnitKind.METHOD})

Match = Pair | Tie


class UnitsOfSide:
    """The units of one side, to be found by path and line."""

    def __init__(self, units: Iterable[UnitPlace]) -> None:
        by_path: dict[str, list[UnitPlace]] = defaultdict(list)
        for unit in units:
            by_path[unit.path].append(unit)
        self._by_path = {path: _UnitsOfFile(found) for path, found in by_path.items()}

    def around(self, path: str, lines: LineRange) -> UnitPlace | None:
        """The innermost unit in which lines begin, None where there is none."""
        units = self._by_path.get(path)
        return None if units is None else units.around(lines.start)


class _UnitsOfFile:
    """The units of a file, which stand in each other or side by side."""

    def __init__(self, units: Iterable[UnitPlace]) -> None:
        self._units = sorted(units, key=_outer_first)
        self._starts = [unit.lines.start for unit in self._units]
        self._outer: list[int | None] = []
        open_units: list[int] = []
        for number, unit in enumerate(self._units):
            while open_units and self._units[open_units[-1]].lines.end < unit.lines.start:
                open_units.pop()
            self._outer.append(open_units[-1] if open_units else None)
            open_units.append(number)

    def around(self, line: int) -> UnitPlace | None:
        """The innermost unit that has this line."""
        last = bisect_right(self._starts, line) - 1
        number = last if last >= 0 else None
        while number is not None and self._units[number].lines.end < line:
            number = self._outer[number]
        return None if number is None else self._units[number]


def _outer_first(unit: UnitPlace) -> tuple[int, int, int]:
    return unit.lines.start, -unit.lines.end, unit.number


class UnitOrigins:
    """What the units of the head were.

    `bases` and `heads` find the units of a side.
    """

    def __init__(self, found: DefinitionMap) -> None:
        self._matches: dict[UnitPlace, Match] = {pair.head: pair for pair in found.pairs}
        bases = [pair.base for pair in found.pairs]
        for tie in found.ties:
            bases += tie.bases
            self._matches.update(dict.fromkeys(tie.heads, tie))
        self._wholes: dict[UnitPlace, list[UnitPlace]] = defaultdict(list)
        for share in found.shares:
            self._wholes[share.head].append(share.base)
        self._removed = frozenset(found.removed)
        self.bases = UnitsOfSide((*bases, *found.removed))
        self.heads = UnitsOfSide((*self._matches, *found.added))

    def match_of(self, head: UnitPlace | None) -> Match | None:
        """The pair or tie of a unit of the head, None where it was added."""
        return None if head is None else self._matches.get(head)

    def is_added(self, head: UnitPlace | None) -> bool:
        """Whether it is a function that was nothing before."""
        return _is_function(head) and head not in self._matches

    def is_removed(self, base: UnitPlace | None) -> bool:
        """Whether it is a function of which nothing became anything."""
        return _is_function(base) and base in self._removed

    def wholes_of(self, head: UnitPlace | None) -> Sequence[UnitPlace]:
        """What a unit of the head is a part of, or was put together from, beside its match."""
        return () if head is None else self._wholes.get(head, ())


def _is_function(unit: UnitPlace | None) -> bool:
    return unit is not None and unit.kind in _FUNCTIONS
