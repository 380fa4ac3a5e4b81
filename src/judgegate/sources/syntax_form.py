"""The normal form of a text, read from ast-grep's tree: what is the same program has the same form.

The form is the tree in pre-order: the kinds of its inner nodes, and the text of every leaf, signs and
keywords included. A node's fields are not in it: they follow from its kind and its signs, since
none of these is left out. Text that no leaf covers counts as it is; only white space between tokens
and comments that are prose are left out.

A block is replaced by its digest as soon as the walk leaves it. So every part is hashed a bounded number
of times, however deep the blocks are.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

from judgegate.model.facts import FORM_SIZE
from judgegate.model.ranges import LineRange
from judgegate.sources.grammar import Grammar
from judgegate.sources.plain_comments import find_plain
from judgegate.sources.syntax_tree import LONGEST_REASON, Frame, span_of
from judgegate.sources.syntax_words import folded, name_of, unquoted
from judgegate.sources.text import Unreadable

if TYPE_CHECKING:
    from ast_grep_py import Rule, SgNode

OPEN, CLOSE, BLOCK, SEALED, GAP, BREAK, SPACE = map(chr, range(1, 8))
"""How parts of a form begin that are no token: these characters are in no text that has a form."""

NAME = f"{SEALED}name"
"""Stands for a definition's own name in its header."""

_BLANKS = " \t\r\n\f\v"
_LINE_BREAK = re.compile(r"[\n\r]")
_CLOSING = frozenset(")]}")
_BEFORE_ELEMENT = frozenset(",([{")


class FormReader(Protocol):
    """What is told of each node that the walk meets."""

    def enter(self, frame: Frame) -> None:
        """An inner node, before what is in it."""

    def leave(self, frame: Frame) -> None:
        """An inner node, behind what is in it."""

    def meet(self, kind: str) -> None:
        """The last token, of this kind: it is a statement by itself."""


