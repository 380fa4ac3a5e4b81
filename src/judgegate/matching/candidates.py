"""Which units are worth comparing: those that share something that few have.

So the work is in proportion to the number of units, whatever they contain.
"""

from collections.abc import Iterable, Sequence
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
        self.pairs: dict[tuple[PlacedUnit, PlacedUnit], None] = {}
        self.crowded: set[str] = set()
        further: dict[str, int] = {}
        for digest in ones:
            if len(ones[digest]) + len(others[digest]) > RARE:
                self.crowded.add(digest)
            else:
                further[digest] = len(ones[digest]) * len(others[digest])
        left = MOST_COMPARISONS * (len(bases) + len(heads))
        if sum(further.values()) > left:
            further = _in_order(further, ones, others)
        for digest, count in further.items():
            if len(self.pairs) + count > left:
                matching.cut = True
                return
            matching.comparisons += count
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


def _in_order(further: dict[str, int], ones: Holders, others: Holders) -> dict[str, int]:
    """The digests that lead to few comparisons first, and then those that come first in the files.

    Digests themselves are keyed, so their order is another in each installation. The sides can be exchanged.
    """
    places = {digest: place for place, digest in enumerate(ones)}
    others_places = {digest: place for place, digest in enumerate(others)}

    def order(digest: str) -> tuple[int, int, int]:
        place, other = places[digest], others_places[digest]
        return further[digest], min(place, other), max(place, other)

    return {digest: further[digest] for digest in sorted(further, key=order)}
