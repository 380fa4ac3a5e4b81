"""What a step of a workflow shows and hands over: annotations, its summary, its outputs and the files of the report."""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.levels import Action
from judgegate.model.verdict import Finding, Verdict
from judgegate.report.escape import escape
from judgegate.report.formats import render_report
from judgegate.report.markdown.report import render_summary
from judgegate.report.options import Failure, ReportOptions
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
        (finding for verdict in verdicts for finding in _with_a_place(verdict)),
        key=worst_first,
    )
    shown = _fit(findings)
    for finding in shown:
        yield _annotate(finding)
    if left := len(findings) - len(shown):
        yield f"::notice title=judgegate::and {left} more, which the report lists"


def command_message(text: str) -> str:
    """The text as a workflow command's message."""
    return _encode(
        text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "...", _MESSAGE
    )


def command_property(text: str) -> str:
    """The text as the value of a workflow command's property."""
    return _encode(text, _PROPERTY)


def _with_a_place(verdict: Verdict) -> Iterator[Finding]:
    """Each finding that has a place, but for that a file is unread of which another says that it changes the policy."""
    covered = policy_paths(verdict)
    for finding in introduced(verdict):
        if _has_place(finding) and not (
            finding.rule == UNANALYSED and finding.path in covered
        ):
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
    rendered = ",".join(
        f"{name}={command_property(properties[name])}"
        for name in ("file", "line", "endLine", "title")
        if name in properties
    )
    message = (
        f"{finding.message} Fix: {finding.remedy}" if finding.remedy else finding.message
    )
    return f"::{KINDS[finding.action]} {rendered}::{command_message(message)}"


def _encode(text: str, escapes: dict[str, str]) -> str:
    """What a terminal or the runner would obey is spelt out; what is left of the runner's own signs goes by its rules.

    The text is read sign by sign, so that no sign is escaped twice. The rules:
    https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    """
    return "".join(escapes.get(sign, sign) for sign in escape(text)).replace(
        "##[", "#\\x23["
    )


LARGEST_SUMMARY = 1_000_000
"""Bytes. GitHub shows nothing of a step's summary beyond 1 MiB."""


BYTES = 4
"""Of a character in UTF-8, at most."""


FEWEST = 25_000
"""Characters; in fewer a brief says too little to be worth it."""


def write_summary(
    file: Path | None, result: Verdict | Failure, options: ReportOptions
) -> None:
    """Append the brief to the step's summary, if there is room left after those of other pull requests."""
    if file is None:
        return
    room = (LARGEST_SUMMARY - (file.stat().st_size if file.exists() else 0)) // BYTES
    if room > FEWEST:
        _append(file, render_summary(result, options, room).encode())


def write_outputs(file: Path | None, values: Mapping[str, str]) -> None:
    """Append the step's outputs. No value can end itself early: what ends it is random."""
    if file is None:
        return
    lines = []
    for name, value in values.items():
        delimiter = f"judgegate_{secrets.token_hex(16)}"
        lines.append(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")
    _append(file, "".join(lines).encode("utf-8", "backslashreplace"))


def write_reports(
    directory: Path, result: Verdict | Failure, options: ReportOptions
) -> tuple[Path, Path]:
    """Write the report as JSON and as SARIF; where they are."""
    files = (directory / "judgegate.json", directory / "judgegate.sarif")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for file, name in zip(files, ("json", "sarif"), strict=True):
            file.write_bytes(
                render_report(name, result, options).encode("utf-8", "backslashreplace")
            )
    except OSError as error:
        raise IncompleteError(
            f"The reports could not be written to {directory}: {error.strerror}."
        ) from error
    return files


def _append(file: Path, data: bytes) -> None:
    try:
        with file.open("ab") as stream:
            stream.write(data)
    except OSError as error:
        raise IncompleteError(f"{file} could not be written: {error.strerror}.") from error
