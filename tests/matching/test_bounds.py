"""The work is in proportion to the number of units, whatever they contain, and what a bound cuts off is said."""

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from judgegate.matching.candidates import MOST_COMPARISONS
from judgegate.matching.definitions import match_all, match_definitions
from judgegate.matching.matched import Matching
from judgegate.matching.shares import find_shares
from judgegate.matching.units import FilePair
from judgegate.model.definition_map import MOST_TIED
from judgegate.model.facts import MOST, Binding, UnitKind
from tests.counted_lines import MOST_FOR_TWICE
from tests.matching.changes import Sketch, facts, function

MOST_FOR_A_UNIT = 4 * MOST_COMPARISONS
"""Lookups and comparisons of all stages together. Likeness is asked in a file, across, and for shares."""

IN_A_FILE = 250


def clones(number: int, side: int) -> Sketch:
    """All the same, and all under new names."""
    return function(f"f{side}_{number}", 1, 2, 3, 4, 5)


def small_clones(number: int, side: int) -> Sketch:
    """The same, too small for likeness."""
    return function(f"f{side}_{number}", 1)


def groups(number: int, side: int) -> Sketch:
    """Groups of ten that overlap: each statement is in as many units as may be compared."""
    shared = (100 * step + (number + step) // 10 for step in range(0, 10**6, 10**5))
    return function(f"f{side}_{number}", *shared, 10**9 * (side + 1) + number)


def chains(number: int, side: int) -> Sketch:
    """Each is as like the next one of the other side as the one before."""
    first = 10 * (2 * number + side)
    return function(f"f{side}_{number}", *range(first, first + 30))


def edited(number: int, side: int) -> Sketch:
    """The same names, and half of the statements."""
    return function(f"f{number}", *range(10 * number, 10 * number + 5), side)


def renamed(number: int, side: int) -> Sketch:
    """New names, and an equal form."""
    return function(f"f{side}_{number}", *range(10 * number, 10 * number + 5))


def common(number: int, side: int) -> Sketch:
    """Statements that nearly all units have, and one of their own."""
    return function(f"f{side}_{number}", 1, 2, 3, 4, 10 + 2 * number + side)


def namesakes(number: int, side: int) -> Sketch:
    """All of one name."""
    return function("run", *range(number + side, number + side + 5))


def classes(number: int, side: int) -> Sketch:
    """Classes with new names and members that moved from one to the next."""
    inner = (function("run", number), function("stop", number + side), function("wait", 1))
    return Sketch(UnitKind.CLASS, f"C{side}_{number}", inner=inner)


def statements(number: int, side: int) -> Sketch:
    """Statements outside of functions, all of one name."""
    return Sketch(UnitKind.STATEMENT, "setup()", header=number + side)


CASES = [
    clones, small_clones, groups, chains, edited, renamed, common, namesakes, classes, statements,
]  # fmt: skip
Make = Callable[[int, int], Sketch]


Place = Callable[[Make, int], Iterator[FilePair]]


def in_place(make: Make, size: int) -> Iterator[FilePair]:
    """Files that both sides have."""
    for start in range(0, size, IN_A_FILE):
        numbers = range(start, start + IN_A_FILE)
        base, head = (
            facts(tuple(make(number, side) for number in numbers)) for side in (0, 1)
        )
        yield FilePair(f"{start:06}.py", base, head)


def moved(make: Make, size: int) -> Iterator[FilePair]:
    """The same with every file at another place."""
    for one in in_place(make, size):
        yield FilePair(f"old/{one.path}", one.base, None)
        yield FilePair(f"new/{one.path}", None, one.head)


def matched(files: Iterator[FilePair]) -> Matching:
    matching = Matching(files)
    match_all(matching)
    find_shares(matching)
    return matching


@pytest.mark.parametrize("place", [in_place, moved])
@pytest.mark.parametrize("make", CASES)
def test_twice_the_units_are_twice_the_work(make: Make, place: Place) -> None:
    one, two = (matched(place(make, size)).comparisons for size in (1_000, 2_000))
    assert two <= MOST_FOR_TWICE * one
    assert two <= MOST_FOR_A_UNIT * 2 * 2_000


@pytest.mark.parametrize("place", [in_place, moved])
@pytest.mark.parametrize("make", [clones, small_clones])
def test_twenty_thousand_clones_are_old_to_nobody(make: Make, place: Place) -> None:
    result = match_definitions(place(make, 20_000))
    assert (result.pairs, result.ties) == ((), ())
    assert len(result.added) == len(result.removed) == 20_000
    assert result.cut is (make is clones or place is in_place)


@pytest.mark.parametrize("make", [small_clones, clones])
@pytest.mark.parametrize(("size", "ties"), [(2, 1), (MOST_TIED, 1), (MOST_TIED + 1, 0)])
def test_a_tie_of_too_many_is_none(make: Make, size: int, ties: int) -> None:
    base, head = (
        facts(tuple(make(number, side) for number in range(size))) for side in (0, 1)
    )
    result = match_definitions([FilePair("a.py", base, head)])
    assert len(result.ties) == ties
    assert result.cut is (ties == 0)


def test_a_long_chain_of_equally_good_partners_is_no_tie() -> None:
    result = match_definitions(in_place(chains, IN_A_FILE))
    assert (result.pairs, result.ties) == ((), ())
    assert result.cut


def test_what_is_too_common_to_be_compared_is_said() -> None:
    result = match_definitions(moved(common, IN_A_FILE))
    assert result.cut


def test_a_file_with_more_names_than_are_known_may_have_had_any() -> None:
    known = facts((function("old", 1, 2),))
    base = replace(
        known,
        cut=True,
        bindings=tuple(Binding("", f"n{number}", ("a",)) for number in range(MOST)),
    )
    for before, taken in ((known, False), (base, True)):
        result = match_definitions(
            [FilePair("a.py", before, facts((function("new", 1, 2),)))]
        )
        assert [pair.taken for pair in result.pairs] == [taken]


@pytest.mark.parametrize(
    "other",
    [
        FilePair("a.py", facts(()), None),
        FilePair("a.py", None, facts(())),
        FilePair("b.py", facts(()), None, "a.py"),
    ],
)
def test_a_path_that_is_in_two_files_of_a_side_is_an_error(other: FilePair) -> None:
    with pytest.raises(ValueError, match="in two files of one side"):
        match_definitions([FilePair("a.py", facts(()), facts(())), other])
