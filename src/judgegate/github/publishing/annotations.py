"""Findings as workflow commands, which GitHub shows beside the lines that they speak of."""

from collections import Counter
from collections.abc import Iterable, Iterator

from judgegate.model.scales import Action
from judgegate.model.verdict import Finding, Verdict
from judgegate.report.escape import escape
from judgegate.report.selection import UNANALYSED, introduced, policy_paths, worst_first

MOST_OF_A_KIND = 10
"""GitHub shows no more of a step, and no more than 50 of a run, which three kinds do not reach."""
LONGEST_MESSAGE = 1000

KINDS = {Action.BLOCK: "error", Action.REVIEW: "warning", Action.WARN: "notice"}
_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_MESSAGE, ":": "%3A", ",": "%2C"}


def annotate(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """A line of standard output for each finding that the changes introduced and no waiver covers, the worst first, and how many more."""
    findings = sorted(
        (finding for verdict in verdicts for finding in _worth_telling(verdict)), key=worst_first
    )
    shown = _fit(findings)
    for finding in shown:
        yield _annotate(finding)
    if left := len(findings) - len(shown):
        yield f"::notice title=judgegate::and {left} more, which the report lists"


def command_message(text: str) -> str:
    """The text as a workflow command's message."""
    return _encode(text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "...", _MESSAGE)


def command_property(text: str) -> str:
    """The text as the value of a workflow command's property."""
    return _encode(text, _PROPERTY)


def _worth_telling(verdict: Verdict) -> Iterator[Finding]:
    """Each finding that has a place, but for that a file is unread of which another says that it changes the policy."""
    told = policy_paths(verdict)
    for finding in introduced(verdict):
        if _has_place(finding) and not (finding.rule == UNANALYSED and finding.path in told):
            yield finding


def _has_place(finding: Finding) -> bool:
    return finding.path is not None and finding.waiver is None and finding.action in KINDS


def _fit(findings: list[Finding]) -> list[Finding]:
    """As many of each kind as are shown, with room for the line that counts the others."""
    used = Counter({"notice": 1} if _overflows(findings) else {})
    shown = []
    for finding in findings:
        kind = KINDS[finding.action]
        if used[kind] < MOST_OF_A_KIND:
            used[kind] += 1
            shown.append(finding)
    return shown


def _overflows(findings: list[Finding]) -> bool:
    kinds = Counter(KINDS[finding.action] for finding in findings)
    return any(number > MOST_OF_A_KIND for number in kinds.values())


def _annotate(finding: Finding) -> str:
    properties = {"file": finding.path or "", "title": f"judgegate: {finding.rule}"}
    if finding.line is not None:
        properties |= {
            "line": str(finding.line),
            "endLine": str(max(finding.line, finding.end_line or finding.line)),
        }
    told = ",".join(
        f"{name}={command_property(properties[name])}"
        for name in ("file", "line", "endLine", "title")
        if name in properties
    )
    message = f"{finding.message} To mend: {finding.remedy}" if finding.remedy else finding.message
    return f"::{KINDS[finding.action]} {told}::{command_message(message)}"


def _encode(text: str, escapes: dict[str, str]) -> str:
    """What a terminal or the runner would obey is spelt out; what is left of the runner's own signs goes by its rules.

    The text is read sign by sign, so that no sign is escaped twice. The rules:
    https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    """
    return "".join(escapes.get(sign, sign) for sign in escape(text)).replace("##[", "#\\x23[")
