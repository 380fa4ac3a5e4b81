"""The findings as SARIF 2.1.0 (OASIS), within the limits of GitHub's code scanning.

What has no place in a file, a demand for a review above all, is no result but a notification of the run.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from judgegate import __version__
from judgegate.model.levels import Action, Family, Origin, Outcome, Severity
from judgegate.model.notices import Notice
from judgegate.model.rules import RuleSpec
from judgegate.model.verdict import Finding, Verdict
from judgegate.report.escape import escape
from judgegate.report.json_values import Json, serialise
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.selection import (
    introduced,
    path_key,
    place_key,
    shown_findings,
    worst_first,
)

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

# GitHub's limits for code scanning: results of a run, characters of a description.
MOST_RESULTS = 25_000
LONGEST_DESCRIPTION = 1024

LEVELS = {
    Action.BLOCK: "error",
    Action.REVIEW: "warning",
    Action.WARN: "note",
    Action.OFF: "none",
}
BASELINE_STATES = {
    Origin.EXISTING: "unchanged",
    Origin.EDITED: "updated",
    Origin.INTRODUCED: "new",
}
PROBLEM_SEVERITIES = {
    Severity.LOW: "recommendation",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
SECURITY_SEVERITIES = {
    Severity.LOW: "2.0",
    Severity.MEDIUM: "5.5",
    Severity.HIGH: "8.0",
    Severity.CRITICAL: "9.5",
}
"""The middle of each of GitHub's bands, which are those of CVSS.

Low is to 3.9, medium to 6.9, high to 8.9, and critical above.
"""


def render_sarif(result: Verdict | Failure, options: ReportOptions) -> str:
    """A log of one run.

    Without a verdict it has no results and says that it did not succeed: it must not be uploaded.
    """
    if isinstance(result, Failure):
        return _render_run(
            (), (), _notifications(result.errors, "error"), options.rules, succeeded=False
        )
    findings = (
        shown_findings(result, show_all=True) if options.show_all else introduced(result)
    )
    placed = [finding for finding in findings if finding.path is not None]
    kept = sorted(sorted(placed, key=worst_first)[:MOST_RESULTS], key=place_key)
    notifications = [
        *_notifications(result.errors, "error"),
        *(
            _notification(finding.rule, LEVELS[finding.action], finding.message)
            for finding in findings
            if finding.path is None
        ),
        *_notifications(result.notices, "note"),
    ]
    if len(kept) < len(placed):
        notifications.append(
            _notification(
                "cut",
                "warning",
                f"Findings that do not fit into this report: {len(placed) - len(kept)}.",
            )
        )
    succeeded = result.outcome is not Outcome.ERROR
    return _render_run(kept, findings, notifications, options.rules, succeeded=succeeded)


def _render_run(
    placed: Sequence[Finding],
    findings: Sequence[Finding],
    notifications: list[Json],
    rules: Mapping[str, RuleSpec],
    *,
    succeeded: bool,
) -> str:
    ids = sorted({*rules, *(finding.rule for finding in findings)})
    driver: dict[str, Json] = {
        "name": "judgegate",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule_id, rules.get(rule_id)) for rule_id in ids],
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "judgegate/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": succeeded, "toolExecutionNotifications": notifications}
        ],
        "results": _results(placed, ids),
    }
    return serialise({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule_id: str, spec: RuleSpec | None) -> Json:
    """A rule's row; a team's own rule has none, and is known by its name alone."""
    name = "".join(
        word.capitalize() for word in re.findall("[A-Za-z0-9]+", rule_id.partition("/")[2])
    )
    rule: dict[str, Json] = {"id": rule_id, "name": name} if name else {"id": rule_id}
    if spec is None:
        own: Json = {"text": "A rule of the policy."}
        return {
            **rule,
            "shortDescription": {"text": rule_id},
            "fullDescription": own,
            "help": own,
        }
    page = spec.page
    return {
        **rule,
        "shortDescription": {"text": spec.summary[:LONGEST_DESCRIPTION]},
        "fullDescription": {"text": page.what[:LONGEST_DESCRIPTION]},
        "help": {
            "text": f"{page.what}\n\n{page.why}\n\n{page.fix}",
            "markdown": f"{page.what}\n\n**Why.** {page.why}\n\n**Fix.** {page.fix}",
        },
        "properties": _rule_properties(spec),
    }


def _rule_properties(spec: RuleSpec) -> Json:
    properties: dict[str, Json] = {
        "tags": [spec.family.value],
        "problem.severity": PROBLEM_SEVERITIES[spec.severity],
    }
    if spec.family is Family.SECURITY:
        properties["security-severity"] = SECURITY_SEVERITIES[spec.severity]
    return properties


def _results(findings: Iterable[Finding], ids: Sequence[str]) -> list[Json]:
    index = {rule_id: number for number, rule_id in enumerate(ids)}
    seen: Counter[str] = Counter()
    results: list[Json] = []
    for finding in findings:
        seen[finding.fingerprint] += 1
        results.append(
            {
                "ruleIndex": index[finding.rule],
                **_result(finding, seen[finding.fingerprint]),
            }
        )
    return results


def _result(finding: Finding, occurrence: int) -> dict[str, Json]:
    """`occurrence` keeps equal findings apart: GitHub takes those with one hash for one."""
    existing = finding.origin is Origin.EXISTING
    result: dict[str, Json] = {
        "ruleId": finding.rule,
        "level": "note" if existing else LEVELS[finding.action],
        "message": {
            "text": _plain(
                f"{finding.message} Fix: {finding.remedy}"
                if finding.remedy
                else finding.message
            )
        },
        "locations": [_location(finding)],
        "partialFingerprints": {
            "judgegate/v1": finding.fingerprint,
            "primaryLocationLineHash": f"{finding.fingerprint.partition(':')[2]}:{occurrence}",
        },
        "baselineState": BASELINE_STATES[finding.origin],
        "properties": {
            "action": finding.action.value,
            "code": finding.code,
            "severity": finding.severity.value,
            "provenance": finding.provenance.value,
        },
    }
    if finding.waiver is not None:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": _plain(finding.waiver),
            }
        ]
    return result


def _location(finding: Finding) -> Json:
    """Where a finding is."""
    # One about a whole file is put at its first line, because GitHub asks for a line.
    start = finding.line or 1
    region: dict[str, Json] = {
        "startLine": start,
        "endLine": max(finding.end_line or start, start),
    }
    artifact: dict[str, Json] = {
        "uri": quote(path_key(finding.path), safe="/"),
        "uriBaseId": "%SRCROOT%",
    }
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _notifications(notices: Iterable[Notice], level: str) -> list[Json]:
    return [_notification(notice.code, level, notice.message) for notice in sorted(notices)]


def _notification(code: str, level: str, message: str) -> Json:
    return {
        "descriptor": {"id": code},
        "level": level,
        "message": {"text": _plain(message.replace("\n", " "))},
    }


def _plain(text: str) -> str:
    """The text without controls and without links."""
    # A viewer makes a link of `[text](target)` in any message (SARIF 3.11.6).
    return escape(text).replace("](", "] (") or " "
