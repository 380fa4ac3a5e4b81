"""The report as JSON, version 1: the shape that `report.schema.json` describes."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from judgegate import __version__
from judgegate.model.change import Change, FileChange
from judgegate.model.evidence import Evidence
from judgegate.model.notices import Notice
from judgegate.model.verdict import (
    Counted,
    Demand,
    FileState,
    Finding,
    JudgedFile,
    Override,
    PolicySource,
    ProvenanceVerdict,
    Reason,
    ReviewVerdict,
    Standing,
    Verdict,
)
from judgegate.report.characters import spell
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.selection import path_key, shown_findings

REPORT_VERSION = 1

# A string for the JSON of a key: its elements are JSON values.
Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

SURROGATES = re.compile("[\ud800-\udfff]")


def tell_json(told: Verdict | Failure, options: ReportOptions) -> str:
    """The report as ASCII text that ends with a newline."""
    if isinstance(told, Failure):
        return serialise(failure_document(told))
    return serialise(verdict_document(told, show_all=options.show_all))


def serialise(document: Json) -> str:
    """The document as JSON: ASCII only, no raw control character, no lone surrogate.

    The escapes of JSON cover all but two: DEL, which may stand raw in a string, and lone surrogates, which stand for odd bytes of a path
    and are no Unicode text.
    """
    text = json.dumps(_legible(document), ensure_ascii=True, allow_nan=False, indent=2)
    return text.replace("\x7f", "\\u007f") + "\n"


def _legible(value: Json) -> Json:
    match value:
        case str():
            return SURROGATES.sub(lambda match: spell(match.group()), value)
        case list():
            return [_legible(item) for item in value]
        case dict():
            return {key: _legible(item) for key, item in value.items()}
        case _:
            return value


def failure_document(failure: Failure) -> Json:
    """The report where nothing could be judged: all that was not reached is null."""
    return {
        "version": REPORT_VERSION,
        "tool": _tool(),
        "outcome": "error",
        "reasons": [],
        "change": None,
        "policy": None,
        "provenance": None,
        "findings": [],
        "review": None,
        "notices": [],
        "errors": _notices(failure.errors),
    }


def verdict_document(verdict: Verdict, *, show_all: bool) -> Json:
    """The verdict in the report's shape."""
    return {
        "version": REPORT_VERSION,
        "tool": _tool(),
        "outcome": verdict.outcome.value,
        "reasons": [_reason(reason) for reason in sorted(verdict.reasons, key=_reason_key)],
        "change": _change(verdict.change, verdict),
        "policy": _policy(verdict.policy),
        "provenance": _provenance(verdict.provenance),
        "findings": [_finding(finding) for finding in shown_findings(verdict, show_all=show_all)],
        "review": _review(verdict.review),
        "notices": _notices(verdict.notices),
        "errors": _notices(verdict.errors),
    }


def _tool() -> Json:
    return {"name": "judgegate", "version": __version__}


def _reason_key(reason: Reason) -> tuple[object, ...]:
    """The strongest first."""
    return (-reason.action.rank, reason.rule or "", reason.message)


def _reason(reason: Reason) -> Json:
    return {"rule": reason.rule, "action": reason.action.value, "message": reason.message}


def provenance_document(
    change: Change, provenance: ProvenanceVerdict, shares: Sequence[tuple[FileChange, int]], notices: Iterable[Notice]
) -> Json:
    """Who wrote a change: the report's own `provenance`, and the AI-assisted lines of each file."""
    return {
        "version": REPORT_VERSION,
        "tool": _tool(),
        "change": {
            "base": change.base.oid if change.base else None,
            "head": change.head.oid if change.head else None,
            "merge_base": change.merge_bases[0] if change.merge_bases else None,
            "commits": len(change.commits),
        },
        "provenance": _provenance(provenance),
        "files": [{"path": file.path, "added": file.added_lines, "ai_lines": lines} for file, lines in shares],
        "notices": _notices(notices),
    }


