"""What one sees first: may it merge, what is missing and from whom, and how much there is to read."""

from collections.abc import Iterator
from dataclasses import replace

from judgegate.model.hunks import NOTHING_TO_READ
from judgegate.model.scales import Authorship, FailOn, Outcome
from judgegate.model.verdict import ProvenanceVerdict, Verdict
from judgegate.report.markdown.blocks import Block, entry, shortlist
from judgegate.report.markdown.escaping import code, fenced, prose
from judgegate.report.options import Audience, Failure, ReportOptions
from judgegate.report.text.header import RULINGS, describe_change, exits_by
from judgegate.report.text.next_steps import describe_demand, describe_mending, describe_remains, open_demands
from judgegate.report.text.words import count, shorten

MOST_REASONS = 4
MOST_TOOLS = 3

SYMBOLS = {Outcome.PASS: "✓", Outcome.REVIEW: "○", Outcome.BLOCK: "✗", Outcome.ERROR: "✗"}


def render_opening(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """The outcome, what no finding says, and how much there is to read."""
    yield Block(
        f"{_rule(verdict.outcome)} {_reported_only(verdict, options)}{prose(_remains(verdict, options))}"
    )
    if verdict.review.override is not None:
        yield Block(f"**Overridden by** {prose(str(verdict.review.override))}")
    reasons = [reason for reason in verdict.reasons if reason.rule is None]
    shown, others = shortlist(reasons, MOST_REASONS, options)
    if reasons:
        yield Block("", tuple(entry(prose(reason.message)) for reason in shown), others=others)
    if verdict.errors:
        yield Block("", tuple(fenced(error.message) for error in verdict.errors))
    yield Block(f"{_reading(verdict)} {_authorship(verdict.provenance)}")


def _rule(outcome: Outcome) -> str:
    ruling = RULINGS[outcome]
    return f"**{SYMBOLS[outcome]} {ruling[:1].upper()}{ruling[1:]}**"


def _reported_only(verdict: Verdict, options: ReportOptions) -> str:
    """For who reads no further: what follows is said, and not enforced. On a forge a status waits whatever the exit code is."""
    held = exits_by(verdict) or (options.place is Audience.FORGE and verdict.fail_on is not FailOn.NEVER)
    return "" if held else f"Reported only, because `fail_on` is `{verdict.fail_on.value}`. "


def _remains(verdict: Verdict, options: ReportOptions) -> str:
    """In one sentence, however many reviews are asked for: they are all listed below."""
    demands = open_demands(verdict)
    if len(demands) <= 1 or verdict.review.override is not None:
        return describe_remains(verdict, options)
    first = max(demands, key=lambda demand: (demand.missing, -verdict.review.demands.index(demand)))
    described = describe_demand(replace(first, who_can=()), options.place, own=False)
    return f"{describe_mending(verdict)} Still needed: {described}, and {count(len(demands) - 1, 'review')} more, told below."


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
        return "No marker of an AI that counts." if provenance.evidence else "No marker of an AI."
    tools = sorted({piece.tool for piece in provenance.gating})[:MOST_TOOLS]
    assumed = f"treated as AI-assisted, because {prose(provenance.assumed)}" if provenance.assumed else ""
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
    judged = (
        f"Judged {code(shorten(head.oid)) + ': ' if head else ''}{prose(describe_change(verdict.change))}."
    )
    return Block(f"{judged} Policy: {prose(policy.source)}{commit}.")


def render_failure(failure: Failure) -> Iterator[Block]:
    """Why there is no verdict, and what to do."""
    yield Block(_rule(Outcome.ERROR))
    yield Block("", tuple(fenced(error.message) for error in failure.errors))
    yield Block("Mend what is named above, then run it again. Until then nothing has been judged.")
