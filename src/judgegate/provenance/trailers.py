"""Which lines git itself takes for a message's trailers: they always count, whatever stands before them.

After `git interpret-trailers` and what `git log` shows: the last paragraph, if nothing but trailers stands in it, or a quarter trailers and
one that git writes. Where git's readings differ (whether a line of dashes ends the message, which lines are comments), all of them hold.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

TRAILER = re.compile(r"[A-Za-z0-9-]+[ \t]*[:=]")
"""With `=`, which a repository's configuration can make a separator."""

WRITTEN_BY_GIT = ("Signed-off-by: ", "(cherry picked from commit ")
DIVIDER = re.compile(r"---(?:\s|$)")
SCISSORS = "------------------------ >8 ------------------------"
FEWEST = 3
"""Other lines for each trailer, at most, beside one that git writes."""


def trailer_lines(lines: Sequence[str]) -> frozenset[int]:
    """The places of the lines in a message's trailer block, those that go on with a trailer included."""
    return frozenset(number for end in set(_ends(lines)) for number in _block(lines, end))


def _ends(lines: Sequence[str]) -> Iterator[int]:
    """Where the message may end: at its end, at a line of dashes, at scissors; each without the list of conflicts at its end."""
    marked = [(number, text) for number, text in enumerate(lines) if text[-1:] == "-" or text[:3] == "---"]
    dashes = (number for number, text in marked if DIVIDER.match(text))
    scissors = (number for number, text in marked if text.endswith(SCISSORS))
    ends = [len(lines), *islice(dashes, 1), *islice(scissors, 1)]
    for last in ends:
        end = last
        while end and (not lines[end - 1].strip() or lines[end - 1][0] in "#\t"):
            end -= 1
        yield end - 1 if end and lines[end - 1] == "Conflicts:" else last


def _block(lines: Sequence[str], end: int) -> range:
    while end and (not lines[end - 1].strip() or lines[end - 1][0] == "#"):
        end -= 1
    start = end
    trailers = others = continued = 0
    is_gits = False
    while start and lines[start - 1].strip():
        start -= 1
        text = lines[start]
        if text[0] == "#":
            others, continued = others + continued, 0
        elif text.startswith(WRITTEN_BY_GIT) or TRAILER.match(text):
            is_gits = is_gits or text.startswith(WRITTEN_BY_GIT)
            trailers, continued = trailers + 1, 0
        elif text[0].isspace():
            continued += 1
        else:
            others, continued = others + continued + 1, 0
    others += continued
    is_block = trailers and (not others or (is_gits and trailers * FEWEST >= others))
    return range(start, end) if start and is_block else range(0)
