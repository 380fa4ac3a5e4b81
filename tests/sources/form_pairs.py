"""The pairs by which a language is admitted: texts that are the same program in another layout, and texts that are not.

A file holds pairs like these:

    === same: what the two differ in
    the first text
    ---
    the second
    === other: what makes them two programs
    ...

It may begin with `also: FILE`, whose pairs hold for it too; if lines behind `in:` follow, each text of those
pairs stands where these lines have a `%`.

`␍` stands for a carriage return, which editors and git would change.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "forms"

_HEAD = re.compile(r"^=== (?P<kind>same|other): (?P<title>.+)\n", re.MULTILINE)
_ALSO = re.compile(r"\Aalso: (?P<name>\S+)\n(?:in:\n(?P<frame>(?:.+\n)+))?")


class Pair(NamedTuple):
    title: str
    is_same: bool
    first: str
    second: str


def pairs_of(name: str) -> Iterator[Pair]:
    """All pairs that hold for a language."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    also = _ALSO.match(text)
    if also is not None:
        frame = also["frame"] or "%"
        for pair in pairs_of(also["name"]):
            first, second = (frame.replace("%", part) for part in (pair.first, pair.second))
            yield pair._replace(first=first, second=second)
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]]
    for head, end in zip(heads, [*ends, len(text)], strict=True):
        first, second = text[head.end() : end].replace("␍", "\r").split("\n---\n")
        yield Pair(head["title"], head["kind"] == "same", f"{first}\n", second)
