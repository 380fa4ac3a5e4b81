"""What to question first: a few places, each with the weightiest question."""

from collections.abc import Iterator, Mapping

from judgegate.model.brief import Concern, Hunk, Stake
from judgegate.model.scales import Authorship, Outcome
from judgegate.model.verdict import Verdict
from judgegate.report.options import ReportOptions
from judgegate.report.terminal import Span, Style, TextLayout
from judgegate.report.text.provenance import assisted_trait
from judgegate.report.text.words import count

MOST_HUNKS = 3
MOST_CLAUSES = 3

SHORT = {Stake.UNREAD: "not checked", Stake.UNTESTED: "no test touched"}
"""For what the rest of the report tells at length."""


def render_questions(verdict: Verdict, options: ReportOptions, sheet: TextLayout) -> Iterator[str]:
    """The first hunks, where a human has to look or an AI took part."""
    hunks = [
        hunk
        for hunk in verdict.hunks
        if any(concern.stake is not Stake.UNTESTED for concern in hunk.concerns)
    ]
    if not hunks or (verdict.outcome is Outcome.PASS and verdict.provenance.verdict is not Authorship.AI):
        return
    short = {**SHORT, Stake.ASSISTED: assisted_trait(verdict.provenance)}
    yield from sheet.flow(Span("Question first:", Style.BOLD))
    for hunk in hunks if options.show_all else hunks[:MOST_HUNKS]:
        place = Span(f"{describe_hunk(hunk, hunk.concerns[0])}: ", Style.BOLD)
        why = Span(f" ({'; '.join(_describe_stakes(hunk, short))})", Style.DIM)
        yield from sheet.flow("- ", place, hunk.concerns[0].question, why, indent=2, hang=2)


def _describe_stakes(hunk: Hunk, short: Mapping[Stake, str]) -> Iterator[str]:
    """What is at stake, the weightiest first. The findings are told above, so here is how many there are."""
    findings = sum(concern.stake is Stake.FINDING for concern in hunk.concerns)
    clauses = dict.fromkeys(
        count(findings, "finding")
        if concern.stake is Stake.FINDING
        else short.get(concern.stake, concern.what)
        for concern in hunk.concerns
    )
    yield from list(clauses)[:MOST_CLAUSES]
    if hunk.alike:
        yield f"the same in {count(hunk.alike, 'more place')}"


def describe_hunk(hunk: Hunk, concern: Concern) -> str:
    """Such as: app.py:12. What is gone is shown where it was."""
    gone = hunk.added is None or (concern.stake is Stake.GUARD and concern.line is not None)
    lines = hunk.removed if gone else hunk.added
    if lines is None:
        return hunk.path
    line = concern.line if concern.line is not None and concern.line in lines else lines.start
    return f"{hunk.path}:{line}{' (removed)' if gone else ''}"
