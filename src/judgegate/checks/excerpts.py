"""What a report shows of the flagged lines."""

from collections.abc import Sequence

LONGEST_EXCERPT = 200


def excerpt_of(lines: Sequence[str]) -> str:
    """The first line that is not blank, stripped and cut to a length that can be shown."""
    return next((stripped for line in lines if (stripped := line.strip())), "")[:LONGEST_EXCERPT]
