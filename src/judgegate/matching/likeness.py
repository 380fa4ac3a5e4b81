"""Definitions that were edited and also renamed or moved: those that are most alike."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from judgegate.matching.candidates import Comparable, shared_digests
from judgegate.matching.matched import MatchedFile, Matching
from judgegate.matching.profiles import (
    greatest_likeness,
    is_large,
    is_long,
    likeness_of,
)
from judgegate.matching.ranking import Comparison, Rank, settle
from judgegate.matching.units import PlacedUnit, SideFile, open_of
from judgegate.model.facts import UnitKind

IN_FILE = 600
"""How like each other two units of a file must be, in thousandths."""

ACROSS = 800
"""The same for units of different files."""


def pair_alike(file: MatchedFile, matching: Matching) -> None:
    """Pair what is left over in a file, functions with functions and classes with classes."""
    for kind in (UnitKind.FUNCTION, UnitKind.CLASS):
        bases, heads = open_of(file.base.by_kind[kind]), open_of(file.head.by_kind[kind])
        _pair(filter(is_long, bases), filter(is_long, heads), IN_FILE, matching)


def pair_alike_across(matching: Matching) -> None:
    """Pair what is left over in all files, within a language."""
    for bases, heads in matching.languages():
        for kind in (UnitKind.FUNCTION, UnitKind.CLASS):
            _pair(_large(bases, kind), _large(heads, kind), ACROSS, matching)


def _large(files: Iterable[SideFile], kind: UnitKind) -> Iterator[PlacedUnit]:
    every = chain.from_iterable(file.by_kind[kind] for file in files)
    return filter(is_large, open_of(every))


def _pair(
    bases: Iterable[PlacedUnit],
    heads: Iterable[PlacedUnit],
    least: int,
    matching: Matching,
) -> None:
    """Pair units whose likeness is at least so much, the most alike first."""
    bases, heads = list(bases), list(heads)
    matching.comparisons += len(bases) + len(heads)
    shared = shared_digests(bases, heads)
    bases, heads = _able(bases, shared, least), _able(heads, shared, least)
    comparable = Comparable(bases, heads, matching)
    matching.comparisons += len(comparable.pairs)
    compared = [Comparison(_rank(*pair), *pair) for pair in comparable.pairs]
    settle([one for one in compared if one.rank[0] >= least], matching)
    # The partner of what is left may be one that it was not compared with.
    matching.doubtful += _able([*bases, *heads], comparable.crowded, least)


def _able(
    units: Iterable[PlacedUnit], digests: Collection[str], least: int
) -> list[PlacedUnit]:
    """The units that may be like another by these digests alone."""
    return [unit for unit in units if greatest_likeness(unit, digests) >= least]


def _rank(base: PlacedUnit, head: PlacedUnit) -> Rank:
    """The likeness; of equally like units an equal form goes first, then what is around, then the name."""
    one, other = base.unit, head.unit
    return (
        likeness_of(base, head),
        base.form == head.form,
        one.body == other.body,
        base.home is head.home,
        one.exposure == other.exposure,
        one.name == other.name,
        base.local_name == head.local_name,
    )
