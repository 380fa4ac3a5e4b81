"""Definitions that were edited and also renamed or moved: those that are most alike."""

from collections.abc import Callable, Sequence

from judgegate.matching.candidates import Comparable, shared_digests
from judgegate.matching.matched import MatchedFile, Matching
from judgegate.matching.profiles import (
    greatest_likeness,
    is_large,
    is_long,
    likeness_of,
)
from judgegate.matching.ranking import Comparison, Rank, settle
from judgegate.matching.units import PlacedUnit, SideFile
from judgegate.model.facts import UnitKind

IN_FILE = 600
"""How like each other two units of a file must be, in thousandths."""

ACROSS = 800
"""The same for units of different files."""


def pair_alike(file: MatchedFile, matching: Matching) -> None:
    """Pair what is left over in a file, functions with functions and classes with classes."""
    _pair_files([file.base], [file.head], is_long, IN_FILE, matching)


def pair_alike_across(matching: Matching) -> None:
    """Pair what is left over in all files, within a language."""
    for bases, heads in matching.languages():
        _pair_files(bases, heads, is_large, ACROSS, matching)


def _pair_files(
    bases: Sequence[SideFile],
    heads: Sequence[SideFile],
    fits: Callable[[PlacedUnit], bool],
    least: int,
    matching: Matching,
) -> None:
    for kind in (UnitKind.FUNCTION, UnitKind.CLASS):
        left, others = (
            [unit for file in files for unit in file.open_of(kind) if fits(unit)]
            for files in (bases, heads)
        )
        if left and others:
            _pair_units(left, others, least, matching)


def _pair_units(
    bases: list[PlacedUnit], heads: list[PlacedUnit], least: int, matching: Matching
) -> None:
    shared = shared_digests(bases, heads)
    bases, heads = (
        [unit for unit in side if greatest_likeness(unit, shared) >= least]
        for side in (bases, heads)
    )
    comparable = Comparable(bases, heads, matching)
    matching.comparisons += len(comparable.pairs)
    comparisons = [
        Comparison(_rank(base, head), base, head) for base, head in comparable.pairs
    ]
    settle([one for one in comparisons if one.rank[0] >= least], matching)
    # The partner of what is left may be one that it was not compared with.
    matching.cut |= any(
        unit.is_open and greatest_likeness(unit, comparable.crowded) >= least
        for unit in (*bases, *heads)
    )


def _rank(base: PlacedUnit, head: PlacedUnit) -> Rank:
    """The likeness; of equally like units an equal form goes before an equal name."""
    one, other = base.unit, head.unit
    return (
        likeness_of(base, head),
        base.form == head.form,
        one.body == other.body,
        one.name == other.name,
        base.local_name == head.local_name,
    )
