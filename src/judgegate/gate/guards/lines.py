"""Find the lines of a text that look like guards. Nothing is parsed: what is read may be any language, broken or hostile."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from judgegate.gate.guards.kinds import KINDS, GuardKind, Where
from judgegate.model.lines import LineRange

LONGEST = 300
"""Bytes of a line that are looked at: a longer one is no code that people write."""

COMMENT = r"\s*+(?:#(?![\[!])|//|/?\*|--|<!--)"
NOT_CODE = r"""\s*+(?:["'`]|(?:import|from|use|using|include|package)\b|require\b\s*+[("']|\#include|\w{1,80},?\s*+$|$)"""
"""Texts, and what only brings a name in, or lists one."""


@dataclass(frozen=True, slots=True)
class GuardLine:
    """A line that looks like a guard. `text` is the line without white space, to be compared and never shown."""

    kind: GuardKind
    name: str
    line: int
    text: str


def split_lines(content: bytes) -> list[bytes] | None:
    """The lines as git counts them, or None where it is no text."""
    return None if b"\0" in content else content.split(b"\n")


def find_guards(lines: Sequence[bytes], ranges: Iterable[LineRange], places: frozenset[Where]) -> Iterator[GuardLine]:
    """The lines in these ranges that look like guards of the kinds that are looked for in such a file."""
    for number, text in cut_lines(lines, ranges):
        if not compiled(COMMENT).match(text) and not compiled(NOT_CODE).match(text):
            yield from islice(_recognise(number, text, places), 1)


def find_stand_ins(lines: Sequence[bytes], ranges: Iterable[LineRange], places: frozenset[Where]) -> Iterator[GuardLine]:
    """Everything in these ranges that could stand in for a guard: each one of a line, for a formatter may have joined them."""
    for number, text in cut_lines(lines, ranges):
        if not compiled(COMMENT).match(text):
            yield from _recognise(number, text, places)


def cut_lines(lines: Sequence[bytes], ranges: Iterable[LineRange]) -> Iterator[tuple[int, str]]:
    """The lines of the ranges with their numbers, no longer than is looked at."""
    for one in ranges:
        for number in range(one.start, min(one.end, len(lines)) + 1):
            yield number, lines[number - 1][:LONGEST].decode("utf-8", "replace")


def squeeze(text: str) -> str:
    """The line by which two of them are the same, however they are indented, spaced and ended."""
    return "".join(text.split()).rstrip(",;")


def _recognise(number: int, text: str, places: frozenset[Where]) -> Iterator[GuardLine]:
    """Each guard in a line, in the order of their kinds."""
    for kind in KINDS.values():
        if kind.places.isdisjoint(places) or (kind.unless and compiled(kind.unless).search(text)):
            continue
        for found in compiled(kind.pattern).finditer(text):
            yield GuardLine(kind, " ".join(_name(found).replace("(", "").split()), number, squeeze(text))


def _name(found: re.Match[str]) -> str:
    """What to call it: what is raised with the word that raises it."""
    groups: Mapping[str, str | None] = found.groupdict()
    raised = groups.get("raised")
    return f"{found.group().strip(' {;)').split()[0]} {raised}" if raised else groups["name"] or ""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compiled at the first use: most runs look at no removed line."""
    return re.compile(pattern)
