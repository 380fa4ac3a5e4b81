"""The review brief: Markdown for a pull request's comment and a step's summary. What to question first stands first."""

from judgegate.model.verdict import Verdict
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.record import record_of, write_record

MARKER = "<!-- judgegate:brief -->"
"""Stands once in every brief, and in no other text of ours."""

COMMENT = 65_000
"""Characters; GitHub refuses a comment of more than 65,536, or of 262,144 bytes."""
SUMMARY = 250_000
"""Characters, so that the bytes are no more than 1,000,000; GitHub shows nothing of a summary of more than 1 MiB."""


def tell_brief(told: Verdict | Failure, options: ReportOptions) -> str:
    """The brief as a comment holds it."""
    return _tell(told, options, COMMENT)


def tell_summary(told: Verdict | Failure, options: ReportOptions) -> str:
    """The brief where there is more room."""
    return _tell(told, options, SUMMARY)


def _tell(told: Verdict | Failure, options: ReportOptions, room: int) -> str:
    record = record_of(told, options.posted) if isinstance(told, Verdict) else options.record
    end = f"{MARKER}\n{write_record(record)}\n" if record else f"{MARKER}\n"
    return end[:room]
