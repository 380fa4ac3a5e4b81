"""Blocks of Markdown, and how they are made to fit: items go as a whole, the last ones first, and nothing is ever cut through."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the brief: what stands before its items, the items, what matters most at the front, and what stands after them.

    All three are whole Markdown. `most` is how many items are worth showing, however much room there is; None: all.
    """

    head: str
    items: tuple[str, ...] = ()
    tail: str = ""
    most: int | None = None

    def tell(self, kept: int) -> str:
        """The block with so many of its items, and a word on the others."""
        rest = len(self.items) - kept
        parts = (self.head, "\n".join(self.items[:kept]), f"{'And ' if kept else ''}{rest} more in the report." if rest else "", self.tail)
        return "\n\n".join(filter(None, parts))


def foldable(summary: str, items: Sequence[str], most: int | None = None) -> Block:
    """A block that is unfolded to be read. The summary is HTML, so it must be ours to the last character."""
    return Block(f"<details>\n<summary>{summary}</summary>", tuple(items), "</details>", most)


def entry(first: str, *others: str, mark: str = "-") -> str:
    """An item of a list, each of its parts on a line of its own."""
    indent = " " * (len(mark) + 1)
    return f"{mark} " + f"  \n{indent}".join(part for part in (first, *others) if part)


def fit(blocks: Iterable[Block], room: int) -> str:
    """The blocks in so many characters at most. Where that is too little the later blocks lose their items first."""
    shown = tuple(blocks)
    bare = [block.tell(0) for block in shown]
    left = room - sum(len(text) + len("\n\n") for text in bare)
    told = []
    for block, text in zip(shown, bare, strict=True):
        kept = _count_fitting(block, left + len(text))
        whole = block.tell(kept)
        left -= len(whole) - len(text)
        told.append(whole)
    return "\n\n".join(told)


def _count_fitting(block: Block, room: int) -> int:
    most = len(block.items) if block.most is None else min(block.most, len(block.items))
    size = len(block.tell(0)) + len("\n\n")
    for kept in range(most):
        size += len(block.items[kept]) + len("\n")
        if size > room:
            return kept
    return most
