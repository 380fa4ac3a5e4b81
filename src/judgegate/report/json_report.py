"""The report as JSON, version 1: the shape that `report.schema.json` describes."""

from collections.abc import Iterable, Mapping, Sequence

from judgegate import __version__
from judgegate.model.change import Change, FileChange
from judgegate.model.evidence import Evidence
from judgegate.model.hunks import Concern, Hunk, Reading
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange
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
from judgegate.report.json_values import REPORT_VERSION, Json, in_order, serialise
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.selection import path_key, shown_findings


def brief_document(verdict: Verdict) -> Json:
    """The hunks as the verdict ranks them: this list alone is not sorted by anything else."""
    changes = {file.path: file for file in verdict.change.files}
    return [_hunk(hunk, changes) for hunk in verdict.hunks]


def reading_document(reading: Reading) -> Json:
    """How much there is to read."""
    return {
        "files": reading.files,
        "added": reading.added,
        "removed": reading.removed,
        "exempt": reading.exempt,
        "hunks": reading.hunks,
        "at_stake": reading.at_stake,
    }


def _hunk(hunk: Hunk, changes: Mapping[str, FileChange]) -> Json:
    """`line` and `end_line` are the head's; where the head has none, the merge base's."""
    line, end_line = _ends(hunk.added or hunk.removed)
    removed_line, removed_end_line = _ends(hunk.removed)
    change = changes.get(hunk.path)
    gone = change is not None and change.new is None
    only_removes = hunk.added is None and hunk.removed is not None
    return {
        "path": hunk.path,
        "side": "base" if gone or only_removes else "head",
        "line": line,
        "end_line": end_line,
        "removed_line": removed_line,
        "removed_end_line": removed_end_line,
        "weight": hunk.weight,
        "alike": hunk.alike,
        "stakes": list[Json](
            dict.fromkeys(concern.stake.value for concern in hunk.concerns)
        ),
        "concerns": [_concern(concern) for concern in hunk.concerns],
    }


def _ends(lines: LineRange | None) -> tuple[int | None, int | None]:
    """The first and the last line, neither where there are none."""
    if lines is None:
        return None, None
    return lines.start, lines.end


def _concern(concern: Concern) -> Json:
    return {
        "stake": concern.stake.value,
        "what": concern.what,
        "question": concern.question,
        "line": concern.line,
    }


def review_document(review: ReviewVerdict) -> Json:
    """The demands, who approved, and what does not count."""
    # Sorted by what they say, so that equal reviews give equal bytes.
    demands = sorted(review.demands, key=_demand_order)
    counted = sorted(review.counted, key=lambda approval: (approval.who, approval.commit))
    ignored = sorted(review.ignored, key=lambda approval: (approval.who, approval.why))
    return {
        "required": review.required,
        "satisfied": review.satisfied,
        "demands": list(map(_demand, demands)),
        "counted": list(map(_counted, counted)),
        "ignored": [{"who": approval.who, "why": approval.why} for approval in ignored],
        "override": _override(review.override) if review.override else None,
        "held_by": in_order(review.held_by),
        "unmapped": in_order(review.unmapped),
    }


def _demand_order(demand: Demand) -> tuple[object, ...]:
    return sorted(demand.rules), demand.approvals, demand.missing, demand.who_can


def _override(override: Override) -> Json:
    return {
        "who": override.who,
        "commit": override.commit,
        "reason": override.reason,
        "seconded": in_order(override.seconded),
    }


def _counted(approval: Counted) -> Json:
    """An approval; `attested` is null unless it is an attestation."""
    return {
        "who": approval.who,
        "commit": approval.commit,
        "serves": in_order(approval.serves),
        "attested": approval.attested,
    }


def _demand(demand: Demand) -> Json:
    """A review that is asked for: `shortfall` says in words what `missing` counts."""
    standings = sorted(
        demand.standings, key=lambda standing: (standing.kind, standing.value or "")
    )
    return {
        "rules": in_order(demand.rules),
        "approvals": demand.approvals,
        "from": [_standing(standing) for standing in standings],
        "missing": demand.missing,
        "who_can": in_order(demand.who_can),
        "shortfall": demand.shortfall,
    }


def _standing(standing: Standing) -> Json:
    """As a policy writes it: `code_owners`, or one key with its value."""
    if standing.value is None:
        return standing.kind
    return {standing.kind: standing.value}


