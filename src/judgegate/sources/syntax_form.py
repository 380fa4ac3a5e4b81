"""The normal form of a text, read from ast-grep's tree: what is the same program has the same form.

The form is the tree in pre-order: the kinds of its inner nodes, and the text of every leaf, signs and
keywords included. A node's fields are not in it: they follow from its kind and its signs, since
none of these is left out. Text that no leaf covers counts as it is; only white space between tokens
and comments that are prose are left out.

A block is replaced by its digest as soon as the walk leaves it. So every part is hashed a bounded number
of times, however deep the blocks are.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

from judgegate.model.facts import ANYTHING, FORM_SIZE, LONGEST_NAME
from judgegate.sources.grammar import Grammar
from judgegate.sources.plain_comments import find_plain
from judgegate.sources.text import Unreadable

if TYPE_CHECKING:
    from ast_grep_py import Rule, SgNode

OPEN, CLOSE, BLOCK, SEALED, GAP, BREAK, SPACE = map(chr, range(1, 8))
"""How parts of a form begin that are no token: these characters are in no text that has a form."""

NAME = f"{SEALED}name"
"""Stands for a definition's own name in its header."""

_RESERVED = re.compile(r"[\x00-\x07]")
_BLANKS = " \t\r\n\f\v"
_LONGEST_REASON = 200


class Frame:
    """An inner node between the root and where the walk is.

    `first_part` and `first_token` are where it starts in the form; `hidden` is how many of its tokens
    stand in blocks. `words` are the names of its children where these make its own `name`.
    """

    __slots__ = (
        "above", "body_of", "condition", "decorations", "defines", "digest", "draft", "first_part",
        "first_token", "held", "hidden", "is_block", "is_statement", "kind", "leaves", "name", "node",
        "pending", "piece", "statements", "words",
    )  # fmt: skip

    def __init__(self, kind: str, node: "SgNode", above: "Frame | None") -> None:
        self.kind = kind
        self.node = node
        self.above = above
        self.name = ANYTHING
        self.words: list[str] | None = None
        self.held = -1
        """How many definitions or values it holds, once somebody has counted."""
        self.hidden = 0
        self.digest = ""
        self.is_block = False
        self.is_statement = False
        self.body_of: Any = None
        self.decorations: list[tuple[str, int]] = []
        self.defines: Any = None
        self.statements = 0
        self.leaves = False
        self.condition = ""
        self.draft: Any = None
        self.piece: Any = None
        self.pending: Iterator[SgNode] = iter(())
        self.first_part = 0
        self.first_token = 0


def span_of(node: "SgNode") -> tuple[int, int]:
    """Where a node starts and ends, in characters of the text.

    `range()` counts the columns of the line anew for each node: quadratic for a long line.
    """
    edit = node.replace("")
    return edit.start_pos, edit.end_pos


@contextmanager
def engine_failures() -> Iterator[None]:
    """Turn what the engine raises into the reason why a file is not read."""
    try:
        yield
    except UnicodeEncodeError:
        raise Unreadable("it contains a part of a character") from None
    except BaseException as error:
        # Its own panic is no ordinary exception.
        if type(error).__name__ == "PanicException":
            raise Unreadable(f"its parser gave up: {error}"[:_LONGEST_REASON]) from None
        raise


def parse(text: str, language: str) -> "SgNode":
    """The root of ast-grep's tree.

    Raises:
        Unreadable: the text is not in the language, or cannot be handed to the parser.
    """
    # It takes 15 ms to load, which only files of these languages have to wait for.
    from ast_grep_py import SgRoot

    if _RESERVED.search(text):
        raise Unreadable("it contains a control character")
    root = SgRoot(text, language).root()
    error = root.find(kind="ERROR")
    if error is not None or root.kind() == "ERROR":
        at = span_of(error)[0] if error is not None else 0
        raise Unreadable(f"line {text.count(chr(10), 0, at) + 1} is not valid {language}")
    return root


