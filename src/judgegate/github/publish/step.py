"""What a step of a workflow shows and hands over: annotations, summary, outputs and the report's files."""

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
    """A line of standard output for each finding that the changes introduced and no waiver covers.

    The worst come first; the last line says how many more there are.
    """
    findings: list[Finding] = []
    for verdict in verdicts:
        findings += _with_a_place(verdict)
    findings.sort(key=worst_first)
    shown = _fit(findings)
    for finding in shown:
        yield _annotate(finding)
    if left := len(findings) - len(shown):
        yield f"::notice title=judgegate::and {left} more, which the report lists"


def command_message(text: str) -> str:
    """The text as a workflow command's message."""
    if len(text) > LONGEST_MESSAGE:
        text = text[:LONGEST_MESSAGE] + "..."
    return _encode(text, _MESSAGE)


def command_property(text: str) -> str:
    """The text as the value of a workflow command's property."""
    return _encode(text, _PROPERTY)


def _with_a_place(verdict: Verdict) -> Iterator[Finding]:
    """Each finding that is to be shown at a place."""
    covered = policy_paths(verdict)
    for finding in introduced(verdict):
        # Of a file that changes the policy another finding says so: that it is unread says less.
        is_covered = finding.rule == UNANALYSED and finding.path in covered
        if _has_place(finding) and not is_covered:
            yield finding


def _has_place(finding: Finding) -> bool:
    """Whether it is about a file, counts, and is of a kind that GitHub shows."""
    return finding.path is not None and finding.waiver is None and finding.action in KINDS


def _fit(findings: list[Finding]) -> list[Finding]:
    """As many of each kind as are shown, with room for the line that counts the others."""
    used: Counter[str] = Counter()
    # The line that counts the others is a notice itself.
    if _overflows(findings):
        used["notice"] = 1
    shown = []
    for finding in findings:
        kind = KINDS[finding.action]
        if used[kind] < MOST_OF_A_KIND:
            used[kind] += 1
            shown.append(finding)
    return shown


def _overflows(findings: list[Finding]) -> bool:
    """Whether there are more of a kind than GitHub shows."""
    kinds = Counter(KINDS[finding.action] for finding in findings)
    return any(number > MOST_OF_A_KIND for number in kinds.values())


def _annotate(finding: Finding) -> str:
    """The workflow command that shows the finding at its place."""
    properties = {"file": finding.path or ""}
    if finding.line is not None:
        last = max(finding.line, finding.end_line or finding.line)
        properties |= {"line": str(finding.line), "endLine": str(last)}
    properties["title"] = f"judgegate: {finding.rule}"
    rendered = ",".join(
        f"{name}={command_property(value)}" for name, value in properties.items()
    )
    message = finding.message
    if finding.remedy:
        message += f" Fix: {finding.remedy}"
    return f"::{KINDS[finding.action]} {rendered}::{command_message(message)}"


def _encode(text: str, escapes: dict[str, str]) -> str:
    """The text without what a terminal or the runner would obey, by the runner's own rules.

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
