"""Ranges of lines, counted from 1 as git and editors count them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from msgspec import Struct


class LineRange(Struct, frozen=True, order=True):
    """The lines `start` to `end`, both included, counted from 1."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 1 <= self.start <= self.end:
            raise ValueError(f"not a range of lines: {self.start}-{self.end}")

    def __len__(self) -> int:
        return self.end - self.start + 1

    def __contains__(self, line: int) -> bool:
        return self.start <= line <= self.end

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.end + 1))

    def overlaps(self, other: "LineRange") -> bool:
        """Whether both hold at least one common line."""
        return self.start <= other.end and other.start <= self.end


def overlap(some: Iterable[LineRange], others: Iterable[LineRange]) -> bool:
    """Whether any of some ranges has a line in common with any of the others."""
    kept = tuple(others)
    return any(one.overlaps(other) for one in some for other in kept)


def count_lines(ranges: Iterable[LineRange]) -> int:
    """How many lines the ranges hold; ranges that overlap are counted once."""
    return sum(len(lines) for lines in merge_ranges(ranges))


def merge_ranges(ranges: Iterable[LineRange]) -> tuple[LineRange, ...]:
    """The same lines in as few ranges as can be, in rising order."""
    merged: list[LineRange] = []
    for lines in sorted(ranges):
        if merged and lines.start <= merged[-1].end + 1:
            merged[-1] = LineRange(merged[-1].start, max(merged[-1].end, lines.end))
        else:
            merged.append(lines)
    return tuple(merged)


def ranges_of(numbers: Iterable[int]) -> tuple[LineRange, ...]:
    """The line numbers as ranges."""
    return merge_ranges(LineRange(number, number) for number in numbers)


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
