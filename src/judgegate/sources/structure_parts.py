"""The parts that a file which is no code is read into, one after another."""

from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct

from judgegate.sources.plain_comments import CommentStyle, find_plain


class PartKind(Enum):
    """What comes next."""

    MAPPING = "mapping"
    SEQUENCE = "sequence"
    VALUE = "value"
    COMMENT = "comment"
    ALIAS = "alias"
    """What an anchor stands for, by its name."""
    DOCUMENT = "document"
    """The next of several documents begins."""
    END = "end"
    """The innermost mapping or sequence ends."""


class StructurePart(Struct, frozen=True):
    """A part. In a mapping every other one is a key.

    `text` is all that makes a value what it is, its type too; `key` is what it is called as a key.
    `anchor` is the name by which aliases mean it.
    """

    kind: PartKind
    line: int
    text: str = ""
    key: str = ""
    anchor: str = ""


def acting_comments(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[StructurePart]:
    """The comments that more than people read.

    Args:
        text: the file.
        spans: where each comment starts and ends, in rising order.
    """
    plain = find_plain(text, spans, CommentStyle())
    line, before = 1, 0
    for start, end in spans:
        line += text.count("\n", before, start)
        before = start
        if start not in plain:
            yield StructurePart(PartKind.COMMENT, line, text[start:end].rstrip())
