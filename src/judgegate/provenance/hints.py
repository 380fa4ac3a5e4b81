"""Where in a text something can stand, found without looking at each line."""

import re
from bisect import bisect

LINE_END = re.compile("\n")


def lines_near(lowered: str, hints: list[str], before: int) -> frozenset[int]:
    """The places of the lines that hold a hint, and of as many before each. Takes as long as the text, not as its lines times the hints."""
    if not hints:
        return frozenset()
    starts = line_starts(lowered)
    found: set[int] = set()
    for hint in hints:
        place = lowered.find(hint)
        while 0 <= place < len(lowered):
            number = bisect(starts, place) - 1
            found.update(range(max(number - before, 0), number + 1))
            place = lowered.find(hint, starts[number + 1])
    return frozenset(found)


def line_starts(text: str) -> list[int]:
    """Where each line begins, and where one after the last would."""
    return [0, *(match.end() for match in LINE_END.finditer(text)), len(text) + 1]
