"""What the names of a file of the base stand for: what binds them, in which order, and what is called."""

import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain

from judgegate.matching.statements import KINDS
from judgegate.matching.units import PlacedUnit, SideFile
from judgegate.model.definition_map import Equality
from judgegate.model.facts import Unit, UnitKind

_WITHOUT_CASE = frozenset({"php"})
"""Languages in which functions and classes may also be called in capitals."""

_UNREAD = frozenset({"globals", "star import"})
"""Why a file may have more names than those that its facts show."""

Behind = tuple[bool, int]
"""Of what binds a name behind a unit: whether any of it is gone, and where the first of the rest is now."""


class KnownNames:
    """The names of a file, or of several that use each other's names."""

    def __init__(self, files: Sequence[SideFile]) -> None:
        self._units = [unit.unit for file in files for unit in file.units]
        is_folded = not _WITHOUT_CASE.isdisjoint(file.language for file in files)
        self._folded: Callable[[str], str] = str.lower if is_folded else str
        self._meanings = [file.meanings for file in files]
        self._is_unread = any(
            file.facts.cut or not _UNREAD.isdisjoint(file.facts.dynamic) for file in files
        )

    def may_have(self, unit: Unit) -> bool:
        """Whether the name of a unit is bound here, or called, or may be.

        What a function binds hides what is bound around it. A method is never meant by its last name alone.
        """
        name = self._folded(unit.name)
        names = {name}
        if unit.kind is not UnitKind.METHOD:
            *around, last = name.split(".")
            names.update(".".join((*around[:depth], last)) for depth in range(len(around)))
        return self._is_unread or not names.isdisjoint(self._known)

    @cached_property
    def _known(self) -> frozenset[str]:
        bound = chain.from_iterable((unit.name, *unit.binds) for unit in self._units)
        called = chain.from_iterable(unit.calls for unit in self._units)
        return frozenset(map(self._folded, chain(bound, called, *self._meanings)))


class BoundBehind:
    """What binds the names of a file's definitions again, behind them.

    Args:
        file: a file of the base.
        head: what it became.
    """

    def __init__(self, file: SideFile, head: SideFile) -> None:
        self._file = file
        self._head = head

    def is_gone(self, base: PlacedUnit, head: PlacedUnit) -> bool:
        """Whether something has bound a unit's name behind it, and does so no more."""
        if self._file.is_cut:
            return True
        is_gone, first = self._behind.get(base, (False, sys.maxsize))
        return is_gone or head.place.number > first

    @cached_property
    def _behind(self) -> dict[PlacedUnit, Behind]:
        found: dict[PlacedUnit, Behind] = {}
        seen: dict[str, Behind] = {}
        for function in self._file.functions:
            # It may run behind everything else.
            for name in function.unit.binds:
                _note(seen, name, sys.maxsize if self._is_kept(function) else None)
        for unit in reversed(self._file.units):
            name = unit.unit.name
            if unit.is_definition and name in seen:
                found[unit] = seen[name]
            place = unit.partner.place.number if unit.partner is not None else sys.maxsize
            for bound in _bound_by(unit):
                _note(seen, bound, place if self._is_kept(unit) else None)
        return found

    def _is_kept(self, unit: PlacedUnit) -> bool:
        """Whether it still binds what it has bound, and to the same."""
        partner = unit.partner
        if partner is None or partner.file is not self._head:
            return False
        if unit.is_definition and not unit.unit.binds:
            return partner.local_name == unit.local_name
        return unit.equal is not Equality.NONE


def _bound_by(unit: PlacedUnit) -> set[str]:
    """The names that it binds when the file gets there."""
    if unit.is_definition:
        return {unit.unit.name}
    # Names of kinds are no names.
    names = {unit.unit.name} if unit.local_name not in KINDS else set()
    return names.union(unit.unit.binds)


def _note(seen: dict[str, Behind], name: str, place: int | None) -> None:
    """Note where something that binds a name is now, or that it is gone."""
    is_gone, first = seen.get(name, (False, sys.maxsize))
    if place is None:
        seen[name] = (True, first)
    else:
        seen[name] = (is_gone, min(first, place))
