"""The review brief: Markdown for a pull request's comment and a step's summary.

What to question first stands first.
"""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from judgegate.model.hunks import NOTHING_TO_READ
from judgegate.model.levels import Authorship, FailOn, Outcome
from judgegate.model.verdict import ProvenanceVerdict, Verdict
from judgegate.report.comment_record import record_of, write_record
from judgegate.report.markdown.blocks import Block, entry, fit, foldable, shortlist
from judgegate.report.markdown.escaping import code, fenced, prose
from judgegate.report.markdown.findings import (
    render_blocking,
    render_coverage,
    render_findings,
    render_questions,
)
from judgegate.report.markdown.review import render_provenance, render_review
from judgegate.report.options import Audience, Failure, ReportOptions
from judgegate.report.provenance_report import render_trailers
from judgegate.report.selection import NO_NOTES, most_useful_first
from judgegate.report.text.header import RULINGS, describe_change, describe_ruling, exits_by
from judgegate.report.text.next_steps import (
    describe_demand,
    describe_mending,
    describe_remains,
    open_demands,
)
from judgegate.report.text.words import count, shorten

MOST_REASONS = 4
MOST_TOOLS = 3
MOST_NOTICES = 12
SYMBOLS = {Outcome.PASS: "✓", Outcome.REVIEW: "○", Outcome.BLOCK: "✗", Outcome.ERROR: "✗"}

MARKER = "<!-- judgegate:brief -->"
"""Stands once in every brief, on a line of its own, and in no other text of ours."""

COMMENT = 65_000
"""Characters of a comment, where no forge says what it takes."""

SUMMARY = 250_000
"""Characters, so that the bytes are no more than 1,000,000; GitHub shows nothing of a summary of more than 1 MiB.
"""


