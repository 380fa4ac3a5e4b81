"""Find the lines of a text that look like guards.

Nothing is parsed: what is read may be any language, broken or hostile.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

from msgspec import Struct

from judgegate.checks.removed_guards.kinds import KINDS, GuardKind, Where
from judgegate.model.ranges import LineRange

LONGEST = 300
"""Bytes of a line that are read: a longer one is no code that people write."""

COMMENT = r"\s*+(?:#(?![\[!])|//|/?\*|--|<!--)"

NOT_CODE = (
    r"""\s*+(?:["'`]|(?:import|from|use|using|include|package)\b|require\b\s*+[("']"""
    r"""|\#include|\w{1,80},?\s*+$|$)"""
)
"""Texts, and what only brings a name in, or lists one."""

TAB = 8
"""Columns of a tab, as Python counts them; only more and less matter."""

DEFINITION = (
    r"(?:(?:export|default|public|private|protected|internal|static|async|pub|final"
    r"|abstract|override|inline|virtual|open|local)\s++)*+"
    r"(?:(?:def|func|function\*?|fn|fun|sub|class|struct|trait|impl|interface|module|enum)"
    r"\s++(?:\([^)]{0,80}\)\s*+)?(?P<name>\w{1,80})"
    r"|(?:const|let|var)\s++(?P<constant>\w{1,80})\s*+=\s*+(?:async\s*+)?(?:\(|function\b|\w{1,40}\s*+=>)"
    r"|(?!(?:if|for|while|switch|catch|return|else|with)\b)(?P<method>\w{1,80})\s*+\([^;]{0,200}\)\s*+\{\s*+$"
    r"|(?:[\w<>\[\],.?]{1,80}\s++){1,3}(?P<typed>\w{1,80})\s*+\([^;={]{0,200}\)[^;={]{0,80}\{\s*+$)"
)
CONDITION = (
    r"[})\]\s]*+(?:if|elif|elsif|else|elseif|unless|case|when|guard|switch|match|default)\b"
    r"|.{0,200}(?:&&|\|\||\bor)\s*+(?:\{|$)|.{0,200}\?\s*+$"
)
HANDLER = r"[})\]\s]*+(?:except|catch|rescue)\b"

INLINE = r"\b(?:if|unless|when)\b|\|\||&&|\?\?"
"""In the guard's own line: `raise X unless y`, `if (x) throw y`, `x || die`."""

_LONGEST_DECORATION = 20
"""Lines after which a decorator can belong to no definition any more."""


class GuardLine(Struct, frozen=True):
    """A line that looks like a guard.

    `text` is the line without white space, to be compared and never shown.
    """

    kind: GuardKind
    name: str
    line: int
    text: str


class LineContext(Struct, frozen=True):
    """What a line stands in.

    The line of the nearest definition's header, its name, and whether a condition guards the line.
    """

    header: int | None
    name: str
    conditional: bool


def split_lines(content: bytes) -> list[bytes] | None:
    """The lines as git counts them, or None where it is no text."""
    return None if b"\0" in content else content.split(b"\n")


def find_guards(
    lines: Sequence[bytes], ranges: Iterable[LineRange], places: frozenset[Where]
) -> Iterator[GuardLine]:
    """The lines in these ranges that look like guards, each once.

    Args:
        lines: all lines of the file.
        ranges: which of them are searched.
        places: the kinds of guards that such a file can have, by where they are searched.
    """
    for number, text in cut_lines(lines, ranges):
        if _is_code(text):
            yield from islice(_recognise(number, text, places), 1)


def find_stand_ins(
    lines: Sequence[bytes], ranges: Iterable[LineRange], places: frozenset[Where]
) -> Iterator[GuardLine]:
    """Everything in these ranges that could stand in for a guard.

    Each one of a line counts, because a formatter may have joined them.
    """
    for number, text in cut_lines(lines, ranges):
        if not _is_comment(text):
            yield from _recognise(number, text, places)


def _is_comment(text: str) -> bool:
    """Whether the line begins with what is a comment in some language."""
    return compiled(COMMENT).match(text) is not None


def _is_code(text: str) -> bool:
    """Whether the line can do something: it is neither a comment, nor a text, nor an import."""
    return not _is_comment(text) and compiled(NOT_CODE).match(text) is None


def cut_lines(
    lines: Sequence[bytes], ranges: Iterable[LineRange]
) -> Iterator[tuple[int, str]]:
    """The lines of the ranges with their numbers, no longer than is read."""
    for one in ranges:
        for number in range(one.start, min(one.end, len(lines)) + 1):
            yield number, lines[number - 1][:LONGEST].decode("utf-8", "replace")


def squeeze(text: str) -> str:
    """The line by which two of them are the same, however they are indented, spaced and ended."""
    return "".join(text.split()).rstrip(",;")


def _recognise(number: int, text: str, places: frozenset[Where]) -> Iterator[GuardLine]:
    """Each guard in a line, in the order of their kinds."""
    for kind in KINDS.values():
        if kind.places.isdisjoint(places):
            continue
        seen = list(compiled(kind.pattern).finditer(text))
        # Asked last, because most lines have no guard.
        if seen and not _is_switched_off(kind, text):
            for found in seen:
                yield GuardLine(kind, _name(found), number, squeeze(text))


def _is_switched_off(kind: GuardKind, text: str) -> bool:
    """Whether the line says that what looks like such a guard is none."""
    return kind.unless is not None and compiled(kind.unless).search(text) is not None


def _name(found: re.Match[str]) -> str:
    """What to call it: what is raised with the word that raises it."""
    groups: Mapping[str, str | None] = found.groupdict()
    name = groups["name"] or ""
    if raised := groups.get("raised"):
        word, *_ = found.group().strip(" {;)").split()
        name = f"{word} {raised}"
    return " ".join(name.replace("(", "").split())


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compiled at the first use: most runs read no removed line."""
    return re.compile(pattern)


class _Block(Struct, frozen=True):
    """A block of code, by the line that begins it: what is indented further belongs to it."""

    indent: int
    line: int
    kind: str
    name: str = ""

    @property
    def is_definition(self) -> bool:
        return self.kind == "definition"

    def ends_at(self, indent: int, *, closing: bool) -> bool:
        """Whether the block ends before a line with this indentation.

        `closing`: the line starts with a bracket that closes something. At the block's own
        indentation that belongs to what it closes.
        """
        return self.indent > indent or (self.indent == indent and not closing)


def read_line_context(
    lines: Sequence[bytes], wanted: Collection[int]
) -> dict[int, LineContext]:
    """What each of the wanted lines stands in.

    A decorator or an annotation belongs to the definition below it.

    Args:
        lines: all lines of the file.
        wanted: the numbers of those that are asked for, from 1.
    """
    reader = _ContextReader(wanted)
    last = max(wanted, default=0)
    for number, text in _texts(lines):
        # Below the last wanted line only a definition is of interest that a decorator waits for.
        if number > last and not reader.decorators:
            break
        reader.take(number, text)
    return reader.found


class _ContextReader:
    """What the lines so far say about where the next one stands.

    `blocks` are those that it may stand in, the outermost first; `decorators` the wanted lines that
    may belong to a definition below.
    """

    def __init__(self, wanted: Collection[int]) -> None:
        self.wanted = wanted
        self.found: dict[int, LineContext] = {}
        self.blocks: list[_Block] = []
        self.decorators: list[int] = []

    def take(self, number: int, text: str) -> None:
        """Go past a line that is not blank."""
        stripped = text.lstrip()
        indent = _indent(text, stripped)
        _leave(self.blocks, indent, stripped)
        block = _open(indent, number, stripped)
        definition = block if block is not None and block.is_definition else None
        if number in self.wanted:
            # A definition's own header stands in it.
            around = self.blocks if definition is None else [*self.blocks, definition]
            self.found[number] = _describe(around, stripped)
        self._decorate(number, stripped, definition)
        if block is not None:
            self.blocks.append(block)

    def _decorate(self, number: int, stripped: str, definition: _Block | None) -> None:
        """Notice a decorator, or let those that wait belong to the definition that begins here."""
        if stripped.startswith(("@", "#[")):
            if number in self.wanted:
                self.decorators.append(number)
        elif definition is not None:
            context = LineContext(number, definition.name, conditional=False)
            self.found |= dict.fromkeys(self.decorators, context)
            self.decorators.clear()
        # A line that starts with a closing bracket ends a decorator that goes over many lines,
        # however long that is.
        elif not _is_closing(stripped):
            self.decorators = _still_open(self.decorators, number)


def _still_open(decorators: Iterable[int], number: int) -> list[int]:
    """The decorators that can still belong to a definition below this line."""
    return [one for one in decorators if number - one < _LONGEST_DECORATION]


def _texts(lines: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers, no longer than is read."""
    for number, line in enumerate(lines, 1):
        text = line[:LONGEST].decode("utf-8", "replace")
        if text.strip():
            yield number, text


def _indent(text: str, stripped: str) -> int:
    """Columns before the text."""
    return len(text[: len(text) - len(stripped)].expandtabs(TAB))


def _is_closing(stripped: str) -> bool:
    """Whether the line starts with a bracket that closes something."""
    return stripped[0] in ")]}"


def _leave(blocks: list[_Block], indent: int, stripped: str) -> None:
    """Forget the blocks that ended."""
    closing = _is_closing(stripped) and not _goes_on(stripped)
    while blocks and blocks[-1].ends_at(indent, closing=closing):
        blocks.pop()


def _goes_on(stripped: str) -> bool:
    """Whether the line begins a condition or a handler, as `} else {` does behind a bracket."""
    return any(compiled(pattern).match(stripped) for pattern in (CONDITION, HANDLER))


def _open(indent: int, number: int, stripped: str) -> _Block | None:
    """The block that the line begins, if it does."""
    if compiled(HANDLER).match(stripped):
        return _Block(indent, number, "handler")
    if compiled(CONDITION).match(stripped):
        return _Block(indent, number, "condition")
    name = definition_name(stripped)
    return _Block(indent, number, "definition", name) if name else None


def definition_name(stripped: str) -> str | None:
    """The name that a line defines, if it is a definition's header."""
    found = compiled(DEFINITION).match(stripped)
    if found is None:
        return None
    # Each form of a definition has a group of its own.
    return next(filter(None, found.groups()), None)


def _describe(blocks: Sequence[_Block], stripped: str) -> LineContext:
    """What a line stands in, by the blocks around it, the outermost first."""
    definition = next((block for block in reversed(blocks) if block.is_definition), None)
    nearest = blocks[-1].kind if blocks else ""
    conditional = nearest == "condition" or bool(compiled(INLINE).search(stripped))
    if definition is None:
        return LineContext(None, "", conditional)
    return LineContext(definition.line, definition.name, conditional)
