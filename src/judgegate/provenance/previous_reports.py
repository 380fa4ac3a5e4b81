"""Evidence of an earlier head of the same change.

It can only add: a marker that a force-push dropped was there.
"""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from judgegate.model.change import Commit
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.evidence import Evidence
from judgegate.model.levels import Certainty, Role
from judgegate.provenance.matcher import Matcher, default_matcher
from judgegate.provenance.messages import read_commit

SUFFIX = " (previous report)"
EARLIER_HEAD = " (earlier head)"


class PreviousReportError(UsageError):
    """A file that should be a report is none."""

    code = "previous-report"


def read_previous_report(
    data: bytes, name: str = "the previous report"
) -> tuple[Evidence, ...]:
    """The evidence in a JSON report of version 1.

    Args:
        data: the report.
        name: how to call the input in a message.

    Raises:
        PreviousReportError: it is no such report.
    """
    try:
        report = json.loads(data, object_pairs_hook=_once)
    except _TwiceError as error:
        raise PreviousReportError(
            f"{name} has the key {error} twice in one object.",
            "Give a report exactly as judgegate wrote it.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise PreviousReportError(
            f"{name} is not JSON.", "Give a report made with -f json."
        ) from error
    evidence = _object(_object(report).get("provenance")).get("evidence")
    if not isinstance(evidence, list) or not _is_one(report.get("version")):
        raise PreviousReportError(
            f"{name} is not a report of version 1.", "Give a report made with -f json."
        )
    pieces = read_evidence(evidence)
    if len(pieces) < len(evidence):
        raise PreviousReportError(
            f"{name} has evidence that cannot be read.",
            "Give a report exactly as judgegate wrote it.",
        )
    return pieces


class _TwiceError(ValueError):
    """An object has the same key twice, and readers would differ on which one holds."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of these keys and values.

    Raises:
        _TwiceError: a key is there twice.
    """
    counts = Counter(key for key, _ in pairs)
    if len(counts) < len(pairs):
        twice = next(key for key, count in counts.items() if count > 1)
        raise _TwiceError(repr(twice)[:80])
    return dict(pairs)


def _object(value: object) -> dict[str, Any]:
    """A JSON object, empty where the value is none."""
    return value if isinstance(value, dict) else {}


def _is_one(version: object) -> bool:
    """Whether it is the number 1, which True and 1.0 only equal."""
    return type(version) is int and version == 1


def read_evidence(entries: list[object]) -> tuple[Evidence, ...]:
    """The entries of a report's evidence that can be read.

    Their source says that an earlier report saw them.

    Args:
        entries: as JSON has them; those that have another shape are passed over.
    """
    return tuple(filter(None, map(_read_piece, map(_object, entries))))


def _read_piece(entry: dict[str, object]) -> Evidence | None:
    """The evidence that an entry holds; None if it cannot be read."""
    tool, signal, source, quote = (
        entry.get(key) for key in ("tool", "signal", "source", "quote")
    )
    if not isinstance(tool, str) or not isinstance(signal, str):
        return None
    if not isinstance(source, str) or not isinstance(quote, str):
        return None
    try:
        role, confidence = Role(entry.get("role")), Certainty(entry.get("confidence"))
    except ValueError:
        return None
    # A report of a report says it once.
    place = source if source.endswith((SUFFIX, EARLIER_HEAD)) else source + SUFFIX
    commit = entry.get("commit")
    return Evidence(
        tool,
        signal,
        role,
        confidence,
        place,
        commit if isinstance(commit, str) else None,
        quote,
    )


def read_earlier_commits(
    commits: Iterable[Commit], matcher: Matcher | None = None
) -> tuple[Evidence, ...]:
    """The evidence in commits that the change had once, as far as they say it themselves.

    Its source names an earlier head.

    Args:
        commits: those that are no longer part of the change.
        matcher: of the catalogue in the package by default.
    """
    matcher = matcher or default_matcher()
    return tuple(
        replace(piece, source=piece.source + EARLIER_HEAD)
        for commit in commits
        for piece in read_commit(commit, matcher)[0]
    )