def render_opening(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """The outcome, what no finding says, and how much there is to read."""
    yield Block(
        f"{_rule(verdict.outcome, describe_ruling(verdict))} {_reported_only(verdict, options)}{prose(_remains(verdict, options))}"
    )
    if verdict.review.override is not None:
        yield Block(f"**Overridden by** {prose(str(verdict.review.override))}")
    reasons = [reason for reason in verdict.reasons if reason.rule is None]
    shown, others = shortlist(reasons, MOST_REASONS, options)
    if reasons:
        yield Block(
            "", tuple(entry(prose(reason.message)) for reason in shown), others=others
        )
    if verdict.errors:
        yield Block("", tuple(fenced(error.message) for error in verdict.errors))
    yield Block(f"{_reading(verdict)} {_authorship(verdict.provenance)}")


def _rule(outcome: Outcome, ruling: str) -> str:
    return f"**{SYMBOLS[outcome]} {ruling[:1].upper()}{ruling[1:]}**"


def _reported_only(verdict: Verdict, options: ReportOptions) -> str:
    """For who reads no further: what follows is said, and not enforced.

    On a forge a status waits whatever the exit code is.
    """
    held = exits_by(verdict) or (
        options.place is Audience.FORGE and verdict.fail_on is not FailOn.NEVER
    )
    return (
        "" if held else f"Reported only, because `fail_on` is `{verdict.fail_on.value}`. "
    )


def _remains(verdict: Verdict, options: ReportOptions) -> str:
    """In one sentence, however many reviews are asked for: they are all listed below."""
    demands = open_demands(verdict)
    if len(demands) <= 1 or verdict.review.override is not None:
        return describe_remains(verdict, options)
    first = max(
        demands, key=lambda demand: (demand.missing, -verdict.review.demands.index(demand))
    )
    described = describe_demand(replace(first, who_can=()), options.place, own=False)
    return (
        f"{describe_mending(verdict)} Still needed: {described}, and "
        f"{count(len(demands) - 1, 'more review')}, listed below."
    )


def _reading(verdict: Verdict) -> str:
    change, reading = verdict.change, verdict.reading
    if not change.files:
        return "No file differs: only the history was judged."
    exempt = f" ({reading.exempt} in exempt files)" if reading.exempt else ""
    size = f"**To read:** {count(len(change.files), 'file')}, +{change.added_lines} -{change.removed_lines} lines{exempt}"
    if reading == NOTHING_TO_READ:
        return f"{size}."
    return f"{size}; something is at stake in {reading.at_stake} of {count(reading.hunks, 'hunk')}."


def _authorship(provenance: ProvenanceVerdict) -> str:
    """In the fewest words; the evidence has a place of its own."""
    if provenance.verdict is Authorship.UNMARKED:
        return (
            "No marker of an AI that counts."
            if provenance.evidence
            else "No marker of an AI."
        )
    tools = sorted({piece.tool for piece in provenance.gating})[:MOST_TOOLS]
    assumed = (
        f"treated as AI-assisted, because {prose(provenance.assumed)}"
        if provenance.assumed
        else ""
    )
    if provenance.confidence is None:
        return f"No marker of an AI{' that counts' if provenance.evidence else ''}; {assumed or 'treated as AI-assisted'}."
    how = ", ".join([provenance.confidence.value, *map(prose, tools)])
    if assumed:
        return f"AI-assisted ({how}); all of it is {assumed}."
    return f"AI-assisted ({how}): {provenance.ai_lines} of {count(provenance.added_lines, 'added line')}."


def render_footing(verdict: Verdict) -> Block:
    """What was judged, and by what: a comment must not be taken for one on a later head."""
    head = verdict.change.head
    policy = verdict.policy
    commit = f" at {code(shorten(policy.commit))}" if policy.commit else ""
    judged = f"Judged {code(shorten(head.oid)) + ': ' if head else ''}{prose(describe_change(verdict.change))}."
    return Block(f"{judged} Policy: {prose(policy.source)}{commit}.")


def render_failure(failure: Failure) -> Iterator[Block]:
    """Why there is no verdict, and what to do."""
    yield Block(_rule(Outcome.ERROR, RULINGS[Outcome.ERROR]))
    yield Block("", tuple(fenced(error.message) for error in failure.errors))
    yield Block(
        "Fix what is named above, then run it again. Until then, nothing has been judged."
    )


def render_notices(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """Remarks that decide nothing."""
    notices = [
        notice
        for notice in most_useful_first(verdict.notices)
        if options.verbose or notice.code != NO_NOTES
    ]
    if notices:
        shown, others = shortlist(notices, MOST_NOTICES, options)
        items = [entry(prose(" ".join(notice.message.split("\n")))) for notice in shown]
        yield foldable(f"<b>Notes</b>: {count(len(notices), 'remark')}", items, others)


def render_squash(verdict: Verdict, _options: ReportOptions) -> Iterator[Block]:
    """The trailers, where they say more than that it was judged."""
    if verdict.provenance.verdict is Authorship.AI or verdict.review.counted:
        yield foldable("<b>For the squash message</b>", [fenced(render_trailers(verdict))])


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


def render_brief(
    result: Verdict | Failure, options: ReportOptions, room: int = COMMENT
) -> str:
    """The brief as a comment holds it, in so many characters at most."""
    return _render(result, options, room)


def render_summary(
    result: Verdict | Failure, options: ReportOptions, room: int = SUMMARY
) -> str:
    """The brief where there is more room, in so many characters at most; in few thousand not even the first sentences are sure to fit."""
    return _render(result, options, min(room, SUMMARY))


def _render(result: Verdict | Failure, options: ReportOptions, room: int) -> str:
    record = (
        record_of(result, options.posted) if isinstance(result, Verdict) else options.record
    )
    end = f"\n\n{MARKER}\n{write_record(record) if record else ''}".rstrip("\n") + "\n"
    blocks = (
        _sections(result, options)
        if isinstance(result, Verdict)
        else render_failure(result)
    )
    return fit(blocks, room - len(end)) + end


def _sections(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    for section in SECTIONS:
        yield from section(verdict, options)
    yield render_footing(verdict)
