"""Observations and analysed files in a few words."""

from judgegate.model.analysis import AnalysedFile
from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.model.levels import Confidence, Severity
from judgegate.model.observation import Observation, fingerprint
from judgegate.model.ranges import LineRange

RULE = "security/insecure-code"
MEASURED = "architecture/complex-function"
BLOB = Blob(0o100644, "a" * 40, 10)


def seen(
    text: str = "eval(x)",
    *,
    line: int = 1,
    subject: str = "",
    severity: Severity = Severity.MEDIUM,
    confidence: Confidence = Confidence.HIGH,
) -> Observation:
    """An observation of the security check; `text` is the flagged line."""
    name = fingerprint(RULE, "B307", subject, [text])
    return Observation(
        RULE,
        "B307",
        LineRange(line, line),
        subject,
        "eval is evil",
        name,
        name,
        text,
        severity,
        confidence,
    )


def measured(
    subject: str, measure: int, *, body: str = "body", line: int = 1
) -> Observation:
    """A function with its complexity."""
    metric = "cyclomatic complexity (radon)"
    name = fingerprint(MEASURED, "CC", subject, [metric])
    lines = LineRange(line, line + 9)
    return Observation(
        MEASURED,
        "CC",
        lines,
        subject,
        "",
        name,
        name,
        f"def {subject}():",
        measure=measure,
        metric=metric,
        body=body,
        definition=lines,
    )


def analysed(
    path: str,
    *,
    after: tuple[Observation, ...] = (),
    before: tuple[Observation, ...] = (),
    more: tuple[tuple[Observation, ...], ...] = (),
    old_path: str | None = None,
    added: tuple[LineRange, ...] = (),
) -> AnalysedFile:
    """A Python file that was analysed; `more` are the sides of further merge bases."""
    change = FileChange(
        path, FileStatus.MODIFIED, BLOB, BLOB, added=added, old_path=old_path
    )
    return AnalysedFile(
        change,
        "python",
        covered=True,
        rules=(MEASURED, RULE),
        after=after,
        before=(before, *more),
    )
