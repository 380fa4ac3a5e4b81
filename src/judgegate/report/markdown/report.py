"""The review brief: Markdown for a pull request's comment and a step's summary. What to question first stands first."""

from collections.abc import Callable, Iterator

from judgegate.model.scales import Authorship
from judgegate.model.verdict import Verdict
from judgegate.report.markdown.blocks import Block, entry, fit, foldable, shortlist
from judgegate.report.markdown.escaping import fenced, prose
from judgegate.report.markdown.findings import (
    render_blocking,
    render_coverage,
    render_findings,
    render_questions,
)
from judgegate.report.markdown.header import render_failure, render_footing, render_opening
from judgegate.report.markdown.review import render_provenance, render_review
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.record import record_of, write_record
from judgegate.report.selection import NO_NOTES, most_useful_first
from judgegate.report.text.words import count
from judgegate.report.trailers import render_trailers

MOST_NOTICES = 12


def render_notices(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """Remarks that decide nothing."""
    notices = [
        notice for notice in most_useful_first(verdict.notices) if options.verbose or notice.code != NO_NOTES
    ]
    if notices:
        shown, others = shortlist(notices, MOST_NOTICES, options)
        items = [entry(prose(" ".join(notice.message.split("\n")))) for notice in shown]
        yield foldable(f"<b>Notes</b>: {count(len(notices), 'remark')}", items, others)


def render_squash(verdict: Verdict, _options: ReportOptions) -> Iterator[Block]:
    """The trailers, where they say more than that it was judged."""
    if verdict.provenance.verdict is Authorship.AI or verdict.review.counted:
        yield foldable("<b>For the squash message</b>", [fenced(render_trailers(verdict))])


MARKER = "<!-- judgegate:brief -->"
"""Stands once in every brief, on a line of its own, and in no other text of ours."""

COMMENT = 65_000
"""Characters of a comment, where no forge says what it takes."""
SUMMARY = 250_000
"""Characters, so that the bytes are no more than 1,000,000; GitHub shows nothing of a summary of more than 1 MiB."""

Section = Callable[[Verdict, ReportOptions], Iterator[Block]]

SECTIONS: tuple[Section, ...] = (
    render_opening,
    render_blocking,
    render_questions,
    render_findings,
    render_review,
    render_provenance,
    render_coverage,
    render_notices,
    render_squash,
)


def render_brief(result: Verdict | Failure, options: ReportOptions, room: int = COMMENT) -> str:
    """The brief as a comment holds it, in so many characters at most."""
    return _render(result, options, room)


def render_summary(result: Verdict | Failure, options: ReportOptions, room: int = SUMMARY) -> str:
    """The brief where there is more room, in so many characters at most; in few thousand not even the first sentences are sure to fit."""
    return _render(result, options, min(room, SUMMARY))


def _render(result: Verdict | Failure, options: ReportOptions, room: int) -> str:
    record = record_of(result, options.posted) if isinstance(result, Verdict) else options.record
    end = f"\n\n{MARKER}\n{write_record(record) if record else ''}".rstrip("\n") + "\n"
    blocks = _sections(result, options) if isinstance(result, Verdict) else render_failure(result)
    return fit(blocks, room - len(end)) + end


def _sections(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    for section in SECTIONS:
        yield from section(verdict, options)
    yield render_footing(verdict)
