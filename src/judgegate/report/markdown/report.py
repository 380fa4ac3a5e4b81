"""The review brief: Markdown for a pull request's comment and a step's summary.

What to question first stands first.
"""

from collections.abc import Callable, Iterator
from operator import attrgetter

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
from judgegate.report.text.header import RULINGS, describe_change, describe_ruling, exits_by
from judgegate.report.text.next_steps import (
    describe_demand,
    describe_mending,
    describe_remains,
    open_demands,
    shown_notices,
)
from judgegate.report.text.words import count, shorten

MOST_REASONS = 4
MOST_TOOLS = 3
MOST_NOTICES = 12
SYMBOLS = {Outcome.PASS: "✓", Outcome.REVIEW: "○", Outcome.BLOCK: "✗", Outcome.ERROR: "✗"}

MARKER = "<!-- judgegate:brief -->"
"""It is once in every brief, on a line of its own, and in no other text of ours."""

COMMENT = 65_000
"""Characters of a comment, where no forge says what it takes."""

SUMMARY = 250_000
"""Characters, so that the bytes are no more than 1,000,000.

GitHub shows nothing of a summary of more than 1 MiB.
"""


def render_opening(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """The outcome, what no finding says, and how much there is to read."""
    ruling = _rule(verdict.outcome, describe_ruling(verdict))
    remains = prose(_remains(verdict, options))
    yield Block(f"{ruling} {_reported_only(verdict, options)}{remains}")
    if verdict.review.override is not None:
        yield Block(f"**Overridden by** {prose(str(verdict.review.override))}")
    # The reasons that are a rule's are among the findings, the files and the reviews below.
    reasons = [reason for reason in verdict.reasons if reason.rule is None]
    shown, others = shortlist(reasons, MOST_REASONS, options)
    if reasons:
        items = tuple(entry(prose(reason.message)) for reason in shown)
        yield Block("", items, others=others)
    if verdict.errors:
        yield Block("", tuple(fenced(error.message) for error in verdict.errors))
    yield Block(f"{_reading(verdict)} {_authorship(verdict.provenance)}")


def _rule(outcome: Outcome, ruling: str) -> str:
    """The outcome as a symbol, and what it means."""
    return f"**{SYMBOLS[outcome]} {ruling[:1].upper()}{ruling[1:]}**"


def _reported_only(verdict: Verdict, options: ReportOptions) -> str:
    """That what follows is said and not enforced, for somebody who reads no further."""
    if exits_by(verdict):
        return ""
    # On a forge a status waits whatever the exit code is.
    if options.place is Audience.FORGE and verdict.fail_on is not FailOn.NEVER:
        return ""
    return f"Reported only, because `fail_on` is `{verdict.fail_on.value}`. "


def _remains(verdict: Verdict, options: ReportOptions) -> str:
    """In one sentence, however many reviews are asked for: they are all listed below."""
    demands = open_demands(verdict)
    if len(demands) <= 1 or verdict.review.override is not None:
        return describe_remains(verdict, options)
    # Of those that miss as many approvals, `max` takes the first.
    first = max(demands, key=attrgetter("missing"))
    described = describe_demand(replace(first, who_can=()), options.place, own=False)
    return (
        f"{describe_mending(verdict)} Still needed: {described}, and "
        f"{count(len(demands) - 1, 'more review')}, listed below."
    )


def _reading(verdict: Verdict) -> str:
    """How much there is to read, in a sentence."""
    change, reading = verdict.change, verdict.reading
    if not change.files:
        return "No file differs: only the history was judged."
    files = count(len(change.files), "file")
    exempt = f" ({reading.exempt} in exempt files)" if reading.exempt else ""
    size = (
        f"**To read:** {files}, +{change.added_lines} -{change.removed_lines} lines{exempt}"
    )
    if reading == NOTHING_TO_READ:
        return f"{size}."
    hunks = count(reading.hunks, "hunk")
    return f"{size}; something is at stake in {reading.at_stake} of {hunks}."


def _authorship(provenance: ProvenanceVerdict) -> str:
    """Who wrote it, in the fewest words; the evidence has a place of its own."""
    unmarked = "No marker of an AI"
    if provenance.evidence:
        unmarked = f"{unmarked} that counts"
    if provenance.verdict is Authorship.UNMARKED:
        return f"{unmarked}."
    treated = "treated as AI-assisted"
    if provenance.assumed:
        treated = f"{treated}, because {prose(provenance.assumed)}"
    if provenance.confidence is None:
        return f"{unmarked}; {treated}."
    tools = sorted({piece.tool for piece in provenance.gating})[:MOST_TOOLS]
    how = ", ".join([provenance.confidence.value, *map(prose, tools)])
    if provenance.assumed:
        return f"AI-assisted ({how}); all of it is {treated}."
    added = count(provenance.added_lines, "added line")
    return f"AI-assisted ({how}): {provenance.ai_lines} of {added}."


def render_footing(verdict: Verdict) -> Block:
    """What was judged, and by what."""
    head, policy = verdict.change.head, verdict.policy
    # With the head's id, so that a comment is not taken for one on a later head.
    judged = f"{code(shorten(head.oid))}: " if head else ""
    commit = f" at {code(shorten(policy.commit))}" if policy.commit else ""
    return Block(
        f"Judged {judged}{prose(describe_change(verdict.change))}. "
        f"Policy: {prose(policy.source)}{commit}."
    )


def render_failure(failure: Failure) -> Iterator[Block]:
    """Why there is no verdict, and what to do."""
    yield Block(_rule(Outcome.ERROR, RULINGS[Outcome.ERROR]))
    yield Block("", tuple(fenced(error.message) for error in failure.errors))
    yield Block(
        "Fix what is named above, then run it again. Until then, nothing has been judged."
    )


def render_notices(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """Remarks that decide nothing."""
    notices = shown_notices(verdict, options)
    if notices:
        shown, others = shortlist(notices, MOST_NOTICES, options)
        # An item is one line of prose, so a line break would be spelt out.
        items = [entry(prose(notice.message.replace("\n", " "))) for notice in shown]
        yield foldable(f"<b>Notes</b>: {count(len(notices), 'remark')}", items, others)


def render_squash(verdict: Verdict, _options: ReportOptions) -> Iterator[Block]:
    """The trailers, where they say more than that it was judged."""
    if verdict.provenance.verdict is Authorship.AI or verdict.review.counted:
        trailers = fenced(render_trailers(verdict))
        yield foldable("<b>For the squash message</b>", [trailers])


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
    """The brief for a comment, in so many characters at most."""
    return _render(result, options, room)


def render_summary(
    result: Verdict | Failure, options: ReportOptions, room: int = SUMMARY
) -> str:
    """The brief where there is more room, in so many characters at most.

    In few thousand not even the first sentences are sure to fit.
    """
    return _render(result, options, min(room, SUMMARY))


def _render(result: Verdict | Failure, options: ReportOptions, room: int) -> str:
    """The brief with the marker by which it is found again, and the record."""
    record = options.record
    if isinstance(result, Verdict):
        blocks = _sections(result, options)
        record = record_of(result, options.posted)
    else:
        # Without a verdict there is nothing new to remember.
        blocks = render_failure(result)
    remembered = f"{write_record(record)}\n" if record else ""
    # Whatever else has to go, these stay.
    end = f"\n\n{MARKER}\n{remembered}"
    return fit(blocks, room - len(end)) + end


def _sections(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """All blocks of the brief, in its order."""
    for section in SECTIONS:
        yield from section(verdict, options)
    yield render_footing(verdict)