def _change(change: Change, verdict: Verdict) -> Json:
    return {
        "base": change.base.oid if change.base else None,
        "head": change.head.oid if change.head else None,
        "merge_base": change.merge_bases[0] if change.merge_bases else None,
        "assurance": change.assurance.value,
        "added_lines": change.added_lines,
        "removed_lines": change.removed_lines,
        "counts": {state.value: verdict.count(state) for state in FileState},
        "files": [_file(file) for file in sorted(verdict.files, key=lambda file: path_key(file.change.path))],
    }


def _file(file: JudgedFile) -> Json:
    return {
        "path": file.change.path,
        "old_path": file.change.old_path,
        "status": file.change.status.value,
        "added": file.change.added_lines,
        "removed": file.change.removed_lines,
        "state": file.state.value,
        "reason": file.reason,
        "rules": _sorted(file.rules),
    }


def _policy(policy: PolicySource) -> Json:
    return {"source": policy.source, "commit": policy.commit, "digest": policy.digest}


def _provenance(provenance: ProvenanceVerdict) -> Json:
    return {
        "verdict": provenance.verdict.value,
        "confidence": provenance.confidence.value if provenance.confidence else None,
        "ai_lines": provenance.ai_lines,
        "added_lines": provenance.added_lines,
        "evidence": [_evidence(evidence) for evidence in sorted(provenance.evidence, key=_evidence_key)],
    }


def _evidence_key(evidence: Evidence) -> tuple[object, ...]:
    """The strongest first."""
    names = (evidence.tool, evidence.signal, evidence.role.value, evidence.source)
    return (-evidence.confidence.rank, *names, evidence.commit or "", evidence.quote)


def _evidence(evidence: Evidence) -> Json:
    return {
        "tool": evidence.tool,
        "signal": evidence.signal,
        "role": evidence.role.value,
        "confidence": evidence.confidence.value,
        "source": evidence.source,
        "commit": evidence.commit,
        "quote": evidence.quote,
    }


def _finding(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "code": finding.code,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value if finding.confidence else None,
        "path": finding.path,
        "line": finding.line,
        "end_line": finding.end_line,
        "subject": finding.subject,
        "message": finding.message,
        "action": finding.action.value,
        "origin": finding.origin.value,
        "provenance": finding.provenance.value,
        "fingerprint": finding.fingerprint,
        "waiver": finding.waiver,
    }


def _review(review: ReviewVerdict) -> Json:
    demands = sorted(review.demands, key=lambda demand: (sorted(demand.rules), demand.approvals, demand.missing, demand.who_can))
    counted = sorted(review.counted, key=lambda approval: (approval.who, approval.commit))
    ignored = sorted(review.ignored, key=lambda approval: (approval.who, approval.why))
    return {
        "required": review.required,
        "satisfied": review.satisfied,
        "demands": [_demand(demand) for demand in demands],
        "counted": [_counted(approval) for approval in counted],
        "ignored": [{"who": approval.who, "why": approval.why} for approval in ignored],
        "override": _override(review.override) if review.override else None,
        "held_by": _sorted(review.held_by),
        "unmapped": _sorted(review.unmapped),
    }


def _override(override: Override) -> Json:
    return {"who": override.who, "commit": override.commit, "reason": override.reason, "seconded": _sorted(override.seconded)}


def _counted(approval: Counted) -> Json:
    return {"who": approval.who, "commit": approval.commit, "serves": _sorted(approval.serves), "attested": approval.attested}


def _demand(demand: Demand) -> Json:
    standings = sorted(demand.standings, key=lambda standing: (standing.kind, standing.value or ""))
    return {
        "rules": _sorted(demand.rules),
        "approvals": demand.approvals,
        "from": [_standing(standing) for standing in standings],
        "missing": demand.missing,
        "who_can": _sorted(demand.who_can),
        "shortfall": demand.shortfall,
    }


def _standing(standing: Standing) -> Json:
    """As a policy writes it: `code_owners`, or one key with its value."""
    return standing.kind if standing.value is None else {standing.kind: standing.value}


def _notices(notices: Iterable[Notice]) -> Json:
    return [{"code": notice.code, "message": notice.message} for notice in sorted(notices)]


def _sorted(words: Iterable[str]) -> Json:
    return list[Json](sorted(words))