class FormWalk:
    """One walk over a tree, which writes its form.

    `parts` is the form so far, `starts` and `ends` are where its tokens stand in the text.
    """

    def __init__(self, text: str, root: "SgNode", grammar: Grammar, salt: bytes) -> None:
        self.text = text
        self.parts: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.places: list[int] = []
        self.grammar = grammar
        self._layout = grammar.layout
        self._separating = frozenset().union(*grammar.layout.separators.values())
        self.root = root
        self._key = salt[:64]
        self._atoms = grammar.layout.atoms | grammar.comments
        self._plain = _plain_comments(text, root, grammar)
        self._chained = frozenset().union(
            grammar.members,
            grammar.calls,
            grammar.subscripts,
            grammar.passing,
            grammar.assignments,
        )
        self._line_ends = [found.start() for found in re.finditer("\n", text)]
        self._cursor = 0
        self._token_end = 0
        self._previous = ""
        self._closed = ""
        self._kept = ""

    def run(self, reader: FormReader) -> str:
        """Walk, and return the digest of the whole form.

        Raises:
            Unreadable: a token is missing.
        """
        atoms = self._atoms
        outermost = self._open(self.root, self.root.kind(), None)
        outermost.pending = iter(self.root.children())
        reader.enter(outermost)
        frame: Frame | None = outermost
        while frame is not None:
            node = next(frame.pending, None)
            if node is None:
                self._close(frame)
                reader.leave(frame)
                self._join(frame)
                frame = frame.above
                continue
            kind = node.kind()
            below = () if kind in atoms else node.children()
            if below:
                frame = self._open(node, kind, frame)
                frame.pending = iter(below)
                reader.enter(frame)
            elif self._add_leaf(node, kind, frame):
                reader.meet(kind)
        self._catch_up(len(self.text))
        return self.digest(self.parts)

    def digest(self, parts: Sequence[str], size: int = FORM_SIZE) -> str:
        """The digest of parts of a form."""
        data = "\0".join(parts).encode()
        return blake2b(data, digest_size=size, key=self._key).hexdigest()

    def parts_of(self, frame: Frame) -> list[str]:
        """The form of a node that the walk is leaving, without the blocks in it."""
        parts = self.parts[frame.first_part :]
        if frame.hidden:
            parts = [part for part in parts if part[0] != BLOCK]
        return without_lead(parts)

    def tokens_of(self, frame: Frame) -> int:
        """How many tokens a node that the walk is leaving has."""
        return len(self.starts) - frame.first_token

    def start_of(self, frame: Frame) -> int:
        """Where the first token of a node starts."""
        is_read = frame.first_token < len(self.starts)
        return self.starts[frame.first_token] if is_read else 0

    def line_of(self, frame: Frame) -> int:
        """The line that a node starts on."""
        return bisect_left(self._line_ends, self.start_of(frame)) + 1

    def lines_between(self, start: int, end: int) -> LineRange:
        """The lines of a part of the text, as git counts them."""
        first = bisect_left(self._line_ends, start) + 1
        return LineRange(first, max(first, bisect_left(self._line_ends, end - 1) + 1))

    def place_of(self, offset: int) -> int:
        """Where in the form the token at an offset of the text is, or -1."""
        token = bisect_left(self.starts, max(offset, 0))
        found = offset >= 0 and token < len(self.starts)
        return self.places[token] if found else -1

    def collapse(self, first_part: int, mark: str) -> str:
        """Put a digest in the place of all parts from here on, and return it."""
        digest = self.digest(self.parts[first_part:])
        self.parts[first_part:] = [mark + digest]
        return digest

    def _open(self, node: "SgNode", kind: str, above: Frame | None) -> Frame:
        if self._layout.verbatim or (
            above is not None and above.kind in self._layout.exact
        ):
            # White space before a node is around it, and not in it.
            self._catch_up(span_of(node)[0], exact=True)
        frame = Frame(kind, node, above, len(self.parts), len(self.starts))
        self.parts.append(OPEN + kind)
        if kind in self.grammar.blocks:
            frame.is_block = True
        if kind in self._chained:
            frame.words = []
        if above is not None:
            self._open_in(frame, above)
        return frame

    def _open_in(self, frame: Frame, above: Frame) -> None:
        if above.kind in self.grammar.lists:
            frame.is_listed = frame.is_statement = frame.node.is_named()
        elif above.is_block:
            frame.is_statement = frame.node.is_named()

    def _close(self, frame: Frame) -> None:
        if frame.is_block:
            # What no leaf covers at its end belongs to it, and not to what comes next.
            self._catch_up(span_of(frame.node)[1])
        self.parts.append(CLOSE)
        self._closed = frame.kind
        if frame.words is not None:
            frame.name = name_of(frame, self.grammar)
        if frame.is_block:
            frame.hidden = self.tokens_of(frame)
            frame.digest = self.collapse(frame.first_part, BLOCK)

    def _join(self, frame: Frame) -> None:
        """Let the node above know what is left of one that the walk has left."""
        above = frame.above
        if frame.is_listed:
            frame.hidden = self.tokens_of(frame)
            self.collapse(frame.first_part, BLOCK)
        if above is not None:
            if frame.hidden:
                above.hidden += frame.hidden
            if above.words is not None and frame.kind not in self.grammar.arguments:
                above.words.append(frame.name)

    def _add_leaf(self, node: "SgNode", kind: str, frame: Frame) -> bool:
        """Add a token. Returns whether it is a statement by itself."""
        start, end = span_of(node)
        if start == end:
            self._miss(kind, start)
            return False
        if start in self._plain:
            self._skip(start, end)
            return False
        if start != self._cursor or self._kept:
            self._catch_up(start, exact=frame.kind in self._layout.exact)
        text = self.text[start:end]
        self._cursor = end
        part = self._written(text, kind) if self._counts(text, start, frame) else ""
        if not part:
            return False
        self._token_end = end
        self._previous = text
        self.parts.append(part)
        self.places.append(len(self.parts) - 1)
        self.starts.append(start)
        self.ends.append(end)
        if frame.words is not None:
            frame.words.append(text if kind not in self.grammar.comments else "")
        return frame.is_block and node.is_named()

    def _miss(self, kind: str, start: int) -> None:
        """Meet a token without width: mostly one that is missing."""
        is_end = kind in self._layout.ends and not self.text[start:].strip()
        if not is_end and kind not in self._layout.empties:
            line = self.text.count("\n", 0, start) + 1
            raise Unreadable(f"line {line}: a token is missing: {kind}"[:LONGEST_REASON])

    def _written(self, text: str, kind: str) -> str:
        """A token as all its ways of being written."""
        if kind in self._layout.quoted:
            return unquoted(text)
        return folded(text) if kind in self._layout.folded else text

    def _counts(self, text: str, start: int, frame: Frame) -> bool:
        """Whether a token is more than layout. Before it, add what its surroundings mean."""
        layout = self._layout
        if text in layout.joined and self.text.startswith(layout.joined[text], start):
            self.parts.append(GAP)
        if text in self._separating and text in layout.separators.get(frame.kind, ()):
            self._previous = text
            self._token_end = start + len(text)
            return False
        if text in _CLOSING:
            if frame.kind in layout.trailing:
                self._drop_trailing_comma()
        elif text in layout.breaks_before or self._previous in layout.breaks_after:
            if _LINE_BREAK.search(self.text, self._token_end, start):
                self.parts.append(BREAK)
        elif layout.spaced is not None:
            self._mark_space(text, start, layout.spaced)
        return True

    def _drop_trailing_comma(self) -> None:
        # A comma behind a comma, or behind the bracket, stands for an element.
        if self.parts[-1] == "," and self.parts[-2] not in _BEFORE_ELEMENT:
            del self.parts[-1], self.places[-1], self.starts[-1], self.ends[-1]

    def _mark_space(self, text: str, start: int, spaced: re.Pattern[str]) -> None:
        if spaced.fullmatch(text) or spaced.fullmatch(self._previous):
            between = self.text[self._token_end : start]
            if between:
                self.parts.append(BREAK if "\n" in between else SPACE)

    def _skip(self, start: int, end: int) -> None:
        """Leave out a plain comment; where all bytes count, with its line."""
        if self._layout.verbatim:
            # Nothing of it may divide what is before it from what is behind it.
            self._kept += self.text[self._cursor : self.text.rfind("\n", 0, start) + 1]
            end += self.text[end : end + 1] == "\n"
        self._cursor = end

    def _catch_up(self, start: int, *, exact: bool = False) -> None:
        """Add the text before an offset that no leaf covers, if there is any that counts."""
        between = self._kept + self.text[self._cursor : start]
        self._kept = ""
        exact |= self._layout.verbatim or self._previous in self._layout.closing
        unseen = self._layout.unseen
        says_nothing = not exact and self._closed not in self._layout.heads
        if says_nothing and unseen is not None and unseen.fullmatch(between):
            between = ""
        if between if exact else between.strip(_BLANKS):
            self.parts.append(GAP + between)
        self._cursor = max(self._cursor, start)


def without_lead(parts: list[str]) -> list[str]:
    """A form without the white space before its first token, which says nothing of what comes then."""
    for place, part in enumerate(parts):
        if part in (BREAK, SPACE):
            return [*parts[:place], *parts[place + 1 :]]
        if part[0] != OPEN:
            break
    return parts


def _plain_comments(text: str, root: "SgNode", grammar: Grammar) -> frozenset[int]:
    rules: list[Rule] = [{"kind": kind} for kind in sorted(grammar.comments)]
    spans = sorted({span_of(node) for node in root.find_all(any=rules)})
    plain = find_plain(text, spans, grammar.style)
    if grammar.layout.verbatim:
        return frozenset(start for start in plain if _is_first_of_line(text, start))
    return plain


def _is_first_of_line(text: str, offset: int) -> bool:
    """Whether only blanks stand before it."""
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip()