__all__ = [
    "REPORT_VERSION",
    "Json",
    "failure_document",
    "provenance_document",
    "render_json",
    "serialise",
    "verdict_document",
]


def render_json(result: Verdict | Failure, options: ReportOptions) -> str:
    """The report as ASCII text that ends with a newline."""
    if isinstance(result, Failure):
        return serialise(failure_document(result))
    return serialise(verdict_document(result, show_all=options.show_all))


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
        "brief": [],
        "reading": None,
        "notices": [],
        "errors": _notices(failure.errors),
    }


def verdict_document(verdict: Verdict, *, show_all: bool) -> Json:
    """The verdict in the report's shape."""
    return {
        "version": REPORT_VERSION,
        "tool": _tool(),
        "outcome": verdict.outcome.value,
        "reasons": list(map(_reason, sorted(verdict.reasons, key=_reason_key))),
        "change": _change(verdict.change, verdict),
        "policy": _policy(verdict.policy),
        "provenance": _provenance(verdict.provenance),
        "findings": list(map(_finding, shown_findings(verdict, show_all=show_all))),
        "review": review_document(verdict.review),
        "brief": brief_document(verdict),
        "reading": reading_document(verdict.reading),
        "notices": _notices(verdict.notices),
        "errors": _notices(verdict.errors),
    }


def _tool() -> Json:
    """What wrote the report."""
    return {"name": "judgegate", "version": __version__}


def _reason_key(reason: Reason) -> tuple[object, ...]:
    """The strongest first."""
    return (-reason.action.rank, reason.rule or "", reason.message)


def _reason(reason: Reason) -> Json:
    return {"rule": reason.rule, "action": reason.action.value, "message": reason.message}


def provenance_document(
    change: Change,
    provenance: ProvenanceVerdict,
    shares: Sequence[tuple[FileChange, int]],
    notices: Iterable[Notice],
) -> Json:
    """Who wrote a change: the report's own `provenance`, and the AI-assisted lines of each file."""
    return {
        "version": REPORT_VERSION,
        "tool": _tool(),
        "change": {**_commits(change), "commits": len(change.commits)},
        "provenance": _provenance(provenance),
        "files": [
            {"path": file.path, "added": file.added_lines, "ai_lines": lines}
            for file, lines in shares
        ],
        "notices": _notices(notices),
    }


def _commits(change: Change) -> dict[str, Json]:
    """The commits that say what was judged, None for each that there is not."""
    return {
        "base": change.base.oid if change.base else None,
        "head": change.head.oid if change.head else None,
        # The first one, to which the lines and the counts refer.
        "merge_base": change.merge_bases[0] if change.merge_bases else None,
    }


def _change(change: Change, verdict: Verdict) -> Json:
    """What was judged, with the state in which each file ended."""
    files = sorted(verdict.files, key=lambda file: path_key(file.change.path))
    return {
        **_commits(change),
        "assurance": change.assurance.value,
        "added_lines": change.added_lines,
        "removed_lines": change.removed_lines,
        "counts": {state.value: verdict.count(state) for state in FileState},
        "files": list(map(_file, files)),
    }


def _file(file: JudgedFile) -> Json:
    """A file with the state in which it ended, and the rules that looked at it."""
    return {
        "path": file.change.path,
        "old_path": file.change.old_path,
        "status": file.change.status.value,
        "added": file.change.added_lines,
        "removed": file.change.removed_lines,
        "state": file.state.value,
        "reason": file.reason,
        "rules": in_order(file.rules),
    }


def _policy(policy: PolicySource) -> Json:
    """The policy that judged, and where it came from."""
    return {"source": policy.source, "commit": policy.commit, "digest": policy.digest}


def _provenance(provenance: ProvenanceVerdict) -> Json:
    """Who wrote the change, with all evidence, whether it counts or not."""
    evidence = sorted(provenance.evidence, key=_evidence_key)
    return {
        "verdict": provenance.verdict.value,
        "confidence": provenance.confidence.value if provenance.confidence else None,
        "ai_lines": provenance.ai_lines,
        "added_lines": provenance.added_lines,
        "evidence": list(map(_evidence, evidence)),
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
    """A finding, without what is only for a person to read: its excerpt and what to do."""
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


def _notices(notices: Iterable[Notice]) -> Json:
    """The notices, sorted by their codes and then by what they say."""
    return [{"code": notice.code, "message": notice.message} for notice in sorted(notices)]
