"""Edits become places as a reader sees them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.model.hunks import HunkPlace, kept_lines, places_of
from judgegate.model.intervals import Intervals
from judgegate.model.ranges import LineRange, ranges_of

BLOB = Blob(0o100644, "1" * 40, 10)


def lines(*pairs: tuple[int, int]) -> tuple[LineRange, ...]:
    return tuple(LineRange(start, end) for start, end in pairs)


def modified(
    added: tuple[LineRange, ...] = (), removed: tuple[LineRange, ...] = ()
) -> FileChange:
    return FileChange("app.py", FileStatus.MODIFIED, BLOB, BLOB, added, removed)


@pytest.mark.parametrize(
    ("added", "removed", "places"),
    [
        pytest.param(
            lines((3, 4)), lines((3, 3)), [((3, 4), (3, 3))], id="a line that became two"
        ),
        pytest.param(lines((3, 4)), (), [((3, 4), None)], id="only added"),
        pytest.param((), lines((3, 4)), [(None, (3, 4))], id="only removed"),
        pytest.param(
            lines((3, 3), (7, 7)), (), [((3, 7), None)], id="three unchanged lines between"
        ),
        pytest.param(
            lines((3, 3), (8, 8)),
            (),
            [((3, 3), None), ((8, 8), None)],
            id="four unchanged lines between",
        ),
        pytest.param(
            lines((1, 10), (40, 40)),
            lines((30, 30)),
            [((1, 10), None), ((40, 40), (30, 30))],
            id="the same line, shifted",
        ),
        pytest.param(
            lines((20, 20)),
            lines((3, 5)),
            [(None, (3, 5)), ((20, 20), None)],
            id="removed above, added below",
        ),
        pytest.param(
            lines((5, 5)),
            lines((3, 3)),
            [((5, 5), (3, 3))],
            id="removed, two lines later added",
        ),
    ],
)
def test_what_belongs_together_is_one_place(
    added: tuple[LineRange, ...],
    removed: tuple[LineRange, ...],
    places: list[tuple[tuple[int, int] | None, tuple[int, int] | None]],
) -> None:
    found = [
        tuple((one.start, one.end) if one else None for one in (place.added, place.removed))
        for place in places_of(modified(added, removed))
    ]
    assert found == places


def test_edits_of_one_function_are_one_place() -> None:
    change = modified(added=lines((10, 10), (25, 25), (70, 70)))
    assert places_of(change, [LineRange(5, 80)]) == (
        HunkPlace(LineRange(10, 25), None),
        HunkPlace(LineRange(70, 70), None),
    )


def test_edits_of_two_functions_are_two_places() -> None:
    change = modified(added=lines((10, 10), (20, 20)))
    assert len(places_of(change, [LineRange(5, 12), LineRange(14, 30)])) == 2


def test_a_file_that_is_gone_is_one_place() -> None:
    change = FileChange("app.py", FileStatus.DELETED, BLOB, None, (), lines((1, 90)))
    assert places_of(change) == (HunkPlace(None, LineRange(1, 90)),)


def test_a_file_without_lines_is_one_place() -> None:
    assert places_of(modified()) == (HunkPlace(None, None),)


@st.composite
def edited(draw: st.DrawFn) -> FileChange:
    """What git could say of a file: unchanged, removed and added lines in turns."""
    old = new = 1
    added, removed = [], []
    for gap, less, more in draw(
        st.lists(
            st.tuples(st.integers(1, 9), st.integers(0, 5), st.integers(0, 5)), max_size=12
        )
    ):
        old, new = old + gap, new + gap
        if less:
            removed.append(LineRange(old, old + less - 1))
        if more:
            added.append(LineRange(new, new + more - 1))
        old, new = old + less, new + more
    return modified(tuple(added), tuple(removed))


@given(edited(), st.lists(st.tuples(st.integers(1, 60), st.integers(0, 40)), max_size=4))
@settings(max_examples=150, deadline=None)
def test_every_changed_line_is_in_exactly_one_place(
    change: FileChange, definitions: list[tuple[int, int]]
) -> None:
    places = places_of(
        change, [LineRange(start, start + more) for start, more in definitions]
    )
    for ranges, side in ((change.added, "added"), (change.removed, "removed")):
        for one in ranges:
            for line in one:
                holding = [
                    place
                    for place in places
                    if (held := getattr(place, side)) is not None and line in held
                ]
                assert len(holding) == 1
    assert len(places) == len(set(places))


@given(edited(), st.integers(1, 90), st.integers(0, 20))
@settings(max_examples=150, deadline=None)
def test_the_nearest_place_is_the_nearest(
    change: FileChange, start: int, more: int
) -> None:
    wanted = LineRange(start, start + more)
    ranges = [place.added for place in places_of(change)]
    found = Intervals(ranges).nearest(wanted)
    gaps = {
        number: max(one.start - wanted.end, wanted.start - one.end, 0)
        for number, one in enumerate(ranges)
        if one is not None
    }
    assert found in range(len(ranges))
    assert not gaps or gaps[found] == min(gaps.values())


@given(edited(), st.integers(1, 90))
@settings(max_examples=100, deadline=None)
def test_a_line_is_found_where_it_is_and_nowhere_else(
    change: FileChange, line: int
) -> None:
    held = [number for number, one in enumerate(change.added) if line in one]
    assert Intervals(change.added).find(line) == (held[0] if held else -1)


EDITS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 3), st.integers(0, 3)), max_size=6
)
"""Unchanged lines, lines that are removed behind them, and lines that are added there."""


@given(EDITS)
def test_lines_between_the_hunks_are_in_both_sides(
    edits: list[tuple[int, int, int]],
) -> None:
    added: set[int] = set()
    removed: set[int] = set()
    pairs: dict[int, int] = {}
    base = head = 1
    for kept, gone, new in [*edits, (3, 0, 0)]:
        pairs.update({head + number: base + number for number in range(kept)})
        base, head = base + kept, head + kept
        removed.update(range(base, base + gone))
        added.update(range(head, head + new))
        base, head = base + gone, head + new
    rows = list(kept_lines(ranges_of(added), ranges_of(removed)))
    found = {
        line: row.base + line - row.head
        for row in rows
        for line in range(row.head, min(row.head + row.length, head))
    }
    assert found == pairs


def test_lines_that_are_only_removed_divide_the_others() -> None:
    [first, second] = kept_lines((), lines((3, 3)))
    assert (first.base, first.head, first.length) == (1, 1, 2)
    assert (second.base, second.head) == (4, 3)
