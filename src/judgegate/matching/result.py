"""The map as a value, from what the stages have matched."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from judgegate.matching.matched import Matching
from judgegate.matching.profiles import likeness_of
from judgegate.matching.shares import find_shares
from judgegate.matching.taken import OldNames
from judgegate.matching.units import PlacedUnit, SideFile, every_unit
from judgegate.model.definition_map import (
    WHOLE,
    DefinitionMap,
    Equality,
    Pair,
    Tie,
    UnitPlace,
)
from judgegate.model.facts import UnitKind


def map_of(matching: Matching) -> DefinitionMap:
    """The map of what is matched; what is not is added or removed."""
    names = OldNames(matching)
    ties = [
        Tie(_places(bases), _places(heads), names.is_any_taken((bases, heads)))
        for bases, heads in matching.ties
    ]
    shares = find_shares(matching)
    return DefinitionMap(
        pairs=tuple(_pairs(matching, names)),
        ties=tuple(sorted(ties, key=attrgetter("heads"))),
        shares=tuple(sorted(shares, key=attrgetter("head", "base"))),
        added=_left_over(matching.heads),
        removed=_left_over(matching.bases),
        cut=matching.is_cut,
    )


def _left_over(files: Iterable[SideFile]) -> tuple[UnitPlace, ...]:
    return _places(filter(attrgetter("is_left_over"), every_unit(files)))


def _places(units: Iterable[PlacedUnit]) -> tuple[UnitPlace, ...]:
    return tuple(sorted(unit.place for unit in units))


def _pairs(matching: Matching, names: OldNames) -> Iterator[Pair]:
    """The pairs, by the places of the head."""
    bases = {file.head: file.base for file in matching.files}
    for head in every_unit(matching.heads):
        base = head.partner
        if base is not None:
            yield Pair(
                base.place,
                head.place,
                head.equal,
                _likeness(base, head),
                same_path=bases.get(head.file) is base.file,
                same_exposure=base.unit.exposure == head.unit.exposure,
                taken=names.is_taken(head),
            )


def _likeness(base: PlacedUnit, head: PlacedUnit) -> int:
    if head.equal is not Equality.NONE:
        return WHOLE
    return likeness_of(base, head) if head.kind is UnitKind.FUNCTION else 0
