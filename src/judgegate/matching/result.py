"""The map as a value, from what the stages have matched."""

from collections.abc import Iterable, Iterator

from judgegate.matching.matched import Matching
from judgegate.matching.profiles import likeness_of
from judgegate.matching.shares import find_shares
from judgegate.matching.taken import OldNames
from judgegate.matching.units import PlacedUnit, SideFile
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
    tied = {unit for tie in matching.ties for units in tie for unit in units}
    ties = [Tie(_places(bases), _places(heads)) for bases, heads in matching.ties]
    shares = find_shares(matching)
    return DefinitionMap(
        pairs=tuple(_pairs(matching)),
        ties=tuple(sorted(ties, key=lambda tie: tie.heads)),
        shares=tuple(sorted(shares, key=lambda share: (share.head, share.base))),
        added=_places(_left(matching.heads, tied)),
        removed=_places(_left(matching.bases, tied)),
        cut=matching.cut,
    )


def _left(files: Iterable[SideFile], tied: set[PlacedUnit]) -> Iterator[PlacedUnit]:
    for file in files:
        for unit in file.units:
            if unit.partner is None and unit not in tied:
                yield unit


def _places(units: Iterable[PlacedUnit]) -> tuple[UnitPlace, ...]:
    return tuple(sorted(unit.place for unit in units))


def _pairs(matching: Matching) -> Iterator[Pair]:
    """The pairs, by the places of the head."""
    names = OldNames(matching)
    bases = {file.head: file.base for file in matching.files}
    for file in matching.heads:
        for head in file.units:
            base = head.partner
            if base is not None:
                yield Pair(
                    base.place,
                    head.place,
                    head.equal,
                    _likeness(base, head),
                    same_path=bases.get(file) is base.file,
                    taken=names.is_taken(base, head),
                )


def _likeness(base: PlacedUnit, head: PlacedUnit) -> int:
    if head.equal in (Equality.BYTES, Equality.FORM):
        return WHOLE
    return likeness_of(base, head) if head.kind is UnitKind.FUNCTION else 0
