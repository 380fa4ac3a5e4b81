"""What was split or merged: functions that came out of another one, or went into it."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from judgegate.matching.candidates import Comparable
from judgegate.matching.matched import Matching
from judgegate.matching.profiles import Profile, is_long, likeness_of, profile_of
from judgegate.matching.ranking import Comparison
from judgegate.matching.units import PlacedUnit, SideFile, every_unit, open_of
from judgegate.model.definition_map import WHOLE, UnitShare
from judgegate.model.facts import UnitKind

LEAST = 600
"""How much of the smaller one's statements must be in the other one, in thousandths."""


def find_shares(matching: Matching) -> set[UnitShare]:
    """For each function that is left over, the one of the other side that it came from or went into.

    That one may have a partner of its own: then something was split off it, or merged into it. What it
    shares with its partner does not count: who writes a function like one that stays has only copied it.
    """
    found: set[UnitShare] = set()
    for bases, heads in matching.languages():
        left, new = _long(open_of(every_unit(bases))), _long(open_of(every_unit(heads)))
        comparisons = [
            *_compare(left, new, matching),
            *_compare(left, _edited(heads), matching),
            *_compare(_edited(bases), new, matching),
        ]
        comparisons.sort(key=attrgetter("base.place", "head.place"))
        comparisons.sort(key=attrgetter("rank"), reverse=True)
        found.update(_first_of_each(comparisons, "base"))
        found.update(_first_of_each(comparisons, "head"))
    return found


def _edited(files: Iterable[SideFile]) -> list[PlacedUnit]:
    """The functions that do not have all statements of their partner."""
    return _long(filter(attrgetter("is_edited"), every_unit(files)))


def _long(units: Iterable[PlacedUnit]) -> list[PlacedUnit]:
    functions = (unit for unit in units if unit.kind is UnitKind.FUNCTION)
    return list(filter(is_long, functions))


def _compare(
    bases: list[PlacedUnit], heads: list[PlacedUnit], matching: Matching
) -> list[Comparison]:
    """Those that share enough with each other."""
    pairs = Comparable(bases, heads, matching).pairs
    matching.comparisons += len(pairs)
    compared = (
        Comparison((_share(base, head), likeness_of(base, head)), base, head)
        for base, head in pairs
    )
    return [one for one in compared if one.rank[0] >= LEAST]


def _first_of_each(comparisons: Iterable[Comparison], side: str) -> Iterator[UnitShare]:
    """The best comparison of each unit of a side, `base` or `head`, that is left over."""
    seen: set[PlacedUnit] = set()
    for one in comparisons:
        unit: PlacedUnit = getattr(one, side)
        if unit.is_open and unit not in seen:
            seen.add(unit)
            yield UnitShare(one.base.place, one.head.place, one.rank[0])


def _share(base: PlacedUnit, head: PlacedUnit) -> int:
    """How much of the smaller one's statements are now in the other one, in thousandths."""
    common = _without_partner(base) & _without_partner(head)
    smaller = min(profile_of(base).total(), profile_of(head).total())
    return WHOLE * common.total() // max(smaller, 1)


def _without_partner(unit: PlacedUnit) -> Profile:
    """What a function has and its partner has not."""
    profile = profile_of(unit)
    return profile if unit.partner is None else profile - profile_of(unit.partner)
