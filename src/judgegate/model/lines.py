"""Ranges of lines, counted from 1 as git and editors count them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class LineRange:
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
