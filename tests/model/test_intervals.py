"""The structure of intervals gives what loops over all ranges give, with few comparisons."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.model.hunks import places_of
from judgegate.model.intervals import Intervals
from judgegate.model.ranges import LineRange, count_lines
from tests.counted_lines import MOST_FOR_TWICE, Count, comparisons, shapes

BLOB = Blob(0o100644, "1" * 40, 10)


@st.composite
def ranges(draw: st.DrawFn) -> LineRange:
    start = draw(st.integers(1, 40))
    return LineRange(start, start + draw(st.integers(0, 12)))


some_ranges = st.lists(ranges(), max_size=12)


@given(some_ranges, ranges())
def test_lines_meet_what_has_one_of_them(known: list[LineRange], lines: LineRange) -> None:
    assert Intervals(known).meets(lines) is any(one.overlaps(lines) for one in known)


@given(some_ranges, ranges())
def test_lines_are_covered_by_what_has_all_of_them(
    known: list[LineRange], lines: LineRange
) -> None:
    covered = any(one.start <= lines.start and lines.end <= one.end for one in known)
    assert Intervals(known).covers(lines) is covered


@given(some_ranges, ranges())
def test_what_is_common_is_what_both_have(known: list[LineRange], lines: LineRange) -> None:
    common = [sorted(set(lines).intersection(one)) for one in known if one.overlaps(lines)]
    found = [list(one) for one in Intervals(known).common(lines)]
    assert sorted(found) == sorted(common)
    assert count_lines(Intervals(known).common(lines)) == len(set().union(*common))


@given(st.lists(st.none() | ranges(), max_size=12), st.integers(1, 60))
def test_the_innermost_range_is_the_one_that_starts_last(
    known: list[LineRange | None], line: int
) -> None:
    held = [(one.start, number) for number, one in enumerate(known) if one and line in one]
    assert Intervals(known).find(line) == (max(held)[1] if held else -1)


@given(some_ranges, ranges())
def test_the_nearest_range_is_the_nearest(known: list[LineRange], lines: LineRange) -> None:
    gaps = [max(one.start - lines.end, lines.start - one.end, 0) for one in known]
    found = Intervals(known).nearest(lines)
    assert gaps[found] == min(gaps) if known else found == 0


def all_meet(ranges: tuple[LineRange, ...]) -> None:
    known = Intervals(ranges)
    assert all(map(known.meets, ranges))


def all_are_covered(ranges: tuple[LineRange, ...]) -> None:
    known = Intervals(ranges)
    assert all(map(known.covers, ranges))


def all_are_common(ranges: tuple[LineRange, ...]) -> None:
    known = Intervals(ranges)
    assert sum(len(list(known.common(one))) for one in ranges) >= len(ranges)


def all_are_found(ranges: tuple[LineRange, ...]) -> None:
    known = Intervals(ranges)
    assert all(known.find(one.start) >= 0 for one in ranges)


def all_are_near(ranges: tuple[LineRange, ...]) -> None:
    known = Intervals(ranges)
    assert all(known.nearest(one) >= 0 for one in ranges)


def make_places(ranges: tuple[LineRange, ...]) -> None:
    change = FileChange("app.py", FileStatus.MODIFIED, BLOB, BLOB, added=ranges)
    assert places_of(change, ranges)


@pytest.mark.parametrize(
    "ask",
    [all_meet, all_are_covered, all_are_common, all_are_found, all_are_near, make_places],
)
@given(shape=shapes)
@settings(max_examples=10, deadline=None)
def test_twice_the_hunks_cost_little_more_than_twice_the_comparisons(
    ask: Callable[[tuple[LineRange, ...]], None], shape: list[tuple[int, int]]
) -> None:
    assert comparisons(ask, shape, 4_000) <= MOST_FOR_TWICE * comparisons(ask, shape, 2_000)


@pytest.mark.parametrize("ask", [all_meet, all_are_covered, all_are_found, all_are_near])
@pytest.mark.parametrize("order", [1, -1])
def test_nested_ranges_cost_no_more(
    ask: Callable[[tuple[LineRange, ...]], None], order: int
) -> None:
    def cost(size: int) -> int:
        count = Count()
        nested = [(number, 2 * size - number) for number in range(1, size)]
        ask(count.ranges(nested[::order]))
        return count.comparisons

    assert cost(4_000) <= MOST_FOR_TWICE * cost(2_000)
