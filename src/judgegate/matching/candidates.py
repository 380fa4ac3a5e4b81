"""Which units are worth comparing: those that share something that few have.

So the work is in proportion to the number of units, whatever they contain.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from judgegate.matching.matched import Matching
from judgegate.matching.profiles import profile_of
from judgegate.matching.units import PlacedUnit

RARE = 20
"""A digest that more units have, on both sides together, leads to no comparison."""

MOST_COMPARISONS = 50
"""How many comparisons there are in a stage, for each unit that it is given."""

Holders = dict[str, list[PlacedUnit]]


class Comparable:
    """Units of both sides that may be alike.

    `pairs` are those to compare. `crowded` are the digests that both sides have, but that too many units
    have to compare them all.
    """

    def __init__(
        self, bases: Sequence[PlacedUnit], heads: Sequence[PlacedUnit], matching: Matching
    ) -> None:
        shared = shared_digests(bases, heads)
        ones, others = _holders(bases, shared), _holders(heads, shared)
        self.crowded = {
            digest for digest in shared if len(ones[digest]) + len(others[digest]) > RARE
        }
        self.pairs: dict[tuple[PlacedUnit, PlacedUnit], None] = {}
        left = MOST_COMPARISONS * (len(bases) + len(heads))
        for digest in _rarest_first(ones, others, self.crowded):
            further = len(ones[digest]) * len(others[digest])
            if len(self.pairs) + further > left:
                matching.cut = True
                return
            matching.comparisons += further
            self.pairs.update(dict.fromkeys(product(ones[digest], others[digest])))


def shared_digests(bases: Iterable[PlacedUnit], heads: Iterable[PlacedUnit]) -> set[str]:
    """The digests that both sides have."""
    ones: set[str] = set()
    ones.update(*(profile_of(unit) for unit in bases))
    shared: set[str] = set()
    for unit in heads:
        shared.update(ones & profile_of(unit).keys())
    return shared


def _holders(units: Iterable[PlacedUnit], digests: set[str]) -> Holders:
    """The units that have each digest; both in the order in which they come."""
    found: Holders = {}
    for unit in units:
        for digest in profile_of(unit):
            if digest in digests:
                found.setdefault(digest, []).append(unit)
    return found


def _rarest_first(ones: Holders, others: Holders, crowded: set[str]) -> Iterator[str]:
    """The digests that are not crowded.

    Those that lead to few comparisons come first, then those that come first in the files. Digests
    themselves are keyed, so their order is another in each installation. The sides can be exchanged.
    """
    places = [
        {digest: place for place, digest in enumerate(side)} for side in (ones, others)
    ]

    def order(digest: str) -> tuple[int, list[int]]:
        count = len(ones[digest]) * len(others[digest])
        return count, sorted(side[digest] for side in places)

    return iter(sorted(ones.keys() - crowded, key=order))
