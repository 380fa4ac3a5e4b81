"""Evidence of an earlier report about the same change. It can only add: a marker that a force-push dropped was there."""

import json
from collections.abc import Iterator

from judgegate.model.errors import UsageError
from judgegate.model.evidence import Evidence
from judgegate.model.scales import Certainty, Role

SUFFIX = " (previous report)"


class PreviousReportError(UsageError):
    """A file that should be a report is none."""

    code = "previous-report"


def read_previous_report(data: bytes, name: str = "the previous report") -> tuple[Evidence, ...]:
    """The evidence in a JSON report of version 1.

    Args:
        data: the report.
        name: how to call the input in a message.

    Raises:
        PreviousReportError: it is no such report.
    """
    try:
        report = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PreviousReportError(f"{name} is not JSON.", "Give a report made with -f json.") from error
    provenance = report.get("provenance") if isinstance(report, dict) else None
    evidence = provenance.get("evidence") if isinstance(provenance, dict) else None
    if not isinstance(evidence, list) or report.get("version") != 1:
        raise PreviousReportError(f"{name} is not a report of version 1.", "Give a report made with -f json.")
    pieces = list(_pieces(evidence))
    if len(pieces) < len(evidence):
        raise PreviousReportError(f"{name} holds evidence that cannot be read.", "Give a report as judgegate wrote it.")
    return tuple(pieces)


def _pieces(entries: list[object]) -> Iterator[Evidence]:
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        tool, signal, source, quote = (entry.get(key) for key in ("tool", "signal", "source", "quote"))
        commit = entry.get("commit")
        try:
            role, confidence = Role(entry.get("role")), Certainty(entry.get("confidence"))
        except ValueError:
            continue
        if isinstance(tool, str) and isinstance(signal, str) and isinstance(source, str) and isinstance(quote, str):
            place = source if source.endswith(SUFFIX) else source + SUFFIX
            yield Evidence(tool, signal, role, confidence, place, commit if isinstance(commit, str) else None, quote)
