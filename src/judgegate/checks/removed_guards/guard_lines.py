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

NOT_CODE = r"""\s*+(?:["'`]|(?:import|from|use|using|include|package)\b|require\b\s*+[("']|\#include|\w{1,80},?\s*+$|$)"""
"""Texts, and what only brings a name in, or lists one."""

TAB = 8
"""Columns of a tab, as Python counts them; only more and less matter."""

DEFINITION = (
    r"(?:(?:export|default|public|private|protected|internal|static|async|pub|final|abstract|override|inline|virtual|open|local)\s++)*+"
    r"(?:(?:def|func|function\*?|fn|fun|sub|class|struct|trait|impl|interface|module|enum)\s++(?:\([^)]{0,80}\)\s*+)?(?P<name>\w{1,80})"
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
    """A line that looks like a guard. `text` is the line without white space, to be compared and never shown."""

    kind: GuardKind
    name: str
    line: int
    text: str


class LineContext(Struct, frozen=True):
    """What a line stands in: the line of the nearest definition's header, its name, and whether a condition guards the line."""

    header: int | None
    name: str
    conditional: bool


def split_lines(content: bytes) -> list[bytes] | None:
    """The lines as git counts them, or None where it is no text."""
    return None if b"\0" in content else content.split(b"\n")


def find_guards(
    lines: Sequence[bytes], ranges: Iterable[LineRange], places: frozenset[Where]
) -> Iterator[GuardLine]:
    """The lines in these ranges that look like guards of the kinds that such a file can hold."""
    for number, text in cut_lines(lines, ranges):
        if not compiled(COMMENT).match(text) and not compiled(NOT_CODE).match(text):
            yield from islice(_recognise(number, text, places), 1)


def find_stand_ins(
    lines: Sequence[bytes], ranges: Iterable[LineRange], places: frozenset[Where]
) -> Iterator[GuardLine]:
    """Everything in these ranges that could stand in for a guard: each one of a line, for a formatter may have joined them."""
    for number, text in cut_lines(lines, ranges):
        if not compiled(COMMENT).match(text):
            yield from _recognise(number, text, places)


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
        if kind.places.isdisjoint(places) or (
            kind.unless and compiled(kind.unless).search(text)
        ):
            continue
        for found in compiled(kind.pattern).finditer(text):
            yield GuardLine(
                kind, " ".join(_name(found).replace("(", "").split()), number, squeeze(text)
            )


def _name(found: re.Match[str]) -> str:
    """What to call it: what is raised with the word that raises it."""
    groups: Mapping[str, str | None] = found.groupdict()
    raised = groups.get("raised")
    return (
        f"{found.group().strip(' {;)').split()[0]} {raised}"
        if raised
        else groups["name"] or ""
    )


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compiled at the first use: most runs read no removed line."""
    return re.compile(pattern)


class _Block(Struct, frozen=True):
    indent: int
    line: int
    kind: str
    name: str = ""

    @property
    def is_definition(self) -> bool:
        return self.kind == "definition"


def read_line_context(
    lines: Sequence[bytes], wanted: Collection[int]
) -> dict[int, LineContext]:
    """What each of the wanted lines stands in.

    A decorator or an annotation belongs to the definition below it.
    """
    found: dict[int, LineContext] = {}
    blocks: list[_Block] = []
    decorators: list[int] = []
    last = max(wanted, default=0)
    for number, text in _texts(lines):
        if number > last and not decorators:
            break
        stripped = text.lstrip()
        indent = _indent(text, stripped)
        _leave(blocks, indent, stripped)
        block = _open(indent, number, stripped)
        if number in wanted:
            # A definition's own header stands in it.
            around = (
                [*blocks, block] if block is not None and block.is_definition else blocks
            )
            found[number] = _describe(around, stripped)
        if stripped.startswith(("@", "#[")):
            decorators += [number] if number in wanted else []
        elif block is not None and block.is_definition:
            found |= dict.fromkeys(
                decorators, LineContext(number, block.name, conditional=False)
            )
            decorators.clear()
        # A line that starts with a closing bracket ends a decorator that goes over many lines,
        # however long that is.
        elif stripped[0] not in ")]}":
            decorators = _still_open(decorators, number)
        if block is not None:
            blocks.append(block)
    return found


def _still_open(decorators: Iterable[int], number: int) -> list[int]:
    """The decorators that can still belong to a definition below this line."""
    return [one for one in decorators if number - one < _LONGEST_DECORATION]


def _texts(lines: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        text = line[:LONGEST].decode("utf-8", "replace")
        if not text.isspace() and text:
            yield number, text


def _indent(text: str, stripped: str) -> int:
    return len(text[: len(text) - len(stripped)].expandtabs(TAB))


def _leave(blocks: list[_Block], indent: int, stripped: str) -> None:
    """Forget the blocks that ended. What starts with a closing bracket belongs to what it closes."""
    closing = (
        stripped[0] in ")]}"
        and not compiled(CONDITION).match(stripped)
        and not compiled(HANDLER).match(stripped)
    )
    while blocks and (
        blocks[-1].indent > indent or (blocks[-1].indent == indent and not closing)
    ):
        blocks.pop()


def _open(indent: int, number: int, stripped: str) -> _Block | None:
    if compiled(HANDLER).match(stripped):
        return _Block(indent, number, "handler")
    if compiled(CONDITION).match(stripped):
        return _Block(indent, number, "condition")
    name = definition_name(stripped)
    return _Block(indent, number, "definition", name) if name else None


def definition_name(stripped: str) -> str | None:
    """The name that a line defines, if it is a definition's header."""
    found = compiled(DEFINITION).match(stripped)
    return next((name for name in found.groups() if name), None) if found else None


def _describe(blocks: Sequence[_Block], stripped: str) -> LineContext:
    definition = next((block for block in reversed(blocks) if block.is_definition), None)
    nearest = blocks[-1].kind if blocks else ""
    conditional = nearest == "condition" or bool(compiled(INLINE).search(stripped))
    return LineContext(
        definition.line if definition else None,
        definition.name if definition else "",
        conditional,
    )
