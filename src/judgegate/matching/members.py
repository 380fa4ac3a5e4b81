"""Classes that got another name: a header alone says little, so what is in them decides."""

from collections import Counter
from collections.abc import Iterable, Iterator

from judgegate.matching.matched import Matching
from judgegate.matching.ranking import Comparison, settle
from judgegate.matching.units import PlacedUnit, SideFile
from judgegate.model.facts import UnitKind


def pair_by_members(bases: Iterable[SideFile], matching: Matching) -> None:
    """Pair classes that are left over in files of the base with those that have their members now.

    At least half of the smaller one's members must have become the other's.
    """
    left = [unit for file in bases for unit in file.open_of(UnitKind.CLASS)]
    common = Counter((base, head) for base in left for head in _new_owners(base))
    comparisons = [
        Comparison((count, base.unit.name == head.unit.name), base, head)
        for (base, head), count in common.items()
        if 2 * count >= min(len(base.members), len(head.members))
    ]
    matching.comparisons += common.total()
    settle(comparisons, matching)


def _new_owners(base: PlacedUnit) -> Iterator[PlacedUnit]:
    """The class of the head that each member is in, where that is left over, too."""
    for member in base.members:
        owner = member.partner.owner if member.partner is not None else None
        if owner is not None and owner.is_open and owner.kind is UnitKind.CLASS:
            yield owner
