"""The report for a person at a terminal, in the order in which one asks: what, may it merge, why, who wrote it, what is left to do."""

from collections.abc import Callable, Iterator

from judgegate.model.verdict import Verdict
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.terminal import Sheet
from judgegate.report.text.coverage import tell_coverage
from judgegate.report.text.findings import tell_existing, tell_findings
from judgegate.report.text.opening import tell_failure, tell_opening, tell_ruling
from judgegate.report.text.provenance import tell_provenance
from judgegate.report.text.remains import tell_approvals, tell_notices, tell_remains
from judgegate.report.text.summary import summarise_failure, tell_summary

Section = Callable[[Verdict, ReportOptions, Sheet], Iterator[str]]

PARAGRAPHS: tuple[tuple[Section, ...], ...] = (
    (tell_opening,),
    (tell_ruling,),
    (tell_findings,),
    (tell_existing,),
    (tell_provenance, tell_coverage, tell_approvals, tell_notices),
    (tell_remains,),
)


def tell_text(told: Verdict | Failure, options: ReportOptions) -> str:
    """The report in paragraphs; with `quiet` in one or two lines."""
    sheet = Sheet.of(options.width, colour=options.colour)
    match told:
        case Failure() if options.quiet:
            lines = list(summarise_failure(told, sheet))
        case Failure():
            lines = list(tell_failure(told, sheet))
        case Verdict() if options.quiet:
            lines = list(tell_summary(told, options, sheet))
        case Verdict():
            paragraphs = ["\n".join(line for section in sections for line in section(told, options, sheet)) for sections in PARAGRAPHS]
            lines = ["\n\n".join(paragraph for paragraph in paragraphs if paragraph)]
    return "\n".join(lines) + "\n"
