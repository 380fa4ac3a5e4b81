"""Classes that got another name: a header alone says little, so what is in them decides."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain

from judgegate.matching.matched import Matching
from judgegate.matching.ranking import Comparison, settle
from judgegate.matching.units import PlacedUnit, SideFile, open_of


def pair_by_members(
    bases: Iterable[SideFile], heads: Iterable[SideFile], matching: Matching
) -> None:
    """Pair classes that are left over in the base with those that have their members now.

    At least half of the smaller one's members must have become the other's.
    """
    left, new = _open_classes(bases), _open_classes(heads)
    comparisons = []
    for base in left:
        owners = Counter(member.new_owner for member in base.members)
        matching.comparisons += len(owners)
        for head in new.intersection(owners):
            if 2 * owners[head] >= min(len(base.members), len(head.members)):
                is_same_name = base.unit.name == head.unit.name
                comparisons.append(Comparison((owners[head], is_same_name), base, head))
    settle(comparisons, matching)


def _open_classes(files: Iterable[SideFile]) -> set[PlacedUnit]:
    return set(open_of(chain.from_iterable(file.classes for file in files)))
