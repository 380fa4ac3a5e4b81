"""Ranges of lines that are asked over and over, so that no question walks through all of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from heapq import heappop, heappush
from itertools import accumulate
from operator import itemgetter

from judgegate.model.ranges import LineRange


class Intervals:
    """Ranges in any order, touching and overlapping as they may, to be asked what meets what.

    A range's number is its place among the arguments, from 0. One that is None keeps its number and
    is never found. To build it costs n log n comparisons, a question log n of them: a change can
    have as many ranges, and as many questions about them, as it has lines.
    """

    def __init__(self, ranges: Iterable[LineRange | None]) -> None:
        known = [
            (one.start, number, one) for number, one in enumerate(ranges) if one is not None
        ]
        # Of ranges that start together the first argument comes first.
        known.sort(key=itemgetter(0, 1))
        self.ranges = tuple(one for _, _, one in known)
        """The ranges in rising order."""
        self._numbers = [number for _, number, _ in known]
        self._starts = [one.start for one in self.ranges]
        # How far each range and all those before it reach. This rises, and so it can be searched.
        self._reach = list(accumulate((one.end for one in self.ranges), max))

    def meets(self, lines: LineRange) -> bool:
        """Whether one of the ranges has a line in common with these lines."""
        first = self._first_reaching(lines.start)
        return first < len(self.ranges) and self._starts[first] <= lines.end

    def covers(self, lines: LineRange) -> bool:
        """Whether a single one of the ranges has all of these lines."""
        started = bisect_right(self._starts, lines.start)
        return started > 0 and self._reach[started - 1] >= lines.end

    def common(self, lines: LineRange) -> Iterator[LineRange]:
        """What each of the ranges has in common with these lines, in rising order."""
        for one in self.ranges[self._first_reaching(lines.start) : self._behind(lines)]:
            if one.overlaps(lines):
                yield LineRange(max(one.start, lines.start), min(one.end, lines.end))

    def find(self, line: int) -> int:
        """The number of the innermost range that the line is in, or -1.

        That is the one that starts last; of those that start together, the last argument.
        """
        lines, numbers = self._innermost
        at = bisect_right(lines, line) - 1
        return numbers[at] if at >= 0 else -1

    def nearest(self, lines: LineRange) -> int:
        """The number of the range that is nearest to these lines, or 0 where there is none.

        Of several that share a line with them it is the first, and of two that are equally far it
        is the later one.
        """
        if not self.ranges:
            return 0
        # It shares a line with them, or it and what ends last before it are the two neighbours.
        after = self._first_reaching(lines.start)
        if after == 0:
            return self._numbers[0]
        before = self._first_reaching(self._reach[after - 1])
        if after == len(self.ranges):
            return self._numbers[before]
        to_next = self._starts[after] - lines.end
        to_previous = lines.start - self._reach[before]
        return self._numbers[before if to_previous < to_next else after]

    def _first_reaching(self, line: int) -> int:
        """The place of the first range that ends at the line or behind it."""
        return bisect_left(self._reach, line)

    def _behind(self, lines: LineRange) -> int:
        """The place of the first range that starts behind the lines."""
        return bisect_right(self._starts, lines.end)

    @cached_property
    def _innermost(self) -> tuple[list[int], list[int]]:
        """The lines at which another range becomes the innermost one, and the number of each, or -1."""
        lines = sorted({*self._starts, *(one.end + 1 for one in self.ranges)})
        numbers = []
        started = 0
        open_: list[
            int
        ] = []  # places, negated: so the one that starts last is the smallest
        for line in lines:
            while started < len(self.ranges) and self._starts[started] <= line:
                heappush(open_, -started)
                started += 1
            while open_ and self.ranges[-open_[0]].end < line:
                heappop(open_)
            numbers.append(self._numbers[-open_[0]] if open_ else -1)
        return lines, numbers


NO_LINES = Intervals(())
