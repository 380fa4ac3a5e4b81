"""What was split or merged: functions that came out of another one, or went into it."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from judgegate.matching.candidates import Comparable
from judgegate.matching.matched import Matching
from judgegate.matching.profiles import (
    Profile,
    is_long,
    likeness_of,
    profile_of,
    shared_tokens,
    weight,
)
from judgegate.matching.ranking import Comparison
from judgegate.matching.units import PlacedUnit, SideFile
from judgegate.model.definition_map import WHOLE, Equality, UnitShare

LEAST = 600
"""How much of the smaller one's statements must be in the other one, in thousandths."""


def find_shares(matching: Matching) -> set[UnitShare]:
    """For each function that is left over, the one of the other side that it came from or went into.

    That one may have a partner of its own: then something was split off it, or merged into it. What it
    shares with its partner does not count: who writes a function like one that stays has only copied it.
    """
    found: set[UnitShare] = set()
    for bases, heads in matching.languages():
        ones, others = list(_changed(bases)), list(_changed(heads))
        found.update(_shares(_open(ones), others, "base", matching))
        found.update(_shares(ones, _open(others), "head", matching))
    return found


def _changed(files: Iterable[SideFile]) -> Iterator[PlacedUnit]:
    """The functions whose statements are not all in their partner, and that have enough of them."""
    for file in files:
        for unit in file.functions:
            if unit.equal is Equality.NONE and is_long(unit):
                yield unit


def _open(units: Iterable[PlacedUnit]) -> list[PlacedUnit]:
    return [unit for unit in units if unit.is_open]


def _shares(
    bases: list[PlacedUnit], heads: list[PlacedUnit], side: str, matching: Matching
) -> Iterator[UnitShare]:
    """The greatest share of each unit of a side, `base` or `head`, with one of the other."""
    if not bases or not heads:
        return
    comparisons = [
        Comparison((_share(base, head), likeness_of(base, head)), base, head)
        for base, head in Comparable(bases, heads, matching).pairs
    ]
    matching.comparisons += len(comparisons)
    comparisons.sort(key=attrgetter("base.place", "head.place"))
    comparisons.sort(key=attrgetter("rank"), reverse=True)
    seen: set[PlacedUnit] = set()
    for one in comparisons:
        unit = getattr(one, side)
        if one.rank[0] >= LEAST and unit not in seen:
            seen.add(unit)
            yield UnitShare(one.base.place, one.head.place, one.rank[0])


def _share(base: PlacedUnit, head: PlacedUnit) -> int:
    """How much of the smaller one's statements are now in the other one, in thousandths."""
    smaller = min(weight(profile_of(base)), weight(profile_of(head)))
    common = shared_tokens(_without_partner(base), _without_partner(head))
    return WHOLE * common // smaller if smaller else 0


def _without_partner(unit: PlacedUnit) -> Profile:
    """What a function has and its partner has not."""
    if unit.partner is None:
        return profile_of(unit)
    kept = profile_of(unit.partner)
    return {
        digest: max(tokens - kept.get(digest, 0), 0)
        for digest, tokens in profile_of(unit).items()
    }
