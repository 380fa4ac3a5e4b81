"""Many ranges of lines, asked quickly."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from judgegate.model.lines import LineRange


class Spans:
    """Ranges in rising order, none of which overlap; where there is none, its number is passed over."""

    def __init__(self, ranges: Iterable[LineRange | None]) -> None:
        numbered = [(number, one) for number, one in enumerate(ranges) if one is not None]
        self._numbers = [number for number, _ in numbered]
        self._ranges = [one for _, one in numbered]
        self._starts = [one.start for one in self._ranges]
        self._ends = [one.end for one in self._ranges]

    def find(self, line: int) -> int:
        """The number of the range that holds the line, or -1."""
        at = bisect_right(self._starts, line) - 1
        return self._numbers[at] if at >= 0 and line in self._ranges[at] else -1

    def nearest(self, lines: LineRange) -> int:
        """The number of the first range that shares a line with these, else of the one nearest to them; 0 where there is none."""
        after = bisect_left(self._ends, lines.start)
        if after == len(self._ranges):
            return self._numbers[-1] if self._numbers else 0
        if after and self._starts[after] - lines.end > lines.start - self._ends[after - 1]:
            return self._numbers[after - 1]
        return self._numbers[after]
