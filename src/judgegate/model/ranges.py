"""Ranges of lines, counted from 1 as git and editors count them."""

from collections.abc import Iterable, Iterator

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
