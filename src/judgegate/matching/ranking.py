"""From comparisons to pairs: the best first, and a tie where something equally good contends."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from judgegate.matching.matched import Matching
from judgegate.matching.units import PlacedUnit

Rank = tuple[int, ...]
"""How good a partner is: the first number that differs decides, and the greater is the better."""


class Comparison(Struct, frozen=True):
    """A unit of the base and one of the head that may be its partner."""

    rank: Rank
    base: PlacedUnit
    head: PlacedUnit

    @property
    def is_open(self) -> bool:
        """Whether nothing has become of the two yet."""
        return self.base.is_open and self.head.is_open


def settle(comparisons: Iterable[Comparison], matching: Matching) -> None:
    """Pair what was compared, the best first.

    Units that have several equally good partners are a tie. So neither the order of the files nor which
    side is the base matters.
    """
    ranked = sorted(comparisons, key=_rank, reverse=True)
    for _, equally_good in groupby(ranked, key=_rank):
        contending = [one for one in equally_good if one.is_open]
        for bases, heads in _contests(contending):
            if len(bases) == len(heads) == 1:
                matching.pair(bases[0], heads[0])
            else:
                matching.tie(bases, heads)


def _rank(comparison: Comparison) -> Rank:
    return comparison.rank


def _contests(
    comparisons: Sequence[Comparison],
) -> Iterator[tuple[list[PlacedUnit], list[PlacedUnit]]]:
    """The units of both sides that hang together, directly or by others."""
    by_unit: dict[PlacedUnit, list[Comparison]] = defaultdict(list)
    for one in comparisons:
        by_unit[one.base].append(one)
        by_unit[one.head].append(one)
    for first in comparisons:
        bases: dict[PlacedUnit, None] = {}
        heads: dict[PlacedUnit, None] = {}
        pending = by_unit.pop(first.base, [])
        while pending:
            one = pending.pop()
            bases[one.base] = heads[one.head] = None
            pending += by_unit.pop(one.base, [])
            pending += by_unit.pop(one.head, [])
        if bases:
            yield list(bases), list(heads)