class FormReader(Protocol):
    """What is told of each node that the walk meets."""

    def enter(self, frame: Frame) -> None:
        """An inner node, before what is in it."""

    def leave(self, frame: Frame) -> None:
        """An inner node, behind what is in it."""

    def meet(self) -> None:
        """The last token: it is a statement by itself."""


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
        self._root = root
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
        self._cursor = 0
        self._token_end = 0
        self._previous = ""

    def run(self, reader: FormReader) -> str:
        """Walk, and return the digest of the whole form.

        Raises:
            Unreadable: a token is missing.
        """
        atoms = self._atoms
        outermost = self._open(self._root, self._root.kind(), None)
        outermost.pending = iter(self._root.children())
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
                reader.meet()
        self._catch_up(len(self.text))
        return self.digest(self.parts)

    def digest(self, parts: Sequence[str], size: int = FORM_SIZE) -> str:
        """The digest of parts of a form."""
        data = "\0".join(parts).encode()
        return blake2b(data, digest_size=size, key=self._key).hexdigest()

    def parts_of(self, frame: Frame) -> list[str]:
        """The form of a node that the walk is leaving, with a mark for each block in it."""
        parts = self.parts[frame.first_part :]
        if frame.hidden:
            return [BLOCK if part[0] == BLOCK else part for part in parts]
        return parts

    def tokens_of(self, frame: Frame) -> int:
        """How many tokens a node that the walk is leaving has."""
        return len(self.starts) - frame.first_token

    def collapse(self, first_part: int, mark: str) -> str:
        """Put a digest in the place of all parts from here on, and return it."""
        digest = self.digest(self.parts[first_part:])
        self.parts[first_part:] = [mark + digest]
        return digest

    def _open(self, node: "SgNode", kind: str, above: Frame | None) -> Frame:
        frame = Frame(kind, node, above)
        frame.first_part = len(self.parts)
        frame.first_token = len(self.starts)
        self.parts.append(OPEN + kind)
        frame.is_block = kind in self.grammar.blocks
        frame.is_statement = above is not None and above.is_block and node.is_named()
        if kind in self._chained:
            frame.words = []
        return frame

    def _close(self, frame: Frame) -> None:
        if frame.is_block:
            # What no leaf covers at its end belongs to it, and not to what comes next.
            self._catch_up(span_of(frame.node)[1])
        self.parts.append(CLOSE)
        if frame.words is not None:
            frame.name = name_of(frame, self.grammar)
        if frame.is_block:
            frame.hidden = self.tokens_of(frame)
            frame.digest = self.collapse(frame.first_part, BLOCK)

    def _join(self, frame: Frame) -> None:
        """Let the node above know what is left of one that the walk has left."""
        above = frame.above
        if above is not None:
            above.hidden += frame.hidden
            if above.words is not None and frame.kind not in self.grammar.arguments:
                above.words.append(frame.name)

    def _add_leaf(self, node: "SgNode", kind: str, frame: Frame) -> bool:
        """Add a token. Returns whether it is a statement by itself."""
        start, end = span_of(node)
        if start in self._plain:
            self._cursor = end
            return False
        if start == end:
            if kind in self.grammar.layout.ends and not self.text[end:].strip():
                return False
            line = self.text.count("\n", 0, start) + 1
            raise Unreadable(f"line {line}: a token is missing: {kind}"[:_LONGEST_REASON])
        if start != self._cursor:
            self._catch_up(start)
        text = self.text[start:end]
        self._cursor = end
        if not self._counts(text, start, frame):
            return False
        self._token_end = end
        self._previous = text
        self.parts.append(unquoted(text) if kind in self.grammar.layout.quoted else text)
        self.places.append(len(self.parts) - 1)
        self.starts.append(start)
        self.ends.append(end)
        if frame.words is not None:
            frame.words.append(text if kind not in self.grammar.comments else "")
        return frame.is_block and node.is_named()

    def _counts(self, text: str, start: int, frame: Frame) -> bool:
        """Whether a token is more than layout. Before it, add what its surroundings mean."""
        layout = self.grammar.layout
        if text in layout.separators.get(frame.kind, ()):
            self._previous = text
            self._token_end = start + len(text)
            return False
        if text in _CLOSING:
            if frame.kind in layout.trailing:
                self._drop_trailing_comma()
        elif text in layout.breaks_before or self._previous in layout.breaks_after:
            if "\n" in self.text[self._token_end : start]:
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

    def _catch_up(self, start: int) -> None:
        """Add the text before an offset that no leaf covers, if there is any."""
        between = self.text[self._cursor : start]
        if between.strip(_BLANKS):
            self.parts.append(GAP + between)
        self._cursor = max(self._cursor, start)


_CLOSING = frozenset(")]}")
_BEFORE_ELEMENT = frozenset(",([{")


def unquoted(text: str) -> str:
    """A string with the usual quotes, where the others would mean the same."""
    inside = text[1:-1]
    if text[0] == text[-1] == "'" and not any(sign in inside for sign in "\"'\\"):
        return f'"{inside}"'
    return text


def _plain_comments(text: str, root: "SgNode", grammar: Grammar) -> frozenset[int]:
    rules: list[Rule] = [{"kind": kind} for kind in sorted(grammar.comments)]
    spans = sorted({span_of(node) for node in root.find_all(any=rules)})
    return find_plain(text, spans, grammar.style)


_SILENT = frozenset({"new", "await", "yield"})


def name_of(frame: Frame, grammar: Grammar) -> str:
    """The dotted name of what an expression stands for, with `()` for a call in it."""
    words = [word for word in frame.words or () if _WORD.match(word)]
    if frame.kind in grammar.subscripts:
        words = [*words[:1], *(_key_of(word) for word in words[1:2])]
    elif frame.kind not in grammar.members:
        words = [word for word in words if word not in _SILENT]
        if frame.kind in grammar.passing:
            words = words[:1]
    name = ".".join(word if word[:1] not in _LITERAL else ANYTHING for word in words)
    if frame.kind in grammar.calls:
        name += "()"
    return (name or ANYTHING)[:LONGEST_NAME]


_WORD = re.compile(r"""[\w$@*#'"`]""")
_LITERAL = tuple("'\"`0123456789")


def _key_of(word: str) -> str:
    """The name that a key between brackets stands for."""
    inside = word[1:-1]
    return inside if word[0] in "'\"" and inside.isidentifier() else ANYTHING
