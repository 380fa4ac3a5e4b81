"""What finds lines by few comparisons finds the same as a walk through all of them."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from judgegate.change.hunk_headers import HunkHeader
from judgegate.model.ranges import LineRange
from judgegate.provenance.history import LineMap, Lost, LostLines

TEXTS, PATHS = (b"alpha", b"beta"), ("a.py", "b.py", "c.py")
lost_lines = st.lists(
    st.builds(Lost, st.sampled_from(PATHS), st.sampled_from([(), (0,), (1,), (0, 1)])),
    max_size=6,
)
questions = st.tuples(
    st.sampled_from(TEXTS),
    st.frozensets(st.sampled_from(PATHS), max_size=2),
    st.sets(st.integers(0, 1)),
)


@given(st.fixed_dictionaries(dict.fromkeys(TEXTS, lost_lines)), st.lists(questions))
def test_each_lost_line_is_taken_once_the_first_of_the_file_before_the_first_of_all(
    lost: dict[bytes, list[Lost]],
    asked: list[tuple[bytes, frozenset[str], set[int]]],
) -> None:
    found, left = LostLines(lost), {text: list(same) for text, same in lost.items()}
    for text, names, known in asked:
        waiting = left[text]
        assert found.has(text, names) is any(one.path in names for one in waiting)
        more = any(not known.issuperset(one.marks) for one in waiting)
        assert found.says_more(text, known) is more
        expected = next((one for one in waiting if one.path in names), None)
        expected = expected or next(iter(waiting), None)
        assert found.take(text, names) == expected
        if expected is not None:
            waiting.remove(expected)


@st.composite
def hunks(draw: st.DrawFn) -> list[HunkHeader]:
    """Hunks in rising order, as git's patch without context has them."""
    found, old, shift = [], 0, 0
    for gap, removed, added in draw(
        st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3), st.integers(0, 3)))
    ):
        if not removed and not added:
            continue
        start = old + gap
        # A side without lines names the line before it.
        found.append(
            HunkHeader(start - (not removed), removed, start + shift - (not added), added)
        )
        old, shift = start + max(removed - 1, 0), shift + added - removed
    return found


def walk(line: int, known: list[HunkHeader]) -> Iterator[int]:
    """Where a single line is on the new side; nowhere, if a hunk removes it."""
    shift = 0
    for hunk in known:
        first = hunk.old_start + (hunk.old == 0)
        if first > line:
            break
        if line < first + hunk.old:
            return
        shift += hunk.new - hunk.old
    yield line + shift


@given(hunks(), st.integers(1, 30), st.integers(0, 12))
def test_lines_are_carried_one_by_one(
    known: list[HunkHeader], start: int, more: int
) -> None:
    lines = LineRange(start, start + more)
    carried = [line for part in LineMap(known).carry(lines) for line in part]
    assert carried == [now for line in lines for now in walk(line, known)]
