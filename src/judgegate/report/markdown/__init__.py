"""The review brief: Markdown for a pull request's comment and a step's summary. What to question first stands first."""

from collections.abc import Callable, Iterator

from judgegate.model.verdict import Verdict
from judgegate.report.markdown.blocks import Block, fit
from judgegate.report.markdown.coverage import tell_coverage
from judgegate.report.markdown.findings import tell_blocking, tell_findings
from judgegate.report.markdown.opening import tell_failure, tell_footing, tell_opening
from judgegate.report.markdown.provenance import tell_provenance
from judgegate.report.markdown.questions import tell_questions
from judgegate.report.markdown.remarks import tell_notices, tell_squash
from judgegate.report.markdown.review import tell_review
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.record import record_of, write_record

MARKER = "<!-- judgegate:brief -->"
"""Stands once in every brief, on a line of its own, and in no other text of ours."""

COMMENT = 65_000
"""Characters; GitHub refuses a comment of more than 65,536, or of 262,144 bytes."""
SUMMARY = 250_000
"""Characters, so that the bytes are no more than 1,000,000; GitHub shows nothing of a summary of more than 1 MiB."""

Section = Callable[[Verdict, ReportOptions], Iterator[Block]]

SECTIONS: tuple[Section, ...] = (
    tell_opening,
    tell_blocking,
    tell_questions,
    tell_findings,
    tell_review,
    tell_provenance,
    tell_coverage,
    tell_notices,
    tell_squash,
)


def tell_brief(told: Verdict | Failure, options: ReportOptions) -> str:
    """The brief as a comment holds it."""
    return _tell(told, options, COMMENT)


def tell_summary(told: Verdict | Failure, options: ReportOptions, room: int = SUMMARY) -> str:
    """The brief where there is more room, in so many characters at most; in few thousand not even the first sentences are sure to fit."""
    return _tell(told, options, min(room, SUMMARY))


def _tell(told: Verdict | Failure, options: ReportOptions, room: int) -> str:
    record = record_of(told, options.posted) if isinstance(told, Verdict) else options.record
    end = f"\n\n{MARKER}\n{write_record(record) if record else ''}".rstrip("\n") + "\n"
    blocks = _sections(told, options) if isinstance(told, Verdict) else tell_failure(told)
    return fit(blocks, room - len(end)) + end


def _sections(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    for section in SECTIONS:
        yield from section(verdict, options)
    yield tell_footing(verdict)
