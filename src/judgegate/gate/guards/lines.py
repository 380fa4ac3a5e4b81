"""Find the lines of a text that look like guards. Nothing is parsed: what is read may be any language, broken or hostile."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from judgegate.gate.guards.kinds import KINDS, GuardKind, Where
from judgegate.model.lines import LineRange

LONGEST = 300
"""Bytes of a line that are looked at: a longer one is no code that people write."""

NOT_CODE = re.compile(
    r"""\s*+(?:#(?![\[!])|//|/?\*|--|<!--|["'`]|(?:import|from|use|using|require|include|package)\b|\#include|\w{1,80},?\s*+$|$)"""
)
"""Comments, texts, and what only brings a name in, or lists one."""


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
    kinds = [kind for kind in KINDS.values() if not kind.places.isdisjoint(places)]
    for number, text in cut_lines(lines, ranges):
        found = None if NOT_CODE.match(text) else _recognise(text, kinds)
        if found is not None:
            kind, name = found
            yield GuardLine(kind, name, number, squeeze(text))


def cut_lines(lines: Sequence[bytes], ranges: Iterable[LineRange]) -> Iterator[tuple[int, str]]:
    """The lines of the ranges with their numbers, no longer than is looked at."""
    for one in ranges:
        for number in range(one.start, min(one.end, len(lines)) + 1):
            yield number, lines[number - 1][:LONGEST].decode("utf-8", "replace")


def squeeze(text: str) -> str:
    """The line by which two of them are the same, however they are indented, spaced and ended."""
    return "".join(text.split()).rstrip(",;")


def _recognise(text: str, kinds: Iterable[GuardKind]) -> tuple[GuardKind, str] | None:
    for kind in kinds:
        found = _compiled(kind.pattern).search(text)
        if found and not (kind.unless and _compiled(kind.unless).search(text)):
            return kind, " ".join(_name(found).replace("(", "").split())
    return None


def _name(found: re.Match[str]) -> str:
    """What to call it: what is raised with the word that raises it."""
    groups: Mapping[str, str | None] = found.groupdict()
    raised = groups.get("raised")
    return f"{found.group().strip(' {;)').split()[0]} {raised}" if raised else groups["name"] or ""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled at the first use: most runs look at no removed line."""
    return re.compile(pattern)
