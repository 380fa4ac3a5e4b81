"""Tasks, answers, and how they travel: JSON behind its length, four bytes, the highest first. What a worker says is checked on arrival."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from judgegate.checks.check_types import ScannedSide, Sighting
from judgegate.model.levels import Confidence, Severity
from judgegate.model.observation import Observation
from judgegate.model.own_rules import Imports, Independent, Pattern, Regex, Search, Sought
from judgegate.model.ranges import LineRange

LENGTH_SIZE = 4
_TEXTS = 7
_FIELDS = 16


class MalformedMessageError(ValueError):
    """A message that no honest worker sends."""


Content = bytes | Callable[[], bytes]
"""A file's bytes, or a function that reads them when a worker is free for them."""


@dataclass(frozen=True, slots=True)
class ScanTask:
    """Scan one side of one file. `id` is the caller's; `rules` are those that are wanted, `searches` what the own ones search."""

    id: str
    language: str
    rules: frozenset[str]
    content: Content
    searches: tuple[Sought, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareTask:
    """Look at both sides of one file; a side that the change does not have is None."""

    id: str
    language: str
    rules: frozenset[str]
    before: Content | None
    after: Content | None


Task = ScanTask | CompareTask


@dataclass(frozen=True, slots=True)
class Scanned:
    """Every check that applies ran to its end. `rules` are the ids that they observe for, of those that were wanted, sorted."""

    id: str
    rules: tuple[str, ...]
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Every comparison that applies ran to its end."""

    id: str
    rules: tuple[str, ...]
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The file could not be checked; `reason` is a sentence without a full stop.

    `lasting`: it is the file's content, and would be the same wherever and whenever it is tried; a crash or a limit may not be.
    """

    id: str
    reason: str
    lasting: bool = False


Answer = Scanned | Compared | Failed


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds.

    `memory` is counted beyond the stack of the thread that scans. `answer` bounds what a worker may send back. `watch_memory`: the
    system cannot limit a process's address space, so the parent watches what it holds.
    """

    source: int = 1_000_000
    cpu: int = 10
    memory: int = 1 << 30
    clock: float = 60.0
    answer: int = 32 << 20
    stack: int = 512 << 20
    recursion: int = 50_000
    watch_memory: bool = sys.platform == "darwin"


def pack(message: dict[str, Any]) -> bytes:
    """A message with its length in front."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return len(body).to_bytes(LENGTH_SIZE, "big") + body


def unpack(body: bytes) -> dict[str, Any]:
    """A message without its length.

    Raises:
        MalformedMessageError: it is not a JSON object.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedMessageError("not JSON") from error
    if not isinstance(message, dict):
        raise MalformedMessageError("not an object")
    return message


def dump_sighting(sighting: Sighting) -> list[Any]:
    """A sighting as a list; the path stays at home, since both shapes that travel speak of one file."""
    seen = sighting.observation
    return [
        sighting.side.value,
        *(seen.rule, seen.code, seen.subject, seen.message, seen.fingerprint, seen.key, seen.excerpt),
        *(seen.lines.start, seen.lines.end),
        seen.severity and seen.severity.value,
        seen.confidence and seen.confidence.value,
        *(seen.measure, seen.metric, seen.body),
        *((seen.definition.start, seen.definition.end) if seen.definition else (None, None)),
    ]


def load_sightings(value: object, rules: frozenset[str]) -> tuple[Sighting, ...]:
    """The sightings of an answer, each checked field by field.

    Raises:
        MalformedMessageError: something has the wrong type, is out of range, or speaks of a rule that was not asked for.
    """
    if not isinstance(value, list):
        raise MalformedMessageError("not a list")
    try:
        return tuple(_load_sighting(item, rules) for item in value)
    except (TypeError, ValueError) as error:
        raise MalformedMessageError("not an observation") from error


def _load_sighting(item: list[Any], rules: frozenset[str]) -> Sighting:
    side, *rest = item
    texts, (start, end, severity, confidence, measure, metric, body, first, last) = (
        rest[:_TEXTS],
        rest[_TEXTS:],
    )
    rule, code, subject, message, fingerprint, key, excerpt = (load_text(text) for text in texts)
    if rule not in rules:
        raise MalformedMessageError("not a rule that was asked for")
    observation = Observation(
        rule=rule,
        code=code,
        lines=_lines(start, end),
        subject=subject,
        message=message,
        fingerprint=fingerprint,
        key=key,
        excerpt=excerpt,
        severity=None if severity is None else Severity(severity),
        confidence=None if confidence is None else Confidence(confidence),
        measure=None if measure is None else _number(measure),
        metric=None if metric is None else load_text(metric),
        body=None if body is None else load_text(body),
        definition=None if first is None else _lines(first, last),
    )
    return Sighting(observation, ScannedSide(side))


def dump_searches(sought: Iterable[Sought]) -> list[list[Any]]:
    """What a worker must know of own rules. Of a contract it needs no more than that imports are wanted."""
    return [_dump_search(one) for one in sought]


def _dump_search(one: Sought) -> list[Any]:
    match one.search:
        case Pattern(languages=languages, matcher=matcher):
            return [one.rule, "pattern", list(languages), matcher]
        case Regex(pattern=pattern, added=added, secret=secret):
            return [one.rule, "regex", pattern, added, secret]
        case _:
            return [one.rule, "imports"]


def load_searches(value: Iterable[list[Any]]) -> tuple[Sought, ...]:
    """The other way round, on the worker's side: the parent's word is taken."""
    return tuple(Sought(rule, _load_search(kind, rest)) for rule, kind, *rest in value)


def _load_search(kind: str, rest: list[Any]) -> Search:
    match kind, rest:
        case "pattern", [languages, matcher]:
            return Pattern(tuple(languages), matcher)
        case "regex", [pattern, added, secret]:
            return Regex(pattern, added, secret)
        case _:
            return Imports(Independent(()))


def load_texts(value: object, allowed: Iterable[str]) -> tuple[str, ...]:
    """A list of known words, sorted.

    Raises:
        MalformedMessageError: it is something else.
    """
    known = frozenset(allowed)
    if not isinstance(value, list) or not all(isinstance(item, str) and item in known for item in value):
        raise MalformedMessageError("not a list of known words")
    return tuple(sorted(set(value)))


def load_text(value: object) -> str:
    """A text.

    Raises:
        MalformedMessageError: it is something else.
    """
    if not isinstance(value, str):
        raise MalformedMessageError("not a text")
    return value


def _number(value: object) -> int:
    if type(value) is not int:
        raise MalformedMessageError("not a whole number")
    return value


def _lines(start: object, end: object) -> LineRange:
    return LineRange(_number(start), _number(end))
