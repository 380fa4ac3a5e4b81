"""Line numbers whose comparisons are counted, to hold how the work grows with the number of hunks.

By counts and not by the clock: they are the same on every machine.
"""

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from judgegate.model.ranges import LineRange

MOST_FOR_TWICE = 2.2
"""How many times the comparisons twice the hunks may cost. From 2,000 to 4,000, n log n gives 2.18."""

shapes = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=7)
"""Gaps between hunks, and the further lines of each."""


class Count:
    """How often numbers were compared."""

    def __init__(self) -> None:
        self.comparisons = 0

    def ranges(self, pairs: Sequence[tuple[int, int]]) -> tuple[LineRange, ...]:
        """Ranges of lines whose comparisons are counted."""
        counted = self

        class Line(int):
            def __lt__(self, other: object) -> bool:
                counted.comparisons += 1
                return int.__lt__(self, other)  # type: ignore[operator]

            def __le__(self, other: object) -> bool:
                counted.comparisons += 1
                return int.__le__(self, other)  # type: ignore[operator]

            def __gt__(self, other: object) -> bool:
                counted.comparisons += 1
                return int.__gt__(self, other)  # type: ignore[operator]

            def __ge__(self, other: object) -> bool:
                counted.comparisons += 1
                return int.__ge__(self, other)  # type: ignore[operator]

        return tuple(LineRange(Line(start), Line(end)) for start, end in pairs)


def comparisons(
    ask: Callable[[tuple[LineRange, ...]], None], shape: list[tuple[int, int]], size: int
) -> int:
    """What hunks of a shape cost: gaps and lengths that are repeated until there are so many."""
    count = Count()
    pairs, line = [], 0
    for number in range(size):
        gap, length = shape[number % len(shape)]
        pairs.append((line + gap, line + gap + length))
        line += gap + length
    ask(count.ranges(pairs))
    return count.comparisons
