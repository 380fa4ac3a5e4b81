"""The report for a person at a terminal, in the order in which one asks: what, may it merge, why, who wrote it, what is left to do."""

from collections.abc import Callable, Iterator

from judgegate.model.verdict import Verdict
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.terminal import Sheet
from judgegate.report.text.coverage import tell_coverage
from judgegate.report.text.findings import tell_existing, tell_findings
from judgegate.report.text.opening import NOTHING_STAGED, nothing_is_staged, tell_failure, tell_opening, tell_ruling
from judgegate.report.text.provenance import tell_provenance
from judgegate.report.text.questions import tell_questions
from judgegate.report.text.remains import tell_approvals, tell_notices, tell_remains
from judgegate.report.text.summary import summarise_failure, tell_summary

Section = Callable[[Verdict, ReportOptions, Sheet], Iterator[str]]

PARAGRAPHS: tuple[tuple[Section, ...], ...] = (
    (tell_opening,),
    (tell_ruling,),
    (tell_findings,),
    (tell_existing,),
    (tell_questions,),
    (tell_provenance, tell_coverage, tell_approvals, tell_notices),
    (tell_remains,),
)


def tell_text(told: Verdict | Failure, options: ReportOptions) -> str:
    """The report in paragraphs; with `quiet` in one or two lines."""
    sheet = Sheet.of(options.width, colour=options.colour)
    if isinstance(told, Failure):
        lines = summarise_failure(told, sheet) if options.quiet else tell_failure(told, sheet)
    else:
        lines = tell_summary(told, options, sheet) if options.quiet else _tell_paragraphs(told, options, sheet)
    return "\n".join(lines) + "\n"


def _tell_paragraphs(verdict: Verdict, options: ReportOptions, sheet: Sheet) -> Iterator[str]:
    if nothing_is_staged(verdict):
        yield from sheet.flow(NOTHING_STAGED)
        return
    for number, sections in enumerate(PARAGRAPHS):
        lines = [line for section in sections for line in section(verdict, options, sheet)]
        if number and lines:
            yield ""
        yield from lines
