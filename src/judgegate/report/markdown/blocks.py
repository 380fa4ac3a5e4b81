"""Blocks of Markdown, and how they are made to fit.

Items go as a whole, the last ones first, and nothing is ever cut through.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from judgegate.report.options import ReportOptions

T = TypeVar("T")

MOST_OF_ALL = 1000
"""Items of one kind, where all are asked for: no comment and no summary has room for more."""


class Block(Struct, frozen=True):
    """A part of the brief.

    `head` is before its items, `tail` after them; of the items what matters most is at the front.
    All three are whole Markdown. `others` counts items that are not worth showing, however much
    room there is.
    """

    head: str
    items: tuple[str, ...] = ()
    tail: str = ""
    others: int = 0

    def render(self, kept: int) -> str:
        """The block with so many of its items, and a word on the others."""
        parts = [self.head, "\n".join(self.items[:kept])]
        rest = len(self.items) - kept + self.others
        if rest:
            more = f"{rest} more in the report."
            parts.append(f"And {more}" if kept else more)
        parts.append(self.tail)
        return "\n\n".join(filter(None, parts))


def foldable(summary: str, items: Iterable[str], others: int = 0) -> Block:
    """A block that is unfolded to be read. The summary is HTML, so it must be ours to the last character."""
    return Block(
        f"<details>\n<summary>{summary}</summary>", tuple(items), "</details>", others
    )


def shortlist(
    things: Sequence[T], most: int, options: ReportOptions
) -> tuple[Sequence[T], int]:
    """The first of them, as many as are worth showing, and how many others there are."""
    shown = things[: MOST_OF_ALL if options.show_all else most]
    return shown, len(things) - len(shown)


def entry(first: str, *others: str, mark: str = "-") -> str:
    """An item of a list, each of its parts on a line of its own."""
    indent = " " * (len(mark) + 1)
    # Two blanks at the end of a line break it, for Markdown.
    lines = f"  \n{indent}".join(filter(None, (first, *others)))
    return f"{mark} {lines}"


def fit(blocks: Iterable[Block], room: int) -> str:
    """The blocks in so many characters at most.

    Where that is too little the later blocks lose their items first.
    """
    shown = tuple(blocks)
    bare = [block.render(0) for block in shown]
    left = room - sum(len(text) + len("\n\n") for text in bare)
    rendered = []
    # What the bare blocks leave goes to the items of the earlier blocks first.
    for block, text in zip(shown, bare, strict=True):
        kept = _count_fitting(block, left + len(text))
        whole = block.render(kept)
        left -= len(whole) - len(text)
        rendered.append(whole)
    return "\n\n".join(rendered)


def _count_fitting(block: Block, room: int) -> int:
    """How many items of a block, the first ones, fit in so many characters."""
    # The word on the others grows by this as soon as one item is kept.
    size = len(block.render(0)) + len("\n\nAnd ")
    for kept, item in enumerate(block.items):
        size += len(item) + len("\n")
        if size > room:
            return kept
    return len(block.items)
