"""Ranges of lines, counted from 1 as git and editors count them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from operator import attrgetter

from msgspec import Struct


class LineRange(Struct, frozen=True, order=True):
    """The lines `start` to `end`, both included, counted from 1.

    Raises:
        ValueError: there is no such range of lines.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        # Also what is read from a cache or a worker comes through here, and may be anything.
        if not 1 <= self.start <= self.end:
            raise ValueError(f"not a range of lines: {self.start}-{self.end}")

    def __len__(self) -> int:
        return self.end - self.start + 1

    def __contains__(self, line: int) -> bool:
        return self.start <= line <= self.end

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.end + 1))

    def overlaps(self, other: "LineRange") -> bool:
        """Whether at least one line is in both."""
        return self.start <= other.end and other.start <= self.end


def overlap(some: Iterable[LineRange], others: Iterable[LineRange]) -> bool:
    """Whether any of some ranges has a line in common with any of the others."""
    # The others are walked once for each of the first.
    kept = tuple(others)
    return any(one.overlaps(other) for one in some for other in kept)


def count_lines(ranges: Iterable[LineRange]) -> int:
    """How many lines are in the ranges.

    A line that several ranges share is counted once.
    """
    return sum(map(len, merge_ranges(ranges)))


def merge_ranges(ranges: Iterable[LineRange]) -> tuple[LineRange, ...]:
    """The same lines in as few ranges as can be, in rising order."""
    merged: list[LineRange] = []
    for lines in sorted(ranges):
        # Ranges that merely touch are one as well: no line lies between them.
        if not merged or lines.start > merged[-1].end + 1:
            merged.append(lines)
            continue
        last = merged[-1]
        merged[-1] = LineRange(last.start, max(last.end, lines.end))
    return tuple(merged)


def ranges_of(numbers: Iterable[int]) -> tuple[LineRange, ...]:
    """The line numbers as ranges, in rising order.

    The numbers may come in any order, and more than once.
    """
    return merge_ranges(LineRange(number, number) for number in numbers)


class Spans:
    """Ranges in rising order, none of which overlap, to be searched by line.

    A range's number is its place among the arguments, from 0. One that is None keeps its number and
    is never found.
    """

    def __init__(self, ranges: Iterable[LineRange | None]) -> None:
        self._numbers: list[int] = []
        self._ranges: list[LineRange] = []
        for number, one in enumerate(ranges):
            if one is not None:
                self._numbers.append(number)
                self._ranges.append(one)

    def find(self, line: int) -> int:
        """The number of the range that the line is in, or -1."""
        # As no two ranges overlap, only the last one that starts early enough can have the line.
        at = bisect_right(self._ranges, line, key=attrgetter("start")) - 1
        if at < 0 or line not in self._ranges[at]:
            return -1
        return self._numbers[at]

    def nearest(self, lines: LineRange) -> int:
        """The number of the range that is nearest to these lines, or 0 where there is none.

        Of several that share a line with them it is the first, and of two that are equally far it
        is the later one.
        """
        if not self._ranges:
            return 0
        # The first range that ends at or behind the lines' start: it shares a line with them, or
        # it and the one before it are the two neighbours.
        after = bisect_left(self._ranges, lines.start, key=attrgetter("end"))
        if after == len(self._ranges):
            return self._numbers[-1]
        if after == 0:
            return self._numbers[0]
        to_next = self._ranges[after].start - lines.end
        to_previous = lines.start - self._ranges[after - 1].end
        return self._numbers[after - 1 if to_previous < to_next else after]
