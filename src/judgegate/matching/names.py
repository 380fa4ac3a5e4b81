"""Definitions that keep their name, or their name within what encloses them."""

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter

from judgegate.matching.matched import MatchedFile, Matching
from judgegate.matching.profiles import is_long, likeness_of
from judgegate.matching.units import PlacedUnit, open_of
from judgegate.model.facts import UnitKind

RELATED = 300
"""Two definitions that share less than this, in thousandths, have no more in common than their name."""

Name = Callable[[PlacedUnit], str]
MayPair = Callable[[PlacedUnit, PlacedUnit], bool]

_whole_name: Name = attrgetter("unit.name")
_local_name: Name = attrgetter("local_name")


def pair_same_names_and_forms(matching: Matching) -> None:
    """Pair definitions of the same qualified name that differ in their layout alone."""
    for file in matching.files:
        matching.pair_last(
            lambda unit: (unit.kind, unit.unit.name, unit.form),
            file.base.definitions,
            file.head.definitions,
        )


def pair_same_names_alike(file: MatchedFile, matching: Matching) -> None:
    """Pair definitions of the same qualified name, unless they have next to nothing in common.

    Those wait until others that may be more alike had their turn. The body goes before the name, and it may
    have been edited.
    """
    _pair_named(
        _whole_name, file.base.definitions, file.head.definitions, matching, _are_related
    )


def pair_same_names(file: MatchedFile, matching: Matching) -> None:
    """Pair definitions of the same qualified name, whatever else they have in common."""
    _pair_named(_whole_name, file.base.definitions, file.head.definitions, matching)


def pair_same_names_inside(file: MatchedFile, matching: Matching) -> None:
    """Pair what has the same name inside of a definition that has another name now."""
    pending = list(_renamed(file.base.definitions, file))
    while pending:
        base, head = pending.pop()
        inside = _open_in(base)
        _pair_named(_local_name, inside, _open_in(head), matching)
        pending += _renamed(inside, file)


def _renamed(
    bases: Iterable[PlacedUnit], file: MatchedFile
) -> Iterator[tuple[PlacedUnit, PlacedUnit]]:
    """Those that are paired within the file with something of another name, and that."""
    for base in bases:
        head = base.partner
        if head is None or head.file is not file.head:
            continue
        if head.unit.name != base.unit.name:
            yield base, head


def _open_in(unit: PlacedUnit) -> list[PlacedUnit]:
    return [one for one in open_of(unit.members) if one.is_definition]


def _pair_named(
    name: Name,
    bases: Iterable[PlacedUnit],
    heads: Iterable[PlacedUnit],
    matching: Matching,
    may_pair: MayPair | None = None,
) -> None:
    """Pair by a name: first what is equal, then overloads with as many parameters, then the rest."""
    bases, heads = list(bases), list(heads)
    matching.pair_last(lambda unit: (unit.kind, name(unit), unit.form), bases, heads)
    matching.pair_last(
        lambda unit: (unit.kind, name(unit), unit.unit.arity), bases, heads, may_pair
    )
    matching.pair_last(lambda unit: (unit.kind, name(unit)), bases, heads, may_pair)


def _are_related(base: PlacedUnit, head: PlacedUnit) -> bool:
    """Whether two definitions have something in common, or are too short to tell."""
    if base.kind is UnitKind.CLASS or not (is_long(base) or is_long(head)):
        return True
    return likeness_of(base, head) >= RELATED
